"""Every entry's derivative in the plain case: f is smooth and quiet around the point, so little has to be tried.

Point by point a call of f costs what it costs, real or complex: one complex step an entry is cheapest, and sharpest.
In batches arithmetic is what costs, several times as much with complex numbers: two differences an entry are cheaper.
"""

from __future__ import annotations

import numpy as np

from gradproof import _complex_step
from gradproof._glance import NOISE_FACTOR, Glance, complex_slope, glance
from gradproof._guards import AnalyticGradient
from gradproof._kinks import Kind
from gradproof._nesting import Vector
from gradproof._numeric import Method, Numeric
from gradproof._objective import EntryLines, Objective
from gradproof._structure import Arguments
from gradproof._surroundings import GOAL

# The complex step rounds by so many units roundoff of its leaf's largest entry.
_ROUNDING = 2.0**8
# No entry of a function that is this smooth along a random direction is so many times less smooth by itself.
_CURVATURE_FACTOR = 8.0
_NARROWEST, _WIDEST = 2.0**-26, 2.0**-5


def plain_derivative(
    objective: Objective,
    arguments: Arguments,
    gradient: AnalyticGradient,
    value: float,
    resolution: float,
    random: np.random.Generator,
) -> Numeric | None:
    """Return the derivative of every entry, or None where f is not plain.

    Whether the gradient agrees with it is for the caller to see; where it does not, only a closer look can tell.
    """
    point, scales = arguments.vector, arguments.spread(arguments.leaf_scales())
    # Leaves move as a whole, by one step for all of their entries: a small entry is then seen as sharply as a large
    # one. The sizes differ, so that kinks in opposite directions cannot cancel.
    direction = scales * random.choice([-1.0, 1.0], len(point)) * random.uniform(1, 2, len(point))
    look = glance(objective, point, value, direction, GOAL * resolution)
    if look is None:
        return None
    if objective.vectorized:
        values, bound = _by_differences(objective, point, scales, look, random)
        method: Method = "differences"
    elif complex_slope(objective, point, value, look) is None:
        return None
    else:
        values = _complex_step.entries(objective, point, scales)
        bound = _complex_step.underflow(point, scales)
        method = "complex step"
    if not np.isfinite(values).all():
        return None
    rounding = np.maximum(gradient.granted, _ROUNDING * objective.unit)
    bound = bound + rounding * arguments.leafwise_max(np.abs(values))
    nowhere = np.full(len(point), np.nan)
    kinds: list[Kind] = ["smooth"] * len(point)
    return Numeric(values, bound, nowhere, nowhere, kinds, scales, look.variation, method)


def _by_differences(
    objective: Objective, point: Vector, scales: Vector, look: Glance, random: np.random.Generator
) -> tuple[Vector, Vector]:
    """Return central differences with one step each, where curvature and noise err alike, and their bounds.

    Every entry has a step of its own, so that no wrong gradient can agree with what curvature does to a known one.
    """
    noise = NOISE_FACTOR * look.noise
    curvature = _CURVATURE_FACTOR * look.curvature
    best = np.cbrt(noise / (2 * curvature)) if curvature > 0 else _WIDEST
    relative = np.clip(best, _NARROWEST, _WIDEST) * random.uniform(1, 2, len(point))
    rows, steps = np.arange(len(point)), relative * scales
    values, realised = EntryLines(objective, point, rows, scales).values(
        np.concatenate([rows, rows]), np.concatenate([steps, -steps])
    )
    (plus, minus), (forward, backward) = np.split(values, 2), np.split(realised, 2)
    width = forward - backward
    bound: Vector = 2 * noise / width + curvature * relative**2 / scales
    return (plus - minus) / width, bound
