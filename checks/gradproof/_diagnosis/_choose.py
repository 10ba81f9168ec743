"""Which of the causes explains the evidence: all of it, better than chance would, and better than any other."""

from __future__ import annotations

from math import lgamma, log

import numpy as np

from gradproof._diagnosis._evidence import Candidate, Diagnosis, Evidence, Family, Model, Side
from gradproof._diagnosis._factors import factors
from gradproof._diagnosis._layers import layers
from gradproof._diagnosis._masks import masks
from gradproof._diagnosis._places import places
from gradproof._diagnosis._pointwise import pointwise
from gradproof._diagnosis._precision import precision
from gradproof._diagnosis._slices import slices
from gradproof._diagnosis._stale import stale
from gradproof._diagnosis._terms import terms

_FAMILIES: tuple[Family, ...] = (factors, places, terms, pointwise, masks, slices)
# An entry proves something where the prediction is this much sharper than the error that it explains.
_SHARP = 1e-3
# Entries that are equal up to this have told it all before.
_DIGITS = 9


def diagnose(evidence: Evidence) -> Diagnosis | None:
    """Return the cause with its evidence, or None where there is none, or more than one.

    A cause is named where what it predicts explains every entry that was measured, wrong or right; where enough
    entries are seen sharply for the numbers that were fitted; and where no other cause, as simple, explains them too.
    """
    if not evidence.sides:
        return None
    rounded = precision(evidence)
    if rounded:
        return rounded
    fitting = [
        candidate for family in _FAMILIES for candidate in family(evidence) if _explains(candidate, evidence)
    ]
    simplest = min((candidate.rank for candidate in fitting), default=0)
    named = [candidate for candidate in fitting if candidate.rank == simplest]
    if len({candidate.cause for candidate in named}) != 1:
        return None if named else layers(evidence) or stale(evidence)
    return Diagnosis(named[0].cause, named[0].text)


def _explains(candidate: Candidate, evidence: Evidence) -> bool:
    proofs: set[tuple[float, float]] = set()
    for side, model in zip(evidence.sides, candidate.models, strict=True):
        if not _agrees(model, side):
            return False
        proofs |= _proofs(model, side)
    # One entry alone is explained by too many causes, and each fitted number takes one that proves nothing.
    if len(proofs) < max(2, candidate.free + 1):
        return False
    return _log_sets(evidence) >= log(candidate.fewest_sets)


def _agrees(model: Model, side: Side) -> bool:
    testable = side.known & np.isfinite(model.predicted)
    if np.any(side.wrong & ~testable):
        return False
    return bool(np.all((np.abs(side.analytic - model.predicted) <= model.slack)[testable]))


def _proofs(model: Model, side: Side) -> set[tuple[float, float]]:
    """Return the different pairs of a sharply predicted entry and its numerical derivative."""
    sharp = side.wrong & (model.slack <= _SHARP * np.abs(side.analytic - side.numeric))
    scale = float(np.max(np.abs(side.numeric[side.known]), initial=0.0)) or 1.0
    pairs = zip(side.analytic[sharp] / scale, side.numeric[sharp] / scale, strict=True)
    return {(round(float(ours), _DIGITS), round(float(theirs), _DIGITS)) for ours, theirs in pairs}


def _log_sets(evidence: Evidence) -> float:
    """Return the logarithm of the number of ways in which as many entries of the leaves at fault could be wrong."""
    count = sum(int(side.known.sum()) for side in evidence.sides)
    wrong = sum(int(side.wrong.sum()) for side in evidence.sides)
    return lgamma(count + 1) - lgamma(wrong + 1) - lgamma(count - wrong + 1)
