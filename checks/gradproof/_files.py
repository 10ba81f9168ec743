"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def fault_of(path: Path, shown: str) -> str | None:
    """Say why a file cannot be written, before anything is computed, as what follows its name; None where it can."""
    if path.is_dir():
        return f"must be a file; got the folder {shown!r}. Name a file in it."
    there = next(parent for parent in path.absolute().parents if parent.exists())
    if there.is_dir() and os.access(there, os.W_OK):
        return None
    return f"must stand in a folder that can be written to; got {shown!r}, and {there} cannot. Name another."


def write_whole(path: Path, text: str) -> None:
    """Write UTF-8 text, so that a reader finds the old file or the new one, and never a part; folders are made.

    Raises
    ------
    OSError
        Where it cannot be written; what was there before is left as it was.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")  # /dev/stdout and its like cannot be replaced
        return
    path = path.resolve()  # behind a link stands the file that is meant
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123  a handle
            file.write(text)
        Path(scratch).chmod(_mode(path))
        Path(scratch).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(scratch).unlink()
        raise


def _mode(path: Path) -> int:
    """Return the permissions of the file that is replaced, or those of a new one: mkstemp lets only the owner read."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
