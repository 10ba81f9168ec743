"""What made a report: what reproduces goes into its manifest, what differs per machine or commit beside it."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from ._digest import lock_sha256, sha256, tree_sha256, versions
from .item import Item

__all__ = [
    "describe_item",
    "describe_machine",
    "describe_run",
    "lock_sha256",
    "sha256",
    "tree_sha256",
    "versions",
]


def describe_item(item: Item, files: dict[str, bytes]) -> dict[str, Any]:
    """The item's part of the manifest: configuration, and digests of sources, data and files."""
    return {
        "configuration": json.loads(json.dumps(dict(item.configuration))),
        "sources": {_public_name(path): tree_sha256(path) for path in item.sources},
        "data": {name: sha256(text.encode()) for name, text in item.data.items()},
        "files": {name: sha256(content) for name, content in sorted(files.items())},
    }


def describe_run(root: Path, seconds: dict[str, float]) -> dict[str, Any]:
    """What differs from machine to machine, commit to commit or run to run."""
    return {**describe_machine(root), "seconds": {name: round(value, 3) for name, value in seconds.items()}}


def describe_machine(root: Path) -> dict[str, Any]:
    """What differs from machine to machine or commit to commit. Missing git or CPU names are None."""
    build: Any = np.show_config(mode="dicts")
    status = _git(root, "status", "--porcelain")
    return {
        "python": sys.version,
        "platform": platform.platform(),
        "cpu": _cpu(),
        "cpus": os.cpu_count(),
        "blas": build["Build Dependencies"]["blas"],
        "threads": {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")},
        "commit": _git(root, "rev-parse", "HEAD"),
        "dirty": None if status is None else bool(status),
    }


def _public_name(path: Path) -> str:
    """Path from the outermost package, or from the folder `checks`: nothing of this machine in it."""
    first = path
    while (first.parent / "__init__.py").exists():
        first = first.parent
    if first == path and path.is_dir() and path.parent.name == "checks":
        first = path.parent
    return path.relative_to(first.parent).as_posix()


def _cpu() -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None)


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", "-C", str(root), *arguments],  # noqa: S607 - whichever git the reader uses
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
