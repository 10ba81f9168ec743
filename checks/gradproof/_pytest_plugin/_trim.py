"""What a failure shows the author of a gradient: their own line, what the checker says, and none of its insides."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from gradproof._placed import PLACED

_HERE = f"{Path(__file__).parents[1]}{os.sep}"
# What gradproof raises on purpose. Anything else out of its own lines is a fault of its own, which is shown as it is.
_MEANT = (AssertionError, TypeError, ValueError)


class Trimmer:
    """Takes the frames of gradproof and Hypothesis out of a failure that came through gradproof."""

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
        """Trim before pytest makes its report, and after unittest has put its own exception into the call."""
        if call.excinfo is None or item.config.getoption("fulltrace"):
            return
        found = [(error, trimmed(error)) for error in chain(call.excinfo.value)]
        changed = [(error, trace) for error, trace in found if trace is not error.__traceback__]
        for error, trace in changed:
            error.__traceback__ = trace
        if any(error is call.excinfo.value for error, _ in changed):
            call.excinfo = pytest.ExceptionInfo.from_exception(call.excinfo.value)


class Headliner:
    """Says in one line, for the short summary, for --tb=line and for JUnit, what is wrong with a gradient."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[Any]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put it in the place of the first line of the message."""
        report = yield
        crash = getattr(report.longrepr, "reprcrash", None)
        if call.excinfo is not None and crash is not None:
            crash.message = headline(call.excinfo.value) or crash.message
        return report


def headline(error: BaseException) -> str | None:
    """Return what is wrong with a gradient in one line; None where the error says nothing of one."""
    module = sys.modules.get("gradproof._report")
    if module is None:
        return None
    for part in (error, *getattr(error, "exceptions", ())):
        if isinstance(part, module.GradientMismatch):
            report = part.report
            text = f"gradproof: {report.verdict}: {report.function}: {report.diagnosis or report.reason}"
            return " ".join(text.split()).encode("ascii", "backslashreplace").decode()
    return None


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception, those that it came from, and those that it is a group of."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        error = waiting.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        waiting += [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]


def trimmed(error: BaseException) -> TracebackType | None:
    """Return the traceback of an exception without frames of gradproof and Hypothesis; as it is where those are of interest."""
    frames = list(_frames(error.__traceback__))
    ours = [_is_ours(frame) for frame in frames]
    if not any(ours) or (ours[-1] and not isinstance(error, _MEANT)):
        return error.__traceback__
    kept = [frame for frame, own in zip(frames, ours, strict=True) if not (own or _is_hypothesis(frame))]
    return _linked(list(_without_doubles(kept))) if kept else error.__traceback__


def _frames(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _is_ours(trace: TracebackType) -> bool:
    return trace.tb_frame.f_code.co_filename.startswith(_HERE)


def _is_hypothesis(trace: TracebackType) -> bool:
    module: str = trace.tb_frame.f_globals.get("__name__", "")
    return module.partition(".")[0] == "hypothesis"


def _without_doubles(traces: list[TracebackType]) -> Iterator[TracebackType]:
    """Leave out the stand-in of a test whose own body is on the way, too."""
    for i, trace in enumerate(traces):
        code = trace.tb_frame.f_code
        stand_in = trace.tb_frame.f_globals.get(PLACED, False)
        bodies = (later.tb_frame.f_code for later in traces[i + 1 :])
        at = code.co_filename, code.co_firstlineno
        if not (stand_in and any((body.co_filename, body.co_firstlineno) == at for body in bodies)):
            yield trace


def _linked(traces: list[TracebackType]) -> TracebackType | None:
    linked: TracebackType | None = None
    for trace in reversed(traces):
        linked = TracebackType(linked, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)
    return linked
