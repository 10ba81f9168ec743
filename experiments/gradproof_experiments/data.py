"""The data that the polynomial experiment stands on: Bishop's ten points and a test set of the same kind."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["BISHOP_TARGETS", "Points", "bishop_points", "generator", "noisy_sine"]

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
    """Bishop's ten training points: x = k/9, t = sin(2πx) + noise.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, Springer 2006, figure 1.2 and appendix A.

    Examples
    --------
    >>> bishop_points().t[:3].tolist()
    [0.349486, 0.830839, 1.007332]
    """
    return Points(np.arange(10) / 9.0, np.array([float(target) for target in BISHOP_TARGETS]))


def generator(seed: int, purpose: str) -> np.random.Generator:
    """Random generator of one purpose of one configuration.

    The purpose is part of the seed, so a stream does not depend on what else was drawn, or in which order.

    Examples
    --------
    >>> generator(1, "noise").random() == generator(1, "noise").random()
    True
    >>> generator(1, "noise").random() == generator(1, "shuffle").random()
    False
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(purpose.encode())))


def noisy_sine(n: int, noise: float, rng: np.random.Generator) -> Points:
    """Draw n points at equal distances on [0, 1] with targets sin(2πx) + N(0, noise²), as Bishop drew his.

    Examples
    --------
    >>> noisy_sine(3, 0.0, generator(1, "test set")).x.tolist()
    [0.0, 0.5, 1.0]
    """
    x = np.linspace(0.0, 1.0, n)
    return Points(x, np.sin(2.0 * np.pi * x) + noise * rng.standard_normal(n))
