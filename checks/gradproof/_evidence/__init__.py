"""Evidence: one JSON file per examination, from which it can be computed again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradproof._differentiable import Differentiable
from gradproof._evidence._again import Replayed, replay
from gradproof._evidence._document import remove, schema, write
from gradproof._evidence._record import document_of, portable
from gradproof._report import GradientReport
from gradproof._results import outcome_of

__all__ = ["Replayed", "forget", "replay", "save", "schema"]


def forget(folder: Path, module: str, name: str | None = None) -> None:
    """Remove the evidence of a gradient, or of all of a module, that an earlier run kept: it proves nothing of now.

    Parameters
    ----------
    folder : Path
        May not be there.
    module : str
        As for `save`.
    name : str, optional
        Of the gradient; without one, all that the module declared.
    """
    remove(Path(folder), portable(module), name)


def save(
    folder: Path,
    module: str,
    operation: Differentiable,
    args: tuple[Any, ...],
    report: GradientReport,
    options: Mapping[str, Any],
) -> Path:
    """Write the evidence of one examination and return its path; a file is there whole or not at all.

    Parameters
    ----------
    folder : Path
        Made where there is none.
    module : str
        Where the gradient is declared: package.module, or folder/file.py.
    operation : Differentiable
    args : tuple
        The point that was examined: where arguments are drawn, the one that was found.
    report : GradientReport
    options : mapping
        Keyword arguments of the examination, beside those of `operation`.
    """
    return write(Path(folder), document_of(module, operation, args, report, options), outcome_of(report))
