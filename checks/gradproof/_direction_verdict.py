"""From residuals along random directions to a verdict."""

from __future__ import annotations

import numpy as np

from gradproof._by_directions import Findings
from gradproof._diagnosis import Evidence, diagnose
from gradproof._guards import AnalyticGradient
from gradproof._numeric import Method
from gradproof._report import STATUSES, Comparison, Entry, Status
from gradproof._structure import Arguments
from gradproof._verdict import Judgement, reason_for

_STATUS_OF_WRONG: dict[str, Status] = {
    "smooth": "fail",
    "kink": "outside kink",
    "jump": "jump",
    "unconfirmed": "unresolved",
}
_STATUS: dict[str, Status] = {"smooth": "pass", "kink": "kink", "jump": "jump", "unconfirmed": "unresolved"}


def judge_directions(
    arguments: Arguments, gradient: AnalyticGradient, findings: Findings, resolution: float
) -> Judgement:
    """Return the verdict on a gradient that was compared along directions, and the entries that were looked at."""
    compared = _compared(gradient, findings)
    residuals = [residual for group in findings.groups for residual in group.residuals]
    kinds = {residual.kind for residual in residuals}
    found: set[Status] = {STATUSES[code] for code in np.unique(compared.status)}
    if any(residual.refuted for residual in residuals):
        found.add("outside kink" if kinds == {"kink"} else "fail")
    elif "jump" in kinds:
        found.add("jump")
    elif "unconfirmed" in kinds or not findings.resolution <= resolution + findings.slopes.granted:
        found.add("unresolved")
    elif "kink" in kinds:
        found.add("kink")
    verdict, reason = reason_for(found, findings.resolution, resolution)
    if verdict == "fail":
        reason = " ".join([reason, *_whereabouts(arguments, findings)])
    method: Method = "complex step" if findings.slopes.complex_step else "differences"
    cause = _cause(arguments, gradient, findings, compared) if verdict == "fail" else None
    return Judgement(verdict, reason, findings.resolution, cause, compared, method, _along(findings))


def _cause(
    arguments: Arguments, gradient: AnalyticGradient, findings: Findings, compared: Comparison
) -> str | None:
    """Return the cause of a failure as text, from the entries that were looked at and the leaves that are right."""
    located = findings.located
    numeric, bound = np.full(len(gradient.values), np.nan), np.zeros(len(gradient.values))
    wrong, known = (np.zeros(len(gradient.values), dtype=np.bool_) for _ in range(2))
    numeric[compared.positions], bound[compared.positions] = compared.numeric, compared.bound
    known[compared.positions] = True
    wrong[compared.positions] = compared.status == STATUSES.index("fail")
    sampled = {sample.leaf for sample in located.at_large}
    doubtful = {piece.start for part in located.diffuse for piece in part}
    for number, leaf in enumerate(arguments.leaves):
        inside = slice(leaf.start, leaf.stop)
        # What was not called wrong is right, up to what the directions can see; but after a full list nothing is sure.
        sure = not located.full and not any(leaf.start <= start < leaf.stop for start in doubtful)
        if sure and number not in sampled:
            unseen = ~known[inside]
            numeric[inside] = np.where(unseen, gradient.values[inside], numeric[inside])
            known[inside] = True
    cause = diagnose(Evidence(arguments, gradient.values, numeric, bound, wrong, known, gradient.at))
    return None if cause is None else str(cause)


def _along(findings: Findings) -> tuple[Entry, ...]:
    """Return each direction as if it were an entry: ⟨gradient, direction⟩ beside the derivative along it."""
    return tuple(
        Entry(
            f"direction {number}",
            (),
            seen.claim,
            seen.slope,
            abs(seen.value),
            seen.bound,
            ("outside kink" if seen.kind == "kink" else "fail") if seen.refuted else _STATUS[seen.kind],
        )
        for group in findings.groups
        for number, seen in enumerate(group.residuals)
    )


def _compared(gradient: AnalyticGradient, findings: Findings) -> Comparison:
    located = findings.located
    order = np.argsort(np.array(located.positions, dtype=np.intp), kind="stable")
    positions = np.array(located.positions, dtype=np.intp)[order]
    numeric, bound = np.array(located.numeric)[order], np.array(located.bound)[order]
    analytic = gradient.values[positions]
    error = np.abs(analytic - numeric)
    status = [
        STATUSES.index(_STATUS_OF_WRONG[located.kind[i]] if wrong else "pass")
        for i, wrong in zip(order, error > bound, strict=True)
    ]
    return Comparison(positions, analytic, numeric, error, bound, np.array(status, dtype=np.int8))


def _whereabouts(arguments: Arguments, findings: Findings) -> list[str]:
    """Say what no list of entries can: leaves that are wrong at large, and errors that no entry stands out of."""
    located = findings.located
    texts = []
    for sample in located.at_large:
        leaf = arguments.leaves[sample.leaf]
        whole = "throughout" if sample.wrong == sample.seen else "in many places"
        texts.append(
            f"{leaf.path} is wrong {whole}: {sample.wrong} of {sample.seen} entries looked at, "
            f"of {leaf.stop - leaf.start}."
        )
    if located.full:
        texts.append("There are more than the entries named here.")
    paths = sorted({path for part in located.diffuse for path in _paths(arguments, part)})
    if paths:
        texts.append(f"No single entry of {', '.join(paths)} stands out of an error that they make together.")
    return texts


def _paths(arguments: Arguments, part: tuple[slice, ...]) -> list[str]:
    return [arguments.locate(piece.start)[0] for piece in part]
