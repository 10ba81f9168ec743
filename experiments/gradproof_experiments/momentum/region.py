"""Where in λh and τ momentum converges on a quadratic, and how fast (F10)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradproof_experiments.experiment import Columns

from .quadratic import log_norms

__all__ = ["EdgePoint", "PhasePoint", "edges", "phases"]

Floats = npt.NDArray[np.float64]

_EDGE_TOLERANCE = 2.5e-4
_TOP = 0.99


@dataclass(frozen=True)
class EdgePoint:
    """Where runs of `steps` steps begin to grow, for `n_momenta` values of τ on [0, 0.99]."""

    n_momenta: int
    steps: int


@dataclass(frozen=True)
class PhasePoint:
    """The rate over a grid of λh on (0, 4.4] and τ on [0, 0.99]."""

    n_momenta: int
    n_step_sizes: int
    steps: int


def edges(point: EdgePoint, seed: int) -> Columns:
    """Bisect the smallest and the largest λh at which runs shrink, for every τ.

    λ = 1, so that λh is the curvature, of either sign; the state's norm at the end decides against that halfway.
    """
    del seed  # a start only scales a run in one dimension
    momentum = np.linspace(0.0, _TOP, point.n_momenta)

    def shrinks(step: Floats) -> npt.NDArray[np.bool_]:
        middle, end = log_norms(
            np.ones((*step.shape, 1)), step[..., np.newaxis], np.ones_like(step), momentum, point.steps
        )
        return end < middle

    lower = _bisect(shrinks, np.full_like(momentum, -0.9), np.full_like(momentum, 1.0))
    upper = _bisect(shrinks, np.full_like(momentum, 4.7), np.full_like(momentum, 1.0))
    return {"momentum": momentum.tolist(), "lower": lower.tolist(), "upper": upper.tolist()}


def _bisect(shrinks: Callable[[Floats], npt.NDArray[np.bool_]], grows: Floats, falls: Floats) -> Floats:
    """Halve the bracket until its middle is within the tolerance of both ends."""
    while np.abs(grows - falls).max() > 2 * _EDGE_TOLERANCE:
        middle = (grows + falls) / 2
        inside = shrinks(middle)
        grows, falls = np.where(inside, grows, middle), np.where(inside, middle, falls)
    return (grows + falls) / 2


def phases(point: PhasePoint, seed: int) -> Columns:
    """Measure the factor per step over the grid of λh and τ."""
    del seed
    momentum, step = np.meshgrid(
        np.linspace(0.0, _TOP, point.n_momenta),
        4.4 * (np.arange(point.n_step_sizes) + 0.5) / point.n_step_sizes,
    )
    middle, end = log_norms(
        np.ones((*step.shape, 1)), step[..., np.newaxis], np.ones_like(step), momentum, point.steps
    )
    arrived = np.isneginf(end)
    change = np.where(arrived, 0.0, end) - np.where(arrived, 0.0, middle)
    factor = np.where(arrived, 0.0, np.exp(change / (point.steps - point.steps // 2)))
    return {
        "momentum": momentum.ravel().tolist(),
        "step": step.ravel().tolist(),
        "factor": factor.ravel().tolist(),
    }
