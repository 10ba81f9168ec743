"""The main job from end to end: verify, experiment, write. Loaded only when there is something to do."""

import argparse
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from gradproof_reference.ledger import LEDGER

from . import formulas, speed
from ._console import console_for_all, verdict_line
from ._errors import CannotRunError
from ._report_command import RUN, writing
from .formulas.terminal import progress, show_errata, show_problems, show_rows
from .item import Item
from .manifest import describe_run
from .registry import chosen
from .report import staging, write_report, write_run
from .runner.driver import Settings
from .runner.formulas import kept_verification
from .runner.provenance import provenance
from .runner.settings import configured
from .runner.state import remember
from .runner.store import Store, opened
from .runner.sweep import Sweep, items_of, sweep

__all__ = ["run_report"]


def run_report(options: argparse.Namespace, digest: str) -> int:
    """Verify the ledger, run the experiments, write the report; 0 if nothing in it fails, else 1.

    Parameters
    ----------
    options : Namespace
        ``root``, ``output``, ``store``, ``jobs``, ``quick``, ``fresh``.
    digest : str
        Of everything that the report hangs on.

    Raises
    ------
    CannotRunError
        If the output or the store cannot be written, or a run fails.
    """
    console = console_for_all()
    output: Path = options.output
    seconds: dict[str, float] = {}
    with ExitStack() as stack:
        # Before the work: a minute later is too late to say that nothing can be written.
        with writing(output):
            stage = stack.enter_context(staging(output))
        store = stack.enter_context(opened(options.store))
        with _timed(seconds, "formulas"):
            ledger = _verify(options, store, console)
        with _timed(seconds, "experiments"):
            items = [ledger, *_experiments(options, store, console), *_speed(options.root, console)]
        with _timed(seconds, "writing"), writing(output):
            names = write_report(items, output, stage, options.root)
        with writing(output):
            write_run(items, output, describe_run(options.root, seconds))
        claims = [claim for item in items for claim in item.claims]
        lines = [*map(str, claims), verdict_line(claims)]
        status = int(any(claim.verdict == "fails" for claim in claims))
        if status == 0:
            with writing(output):
                remember(output / RUN, digest, output, names, lines)
    for line in lines:
        console.print(line, highlight=False, markup=False)
    console.print(f"written to {output} in {sum(seconds.values()):.0f} s", highlight=False, markup=False)
    return status


def _verify(options: argparse.Namespace, store: Store, console: Console) -> Item:
    checks = options.root / "checks" / "formulas"

    def made() -> tuple[formulas.Verification, float]:
        start = time.perf_counter()
        with progress(console) as listen:
            verification = formulas.verify(checks, listen, options.jobs, profile)
        return verification, time.perf_counter() - start

    profile = "quick" if options.quick else "ci"
    machine = provenance(options.root, 0, "local")
    verification, profile = kept_verification(checks, profile, store, made, machine, fresh=options.fresh)
    verdicts = formulas.judge(LEDGER, verification)
    problems = formulas.stray_failures(LEDGER, verification)
    show_rows(console, verdicts)
    show_errata(console, verdicts)
    show_problems(console, verdicts, problems)
    return formulas.item(verdicts, problems, verification, checks, profile)


def _experiments(options: argparse.Namespace, store: Store, console: Console) -> list[Item]:
    experiments = chosen([])
    configurations = configured(experiments, quick=options.quick)
    sweeps = [Sweep.of(*each) for each in zip(experiments, configurations, strict=True)]
    settings = Settings(jobs=options.jobs, fresh=options.fresh)
    outcome = sweep(sweeps, store, options.root, settings, console)
    if outcome.interrupted:
        raise KeyboardInterrupt
    if outcome.failed:
        done = outcome.failed[0]
        raise CannotRunError(f"{len(outcome.failed)} runs failed, first {done.run.label}:\n{done.failure}")
    return items_of(sweeps, store)


def _speed(root: Path, console: Console) -> list[Item]:
    results = root / "benchmarks" / "results"
    made = speed.item(results)
    if made is None:
        console.print(f"left out: speed, as there are no results of the asv suite in {results}", markup=False)
    return [] if made is None else [made]


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start
