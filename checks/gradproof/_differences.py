"""The derivative on each of many lines by differences: a few steps where that is enough, a close look where it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradproof._kinks import Kind, LineDerivative, look_closely
from gradproof._ladder import Ladder
from gradproof._nesting import Vector
from gradproof._surroundings import GOAL


@dataclass
class Differences:
    """What differences show on each line, all of shape (lines,).

    `bound` bounds the error of `value`; [low, high] is the interval of one-sided derivatives at a kink, NaN elsewhere.
    """

    value: Vector
    bound: Vector
    low: Vector
    high: Vector
    kind: list[Kind]

    def store(self, row: int, seen: LineDerivative) -> None:
        """Put what a close look found in the place of a line."""
        self.value[row], self.bound[row] = seen.value, seen.bound
        self.low[row], self.high[row], self.kind[row] = seen.low, seen.high, seen.kind


class Sought:
    """How sharply the derivatives on some lines must be seen.

    Parameters
    ----------
    resolution : float
        The relative error that must be visible.
    moves : float64 array, shape (lines,)
        How much f moves at all, per unit of each line's parameter.
    largest : callable
        ``largest(sizes)`` returns for each line the largest size in its leaf.
    """

    def __init__(self, resolution: float, moves: Vector, largest: Callable[[Vector], Vector]) -> None:
        self.resolution = resolution
        self._moves = moves
        self._largest = largest

    def refine(self, ladder: Ladder) -> None:
        """Add rungs, first by how much f varies at all, then by what the leaf of each line asks."""
        goal = GOAL * self.resolution * self._moves
        ladder.refine(goal)
        own = GOAL * self.visible(ladder.central().value)
        ladder.refine(np.maximum(own, self.resolution * goal))

    def visible(self, derivatives: Vector) -> Vector:
        """Return the error that must be visible on each line."""
        return self.resolution * self._largest(np.abs(np.nan_to_num(derivatives)))


def differentiate(
    ladder: Ladder, sought: Sought, claimed: Vector, rounding: Callable[[Vector], Vector]
) -> Differences:
    """Differentiate along each line of a refined ladder, and look closely wherever anything is in doubt.

    Parameters
    ----------
    ladder : Ladder
    sought : Sought
    claimed : float64 array, shape (lines,)
        The derivatives in question.
    rounding : callable
        ``rounding(derivatives)`` bounds what rounding does to the claimed ones.
    """
    estimate = ladder.central()
    none = np.full(len(claimed), np.nan)
    seen = Differences(
        estimate.value.copy(), estimate.bound.copy(), none, none.copy(), ["smooth"] * len(claimed)
    )
    for row in np.flatnonzero(_doubtful(ladder, sought, claimed, rounding)):
        seen.store(int(row), look_closely(ladder, int(row), float(claimed[row])))
    return seen


def _doubtful(
    ladder: Ladder, sought: Sought, claimed: Vector, rounding: Callable[[Vector], Vector]
) -> NDArray[np.bool_]:
    """Tell which lines disagree with the claim, are not seen sharply enough, or show a kink."""
    estimate, gap = ladder.central(), ladder.gap()
    agrees = np.abs(claimed - estimate.value) <= estimate.bound + rounding(estimate.value)
    resolved = estimate.bound <= sought.visible(estimate.value)
    smooth = np.abs(gap.value) <= gap.bound
    doubtful: NDArray[np.bool_] = ~(agrees & resolved & smooth)
    return doubtful
