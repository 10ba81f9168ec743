"""Random directions through all parameters at once, and what f does along them or along any part of them.

A direction moves every entry by its leaf's scale times a random sign and a random size in [1, 2). With all other
errors given, an entry that is off by e moves the residual of a direction by ± e times a number spread evenly over a
range as wide as the scale: so it stays hidden behind a bound B with a probability of at most B / (e scale), and behind
k directions with the k-th power of that. With signs alone, errors of equal size would cancel half of the time.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradproof import _complex_step
from gradproof._glance import NOISE_FACTOR
from gradproof._guards import AnalyticGradient
from gradproof._kinks import Kind, LineDerivative, look_closely
from gradproof._ladder import Ladder
from gradproof._nesting import Vector
from gradproof._noise import DERIVATIVE_SPACING, NoiseModel, noise_level
from gradproof._objective import DirectionLines, EntryLines, Objective
from gradproof._structure import Arguments, power_of_two

Part: TypeAlias = tuple[slice, ...]

# Units roundoff by which every entry may be off in the same way, relative to itself, ...
_SYSTEMATIC = 2.0**3
# ... and at random, relative to the largest of its leaf.
_SCATTERED = 2.0**8
# A gradient in real arithmetic and a complex step differ by more than either scatters: each rounds in its own way.
_NOISE_FACTOR = 40.0
_NOISE_VALUES = 9
# Entries are moved as if they were at least this fraction of their leaf's scale.
_SMALLEST_FRACTION = 2.0**-10
# Differences that are vaguer than this, against a slope of the usual size, confirm nothing.
_TELLING = 1e-2
# Differences by one entry aim for this fraction of the largest derivative of its leaf.
_ENTRY_GOAL = 1e-8


class Directions:
    """Numbered random directions, made anew from the seed whenever one is needed: none is kept.

    Parameters
    ----------
    arguments : Arguments
    seed : int
    scales : float64 array, shape (n,), optional
        Scales of single entries instead of whole leaves, where one step for all would leave the domain of f.

    Attributes
    ----------
    least : float64 array, shape (leaves,)
        The smallest scale of any entry of each leaf.
    """

    def __init__(self, arguments: Arguments, seed: int, scales: Vector | None = None) -> None:
        self._leaves = arguments.leaves
        self._count = len(arguments.vector)
        self._seed = seed
        self._scales = scales
        self.least = arguments.leaf_scales()
        if scales is not None:
            self.least = np.array(
                [scales[leaf.start : leaf.stop].min(initial=np.inf) for leaf in self._leaves]
            )

    def vector(self, number: int) -> Vector:
        """Return direction `number`, shape (n,)."""
        random = np.random.default_rng(np.random.SeedSequence(self._seed, spawn_key=(number,)))
        direction = random.uniform(-1, 1, self._count)
        direction += np.copysign(1, direction)
        if self._scales is not None:
            direction *= self._scales
            return direction
        for leaf, scale in zip(self._leaves, self.least, strict=True):
            direction[leaf.start : leaf.stop] *= scale
        return direction


class Residual(NamedTuple):
    """How far the gradient is from f along one direction.

    `claim` is ⟨gradient, direction⟩ and `slope` the derivative, at a kink the one-sided one that is nearest to the
    claim. `bound` is what rounding and truncation explain of their difference.
    """

    claim: float
    slope: float
    bound: float
    kind: Kind

    @property
    def value(self) -> float:
        """The claim minus the derivative."""
        return self.claim - self.slope

    @property
    def refuted(self) -> bool:
        """True where the gradient is wrong along the direction."""
        return self.kind in {"smooth", "kink"} and abs(self.value) > self.bound


class EntryDerivatives(NamedTuple):
    """Numerical derivatives of some entries, all of shape (m,), with bounds on analytic minus numeric."""

    value: Vector
    bound: Vector
    kind: NDArray[np.str_]


class Slopes:
    """Derivatives of f along directions and their parts, beside those that a gradient claims.

    Parameters
    ----------
    objective : Objective
    arguments : Arguments
    gradient : AnalyticGradient
    value : float
        f at the point.
    noise : NoiseModel
        Of f.
    complex_step : bool
        Whether derivatives come from it; else from differences.

    Attributes
    ----------
    claimed : float64 array, shape (n,)
        The gradient; entries that were found wrong are put right here, so that others can be found behind them.
    largest : float64 array, shape (leaves,)
        The largest claimed derivative.
    granted : float
        How far rounding in its own dtype may have moved an entry of the gradient, relative to the largest of its leaf.
    """

    def __init__(
        self,
        objective: Objective,
        arguments: Arguments,
        gradient: AnalyticGradient,
        value: float,
        noise: NoiseModel,
        *,
        complex_step: bool,
    ) -> None:
        self.arguments = arguments
        self.complex_step = complex_step
        self.claimed = gradient.values.copy()
        self._scales = arguments.leaf_scales()
        self.largest = np.array(
            [np.abs(self.claimed[leaf.start : leaf.stop]).max(initial=0.0) for leaf in arguments.leaves]
        )
        self.granted = float(gradient.granted.max(initial=0.0))
        self._objective = objective
        self._point = arguments.vector
        self._gradient = gradient
        self._value = value
        self._noise = noise
        self._unit = max(gradient.unit, objective.unit)
        self._stops = np.array([leaf.stop for leaf in arguments.leaves])
        self._scatter = 0.0
        self._corrected: dict[int, float] = {}

    def correct(self, position: int, value: float, bound: float) -> None:
        """Put an entry right, as far as it is known."""
        self.claimed[position] = value
        self._corrected[position] = bound

    def leaf_of(self, position: int) -> int:
        """Return the number of the leaf that holds an entry."""
        return int(np.searchsorted(self._stops, position, side="right"))

    def residual(self, direction: Vector, part: Part, goal: float = np.inf) -> Residual:
        """Compare along one direction, masked to a part of the vector; by differences as sharply as `goal` asks."""
        masked = direction
        if sum(piece.stop - piece.start for piece in part) < len(direction):
            masked = np.zeros_like(direction)
            for piece in part:
                masked[piece] = direction[piece]
        claim = float(sum(self.claimed[piece] @ direction[piece] for piece in part))
        rounding = self._rounding(direction, part)
        if not self.complex_step:
            return self._by_differences(masked, claim, rounding, goal)
        slope = self._complex_slope(masked)
        if slope is None:
            return Residual(claim, np.nan, np.inf, "unconfirmed")
        return Residual(claim, slope, rounding, "smooth")

    def complex_step_is_confirmed(self, direction: Vector) -> bool:
        """Tell whether differences, looked at closely, agree with the complex step along a direction."""
        slope = self._complex_slope(direction)
        if slope is None:
            return False
        everything = tuple(slice(leaf.start, leaf.stop) for leaf in self.arguments.leaves)
        seen = self._by_differences(direction, slope, self._rounding(direction, everything), 0.0)
        telling = seen.bound <= _TELLING * float(np.linalg.norm(self.claimed * direction))
        return seen.kind == "smooth" and telling and not seen.refuted

    def _complex_slope(self, direction: Vector) -> float | None:
        tolerance = NOISE_FACTOR * self._noise.level
        return _complex_step.directional(self._objective, self._point, direction, self._value, tolerance)

    def entries(
        self, positions: NDArray[np.intp], *, by_differences: bool = False, claim: float | None = None
    ) -> EntryDerivatives:
        """Differentiate by some entries, each as closely as its claim asks for."""
        leaves = np.array([self.leaf_of(int(position)) for position in positions])
        rounding = _SCATTERED * self._unit * self.largest[leaves]
        if self.complex_step and not by_differences:
            values = _complex_step.entries(
                self._objective, self._point, self._scales[leaves], chosen=positions
            )
            return EntryDerivatives(values, rounding, np.full(len(positions), "smooth"))
        scales = power_of_two(
            np.maximum(np.abs(self._point[positions]), _SMALLEST_FRACTION * self._scales[leaves])
        )
        lines = EntryLines(self._objective, self._point, positions, scales)
        ladder = Ladder(lines, self._value, self._noise)
        ladder.refine(np.maximum(_ENTRY_GOAL * np.maximum(self.largest[leaves], rounding), rounding))
        claims = self.claimed[positions] if claim is None else np.full(len(positions), claim)
        seen = [look_closely(ladder, row, float(claim)) for row, claim in enumerate(claims)]
        values = np.array([nearest(line, float(claim)) for line, claim in zip(seen, claims, strict=True)])
        bounds = np.array([0.0 if line.kind == "kink" else line.bound for line in seen])
        return EntryDerivatives(values, bounds + rounding, np.array([line.kind for line in seen]))

    def measure_scatter(self, direction: Vector) -> float:
        """Measure how residuals along a direction scatter close to the point, and allow for that from now on.

        Returns
        -------
        float
            What the bounds of residuals grow by.
        """
        steps = DERIVATIVE_SPACING * np.arange(1.0, _NOISE_VALUES + 1)
        level = float(noise_level(np.array([[self._residual_at(step, direction)] for step in steps]))[0])
        self._scatter = _NOISE_FACTOR * level if np.isfinite(level) else 0.0
        return self._scatter

    def _residual_at(self, step: float, direction: Vector) -> float:
        there = self._point + step * direction
        slope: float | None = 0.0
        if self.complex_step:
            slope = _complex_step.directional(self._objective, there, direction, 0.0, np.inf)
        return float("nan") if slope is None else float(self._gradient.at(there) @ direction) - slope

    def _by_differences(self, direction: Vector, claim: float, rounding: float, goal: float) -> Residual:
        lines = DirectionLines(self._objective, self._point, direction[np.newaxis])
        ladder = Ladder(lines, self._value, self._noise)
        ladder.refine(np.array([np.inf]))
        ladder.refine(np.array([max(goal, rounding)]))
        seen = look_closely(ladder, 0, claim)
        bound = rounding if seen.kind == "kink" else seen.bound + rounding
        return Residual(claim, nearest(seen, claim), bound, seen.kind)

    def _rounding(self, direction: Vector, part: Part) -> float:
        """Bound what the rounding of the gradient and of the complex step may do to a residual."""
        systematic, scattered = 0.0, 0.0
        for piece in part:
            systematic += float(np.abs(self.claimed[piece] * direction[piece]).sum())
            leaf = self.leaf_of(piece.start)
            scattered += float(direction[piece] @ direction[piece]) * self.largest[leaf] ** 2
        rounding = self._unit * (_SYSTEMATIC * systematic + _SCATTERED * float(np.sqrt(scattered)))
        corrected = sum(
            bound * abs(float(direction[position]))
            for position, bound in self._corrected.items()
            if any(piece.start <= position < piece.stop for piece in part)
        )
        return rounding + corrected + self._scatter


def nearest(line: LineDerivative, claim: float) -> float:
    """Return the derivative on a line; at a kink the one nearest to the claim."""
    return float(np.clip(claim, line.low, line.high)) if line.kind == "kink" else line.value
