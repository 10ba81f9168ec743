"""The numerical derivative of every entry, by the most trustworthy method that the function allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gradproof import _complex_step
from gradproof._guards import AnalyticGradient
from gradproof._kinks import Kind, LineDerivative, look_closely
from gradproof._ladder import Ladder
from gradproof._nesting import Vector
from gradproof._noise import DERIVATIVE_SPACING, measure_noise, model_noise
from gradproof._objective import DirectionLines, EntryLines, Objective
from gradproof._structure import Arguments

# Differences aim for bounds this much below what must be seen.
_GOAL = 1e-2
# Directions on which the complex step must agree with differences before it is trusted.
_SELF_TESTS = 2
# Rounding errors of a gradient are taken for granted up to this many units roundoff of its leaf's largest entry.
_ROUNDING = 2.0**8
# A value may be off by several standard deviations of its noise; a gradient computed in real arithmetic and a complex
# step differ by more than either scatters, since each rounds in its own way.
_NOISE_FACTOR = 10.0
_GRADIENT_NOISE_FACTOR = 40.0
# A kink farther than this, in units of the scales, is not at the point.
_HAIR = 2.0**-40
# Units roundoff of f's variation that an error of the gradient must exceed.
_ALIKE = 8.0
# Entries are scaled as at least this fraction of their leaf's largest; leaves smaller than this count as zero.
_SMALLEST_FRACTION = 2.0**-10
_SMALLEST_SCALE = 2.0**-44

# A self-test beside a kink is made this far from it, in units of the scales.
_AWAY = 2.0**-6
# One-sided derivatives that differ by less than this fraction of their leaf's largest are no kink.
_FAINTEST_KINK = 2.0**-30

Trust = Literal["everywhere", "kinked", "nowhere"]
Agreement = Literal["yes", "no", "kink"]


@dataclass
class Numeric:
    """The numerical derivative of each entry, all of shape (n,).

    `bound` bounds the error of `value` and the rounding of the analytic entry; [low, high] is the interval of
    one-sided derivatives at a kink. `variation` is how much f moves per unit of `scales`.
    """

    value: Vector
    bound: Vector
    low: Vector
    high: Vector
    kind: list[Kind]
    scales: Vector
    variation: float
    method: Literal["complex step", "differences"]

    def store(self, entry: int, seen: LineDerivative) -> None:
        """Put what a close look found in the place of an entry."""
        self.value[entry], self.bound[entry] = seen.value, seen.bound
        self.low[entry], self.high[entry], self.kind[entry] = seen.low, seen.high, seen.kind


class NumericalDerivative:
    """Complex step behind its self-test, central differences where that fails.

    Parameters
    ----------
    objective : Objective
    arguments : Arguments
    value : float
        f at the point.
    resolution : float
        Relative error that must be visible.
    random : numpy.random.Generator
        For the directions of the self-test.
    """

    def __init__(
        self,
        objective: Objective,
        arguments: Arguments,
        value: float,
        resolution: float,
        random: np.random.Generator,
    ) -> None:
        self._objective = objective
        self._arguments = arguments
        self._point = arguments.vector
        self._value = value
        self._resolution = resolution
        self._random = random
        self._scales = natural_scales(arguments)
        self._directions = random.choice([-1.0, 1.0], size=(_SELF_TESTS, len(self._point))) * self._scales
        lines = DirectionLines(objective, self._point, self._directions)
        self._noise = model_noise(self._value_along, value, objective.unit)
        self._ladder = Ladder(lines, value, self._noise)
        self._ladder.refine(np.full(_SELF_TESTS, np.inf))
        self._ladder.refine(np.full(_SELF_TESTS, _GOAL * resolution * _secant(self._ladder)))
        self._variation = _secant(self._ladder)

    def _value_along(self, step: float) -> float:
        return self._objective.value(self._point + step * self._directions[0])

    def beside(self, gradient: AnalyticGradient) -> Numeric:
        """Return the numerical derivative, looked at most closely where `gradient` disagrees with it."""
        trust = self._trust_in_complex_step()
        numeric = None if trust == "nowhere" else self._by_complex_step(gradient, kinked=trust == "kinked")
        return self._by_differences(gradient) if numeric is None else numeric

    def _trust_in_complex_step(self) -> Trust:
        """Compare the complex step with differences along random directions that move every entry at once."""
        # Below 1e-270 a derivative times a step of 1e-20 comes too close to the end of floating point.
        if 0 < self._variation < 1e-270:
            return "nowhere"
        agrees = [self._self_test(self._ladder, row, self._point) for row in range(_SELF_TESTS)]
        if "no" in agrees:
            return "nowhere"
        if "yes" in agrees:
            return "kinked" if "kink" in agrees else "everywhere"
        # All directions cross a kink at the point: where f is smooth again, a step away, the complex step can be judged.
        away = self._point + _AWAY * self._random.uniform(-1, 1, len(self._point)) * self._scales
        lines = DirectionLines(self._objective, away, self._directions)
        ladder = Ladder(lines, self._objective.value(away), self._noise)
        ladder.refine(np.full(_SELF_TESTS, _GOAL * self._resolution * self._variation))
        agrees = [self._self_test(ladder, row, away) for row in range(_SELF_TESTS)]
        return "kinked" if "yes" in agrees and "no" not in agrees else "nowhere"

    def _self_test(self, ladder: Ladder, row: int, point: Vector) -> Agreement:
        """Tell whether the complex step agrees with differences along one direction, within what those can see."""
        direction = self._directions[row]
        tolerance = _NOISE_FACTOR * float(self._noise.at(np.array([[ladder.value]]))[0, 0])
        step = _complex_step.directional(self._objective, point, direction, ladder.value, tolerance)
        if step is None:
            return "no"
        seen = look_closely(ladder, row, step)
        # Differences cannot deny what f's own noise hides at steps of the natural size.
        rounding = self._objective.unit * _ROUNDING * self._variation + _NOISE_FACTOR * self._noise.level
        if abs(step - seen.value) <= seen.bound + rounding:
            return "yes"
        inside = seen.low - rounding <= step <= seen.high + rounding
        if inside and self._is_smooth(point, direction, step):
            return "yes"
        return "kink" if seen.kind in {"kink", "unconfirmed"} else "no"

    def _is_smooth(self, point: Vector, direction: Vector, step: float) -> bool:
        """Tell by complex steps a hair to both sides that the kink which differences see is not at the point itself."""
        sides = (
            _complex_step.directional(
                self._objective, point + side * _HAIR * direction, direction, 0.0, np.inf
            )
            for side in (-1, 1)
        )
        return all(side is not None and abs(side - step) <= _FAINTEST_KINK * abs(step) for side in sides)

    def _by_complex_step(self, gradient: AnalyticGradient, *, kinked: bool) -> Numeric | None:
        """Accept the complex step where the gradient agrees; put differences to the rest. None: it was wrong itself."""
        exact = _complex_step.entries(self._objective, self._point, self._scales)
        bound = self._rounding(exact, gradient.units) + _complex_step.underflow(self._point, self._scales)
        numeric = self._smooth(exact, bound, "complex step")
        if kinked:
            self._mark_kinks(numeric)
        doubtful = self._give_benefit_of_doubt(gradient, numeric)
        ladder = self._entry_ladder(doubtful)
        for row, entry in enumerate(doubtful):
            seen = look_closely(ladder, row, float(gradient.values[entry]))
            if seen.kind in {"kink", "jump"}:
                numeric.store(int(entry), seen)
            elif seen.kind == "smooth" and abs(exact[entry] - seen.value) > seen.bound + numeric.bound[entry]:
                return None
        return numeric

    def _mark_kinks(self, numeric: Numeric) -> None:
        """Find the one-sided derivatives of every entry by complex steps a hair to either side of the point."""
        hair = _HAIR * self._scales
        left, right = (
            _complex_step.entries(self._objective, self._point, self._scales, offset=side * hair)
            for side in (-1, 1)
        )
        slack = numeric.bound + _FAINTEST_KINK * self._arguments.leafwise_max(np.abs(numeric.value))
        for entry in np.flatnonzero(np.fmax(abs(left - numeric.value), abs(right - numeric.value)) > slack):
            low, high = sorted((left[entry], right[entry]))
            bound = float(slack[entry])
            numeric.store(
                int(entry), LineDerivative("kink", (low + high) / 2, bound, low - bound, high + bound)
            )

    def _by_differences(self, gradient: AnalyticGradient) -> Numeric:
        """Differentiate every entry by differences."""
        ladder = self._entry_ladder(np.arange(len(self._point)))
        estimate, gap = ladder.central(), ladder.gap()
        numeric = self._smooth(estimate.value, estimate.bound, "differences")
        rounding = self._rounding(estimate.value, gradient.units)
        agrees = np.abs(gradient.values - estimate.value) <= estimate.bound + rounding
        resolved = estimate.bound <= self._resolution * self._arguments.leafwise_max(np.abs(estimate.value))
        smooth = np.abs(gap.value) <= gap.bound
        for entry in np.flatnonzero(~(agrees & resolved & smooth)):
            numeric.store(int(entry), look_closely(ladder, int(entry), float(gradient.values[entry])))
        numeric.bound += rounding
        self._give_benefit_of_doubt(gradient, numeric)
        return numeric

    def _smooth(
        self, value: Vector, bound: Vector, method: Literal["complex step", "differences"]
    ) -> Numeric:
        count = len(value)
        low, high = np.full(count, np.nan), np.full(count, np.nan)
        kinds: list[Kind] = ["smooth"] * count
        return Numeric(value.copy(), bound.copy(), low, high, kinds, self._scales, self._variation, method)

    def _rounding(self, derivative: Vector, units: Vector) -> Vector:
        size = self._arguments.leafwise_max(np.abs(np.nan_to_num(derivative)))
        return np.maximum(units, self._objective.unit) * _ROUNDING * size

    def _give_benefit_of_doubt(self, gradient: AnalyticGradient, numeric: Numeric) -> NDArray[np.intp]:
        """Widen the bounds of entries that disagree by what rounding may do to them; return those that still do.

        Noise is measured, and is the same throughout a leaf. Rounding that does not scatter, because close points
        round alike, cannot be: granted is what changes f by less than the rounding of f's own variation.
        """
        doubtful = _disagreeing(gradient.values, numeric)
        if not doubtful.size:
            return doubtful
        noise = np.zeros(len(self._point))
        noise[doubtful] = gradient.rounding(doubtful, self._directions[0])
        moves = self._variation / self._scales
        if numeric.method == "complex step":
            # The complex step rounds as well; measured only where that could be the whole difference.
            largest = np.maximum(self._arguments.leafwise_max(np.abs(numeric.value)), moves)
            close = np.abs(gradient.values - numeric.value) <= self._resolution * largest
            rounded = doubtful[close[doubtful]]
            noise[rounded] += measure_noise(
                lambda step: self._complex_entries_along(step, rounded), DERIVATIVE_SPACING
            )
        numeric.bound += _GRADIENT_NOISE_FACTOR * self._arguments.leafwise_max(noise)
        doubtful = _disagreeing(gradient.values, numeric)
        numeric.bound[doubtful] += _ALIKE * self._objective.unit * moves[doubtful]
        return _disagreeing(gradient.values, numeric)

    def _complex_entries_along(self, step: float, entries: NDArray[np.intp]) -> Vector:
        point = self._point + step * self._directions[0]
        return _complex_step.entries(self._objective, point, self._scales, chosen=entries)

    def _entry_ladder(self, entries: NDArray[np.intp]) -> Ladder:
        """Refine lines along entries, first by how much f varies at all, then by what their own leaf asks."""
        lines = EntryLines(self._objective, self._point, entries, self._scales)
        ladder = Ladder(lines, self._value, self._noise)
        goal = _GOAL * self._resolution
        first_goal = goal * self._variation / self._scales[entries]
        ladder.refine(first_goal)
        slopes = np.zeros(len(self._point))
        slopes[entries] = np.abs(np.nan_to_num(ladder.central().value))
        ladder.refine(
            np.maximum(goal * self._arguments.leafwise_max(slopes)[entries], self._resolution * first_goal)
        )
        return ladder


def natural_scales(arguments: Arguments) -> Vector:
    """Return the scale of the steps for each entry, a power of two near its size, shape (n,); 1 in a leaf of zeros."""
    size = np.abs(arguments.vector)
    largest = arguments.leafwise_max(size)
    largest = np.where(largest < _SMALLEST_SCALE, 1.0, largest)
    scales: Vector = np.exp2(np.round(np.log2(np.maximum(size, _SMALLEST_FRACTION * largest))))
    return scales


def _disagreeing(analytic: Vector, numeric: Numeric) -> NDArray[np.intp]:
    outside = np.abs(analytic - numeric.value) > numeric.bound
    kinked = np.isfinite(numeric.low)
    outside[kinked] = ((analytic < numeric.low) | (analytic > numeric.high))[kinked]
    return np.flatnonzero(outside)


def _secant(ladder: Ladder) -> float:
    """Return the largest slope between the point and the wider steps of some lines: how much f moves at all."""
    sides = np.fmax(np.abs(ladder.right_slopes()), np.abs(ladder.left_slopes())) - 4 * ladder.floors()
    steps = ladder.step_plus / ladder.lines.scales[:, np.newaxis]
    wide = np.where((steps < 0.3) & (steps > 1e-3) & np.isfinite(sides), sides, 0.0)
    return max(float(wide.max()), 0.0)
