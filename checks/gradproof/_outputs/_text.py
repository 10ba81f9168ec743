"""A run as text for a terminal: one line per gradient, what is not right in full, and one line about all, in ASCII."""

from __future__ import annotations

from gradproof._outputs._words import (
    ascii_only,
    at,
    evaluations,
    hint,
    label,
    number,
    one_line,
    summary,
    visible,
)
from gradproof._results import Result, Run


def render(run: Run) -> str:
    """Return all blocks and the summary."""
    return "\n".join([*map(block, run.results), closing(run)]) + "\n"


def block(result: Result) -> str:
    """Return the line about a gradient, and all that is known of one that is not right; for printing one by one."""
    if not result.trouble:
        return line(result)
    place = at(result)
    where = [f"  {place}"] if place else []
    text = [f"  {part}" for part in visible(result.message).rstrip("\n").split("\n") if result.message]
    kept = [f"  evidence: {one_line(result.evidence)}"] if result.evidence else []
    return ascii_only(
        "\n".join([line(result), *where, *text, *kept, *(f"  {part}" for part in hint(result))])
    )


def line(result: Result) -> str:
    """Return the verdict, the name, the worst margin, the resolution, the evaluations and the seconds on one line."""
    seen = []
    if result.margin is not None:
        seen.append(f"worst error {number(result.margin)} of its bound")
    if result.resolution is not None:
        seen.append(f"resolution {number(result.resolution)}")
    if result.evaluations:
        seen.append(f"{evaluations(result)} evaluations")
    seen.append(f"{result.seconds:.3f} s")
    if result.outcome == "expected":
        seen.append("as its test expects")
    return ascii_only(f"{label(result):17} {one_line(result.name)}: {', '.join(seen)}")


def closing(run: Run) -> str:
    """Return the last line."""
    return ascii_only(summary(run))
