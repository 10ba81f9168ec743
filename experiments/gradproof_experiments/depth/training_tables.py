"""Tables of training: the better learning rate of every cell, its curves, and where it ends."""

from typing import Any

import numpy as np
import pandas as pd

from gradproof_experiments._rounding import round_frame

from .config import ACTIVATION_NAMES, SCHEMES, DepthConfig
from .intervals import mean_accuracy

__all__ = ["accuracy_table", "better_rate", "curve_table", "shown_depths", "step_table"]

_CELL = ["activation", "scheme", "depth"]
_DIGITS = 4


def better_rate(training: pd.DataFrame, cell: list[str]) -> pd.DataFrame:
    """Rows of the learning rate with the lowest mean training loss of the last epoch, for every cell.

    The test images have no say in it. A rate at which a seed diverges is the worse one.
    """
    last = training[training["epoch"] == training["epoch"].max()] if "epoch" in training else training
    # A loss of 1e9 is no better for being finite: what diverges must not depend on rounding.
    losses = last["training_loss"].where(last["training_loss"] < 10, np.inf)
    means = (
        last.assign(training_loss=losses)
        .groupby([*cell, "learning_rate"], sort=False)["training_loss"]
        .mean()
    )
    best = means.groupby(cell, sort=False).idxmin()
    chosen = pd.MultiIndex.from_tuples(best.tolist(), names=[*cell, "learning_rate"])
    rows = pd.MultiIndex.from_frame(training[[*cell, "learning_rate"]])
    return training[rows.isin(chosen)]


def shown_depths(config: DepthConfig) -> tuple[int, int, int]:
    """Two layers, the middle, and the deepest: what the curves are drawn for."""
    middle = min(config.depths[2:], key=lambda depth: abs(2 * depth - config.depths[-1]))
    deepest = config.depths[-1]
    return 2, middle if middle < deepest else config.depths[-2], deepest


def curve_table(config: DepthConfig, better: pd.DataFrame) -> pd.DataFrame:
    """Training loss and test accuracy after every epoch at the better rate, every seed, for the shown depths."""
    columns = [*_CELL, "learning_rate", "seed", "epoch", "training_loss", "test_accuracy"]
    return round_frame(
        better[better["depth"].isin(shown_depths(config))][columns].reset_index(drop=True), _DIGITS
    )


def accuracy_table(config: DepthConfig, better: pd.DataFrame) -> pd.DataFrame:
    """Test accuracy at the end at the better rate: mean, interval, lowest and highest seed of every cell, rounded."""
    last = better[better["epoch"] == config.epochs]
    cells = dict(iter(last.groupby(_CELL)))
    rows = [
        _accuracy_row(config, cells[activation, scheme, depth], (activation, scheme, depth))
        for activation in ACTIVATION_NAMES
        for scheme in SCHEMES
        for depth in config.depths
    ]
    return round_frame(pd.DataFrame(rows), _DIGITS)


def _accuracy_row(config: DepthConfig, seeds: pd.DataFrame, cell: tuple[str, str, int]) -> dict[str, Any]:
    values = seeds["test_accuracy"]
    mean = mean_accuracy(values, config, f"accuracy: {cell}")
    return {
        **dict(zip(_CELL, cell, strict=True)),
        "learning_rate": seeds["learning_rate"].iloc[0],
        "accuracy": mean.value,
        "low": mean.low,
        "high": mean.high,
        "lowest_seed": values.min(),
        "highest_seed": values.max(),
    }


def step_table(config: DepthConfig, step: pd.DataFrame, better: pd.DataFrame) -> pd.DataFrame:
    """What the step network became: parameters that moved over all seeds and rates, and accuracies at the better rate."""
    rows = []
    for depth in config.step_depths:
        all_runs, runs = step[step["depth"] == depth], better[better["depth"] == depth]
        mean = mean_accuracy(runs["test_accuracy"], config, f"step: {depth}")
        rows.append(
            {
                "depth": depth,
                "hidden_gradient": all_runs["hidden_gradient"].max(),
                "n_hidden": int(all_runs["n_hidden"].iloc[0]),
                "hidden_changed": int(all_runs["hidden_changed"].max()),
                "n_last": int(all_runs["n_last"].iloc[0]),
                "last_changed": int(all_runs["last_changed"].min()),
                "accuracy": mean.value,
                "low": mean.low,
                "high": mean.high,
                "lowest_seed": runs["test_accuracy"].min(),
                "highest_seed": runs["test_accuracy"].max(),
            }
        )
    return round_frame(pd.DataFrame(rows), _DIGITS)
