"""The experiments by name, in the order of the report; each loads when it is asked for."""

import difflib
import importlib
from collections.abc import Sequence

from ._errors import CannotRunError
from .experiment import Experiment

__all__ = ["EXPERIMENTS", "chosen"]

EXPERIMENTS: dict[str, str] = {
    "overfitting": "gradproof_experiments.overfitting:EXPERIMENT",
    "l2": "gradproof_experiments.l2:EXPERIMENT",
    "momentum": "gradproof_experiments.momentum:EXPERIMENT",
    "depth": "gradproof_experiments.depth:EXPERIMENT",
}
"""Where each experiment is: ``module:attribute``."""


def chosen(names: Sequence[str]) -> list[Experiment]:
    """Return the named experiments, or all of them where none is named.

    Raises
    ------
    CannotRunError
        If there is none of a name.
    """
    for name in names:
        if name not in EXPERIMENTS:
            near = difflib.get_close_matches(name, EXPERIMENTS, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise CannotRunError(
                f"an experiment must be one of {', '.join(EXPERIMENTS)}; got {name!r}.{meant}"
            )
    return [_load(EXPERIMENTS[name]) for name in dict.fromkeys(names or EXPERIMENTS)]


def _load(where: str) -> Experiment:
    module, _, attribute = where.partition(":")
    found: Experiment = getattr(importlib.import_module(module), attribute)
    return found
