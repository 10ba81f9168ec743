"""One factor for all: the sign, 2, 1/2, the size of a batch, any other constant."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradproof._diagnosis._evidence import Candidate, Evidence, Side, model
from gradproof._nesting import walk
from gradproof._structure import Arguments

_SAME = 1e-6
# A factor this near 1 may be many things.
_NEAR_ONE = 1e-3


def factors(evidence: Evidence) -> Iterator[Candidate]:
    """Yield the factor that all leaves at fault share."""
    factor = common_factor(evidence.sides)
    if factor is None or abs(factor - 1) < _NEAR_ONE or abs(factor) < _SAME:
        return
    models = tuple(model(factor * side.numeric, side, abs(factor) * side.bound) for side in evidence.sides)
    where = f"in every entry of {evidence.paths}"
    if abs(factor + 1) < _SAME:
        rank = int(_is_argument(factor, evidence.sides))
        yield Candidate("sign", f"analytic = -1 x numeric {where}", models, rank=rank)
        return
    text = f"analytic = {factor:.6g} x numeric {where}"
    meaning = _meaning(factor, evidence.arguments)
    common = bool(meaning) or any(abs(abs(factor) - known) < _SAME for known in (2, 0.5))
    rank = 0 if common and not _is_argument(factor, evidence.sides) else 1
    yield Candidate(f"factor {factor:.4g}", text + meaning, models, free=0 if common else 1, rank=rank)


def _is_argument(factor: float, sides: tuple[Side, ...]) -> bool:
    """Tell whether all arguments are the factor, or one over it: then it is no simpler than they are."""
    return any(
        all(np.allclose(side.x, number, rtol=_SAME, atol=0) for side in sides)
        for number in (factor, 1 / factor)
    )


def common_factor(sides: tuple[Side, ...]) -> float | None:
    """Return the median of analytic / numeric where wrong entries are seen sharply; None where none is, or no float holds it."""
    ratios = []
    for side in sides:
        sharp = side.wrong & (np.abs(side.numeric) > 1e5 * side.bound)
        ratios += (side.analytic[sharp] / side.numeric[sharp]).tolist()
    factor = float(np.median(ratios)) if ratios else np.inf
    return factor if np.isfinite(factor) else None


def _meaning(factor: float, arguments: Arguments) -> str:
    """Say which length of an argument the factor is, where it is one."""
    for number, verb in (
        (factor, "a sum where a mean is meant"),
        (1 / factor, "a mean where a sum is meant"),
    ):
        count = round(number)
        if count < 3 or abs(number - count) > _SAME * count:
            continue
        for path, shape in _shapes(arguments):
            if count in shape:
                return f", and {count} is the length of axis {shape.index(count)} of {path}: {verb}?"
        for path, shape in _shapes(arguments):
            if count == np.prod(shape):
                return f", and {path} has {count} entries: {verb}?"
    return ""


def _shapes(arguments: Arguments) -> list[tuple[str, tuple[int, ...]]]:
    """Return the shapes of all arguments, those first that are held fixed: data rather than parameters."""
    varying = {leaf.path for leaf in arguments.leaves}
    shapes = [
        (path, np.shape(value))
        for name, arg in zip(arguments.names, arguments.args, strict=True)
        for path, value in walk(arg, name)
        if isinstance(value, np.ndarray) and value.ndim
    ]
    return sorted(shapes, key=lambda item: item[0] in varying)
