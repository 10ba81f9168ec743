"""What an examination says beside the evidence of an earlier one: whether it holds, and what is different, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gradproof._evidence._numbers import from_number, same
from gradproof._evidence._record import entry_now, plain_report
from gradproof._report import Entry, GradientReport

Plain = Mapping[str, Any]

_NUMBERS = ("analytic", "numeric", "error", "bound")
_SHOWN = 5


def differences(recorded: Plain, report: GradientReport, *, searched: bool) -> list[str]:
    """Return what is no longer as recorded, beyond what rounding explains.

    Parameters
    ----------
    recorded : mapping
        A report as plain values.
    report : GradientReport
        Of now.
    searched : bool
        The inputs were drawn: a search that saw too little then says "inconclusive" of whatever it saw last.
    """
    found = plain_report(report)
    if (
        searched
        and recorded["verdict"] == "inconclusive"
        and not found["passed"]
        and found["verdict"] != "fail"
    ):
        return []
    before, after = _verdict(recorded), _verdict(found)
    changed = [text for part in ("entries", "along") for text in _changed(recorded[part], report, part)]
    words = wording(recorded, report)
    if before == after and not changed and not _by_a_guard(recorded):
        return []  # numbers that are the same but for rounding may still be told in other words
    said = [f"verdict: {before} then, {after} now"] if before != after else []
    said += [*words, *changed[:_SHOWN]]
    return said + [f"and {len(changed) - _SHOWN} more"] * (len(changed) > _SHOWN)


def wording(recorded: Plain, report: GradientReport) -> list[str]:
    """Return what is told in other words: the cause, and the reason but for the numbers in it."""
    told = []
    if _cause(recorded["diagnosis"]) != _cause(report.diagnosis):
        told.append(f"diagnosis: {recorded['diagnosis'] or 'none'} then, {report.diagnosis or 'none'} now")
    if _without_numbers(recorded["reason"]) != _without_numbers(report.reason):
        told.append(f"reason: {recorded['reason'] or 'none'} then, {report.reason or 'none'} now")
    return told


def _by_a_guard(report: Plain) -> bool:
    """Tell whether it is the reason that says what was found, and no number does."""
    seen = [*report["entries"]["worst"], *report["along"]["worst"]]
    return report["verdict"] == "fail" and all(entry["status"] in {"pass", "kink"} for entry in seen)


def _verdict(report: Plain) -> str:
    """Return the verdict; at a kink, with what it makes of the gradient there."""
    if report["verdict"] != "nondifferentiable":
        return str(report["verdict"])
    return "nondifferentiable" if report["passed"] else "nondifferentiable, not passed"


def _cause(diagnosis: str | None) -> str | None:
    return None if diagnosis is None else diagnosis.partition(":")[0]


def _without_numbers(text: str) -> str:
    return re.sub(r"[-+]?(\d[\d.,]*(e[-+]?\d+)?|inf|nan)", "#", text)


def _changed(recorded: Plain, report: GradientReport, part: str) -> Iterator[str]:
    """Yield the entries, or directions, that are not within the bounds of both of what they were."""
    count = len(report.compared.positions) if part == "entries" else len(report.along)
    if recorded["count"] != count:
        yield f"{_PARTS[part]} compared: {recorded['count']} then, {count} now"
    for then in recorded["worst"]:
        now = entry_now(report, part, then["number"])
        text = "no longer compared by itself" if now is None else _moved(then, now)
        if text:
            yield f"{_name(then)}: {text}"


_PARTS = {"entries": "entries", "along": "directions"}


def _name(entry: Plain) -> str:
    return Entry(entry["path"], tuple(entry["index"]), 0, 0, 0, 0, "pass").name


def _moved(then: Plain, now: Plain) -> str:
    """Say how an entry differs from what it was, by more than both bounds together."""
    before, after = ({name: from_number(entry[name]) for name in _NUMBERS} for entry in (then, now))
    parts = [] if then["status"] == now["status"] else [f"{then['status']} then, {now['status']} now"]
    allowed = before["bound"] + after["bound"]
    for name in ("analytic", "numeric"):
        apart = not same(before[name], after[name]) and not abs(before[name] - after[name]) <= allowed
        if apart:
            parts.append(f"{name} {before[name]!r} then, {after[name]!r} now")
    return "; ".join(parts)
