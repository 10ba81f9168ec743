"""Functions that return their value together with its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradproof._examine import examine_gradient
from gradproof._nesting import describe
from gradproof._observe import watch
from gradproof._products._outputs import named_like
from gradproof._products._parts import require
from gradproof._report import GradientReport


def check_value_and_grad(fg: Callable[..., Any], *args: Any, **options: Any) -> GradientReport:
    """Examine a value with its gradient, and raise GradientMismatch where it is not right: see `examine_value_and_grad`."""
    return require(examine_value_and_grad(fg, *args, **options))


def examine_value_and_grad(fg: Callable[..., Any], *args: Any, **options: Any) -> GradientReport:
    """Examine the gradient that a function returns together with its value.

    Parameters
    ----------
    fg : callable
        ``fg(*args)`` returns a pair: a real scalar, and its gradient in the structure of `args`.
    *args, **options
        As for `examine_gradient`.

    Returns
    -------
    GradientReport

    Raises
    ------
    TypeError
        Where fg returns no pair, or its value is no real scalar.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> gp.check_value_and_grad(lambda w: (w @ w, 2 * w), np.array([3.0, 4.0])).verdict
    'pass'
    """

    def pair(*given: Any) -> tuple[Any, Any]:
        found = fg(*given)
        if not (isinstance(found, tuple | list) and len(found) == 2):
            raise TypeError(
                f"fg must return a pair of a value and its gradient; got {describe(found)}. "
                "Use examine_gradient for functions that return them apart."
            )
        return found[0], found[1]

    value, grad = named_like(fg, lambda *given: pair(*given)[0]), lambda *given: pair(*given)[1]
    with watch(fg) as seen:
        return seen.saw(examine_gradient(value, grad, *args, **options))
