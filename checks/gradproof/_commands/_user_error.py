"""An error that came out of the user's code, as the user wants to read it."""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path
from types import ModuleType

import gradproof


def one_line(error: BaseException) -> str:
    """Return the kind of an error and the first line of what it says."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  the error is the user's, and so is its __str__
        text = "an error that cannot be shown: its __str__ raises"
    first = next(iter(text.strip().splitlines()), "")
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def users_traceback(error: BaseException) -> str:
    """Return the traceback of an error without the frames of gradproof, Hypothesis and the import system."""
    shown = traceback.TracebackException.from_exception(error)
    _cut(shown, _machinery())
    return "".join(shown.format()).rstrip()


def _machinery() -> tuple[str, ...]:
    """Return how the paths of files begin that are none of the user's."""
    modules: list[ModuleType] = [gradproof, importlib]
    if "hypothesis" in sys.modules:
        modules.append(sys.modules["hypothesis"])
    folders = [str(Path(module.__file__).parent) for module in modules if module.__file__]
    return (
        *(f"{folder}/" for folder in folders),
        *(f"{folder}\\" for folder in folders),
        "<frozen importlib",
    )


def _cut(shown: traceback.TracebackException, machinery: tuple[str, ...]) -> None:
    kept = [frame for frame in shown.stack if not frame.filename.startswith(machinery)]
    shown.stack = traceback.StackSummary.from_list(kept)
    parts = [shown.__cause__, shown.__context__, *(shown.exceptions or ())]
    for part in parts:
        if part is not None:
            _cut(part, machinery)
