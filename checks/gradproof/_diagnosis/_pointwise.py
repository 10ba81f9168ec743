"""Another function of the same entry: its size, its sign, its square, clipped, times or over the argument, that itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gradproof._diagnosis._evidence import Candidate, Evidence, Model, Side, model
from gradproof._nesting import Vector

_FEWEST_SETS = 10.0
_Reading = Callable[[Vector, Vector], Vector]


def pointwise(evidence: Evidence) -> Iterator[Candidate]:
    """Yield the functions of the numerical derivative and the argument that may stand in the gradient's place."""
    readings: list[tuple[str, str, int, _Reading, _Reading]] = [
        ("absolute value", "analytic = |numeric|", 0, lambda g, _: np.abs(g), lambda _, b: b),
        ("sign only", "analytic = sign(numeric)", 0, lambda g, _: np.sign(g), lambda g, _: np.zeros_like(g)),
        ("squared", "analytic = numeric^2", 1, lambda g, _: g * g, lambda g, b: 2 * np.abs(g) * b),
    ]
    for cause, text, rank, read, carry in readings:
        models = tuple(
            model(read(side.numeric, side.x), side, carry(side.numeric, side.bound))
            for side in evidence.sides
        )
        # Where only signs were lost, the right entries say as much as the wrong ones: which they are must be no accident.
        fewest = _FEWEST_SETS if cause == "absolute value" else 1.0
        yield Candidate(
            cause, f"{text} in every entry of {evidence.paths}", models, rank=rank, fewest_sets=fewest
        )
    yield from _with_argument(evidence)
    yield from _clipped(evidence)


def _with_argument(evidence: Evidence) -> Iterator[Candidate]:
    where = f"in every entry of {evidence.paths}"
    sides = evidence.sides
    times = tuple(model(side.numeric * side.x, side, np.abs(side.x) * side.bound) for side in sides)
    yield Candidate("times the argument", f"analytic = numeric x argument {where}", times, rank=1)
    over = tuple(_over(side) for side in sides)
    yield Candidate("over the argument", f"analytic = numeric / argument {where}", over, rank=1)
    itself = tuple(Model(side.x, 1e-12 * np.abs(side.x)) for side in sides)
    yield Candidate("argument", f"analytic equals the argument itself {where}", itself, rank=2)


def _over(side: Side) -> Model:
    x = np.where(side.x == 0, np.nan, side.x)
    return model(side.numeric / x, side, side.bound / np.abs(x))


def _clipped(evidence: Evidence) -> Iterator[Candidate]:
    limit = max(float(np.max(np.abs(side.analytic), initial=0.0)) for side in evidence.sides)
    models = tuple(model(np.clip(side.numeric, -limit, limit), side, side.bound) for side in evidence.sides)
    # Right entries below the limit are part of the proof, and more than one must have been cut.
    cut = sum(int(side.wrong.sum()) for side in evidence.sides)
    spared = sum(int((side.known & ~side.wrong & (side.numeric != 0)).sum()) for side in evidence.sides)
    if cut >= 2 and spared >= 1:
        yield Candidate(
            "clipped",
            f"analytic = numeric cut to [-{limit:.6g}, {limit:.6g}] in {evidence.paths}",
            models,
            free=1,
            rank=1,
        )
