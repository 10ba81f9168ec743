"""What is known of a wrong gradient, and what a cause claims about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradproof._nesting import Leaf, Vector
from gradproof._structure import Arguments

# Relative to an entry, what a fitted number may be off.
_FIT = 1e-7
_NAMED_PATHS = 3
# Of a leaf with more entries than this, about so many of those that are right stand for all.
_LARGE, _RIGHT = 2**16, 2000


@dataclass(frozen=True)
class Evidence:
    """A gradient beside what is known of the numerical derivative, all of shape (n,).

    Attributes
    ----------
    arguments : Arguments
    analytic : float64 array
    numeric : float64 array
        Not read where it was not measured.
    bound : float64 array
        The bound of |analytic - numeric| that rounding explains.
    wrong : bool array
        Entries that are refuted.
    known : bool array
        Entries whose numerical derivative was measured; every wrong one is among them.
    gradient_at : callable or None
        The analytic gradient at another vector, shape (n,).
    """

    arguments: Arguments
    analytic: Vector
    numeric: Vector
    bound: Vector
    wrong: NDArray[np.bool_]
    known: NDArray[np.bool_]
    gradient_at: Callable[[Vector], Vector] | None = None

    @cached_property
    def sides(self) -> tuple[Side, ...]:
        """The leaves that hold a wrong entry."""
        return tuple(self.side(leaf) for leaf in self.arguments.leaves if self.wrong[_part(leaf)].any())

    def side(self, leaf: Leaf) -> Side:
        """Return what is known of one leaf, in its shape."""
        known = self.known[_part(leaf)]
        columns = (self.arguments.vector, self.analytic, self.numeric, self.bound)
        x, analytic, numeric, bound = (column[_part(leaf)].reshape(leaf.shape) for column in columns)
        wrong = self.wrong[_part(leaf)].reshape(leaf.shape)
        if known.size > _LARGE or 2 * np.count_nonzero(known) < known.size:
            seen = _sample(known, wrong.ravel()).reshape(leaf.shape)
            return Side(
                leaf,
                x[seen],
                analytic[seen],
                numeric[seen],
                bound[seen],
                wrong[seen],
                seen[seen],
                whole=False,
            )
        known = known.reshape(leaf.shape)
        return Side(leaf, x, analytic, np.where(known, numeric, np.nan), bound, wrong, known)

    @property
    def whole(self) -> bool:
        """True where most of every leaf at fault was measured, so that the places of entries tell something."""
        return all(side.whole for side in self.sides)

    @property
    def paths(self) -> str:
        """The paths of the leaves that hold a wrong entry, the first few by name."""
        names = [side.leaf.path for side in self.sides]
        more = f" and {len(names) - _NAMED_PATHS} more" if len(names) > _NAMED_PATHS else ""
        sampled = "" if self.whole else " that was looked at"
        return ", ".join(names[:_NAMED_PATHS]) + more + sampled


class Side(NamedTuple):
    """One leaf at fault: its argument, both gradients and the bound, all in its shape; NaN where not measured.

    Of a leaf of which less than half was measured there is only that, and of a large one only what is wrong and some
    of what is right: shape (m,), and `whole` is False.
    """

    leaf: Leaf
    x: Vector
    analytic: Vector
    numeric: Vector
    bound: Vector
    wrong: NDArray[np.bool_]
    known: NDArray[np.bool_]
    whole: bool = True


class Model(NamedTuple):
    """What a cause predicts of the analytic gradient of one leaf, and how far off the prediction may be."""

    predicted: Vector
    slack: Vector


@dataclass(frozen=True)
class Candidate:
    """A cause that may explain the evidence.

    Attributes
    ----------
    cause, text : str
        The name, and what is seen of it.
    models : tuple of Model
        One for each leaf at fault, in the order of `Evidence.sides`.
    free : int
        Numbers that were fitted.
    rank : int
        0 for the simplest causes; of two that explain the same, the simpler one counts.
    fewest_sets : float
        So many sets of entries of the size seen to be wrong must there be, where the cause says which are wrong.
    """

    cause: str
    text: str
    models: tuple[Model, ...]
    free: int = 0
    rank: int = 0
    fewest_sets: float = 1.0


Family: TypeAlias = Callable[[Evidence], Iterator[Candidate]]


@dataclass(frozen=True)
class Diagnosis:
    """A cause and the evidence for it; as a string, "cause: evidence"."""

    cause: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.cause}: {self.evidence}"


def model(predicted: Vector, side: Side, carried: Vector | float) -> Model:
    """Return a model with the slack that rounding leaves it.

    Parameters
    ----------
    predicted : float array
        The analytic gradient as the cause has it, NaN where that is not known.
    carried : float array or float
        The bound on what of the numerical derivative's error is carried into `predicted`.
    """
    return Model(predicted, side.bound + carried + _FIT * np.abs(predicted))


def _sample(known: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return all that is wrong, and evenly spaced what is known and right, shape (n,)."""
    right = np.flatnonzero(known & ~wrong)
    chosen = wrong.copy()
    chosen[right[:: max(1, len(right) // _RIGHT)]] = True
    return chosen


def _part(leaf: Leaf) -> slice:
    return slice(leaf.start, leaf.stop)
