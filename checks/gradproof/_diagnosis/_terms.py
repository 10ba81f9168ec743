"""A term too many or too few: a constant, the gradient of a penalty, the mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gradproof._diagnosis._evidence import Candidate, Evidence, Side, model
from gradproof._nesting import Vector


def terms(evidence: Evidence) -> Iterator[Candidate]:
    """Yield the terms that make up the difference between the gradients."""
    yield from _multiple(evidence, "offset", np.ones_like, lambda c: f"analytic = numeric {c:+.6g}")
    yield from _multiple(
        evidence, "L2 penalty", lambda x: x, lambda c: f"analytic = numeric {c:+.6g} x the argument"
    )
    yield from _multiple(
        evidence, "L1 penalty", np.sign, lambda c: f"analytic = numeric {c:+.6g} x sign of the argument"
    )
    if evidence.whole:
        yield from _centred(evidence)


def _multiple(
    evidence: Evidence, cause: str, term: Callable[[Vector], Vector], text: Callable[[float], str]
) -> Iterator[Candidate]:
    """Yield that the difference is one multiple of `term`: a term that is missing, or one too many."""
    errors, shares = [], []
    for side in evidence.sides:
        share = term(side.x)
        sharp = side.wrong & (share != 0)
        errors.append((side.analytic - side.numeric)[sharp])
        shares.append(share[sharp])
    difference, weight = np.concatenate(errors), np.concatenate(shares)
    if not weight.size:
        return
    largest = np.abs(weight) >= 0.5 * np.max(np.abs(weight))
    factor = float(np.median(difference[largest] / weight[largest]))
    # Two entries in each other's place differ by one number with both signs: a third must tell.
    free = 2 if cause == "L1 penalty" else 1
    models = tuple(
        model(side.numeric + factor * term(side.x), side, side.bound + 1e-7 * np.abs(factor * term(side.x)))
        for side in evidence.sides
    )
    yield Candidate(cause, f"{text(factor)} in every entry of {evidence.paths}", models, free=free, rank=1)


def _centred(evidence: Evidence) -> Iterator[Candidate]:
    """Yield that the mean was taken away, of all or along one axis."""
    axes: list[int | None] = [None, *range(min(side.x.ndim for side in evidence.sides))]
    for axis in axes:
        models = tuple(model(*_without_mean(side, axis)) for side in evidence.sides)
        along = "" if axis is None else f" along axis {axis}"
        yield Candidate("mean removed", f"analytic = numeric - its mean{along} in {evidence.paths}", models)


def _without_mean(side: Side, axis: int | None) -> tuple[Vector, Side, Vector]:
    mean = np.mean(side.numeric, axis=axis, keepdims=True)
    carried = side.bound + np.mean(side.bound, axis=axis, keepdims=True)
    return side.numeric - mean, side, carried
