"""What all formats say alike: how a result is called, its numbers, the sentences about it, and which come first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite, isnan

from gradproof._catalogue import topic_of
from gradproof._results import Outcome, Result, Run

_NAMED = 5
_REFUTED = {"fail", "outside kink"}
_ORDER: dict[Outcome, int] = {"wrong": 0, "unchecked": 1, "expected": 2, "right": 3}
# What would move the cursor or end a line elsewhere than a newline does; lone surrogates and noncharacters
# cannot be written everywhere.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def label(result: Result) -> str:
    """Return the verdict, or "error" where an error was raised before there was one."""
    return result.verdict or "error"


def visible(text: str) -> str:
    """Return a text with every control character but the newline and the tab written out."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """Return a text on one line."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def ascii_only(text: str) -> str:
    """Return a text that every terminal can show."""
    return visible(text).encode("ascii", "backslashreplace").decode()


def number(value: float | None) -> str:
    """Return a number in two digits, "-" for none."""
    return "-" if value is None else f"{value:.2g}"


def finite(value: float | None) -> float | str | None:
    """Return a number for JSON, which has no infinities: "Infinity", "-Infinity" and "NaN" are strings there."""
    if not isinstance(value, float) or isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"


def evaluations(result: Result) -> str:
    """Return how often f and grad were called, as "35 + 3"; "-" where they were not counted."""
    counts = result.evaluations
    return f"{counts.get('f', 0)} + {counts.get('grad', 0)}" if counts else "-"


def headline(result: Result) -> str:
    """Say in one sentence what became of a gradient."""
    name = one_line(result.name)
    if result.outcome == "right":
        return f"The gradient of {name} is right."
    if result.outcome == "wrong":
        return f"The gradient of {name} is wrong."
    if result.outcome == "expected":
        return f"The gradient of {name} did not pass, as its test expects."
    return f"The gradient of {name} could not be checked."


def brief(result: Result) -> list[str]:
    """Return what to read first of a gradient that is not right, a sentence or two each: what, where, why, and what next."""
    lines = [headline(result)]
    reason = result.reason or ("" if result.verdict else _last_line(result.message))
    if reason:
        lines.append(one_line(reason))
    worst = result.worst
    # A gradient can be wrong in its behaviour while every entry is right.
    if worst is not None and worst["status"] in _REFUTED:
        lines.append(
            f"At {one_line(str(worst['name']))} it is {worst['analytic']!r}, the numerical derivative "
            f"{worst['numeric']!r} +- {worst['bound']:.2g}."
        )
    if result.diagnosis:
        lines.append(
            f"Diagnosis: {one_line(result.diagnosis)}" + ("" if result.diagnosis[-1] in ".?" else ".")
        )
    return [*lines, *hint(result)]


def hint(result: Result) -> list[str]:
    """Name the command that explains what was found, where something was."""
    topic = topic_of(result)
    if not result.trouble or topic is None:
        return []
    word = f'"{topic}"' if " " in topic else topic
    return [f"See: gradproof explain {word}"]


def _last_line(text: str) -> str:
    """Return the last line with something in it: of a traceback the error."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def at(result: Result) -> str:
    """Return where the gradient is written, as path:line, or nothing."""
    return f"{one_line(result.place.path)}:{result.place.line}" if result.place else ""


def worst_first(results: Iterable[Result]) -> list[Result]:
    """Return the wrong ones first, the most evidently wrong of them first, then what could not be checked."""
    return sorted(results, key=lambda result: (_ORDER[result.outcome], -_margin(result)))


def _margin(result: Result) -> float:
    """Return the margin for sorting: an order needs a number for NaN and for none."""
    margin = result.margin
    if result.outcome != "wrong" or margin is None:
        return 0.0
    return float("inf") if isnan(margin) else margin


def summary(run: Run) -> str:
    """Say in one line what became of all: "2 of 3 gradients are right, 1 wrong: a.b"."""
    if not run.results:
        return "no gradients were found: nothing is proven"
    gradients = sum(not result.is_module for result in run.results)
    text = (
        f"{run.counts['right']} of {gradients} gradients are right" if gradients else "no gradient was found"
    )
    for outcome in ("wrong", "unchecked", "expected"):
        names = [one_line(result.name) for result in run.results if result.outcome == outcome]
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            what = "not, as expected" if outcome == "expected" else outcome
            text += f", {len(names)} {what}: {', '.join(names[:_NAMED])}{more}"
    return text
