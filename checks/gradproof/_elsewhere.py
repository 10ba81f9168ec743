"""A second point: what keeps its first result, or its last, is right at one point and wrong at every other."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

import numpy as np

from gradproof._nesting import Vector
from gradproof._objective import Objective
from gradproof._structure import Arguments

# The other point is so far away, relative to each array: far enough to tell, near enough to stay in most domains.
_NEAREST, _FARTHEST = 2.0**-4, 2.0**-3
_GOLDEN = (5**0.5 - 1) / 2
# The slope there is read from the secants between these points on the line to it ...
_STEPS = np.array([-0.25, -0.125, 0.0, 0.125, 0.25])
# ... and again from so many times closer ones: what wraps, as a phase does, has another slope between its wraps.
_CLOSER = 2.0**-6
# All secants must contradict the gradient by more than this.
_CONTRADICTION = 2.0**-6
# Units roundoff of f that a secant's two values may be off by.
_ROUNDINGS = 16.0


def another_point(arguments: Arguments, seed: int) -> Vector:
    """Return a point in which every array is a multiple of what it was, or constant where it was zero, shape (n,).

    So a symmetric matrix stays one, and so do ties, zeros and signs: what holds at the point only by its symmetry is
    no concern here.
    """
    # Multiples of the golden ratio, from where the seed says, are spread evenly and cost nothing.
    moves = 2 * np.modf(seed % 2**32 / 2**32 + _GOLDEN * np.arange(1, len(arguments.leaves) + 1))[0] - 1
    moves = np.copysign(_NEAREST + (_FARTHEST - _NEAREST) * np.abs(moves), moves)
    moved: Vector = arguments.vector * arguments.spread(1 + moves)
    zero = arguments.largest_by_leaf() == 0
    return moved + arguments.spread(np.where(zero, moves, 0.0)) if zero.any() else moved


def contradicted_at(other: Vector, objective: Objective, point: Vector, gradient: Vector) -> float | None:
    """Return the slope of f at another point where it contradicts a gradient that is the same there, else None.

    Returns
    -------
    float or None
        The derivative along the line between the points, over what `gradient` says of it.
    """
    direction = other - point
    claim = float(gradient @ direction)
    slope = _contradicting_slope(other, objective, direction, claim)
    if slope is None or _contradicting_slope(other, objective, _CLOSER * direction, _CLOSER * claim) is None:
        return None
    return slope / claim if claim else float("inf")


def _contradicting_slope(
    other: Vector, objective: Objective, direction: Vector, claim: float
) -> float | None:
    """Return the derivative of f along a direction where all secants around a point deny what is claimed of it."""
    values = objective.values(len(_STEPS), lambda chunk: other + _STEPS[chunk, np.newaxis] * direction)
    secants = np.diff(values) / np.diff(_STEPS)
    errors = secants - claim
    # A kink beside the point bends the secants to one side of it; noise spreads them, coarse values stand still.
    clear = np.isfinite(values).all() and secants.all() and np.ptp(secants) <= np.abs(errors).min()
    same_sign = bool(np.all(errors > 0) or np.all(errors < 0))
    size = max(float(np.abs(secants).max()), abs(claim))
    rounding = _ROUNDINGS * objective.unit * np.abs(values).max() / np.diff(_STEPS).min()
    if not (clear and same_sign and np.abs(errors).min() > _CONTRADICTION * size + rounding):
        return None
    return float(np.mean(secants))


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Silence what is said of a point that the user never asked for."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
