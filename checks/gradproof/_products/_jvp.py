"""Products of a Jacobian with tangents: the derivative of t ↦ ⟨w, f(x + t u)⟩ for fresh random u and w."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradproof._finding import Finding
from gradproof._nesting import Vector
from gradproof._observe import watch
from gradproof._products._outputs import random_weights
from gradproof._products._parts import Part, narrowed, numerous, require, together
from gradproof._products._point import Point, guarded
from gradproof._report import GradientReport
from gradproof._structure import StructureError, unit_roundoff


def check_jvp(f: Callable[..., Any], jvp: Callable[..., Any], *args: Any, **options: Any) -> GradientReport:
    """Examine a Jacobian-vector product, and raise GradientMismatch where it is not right: see `examine_jvp`."""
    return require(examine_jvp(f, jvp, *args, **options))


def examine_jvp(f: Callable[..., Any], jvp: Callable[..., Any], *args: Any, **options: Any) -> GradientReport:
    """Examine a Jacobian-vector product (forward mode) at one point.

    Parameters
    ----------
    f : callable
        ``f(*args)`` returns an array, or containers of arrays.
    jvp : callable
        ``jvp(u, *args)`` returns the derivative of f along `u` in the structure of what f returns. The tangent `u` comes
        as the tuple of `args`, bare where only one of them holds floats; what is held fixed stands in it as it is.
    *args, **options
        As for `examine_gradient`.

    Returns
    -------
    GradientReport
        Entries are named ``tangent 0``; where the product fails, ``output[1] along w[2]`` as far as a single output and
        a single parameter show the fault.

    Notes
    -----
    Every look takes a fresh tangent and fresh weights of the outputs, so that a wrong entry of the Jacobian hides with a
    probability of at most 1e-6; each costs as much as the gradient of a function of one number, however many
    parameters there are.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> a = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> gp.check_jvp(lambda x: a @ x**2, lambda u, x: a @ (2 * x * u), np.array([1.0, -2.0])).verdict
    'pass'
    """
    with watch(f, jvp) as seen:
        return seen.saw(_jvp_report(Point(f, args, options), jvp))


def _jvp_report(point: Point, jvp: Callable[..., Any]) -> GradientReport:
    entry = point.arguments.spread(point.arguments.leaf_scales())
    weights = 1 / point.outputs.spread(point.outputs.leaf_scales())
    drawn: list[tuple[Vector, Vector]] = []

    def at_random(number: int) -> Part:
        drawn.append((random_weights(point.random, entry), random_weights(point.random, weights)))
        return _look(point, jvp, *drawn[-1], f"tangent {number}")

    parts = numerous(at_random, point.resolution)
    if parts[-1].report.verdict == "fail":
        parts[-1] = _narrowed(point, jvp, *drawn[-1], parts[-1])
    return together(parts, point, "jvp")


def _look(point: Point, jvp: Callable[..., Any], tangent: Vector, weights: Vector, label: str) -> Part:
    """Examine the derivative of t ↦ ⟨weights, f(x + t tangent)⟩ at 0."""
    start = point.arguments.vector
    # t comes in the coarsest dtype on the way, so that the rounding of jvp is known for what it is.
    leaves = (*point.arguments.leaves, *point.outputs.leaves)
    number = max((leaf.dtype for leaf in leaves), key=unit_roundoff).type

    def along(t: Any) -> Any:
        if np.iscomplexobj(t) and point.arguments.is_complex:
            raise TypeError("complex arguments take no complex step; got a complex t.")
        points = start + np.multiply.outer(t, tangent)
        return point.outputs.weighted(weights, point.f(*point.arguments.view(points)))

    def grad(t: Any) -> Any:
        return number(weights @ product(point, jvp, tangent, start + float(t) * tangent))

    return Part(label, point.examine(along, grad, (number(0.0),)), (0.0,), (label,))


def product(point: Point, jvp: Callable[..., Any], tangent: Vector, at: Vector) -> Vector:
    """Return J u as a vector; stop where jvp changes what it is given, or returns something else than an output."""
    names = ("u", *point.arguments.names)
    before, given = (
        (point.tangent(tangent), *point.arguments.rebuild(at, own_dtypes=True)) for _ in range(2)
    )
    found = jvp(*given)
    guarded("jvp", names, before, given)
    try:
        return point.outputs.flatten(found)[0]
    except StructureError as error:
        text = str(error).replace("the gradient of", "what jvp returns for")
        raise Finding("fail", text.replace("the gradient must", "what jvp returns must"), 1) from error


def _narrowed(point: Point, jvp: Callable[..., Any], tangent: Vector, weights: Vector, failed: Part) -> Part:
    """Look for one output, then for one parameter, that shows the fault by itself."""
    first = failed.label
    failed, weights = narrowed(
        lambda w, label: _look(point, jvp, tangent, w, label), weights, point.outputs.name, failed
    )
    output = failed.label
    failed, _ = narrowed(
        lambda u, label: _look(point, jvp, u, weights, label),
        tangent,
        lambda i: f"{'outputs' if output == first else output} along {point.arguments.name(i)}",
        failed,
    )
    return failed
