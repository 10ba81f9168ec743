"""The error of a fit on new points, x uniform on [0, 1]: integrals over x by Gauss's quadrature."""

from functools import cache

import numpy as np
import numpy.typing as npt

from gradproof_experiments.data import bishop_points, sine
from gradproof_reference import fit_polynomial, polynomial

__all__ = ["NODES", "WEIGHTS", "bishop_deviation", "bishop_excess", "over_x"]

Floats = npt.NDArray[np.float64]

# 32 nodes integrate degree 63 exactly: powers of degree 36 (a fourth power of degree 9), and what the sine adds to 1e-15.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)
NODES: Floats = (1.0 + _NODES) / 2.0
"""Inputs on [0, 1] at which integrals over x are sampled, shape (32,)."""
WEIGHTS: Floats = _WEIGHTS / 2.0
"""Their weights; they add up to 1."""


def over_x(values: Floats) -> Floats:
    """Mean over x uniform on [0, 1] of values at `NODES` along the last axis.

    Examples
    --------
    >>> round(float(over_x(NODES**2)), 12)
    0.333333333333
    """
    mean: Floats = np.asarray(values @ WEIGHTS)
    return mean


@cache
def bishop_excess(degree: int) -> float:
    """Mean over x of (y(x, w*) − sin 2πx)² for the fit to Bishop's own ten points, in squared units of t.

    The expected squared error on a new point is this and the noise's σ².

    Examples
    --------
    >>> round((bishop_excess(9) + 0.3**2) ** 0.5, 3)
    1.3
    """
    return float(over_x(bishop_deviation(degree) ** 2))


def bishop_deviation(degree: int) -> Floats:
    """y(x, w*) − sin 2πx at `NODES` for the fit to Bishop's own ten points."""
    points = bishop_points()
    curve = np.asarray(polynomial(fit_polynomial(points.x, points.t, degree), NODES), np.float64)
    return curve - sine(NODES)
