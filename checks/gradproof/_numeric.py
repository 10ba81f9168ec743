"""The numerical derivative of every entry, by the most trustworthy method that the function allows."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gradproof import _complex_step
from gradproof._differences import Sought, differentiate
from gradproof._guards import AnalyticGradient
from gradproof._kinks import Kind, LineDerivative, look_closely
from gradproof._ladder import Ladder
from gradproof._nesting import Table, Vector
from gradproof._noise import DERIVATIVE_SPACING, NoiseModel, measure_noise, measure_stairs
from gradproof._objective import EntryLines
from gradproof._self_test import FAINTEST_KINK, HAIR, trust_in_complex_step
from gradproof._surroundings import Surroundings

# The complex step, and a gradient of a leaf that hardly matters, round by so many units roundoff of the largest entry.
_ROUNDING = 2.0**8
# A gradient in real arithmetic and a complex step differ by more than either scatters: each rounds in its own way.
_NOISE_FACTOR = 40.0
# Units roundoff of f's variation that an error of the gradient must exceed.
_ALIKE = 8.0
# No error of this fraction of what must be seen is held against a gradient that has large arguments.
_INNER = 1e-2
# Of f's value, by which a leaf must move it before its gradient can be no residue of rounding.
_FAINT = 2.0**-30
# A function that no leaf moves by more than so many units roundoff of its value stands still.
_STILL = 2.0**17

Method = Literal["complex step", "differences"]


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
    method: Method

    def store(self, entry: int, seen: LineDerivative) -> None:
        """Put what a close look found in the place of an entry."""
        self.value[entry], self.bound[entry] = seen.value, seen.bound
        self.low[entry], self.high[entry], self.kind[entry] = seen.low, seen.high, seen.kind


class NumericalDerivative:
    """Complex step behind its self-test, central differences where that fails."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def beside(self, gradient: AnalyticGradient) -> Numeric:
        """Return the numerical derivative, looked at most closely where `gradient` disagrees with it."""
        trust = trust_in_complex_step(self._around)
        numeric = None if trust == "nowhere" else self._by_complex_step(gradient, kinked=trust == "kinked")
        return self._by_differences(gradient) if numeric is None else numeric

    def _by_complex_step(self, gradient: AnalyticGradient, *, kinked: bool) -> Numeric | None:
        """Accept the complex step where the gradient agrees; put differences to the rest. None: it was wrong itself."""
        around = self._around
        exact = _complex_step.entries(around.objective, around.point, around.scales)
        if not np.isfinite(exact).all():
            return None
        bound = self._rounding(exact, gradient.granted) + _complex_step.underflow(around.point, around.scales)
        numeric = self._smooth(exact, bound, "complex step")
        if kinked and not self._mark_kinks(numeric):
            return None
        doubtful = self._give_benefit_of_doubt(gradient, numeric)
        ladder, _ = self._entry_ladder(doubtful)
        for row, entry in enumerate(doubtful):
            seen = look_closely(ladder, row, float(gradient.values[entry]))
            if seen.kind in {"kink", "jump"}:
                numeric.store(int(entry), seen)
            elif seen.kind == "smooth" and abs(exact[entry] - seen.value) > seen.bound + numeric.bound[entry]:
                return None
        return numeric

    def _mark_kinks(self, numeric: Numeric) -> bool:
        """Find the one-sided derivatives of every entry by complex steps a hair to either side; False if there are none."""
        around = self._around
        left, right = (
            _complex_step.entries(
                around.objective, around.point, around.scales, offset=side * HAIR * around.scales
            )
            for side in (-1, 1)
        )
        slack = numeric.bound + FAINTEST_KINK * around.arguments.leafwise_max(np.abs(numeric.value))
        for entry in np.flatnonzero(
            np.maximum(abs(left - numeric.value), abs(right - numeric.value)) > slack
        ):
            low, high = sorted((left[entry], right[entry]))
            bound = float(slack[entry])
            numeric.store(
                int(entry), LineDerivative("kink", (low + high) / 2, bound, low - bound, high + bound)
            )
        return bool(np.isfinite(left).all() and np.isfinite(right).all())

    def _by_differences(self, gradient: AnalyticGradient) -> Numeric:
        """Differentiate every entry by differences."""
        around = self._around
        ladder, sought = self._entry_ladder(np.arange(len(around.point)))

        def rounding(derivatives: Vector) -> Vector:
            return self._rounding(derivatives, gradient.granted)

        seen = differentiate(ladder, sought, gradient.values, rounding)
        numeric = Numeric(
            seen.value,
            seen.bound + rounding(ladder.central().value),
            seen.low,
            seen.high,
            seen.kind,
            around.scales,
            around.variation,
            "differences",
        )
        doubtful = self._give_benefit_of_doubt(gradient, numeric)
        self._look_for_stairs(doubtful[numeric.value[doubtful] == 0], gradient, numeric)
        if around.variation == 0:
            # What stands still at 0, as a saturated loss, rounds like the numbers of size 1 that it is made of, as far
            # as anybody can tell: smaller derivatives are neither seen nor refuted.
            for entry in doubtful[np.abs(gradient.values * around.scales)[doubtful] <= around.objective.unit]:
                numeric.kind[entry] = "unconfirmed"
        return numeric

    def _look_for_stairs(
        self, entries: NDArray[np.intp], gradient: AnalyticGradient, numeric: Numeric
    ) -> None:
        """Differentiate again, with the noise that each entry has alone, where f seems not to depend on it.

        Of a sum one term may have lost its digits, and stand still where the others move: what they round by together
        says nothing of the width of its stairs.
        """
        around = self._around
        for entry in entries:
            level = float(measure_stairs(functools.partial(self._values_along, entry))[0])
            if level == 0:
                return  # a constant: the gradient is wrong, whatever the others are, and looking at all of them is dear
            if level > around.noise.level:
                ladder, _ = self._entry_ladder(np.array([entry]), around.noise._replace(level=level))
                numeric.store(int(entry), look_closely(ladder, 0, float(gradient.values[entry])))

    def _values_along(self, entry: int, steps: Vector) -> Table:
        around = self._around
        lines = EntryLines(around.objective, around.point, np.array([entry]), around.scales[[entry]])
        values, _ = lines.values(np.zeros(len(steps), dtype=np.intp), steps * around.scales[entry])
        return values[:, np.newaxis]

    def _smooth(self, value: Vector, bound: Vector, method: Method) -> Numeric:
        count = len(value)
        low, high = np.full(count, np.nan), np.full(count, np.nan)
        kinds: list[Kind] = ["smooth"] * count
        return Numeric(
            value.copy(), bound.copy(), low, high, kinds, self._around.scales, self._around.variation, method
        )

    def _rounding(self, derivative: Vector, granted: Vector) -> Vector:
        size = self._around.arguments.leafwise_max(np.abs(np.nan_to_num(derivative)))
        return np.maximum(granted, _ROUNDING * self._around.objective.unit) * size

    def _give_benefit_of_doubt(self, gradient: AnalyticGradient, numeric: Numeric) -> NDArray[np.intp]:
        """Widen the bounds of entries that disagree by what rounding may do to them; return those that still do.

        Noise is measured, and is the same throughout a leaf. Rounding that does not scatter, because close points
        round alike, cannot be: granted is what changes f by less than the rounding of f's own variation.
        """
        doubtful = _disagreeing(gradient.values, numeric)
        if not doubtful.size:
            return doubtful
        noise = np.zeros(len(self._around.point))
        noise[doubtful] = gradient.rounding(doubtful, self._around.directions[0])
        moves = self._around.variation / self._around.scales
        if numeric.method == "complex step":
            # The complex step rounds as well; measured only where that could be the whole difference.
            largest = np.maximum(self._around.arguments.leafwise_max(np.abs(numeric.value)), moves)
            close = np.abs(gradient.values - numeric.value) <= self._around.resolution * largest
            rounded = doubtful[close[doubtful]]
            noise[rounded] += measure_noise(
                lambda steps: np.array([self._complex_entries_along(step, rounded) for step in steps]),
                DERIVATIVE_SPACING,
            )
        numeric.bound += _NOISE_FACTOR * self._around.arguments.leafwise_max(noise)
        doubtful = _disagreeing(gradient.values, numeric)
        numeric.bound[doubtful] += _ALIKE * self._around.objective.unit * moves[doubtful]
        doubtful = _disagreeing(gradient.values, numeric)
        numeric.bound[doubtful] += self._residue(gradient, numeric)[doubtful]
        doubtful = _disagreeing(gradient.values, numeric)
        numeric.bound[doubtful] += self._inner_rounding(gradient, numeric)[doubtful]
        return _disagreeing(gradient.values, numeric)

    def _inner_rounding(self, gradient: AnalyticGradient, numeric: Numeric) -> Vector:
        """Return what rounding of sums with large arguments may do, where they end in an exponent: alike close by.

        exp((log w - x) + x) is off by units roundoff of x, relative to itself. Granted up to far below what must be seen.
        """
        around = self._around
        relative = np.minimum(
            _ALIKE * gradient.units * np.abs(around.point).max(), _INNER * around.resolution
        )
        inner: Vector = relative * around.arguments.leafwise_max(np.abs(np.nan_to_num(numeric.value)))
        return inner

    def _residue(self, gradient: AnalyticGradient, numeric: Numeric) -> Vector:
        """Return what rounding may make of entries in leaves that hardly move f: what changes f by its own rounding.

        Far out a gradient like 1 - tanh(x)**2 has few digits left or none, alike at all points close by, while the
        complex step still has all of them.
        """
        around = self._around
        size = np.maximum(np.abs(gradient.values), np.abs(np.nan_to_num(numeric.value)))
        moved = around.arguments.leafwise_max(size * around.scales)
        # A loss that is large only by a constant rounds like what moves it: its value counts where nothing does.
        still = moved.max() <= _STILL * around.objective.unit * abs(around.value)
        reach = abs(around.value) if still else around.variation
        rounding = np.maximum(gradient.units * reach, around.noise.level if still else 0.0) * _ROUNDING
        return np.where(moved <= _FAINT * reach, rounding / around.scales, 0.0)

    def _complex_entries_along(self, step: float, entries: NDArray[np.intp]) -> Vector:
        point = self._around.point + step * self._around.directions[0]
        return _complex_step.entries(
            self._around.objective, point, self._around.scales[entries], chosen=entries
        )

    def _entry_ladder(
        self, entries: NDArray[np.intp], noise: NoiseModel | None = None
    ) -> tuple[Ladder, Sought]:
        """Refine lines along entries as far as their derivatives must be seen."""
        around = self._around
        lines = EntryLines(around.objective, around.point, entries, around.scales[entries])

        def largest(sizes: Vector) -> Vector:
            everywhere = np.zeros(len(around.point))
            everywhere[entries] = sizes
            return around.arguments.leafwise_max(everywhere)[entries]

        ladder = Ladder(lines, around.value, around.noise if noise is None else noise)
        sought = Sought(around.resolution, around.variation / around.scales[entries], largest)
        sought.refine(ladder)
        return ladder, sought


def _disagreeing(analytic: Vector, numeric: Numeric) -> NDArray[np.intp]:
    outside = np.abs(analytic - numeric.value) > numeric.bound
    kinked = np.isfinite(numeric.low)
    outside[kinked] = ((analytic < numeric.low) | (analytic > numeric.high))[kinked]
    return np.flatnonzero(outside)
