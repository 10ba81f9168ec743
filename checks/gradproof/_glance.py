"""One look along one random direction: noise, slope and smoothness of f, from some twenty evaluations.

Where everything there is as it should be, it is all that an examination needs to know about f; where anything is not,
nothing is concluded, and whoever asked looks more closely.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradproof import _complex_step
from gradproof._ladder import CENTRAL, GAP, TRUNCATION_FACTOR
from gradproof._nesting import Vector
from gradproof._noise import noise_level
from gradproof._objective import Objective, Points

# Noise is measured at this many points, close enough together for f to be a straight line there.
_VALUES = 9
_SPACING = 1.618 * 2.0**-32
_STEPS = 2.0 ** np.array([-5.0, -7.0, -9.0, -11.0])
_DISTANCES = np.concatenate([_SPACING * np.arange(1.0, _VALUES + 1), _STEPS, -_STEPS])
# Where f bends too much on these steps, or ends, a second look takes steps so much smaller.
_CLOSER = 2.0**-4
# At finer steps than the first two a quotient is off by rounding as much as by curvature.
_CURVED = 2
# Values may be off by several standard deviations of their noise, and sums by many units roundoff.
NOISE_FACTOR = 10.0
_ROUNDING = 2.0**8


class Glance(NamedTuple):
    """What one direction shows of a function that is smooth there.

    Attributes
    ----------
    direction : float64 array, shape (n,)
    noise : float
        Standard deviation of f's rounding.
    slope, bound : float
        The derivative along the direction by differences, and a bound of its error.
    variation : float
        How much f moves at all, per unit of the direction.
    curvature : float
        Bound of what a central difference with the step t errs by, in units of t**2.
    beside : float64 array
        Values of f at the points that were evaluated in the same call.
    """

    direction: Vector
    noise: float
    slope: float
    bound: float
    variation: float
    curvature: float
    beside: Vector

    def agrees_with(self, slope: float | None, unit: float) -> bool:
        """Tell whether another derivative along the direction is the same as far as can be seen."""
        if slope is None:
            return False
        rounding = unit * _ROUNDING * self.variation + NOISE_FACTOR * self.noise
        return abs(slope - self.slope) <= self.bound + rounding


def glance(
    objective: Objective,
    point: Vector,
    value: float,
    direction: Vector,
    visible: float,
    beside: tuple[int, Points] | None = None,
) -> Glance | None:
    """Look along `direction`, or return None where f is not plainly smooth and quiet on that line.

    Parameters
    ----------
    visible : float
        What the bound of the slope must reach, as a fraction of how much f moves.
    beside : (int, callable), optional
        Other points, as for `Objective.values`, for which a call of their own would cost more.
    """
    more, others = (0, None) if beside is None else beside

    def points(chunk: slice) -> NDArray[np.float64]:
        along = point + _DISTANCES[chunk, np.newaxis] * direction
        if others is None or chunk.stop <= len(_DISTANCES):
            return along
        start = max(0, chunk.start - len(_DISTANCES))
        return np.concatenate([along, others(slice(start, chunk.stop - len(_DISTANCES)))])

    everywhere = objective.values(len(_DISTANCES) + more, points)
    rest = everywhere[len(_DISTANCES) :]
    nearby, sides = everywhere[:_VALUES], everywhere[_VALUES : len(_DISTANCES)]
    # Values that stand still, even for a step, come from a function that computes more coarsely than it returns.
    if not np.isfinite(nearby).all() or np.any(nearby[1:] == nearby[:-1]):
        return None
    noise = max(float(noise_level(nearby[:, np.newaxis])[0]), _unit_of(objective, nearby))
    seen = _slope(value, sides, _STEPS, max(noise, _unit_of(objective, sides)), visible)
    if seen is None:
        steps = _CLOSER * _STEPS
        both = np.concatenate([steps, -steps])
        sides = objective.values(len(both), lambda chunk: point + both[chunk, np.newaxis] * direction)
        seen = _slope(value, sides, steps, max(noise, _unit_of(objective, sides)), visible)
    return None if seen is None else Glance(direction, noise, *seen, rest)


def _unit_of(objective: Objective, values: Vector) -> float:
    """Return the least that values of this size round by; NaN does not count."""
    return objective.unit * float(np.nanmax(np.abs(values), initial=0.0))


def _slope(
    value: float, sides: Vector, steps: Vector, noise: float, visible: float
) -> tuple[float, float, float, float] | None:
    """Return slope, bound, variation and curvature from values on both sides, or None where f is not plain on them."""
    if not np.isfinite(sides).all():
        return None
    plus, minus = sides[: len(steps)], sides[len(steps) :]
    right, left = (plus - value) / steps, (value - minus) / steps
    slopes, floors = (right + left) / 2, NOISE_FACTOR * noise / steps
    variation = float(np.maximum(np.abs(right), np.abs(left)).max())
    slope, bound = _extrapolated(slopes, floors, CENTRAL)
    gap, gap_bound = _extrapolated(right - left, 4 * floors, GAP)
    if not (bound <= visible * variation and abs(gap) <= gap_bound):
        return None
    curvature = float(np.max((np.abs(slopes - slope) + floors)[:_CURVED] / steps[:_CURVED] ** 2))
    return slope, bound, variation, curvature


def _extrapolated(quotients: Vector, floors: Vector, factors: tuple[float, ...]) -> tuple[float, float]:
    """Return the sharpest extrapolation to a step of 0, and its bound: as `tableau` forms both, for one line."""
    best = (0.0, np.inf)
    row = list(map(float, quotients))
    for order, factor in enumerate(factors, start=1):
        higher = [fine + (fine - coarse) / (factor - 1) for coarse, fine in pairwise(row)]
        if order > 1:
            for i, entry in enumerate(higher):
                disagreement = max(abs(entry - row[i]), abs(entry - row[i + 1]))
                bound = TRUNCATION_FACTOR * disagreement + float(floors[i + order])
                if bound < best[1]:
                    best = (entry, bound)
        row = higher
    # Where f is smooth, quotients only come closer as the step shrinks.
    distances = [abs(float(q) - best[0]) - float(floor) for q, floor in zip(quotients, floors, strict=True)]
    closer = all(
        fine <= coarse + float(floor) + best[1]
        for (coarse, fine), floor in zip(pairwise(distances), floors, strict=False)
    )
    return best if closer else (0.0, np.inf)


def complex_slope(objective: Objective, point: Vector, value: float, look: Glance) -> float | None:
    """Return the derivative along the direction of a glance by the complex step, or None where the two disagree."""
    tolerance = NOISE_FACTOR * look.noise
    slope = _complex_step.directional(objective, point, look.direction, value, tolerance)
    return slope if look.agrees_with(slope, objective.unit) else None
