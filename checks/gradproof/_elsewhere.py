"""A second point: what keeps its first result, or its last, is right at one point and wrong at every other."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

import numpy as np

from gradproof._nesting import Vector
from gradproof._objective import Objective
from gradproof._structure import Arguments

# The other point is so far away, relative to each entry: far enough to tell, near enough to stay in most domains.
_NEAREST, _FARTHEST = 2.0**-4, 2.0**-3
# The slope there is read from two central differences, which must agree to a tenth to say anything ...
_STEPS = np.array([0.25, 0.125])
_AGREEMENT = 0.1
# ... and contradict a gradient that differs by more than this.
_CONTRADICTION = 2.0**-6


def another_point(arguments: Arguments, seed: int) -> Vector:
    """Return a point in which every entry differs from the arguments, shape (n,)."""
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2**32 - 3,)))
    point = arguments.vector
    moves = random.uniform(_NEAREST, _FARTHEST, len(point))
    moves *= random.choice([-1.0, 1.0], len(point))
    moves *= np.where(point == 0, arguments.spread(arguments.leaf_scales()), np.abs(point))
    moves += point
    return moves


def contradicted_at(other: Vector, objective: Objective, point: Vector, gradient: Vector) -> float | None:
    """Return the slope of f at another point where it contradicts a gradient that is the same there, else None.

    Returns
    -------
    float or None
        The derivative along the line between the points, over what `gradient` says of it.
    """
    direction = other - point
    steps = np.concatenate([_STEPS, -_STEPS])
    values = objective.values(4, lambda chunk: other + steps[chunk, np.newaxis] * direction)
    slopes = (values[:2] - values[2:]) / (2 * _STEPS)
    claim = float(gradient @ direction)
    coarse, fine = (float(slope) for slope in slopes)
    # A function too coarse or too noisy to show a slope here is not held against its gradient.
    clear = np.isfinite(slopes).all() and abs(coarse - fine) <= _AGREEMENT * abs(fine) and fine != 0
    wrong = abs(fine - claim) > max(_CONTRADICTION * max(abs(fine), abs(claim)), 10 * abs(coarse - fine))
    if not (clear and wrong):
        return None
    return fine / claim if claim else float("inf")


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Silence what is said of a point that the user never asked for."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
