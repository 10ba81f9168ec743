"""Whether a report is up to date, told from digests alone: nothing is imported that would take a second to load."""

import json
import platform
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from gradproof_experiments._digest import lock_sha256, sha256, tree_sha256, versions

__all__ = ["digest_of_everything", "remember", "remembered"]

_FILE = "state.json"
_SUFFIXES = (".py", ".j2", ".css", ".js", ".toml")


def digest_of_everything(root: Path, *, quick: bool) -> str:
    """Return the digest of all that a report hangs on: every source, the settings, the locked and installed versions."""
    packages = [find_spec(name) for name in ("gradproof_reference", "gradproof", "gradproof_experiments")]
    folders = [Path(spec.origin).parent for spec in packages if spec is not None and spec.origin is not None]
    single = [root / name for name in ("conftest.py", "pyproject.toml")]
    content = {
        "trees": [tree_sha256(folder, _SUFFIXES) for folder in [*folders, root / "checks" / "formulas"]],
        "files": [sha256(path.read_bytes()) for path in single if path.is_file()],
        "results": tree_sha256(root / "benchmarks" / "results", (".json",)),
        "lock": lock_sha256(root),
        "versions": versions(),
        "python": platform.python_version(),
        "quick": quick,
    }
    return sha256(json.dumps(content, sort_keys=True).encode())


def remember(folder: Path, digest: str, output: Path, names: Sequence[str], lines: Sequence[str]) -> None:
    """Keep in `folder` what was made in `output` from what has that digest, and the lines that told of it."""
    files = {name: sha256((output / name).read_bytes()) for name in sorted(names)}
    content = {"digest": digest, "files": files, "lines": list(lines)}
    # Renamed into place: a reader finds the old one or the new one.
    new = folder / f"{_FILE}.new"
    new.write_text(json.dumps(content, indent=1), encoding="utf-8")
    new.replace(folder / _FILE)


def remembered(folder: Path, digest: str, output: Path) -> list[str] | None:
    """Return the lines that told of the report in `output`, or None where that is not what would be made now."""
    try:
        content = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        same = content["digest"] == digest and all(
            sha256((output / name).read_bytes()) == known for name, known in content["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return [str(line) for line in content["lines"]] if same else None
