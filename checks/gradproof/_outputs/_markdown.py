"""A run as Markdown: a table of all gradients and what is not right in full, for a job summary."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradproof._outputs._words import (
    at,
    evaluations,
    headline,
    hint,
    label,
    number,
    one_line,
    summary,
    visible,
    worst_first,
)
from gradproof._results import Result, Run

LIMIT = 2**20 - 2**12
"""Bytes: GitHub takes a job summary of 1 MiB, and the heading or note of whoever puts this into one needs some room."""

_LONGEST = 20_000
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~$-])")
_HEAD = "| gradient | verdict | worst margin | resolution | evaluations (f + grad) | seconds |"
_RULE = "| --- | --- | ---: | ---: | ---: | ---: |"


def render(run: Run) -> str:
    """Return the summary, the table and the details, worst first, and no more than LIMIT bytes of it."""
    results = worst_first(run.results)
    lines = [f"## gradproof: {escaped(summary(run))}", ""]
    if results:
        lines += ["The *margin* is the error in units of its bound: above 1 a gradient is wrong.", ""]
        lines += [_HEAD, _RULE]
    left = LIMIT - _size(lines)
    # Half for the table: what is wrong is worth more than a complete list of what is right.
    rows, cut = _fitting(map(_row, results), left // 2)
    lines += [*rows, *([""] if results else []), *_note(cut, "rows")]
    details, cut = _fitting(map(_details, (r for r in results if r.trouble)), LIMIT - _size(lines))
    lines += [*details, *_note(cut, "reports")]
    return "\n".join(lines).rstrip("\n") + "\n"


def _size(lines: list[str]) -> int:
    # The notes that are still to come are of bounded length.
    return sum(len(line.encode()) + 1 for line in lines) + 500


def _fitting(parts: Iterator[str], limit: int) -> tuple[list[str], int]:
    """Return the first parts that fit, and how many more there are."""
    kept: list[str] = []
    size = 0
    for part in parts:
        size += len(part.encode()) + 1
        if size > limit:
            return kept, 1 + sum(1 for _ in parts)
        kept.append(part)
    return kept, 0


def _note(cut: int, what: str) -> list[str]:
    return [f"*{cut} more {what} are left out: this summary may be no larger.*", ""] if cut else []


def _row(result: Result) -> str:
    margin, resolution = number(result.margin), number(result.resolution)
    shown = f"**{label(result)}**" if result.trouble else label(result)
    cells = (
        escaped(result.name),
        shown,
        margin,
        resolution,
        evaluations(result),
        f"{result.seconds:.3f}",
    )
    return f"| {' | '.join(cells)} |"


def _details(result: Result) -> str:
    """Return what is known of a gradient that is not right; the report itself folded."""
    lines = [f"### {escaped(headline(result))}", ""]
    if result.place is not None:
        lines += [f"Written at {_code(at(result))}.", ""]
    if result.diagnosis:
        lines += [f"Diagnosis: {escaped(result.diagnosis)}", ""]
    for part in hint(result):
        lines += [f"Explained by {_code(part.removeprefix('See: '))}.", ""]
    if result.evidence:
        lines += [f"Evidence: {_code(one_line(result.evidence))}", ""]
    lines += [
        "<details><summary>Report</summary>",
        "",
        _fenced(_clipped(result.message)),
        "",
        "</details>",
        "",
    ]
    return "\n".join(lines)


def _clipped(text: str) -> str:
    """Return a report of bearable length: its first lines tell most."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n... cut after {_LONGEST} characters"


def _code(text: str) -> str:
    """Return text as code, between more backticks than stand in it."""
    ticks = "`" * (1 + _longest(text))
    return f"{ticks} {text} {ticks}" if "`" in text else f"{ticks}{text}{ticks}"


def _fenced(text: str) -> str:
    """Return a block of text, in a fence longer than any in it."""
    fence = "`" * max(3, 1 + _longest(text))
    return f"{fence}text\n{visible(text)}\n{fence}"


def _longest(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def escaped(text: str) -> str:
    """Return text on one line in which Markdown and HTML see nothing but text."""
    return _SPECIAL.sub(r"\\\1", one_line(text).replace("&", "&amp;"))
