"""Several examinations of one product as one report: what each part saw, under a path that says where it looked."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from gradproof._by_directions import MISS_PROBABILITY
from gradproof._nesting import Vector
from gradproof._products._outputs import name_of
from gradproof._products._point import Point
from gradproof._report import Comparison, GradientMismatch, GradientReport
from gradproof._structure import Arguments

_WORST_FIRST = ("fail", "inconclusive", "nondifferentiable", "pass")
_FEWEST, _MOST = 2, 20


class Part(NamedTuple):
    """One examination of a scalar, and its arguments under the names that they have in the whole."""

    label: str
    report: GradientReport
    args: tuple[Any, ...]
    names: tuple[str, ...]


Look: TypeAlias = Callable[[Vector, str], Part]


def together(parts: list[Part], point: Point, what: str) -> GradientReport:
    """Return one report of all parts: the verdict is the worst of theirs, the entries are those of all.

    Parameters
    ----------
    point : Point
        What was examined, and how often it was called for that.
    what : str
        What took the place of grad: "vjp", "jacobian", ...
    """
    worst = min(parts, key=lambda part: _WORST_FIRST.index(part.report.verdict))
    arguments = Arguments(
        tuple(arg for part in parts for arg in part.args),
        tuple(name for part in parts for name in part.names),
    )
    reports = [part.report for part in parts]
    starts = np.cumsum([0, *(Arguments(part.args, part.names).vector.size for part in parts)])
    columns = [
        report.compared._replace(positions=report.compared.positions + start)
        for report, start in zip(reports, starts[:-1], strict=True)
    ]
    methods = {report.method for report in reports}
    # Only where the guards speak of the callable: paths may begin with the same word.
    reason = re.sub(r"^grad\b", what, worst.report.reason)
    return dataclasses.replace(
        worst.report,
        function=name_of(point.f),
        reason=f"{worst.label}: {reason}" if reason else "",
        resolution=max(report.resolution for report in reports),
        evaluations=point.evaluations,
        method="complex step" if methods == {"complex step"} else worst.report.method,
        seed=point.seed,
        along=tuple(
            dataclasses.replace(entry, path=f"{part.label}, {entry.path}")
            for part in parts
            for entry in part.report.along
        ),
        compared=Comparison(*(np.concatenate(column) for column in zip(*columns, strict=True))),
        arguments=arguments,
    )


def numerous(look: Callable[[int], Part], resolution: float) -> list[Part]:
    """Look along fresh random weights, as often as an error of `resolution` takes not to hide; stop at one that fails.

    A wrong entry moves the sum by at least itself, and evenly over a range as wide: it hides behind the bound of one sum
    with a probability of at most bound / error, and behind k sums with the k-th power of that.
    """
    parts: list[Part] = []
    needed = _FEWEST
    while len(parts) < needed:
        part = look(len(parts))
        parts.append(part)
        if not part.report.passed:
            break
        needed = needed_for(parts[0].report.resolution / resolution)
    return parts


def needed_for(hidden: float) -> int:
    """Return how many looks hide an error with MISS_PROBABILITY that one of them hides with this probability."""
    if not 0 < hidden < 1:
        return _FEWEST if hidden == 0 else _MOST
    return int(np.clip(np.ceil(np.log(MISS_PROBABILITY) / np.log(hidden)), _FEWEST, _MOST))


def narrowed(look: Look, weights: Vector, name: Callable[[int], str], failed: Part) -> tuple[Part, Vector]:
    """Return the examination of the fewest weighted entries that still fails, and its weights; by bisection.

    Parameters
    ----------
    look : callable
        ``look(weights, label)`` examines a sum.
    name : callable
        The name of an entry.
    failed : Part
        What `weights` showed.
    """
    while np.count_nonzero(weights) > 1:
        chosen = np.flatnonzero(weights)
        for half in (chosen[: len(chosen) // 2], chosen[len(chosen) // 2 :]):
            masked = np.zeros_like(weights)
            masked[half] = 1.0 if len(half) == 1 else weights[half]
            part = look(masked, name(int(half[0])) if len(half) == 1 else failed.label)
            if part.report.verdict == "fail":
                failed, weights = part, masked
                break
        else:
            break
    return failed, weights


def require(report: GradientReport) -> GradientReport:
    """Return a report that passed; raise GradientMismatch otherwise."""
    if not report.passed:
        raise GradientMismatch(report)
    return report
