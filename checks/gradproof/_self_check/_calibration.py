"""Numerical derivatives and their bounds beside exact derivatives, over many functions and points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradproof._differences import Differences, Sought, differentiate
from gradproof._ladder import Ladder
from gradproof._nesting import Vector
from gradproof._noise import model_noises
from gradproof._objective import probing, widest_steps
from gradproof._self_check._kinds import Points
from gradproof._surroundings import GOAL, scales_of

RESOLUTION = 1e-6
UNIT = float(np.finfo(np.float64).eps) / 2

EXCEEDED_ONE_IN = 100_000
"""A bound is promised to be exceeded less often."""
MEDIAN_RATIO = 100.0
"""The median bound is promised to be no more times the error."""


class Exact(NamedTuple):
    """One-sided derivatives, of shape (m,): each is the sum of a float64 and of what rounding to it has left."""

    left: Vector
    right: Vector
    left_rest: Vector
    right_rest: Vector


class ManyLines:
    """One line for each point: function i moves along its own variable, all of them evaluated in one call."""

    def __init__(self, function: Callable[..., Vector], points: Points) -> None:
        self._function = function
        self.points = points
        size = np.abs(points[0])
        self.scales = scales_of(size, size)
        self.evaluations = np.zeros(len(size), dtype=np.intp)

    def values(self, rows: NDArray[np.intp], steps: Vector) -> tuple[Vector, Vector]:
        """Return the functions at steps[i] on line rows[i], and the steps as realised."""
        np.add.at(self.evaluations, rows, 1)
        at, *parameters = (part[rows] for part in self.points)
        moved = at + steps
        return self._function(moved, *parameters), moved - at

    def along(self, steps: Vector) -> NDArray[np.float64]:
        """Return all functions at the given multiples of their scales, shape (len(steps), lines)."""
        every = np.arange(len(self.scales))
        return np.array([self.values(every, step * self.scales)[0] for step in steps])

    def resolvable(self) -> Vector:
        """Return the smallest step that floating point still realises to a few bits."""
        smallest: Vector = 8 * np.spacing(np.abs(self.points[0]))
        return smallest

    def widest(self) -> Vector:
        """Return the widest step that still is about f at the point."""
        return widest_steps(self.scales)

    def only(self, row: int) -> ManyLines:
        """Return one line, whose evaluations count for the whole."""
        part = ManyLines(self._function, tuple(p[row : row + 1] for p in self.points))
        part.evaluations = self.evaluations[row : row + 1]
        return part


@dataclass
class Measured:
    """One value per triple: error, bound and cost of the derivative by differences, and what became of it."""

    error: Vector
    bound: Vector
    exact: Vector
    exceeded: NDArray[np.bool_]
    unresolved: NDArray[np.bool_]
    evaluations: Vector

    def ratios(self) -> Vector:
        """Return bound / error; an error is at least the rounding of the exact derivative."""
        floor = np.maximum(UNIT * np.abs(self.exact), np.finfo(np.float64).tiny)
        ratios: Vector = self.bound / np.maximum(self.error, floor)
        return ratios


def joined(parts: Sequence[Measured]) -> Measured:
    """Return the triples of several batches as one."""
    return Measured(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Measured)))


def claims_for(random: np.random.Generator, exact: Vector, estimate: Vector) -> Vector:
    """Return the derivative that is claimed at each point: right for half, off for a quarter, unquestioned for one.

    A claim decides how closely is looked. The hardest to be honest against is one that agrees with whatever the
    first few steps show.
    """
    size = np.where(exact == 0, 1.0, np.abs(exact))
    off = exact + size * 10.0 ** random.uniform(-8, 1, len(exact)) * random.choice([-1.0, 1.0], len(exact))
    choice = random.integers(0, 4, len(exact))
    return np.select([choice < 2, choice == 2], [exact, off], estimate)


def measure(
    function: Callable[..., Vector], points: Points, exact: Exact, random: np.random.Generator
) -> tuple[Differences, Measured]:
    """Differentiate functions of one kind at their points as the checker does, beside their exact derivatives."""
    lines = ManyLines(function, points)
    count = len(points[0])
    every = np.arange(count)
    middle = (exact.left + exact.right) / 2
    with probing():
        value = lines.values(every, np.zeros(count))[0]
        noise = model_noises(lines.along, value, UNIT)
        around = Ladder(lines, value, noise)  # type: ignore[arg-type]  # stands in for Lines
        around.refine(np.full(count, np.inf))
        around.refine(GOAL * RESOLUTION * around.secants())
        moves = around.secants()
        lines.evaluations[:] = 0
        ladder = Ladder(lines, value, noise)  # type: ignore[arg-type]  # same
        sought = Sought(RESOLUTION, moves, np.copy)
        sought.refine(ladder)
        claimed = claims_for(random, middle, np.nan_to_num(ladder.central().value))
        seen = differentiate(ladder, sought, claimed, lambda d: 2**8 * UNIT * np.abs(d))
    # What a close look at a wrong claim costs is no cost of a derivative.
    right_claim = np.abs(claimed - middle) <= seen.bound
    return seen, compare(seen, exact, moves, np.where(right_claim, lines.evaluations, np.nan))


def compare(seen: Differences, exact: Exact, moves: Vector, evaluations: Vector) -> Measured:
    """Hold what was seen against the exact one-sided derivatives."""
    left, right = exact.left, exact.right
    kinds = np.array(seen.kind)
    slack = 4 * UNIT * np.maximum(np.abs(left), np.abs(right))
    low, high = np.minimum(left, right), np.maximum(left, right)
    error = np.maximum(
        np.abs(seen.value - left - exact.left_rest), np.abs(seen.value - right - exact.right_rest)
    )
    outside = np.maximum(seen.low - low, high - seen.high)
    kinked = kinds == "kink"
    exceeded = np.where(kinked, outside > slack, ~(error <= seen.bound + slack)) & (kinds != "jump")
    # A jump where there is none is as wrong as a bound can be.
    exceeded |= kinds == "jump"
    error = np.where(kinked, np.maximum(np.abs(seen.low - low), np.abs(high - seen.high)), error)
    bound = np.where(kinked, 2 * seen.bound, seen.bound)
    visible = RESOLUTION * np.maximum(np.abs(seen.value), moves * 2.0**-10)
    unresolved = (kinds == "unconfirmed") | ~(seen.bound <= visible)
    return Measured(error, bound, (left + right) / 2, exceeded, unresolved, evaluations)


def exceeded_cases(name: str, points: Points, seen: Differences, measured: Measured) -> list[str]:
    """Return the points at which a bound was exceeded, with all that was seen there."""
    return [
        f"{name} at {tuple(float(part[i]) for part in points)}: {seen.kind[i]}, "
        f"{seen.value[i]:.17g} ± {seen.bound[i]:.3g} in [{seen.low[i]:.3g}, {seen.high[i]:.3g}], "
        f"exact {measured.exact[i]:.17g}"
        for i in np.flatnonzero(measured.exceeded)
    ]


def exceeded_too_often(measured: Mapping[str, Measured]) -> list[str]:
    """Say where bounds were exceeded more often than is promised."""
    every = joined(list(measured.values()))
    exceeded, count = int(np.count_nonzero(every.exceeded)), len(every.error)
    if not exceeded or exceeded * EXCEEDED_ONE_IN < count:
        return []
    names = ", ".join(name for name, part in measured.items() if part.exceeded.any())
    return [f"the bound must hold but once in {EXCEEDED_ONE_IN}; got {exceeded} in {count}: {names}."]


def too_wide(measured: Mapping[str, Measured]) -> list[str]:
    """Say where bounds are farther from the errors than is promised."""
    median = float(np.median(joined(list(measured.values())).ratios()))
    if median <= MEDIAN_RATIO:
        return []
    return [f"the median bound must stay within {MEDIAN_RATIO:g} times the error; got {median:.3g}."]
