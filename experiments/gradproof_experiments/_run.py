"""The main job from end to end: verify, experiment, write. Loaded only when the command runs."""

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from gradproof_reference.ledger import LEDGER

from . import formulas, polynomial
from ._errors import CannotRunError
from .formulas.terminal import progress, show_errata, show_problems, show_rows
from .item import Item
from .manifest import describe_run
from .report import staging, write_report, write_run

__all__ = ["EXPERIMENTS", "run_report"]

EXPERIMENTS: dict[str, Callable[[], Item]] = {"polynomial": polynomial.item}
"""Every experiment of the report, in its order: name, and what makes its item at the default configuration."""

_PLAIN_WIDTH = 150  # a log has no width of its own; 80 columns would fold every formula


def run_report(root: Path, output: Path, jobs: int) -> int:
    """Verify the ledger, run the experiments, write the report; 0 if all of it holds, else 1.

    Raises
    ------
    CannotRunError
        If `output` cannot be written.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal without α shows ?, and the report is written all the same.
        sys.stdout.reconfigure(errors="replace")
    console = Console()
    if not console.is_terminal:
        console = Console(width=_PLAIN_WIDTH)
    seconds: dict[str, float] = {}
    with ExitStack() as stack:
        # Before the work: a minute later is too late to say that nothing can be written.
        with _writing(output):
            stage = stack.enter_context(staging(output))
        with _timed(seconds, "formulas"):
            ledger = _verify(root, jobs, console)
        items = [ledger]
        for name, make in EXPERIMENTS.items():
            with _timed(seconds, name):
                items.append(make())
        with _timed(seconds, "writing"), _writing(output):
            write_report(items, output, stage, root)
        with _writing(output):
            write_run(items, output, describe_run(root, seconds))
    for claim in (claim for item in items for claim in item.claims):
        console.print(str(claim), highlight=False, markup=False)
    console.print(f"written to {output} in {sum(seconds.values()):.0f} s", highlight=False, markup=False)
    return 0 if all(claim.holds for item in items for claim in item.claims) else 1


def _verify(root: Path, jobs: int, console: Console) -> Item:
    checks = root / "checks" / "formulas"
    with progress(console) as listen:
        verification = formulas.verify(checks, listen, jobs)
    verdicts = formulas.judge(LEDGER, verification)
    problems = formulas.stray_failures(LEDGER, verification)
    show_rows(console, verdicts)
    show_errata(console, verdicts)
    show_problems(console, verdicts, problems)
    return formulas.item(verdicts, problems, verification, checks)


@contextmanager
def _writing(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotRunError(
            f"the output folder must be writable; got --output={output} ({error.strerror or error}). "
            "Name another with --output."
        ) from error


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start
