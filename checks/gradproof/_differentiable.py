"""A function named together with its gradient and its inputs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradproof._examine import check_gradient, examine_gradient
from gradproof._nesting import walk
from gradproof._replay import replay
from gradproof._report import GradientMismatch, GradientReport


@dataclass(frozen=True, eq=False)  # arrays have no truth value to compare by
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

    @property
    def draws(self) -> bool:
        """Whether the arguments are drawn by Hypothesis."""
        return any(_is_strategy(leaf) for _, leaf in walk(self.args, ""))

    def examine(self, *args: Any, **options: Any) -> GradientReport:
        """Return the report of `examine_gradient` at `args`, or at the declared point where none are given.

        Where arguments are drawn, it is the report of the worst input that a search finds, as in `gradient_test`.
        """
        report, _ = self._examined(args, options)
        return report

    def check(self, *args: Any, **options: Any) -> GradientReport:
        """Return the report of a gradient that is right; raise GradientMismatch otherwise."""
        if args or not self.draws:
            return check_gradient(self.f, self.grad, *self._point(args), **{**self.options, **options})
        report, found = self._examined(args, options)
        if not report.passed:
            mismatch = GradientMismatch(report)
            again = {**self.options, **options, "seed": report.seed}
            mismatch.add_note(f"Replay it without Hypothesis:\n\n{replay(self.f, self.grad, found, again)}\n")
            raise mismatch
        return report

    def _examined(
        self, args: tuple[Any, ...], options: Mapping[str, Any]
    ) -> tuple[GradientReport, tuple[Any, ...]]:
        options = {**self.options, **options}
        if args or not self.draws:
            point = self._point(args)
            return examine_gradient(self.f, self.grad, *point, **options), point
        from gradproof._search import search  # noqa: PLC0415  Hypothesis loads only where something is drawn

        return search(self.f, self.grad, self.args, **options)

    def _point(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        if args:
            return args
        if not isinstance(self.args, tuple):
            raise TypeError(
                f"args must be a tuple or a strategy of tuples; got args={self.args!r} for {self.name}. "
                "For one argument write (argument,)."
            )
        return self.args


def _is_strategy(value: object) -> bool:
    """Tell a Hypothesis strategy: there is none where Hypothesis has not been loaded."""
    loaded = sys.modules.get("hypothesis.strategies")
    return loaded is not None and isinstance(value, loaded.SearchStrategy)
