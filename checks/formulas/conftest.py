"""What every check leaves on its pytest report, in `user_properties`, for the report of the formulas.

- ``formula``: a row that the check holds; one property for each.
- ``examples``: how many Hypothesis ran to the end, or how many comparisons (at least 1) a check made
  that draws none.
- ``worst_error``, ``worst_bound``: of the entry with the largest error in units of its bound; of a failed check,
  the entry that failed it.
- ``counterexample``: a JSON object for each erratum shown, with `row`, `printed`, `input` and the values.
"""

from collections.abc import Callable, Generator
from functools import wraps
from typing import Any

import pytest

from harness import recorder


class _Counted:
    """A Hypothesis test's inner function, counting the calls that ran to the end."""

    def __init__(self, inner: Callable[..., Any]) -> None:
        self.inner = inner
        self.calls = 0

    def wrapped(self) -> Callable[..., Any]:
        """Return a function with the inner one's name and signature: Hypothesis derives its seed from them."""

        @wraps(self.inner)
        def count(*args: Any, **kwargs: Any) -> Any:
            result = self.inner(*args, **kwargs)
            self.calls += 1
            return result

        return count


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Run the check with an empty recorder, then leave what it recorded on the item, whose report takes it over."""
    recorder.clear()
    # `hypothesis.inner_test` is what Hypothesis documents for plugins that wrap the test function.
    handle: Any = getattr(getattr(item, "obj", None), "hypothesis", None)
    counted = None if handle is None else _Counted(handle.inner_test)
    if counted is not None:
        handle.inner_test = counted.wrapped()
    passed = False
    try:
        result = yield
        passed = True
    finally:
        if counted is not None:
            handle.inner_test = counted.inner  # the parameters of one test share it
        examples = max(recorder.comparisons, 1) if counted is None else counted.calls
        item.user_properties.extend(_properties(item, examples, passed=passed))
    return result


def _properties(item: pytest.Item, examples: int, *, passed: bool) -> list[tuple[str, object]]:
    entry = recorder.worst if passed or recorder.failure is None else recorder.failure
    return [
        *(("formula", row) for mark in item.iter_markers("formula") for row in mark.args),
        ("examples", examples),
        *(() if entry is None else (("worst_error", float(entry[0])), ("worst_bound", float(entry[1])))),
        *(("counterexample", text) for text in recorder.counterexamples),
    ]
