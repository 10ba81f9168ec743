"""What every verdict, reason and cause means, and what to do about it: for `gradproof explain`, SARIF's rules and the docs."""

from __future__ import annotations

import difflib
import re
from functools import cache

from gradproof._catalogue._explanation import Explanation, Kind
from gradproof._catalogue._guards import GUARDS, guard_of
from gradproof._catalogue._places import PLACES
from gradproof._catalogue._values import VALUES
from gradproof._catalogue._verdicts import OUTCOMES, STATUSES, VERDICTS
from gradproof._results import Result

__all__ = ["Explanation", "Kind", "cause_of", "explain", "explanations", "guard_of", "topic_of"]

CAUSES = (*VALUES, *PLACES)
# Causes that differ in a number, a type or a place are explained together.
_FAMILIES = (
    (re.compile(r"factor -?[\d.]\S*"), "factor"),
    (re.compile(r"precision of \w+"), "precision"),
    (re.compile(r"mask .+"), "mask"),
    (re.compile(r"(off|on|above|below) the diagonal"), "diagonal"),
)


@cache
def explanations() -> tuple[Explanation, ...]:
    """Return all explanations, verdicts first."""
    return (*VERDICTS, *OUTCOMES, *STATUSES, *CAUSES, *GUARDS)


def explain(name: str) -> Explanation:
    """Return the explanation of a verdict or cause; `factor 4` leads to `factor`, in upper case or lower.

    Raises
    ------
    KeyError
        Where there is none; the message names the nearest.
    """
    known = {entry.name.casefold(): entry for entry in explanations()}
    word = " ".join(name.split()).casefold()
    entry = known.get(word) or known.get((cause_of(name) or "").casefold())
    if entry is not None:
        return entry
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    remedy = f"Did you mean {known[near[0]].name!r}?" if near else "`gradproof explain` lists all."
    raise KeyError(f"a word to explain must be one that a report prints; got {name!r}. {remedy}")


def cause_of(diagnosis: str | None) -> str | None:
    """Return the name under which the cause of a diagnosis is explained, or None."""
    head = " ".join((diagnosis or "").partition(":")[0].split()).casefold()
    exact = next((entry.name for entry in CAUSES if entry.name.casefold() == head), None)
    return exact or next((family for pattern, family in _FAMILIES if pattern.fullmatch(head)), None)


def topic_of(result: Result) -> str | None:
    """Return the name of what explains best why a gradient is not right: its cause, else what was noticed, else the verdict."""
    if not result.trouble:
        return None
    status = str(result.worst["status"]) if result.worst else ""
    return (
        cause_of(result.diagnosis)
        or guard_of(result.reason or result.message)
        or next((entry.name for entry in STATUSES if entry.name == status), None)
        or result.verdict
        or "error"
    )
