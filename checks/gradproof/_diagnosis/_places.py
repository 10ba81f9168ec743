"""Right numbers in the wrong places: transposed, in the other order, reversed, shifted, in each other's leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gradproof._diagnosis._evidence import Candidate, Evidence, Model, Side, model
from gradproof._nesting import Vector

_SHIFTS = (1, -1)
_SWAPPED = 2


def places(evidence: Evidence) -> Iterator[Candidate]:
    """Yield the ways to move the numbers of a leaf, the same in every leaf at fault."""
    sides = evidence.sides
    if not evidence.whole:
        return
    moves: list[tuple[str, str, Callable[[Vector], Vector]]] = []
    if all(side.x.ndim >= 2 for side in sides):
        moves.append(("transposed", "analytic equals the transpose of numeric", _transposed))
        if all(side.x.shape[-1] != side.x.shape[-2] for side in sides):
            moves.append(
                (
                    "order",
                    "analytic holds numeric in column-major order: reshape with order='C'",
                    _column_major,
                )
            )
    for axis in range(min(side.x.ndim for side in sides)):
        moves.append(("reversed", f"analytic equals numeric reversed along axis {axis}", _flip(axis)))
        if all(side.x.shape[axis] > 2 for side in sides):
            moves += [
                (
                    "shifted",
                    f"analytic equals numeric shifted by {shift:+d} along axis {axis}, round the end",
                    _roll(shift, axis),
                )
                for shift in _SHIFTS
            ]
    for cause, text, move in moves:
        models = tuple(model(move(side.numeric), side, move(side.bound)) for side in sides)
        yield Candidate(cause, f"{text} in {evidence.paths}", models)
    yield from _swapped(evidence)


def _swapped(evidence: Evidence) -> Iterator[Candidate]:
    if len(evidence.sides) != _SWAPPED:
        return
    one, other = evidence.sides
    if one.x.shape == other.x.shape:
        models = (_taken(other, one), _taken(one, other))
        yield Candidate(
            "swapped", f"{one.leaf.path} and {other.leaf.path} have each other's gradient", models
        )


def _taken(source: Side, side: Side) -> Model:
    return model(source.numeric, side, source.bound)


def _transposed(values: Vector) -> Vector:
    return np.swapaxes(values, -1, -2).reshape(values.shape)


def _column_major(values: Vector) -> Vector:
    return values.ravel().reshape(values.shape, order="F")


def _flip(axis: int) -> Callable[[Vector], Vector]:
    return lambda values: np.flip(values, axis)


def _roll(shift: int, axis: int) -> Callable[[Vector], Vector]:
    return lambda values: np.roll(values, shift, axis)
