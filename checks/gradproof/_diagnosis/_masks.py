"""Some entries are wrong, and which ones the argument or their place in the matrix tells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gradproof._diagnosis._evidence import Candidate, Evidence, Model, Side, model
from gradproof._diagnosis._factors import common_factor

# Eight masks are tried: where entries are wrong at random, one fits in fewer than 1 in 100 of the cases.
_FEWEST_SETS = 1000.0
_Mask = tuple[str, str, tuple[NDArray[np.bool_], ...]]


def masks(evidence: Evidence) -> Iterator[Candidate]:
    """Yield the sets of entries that one factor, often 0, was applied to, the others being right."""
    zero = tuple(Model(np.zeros_like(side.x), np.zeros_like(side.x)) for side in evidence.sides)
    if not any(side.analytic.any() for side in evidence.sides):
        yield Candidate("missing", f"analytic is 0 in every entry of {evidence.paths}", zero)
        return
    factor = common_factor(evidence.sides)
    if factor is None:
        return
    for cause, where, areas in [*_by_argument(evidence.sides), *_by_place(evidence.sides)]:
        if all(area.all() for area in areas):
            continue
        factor = 0.0 if abs(factor) < 1e-9 else factor
        models = tuple(
            model(np.where(area, factor * side.numeric, side.numeric), side, abs(factor) * side.bound)
            for area, side in zip(areas, evidence.sides, strict=True)
        )
        text = f"analytic = {factor:.6g} x numeric {where} in {evidence.paths}, and right elsewhere"
        yield Candidate(cause, text, models, free=int(factor != 0), rank=2, fewest_sets=_FEWEST_SETS)


def _by_argument(sides: tuple[Side, ...]) -> Iterator[_Mask]:
    yield "mask x < 0", "where the argument is < 0", tuple(side.x < 0 for side in sides)
    yield "mask x > 0", "where the argument is > 0", tuple(side.x > 0 for side in sides)
    wrong = np.concatenate([np.abs(side.x[side.wrong]) for side in sides])
    right = np.concatenate([np.abs(side.x[side.known & ~side.wrong & (side.numeric != 0)]) for side in sides])
    if right.size and wrong.min() > right.max():
        limit = (wrong.min() + right.max()) / 2
        areas = tuple(np.abs(side.x) > limit for side in sides)
        yield "mask |x| large", f"where the argument is beyond +-{limit:.3g}", areas
    if right.size and wrong.max() < right.min():
        limit = (wrong.max() + right.min()) / 2
        areas = tuple(np.abs(side.x) < limit for side in sides)
        yield "mask |x| small", f"where the argument is within +-{limit:.3g}", areas


def _by_place(sides: tuple[Side, ...]) -> Iterator[_Mask]:
    if not all(side.x.ndim == 2 and min(side.x.shape) > 1 for side in sides):
        return
    place = [np.subtract(*np.indices(side.x.shape)) for side in sides]
    yield "off the diagonal", "off the diagonal", tuple(p != 0 for p in place)
    yield "on the diagonal", "on the diagonal", tuple(p == 0 for p in place)
    yield "above the diagonal", "above the diagonal", tuple(p < 0 for p in place)
    yield "below the diagonal", "below the diagonal", tuple(p > 0 for p in place)
