"""What became of the gradients of each test, left on its reports: there it survives the way from a worker to its controller."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Generator
from typing import Any

import pytest

from gradproof._observe import Check, listening
from gradproof._options import Defaults, defaulting
from gradproof._placed import MARK
from gradproof._pytest_plugin._options import RunOptions

ATTRIBUTE = "gradproof"
"""Of a TestReport: a list of results as plain values."""

_DEFAULTS = pytest.StashKey[Defaults]()


class Recorder:
    """Listens to the checks of each test; in every process that runs tests."""

    def __init__(self, options: RunOptions) -> None:
        self._options = options
        self._found: dict[object, Any] = {}
        self._where = ""
        self._drawing = False
        self._number = itertools.count()

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Mark the tests that gradproof made."""
        if (
            getattr(getattr(item, "function", None), MARK, False)
            and item.get_closest_marker("gradproof") is None
        ):
            item.add_marker("gradproof")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Refuse bad markers before any test runs."""
        for item in list(items):
            try:
                found = self._options.for_item(item)
            except pytest.UsageError as error:
                if not hasattr(item.config, "workerinput"):
                    raise
                # What a worker of pytest-xdist raises here would reach nobody; what it cannot collect does.
                report = pytest.CollectReport(item.nodeid, "failed", str(error), [])
                item.ihook.pytest_collectreport(report=report)
                items.remove(item)
            else:
                if found is not self._options.defaults:
                    item.stash[_DEFAULTS] = found

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Let the options of a test hold, and listen to its checks, those of its fixtures included."""
        self._found, self._where = {}, item.nodeid
        self._drawing = getattr(getattr(item, "function", None), "is_hypothesis_test", False)
        with defaulting(item.stash.get(_DEFAULTS, self._options.defaults)), listening(self._listen):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Leave on the report of a phase what was checked in it."""
        del item
        report = yield
        if self._found:
            results = [result.to_dict() for result in self._found.values()]
            self._found = {}
            # As what any other process would make of it: lists for tuples, and Python's own numbers.
            plain = json.loads(json.dumps(results, default=lambda number: number.item()))
            setattr(report, ATTRIBUTE, plain)
        return report

    def _listen(self, check: Check) -> None:
        if check.report is None and _of_hypothesis(check.error):
            return
        from gradproof._pytest_plugin._outcome import result_of, worse  # noqa: PLC0415  a gradient was checked

        result = result_of(check, self._where)
        # What Hypothesis draws for one call is one check, of which the worst input tells; other calls are one each.
        key = (result.name, result.place) if self._drawing else next(self._number)
        self._found[key] = worse(self._found[key], result) if key in self._found else result


def _of_hypothesis(error: Exception | None) -> bool:
    """Tell an input that a test passes over, with `assume` for one."""
    errors = sys.modules.get("hypothesis.errors")
    return errors is not None and isinstance(error, errors.UnsatisfiedAssumption)
