"""What linear algebra says of the errors of least squares, before anything is drawn (F01).

A fit is linear in its targets: y(x) = Σᵢ sᵢ(x) tᵢ. With t = f + ε, f = sin 2πx and ε of standard deviation σ, its bias
at x is Σᵢ sᵢ(x) f(xᵢ) − f(x), its variance σ² Σᵢ sᵢ(x)².
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from gradproof_experiments.data import equal_distances, sine
from gradproof_reference import fit_polynomial, polynomial

from .new_points import NODES, WEIGHTS, bishop_deviation, over_x

__all__ = ["Expected", "bishop_error_deviation", "crossing", "expected"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Expected:
    """Expected squared errors over redraws of the noise, in squared units of t.

    Parameters
    ----------
    training : float
        On the training points: (σ² (n − M − 1) + ‖(I − H) f‖²) / n, with the hat matrix H.
    same_inputs : float
        On new targets at the same inputs: (σ² (n + M + 1) + ‖(I − H) f‖²) / n, or σ² (1 + (M + 1)/n) without bias.
    bias, variance : float
        Mean over x uniform on [0, 1] of the squared bias and of the variance.
    test : float
        On new points: σ² + bias + variance.
    deviation : float
        Standard deviation of the mean of (y − t)² over one training set's new points, over redraws of both.

    References
    ----------
    T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning, Springer 2009, sections 7.3 and 7.4.
    """

    training: float
    same_inputs: float
    bias: float
    variance: float
    test: float
    deviation: float


@cache
def expected(degree: int, n: int, noise: float, n_test: int) -> Expected:
    """Expected errors of degree M on n training points at equal distances.

    Examples
    --------
    >>> [round(expected(degree, 10, 0.3, 100).test ** 0.5, 3) for degree in (1, 3, 9)]
    [0.573, 0.355, 0.825]
    """
    x = equal_distances(n)
    unit_fits = fit_polynomial(x, np.eye(n), degree)  # row i: the fit to 1 at point i and 0 elsewhere
    influence = np.asarray(polynomial(unit_fits, NODES), np.float64)
    residual = sine(x) - sine(x) @ np.asarray(polynomial(unit_fits, x))
    lack = float(residual @ residual)
    bias, spread = sine(x) @ influence - sine(NODES), noise**2 * np.sum(influence**2, axis=0)
    squared_bias, variance = float(over_x(bias**2)), float(over_x(spread))
    return Expected(
        training=(noise**2 * (n - degree - 1) + lack) / n,
        same_inputs=(noise**2 * (n + degree + 1) + lack) / n,
        bias=squared_bias,
        variance=variance,
        test=noise**2 + squared_bias + variance,
        deviation=_deviation(influence, bias, noise, n_test),
    )


def _deviation(influence: Floats, bias: Floats, noise: float, n_test: int) -> float:
    """Standard deviation of one redraw's mean squared error on n_test new points.

    The error of the fit, q = over_x((b + σ sᵀε)²), has the variance 4σ² ‖Sb‖² + 2σ⁴ tr K², K = over_x(s sᵀ); given the
    fit, the mean over new points adds the variance of one of them over n_test. Fourth moments are those of a normal.

    Parameters
    ----------
    influence : float array, shape (n, nodes)
        s(x) at the nodes.
    bias : float array, shape (nodes,)
    noise : float
    n_test : int
    """
    kernel = (influence * WEIGHTS) @ influence.T
    of_fit = 4 * noise**2 * np.sum(((influence * WEIGHTS) @ bias) ** 2) + 2 * noise**4 * np.sum(kernel**2)
    spread = noise**2 * np.sum(influence**2, axis=0)
    fourth = over_x(
        bias**4 + 6 * bias**2 * spread + 3 * spread**2 + 6 * noise**2 * (bias**2 + spread) + 3 * noise**4
    )
    second = over_x(bias**2 + spread) + noise**2
    of_points = fourth - (of_fit + second**2)
    return float(np.sqrt(of_fit + of_points / n_test))


def crossing(low: int, high: int) -> float:
    """Noise σ at which two degrees have the same expected test error on ten points: bias + σ² v is the same line in σ².

    Examples
    --------
    >>> round(crossing(3, 9), 4)
    0.0326
    """
    a, b = (expected(degree, 10, 1.0, 2) for degree in (low, high))
    return math.sqrt((a.bias - b.bias) / (b.variance - a.variance))


def bishop_error_deviation(degree: int, noise: float, n_test: int) -> float:
    """Standard deviation of the mean squared error of Bishop's fit on n_test new points: the fit itself is fixed."""
    fixed = np.zeros((1, len(NODES)))
    return _deviation(fixed, bishop_deviation(degree), noise, n_test)
