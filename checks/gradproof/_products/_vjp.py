"""Products of cotangents with a Jacobian: the gradient of ⟨v, f⟩ for fresh random v."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradproof._nesting import Vector
from gradproof._observe import watch
from gradproof._products._outputs import random_weights
from gradproof._products._parts import Part, narrowed, numerous, require, together
from gradproof._products._point import Point, guarded
from gradproof._report import GradientReport


def check_vjp(f: Callable[..., Any], vjp: Callable[..., Any], *args: Any, **options: Any) -> GradientReport:
    """Examine a vector-Jacobian product, and raise GradientMismatch where it is not right: see `examine_vjp`."""
    return require(examine_vjp(f, vjp, *args, **options))


def examine_vjp(f: Callable[..., Any], vjp: Callable[..., Any], *args: Any, **options: Any) -> GradientReport:
    """Examine a vector-Jacobian product (backward mode) at one point.

    Parameters
    ----------
    f : callable
        ``f(*args)`` returns an array, or containers of arrays.
    vjp : callable
        ``vjp(v, *args)`` returns the gradient of ⟨v, f(*args)⟩ in the structure of `args`. The cotangent `v` comes in
        the structure, shapes and dtypes of what f returns.
    *args, **options
        As for `examine_gradient`.

    Returns
    -------
    GradientReport
        Entries are named ``cotangent 0 by w[2]``; where the product fails, ``output[1] by w[2]`` as far as a single
        output shows the fault.

    Notes
    -----
    Each random cotangent has entries of random sign and of random size in [1, 2), divided by the scale of their
    array. A wrong entry of the Jacobian hides behind k of them as behind k directions; k brings that to a
    probability of at most 1e-6. For complex outputs ⟨v, f⟩ is the real part of Σ conj(v) f.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> a = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> gp.check_vjp(lambda x: a @ x**2, lambda v, x: 2 * x * (a.T @ v), np.array([1.0, -2.0])).verdict
    'pass'
    """
    with watch(f, vjp) as seen:
        return seen.saw(vjp_report(Point(f, args, options), vjp, "vjp"))


def vjp_report(point: Point, vjp: Callable[..., Any], what: str) -> GradientReport:
    """Return the report on a product that is called `what`."""

    def look(weights: Vector, label: str) -> Part:
        def grad(*args: Any) -> Any:
            before, given = point.cotangent(weights), point.cotangent(weights)
            product = vjp(given, *args)
            guarded(what, ("v",), (before,), (given,))
            return product

        report = point.examine(
            lambda *args: point.outputs.weighted(weights, point.f(*args)), grad, point.args
        )
        return Part(label, report, point.args, tuple(f"{label} by {name}" for name in point.arguments.names))

    scales = 1 / point.outputs.spread(point.outputs.leaf_scales())
    drawn: list[Vector] = []

    def at_random(number: int) -> Part:
        drawn.append(random_weights(point.random, scales))
        return look(drawn[-1], f"cotangent {number}")

    parts = numerous(at_random, point.resolution)
    if parts[-1].report.verdict == "fail":
        parts[-1], _ = narrowed(look, drawn[-1], point.outputs.name, parts[-1])
    return together(parts, point, what)
