"""An experiment is a declared sweep: parts, each a function of one point of the sweep and one seed.

The runner calls the functions, in any process and any order, and keeps what they return; the experiment makes its item
of the report from that alone. Nothing here computes, draws or writes.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

import gradproof_reference

if TYPE_CHECKING:  # what computes a run needs neither pandas nor matplotlib
    import pandas as pd

    from .item import Item

__all__ = ["Columns", "Experiment", "Part", "Results", "generator", "later", "sources_of"]

_HERE = Path(__file__).parent
_SHARED = (
    "_rounding.py",
    "_style.py",
    "claim.py",
    "data.py",
    "digits.py",
    "experiment.py",
    "item.py",
    "networks.py",
    "uncertainty.py",
)

Columns: TypeAlias = Mapping[str, Sequence[Any]]
"""A small table: column name to equally long sequences of Python floats, integers, strings and booleans."""

Results: TypeAlias = "Mapping[str, pd.DataFrame]"
"""Part name to the tables of all its runs, one below the other in the order of points and seeds.

Before the columns that the function returned stand ``seed`` and every field of the point that is a number or a string."""


class Configuration(Protocol):
    """A frozen dataclass, validated in ``__post_init__``, of which every field has a default and is canonical in JSON.

    It holds at least ``seed`` (the root of all randomness) and ``seeds`` (how many paired seeds, at least 10 by default).
    """

    @property
    def seed(self) -> int:
        """Root of all randomness."""

    @property
    def seeds(self) -> int:
        """Number of paired seeds."""


@dataclass(frozen=True)
class Part:
    """One sweep of an experiment.

    Parameters
    ----------
    name : str
    points : tuple of frozen dataclasses
        The points of the sweep, each with all that `compute` needs, the root seed included.
    seeds : int
        Every point is computed for the seeds 0 to seeds - 1, the same for all points: they are paired. 1 where nothing
        is drawn.
    compute : callable
        ``compute(point, seed)`` returns Columns: a function of a module (so that it can be pickled), pure, and the same
        bits in any process. What is stacked in it is stacked inside one run, never across runs.
    """

    name: str
    points: tuple[Any, ...]
    seeds: int
    compute: Callable[[Any, int], Columns]


@dataclass(frozen=True)
class Experiment:
    """What ``gradproof run`` and ``gradproof report`` know of an experiment.

    Parameters
    ----------
    name, title : str
        The name is that of its folder in the report.
    configuration : type
        A `Configuration`; its defaults are the full set.
    quick : callable
        Returns a Configuration that takes a few seconds, and shows the same things with less to stand on.
    parts : callable
        ``parts(configuration)`` returns its sweeps; cheap.
    item : callable
        ``item(configuration, results)`` returns tables, figures, claims and words; takes a second at most.
    modules : tuple of str
        Names of the packages and modules whose source decides what `compute` returns, beyond `gradproof_reference`.
    """

    name: str
    title: str
    configuration: type[Any]
    quick: Callable[[], Any]
    parts: Callable[[Any], tuple[Part, ...]]
    item: "Callable[[Any, Results], Item]"
    modules: tuple[str, ...]


def later(module: str, name: str) -> "Callable[[Any, Results], Item]":
    """Return the `item` of an experiment that loads its module when it is called: with pandas, matplotlib and scipy."""

    def item(configuration: Any, results: Results) -> "Item":
        found: Item = getattr(importlib.import_module(module), name)(configuration, results)
        return found

    return item


def generator(root: int, purpose: str, seed: int = 0) -> np.random.Generator:
    """Random generator of one purpose of one of the paired seeds.

    The purpose is part of the seed, so a stream does not depend on what else was drawn, or in which order; the point of
    the sweep is not, so that all points get the same data, initial weights and minibatches.

    Examples
    --------
    >>> generator(1, "noise").random() == generator(1, "noise").random()
    True
    >>> generator(1, "noise").random() == generator(1, "noise", seed=1).random()
    False
    """
    return np.random.default_rng(np.random.SeedSequence(root, spawn_key=(seed, *purpose.encode())))


def sources_of(package: Path) -> tuple[Path, ...]:
    """Return what makes the item of an experiment: the reference, the experiment's own package, and what all share."""
    return (Path(gradproof_reference.__file__).parent, package, *(_HERE / name for name in _SHARED))
