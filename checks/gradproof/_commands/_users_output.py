"""What the user's code prints while it is examined: it goes to stderr, so that stdout holds the report and nothing else."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TextIO

_STDOUT, _STDERR = 1, 2


@contextlib.contextmanager
def on_stderr() -> Iterator[TextIO]:
    """Send everything that is written to stdout to stderr, and yield the stream to stdout that is left for the report.

    What compiled code and child processes write goes there too, where stdout is a file of the system.
    """
    ours = sys.stdout
    if not _is_the_systems(ours):
        with contextlib.redirect_stdout(sys.stderr):
            yield ours
        return
    ours.flush()
    kept = os.dup(_STDOUT)
    try:
        with (
            open(kept, "w", encoding=ours.encoding, errors="backslashreplace", closefd=False) as stream,
            contextlib.redirect_stdout(sys.stderr),
        ):
            redirect_for_good()
            yield stream
    finally:
        os.dup2(kept, _STDOUT)
        os.close(kept)


def redirect_for_good() -> None:
    """Send what is written to the system's stdout to its stderr, for the rest of this process."""
    with contextlib.suppress(OSError):  # a process may have no stderr
        os.dup2(_STDERR, _STDOUT)


def _is_the_systems(stream: TextIO) -> bool:
    try:
        return stream.fileno() == _STDOUT
    except (OSError, ValueError, AttributeError):
        return False
