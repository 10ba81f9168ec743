"""What is measured once around the point, before any entry is looked at: scales, noise, how much f moves."""

from __future__ import annotations

import numpy as np

from gradproof._ladder import Ladder
from gradproof._nesting import Vector
from gradproof._noise import NoiseModel, model_noise
from gradproof._objective import DirectionLines, Objective
from gradproof._structure import Arguments

DIRECTIONS = 2
# Differences aim for bounds this much below what must be seen.
GOAL = 1e-2
# Entries are scaled as at least this fraction of their leaf's largest; leaves smaller than this count as zero.
_SMALLEST_FRACTION = 2.0**-10
_SMALLEST_SCALE = 2.0**-44


class Surroundings:
    """The point, and what random directions through it show that move every entry at once.

    Attributes
    ----------
    point, scales : float64 array, shape (n,)
        The scale of an entry is a natural step for it, a power of two.
    directions : float64 array, shape (DIRECTIONS, n)
        Random signs and sizes, times the scales.
    noise : NoiseModel
        Of f.
    ladder : Ladder
        Differences along the directions.
    variation : float
        How much f moves at all, per unit of the scales.
    """

    def __init__(
        self,
        objective: Objective,
        arguments: Arguments,
        value: float,
        resolution: float,
        random: np.random.Generator,
    ) -> None:
        self.objective = objective
        self.arguments = arguments
        self.value = value
        self.resolution = resolution
        self.random = random
        self.point = arguments.vector
        self.scales = natural_scales(arguments)
        signs = random.choice([-1.0, 1.0], size=(DIRECTIONS, len(self.point)))
        # The sizes differ, so that kinks in opposite directions cannot cancel.
        self.directions = signs * random.uniform(1, 2, size=signs.shape) * self.scales
        self.noise: NoiseModel = model_noise(self._values_along, value, objective.unit)
        self.ladder = Ladder(DirectionLines(objective, self.point, self.directions), value, self.noise)
        self.ladder.refine(np.full(DIRECTIONS, np.inf))
        self.ladder.refine(np.full(DIRECTIONS, GOAL * resolution * self.ladder.secant()))
        self.variation = self.ladder.secant()

    def _values_along(self, steps: Vector) -> Vector:
        return self.objective.values(
            len(steps), lambda chunk: self.point + steps[chunk, np.newaxis] * self.directions[0]
        )


def natural_scales(arguments: Arguments) -> Vector:
    """Return the scale of the steps for each entry, a power of two near its size, shape (n,); 1 in a leaf of zeros."""
    size = np.abs(arguments.vector)
    return scales_of(size, arguments.leafwise_max(size))


def scales_of(size: Vector, largest: Vector) -> Vector:
    """Return the scales of entries of the given sizes, in leaves with the given largest ones."""
    largest = np.where(largest < _SMALLEST_SCALE, 1.0, largest)
    scales: Vector = np.exp2(np.round(np.log2(np.maximum(size, _SMALLEST_FRACTION * largest))))
    return scales
