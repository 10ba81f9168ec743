"""What the gate found, for people (Markdown) and for programs (JSON)."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from gradproof_benchmarks import _verdicts
from gradproof_benchmarks._gate import WORDS, Result
from gradproof_benchmarks._verdicts import Finding

_ORDER = (
    *(_verdicts.WORSE, _verdicts.BROKEN, _verdicts.BETTER, _verdicts.NEW, _verdicts.OTHER),
    *(_verdicts.SKIPPED, _verdicts.SAME),
)


def markdown(result: Result) -> str:
    """Return the summary: commits, verdict, counts and a table, what is wrong first."""
    lines = [f"## Speed: {WORDS[result.status]}", ""]
    for side, commit in result.commits.items():
        lines.append(f"- {side}: `{commit['commit'][:10]}` {_escaped(commit['subject'])}")
    counts = ", ".join(f"{number} {outcome}" for outcome, number in result.counts.items()) or "none selected"
    lines += [f"- {result.measured} measured on both; {counts}", f"- {_strictness(result)}"]
    if result.dirty:
        lines.append("- uncommitted changes are not measured")
    shown = sorted(result.findings, key=lambda found: _ORDER.index(found.outcome))
    if shown:
        lines += ["", "| outcome | benchmark | parameters | before | after | ratio | how it is known |"]
        lines += ["| --- | --- | --- | ---: | ---: | ---: | --- |", *map(_line, shown)]
    return "\n".join(lines) + "\n"


def as_json(result: Result) -> str:
    """Return the same facts as JSON."""
    settings = dataclasses.asdict(result.settings) | {"folder": None}
    settings.pop("folder")
    found: dict[str, Any] = {
        "format": "gradproof-gate/1",
        "verdict": WORDS[result.status],
        "status": result.status,
        "commits": result.commits,
        "dirty": result.dirty,
        "measured": result.measured,
        "counts": result.counts,
        "settings": settings,
        "seconds": round(result.seconds, 1),
        "benchmarks": [_finite(dataclasses.asdict(finding)) for finding in result.findings],
    }
    return json.dumps(found, indent=1, allow_nan=False) + "\n"


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out a ratio to nothing: JSON has no infinity."""
    infinite = row["ratio"] == float("inf")
    return row | ({"ratio": None} if infinite else {})


def _strictness(result: Result) -> str:
    given = result.settings
    return (
        f"fails on counts above {100 * given.growth:g} %, on times of {given.ratio:g} times and {given.floor_ms:g} ms "
        f"more, on memory of {given.ratio:g} times and {given.memory_floor_mib:g} MiB more"
    )


def _line(found: Finding) -> str:
    ratio = "" if found.ratio is None else f"{found.ratio:.3f}"
    cells = [found.outcome, f"`{found.name}`", _escaped(found.parameters), shown(found.before, found.unit)]
    cells += [shown(found.after, found.unit), ratio, _escaped(found.how)]
    return "| " + " | ".join(cells) + " |"


def shown(value: float | None, unit: str) -> str:
    """Return a number with a unit in which it reads well."""
    if value is None:
        return ""
    if unit == "s":
        scale, name = next(
            (pair for pair in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")) if value >= pair[0]), (1e-9, "ns")
        )
        return f"{value / scale:.3g} {name}"
    if unit == "bytes" and value >= 2**20:
        return f"{value / 2**20:.4g} MiB"
    return f"{value:.6g} {unit}".strip()


def _escaped(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
