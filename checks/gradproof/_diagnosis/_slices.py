"""Rows, columns or other slices that are wrong by themselves, or each by a factor of its own; matrices made symmetric."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

import numpy as np

from gradproof._diagnosis._evidence import Candidate, Evidence, Side, model
from gradproof._nesting import Vector

# For each choice of slices, sets of wrong entries among which one that fits is no accident.
_FEWEST_SETS = 100.0


def slices(evidence: Evidence) -> Iterator[Candidate]:
    """Yield what is said of slices along one axis of the only leaf at fault, and of a matrix as a whole."""
    if not evidence.whole or len(evidence.sides) != 1 or evidence.sides[0].x.ndim == 0:
        return
    side = evidence.sides[0]
    for axis in range(side.x.ndim):
        yield from _lost(side, axis)
        yield from _scaled(side, axis)
        yield from _alike(side, axis)
    yield from _symmetric(side)


def _lost(side: Side, axis: int) -> Iterator[Candidate]:
    """Yield that the gradient is 0 in the last, the first, or all but one slice."""
    if side.x.ndim < 2:
        return
    others = tuple(i for i in range(side.x.ndim) if i != axis)
    lost = np.any(side.wrong, axis=others)
    if lost.all():
        return
    at = np.flatnonzero(lost)
    names = f"{side.leaf.path}[{', '.join([':'] * axis + [_indices(at)])}]"
    area = np.zeros_like(side.wrong)
    np.moveaxis(area, axis, 0)[at] = True
    predicted = np.where(area, 0.0, side.numeric)
    yield Candidate(
        "slice missing",
        f"analytic is 0 in {names}, and right elsewhere",
        (model(predicted, side, 0.0),),
        rank=2,
        fewest_sets=_FEWEST_SETS * comb(len(lost), len(at)),
    )


def _scaled(side: Side, axis: int) -> Iterator[Candidate]:
    """Yield that each slice has a factor of its own, as where a weight per sample or a scale per feature is missing."""
    length = side.x.shape[axis]
    if side.x.ndim < 2 or length < 2:
        return
    ours, theirs, bound = (
        np.moveaxis(v, axis, 0).reshape(length, -1) for v in (side.analytic, side.numeric, side.bound)
    )
    sharp = np.abs(theirs) > 1e5 * bound
    if np.any(sharp.sum(axis=1) < 2):
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.nanmedian(np.where(sharp, ours / theirs, np.nan), axis=1)
    if len(set(np.round(factor, 6))) < 2:
        return
    shape = tuple(length if i == axis else 1 for i in range(side.x.ndim))
    each = factor.reshape(shape)
    few = ", ".join(f"{value:.4g}" for value in factor[:4]) + (", ..." if length > 4 else "")
    yield Candidate(
        "factor per slice",
        f"analytic = numeric x one factor for each index of axis {axis} of {side.leaf.path}: {few}",
        (model(each * side.numeric, side, np.abs(each) * side.bound),),
        free=length,
        rank=3,
        # Factors of 1 choose which slices are wrong.
        fewest_sets=1.0 if side.wrong[side.known].all() else _FEWEST_SETS * 2.0**length,
    )


def _alike(side: Side, axis: int) -> Iterator[Candidate]:
    """Yield that every slice holds the mean, the sum or the first of all slices: reduced, and broadcast back."""
    if side.x.shape[axis] < 2:
        return
    count = side.x.shape[axis]
    first = np.take(side.numeric, [0], axis=axis)
    readings: list[tuple[str, Vector]] = [
        ("mean", np.mean(side.numeric, axis=axis, keepdims=True)),
        ("sum", np.sum(side.numeric, axis=axis, keepdims=True)),
        ("first", first),
    ]
    carried = np.sum(side.bound, axis=axis, keepdims=True)
    for name, value in readings:
        predicted = np.broadcast_to(value, side.x.shape)
        yield Candidate(
            "broadcast",
            f"each of the {count} slices of {side.leaf.path} along axis {axis} holds the {name} of numeric's",
            (model(predicted, side, carried),),
            rank=1,
        )


def _symmetric(side: Side) -> Iterator[Candidate]:
    if side.x.ndim != 2 or side.x.shape[0] != side.x.shape[1]:
        return
    g, carried = side.numeric, side.bound + side.bound.T
    readings = [
        ("numeric + its transpose", g + g.T),
        ("the mean of numeric and its transpose", (g + g.T) / 2),
        ("numeric - its transpose", g - g.T),
    ]
    for text, predicted in readings:
        yield Candidate(
            "symmetrised", f"analytic = {text} in {side.leaf.path}", (model(predicted, side, carried),)
        )


def _indices(at: np.ndarray[tuple[int], np.dtype[np.intp]]) -> str:
    if len(at) == 1:
        return str(at[0])
    if np.all(np.diff(at) == 1):
        return f"{at[0]}:{at[-1] + 1}"
    shown = ", ".join(map(str, at[:4]))
    return f"[{shown}{', ...' if len(at) > 4 else ''}]"
