"""``gradproof report``: say at once that nothing is to do, or else load all it takes and do it."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ._errors import CannotRunError
from .runner.state import digest_of_everything, remembered

__all__ = ["RUN", "make_report", "writing"]

RUN = ".run"
"""Folder inside a report for what is not committed."""


def make_report(options: argparse.Namespace) -> int:
    """Write the report unless it is up to date; 0 if nothing in it fails, else 1.

    Raises
    ------
    CannotRunError
        If the output or the store cannot be written.
    """
    digest = digest_of_everything(options.root, quick=options.quick)
    told = None if options.fresh else remembered(options.output / RUN, digest, options.output)
    if told is None:
        from ._run import run_report  # noqa: PLC0415 - pandas and matplotlib load only when something is to do

        return run_report(options, digest)
    # Only a report in which nothing fails is remembered: what fails is tried again.
    print("\n".join([*told, f"up to date: {_shown(options.output)}"]))  # noqa: T201 - a command speaks to its terminal
    return 0


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


@contextmanager
def writing(output: Path) -> Iterator[None]:
    """Turn what the file system says into what the user can do about it."""
    try:
        yield
    except OSError as error:
        raise CannotRunError(
            f"the output folder must be writable; got --output={output} ({error.strerror or error}). "
            "Name another with --output."
        ) from error
