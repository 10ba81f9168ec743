"""Second derivatives: the derivative of a gradient that was examined first."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from gradproof._examine import examine_gradient
from gradproof._observe import watch
from gradproof._products._jacobian import jacobian_report, matrix
from gradproof._products._outputs import name_of
from gradproof._products._parts import require
from gradproof._products._point import Point
from gradproof._products._vjp import vjp_report
from gradproof._report import Evaluations, GradientReport


def check_hessian(
    f: Callable[..., Any],
    hessian: Callable[..., Any],
    *args: Any,
    grad: Callable[..., Any],
    **options: Any,
) -> GradientReport:
    """Examine a Hessian, and raise GradientMismatch where it is not right: see `examine_hessian`."""
    return require(examine_hessian(f, hessian, *args, grad=grad, **options))


def examine_hessian(
    f: Callable[..., Any],
    hessian: Callable[..., Any],
    *args: Any,
    grad: Callable[..., Any],
    **options: Any,
) -> GradientReport:
    """Examine a Hessian at one point: first grad against f, then the Hessian as the Jacobian of grad, then its symmetry.

    Parameters
    ----------
    f, grad : callable
        As for `examine_gradient`. Second differences of f alone have half of its digits, so grad is needed.
    hessian : callable
        ``hessian(*args)`` returns the structure of what grad returns, with the structure of `args` in the place of every
        array, shape (*row, *column) each. One array has one array as its Hessian.
    *args, **options
        As for `examine_gradient`.

    Returns
    -------
    GradientReport
        Entries are named ``grad[1] by w[2]``. Calls of grad, and of the Hessian, are counted as calls of grad.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> cubes = lambda w: np.sum(w**3)
    >>> gp.check_hessian(
    ...     cubes, lambda w: np.diag(6 * w), np.array([1.0, 2.0]), grad=lambda w: 3 * w**2
    ... ).verdict
    'pass'
    """
    with watch(f, hessian) as seen:
        return seen.saw(_hessian_report(f, hessian, args, grad, options))


def _hessian_report(
    f: Callable[..., Any],
    hessian: Callable[..., Any],
    args: tuple[Any, ...],
    grad: Callable[..., Any],
    options: dict[str, Any],
) -> GradientReport:
    first = examine_gradient(f, grad, *args, **options)
    if not first.passed:
        return _without_gradient(first, "Hessian")
    point = Point(grad, args, {**options, "seed": first.seed}, "grad")
    report = _after(first, jacobian_report(point, hessian, "hessian"), f)
    asymmetry = _asymmetry(point, hessian) if report.verdict == "pass" else None
    return report if asymmetry is None else dataclasses.replace(report, verdict="fail", reason=asymmetry)


def check_hvp(
    f: Callable[..., Any],
    hvp: Callable[..., Any],
    *args: Any,
    grad: Callable[..., Any],
    **options: Any,
) -> GradientReport:
    """Examine a Hessian-vector product, and raise GradientMismatch where it is not right: see `examine_hvp`."""
    return require(examine_hvp(f, hvp, *args, grad=grad, **options))


def examine_hvp(
    f: Callable[..., Any],
    hvp: Callable[..., Any],
    *args: Any,
    grad: Callable[..., Any],
    **options: Any,
) -> GradientReport:
    """Examine a Hessian-vector product: first grad against f, then the product as the gradient of ⟨grad, v⟩.

    Parameters
    ----------
    f, grad : callable
        As for `examine_gradient`.
    hvp : callable
        ``hvp(v, *args)`` returns H v in the structure of `args`. `v` comes in the structure of what grad returns.
    *args, **options
        As for `examine_gradient`.

    Returns
    -------
    GradientReport
        As of `examine_vjp`, with ``grad`` for the output.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> cubes = lambda w: np.sum(w**3)
    >>> gp.check_hvp(cubes, lambda v, w: 6 * w * v, np.array([1.0, 2.0]), grad=lambda w: 3 * w**2).verdict
    'pass'
    """
    with watch(f, hvp) as seen:
        first = examine_gradient(f, grad, *args, **options)
        if not first.passed:
            return seen.saw(_without_gradient(first, "product"))
        point = Point(grad, args, {**options, "seed": first.seed}, "grad")
        return seen.saw(_after(first, vjp_report(point, hvp, "hvp"), f))


def _without_gradient(report: GradientReport, what: str) -> GradientReport:
    return dataclasses.replace(report, reason=f"grad, of which the {what} is a derivative: {report.reason}")


def _after(first: GradientReport, second: GradientReport, f: Callable[..., Any]) -> GradientReport:
    """Return the second report with the calls of both."""
    calls = first.evaluations.grad + sum(second.evaluations)
    verdict = first.verdict if second.verdict == "pass" else second.verdict
    return dataclasses.replace(
        second,
        function=name_of(f),
        verdict=verdict,
        reason=second.reason or first.reason,
        evaluations=Evaluations(first.evaluations.f, calls),
    )


def _asymmetry(point: Point, hessian: Callable[..., Any]) -> str | None:
    """Say where a Hessian differs from its transpose by more than was to be seen, or return None."""
    arguments = point.arguments
    found = matrix(point, hessian(*arguments.rebuild(arguments.vector, own_dtypes=True)), "hessian")
    # Rows come in the order of what grad returns, columns in that of the arguments.
    numbers = np.arange(len(found), dtype=np.float64)
    order = arguments.flatten(point.outputs.rebuild(numbers)[0])[0].astype(np.intp)
    square = found[order]
    gap = np.abs(square - square.T)
    row, column = (int(i) for i in np.unravel_index(int(np.argmax(gap)), gap.shape))
    if gap[row, column] <= point.resolution * np.abs(square).max(initial=0.0):
        return None
    names = arguments.name(row), arguments.name(column)
    return (
        f"the hessian is not symmetric: {float(square[row, column])!r} for {names[0]} by {names[1]}, "
        f"{float(square[column, row])!r} for {names[1]} by {names[0]}."
    )
