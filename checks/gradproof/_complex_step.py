"""Derivatives without subtraction: Im f(x + ih) / h.

Squire and Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40 (1998). Exact to
rounding where f computes with complex numbers as with real ones, silently wrong where it takes absolute values,
conjugates or discards imaginary parts: so nothing here is used before the differences agree with it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gradproof._nesting import Vector
from gradproof._objective import Objective

_STEP = 2.0**-66
_SMALLEST_STEP = 2.0**-900
_SUBNORMAL_QUANTA = 2.0**8


def directional(
    objective: Objective, point: Vector, direction: Vector, value: float, tolerance: float
) -> float | None:
    """Return the derivative of f along `direction`, or None where f does not take part.

    Parameters
    ----------
    objective : Objective
    point, direction : float64 array, shape (n,)
    value : float
        f at the point.
    tolerance : float
        How far the real part at the complex point may lie from `value` (the noise of f).
    """

    def points(_: slice) -> NDArray[np.complex128]:
        shifted = np.empty((1, len(point)), dtype=np.complex128)
        shifted.real = point
        np.multiply(direction, _STEP, out=shifted.imag[0])
        return shifted

    seen = complex(objective.complex_values(1, points)[0])
    if not np.isfinite(seen) or abs(seen.real - value) > tolerance:
        return None
    return seen.imag / _STEP


def entries(
    objective: Objective,
    point: Vector,
    scales: Vector,
    *,
    offset: Vector | float = 0.0,
    chosen: NDArray[np.intp] | None = None,
) -> Vector:
    """Return the derivative of f by each entry (or the m chosen ones), taken at its own `offset` along its axis.

    `scales` and `offset` are those of the chosen entries, shape (m,). NaN where f does not take part.
    """
    chosen = np.arange(len(point)) if chosen is None else chosen
    steps = _steps(point[chosen], scales)
    moved = point[chosen] + offset

    def points(chunk: slice) -> NDArray[np.complex128]:
        part = chosen[chunk]
        shifted = np.empty((len(part), len(point)), dtype=np.complex128)
        shifted[:] = point
        shifted[np.arange(len(part)), part] = moved[chunk] + 1j * steps[chunk]
        return shifted

    derivatives: Vector = objective.complex_values(len(chosen), points).imag / steps
    return derivatives


def underflow(point: Vector, scales: Vector) -> Vector:
    """Return what derivatives lose where their imaginary parts are subnormal, shape (n,)."""
    return _SUBNORMAL_QUANTA * float(np.finfo(np.float64).smallest_subnormal) / _steps(point, scales)


def _steps(point: Vector, scales: Vector) -> Vector:
    steps: Vector = np.maximum(_STEP * np.where(point == 0, scales, np.abs(point)), _SMALLEST_STEP)
    return steps
