"""A whole collection of gradients as one parametrized test, with expected failures that carry reasons."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

import pytest

from gradproof._collection import operations
from gradproof._differentiable import Differentiable
from gradproof._placed import Lines, marked, placed
from gradproof._report import GradientMismatch


def gradient_tests(
    source: ModuleType | Iterable[Differentiable],
    *,
    expected_failures: Mapping[str, str] | None = None,
    **options: Any,
) -> Callable[[Differentiable], None]:
    """Make one pytest test of every declared gradient; a test module needs this line and no other.

    Parameters
    ----------
    source : module or iterable of Differentiable
        Of a module, its public names and the lists, tuples and dicts that stand there.
    expected_failures : mapping of str to str, optional
        Names of gradients that are known to be wrong, each with the reason. They are strict: a gradient that turns out
        right fails its test, and an error that is no GradientMismatch does too.
    **options
        Of `check_gradient`: resolution, seed, mode, …

    Returns
    -------
    test function
        Parametrized, one case per gradient, which goes by its name.

    Raises
    ------
    TypeError, ValueError
        Where the source holds nothing to check or one name twice; where an expected failure is of an unknown name or
        gives no reason.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> cube = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 3 * w**2, args=(np.ones(2),), name="cube")
    >>> square = gp.Differentiable(lambda w: w @ w, lambda w: w, args=(np.ones(2),), name="square")
    >>> test_gradients = gp.gradient_tests([cube, square], expected_failures={"square": "lacks the factor 2"})
    """
    found = operations(source)
    reasons = _checked(expected_failures or {}, [operation.name for operation in found])

    def test_gradients(operation: Differentiable) -> None:
        __tracebackhide__ = True
        operation.check(**options)

    test = placed(test_gradients, "test_gradients", _caller(), inspect.signature(test_gradients))
    functools.update_wrapper(test, test_gradients)
    # pytest looks through __wrapped__ for where a test stands: here that is where it was asked for.
    del test.__wrapped__  # type: ignore[attr-defined]
    cases = [_case(operation, reasons) for operation in found]
    parametrized: Callable[[Differentiable], None] = pytest.mark.parametrize("operation", cases)(marked(test))
    return parametrized


def _caller() -> Lines:
    """Return where `gradient_tests` was called."""
    frame = sys._getframe(2)  # noqa: SLF001  the way to it that CPython offers
    return Lines(frame.f_code.co_filename, frame.f_lineno, frame.f_lineno)


def _case(operation: Differentiable, reasons: Mapping[str, str]) -> Any:
    reason = reasons.get(operation.name)
    marks = [] if reason is None else [pytest.mark.xfail(reason=reason, strict=True, raises=GradientMismatch)]
    return pytest.param(operation, id=operation.name, marks=marks)


def _checked(reasons: Mapping[str, str], names: list[str]) -> Mapping[str, str]:
    for name, reason in reasons.items():
        if name not in names:
            raise ValueError(
                f"expected_failures must name declared gradients; got {name!r}. There are {', '.join(names)}."
            )
        if not reason.strip():
            raise ValueError(
                f"an expected failure must give its reason; got expected_failures[{name!r}]={reason!r}. "
                "Say what is wrong with the gradient, and until when."
            )
    return reasons
