"""What a check, and the test around it, make of a gradient. Loads NumPy: only for a gradient that was checked."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any

from gradproof._observe import Check
from gradproof._place import place_of
from gradproof._results import Place, Result

_RANK = {"right": 0, "expected": 1, "unchecked": 2, "wrong": 3}


def result_of(check: Check, where: str) -> Result:
    """Return what became of one check in a test, before the test has its say."""
    f, grad = check.evaluations
    place = _place(check.function)
    if check.report is None:
        error = "".join(traceback.format_exception_only(check.error)).rstrip() if check.error else ""
        return Result(
            check.name,
            where,
            "unchecked",
            error,
            place,
            evaluations={"f": f, "grad": grad},
            seconds=check.seconds,
        )
    mismatch = getattr(check.error, "report", None) is not None
    notes = getattr(check.error, "__notes__", []) if mismatch else []
    result = Result.of_report(
        check.report, name=check.name, where=where, place=place, notes=notes, seconds=check.seconds
    )
    return dataclasses.replace(result, evaluations={"f": f, "grad": grad})


def _place(function: Callable[..., Any] | None) -> Place | None:
    """Return the place of a function; a plain one is looked up once for all inputs that a test draws."""
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__"):
        return place_of(function)
    if code not in _places:
        _places[code] = place_of(function)
    return _places[code]


_places: dict[CodeType, Place | None] = {}


def worse(one: Result, other: Result) -> Result:
    """Return the result that tells more of two about the same gradient, with the cost of both; of equals the later, which is smaller."""
    ranks = (_RANK[one.outcome], one.margin or 0.0), (_RANK[other.outcome], other.margin or 0.0)
    later = other.outcome != "right" and ranks[1][0] >= ranks[0][0]
    kept = other if later or ranks[1] > ranks[0] else one
    evaluations = {name: one.evaluations[name] + other.evaluations[name] for name in ("f", "grad")}
    return dataclasses.replace(kept, evaluations=evaluations, seconds=one.seconds + other.seconds)


def in_test(values: Mapping[str, Any], *, failed: bool) -> Result:
    """Return a result as it counts: a test that does not fail vouches for what came out in it.

    A gradient that a test expects to be wrong (``pytest.raises``, xfail) keeps its verdict and its message, and its outcome
    is "expected".
    """
    result = Result.from_dict(values)
    if failed or result.outcome == "right":
        return result
    return dataclasses.replace(result, outcome="expected")
