"""From bounds to a verdict: what was seen, what was refuted, and what could not be seen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradproof._diagnosis import Evidence, diagnose
from gradproof._guards import AnalyticGradient
from gradproof._nesting import Vector
from gradproof._numeric import Method, Numeric
from gradproof._report import STATUSES, Comparison, Entry, Status, Verdict
from gradproof._structure import Arguments

# A leaf that moves f this much less than the whole may be seen that much less sharply.
_MINOR_LEAF = 2.0**-10

_LARGEST = float(np.finfo(np.float64).max)
# Derivatives this close to the end of floating point have no digits left to compare.
_VANISHING = float(np.finfo(np.float64).tiny) / float(np.finfo(np.float64).eps)


class Judgement(NamedTuple):
    """The verdict on a gradient, and every entry's part in it."""

    verdict: Verdict
    reason: str
    resolution: float
    diagnosis: str | None
    compared: Comparison
    method: Method
    along: tuple[Entry, ...] = ()


def judge(arguments: Arguments, gradient: AnalyticGradient, numeric: Numeric, resolution: float) -> Judgement:
    """Hold every entry of a gradient to the bound of its numerical derivative.

    Parameters
    ----------
    resolution : float
        The relative error that must be visible for an entry to pass.
    """
    analytic = gradient.values
    relative = _relative_bounds(arguments, analytic, numeric)
    # What a coarse dtype rounds is not hidden from this examination, but lost to the gradient itself.
    needed = resolution + gradient.granted
    error = np.abs(analytic - numeric.value)
    smooth = numeric.kind.count("smooth") == len(analytic)
    if smooth and (error <= numeric.bound).all() and (relative <= needed).all():
        status = np.full(len(error), STATUSES.index("pass"), dtype=np.int8)
        compared = Comparison(np.arange(len(error)), analytic, numeric.value, error, numeric.bound, status)
        return Judgement("pass", "", float(relative.max()), None, compared, numeric.method)
    return _judge_closely(arguments, gradient, numeric, relative, resolution)


def _judge_closely(
    arguments: Arguments, gradient: AnalyticGradient, numeric: Numeric, relative: Vector, resolution: float
) -> Judgement:
    """Judge what is not plainly right: kinks, and entries that are wrong or were not seen."""
    analytic, kinds = gradient.values, np.array(numeric.kind)
    outside = np.maximum(numeric.low - analytic, analytic - numeric.high)
    error = np.where(np.isfinite(outside), np.maximum(outside, 0.0), np.abs(analytic - numeric.value))
    error[np.isnan(error)] = np.inf
    status = _statuses(kinds, error, numeric.bound, relative, resolution + gradient.granted)
    compared = Comparison(np.arange(len(error)), analytic, numeric.value, error, numeric.bound, status)
    seen = float(np.max(relative, where=kinds != "jump", initial=0.0))
    verdict, reason = reason_for({STATUSES[code] for code in set(status.tolist())}, seen, resolution)
    cause = _cause(arguments, gradient, compared, kinds == "smooth") if verdict == "fail" else None
    return Judgement(verdict, reason, seen, cause, compared, numeric.method)


def _cause(
    arguments: Arguments, gradient: AnalyticGradient, compared: Comparison, known: NDArray[np.bool_]
) -> str | None:
    """Return the cause of a failure as text, read from the entries where f is smooth."""
    wrong = compared.status == STATUSES.index("fail")
    evidence = Evidence(
        arguments, compared.analytic, compared.numeric, compared.bound, wrong, known, gradient.at
    )
    cause = diagnose(evidence)
    return None if cause is None else str(cause)


def _relative_bounds(arguments: Arguments, analytic: Vector, numeric: Numeric) -> Vector:
    """Return each bound in units of the gradient's scale there: 0 where nothing was left to see."""
    # No number counts as 0, infinity as the largest.
    size = np.fmin(np.fmax(np.abs(numeric.value), 0.0), _LARGEST)
    variation = max(numeric.variation, float(np.max(size * numeric.scales, initial=0.0)))
    scale = np.maximum(arguments.leafwise_max(size), _MINOR_LEAF * variation / numeric.scales)
    # Where f does not move at all, a vanishing gradient agrees with all there is to see.
    still = (scale < _VANISHING) & (size < _VANISHING) & (np.abs(analytic) < _VANISHING)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(still | (numeric.bound == 0), 0.0, numeric.bound / scale)


def _statuses(
    kinds: NDArray[np.str_], error: Vector, bound: Vector, relative: Vector, resolution: Vector
) -> NDArray[np.int8]:
    """Return the status of each entry, as an index into STATUSES; the first that holds."""
    smooth = kinds == "smooth"
    cases: list[tuple[NDArray[np.bool_], Status]] = [
        (kinds == "jump", "jump"),
        ((error > bound) & smooth, "fail"),
        ((kinds == "unconfirmed") | ~(relative <= resolution), "unresolved"),
        ((kinds == "kink") & (error == 0), "kink"),
        (kinds == "kink", "outside kink"),
    ]
    codes = [np.int8(STATUSES.index(status)) for _, status in cases]
    return np.select([holds for holds, _ in cases], codes, np.int8(STATUSES.index("pass")))


def reason_for(found: set[Status], seen: float, resolution: float) -> tuple[Verdict, str]:
    """Return the verdict and its reason: one wrong entry outweighs all else, then what was not seen, then kinks."""
    if "fail" in found:
        return "fail", "the gradient differs from the numerical derivative at every step that can see it."
    if "outside kink" in found:
        return "fail", "f has a kink here and the gradient lies outside the one-sided derivatives."
    if "jump" in found:
        return (
            "nondifferentiable",
            "f jumps at the point: no value of the gradient is right. Choose another point.",
        )
    if "unresolved" in found:
        return "inconclusive", _why_unresolved(seen, resolution)
    if "kink" in found:
        return (
            "nondifferentiable",
            "f has a kink at the point; the gradient lies between the one-sided derivatives.",
        )
    return "pass", ""


def _why_unresolved(seen: float, resolution: float) -> str:
    if seen <= resolution:
        return (
            "the gradient disagrees with the differences, but not at three separated steps: neither right nor wrong for "
            "certain. Move the point a little, or let f accept complex input."
        )
    return (
        f"errors below {seen:.2g} of the gradient's scale cannot be seen here, resolution={resolution:g} asks for more. "
        "Let f accept complex input, shift it by a constant towards 0, compute it in float64, "
        "or pass a resolution that is good enough."
    )
