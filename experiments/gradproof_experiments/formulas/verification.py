"""Run the checks of the ledger in pytest processes of their own, and listen to each check as it finishes."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._process import CheckProcess
from .check import Check

__all__ = ["Listener", "Verification", "verify"]

Listener = Callable[[Check | None, int], None]
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Verification:
    """Everything the checks left behind.

    Parameters
    ----------
    checks : tuple of Check
        In the order in which pytest collects them.
    problems : tuple of str
        What went wrong outside a check: a file that cannot be collected, no checks at all, a pytest that died.
    """

    checks: tuple[Check, ...]
    problems: tuple[str, ...]


def verify(folder: Path, listen: Listener | None = None, jobs: int = 1, profile: str = "ci") -> Verification:
    """Run every check below `folder`, derandomised, and collect what each reports.

    Parameters
    ----------
    folder : Path
        The checks, usually ``checks/formulas``; pytest runs with its parent's parent as working folder.
    listen : function of (check, total), optional
        Called once with None when the number of checks is known, then with each check as it finishes.
    jobs : int
        Processes that share the checks; what they find does not depend on it.
    profile : str
        Hypothesis's profile: "ci", or "quick" for a tenth of the examples.

    Returns
    -------
    Verification
        It never raises for a check or a pytest that fails: that is what `Verification` tells.

    Raises
    ------
    ValueError
        If `jobs` is less than 1.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1; got {jobs=}.")
    with tempfile.TemporaryDirectory(prefix="gradproof-") as temporary:
        processes: list[CheckProcess] = []
        try:
            processes += (
                CheckProcess(folder, share, jobs, Path(temporary), profile) for share in range(jobs)
            )
            _tell(_follow(processes), listen)
        finally:  # after Ctrl-C, too, or when `listen` raises
            for process in processes:
                process.stop()
        return _verification(processes)


def _follow(processes: Sequence[CheckProcess]) -> Iterator[dict[str, Any]]:
    """Events of all processes as they come, until all have ended and everything is read."""
    running = list(processes)
    while running:
        polled = [(process, *process.poll()) for process in running]
        for _, events, _ in polled:
            yield from events
        running = [process for process, _, ended in polled if not ended]
        if running:
            time.sleep(_POLL_SECONDS)


def _tell(events: Iterator[dict[str, Any]], listen: Listener | None) -> None:
    """Pass every check on to `listen`, and before the first how many there will be."""
    total: int | None = None
    for event in events:
        if listen is None:
            continue
        if event["event"] == "collected" and total is None:
            total = int(event["total"])
            listen(None, total)
        if event["event"] == "check":
            listen(Check.from_event(event), total or 0)


def _verification(processes: Sequence[CheckProcess]) -> Verification:
    events = [event for process in processes for event in process.events]
    told = sorted(
        (event for event in events if event["event"] == "check"), key=lambda event: int(event["index"])
    )
    total = max((int(event["total"]) for event in events if event["event"] == "collected"), default=0)
    # Every process collects every file, so each tells of a broken one.
    problems = list(dict.fromkeys(problem for process in processes for problem in process.problems()))
    if not problems and not total:
        problems.append("pytest found no checks")
    elif not problems and len(told) < total:
        problems.append(f"only {len(told)} of {total} checks finished")
    return Verification(tuple(Check.from_event(event) for event in told), tuple(problems))
