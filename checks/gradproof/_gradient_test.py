"""The decorator that makes a pytest test which searches for the worst input of a gradient."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

import hypothesis

from gradproof._differentiable import Differentiable
from gradproof._options import defaults
from gradproof._placed import lines_of, marked, placed
from gradproof._search import CONCLUSIVE, Search, drawn

Test = Callable[..., None]

_SETTINGS = "_hypothesis_internal_use_settings"
_SEED = "_hypothesis_internal_use_seed"
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
    name = ""
    if isinstance(f, Differentiable):
        operation, name = f, f.name
        f, grad = operation.f, operation.grad
        args = operation.args if args is None else args
    if args is None or args == ():
        raise TypeError(
            f"gradient_test needs arguments to draw; got args={args!r}. Pass args=gp.strategies.arguments(...)."
        )
    begin = functools.partial(Search, f, grad, options, conclusive, name)
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

    if examine.__name__ == "<lambda>":
        examine.__name__ = "examine"  # or a Hypothesis before 6.136 looks for the word lambda in its source
    # What pytest is to pass, and what Hypothesis draws.
    outside = [parameter for name, parameter in own.items() if name not in {"report", "args"}]
    at_end = inspect.Parameter("args", inspect.Parameter.KEYWORD_ONLY)
    examine.__signature__ = inspect.Signature([*outside, at_end])  # type: ignore[attr-defined]  # inspect reads it
    searched = hypothesis.given(args=drawn(args))(examine)

    def run(*fixed: Any, **passed: Any) -> None:
        __tracebackhide__ = True
        search = begin()
        token = current.set(search)
        try:
            with _suited(searched), search.watch() as seen:
                try:
                    _run(functools.partial(searched, *fixed, **passed), search)
                finally:
                    seen.saw(search.outcome)
        finally:
            current.reset(token)

    written, signature = lines_of(inspect.unwrap(body)), inspect.signature(searched)
    test: Any = run if written is None else placed(run, body.__name__, written, signature)
    functools.update_wrapper(test, searched)
    # One namespace for both: what @settings, @example and pytest leave on the test, Hypothesis finds on its own.
    test.__dict__ = searched.__dict__
    test.__signature__ = signature
    return marked(test)


def _run(searched: Callable[[], object], search: Search) -> None:
    """Let Hypothesis search, and turn what it raises into what a gradient's author wants to read."""
    __tracebackhide__ = True
    try:
        searched()
    except (hypothesis.errors.Unsatisfiable, hypothesis.errors.FailedHealthCheck):
        if search.unseen:
            search.require_conclusive()
        raise
    except Exception as error:
        search.note(error)
        raise
    search.require_conclusive()


@contextmanager
def _suited(searched: Any) -> Iterator[None]:
    """Take from the settings of a search what suits quick tests only, and let the defaults of this run hold.

    Hypothesis offers no way to change settings that a user may have made, so this looks where it keeps them; where
    they are not, nothing changes but the time that a failure takes.
    """
    kept = vars(searched)
    before = {name: kept[name] for name in (_SETTINGS, _SEED) if name in kept}
    settings, now = kept.get(_SETTINGS), defaults()
    if isinstance(settings, hypothesis.settings):
        profile = hypothesis.settings().max_examples
        pinned = settings.max_examples != profile
        kept[_SETTINGS] = hypothesis.settings(
            settings,
            max_examples=settings.max_examples if pinned else now.examples or profile,
            phases=[phase for phase in settings.phases if phase is not hypothesis.Phase.explain],
            deadline=None if settings.deadline == _DEFAULT_DEADLINE else settings.deadline,
        )
    if now.seed is not None and kept.get(_SEED) is None:
        kept[_SEED] = now.seed
    try:
        yield
    finally:
        for name in (_SETTINGS, _SEED):
            if name in before:
                kept[name] = before[name]
            else:
                kept.pop(name, None)
