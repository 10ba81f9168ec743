"""Whole Jacobians: every row is the gradient of one output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradproof._finding import Finding
from gradproof._nesting import Table, Vector, children_of, describe, is_float
from gradproof._observe import watch
from gradproof._products._outputs import random_weights
from gradproof._products._parts import Part, narrowed, numerous, require, together
from gradproof._products._point import Point
from gradproof._report import GradientReport
from gradproof._structure import Arguments, StructureError

# Up to so many outputs every row is examined by itself, more of them as random sums.
_ROWS = 16


def check_jacobian(
    f: Callable[..., Any], jacobian: Callable[..., Any], *args: Any, **options: Any
) -> GradientReport:
    """Examine a Jacobian, and raise GradientMismatch where it is not right: see `examine_jacobian`."""
    return require(examine_jacobian(f, jacobian, *args, **options))


def examine_jacobian(
    f: Callable[..., Any], jacobian: Callable[..., Any], *args: Any, **options: Any
) -> GradientReport:
    """Examine a whole Jacobian at one point.

    Parameters
    ----------
    f : callable
        ``f(*args)`` returns a real array, or containers of them.
    jacobian : callable
        ``jacobian(*args)`` returns the structure of the output, with the structure of `args` in the place of every array;
        there each array has the shape of the output followed by that of the argument. One output and one argument
        make one array, shape (*output, *argument).
    *args, **options
        As for `examine_gradient`.

    Returns
    -------
    GradientReport
        Entries are named ``output[1] by w[2]``.

    Raises
    ------
    TypeError
        Where an output is complex, or none is a float.

    Notes
    -----
    Up to 16 outputs are examined row by row. More are examined as sums with fresh random weights, so that a wrong
    entry hides with a probability of at most 1e-6; a sum that fails is bisected to one output.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> a = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> report = gp.check_jacobian(lambda x: a @ x**2, lambda x: 2 * a * x, np.array([1.0, -2.0]))
    >>> report.entries[-1].name, report.entries[-1].analytic
    ('output[2] by x[1]', -24.0)
    """
    with watch(f, jacobian) as seen:
        return seen.saw(jacobian_report(Point(f, args, options), jacobian, "jacobian"))


def jacobian_report(point: Point, jacobian: Callable[..., Any], what: str) -> GradientReport:
    """Return the report on a Jacobian that is called `what`."""
    if point.outputs.is_complex:
        raise TypeError(
            f"the outputs of a {what.capitalize()} must be real; got complex ones. "
            "Check products with it, which have one meaning: check_vjp, check_jvp or check_hvp."
        )

    def look(weights: Vector, label: str) -> Part:
        def grad(*args: Any) -> Any:
            return point.arguments.view(weights @ matrix(point, jacobian(*args), what), own_dtypes=True)

        report = point.examine(
            lambda *args: point.outputs.weighted(weights, point.f(*args)), grad, point.args
        )
        return Part(label, report, point.args, tuple(f"{label} by {name}" for name in point.arguments.names))

    count = len(point.outputs.vector)
    if count <= _ROWS:
        parts = [look(row, point.outputs.name(i)) for i, row in enumerate(np.eye(count))]
        return together(parts, point, what)
    scales = 1 / point.outputs.spread(point.outputs.leaf_scales())
    drawn: list[Vector] = []

    def at_random(number: int) -> Part:
        drawn.append(random_weights(point.random, scales))
        return look(drawn[-1], f"sum {number} of outputs")

    parts = numerous(at_random, point.resolution)
    if parts[-1].report.verdict == "fail":
        parts[-1], _ = narrowed(look, drawn[-1], point.outputs.name, parts[-1])
    return together(parts, point, what)


def matrix(point: Point, jacobian: Any, what: str) -> Table:
    """Return a Jacobian as one matrix, shape (outputs, parameters); stop where it is structured in another way."""
    try:
        (output,) = point.outputs.rebuild(point.outputs.vector)
        (name,) = point.outputs.names
        rows = [
            _rows(point.arguments, np.shape(leaf), part, path)
            for path, leaf, part in _parts(output, jacobian, name)
        ]
    except StructureError as error:
        raise Finding("fail", str(error).replace("the gradient", f"the {what}"), 1) from error
    return np.concatenate(rows)


def _rows(arguments: Arguments, shape: tuple[int, ...], part: Any, path: str) -> Table:
    """Return the rows of one output, whose arrays have its axes before those of the arguments."""
    count = int(np.prod(shape))
    if not count:
        return np.zeros((0, len(arguments.vector)))
    wide = Arguments(
        arguments.view(np.zeros((*shape, len(arguments.vector))), own_dtypes=True),
        tuple(f"{path} by {name}" for name in arguments.names),
    )
    values, _ = wide.flatten(part)
    return np.hstack([values[leaf.start : leaf.stop].reshape(count, -1) for leaf in wide.leaves])


def _parts(output: Any, jacobian: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield every float leaf of an output with what the Jacobian holds in its place."""
    children = children_of(output)
    if children is None:
        if is_float(output, path):
            yield path, output, jacobian
        return
    parts = dict(children_of(jacobian) or [])
    for step, child in children:
        if step not in parts:
            raise StructureError(
                f"the gradient must be structured like {path} (parts {', '.join(s for s, _ in children)}); "
                f"got {describe(jacobian)}. Return the same containers as f."
            )
        yield from _parts(child, parts[step], path + step)
