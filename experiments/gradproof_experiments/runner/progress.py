"""How far a sweep is: a bar with rate and time left on a terminal, a line now and then anywhere else."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

__all__ = ["Advance", "progress"]

Advance: TypeAlias = Callable[[], None]
"""Called once for each run that has finished."""

_EVERY = 5.0  # seconds between two lines


@contextmanager
def progress(console: Console, what: str, total: int) -> Iterator[Advance]:
    """Show how many of `total` runs have finished."""
    if total == 0:
        yield lambda: None
    elif console.is_terminal:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda: bar.advance(task)
    else:
        console.print(f"{what}: {total} runs to compute", highlight=False, markup=False)
        yield _lines(console, what, total)


def _lines(console: Console, what: str, total: int) -> Advance:
    start = time.monotonic()
    done, told = 0, start

    def advance() -> None:
        nonlocal done, told
        done += 1
        now = time.monotonic()
        if done < total and now - told < _EVERY:
            return
        told = now
        rate = done / max(now - start, 1e-9)
        left = f", {(total - done) / rate:.0f} s left" if done < total else ""
        console.print(
            f"{what}: {done} of {total} runs, {rate:.1f} per second{left}", highlight=False, markup=False
        )

    return advance


class _Rate(ProgressColumn):
    """Runs per second."""

    def render(self, task: "object") -> Text:
        """Return the rate, once there is one."""
        speed = getattr(task, "speed", None)
        return Text("" if speed is None else f"{speed:.1f}/s")
