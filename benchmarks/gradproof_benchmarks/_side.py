"""One of the two commits: its code installed in a folder of its own, and the suite run over it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradproof_benchmarks._errors import GateError

_WORKER = Path(__file__).with_name("_worker.py")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
Row = dict[str, Any]


@dataclass(frozen=True)
class Side:
    """The installed code of one commit.

    Attributes
    ----------
    code : Path
        The folder that its packages are installed in; first on the path, and the same interpreter for both.
    suite : Path
        The folder of the benchmarks, head's for both.
    checkout : Path
        The repository, none of whose files may be imported.
    scratch : Path
        A folder for jobs and results.
    """

    code: Path
    suite: Path
    checkout: Path
    scratch: Path

    def listed(self, pattern: str) -> list[Row]:
        """Return the benchmarks that a pattern selects, and the modules that cannot be imported."""
        return self._run({"tasks": None, "pattern": pattern}, {}, 60.0)

    def measured(self, tasks: Sequence[Row], attributes: dict[str, Any], limit: float) -> list[Row]:
        """Run some benchmarks in a fresh process."""
        if not tasks:
            return []
        return self._run({"tasks": list(tasks), "pattern": ""}, attributes, limit)

    def _run(self, job: dict[str, Any], attributes: dict[str, Any], limit: float) -> list[Row]:
        self.scratch.mkdir(parents=True, exist_ok=True)
        results, order = self.scratch / "results.jsonl", self.scratch / "job.json"
        results.unlink(missing_ok=True)
        common = {"suite": str(self.suite), "checkout": str(self.checkout), "results": str(results)}
        order.write_text(
            json.dumps(job | common | {"attributes": attributes, "limit": limit}), encoding="utf-8"
        )
        run = subprocess.run(  # noqa: S603  this interpreter
            [sys.executable, "-P", str(_WORKER), str(order)],
            cwd=self.scratch,
            env=_environment(self.code),
            capture_output=True,
            text=True,
            check=False,
            errors="replace",
        )
        if run.returncode:
            raise GateError(f"the suite must run under {sys.executable}; it did not.\n{run.stderr[-2000:]}")
        return [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]


def install(source: Path, code: Path) -> None:
    """Install the project of a folder into another, with no dependency and nothing from the network."""
    command = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    command += ["--disable-pip-version-check", "--target", str(code), str(source)]
    # An exported commit has no history from which setuptools-scm could tell a version.
    dated = {"SETUPTOOLS_SCM_PRETEND_VERSION": "0"} | os.environ
    run = subprocess.run(  # noqa: S603  this interpreter
        [sys.executable, *command], cwd=source, env=dated, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise GateError(
            f"each commit must install with what {sys.executable} has, pip and its build backend included; "
            f"got\n{run.stderr[-2000:].strip()}\nInstall them, as `pip install hatchling` does for gradproof."
        )


def _environment(code: Path) -> dict[str, str]:
    """Return an environment in which both commits see the same, but for their code."""
    steady = dict.fromkeys(_THREADS, "1") | {
        name: os.environ[name] for name in _THREADS if name in os.environ
    }
    return os.environ | steady | {"PYTHONPATH": str(code), "PYTHONHASHSEED": "0"}
