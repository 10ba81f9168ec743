"""Drive a sweep: compute what is not kept, keep each run as it finishes, and stop cleanly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from .execute import Backend, Done, finished_runs
from .plan import Run
from .progress import progress
from .store import Store

__all__ = ["Outcome", "Settings", "drive"]


@dataclass(frozen=True)
class Settings:
    """How to drive: where, in how many processes, and what to do with what is kept or fails."""

    backend: Backend = "local"
    jobs: int = 1
    scheduler: str | None = None
    fresh: bool = False
    fail_fast: bool = False


@dataclass
class Outcome:
    """How a sweep went.

    Parameters
    ----------
    total, kept_before, computed : int
        Runs of the sweep; those that were kept already; those computed and kept now.
    failed : list of Done
    interrupted : bool
        By Ctrl-C.
    """

    total: int
    kept_before: int
    computed: int = 0
    failed: list[Done] = field(default_factory=list)
    interrupted: bool = False

    @property
    def complete(self) -> bool:
        """Whether every run of the sweep is kept."""
        return self.kept_before + self.computed == self.total

    def __str__(self) -> str:
        kept = self.kept_before + self.computed
        text = f"{kept} of {self.total} runs are kept, {self.computed} of them computed now"
        return f"{text}; {len(self.failed)} failed" if self.failed else text


def drive(
    runs: Sequence[Run],
    store: Store,
    provenance: Mapping[str, Mapping[str, Any]],
    settings: Settings,
    console: Console,
) -> Outcome:
    """Compute the runs that are not kept, and keep them.

    Parameters
    ----------
    runs : sequence of Run
    store : Store
    provenance : mapping of str to mapping
        By name of the experiment.
    settings : Settings
    console : Console
        Where the progress is shown.
    """
    kept = set() if settings.fresh else store.keys()
    missing = [run for run in runs if run.key not in kept]
    outcome = Outcome(len(runs), len(runs) - len(missing))
    name = ", ".join(dict.fromkeys(run.experiment for run in runs))
    try:
        with (
            progress(console, name, len(missing)) as advance,
            finished_runs(missing, settings.backend, settings.jobs, settings.scheduler) as finished,
        ):
            for done in finished:
                if done.columns is None:
                    outcome.failed.append(done)
                    if settings.fail_fast:
                        break
                else:
                    made = provenance[done.run.experiment]
                    store.keep(done.run, done.columns, done.seconds, made, replace=settings.fresh)
                    outcome.computed += 1
                advance()
    except KeyboardInterrupt:
        outcome.interrupted = True
    return outcome
