"""Whether the complex step may be believed: it must agree with differences along directions that move all entries."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gradproof import _complex_step
from gradproof._kinks import look_closely
from gradproof._ladder import Ladder
from gradproof._nesting import Vector
from gradproof._objective import DirectionLines
from gradproof._surroundings import DIRECTIONS, GOAL, Surroundings

# A kink farther than this, in units of the scales, is not at the point.
HAIR = 2.0**-40
# One-sided derivatives that differ by less than this fraction are no kink.
FAINTEST_KINK = 2.0**-30
# Values may be off by several standard deviations of their noise, and sums by many units roundoff.
_NOISE_FACTOR = 10.0
_ROUNDING = 2.0**8
# A self-test beside a kink is made this far from it, in units of the scales.
_AWAY = 2.0**-6
# Below this a derivative times a step of 1e-20 comes too close to the end of floating point.
_SMALLEST_VARIATION = 1e-270

Trust = Literal["everywhere", "kinked", "nowhere"]
Agreement = Literal["yes", "no", "kink"]


def trust_in_complex_step(around: Surroundings) -> Trust:
    """Say where the complex step may be believed: everywhere, only with an eye on kinks at the point, or nowhere."""
    if 0 < around.variation < _SMALLEST_VARIATION:
        return "nowhere"
    agrees = [_self_test(around, around.ladder, row, around.point) for row in range(DIRECTIONS)]
    if "no" in agrees:
        return "nowhere"
    if "yes" in agrees:
        return "kinked" if "kink" in agrees else "everywhere"
    # All directions cross a kink at the point: where f is smooth again, a step away, the complex step can be judged.
    away = around.point + _AWAY * around.random.uniform(-1, 1, len(around.point)) * around.scales
    lines = DirectionLines(around.objective, away, around.directions)
    ladder = Ladder(lines, around.objective.value(away), around.noise)
    ladder.refine(np.full(DIRECTIONS, GOAL * around.resolution * around.variation))
    agrees = [_self_test(around, ladder, row, away) for row in range(DIRECTIONS)]
    return "kinked" if "yes" in agrees and "no" not in agrees else "nowhere"


def _self_test(around: Surroundings, ladder: Ladder, row: int, point: Vector) -> Agreement:
    """Tell whether the complex step agrees with differences along one direction, within what those can see."""
    direction = around.directions[row]
    tolerance = _NOISE_FACTOR * float(around.noise.at(np.array([[ladder.value[row]]]))[0, 0])
    step = _complex_step.directional(around.objective, point, direction, float(ladder.value[row]), tolerance)
    if step is None:
        return "no"
    seen = look_closely(ladder, row, step)
    # Differences cannot deny what f's own noise hides at steps of the natural size.
    rounding = around.objective.unit * _ROUNDING * around.variation + _NOISE_FACTOR * around.noise.level
    if seen.kind != "kink" and np.isfinite(seen.bound) and abs(step - seen.value) <= seen.bound + rounding:
        return "yes"
    return "kink" if seen.kind in {"kink", "unconfirmed"} else "no"
