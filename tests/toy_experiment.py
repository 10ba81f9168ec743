"""A small experiment for the tests of the runner: it notes in a file what it computes, waits, and fails when told to."""

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gradproof_experiments._style import new_figure, style
from gradproof_experiments.claim import Claim, Within
from gradproof_experiments.experiment import Experiment, Part, generator
from gradproof_experiments.item import Item, Picture, Table


@dataclass(frozen=True)
class ToyConfig:
    """How many points and seeds, how long each run waits, and the value that the claim expects at least."""

    seed: int = 7
    seeds: int = 3
    points: int = 4
    wait: float = 0.0
    failing: int = -1
    least: float = 0.0
    sizes: tuple[int, ...] = (20, 30)

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.seeds < 1:
            raise ValueError(f"seeds must be at least 1; got seeds={self.seeds}.")


@dataclass(frozen=True)
class ToyPoint:
    """One point of the sweep."""

    root: int
    number: int
    wait: float
    failing: bool
    sizes: tuple[int, ...]


def compute(point: ToyPoint, seed: int) -> Mapping[str, Any]:
    """Sums of products of random matrices: their last bits depend on how a BLAS goes about it."""
    with Path(os.environ["TOY_LOG"]).open("a", encoding="utf-8") as log:
        log.write(f"{point.number} {seed}\n")
    time.sleep(point.wait)
    if point.failing:
        raise ArithmeticError("planted")
    rng = generator(point.root, "matrices", seed)
    products = [
        np.linalg.matrix_power(rng.standard_normal((size, size)) / size, 3).sum() for size in point.sizes
    ]
    return {"size": np.array(point.sizes), "value": np.array(products) + point.number}


def die(_point: ToyPoint, _seed: int) -> Mapping[str, Any]:
    """What the system does to a process that asks for too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def parts(config: ToyConfig) -> tuple[Part, ...]:
    """One sweep over the numbers."""
    points = tuple(
        ToyPoint(config.seed, number, config.wait, number == config.failing, config.sizes)
        for number in range(config.points)
    )
    return (Part("products", points, config.seeds, compute),)


def item(config: ToyConfig, results: Mapping[str, pd.DataFrame]) -> Item:
    """A table, a figure and a claim of it."""
    frame = results["products"]
    with style():
        figure = new_figure(3, 2)
        figure.subplots().plot(frame["number"], frame["value"].round(2), "o")
    largest = float(frame["number"].max())
    return Item(
        name="toy",
        title="Toy",
        question="Does it run?",
        method=("It runs.",),
        answer="It ran.",
        claims=(Claim.exact("It runs far.", "largest number", largest, Within(low=config.least)),),
        pictures=(Picture("values", figure, "Values by number.", "Values."),),
        tables=(Table("products", frame.round({"value": 6}), "All values."),),
        means=("It runs.",),
        limits=("Nothing else.",),
        configuration=asdict(config),
        sources=(Path(__file__),),
    )


EXPERIMENT = Experiment(
    "toy", "Toy", ToyConfig, lambda: ToyConfig(seeds=2, points=2), parts, item, ("toy_experiment",)
)
