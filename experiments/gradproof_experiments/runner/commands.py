"""What ``gradproof run``, ``list`` and ``show`` do."""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from gradproof_experiments._console import console_for_all, say, verdict_line
from gradproof_experiments._errors import CannotRunError
from gradproof_experiments.registry import chosen

from .driver import Settings
from .execute import Done
from .settings import configured
from .store import opened
from .sweep import Sweep, items_of, sweep

__all__ = ["list_experiments", "planned", "run_sweeps", "show_run"]

_SHOWN_FAILURES = 5
_SHOWN_CHARACTERS = 12


def planned(options: argparse.Namespace) -> list[Sweep]:
    """Plan the experiments that the options name, configured as they say."""
    experiments = chosen(options.names)
    found = configured(experiments, options.set, seeds=options.seeds, quick=options.quick)
    return [Sweep.of(*each) for each in zip(experiments, found, strict=True)]


def run_sweeps(options: argparse.Namespace) -> int:
    """Run the named experiments; 0 if nothing fails, 1 if a run or a claim does, 130 after Ctrl-C."""
    console, sweeps = console_for_all(), planned(options)
    if options.dry_run:
        return _say_what_would_run(console, sweeps, set() if options.fresh else _kept_keys(options.store))
    with opened(options.store) as store:
        settings = Settings(
            options.backend, options.jobs, options.scheduler, options.fresh, options.fail_fast
        )
        outcome = sweep(sweeps, store, options.root, settings, console)
        say(console, f"{outcome}; {options.store}")
        if outcome.interrupted:
            say(console, "stopped: the same command goes on where this one left off.")
            return 130
        if outcome.failed:
            _show_failures(console, outcome.failed)
            return 1
        claims = [claim for item in items_of(sweeps, store) for claim in item.claims]
    for claim in claims:
        say(console, str(claim))
    say(console, verdict_line(claims))
    return int(any(claim.verdict == "fails" for claim in claims))


def list_experiments(options: argparse.Namespace) -> int:
    """List experiments and parts with their runs, and how many of these are kept."""
    console, sweeps = console_for_all(), planned(options)
    kept = _kept_keys(options.store)
    table = Table("experiment", "part", "points", "seeds", "runs", "kept", "what it asks", box=None)
    for each in sweeps:
        parts = each.experiment.parts(each.configuration)
        runs = Counter(run.part for run in each.runs)
        there = Counter(run.part for run in each.runs if run.key in kept)
        for i, part in enumerate(parts):
            counts = (len(part.points), part.seeds, runs[part.name], there[part.name])
            first = (each.experiment.name, each.experiment.title) if i == 0 else ("", "")
            table.add_row(first[0], part.name, *map(str, counts), first[1])
    console.print(table)
    return 0


def _kept_keys(path: Path) -> set[str]:
    """Return the keys of what is kept; where there is no store none is made."""
    if not path.is_file():
        return set()
    with opened(path) as store:
        return store.keys()


def show_run(options: argparse.Namespace) -> int:
    """Show the one kept run whose key begins as given."""
    console = console_for_all()
    with opened(options.store, create=False) as store:
        found = store.beginning_with(options.key)
    if len(found) != 1:
        keys = ", ".join(kept.key[:_SHOWN_CHARACTERS] for kept in found[:_SHOWN_FAILURES])
        which = f"several begin so: {keys}" if found else "none begins so"
        raise CannotRunError(
            f"RUN must be the beginning of one key in {options.store}; got {options.key!r}, and {which}."
        )
    (kept,) = found
    say(
        console,
        f"{kept.experiment}/{kept.part}, seed {kept.seed}\nkey {kept.key}\n{kept.seconds:.3g} s, {kept.finished}",
    )
    for title, content in (("point", kept.point), ("provenance", kept.provenance)):
        say(console, f"{title}\n{json.dumps(content, indent=2, ensure_ascii=False)}")
    say(console, pd.DataFrame(kept.columns).to_string(max_rows=40))
    return 0


def _say_what_would_run(console: Console, sweeps: Sequence[Sweep], kept: set[str]) -> int:
    missing = [run for each in sweeps for run in each.runs if run.key not in kept]
    for run in missing:
        say(console, f"{run.key[:_SHOWN_CHARACTERS]}  {run.label}")
    say(console, f"{len(missing)} of {sum(len(each.runs) for each in sweeps)} runs would be computed")
    return 0


def _show_failures(console: Console, failed: Sequence[Done]) -> None:
    for done in failed[:_SHOWN_FAILURES]:
        say(console, f"failed: {done.run.key[:_SHOWN_CHARACTERS]}  {done.run.label}\n{done.failure}")
    if len(failed) > _SHOWN_FAILURES:
        say(console, f"and {len(failed) - _SHOWN_FAILURES} more")
