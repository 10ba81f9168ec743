"""A function named together with its gradient and its inputs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from gradproof._examine import examine_gradient
from gradproof._nesting import walk
from gradproof._observe import watch
from gradproof._replay import replay as program_of
from gradproof._report import GradientMismatch, GradientReport


# Arrays have no truth value to compare by, and a strategy takes a page to print.
@dataclass(frozen=True, eq=False, repr=False)
class Differentiable:
    """A scalar function, its gradient, and the arguments on which it is to be examined.

    Parameters
    ----------
    f, grad : callable
        As for `check_gradient`; grad is None where a framework differentiates f.
    args : tuple or hypothesis strategy of tuples
        The arguments: one point, or a strategy that draws points. Strategies anywhere inside a tuple are drawn from.
    name : str, optional
        What to call it; the qualified name of `f` by default.
    options : mapping, optional
        Keyword arguments of every examination: resolution, vectorized, …

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> cube = gp.Differentiable(
    ...     lambda w: np.sum(w**3), lambda w: 3 * w**2, args=(np.array([1.0, -2.0]),), name="cube"
    ... )
    >>> cube.check().passed
    True
    """

    f: Callable[..., Any]
    grad: Callable[..., Any] | None = None
    args: Any = ()
    name: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", getattr(self.f, "__qualname__", type(self.f).__qualname__))

    def __repr__(self) -> str:
        return f"<Differentiable {self.name!r}>"

    @property
    def draws(self) -> bool:
        """Whether the arguments are drawn by Hypothesis."""
        return any(_is_strategy(leaf) for _, leaf in walk(self.args, ""))

    def examine(self, *args: Any, **options: Any) -> GradientReport:
        """Return the report of `examine_gradient` at `args`, or at the declared point where none are given.

        Where arguments are drawn, it is the report of the worst input that a search finds, as in `gradient_test`.
        """
        with watch(self.f, self.grad, self.name) as seen:
            return seen.saw(self._examined(args, options)[0])

    def check(self, *args: Any, **options: Any) -> GradientReport:
        """Return the report of a gradient that is right; raise GradientMismatch otherwise."""
        with watch(self.f, self.grad, self.name) as seen:
            return seen.saw(self._checked(args, options))

    def _checked(self, args: tuple[Any, ...], options: dict[str, Any]) -> GradientReport:
        seen = examination(self, options, args)
        if not seen.report.passed:
            mismatch = GradientMismatch(seen.report)
            for note in seen.notes:
                mismatch.add_note(note)
            raise mismatch
        return seen.report

    def _examined(
        self, args: tuple[Any, ...], options: Mapping[str, Any]
    ) -> tuple[GradientReport, tuple[Any, ...]]:
        options = {**self.options, **options}
        if args or not self.draws:
            point = self._point(args)
            return named(self, examine_gradient(self.f, self.grad, *point, **options)), point
        from gradproof._search import search  # noqa: PLC0415  Hypothesis loads only where something is drawn

        report, found = search(self.f, self.grad, self.args, **options)
        return named(self, report), found

    def _point(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        if args:
            return args
        if not isinstance(self.args, tuple):
            raise TypeError(
                f"args must be a tuple or a strategy of tuples; got args={self.args!r} for {self.name}. "
                "For one argument write (argument,)."
            )
        return self.args


def named(operation: Differentiable, report: GradientReport) -> GradientReport:
    """Return a report that calls a lambda by the name that it was declared under."""
    if not report.function.endswith("<lambda>") or operation.name == report.function:
        return report
    return replace(report, function=f"{operation.name} ({report.function.rpartition('.')[2]})")


class Examination(NamedTuple):
    """What came of the examination of a declared gradient.

    Attributes
    ----------
    report : GradientReport
    args : tuple
        The arguments that the report is about: the declared ones, or those that a search found.
    notes : tuple of str
        What helps to see a failure again: the program that replays it, where its arguments were drawn.
    """

    report: GradientReport
    args: tuple[Any, ...]
    notes: tuple[str, ...] = ()


def examination(
    operation: Differentiable,
    options: Mapping[str, Any],
    args: tuple[Any, ...] = (),
    *,
    examples: int | None = None,
) -> Examination:
    """Examine a declared gradient, at `args` or where it is declared, and keep the point beside the report.

    Parameters
    ----------
    operation : Differentiable
    options : mapping
        Keyword arguments of `examine_gradient`, which go before the declared ones.
    args : tuple
    examples : int, optional
        How many inputs to draw where the arguments are drawn; what Hypothesis's profile says by default.
    """
    drawn = operation.draws and not args
    if drawn and examples is not None:
        options = {**options, "examples": examples}
    report, found = operation._examined(args, options)  # noqa: SLF001  the other half of this module
    if report.passed or not drawn:
        return Examination(report, found)
    again = {**operation.options, **options, "seed": report.seed}
    again = {name: value for name, value in again.items() if name not in _OF_THE_SEARCH}
    program = program_of(operation.f, operation.grad, found, again, unnamed_are="as declared")
    return Examination(report, found, (f"Replay it without Hypothesis:\n\n{program}\n",))


# Options that a search takes and an examination of one point does not.
_OF_THE_SEARCH = {"conclusive", "examples", "shrink"}


def _is_strategy(value: object) -> bool:
    """Tell a Hypothesis strategy: there is none where Hypothesis has not been loaded."""
    loaded = sys.modules.get("hypothesis.strategies")
    return loaded is not None and isinstance(value, loaded.SearchStrategy)
