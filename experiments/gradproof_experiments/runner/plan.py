"""Every run of a sweep, with the key under which it is kept."""

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gradproof_experiments.experiment import Columns, Experiment
from gradproof_experiments.manifest import sha256

from .fingerprint import fingerprint

__all__ = ["Run", "plan"]


@dataclass(frozen=True)
class Run:
    """One point of a sweep at one seed.

    Parameters
    ----------
    key : str
        Digest of everything that decides the result.
    experiment, part : str
    point : frozen dataclass
    seed : int
    compute : callable
        As in `Part`.
    modules : tuple of str
        Whose source decides the result, as in `Experiment`.
    code : str
        Fingerprint of that source and of the versions here: another machine must have the same.
    """

    key: str
    experiment: str
    part: str
    point: Any
    seed: int
    compute: Callable[[Any, int], Columns]
    modules: tuple[str, ...] = ()
    code: str = ""

    @property
    def label(self) -> str:
        """The run in words."""
        fields = ", ".join(f"{name}={value}" for name, value in described(self.point).items())
        return f"{self.experiment}/{self.part}, seed {self.seed} ({fields})"


def plan(experiment: Experiment, configuration: Any) -> list[Run]:
    """Return the runs of an experiment, in the order of its parts, points and seeds.

    Raises
    ------
    TypeError
        If a point is no dataclass, or a field of it has no canonical JSON.
    """
    code = fingerprint(experiment.modules)
    runs = []
    for part in experiment.parts(configuration):
        for point in part.points:
            settled = [experiment.name, part.name, type(point).__qualname__, described(point), code]
            for seed in range(part.seeds):
                key = sha256(json.dumps([*settled, seed], sort_keys=True).encode())
                runs.append(
                    Run(key, experiment.name, part.name, point, seed, part.compute, experiment.modules, code)
                )
    return runs


def described(point: Any) -> dict[str, Any]:
    """Return the fields of a point as JSON has them."""
    if not dataclasses.is_dataclass(point) or isinstance(point, type):
        raise TypeError(f"a point of a sweep must be a dataclass; got {point!r}.")
    return {field.name: getattr(point, field.name) for field in dataclasses.fields(point)}
