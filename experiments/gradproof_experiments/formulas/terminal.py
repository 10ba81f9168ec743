"""The verification as a reader at a terminal sees it: progress while it runs, a table when it is done."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from .check import Check
from .verdict import RIGHT, RowVerdict
from .verification import Listener

__all__ = ["progress", "show_errata", "show_problems", "show_rows"]


@contextmanager
def progress(console: Console) -> Iterator[Listener]:
    """A bar on a terminal; elsewhere one plain line per finished file of checks."""
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (
        TextColumn("verifying"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("collecting", total=None)

        def listen(check: Check | None, total: int) -> None:
            if check is None:
                bar.update(task, total=total, description="")
            else:
                bar.update(task, advance=1, description=escape(" ".join(check.formulas)))

        yield listen


def _lines(console: Console) -> Listener:
    done, last = 0, ""

    def say(text: str) -> None:
        console.print(f"verifying: {text}", highlight=False, markup=False)

    def listen(check: Check | None, total: int) -> None:
        nonlocal done, last
        if check is None:
            say(f"{total} checks")
            return
        file = PurePosixPath(check.nodeid.partition("::")[0]).name
        if last and file != last:
            say(f"{done} of {total} checks, {last}")
        done, last = done + 1, file
        if done == total:
            say(f"{done} of {total} checks, {last}")

    return listen


def show_rows(console: Console, verdicts: Sequence[RowVerdict]) -> None:
    """Print the table: ID, formula, verdict, worst error against its bound, examples tried."""
    table = Table(title="The lecture's formulas", title_justify="left")
    table.add_column("ID")
    table.add_column("formula", ratio=1, overflow="fold")
    table.add_column("verdict")
    table.add_column("worst error / its bound", justify="right", no_wrap=True)
    table.add_column("examples", justify="right")
    for verdict in verdicts:
        worst = verdict.worst
        margin = f"{worst.worst_error:.1e} / {worst.worst_bound:.1e}" if worst else "–"
        colour = "green" if verdict.verdict == RIGHT else "yellow" if verdict.passed else "bold red"
        row, examples = verdict.row, str(verdict.examples)
        table.add_row(row.id, escape(row.formula), f"[{colour}]{verdict.verdict}[/]", margin, examples)
    console.print(table)


def show_errata(console: Console, verdicts: Sequence[RowVerdict]) -> None:
    """Print each erratum with the input that shows it."""
    table = Table(title="Errata", title_justify="left", show_lines=True)
    for heading in ("ID", "printed", "derived", "counter-example"):
        table.add_column(heading, overflow="fold", ratio=None if heading == "ID" else 1)
    for verdict in verdicts:
        for erratum, example in verdict.counterexamples:
            shown = (
                f"{example.input}: printed {example.printed_value}, derived {example.derived_value}"
                if example
                else erratum.why
            )
            table.add_row(verdict.row.id, escape(erratum.printed), escape(erratum.derived), escape(shown))
    if table.row_count:
        console.print(table)


def show_problems(console: Console, verdicts: Sequence[RowVerdict], problems: Sequence[str]) -> None:
    """Print what fails, with its text."""
    reasons = [(v.row.id, reason) for v in verdicts if not v.passed for reason in v.reasons]
    for where, text in [*(("outside the rows", text) for text in problems), *reasons]:
        console.print(f"[bold red]{where}[/] {escape(text)}", highlight=False)
