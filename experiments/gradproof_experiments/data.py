"""The data that the overfitting experiment stands on: Bishop's ten points, and the sine that they were drawn from."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["BISHOP_TARGETS", "Points", "bishop_points", "equal_distances", "noisy_sine", "sine"]

BISHOP_TARGETS = (
    "0.349486",
    "0.830839",
    "1.007332",
    "0.971507",
    "0.133066",
    "0.166823",
    "-0.848307",
    "-0.445686",
    "-0.563567",
    "0.261502",
)
"""Targets of Bishop's ten points as published: text, so that exact arithmetic can start from the digits."""


class Points(NamedTuple):
    """Inputs and targets of a regression problem, both without unit.

    Attributes
    ----------
    x : float array, shape (n,)
    t : float array, shape (n,)
    """

    x: npt.NDArray[np.float64]
    t: npt.NDArray[np.float64]


def bishop_points() -> Points:
    """Bishop's ten training points: x = k/9, t = sin(2πx) + noise of standard deviation 0.3.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, Springer 2006, figure 1.2 and appendix A.

    Examples
    --------
    >>> bishop_points().t[:3].tolist()
    [0.349486, 0.830839, 1.007332]
    """
    return Points(equal_distances(10), np.array([float(target) for target in BISHOP_TARGETS]))


def equal_distances(n: int) -> npt.NDArray[np.float64]:
    """Inputs x = k/(n − 1), k = 0 … n − 1, of shape (n,): Bishop's where n is 10.

    Examples
    --------
    >>> equal_distances(3).tolist()
    [0.0, 0.5, 1.0]
    """
    return np.arange(n) / (n - 1.0)


def sine(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Noise-free target sin(2πx), in the shape of `x`.

    Examples
    --------
    >>> sine(np.array([0.0, 0.25])).tolist()
    [0.0, 1.0]
    """
    values: npt.NDArray[np.float64] = np.sin(2.0 * np.pi * x)
    return values


def noisy_sine(n: int, noise: float, rng: np.random.Generator) -> Points:
    """Draw n points at equal distances on [0, 1] with targets sin(2πx) + N(0, noise²), as Bishop drew his.

    Examples
    --------
    >>> noisy_sine(3, 0.0, np.random.default_rng(1)).x.tolist()
    [0.0, 0.5, 1.0]
    """
    x = equal_distances(n)
    return Points(x, sine(x) + noise * rng.standard_normal(n))
