"""Pytest plugin: one JSON line per finished check, into the file that GRADPROOF_STREAM names.

Started with ``pytest -p gradproof_experiments._pytest_stream``. Where GRADPROOF_SHARE is ``k/n``, only every n-th check
is run, from the k-th on: n processes together run each check once. The lines, by their ``event``:

- ``collected``: ``total``, how many checks there are in all shares;
- ``problem``: ``where`` and ``text`` of a file that cannot be collected;
- ``check``: ``index`` among all checks, ``nodeid``, ``outcome``, ``failure``, ``seconds`` and ``properties``,
  the check's user_properties in order;
- ``finished``: ``status``, pytest's exit status. Without this line, pytest did not come to its end.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

__all__ = ["SHARE", "STREAM", "pytest_configure"]

STREAM = "GRADPROOF_STREAM"
SHARE = "GRADPROOF_SHARE"
_FAILURE_LINES = 40


def pytest_configure(config: pytest.Config) -> None:
    """Stream from the process that sees every report: not from a worker of pytest-xdist."""
    path = os.environ.get(STREAM)
    if path and not hasattr(config, "workerinput"):
        share, _, shares = os.environ.get(SHARE, "0/1").partition("/")
        config.pluginmanager.register(_Stream(Path(path), int(share), int(shares)), "gradproof-stream")


class _Stream:
    """Appends events to a file, each in one write, so that a reader sees whole lines or none."""

    def __init__(self, path: Path, share: int, shares: int) -> None:
        self._path = path
        self._share = slice(share, None, shares)
        self._indices: dict[str, int] = {}
        self._failures: dict[str, str] = {}
        self._skipped: set[str] = set()
        self._seconds: dict[str, float] = {}

    def _write(self, event: str, **content: Any) -> None:
        line = json.dumps({"event": event, **content}, default=str) + "\n"
        with self._path.open("ab") as stream:
            stream.write(line.encode())

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self._indices = {item.nodeid: index for index, item in enumerate(items)}
        items[:] = items[self._share]

    def pytest_collection_finish(self) -> None:
        self._write("collected", total=len(self._indices))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._write("problem", where=report.nodeid, text=_short(report.longreprtext))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Join a check's three phases; its properties are complete when the last, teardown, is reported."""
        nodeid = report.nodeid
        if report.failed:
            text = _short(report.longreprtext)
            self._failures[nodeid] = "\n".join(filter(None, (self._failures.get(nodeid), text)))
        if report.skipped:
            self._skipped.add(nodeid)
        self._seconds[nodeid] = self._seconds.get(nodeid, 0.0) + report.duration
        if report.when != "teardown":
            return
        self._write(
            "check",
            index=self._indices[nodeid],
            nodeid=nodeid,
            outcome="failed"
            if nodeid in self._failures
            else "skipped"
            if nodeid in self._skipped
            else "passed",
            failure=self._failures.get(nodeid, ""),
            seconds=self._seconds[nodeid],
            properties=report.user_properties,
        )

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        self._write("finished", status=int(exitstatus))


def _short(text: str) -> str:
    """What went wrong, without the source around it: the lines that pytest marks E, or the last ones."""
    lines = text.splitlines()
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    return "\n".join((marked or lines[-_FAILURE_LINES:])[:_FAILURE_LINES])
