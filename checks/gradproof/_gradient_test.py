"""The decorator that makes a pytest test which searches for the worst input of a gradient."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

import hypothesis

from gradproof._differentiable import Differentiable
from gradproof._search import CONCLUSIVE, Search, drawn

Test = Callable[..., None]

_SETTINGS = "_hypothesis_internal_use_settings"
# Meant for functions that are quick; an examination calls one a hundred times.
_DEFAULT_DEADLINE = timedelta(milliseconds=200)


def gradient_test(
    f: Callable[..., Any] | Differentiable,
    grad: Callable[..., Any] | None = None,
    *,
    args: Any = None,
    conclusive: float = CONCLUSIVE,
    **options: Any,
) -> Callable[[Test], Test]:
    """Make a test that searches for the input on which a gradient is worst.

    Parameters
    ----------
    f, grad : callable
        As for `check_gradient`; or a `Differentiable` alone, which brings its own arguments.
    args : hypothesis strategy of tuples, or tuple
        What to draw the arguments from; strategies anywhere inside a tuple are drawn from, everything else is taken
        as it is.
    conclusive : float
        Inputs on which nothing can be seen, the verdict being "inconclusive" or f jumping there, are passed over. So
        large a share of the drawn ones must be conclusive for the test to pass.
    **options
        Of `check_gradient`: resolution, seed, mode, …

    Returns
    -------
    decorator
        For a function whose body may be empty. It may take `report`, of a gradient that is right there; `args`, the
        arguments; and whatever pytest passes: fixtures and parameters. Its body runs after each examination.

    Raises
    ------
    TypeError
        Where there is nothing to draw from.

    Notes
    -----
    Hypothesis climbs towards large errors in units of their bound, shrinks what fails, and the failure ends with a
    program that replays it without Hypothesis. A gradient passes at a kink if it is a valid subgradient.
    @settings, @example(args=…) and @seed stand above or below it, as with @given. Hypothesis's default deadline of 200 ms
    does not apply, and its explanations are left out: they would name lines of gradproof, and take most of the time. Where settings are derandomized, the
    directions of all examinations have the seed 0; elsewhere one fresh seed, which the replay names.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> @gp.gradient_test(
    ...     lambda w: np.sum(w**3), lambda w: 3 * w**2, args=(gp.strategies.arrays(scales=(0, 0)),)
    ... )
    ... def test_cube(report):
    ...     assert report.resolution < 1e-6
    >>> test_cube()
    """
    if isinstance(f, Differentiable):
        operation = f
        f, grad = operation.f, operation.grad
        args = operation.args if args is None else args
    if args is None or args == ():
        raise TypeError(
            f"gradient_test needs arguments to draw; got args={args!r}. Pass args=gp.strategies.arguments(...)."
        )
    begin = functools.partial(Search, f, grad, options, conclusive)
    begin()  # refuses its arguments where the test is defined

    def decorate(body: Test) -> Test:
        return _searching(body, begin, args)

    return decorate


def _searching(body: Test, begin: Callable[[], Search], args: Any) -> Test:
    current: ContextVar[Search] = ContextVar("search")
    own = inspect.signature(body).parameters

    @functools.wraps(body)
    def examine(*fixed: Any, args: tuple[Any, ...], **passed: Any) -> None:
        __tracebackhide__ = True
        report = current.get().look(args)
        known = {"report": report, "args": tuple(args)}
        body(*fixed, **passed, **{name: value for name, value in known.items() if name in own})

    # What pytest is to pass, and what Hypothesis draws.
    outside = [parameter for name, parameter in own.items() if name not in {"report", "args"}]
    at_end = inspect.Parameter("args", inspect.Parameter.KEYWORD_ONLY)
    examine.__signature__ = inspect.Signature([*outside, at_end])  # type: ignore[attr-defined]  # inspect reads it
    searched = hypothesis.given(args=drawn(args))(examine)

    @functools.wraps(searched)
    def test(*fixed: Any, **passed: Any) -> None:
        __tracebackhide__ = True
        _suit_examinations(searched)
        search = begin()
        token = current.set(search)
        try:
            searched(*fixed, **passed)
        except (hypothesis.errors.Unsatisfiable, hypothesis.errors.FailedHealthCheck):
            if search.unseen:
                search.require_conclusive()
            raise
        except Exception as error:
            search.note(error)
            raise
        finally:
            current.reset(token)
        search.require_conclusive()

    # One namespace for both: what @settings, @example and pytest leave on the test, Hypothesis finds on its own.
    signature = inspect.signature(searched)
    test.__dict__ = searched.__dict__
    test.__signature__ = signature  # type: ignore[attr-defined]  # inspect reads it
    return test


def _suit_examinations(searched: Any) -> None:
    """Take from the settings of a search what suits quick tests only.

    Hypothesis offers no way to change settings that a user may have made, so this looks where it keeps them; where
    they are not, nothing changes but the time that a failure takes.
    """
    kept = vars(searched).get(_SETTINGS)
    if isinstance(kept, hypothesis.settings):
        vars(searched)[_SETTINGS] = hypothesis.settings(
            kept,
            phases=[phase for phase in kept.phases if phase is not hypothesis.Phase.explain],
            deadline=None if kept.deadline == _DEFAULT_DEADLINE else kept.deadline,
        )
