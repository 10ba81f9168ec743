"""The section of the terminal's summary: how many gradients, how near to their bounds, and at what cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from gradproof._results import Result

_TOP = 3
_VERDICTS = ("pass", "nondifferentiable", "inconclusive", "fail", "error")


def write_summary(terminal: pytest.TerminalReporter, results: Sequence[Result]) -> None:
    """Write the section; one line of it with -q, a line for every check with -v."""
    line = _counts(results)
    colour = {_colour(results): True}
    if terminal.verbosity < 0:
        terminal.write_line(f"gradproof: {line}", **colour)
        return
    terminal.section("gradproof", bold=True)
    terminal.write_line(line, **colour)
    f, grad = (sum(result.evaluations.get(name, 0) for result in results) for name in ("f", "grad"))
    terminal.write_line(f"{f} evaluations of f, {grad} of grad, {_seconds(results)}")
    for text in _every(results) if terminal.verbosity > 0 else _some(results):
        terminal.write_line(text)


def _counts(results: Sequence[Result]) -> str:
    """Return how many checks came to which verdict: 3 checks of gradients: 2 pass, 1 fail (expected)."""
    seen = Counter((_verdict(result), result.outcome == "expected") for result in results)
    parts = [
        f"{seen[verdict, known]} {verdict}{' (expected)' if known else ''}"
        for verdict in _VERDICTS
        for known in (False, True)
        if seen[verdict, known]
    ]
    checks = "1 check of a gradient" if len(results) == 1 else f"{len(results)} checks of gradients"
    return f"{checks}: {', '.join(parts)}"


def _colour(results: Sequence[Result]) -> str:
    outcomes = {result.outcome for result in results}
    return "red" if "wrong" in outcomes else "yellow" if "unchecked" in outcomes else "green"


def _verdict(result: Result) -> str:
    return result.verdict or "error"


def _seconds(results: Sequence[Result]) -> str:
    return f"{sum(result.seconds for result in results):.2f} s"


def _some(results: Sequence[Result]) -> Iterator[str]:
    """Yield the right ones that are nearest to their bounds, then those that took longest."""
    right = [result for result in results if result.outcome == "right"]
    nearest = sorted((r for r in right if r.margin), key=lambda r: r.margin or 0.0, reverse=True)[:_TOP]
    if nearest:
        yield "largest errors of those that passed, in units of their bounds:"
        yield from (f"  {result.margin:8.2g}  {_named(result)}" for result in nearest)
    slowest = sorted(results, key=lambda result: result.seconds, reverse=True)[:_TOP]
    yield "slowest:"
    yield from (f"  {result.seconds:6.2f} s  {_named(result)}" for result in slowest)


def _every(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        margin = "" if result.margin is None else f"error {result.margin:.2g} of its bound, "
        resolution = "" if result.resolution is None else f"resolution {result.resolution:.2g}, "
        f, grad = (result.evaluations.get(name, 0) for name in ("f", "grad"))
        yield (
            f"  {_verdict(result):17} {_named(result)}: {margin}{resolution}"
            f"{f} of f, {grad} of grad, {result.seconds:.2f} s{', expected' if result.outcome == 'expected' else ''}"
        )


def _named(result: Result) -> str:
    return f"{result.name}  {result.where}"
