"""What became of each benchmark between two commits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gradproof_benchmarks import _decision
from gradproof_benchmarks._decision import Rule

Row = dict[str, Any]
Runs = tuple[list[Row], list[Row]]
# Run some benchmarks again: the rows of base and of head, one list for each round.
Rerun = Callable[[Sequence[Row], int], list[Runs]]

WORSE, BROKEN, BETTER, SAME, NEW, SKIPPED, OTHER = (
    *("regression", "broken", "improvement", "unchanged", "new", "skipped", "version differs"),
)

_NOT_TWICE = "the second series of rounds does not confirm the first"


@dataclass(frozen=True)
class Finding:
    """One benchmark at one point of its parameters, before and after."""

    name: str
    parameters: str
    kind: str
    unit: str
    outcome: str
    before: float | None = None
    after: float | None = None
    ratio: float | None = None
    how: str = ""
    rounds: tuple[tuple[float, float], ...] = field(default=())


def key_of(row: Row) -> tuple[str, int]:
    """Return what tells one benchmark at one point from all others."""
    return str(row["name"]), int(row.get("index", -1))


def kind_of(row: Row) -> str:
    """Return time, memory or count."""
    kind = str(row.get("type", ""))
    return {"time": "time", "timeraw": "time", "peakmemory": "memory", "memory": "memory"}.get(kind, "count")


def judged(
    base: list[Row], head: list[Row], rules: dict[str, Rule], rounds: int, rerun: Rerun
) -> list[Finding]:
    """Compare the screening of both commits, and confirm what it suspects.

    Parameters
    ----------
    base, head : list of dict
        What the screening measured, by benchmark.
    rules : dict of Rule
        By kind: time, memory, count.
    rounds : int
        Interleaved rounds that confirm a time or a memory; a count is run once more.
    rerun : callable
        Runs benchmarks again.

    Returns
    -------
    list of Finding
        Sorted by name and point.
    """
    before, after = ({key_of(row): row for row in rows} for rows in (base, head))
    findings: dict[tuple[str, int], Finding] = {}
    suspects: list[Row] = []
    for key in sorted(before | after):
        settled = _unmeasured(before.get(key), after.get(key))
        if settled is None:
            settled = _screened(before[key], after[key], rules[kind_of(after[key])])
        if settled is None:
            suspects.append(after[key])
        else:
            findings[key] = settled
    for kind in ("count", "memory", "time"):
        chosen = [row for row in suspects if kind_of(row) == kind]
        if chosen:
            passes = rerun(chosen, 1 if kind == "count" else rounds)
            first = ([before[key_of(row)] for row in chosen], chosen)
            findings |= _confirmed(chosen, [first, *passes] if kind == "count" else passes, rules[kind])
        changed = [row for row in chosen if findings[key_of(row)].outcome in {WORSE, BETTER}]
        if kind == "time" and changed:
            findings |= _reconfirmed(changed, passes, rerun(changed, rounds), rules[kind])
    return [findings[key] for key in sorted(findings)]


def _finding(row: Row, outcome: str, how: str = "", **rest: Any) -> Finding:
    kind = kind_of(row) if "type" in row else "module"
    return Finding(row["name"], row.get("parameters", ""), kind, _unit(row), outcome, how=how, **rest)


def _unit(row: Row) -> str:
    return {"time": "s", "memory": "bytes"}.get(kind_of(row), str(row.get("unit", "")))


def _value(row: Row, kind: str) -> float:
    # The least disturbed sample of a pass; a count or a memory has one sample.
    return float(min(row["samples"])) if kind == "time" else float(row["samples"][0])


def _unmeasured(base: Row | None, head: Row | None) -> Finding | None:
    """Settle what was not measured on both commits."""
    if head is None:
        return _lost(base or {})
    ran = base is not None and "samples" in base
    if "error" in head:
        where = "it ran on base and fails on head" if ran else "it fails on both commits"
        return _finding(head, BROKEN, f"{where}: {_last_line(head['error'])}")
    if "samples" not in head:
        return (
            _finding(head, BROKEN, "it ran on base and is skipped on head")
            if ran
            else _finding(head, SKIPPED)
        )
    if not ran:
        return _finding(head, NEW, _why_new(base), after=_value(head, kind_of(head)))
    if base is not None and base["version"] != head["version"]:
        return _finding(head, OTHER, f"version {base['version']} against {head['version']}")
    return None


def _lost(base: Row) -> Finding | None:
    ran = "samples" in base
    return _finding(
        base, BROKEN if ran else SKIPPED, "it ran on base and is gone on head" if ran else "gone on head"
    )


def _why_new(base: Row | None) -> str:
    if base is None:
        return "not there on base"
    return f"fails on base: {_last_line(base['error'])}" if "error" in base else "skipped on base"


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1][:200] if text.strip() else "no message"


def _screened(base: Row, head: Row, rule: Rule) -> Finding | None:
    """Settle what the screening does not suspect, of growth or of a gain to be confirmed; None for a suspect."""
    kind = kind_of(head)
    before, after = _value(base, kind), _value(head, kind)
    if _decision.suspected(rule, before, after):
        return None
    better = _decision.gained(rule, before, after)
    if better and kind != "count":
        return None
    ratio = _decision.ratio_of(before, after)
    return _finding(head, BETTER if better else SAME, before=before, after=after, ratio=ratio)


def _confirmed(suspects: list[Row], passes: list[Runs], rule: Rule) -> dict[tuple[str, int], Finding]:
    return {key_of(row): _decided(row, passes, rule) for row in suspects}


def _reconfirmed(
    changed: list[Row], passes: list[Runs], more: list[Runs], rule: Rule
) -> dict[tuple[str, int], Finding]:
    """Hold on to a change of a time where a second series, begun later, says the same by itself and with the first.

    On a machine that runs more than it has cores, six rounds in a row can fall out one way. What the code does
    shows in each series.
    """
    alone, pooled = _confirmed(changed, more, rule), _confirmed(changed, [*passes, *more], rule)
    return {
        key: found
        if alone[key].outcome == found.outcome
        else replace(found, outcome=SAME, how=f"{found.how}; {_NOT_TWICE}")
        for key, found in pooled.items()
    }


def _decided(row: Row, passes: list[Runs], rule: Rule) -> Finding:
    kind, key = kind_of(row), key_of(row)
    pairs = [tuple(next(run for run in side if key_of(run) == key) for side in both) for both in passes]
    for run in (run for pair in pairs for run in pair):
        if "samples" not in run:
            why = _last_line(run.get("error", "skipped"))
            return _finding(row, BROKEN, f"it ran once and not again: {why}")
    before, after = ([_value(pair[side], kind) for pair in pairs] for side in (0, 1))
    rounds = tuple(zip(before, after, strict=True))
    if kind == "count":
        found = _decision.deterministic(rule, before, after)
        if found is None:
            how = f"it must give one number for one commit; got {before} and {after}. Seed it, or make it a time_"
            return _finding(row, BROKEN, how, rounds=rounds)
        how = "the same number twice on each commit"
    else:
        found = _decision.compared(rule, before, after)
        how = f"head costs more in {sum(a > b for b, a in rounds)} of {len(rounds)} interleaved rounds"
    better = kind != "count" and _decision.compared(rule, after, before).worse
    outcome = WORSE if found.worse else BETTER if better else SAME
    numbers = {"before": found.before, "after": found.after, "ratio": found.ratio}
    return _finding(row, outcome, how, rounds=rounds, **numbers)
