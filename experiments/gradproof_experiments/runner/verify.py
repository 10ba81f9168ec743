"""What ``gradproof verify`` does: compute kept runs again, and hold the committed reports against what is kept."""

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

from gradproof_experiments._console import console_for_all, say
from gradproof_experiments.item import Item

from .commands import planned
from .execute import compute
from .plan import Run
from .store import Store, opened
from .sweep import Sweep, items_of

__all__ = ["difference", "table_differences", "verify_runs"]

# Another CPU or BLAS sums in another order, which a long training multiplies. On one machine the bits are the same.
_TOLERANCE = 1e-6


def verify_runs(options: argparse.Namespace) -> int:
    """Verify the named experiments; 0 if all agrees, 1 if something differs, 2 if something could not be compared."""
    console, sweeps = console_for_all(), planned(options)
    with opened(options.store, create=False) as store:
        kept = store.keys()
        runs = [run for each in sweeps for run in each.runs if run.key in kept]
        chosen = runs if options.all or len(runs) <= options.sample else _sample(runs, options.sample)
        different = _recompute(console, store, chosen)
        complete = [each for each in sweeps if all(run.key in kept for run in each.runs)]
        for each in sweeps:
            if each not in complete:
                missing = sum(run.key not in kept for run in each.runs)
                say(
                    console,
                    f"{each.experiment.name}: {missing} of {len(each.runs)} runs are not kept: its report is not compared",
                )
        # Committed reports are of the full set: nothing else can agree with them.
        whole = not (options.quick or options.set or options.seeds)
        if not whole:
            say(console, "another configuration than that of the committed reports: these are not compared")
        found = list(_compare_reports(console, complete, store, options.root / "reports")) if whole else []
    if different or any(found):
        return 1
    return 2 if len(complete) < len(sweeps) or not chosen else 0


def _sample(runs: Sequence[Run], size: int) -> list[Run]:
    # Not the same ten each time: what one verification cannot see, the next may.
    chosen = np.random.default_rng().choice(len(runs), size, replace=False)
    return [runs[i] for i in sorted(chosen.tolist())]


def _recompute(console: Console, store: Store, runs: Sequence[Run]) -> int:
    """Compute some runs again; how many of them differ."""
    if not runs:
        say(console, "no kept run is of this code and this configuration: none is computed again")
        return 0
    kept = store.columns(run.key for run in runs)
    worst, different = 0.0, 0
    for run in runs:
        done = compute(run)
        gap = math.inf if done.columns is None else difference(kept[run.key], done.columns)
        worst = max(worst, gap)
        if not gap <= _TOLERANCE:
            different += 1
            say(console, f"differs by {gap:.2g}: {run.key[:12]}  {run.label}\n{done.failure}")
    same = "the same bits" if worst == 0 else f"the largest relative difference is {worst:.2g}"
    say(console, f"{len(runs)} runs computed again: {same}")
    return different


def difference(kept: Mapping[str, Sequence[Any]], found: Mapping[str, Sequence[Any]]) -> float:
    """Largest difference between two tables, relative to the largest number of the column; inf where it is no number.

    Examples
    --------
    >>> difference({"a": [1.0, 2.0]}, {"a": [1.0, 2.0]}), difference({"a": [1.0, 4.0]}, {"a": [1.0, 2.0]})
    (0.0, 0.5)
    >>> difference({"a": ["x"]}, {"a": ["y"]}), difference({"a": [1.0]}, {"b": [1.0]})
    (inf, inf)
    """
    if kept.keys() != found.keys():
        return math.inf
    return max((_column_difference(kept[name], found[name]) for name in kept), default=0.0)


def _column_difference(kept: Sequence[Any], found: Sequence[Any]) -> float:
    if len(kept) != len(found):
        return math.inf
    pairs = list(zip(kept, found, strict=True))
    numbers = [(a, b) for a, b in pairs if isinstance(a, float) and isinstance(b, float)]
    if any(a != b for a, b in pairs if not (isinstance(a, float) and isinstance(b, float))):
        return math.inf
    scale = max((abs(a) for a, _ in numbers if math.isfinite(a)), default=0.0)
    return max((_distance(a, b, scale) for a, b in numbers), default=0.0)


def _distance(a: float, b: float, scale: float) -> float:
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    gap = abs(a - b)
    return gap / scale if math.isfinite(gap) and scale else math.inf


def _compare_reports(console: Console, sweeps: Sequence[Sweep], store: Store, reports: Path) -> Iterator[str]:
    """Yield what differs between the committed tables and those made from what is kept."""
    for item in items_of(sweeps, store):
        found = list(table_differences(item, reports))
        for text in found:
            say(console, text)
        if not found:
            say(console, f"{item.name}: {len(item.tables)} committed tables agree with what is kept")
        yield from found


def table_differences(item: Item, reports: Path) -> Iterator[str]:
    """Yield the tables of an item that differ from the committed ones, number by number."""
    for table in item.tables:
        path = reports / item.name / f"{table.name}.csv"
        if not path.is_file():
            yield f"{item.name}: {path} is missing"
            continue
        committed, made = (
            _as_read(text) for text in (path.read_text(encoding="utf-8"), table.frame.to_csv(index=False))
        )
        gap = difference(committed, made)
        if not gap <= _TOLERANCE:
            yield f"{item.name}: {path} differs from what is kept by {gap:.2g}"


def _as_read(text: str) -> dict[str, list[Any]]:
    frame = pd.read_csv(StringIO(text), keep_default_na=True)
    return {
        str(name): [float(v) if isinstance(v, int | float) else v for v in frame[name]]
        for name in frame.columns
    }
