"""What a planted error works on, and the register of all of them.

An error is a function of a `Point` that returns the wrong gradient, leaf by leaf, or None where it has nothing to act
on. An error that keeps state is made anew for every run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Leaf: TypeAlias = NDArray[np.float64]
Leaves: TypeAlias = list[Leaf]
Change: TypeAlias = Callable[["Point"], Leaves | None]


ALIKE = 1 - 1e-3
"""Sizes are alike from this ratio up."""


@dataclass(frozen=True)
class Point:
    """One call of a gradient.

    Attributes
    ----------
    gradient, arguments : list of float64 array
        The right gradient and the arguments, leaf by leaf in the same order.
    n_examples : int
        Length of the leading axis of the data; 1 where there is none.
    """

    gradient: Leaves
    arguments: Leaves
    n_examples: int

    def copy(self) -> Leaves:
        """Return the gradient, to be changed."""
        return [leaf.copy() for leaf in self.gradient]

    def leaf(self, wanted: Callable[[Leaf], bool] = lambda leaf: leaf.size > 0) -> int | None:
        """Return the leaf that moves f most, of those that are `wanted`."""
        influence = [
            float(np.max(np.abs(leaf))) * scale_of(argument) if leaf.size and wanted(leaf) else -1.0
            for leaf, argument in zip(self.gradient, self.arguments, strict=True)
        ]
        largest = max(influence, default=-1.0)
        return (
            next((i for i, own in enumerate(influence) if own >= ALIKE * largest), None)
            if largest >= 0
            else None
        )


def scale_of(argument: Leaf) -> float:
    """Return the size of an argument's entries, 1 where all are 0."""
    return float(np.max(np.abs(argument), initial=0.0)) or 1.0


ERRORS: dict[str, Callable[[], Change]] = {}
"""Every planted error by its name; each value makes it anew."""


def error(name: str) -> Callable[[Change], Change]:
    """Register an error without state."""

    def register(change: Change) -> Change:
        ERRORS[name] = lambda: change
        return change

    return register


def each(name: str, wrong: Callable[[Leaf], Leaf]) -> None:
    """Register an error that every leaf suffers by itself."""
    ERRORS[name] = lambda: lambda point: [wrong(leaf) for leaf in point.gradient]


def on_one(
    name: str, wrong: Callable[[Leaf], Any], wanted: Callable[[Leaf], bool] = lambda leaf: leaf.size > 0
) -> None:
    """Register an error of the one leaf that moves f most, of those that are `wanted`: changed in place or replaced."""

    def change(point: Point) -> Leaves | None:
        leaves, where = point.copy(), point.leaf(wanted)
        if where is None:
            return None
        replaced = wrong(leaves[where])
        if replaced is not None:
            leaves[where] = np.reshape(replaced, leaves[where].shape)
        return leaves

    ERRORS[name] = lambda: change
