"""Every entry's derivative in the plain case: f is smooth and quiet around the point, so little has to be tried.

Point by point a call of f costs what it costs, real or complex: one complex step an entry is cheapest, and sharpest.
In batches arithmetic is what costs, several times as much with complex numbers: two differences an entry are cheaper.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradproof import _complex_step
from gradproof._glance import NOISE_FACTOR, Glance, complex_slope, glance
from gradproof._guards import AnalyticGradient
from gradproof._kinks import Kind
from gradproof._nesting import Table, Vector
from gradproof._numeric import Method, Numeric
from gradproof._objective import Objective
from gradproof._structure import Arguments
from gradproof._surroundings import GOAL

# The complex step rounds by so many units roundoff of its leaf's largest entry.
_ROUNDING = 2.0**8
# No entry of a function that is this smooth along a random direction is so many times less smooth by itself.
_CURVATURE_FACTOR = 8.0
_NARROWEST, _USUAL, _WIDEST = 2.0**-26, 2.0**-17, 2.0**-5


def plain_derivatives(
    objective: Objective,
    arguments: Arguments,
    gradient: AnalyticGradient,
    value: float,
    resolution: float,
    random: np.random.Generator,
) -> Iterator[Numeric]:
    """Yield the derivative of every entry, the cheapest first; nothing where f is not plain.

    Whether the gradient agrees with it is for the caller to see; where it does with none, only a closer look can tell.
    """
    point, scales = arguments.vector, arguments.spread(arguments.leaf_scales())
    # Leaves move as a whole, by one step for all of their entries: a small entry is then seen as sharply as a large
    # one. The sizes differ, so that kinks in opposite directions cannot cancel.
    direction = random.uniform(-1, 1, len(point))
    direction = scales * (direction + np.copysign(1, direction))

    def numeric(look: Glance, values: Vector, bound: Vector, method: Method) -> Numeric:
        rounding = np.maximum(gradient.granted, _ROUNDING * objective.unit)
        bound = bound + rounding * arguments.leafwise_max(np.abs(values))
        nowhere = np.full(len(point), np.nan)
        kinds: list[Kind] = ["smooth"] * len(point)
        return Numeric(values, bound, nowhere, nowhere, kinds, scales, look.variation, method)

    guess = Differences(point, scales, _USUAL, random) if objective.vectorized else None
    beside = None if guess is None else (2 * len(point), guess.points)
    look = glance(objective, point, value, direction, GOAL * resolution, beside)
    if look is None:
        return
    if guess is not None:
        yield numeric(look, *guess.slopes(look.beside, look), "differences")
        chosen = Differences(point, scales, _best_step(look), random)
        values = objective.values(2 * len(point), chosen.points)
        yield numeric(look, *chosen.slopes(values, look), "differences")
    elif complex_slope(objective, point, value, look) is not None:
        exact = _complex_step.entries(objective, point, scales)
        if np.isfinite(exact).all():
            yield numeric(look, exact, _complex_step.underflow(point, scales), "complex step")


class Differences:
    """One central difference for each entry.

    Every entry has a step of its own, so that no wrong gradient can agree with what curvature does to a known one.

    Parameters
    ----------
    point, scales : float64 array, shape (n,)
    step : float
        The smallest, in units of the scales; the largest is twice that.
    random : numpy.random.Generator
    """

    def __init__(self, point: Vector, scales: Vector, step: float, random: np.random.Generator) -> None:
        self._point, self._scales = point, scales
        self._relative = step * random.uniform(1, 2, len(point))
        steps = self._relative * scales
        self._steps = np.concatenate([steps, -steps])

    def points(self, chunk: slice) -> Table:
        """Return the points numbered by a slice: forward of each entry, then backward, shape (m, n)."""
        numbers = np.arange(len(self._steps))[chunk]
        points = np.empty((len(numbers), len(self._point)))
        points[:] = self._point
        points[np.arange(len(numbers)), numbers % len(self._point)] += self._steps[chunk]
        return points

    def slopes(self, values: Vector, look: Glance) -> tuple[Vector, Vector]:
        """Return the derivatives and their bounds, from the values at all points and what a glance has shown."""
        count = len(self._point)
        forward, backward = self._point + self._steps[:count], self._point + self._steps[count:]
        plus, minus = values[:count], values[count:]
        width = forward - backward
        truncation = _CURVATURE_FACTOR * look.curvature * self._relative**2 / self._scales
        bound: Vector = 2 * NOISE_FACTOR * look.noise / width + truncation
        return (plus - minus) / width, bound


def _best_step(look: Glance) -> float:
    """Return the step at which curvature and noise err alike."""
    curvature = 2 * _CURVATURE_FACTOR * look.curvature
    best = np.cbrt(NOISE_FACTOR * look.noise / curvature) if curvature > 0 else _WIDEST
    return float(np.clip(best, _NARROWEST, _WIDEST))
