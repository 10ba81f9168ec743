"""Who wants to know of every check that is made: the pytest plugin listens, and nobody else pays for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from typing import Self

    from gradproof._report import Evaluations, GradientReport


@dataclass(frozen=True)
class Check:
    """One check as its caller sees it: one call of `check_…`, `examine_…` or `Differentiable`, or one whole search.

    Attributes
    ----------
    name : str
        What was checked.
    function : callable or None
        What stands to be right or wrong: the gradient, the product; f where a framework differentiates it.
    report : GradientReport or None
        Of the input that tells most; None where the check ended in `error`.
    error : Exception or None
        What came out of the check, the mismatch of a wrong gradient included.
    evaluations : (int, int)
        Calls of f and of grad, all inputs of a search together.
    seconds : float
        Wall-clock time.
    """

    name: str
    function: Callable[..., Any] | None
    report: GradientReport | None
    error: Exception | None
    evaluations: tuple[int, int]
    seconds: float


Outcome = TypeVar("Outcome", bound="GradientReport | None")
Listener = Callable[[Check], None]


_listeners: list[Listener] = []
# The check that is being made: what it calls on its way is part of it, in this thread or task. Anything but None is one.
_current: ContextVar[object | None] = ContextVar("check", default=None)


class _Unheard:
    """The watch of a check that nobody listens to, or that is part of another."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        pass

    def saw(self, report: Outcome) -> Outcome:
        """Return the outcome."""
        return report


_UNHEARD = _Unheard()


class _Heard:
    """The watch of an outermost check, which tells the listeners when it ends."""

    def __init__(self, f: Callable[..., Any], grad: Any, name: str) -> None:
        self._function = grad if callable(grad) else f
        self._name = name or getattr(f, "__qualname__", type(f).__qualname__)
        self._named = bool(name)
        self._report: GradientReport | None = None
        self._spent = 0, 0

    def __enter__(self) -> Self:
        self._before = _current.set(self)
        self._since = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds = time.perf_counter() - self._since
        _current.reset(self._before)
        if error is not None and not isinstance(error, Exception):
            return  # the run is being stopped, by Ctrl-C or pytest.skip: nothing came out
        report = getattr(error, "report", None) if self._report is None else self._report
        if report is None and error is None:
            return
        name = self._name if self._named or report is None else report.function
        spent = self._spent if any(self._spent) else (0, 0) if report is None else tuple(report.evaluations)
        check = Check(name, self._function, report, error, spent, seconds)
        for listener in tuple(_listeners):
            listener(check)

    def saw(self, report: Outcome) -> Outcome:
        """Take note of the outcome, if there is one, and return it."""
        self._report = report
        return report

    def spent(self, evaluations: Evaluations) -> None:
        """Take note of the calls of one examination of several."""
        self._spent = self._spent[0] + evaluations.f, self._spent[1] + evaluations.grad


Watch: TypeAlias = _Heard | _Unheard
"""What `watch` returns: a context, that is told the outcome by `saw`."""


def watch(f: Callable[..., Any], grad: Any = None, name: str = "") -> Watch:
    """Watch a check, in a `with` statement.

    Parameters
    ----------
    f, grad : callable
        What is checked; grad may be anything that is no callable where there is none.
    name : str, optional
        What to call it; by default as its report does.
    """
    if not _listeners or _current.get() is not None:
        return _UNHEARD
    return _Heard(f, grad, name)


def spent(evaluations: Evaluations) -> None:
    """Add the calls of one examination to the check that it is part of."""
    current = _current.get()
    if isinstance(current, _Heard):
        current.spent(evaluations)


@contextmanager
def unheard() -> Iterator[None]:
    """Keep from the listeners what is examined for other reasons than to learn whether it is right."""
    before = _current.set(_UNHEARD)
    try:
        yield
    finally:
        _current.reset(before)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call a listener with every outermost check that ends meanwhile, in whatever thread."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
