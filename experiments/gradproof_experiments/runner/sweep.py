"""Several experiments as one sweep: all their runs share the processes, and each gets its own back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from gradproof_experiments.experiment import Experiment
from gradproof_experiments.item import Item

from .driver import Outcome, Settings, drive
from .plan import Run, plan
from .provenance import provenance
from .results import tables
from .store import Store

__all__ = ["Sweep", "items_of", "sweep"]


@dataclass(frozen=True)
class Sweep:
    """An experiment, its configuration, and its runs."""

    experiment: Experiment
    configuration: Any
    runs: tuple[Run, ...]

    @classmethod
    def of(cls, experiment: Experiment, configuration: Any) -> "Sweep":
        """Plan an experiment."""
        return cls(experiment, configuration, tuple(plan(experiment, configuration)))


def sweep(sweeps: Sequence[Sweep], store: Store, root: Path, settings: Settings, console: Console) -> Outcome:
    """Compute what is not kept of some experiments."""
    made = {
        each.experiment.name: provenance(root, int(each.configuration.seed), settings.backend)
        for each in sweeps
    }
    runs = [run for each in sweeps for run in each.runs]
    return drive(runs, store, made, settings, console)


def items_of(sweeps: Sequence[Sweep], store: Store) -> list[Item]:
    """Make the item of each experiment, all of whose runs are kept."""
    columns = store.columns(run.key for each in sweeps for run in each.runs)
    return [each.experiment.item(each.configuration, tables(each.runs, columns)) for each in sweeps]
