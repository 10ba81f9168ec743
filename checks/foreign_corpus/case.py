"""A gradient that someone else wrote, with a point at which it is examined, and what came of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

import gradproof as gp

SEED = 1
Verdict = Literal["pass", "fail", "nondifferentiable", "inconclusive"]


@dataclass(frozen=True)
class Case:
    """One examination of foreign code.

    Attributes
    ----------
    name : str
        "operator: where", unique in the corpus.
    f, grad : callable
        As `examine` takes them.
    args : tuple
    options : mapping
        Options of `examine`.
    remark : str
        What is particular about it.
    points : int
        Points at which the operator is looked at: quantiles of a distribution, samples of a loss.
    examine : callable
        `gp.examine_gradient`, or the examination of another kind of derivative.
    """

    name: str
    f: Callable[..., Any]
    grad: Callable[..., Any]
    args: tuple[Any, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    remark: str = ""
    points: int = 1
    examine: Callable[..., gp.GradientReport] = gp.examine_gradient

    @property
    def operator(self) -> str:
        """The operator alone, without where it is looked at."""
        return self.name.partition(": ")[0]

    def report(self) -> gp.GradientReport:
        """Examine it; what scipy warns of on the way, overflow or a quadrature in difficulty, is its own affair."""
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return self.examine(self.f, self.grad, *self.args, **{"seed": SEED, **self.options})


class Outcome(NamedTuple):
    """What came of a case; `margin` is the largest error in units of its bound, above 1 where it is wrong."""

    name: str
    points: int
    verdict: str
    margin: float
    evaluations: int
    remark: str

    @property
    def operator(self) -> str:
        """The operator alone, without where it was looked at."""
        return self.name.partition(": ")[0]


class Deviation(NamedTuple):
    """A verdict other than a pass that is the right one, and why: with the evidence."""

    verdict: Verdict
    reason: str


def outcome_of(case: Case, deviations: Mapping[str, Deviation]) -> Outcome:
    """Examine a case."""
    report = case.report()
    excess = [*report.compared.excess, *(entry.excess for entry in report.along)]
    known = deviations.get(case.name)
    remark = case.remark if known is None else known.reason
    if report.verdict != (known.verdict if known else "pass"):
        remark = report.reason or "passes"
    margin = float(max(excess, default=np.inf))
    return Outcome(case.name, case.points, report.verdict, margin, report.evaluations.f, remark)


def surprises(outcomes: Iterable[Outcome], deviations: Mapping[str, Deviation]) -> list[str]:
    """Return what did not come out as it is known to: false alarms, and known deviations that did not show."""
    found = []
    for outcome in outcomes:
        expected = deviations[outcome.name].verdict if outcome.name in deviations else "pass"
        if outcome.verdict != expected:
            found.append(
                f"{outcome.name} must be {expected}; got {outcome.verdict}, margin {outcome.margin:.2g}: {outcome.remark}"
            )
    return found
