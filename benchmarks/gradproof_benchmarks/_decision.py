"""Whether a benchmark became worse: rules over numbers only, so that each can be shown to fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """When a kind of cost counts as worse.

    Attributes
    ----------
    ratio : float
        A cost whose head/base ratio is at least this is a regression, once confirmed.
    floor : float
        And whose difference is at least this, in the benchmark's own unit (seconds, bytes).
    suspicion : float
        The ratio from which the screening asks for a confirmation; below `ratio`, since one pass is noisy.
    agreement : float
        Share of rounds in which head must cost more than base.
    """

    ratio: float
    floor: float = 0.0
    suspicion: float = 1.0
    agreement: float = 0.75


@dataclass(frozen=True)
class Comparison:
    """What the rounds of two commits say; `before` and `after` are the minima over their rounds."""

    before: float
    after: float
    ratio: float
    agreement: float
    worse: bool


def ratio_of(before: float, after: float) -> float:
    """Return after/before; infinite where something grew out of nothing, and 1 where both are nothing."""
    if before > 0:
        return after / before
    return 1.0 if after <= before else float("inf")


def suspected(rule: Rule, before: float, after: float) -> bool:
    """Say whether the screening of both commits asks for a confirmation.

    The floor is halved: a screening may well show less than there is.
    """
    return ratio_of(before, after) >= rule.suspicion and after - before >= rule.floor / 2


def gained(rule: Rule, before: float, after: float) -> bool:
    """Say whether the screening shows as much of a gain as a regression would need: less is not worth a confirmation."""
    return ratio_of(after, before) >= rule.ratio and before - after >= rule.floor


def compared(rule: Rule, before: Sequence[float], after: Sequence[float]) -> Comparison:
    """Compare the rounds of two commits, paired in the order in which they were interleaved.

    Whatever disturbs a timing adds to it, so the minimum over fresh processes is what stays of the code. It alone
    would trust one lucky round of base; hence the lower quartiles must show the same ratio, and head must cost more in
    most rounds. One round in four may disagree: a busy machine hits base as often as head.
    """
    low, high = min(before), min(after)
    agreement = sum(a > b for b, a in zip(before, after, strict=True)) / len(before)
    ratio = ratio_of(low, high)
    steady = ratio_of(_lower_quartile(before), _lower_quartile(after))
    worse = min(ratio, steady) >= rule.ratio and high - low >= rule.floor and agreement >= rule.agreement
    return Comparison(low, high, ratio, agreement, worse)


def _lower_quartile(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 4]


def deterministic(rule: Rule, before: Sequence[float], after: Sequence[float]) -> Comparison | None:
    """Compare costs that must repeat exactly; None where one of the two commits does not repeat its own."""
    if len(set(before)) > 1 or len(set(after)) > 1:
        return None
    ratio = ratio_of(before[0], after[0])
    return Comparison(before[0], after[0], ratio, float(after[0] > before[0]), ratio > rule.ratio)
