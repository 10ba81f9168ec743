"""A function named together with its gradient and its inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gradproof._examine import check_gradient, examine_gradient
from gradproof._report import GradientReport


@dataclass(frozen=True)
class Differentiable:
    """A scalar function, its gradient, and the arguments on which it is to be examined.

    Parameters
    ----------
    f, grad : callable
        As for `check_gradient`.
    args : tuple or hypothesis strategy of tuples
        The arguments: one point, or a strategy that draws points.
    name : str, optional
        What to call it; the qualified name of `f` by default.

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
    grad: Callable[..., Any]
    args: Any = ()
    name: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", getattr(self.f, "__qualname__", type(self.f).__qualname__))

    def examine(self, *args: Any, **options: Any) -> GradientReport:
        """Return the report of `examine_gradient` at `args`, or at the declared point where none are given."""
        return examine_gradient(self.f, self.grad, *self._point(args), **options)

    def check(self, *args: Any, **options: Any) -> GradientReport:
        """Return the report of a gradient that is right; raise GradientMismatch otherwise."""
        return check_gradient(self.f, self.grad, *self._point(args), **options)

    def _point(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        if args:
            return args
        if not isinstance(self.args, tuple):
            message = (
                f"{self.name} declares args as {type(self.args).__name__}, which is drawn from, not examined; "
                "got no arguments. Pass a point: examine(*args)."
            )
            raise TypeError(message)
        return self.args
