"""What a run tells of its gradients: a section of the terminal's summary, and report files. Only the controller tells."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradproof._files import write_whole
from gradproof._pytest_plugin._options import RunOptions
from gradproof._pytest_plugin._recorder import ATTRIBUTE

if TYPE_CHECKING:
    from gradproof._results import Run


class Teller:
    """Gathers what the reports of all tests say of gradients, from all workers."""

    def __init__(self, config: pytest.Config, options: RunOptions) -> None:
        self._config, self._paths = config, options.reports
        self._since = time.time()
        self._order: dict[str, int] = {}
        self._told: dict[str, list[tuple[bool, list[dict[str, Any]]]]] = {}
        self._run: Run | None = None
        self._written: list[str] = []
        self._failed: list[str] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep the order of the tests."""
        self._keep_order(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: list[str]) -> None:
        """Keep the order of the tests, which a controller learns from its workers."""
        del node
        self._keep_order(ids)

    def _keep_order(self, ids: Iterable[str]) -> None:
        for name in ids:
            self._order.setdefault(name, len(self._order))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take from a report what was checked; what pytest-rerunfailures runs again, it runs in its place."""
        if report.when == "setup":
            self._told.pop(report.nodeid, None)
        results = getattr(report, ATTRIBUTE, None)
        if results:
            self._told.setdefault(report.nodeid, []).append((report.outcome == "failed", results))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports, also where no gradient was checked or the run was stopped."""
        if self._config.option.collectonly or not (self._told or self._paths):
            return
        self._run = self._gathered()
        from gradproof._outputs import format_of, render  # noqa: PLC0415  there is something to tell

        for path in self._paths:
            try:
                write_whole(path, render(self._run, format_of(path)))
            except OSError as error:
                self._failed.append(f"{_shown(path, self._config)}: {error.strerror or error}")
            else:
                self._written.append(_shown(path, self._config))
        if self._failed and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    def _gathered(self) -> Run:
        from gradproof._machine import versions  # noqa: PLC0415  there is something to tell
        from gradproof._pytest_plugin._outcome import in_test  # noqa: PLC0415  there is something to tell
        from gradproof._results import Run  # noqa: PLC0415  same

        nodes = sorted(self._told, key=lambda name: self._order.get(name, len(self._order)))
        results = [
            in_test(values, failed=failed)
            for name in nodes
            for failed, found in self._told[name]
            for values in found
        ]
        return Run(tuple(results), {**versions(), "pytest": pytest.__version__}, time.time() - self._since)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Add a section, where gradients were checked."""
        if self._run is not None and self._run.results:
            from gradproof._pytest_plugin._summary import write_summary  # noqa: PLC0415  there is something to tell

            write_summary(terminalreporter, self._run.results)
        for name in self._written:
            terminalreporter.write_line(f"gradproof: wrote {name}")
        for name in self._failed:
            terminalreporter.write_line(f"gradproof: a report could not be written to {name}", red=True)


def _shown(path: Path, config: pytest.Config) -> str:
    folder = config.invocation_params.dir
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)
