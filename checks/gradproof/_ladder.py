"""Central differences on a geometric ladder of steps, with Richardson extrapolation and honest bounds.

Every array has one row per line and one column per rung; rung k stands for the step scale * 2**(-5 - 2 (k - ORIGIN)),
so that steps shrink by 4 from rung to rung. Rungs that were not evaluated, or left the domain, hold NaN, and NaN
carries through the tableau by itself.
"""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradproof._nesting import Table, Vector
from gradproof._noise import NoiseModel
from gradproof._objective import Lines

_RUNGS = 42
_ORIGIN = 15
# The fewest that an entry of the tableau with a bound can rest on.
_FIRST_RUNGS = 4
# A value of f may be off by several standard deviations of its noise, and extrapolation amplifies a little.
_NOISE_FACTOR = 10.0
# Neighbours in the tableau agree better than they are right in rare cases: the bound is a multiple of their disagreement.
TRUNCATION_FACTOR = 4.0
_MAX_ROUNDS = 40
# Rounding of this share of a slope leaves it to be seen.
_SHOWN = 1e-3

# What each order of extrapolation multiplies the error of the next finer step by, at a step ratio of 4.
CENTRAL = (16.0, 256.0, 4096.0)  # errors in h**2, h**4, h**6
GAP = (4.0, 64.0, 1024.0)  # errors in h, h**3, h**5
ONE_SIDED = (4.0, 16.0, 64.0)  # errors in h, h**2, h**3


class Estimate(NamedTuple):
    """The best entry of a tableau for each line: value, bound of its error, the rounding part of that, its rung."""

    value: Vector
    bound: Vector
    floor: Vector
    rung: NDArray[np.intp]


class Ladder:
    """Values of f on both sides of the point, on the rungs evaluated so far.

    Parameters
    ----------
    lines : Lines
    value : float, or float64 array, shape (lines,)
        f at the point; an array where each line has a function of its own.
    noise : NoiseModel
        Of f, or of each line's function.
    """

    def __init__(self, lines: Lines, value: float | Vector, noise: NoiseModel) -> None:
        count = len(lines.scales)
        self.lines = lines
        self.scales = lines.scales
        self.value: Vector = np.broadcast_to(np.asarray(value, dtype=np.float64), count)
        self.noise = noise
        # plus, minus, step_plus, step_minus
        self._known = np.full((4, count, _RUNGS), np.nan)
        self._tried = np.zeros((count, _RUNGS), dtype=bool)
        self._window = slice(_ORIGIN, _ORIGIN + _FIRST_RUNGS)
        self.smallest = lines.resolvable()
        self.widest = lines.widest()

    def only(self, row: int) -> Ladder:
        """Return the ladder of one line, sharing its values."""
        part = self._part(slice(row, row + 1), np.array([row]))
        part.lines = self.lines.only(row)
        return part

    def _part(self, chosen: slice | NDArray[np.intp], rows: NDArray[np.intp]) -> Ladder:
        """Return some lines; with a slice they share their values, but only `climb` of the whole knows the lines."""
        part = copy.copy(self)
        part.noise, part.value = self.noise.of(rows), self.value[rows]
        part.scales, part.smallest, part.widest = self.scales[rows], self.smallest[rows], self.widest[rows]
        part._known, part._tried = self._known[:, chosen], self._tried[chosen]  # noqa: SLF001  a part of itself
        used = np.flatnonzero(part._tried.any(axis=0))  # noqa: SLF001  same
        if used.size:
            part._window = slice(int(used[0]), int(used[-1]) + 1)  # noqa: SLF001  same
        return part

    @property
    def plus(self) -> Table:
        """Values of f at the steps forward, one column for each rung that any line has used, coarsest first."""
        return self._known[0][:, self._window]

    @property
    def minus(self) -> Table:
        """Values of f at the steps backward."""
        return self._known[1][:, self._window]

    @property
    def step_plus(self) -> Table:
        """The steps forward, as realised."""
        return self._known[2][:, self._window]

    @property
    def step_minus(self) -> Table:
        """The steps backward, positive."""
        return self._known[3][:, self._window]

    def nominal(self, rungs: NDArray[np.intp]) -> Vector:
        """Return the steps of rungs, in units of each line's scale."""
        return np.exp2(-5.0 - 2.0 * (rungs - _ORIGIN))

    def climb(self, rows: NDArray[np.intp], rungs: NDArray[np.intp]) -> None:
        """Evaluate f at both ends of the given (row, rung) pairs that are not known yet."""
        fresh = ~self._tried[rows, rungs]
        rows, rungs = rows[fresh], rungs[fresh]
        if not rows.size:
            return
        steps = self.scales[rows] * self.nominal(rungs)
        self._tried[rows, rungs] = True
        self._widen(int(rungs.min()), int(rungs.max()) + 1)
        values, realised = self.lines.values(np.concatenate([rows, rows]), np.concatenate([steps, -steps]))
        (plus, minus), (step_plus, step_minus) = np.split(values, 2), np.split(realised, 2)
        usable = np.isfinite(plus) & np.isfinite(minus) & (step_plus > 0) & (step_minus < 0)
        known = np.array([plus, minus, step_plus, -step_minus])
        self._known[:, rows[usable], rungs[usable]] = known[:, usable]

    def _widen(self, start: int, stop: int) -> None:
        """Take more rungs into account: those that no line has used cost time and hold nothing."""
        self._window = slice(min(start, self._window.start), max(stop, self._window.stop))

    def floors(self) -> Table:
        """Return what rounding alone can do to a central difference on each rung."""
        size = np.maximum(
            np.maximum(np.abs(self.plus), np.abs(self.minus)), np.abs(self.value)[:, np.newaxis]
        )
        width = self.step_plus + self.step_minus
        asymmetry = np.abs(self.gaps()) * np.abs(self.step_plus - self.step_minus) / width
        return 2 * _NOISE_FACTOR * self.noise.at(size) / width + asymmetry

    def slopes(self) -> Table:
        """Return the central difference quotients."""
        return (self.plus - self.minus) / (self.step_plus + self.step_minus)

    def right_slopes(self) -> Table:
        """Return the forward difference quotients."""
        return (self.plus - self.value[:, np.newaxis]) / self.step_plus

    def left_slopes(self) -> Table:
        """Return the backward difference quotients."""
        return (self.value[:, np.newaxis] - self.minus) / self.step_minus

    def gaps(self) -> Table:
        """Return right slope minus left slope: h f'' where f is smooth, the size of the kink where there is one."""
        return self.right_slopes() - self.left_slopes()

    def secant(self) -> float:
        """Return the largest slope between the point and the wider steps of all lines: how much f moves at all."""
        return float(self.secants().max(initial=0.0))

    def secants(self) -> Vector:
        """Return that slope of each line."""
        sides = np.fmax(np.abs(self.right_slopes()), np.abs(self.left_slopes())) - 4 * self.floors()
        steps = self.step_plus / self.scales[:, np.newaxis]
        wide = np.where((steps < 0.3) & (steps > 1e-3) & np.isfinite(sides), sides, 0.0)
        secants: Vector = np.maximum(wide.max(axis=1, initial=0.0), 0.0)
        return secants

    def central(self) -> Estimate:
        """Return the derivative by central differences."""
        return best(self.slopes(), self.floors(), CENTRAL)

    def gap(self) -> Estimate:
        """Return the gap at h = 0: the size of a kink at the point."""
        return best(self.gaps(), 4 * self.floors(), GAP)

    def one_sided(self) -> tuple[Estimate, Estimate]:
        """Return the left and the right derivative."""
        floors = 4 * self.floors()
        return best(self.left_slopes(), floors, ONE_SIDED), best(self.right_slopes(), floors, ONE_SIDED)

    def refine(self, goals: Vector) -> None:
        """Add rungs to each line until its bound meets its goal, or no further rung can help."""
        rows = np.arange(len(goals))
        self.climb(np.repeat(rows, _FIRST_RUNGS), np.tile(_ORIGIN + np.arange(_FIRST_RUNGS), len(rows)))
        for _ in range(_MAX_ROUNDS):
            rung = self._part(rows, rows).next_rungs(goals[rows])
            rows, rung = rows[rung >= 0], rung[rung >= 0]
            if rows.size == 0:
                return
            self.climb(rows, rung)

    def descend(self, row: int, visible: float) -> None:
        """Evaluate the finer rungs of one line for as long as a difference of `visible` stands out of the rounding."""
        level = float(np.broadcast_to(self.noise.level, len(self.value))[row])
        for rung in range(self._finest(row) + 1, _RUNGS):
            step = self.scales[row] * self.nominal(np.array([rung]))[0]
            if step < self.smallest[row] or _NOISE_FACTOR * level / step > visible:
                return
            self.climb(np.array([row]), np.array([rung]))

    def finer(self, row: int) -> bool:
        """Evaluate the next finer rung of one line, noise or not; False where floating point has none."""
        rung = self._finest(row) + 1
        if rung >= _RUNGS or self.scales[row] * self.nominal(np.array([rung]))[0] < self.smallest[row]:
            return False
        self.climb(np.array([row]), np.array([rung]))
        return True

    def up_close(self, row: int, slope: float) -> tuple[Vector, Vector]:
        """Return the central quotients of one line at the finest three steps that show a slope, and their rounding.

        Rounding is that of single values there, as if f had no other noise; neither is returned where fewer than three
        steps remain of it less than a thousandth of the slope.
        """
        rungs = np.arange(_ORIGIN, _RUNGS)
        steps = self.scales[row] * self.nominal(rungs)
        with np.errstate(over="ignore"):
            rounding = _NOISE_FACTOR * self.noise.unit * abs(self.value[row]) / steps
        shown = np.flatnonzero((rounding <= _SHOWN * abs(slope)) & (steps >= self.smallest[row]))[-3:]
        if shown.size < 3:
            return np.empty(0), np.empty(0)
        self.climb(np.full(3, row), rungs[shown])
        return self.slopes()[row, rungs[shown] - self._window.start], rounding[shown]

    def _finest(self, row: int) -> int:
        return int(np.flatnonzero(self._tried[row]).max())

    def next_rungs(self, goals: Vector) -> NDArray[np.intp]:
        """Return the rung that each line should try next, or -1 where it is done.

        A bound made of rounding asks for a larger step, one made of truncation for a smaller.
        """
        estimate = self.central()
        tried, finite = self._tried[:, self._window], np.isfinite(self.plus)
        first_tried = tried.argmax(axis=1)
        first = np.where(finite.any(axis=1), finite.argmax(axis=1), first_tried)
        last = tried.shape[1] - 1 - tried[:, ::-1].argmax(axis=1)
        rows = np.arange(len(goals))
        start = self._window.start
        finer_step = self.scales * self.nominal(start + last + 1)
        next_floor = 4 * np.nan_to_num(self.floors()[rows, last], nan=0.0)
        can_shrink = (
            (start + last + 1 < _RUNGS) & (finer_step >= self.smallest) & ~(next_floor >= estimate.bound)
        )
        # Widening ends where f left its domain, or where the widest rung no longer takes part in the best entry.
        wider_step = self.scales * self.nominal(start + first_tried - 1)
        can_widen = (
            (first == first_tried)
            & (start + first_tried > 0)
            & (wider_step <= self.widest)
            & ~(estimate.rung - first > 4)
        )
        wants_wider = estimate.floor > estimate.bound / 2
        finer = np.where(can_shrink, start + last + 1, -1)
        choice = np.where(can_widen & wants_wider, start + first_tried - 1, finer)
        return np.where(estimate.bound <= goals, -1, choice)


def tableau(quotients: Table, floors: Table, factors: tuple[float, ...]) -> tuple[Table, Table]:
    """Extrapolate difference quotients to h = 0.

    Returns
    -------
    entries, bounds : float64 arrays, shape (orders, lines, rungs)
        The entries of first order and above, and their bounds: a multiple of the disagreement with the neighbour of
        one order less and with the coarser one of the same order (of one order less in the last), and the rounding
        floor of the finest step. Two can agree by chance; and where f is less smooth than the factors assume, orders
        agree although all of them are off, which then changes with the step. An entry that finer steps contradict
        has an infinite bound.
    """
    current, entries, bounds = quotients, [], []
    for order, factor in enumerate(factors, start=1):
        higher = current + (current - _shifted(current, 1)) / (factor - 1)
        change = np.abs(higher - _shifted(current if order == len(factors) else higher, 1))
        bound = TRUNCATION_FACTOR * np.maximum(np.abs(higher - current), change) + floors
        known = np.isfinite(bound) & ~_contradicted(higher, bound, quotients, floors)
        entries.append(higher)
        bounds.append(np.where(known, bound, np.inf))
        current = higher
    return np.stack(entries), np.stack(bounds)


def _contradicted(entries: Table, bounds: Table, quotients: Table, floors: Table) -> NDArray[np.bool_]:
    """Tell which entries some finer quotient is not a quarter as far from as the finest that the entry was made of.

    Where f is smooth, quotients only come closer as the step shrinks. Where it is not, they can seem to converge as
    long as the steps are wide against what happens inside of them: a kink nearby, a jump, a whole period.
    """
    reach = np.abs(quotients - entries) / 4
    slack = np.where(np.isfinite(bounds), reach + bounds, np.inf)
    lowest = _finer_extreme(np.fmin, np.where(np.isnan(quotients), np.inf, quotients + floors), np.inf)
    highest = _finer_extreme(np.fmax, np.where(np.isnan(quotients), -np.inf, quotients - floors), -np.inf)
    contradicted: NDArray[np.bool_] = (lowest < entries - slack) | (highest > entries + slack)
    return contradicted


def _shifted(table: Table, back: int) -> Table:
    """Return the table with each rung replaced by the one `back` rungs coarser."""
    shifted = np.full_like(table, np.nan)
    shifted[:, back:] = table[:, : table.shape[1] - back]
    return shifted


def _finer_extreme(extreme: np.ufunc, table: Table, start: float) -> Table:
    """Accumulate over all rungs finer than each."""
    finer = np.full_like(table, start)
    finer[:, :-1] = extreme.accumulate(table[:, :0:-1], axis=1)[:, ::-1]
    return finer


def best(quotients: Table, floors: Table, factors: tuple[float, ...]) -> Estimate:
    """Return the entry of smallest bound of each line's tableau."""
    entries, bounds = tableau(quotients, floors, factors)
    rows = np.arange(len(quotients))
    order = bounds.argmin(axis=0)
    per_rung = np.take_along_axis(bounds, order[np.newaxis], axis=0)[0]
    rung = per_rung.argmin(axis=1)
    bound = per_rung[rows, rung]
    floor = np.where(np.isfinite(bound), floors[rows, rung], 0.0)
    return Estimate(entries[order[rows, rung], rows, rung], bound, floor, rung)
