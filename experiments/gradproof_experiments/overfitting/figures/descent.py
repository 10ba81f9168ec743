"""Distance of SGD from the least-squares solution."""

import pandas as pd
from matplotlib.figure import Figure

from gradproof_experiments._style import BLUE, INK, ORANGE, ORANGE_TEXT, RED, new_figure, style
from gradproof_experiments.overfitting.config import OverfittingConfig
from gradproof_experiments.overfitting.descent import SHARES

from ._marks import beside

__all__ = ["plot_descent"]

_COLOURS = (RED, ORANGE, BLUE)


def plot_descent(minibatch: pd.DataFrame, full_batch: pd.DataFrame, config: OverfittingConfig) -> Figure:
    """Distance after each epoch, a thin line per seed.

    Parameters
    ----------
    minibatch : DataFrame
        seed, epoch, and a column ``distance_…`` for each rate.
    full_batch : DataFrame
        epoch and distance; zeros, where it is too small to reproduce, are left out.
    config : OverfittingConfig
    """
    end = 1.015 * config.minibatch_epochs
    with style():
        figure = new_figure(8, 4.3)
        axes = figure.subplots()
        line = full_batch[full_batch["distance"] > 0]
        axes.plot(line["epoch"], line["distance"], color=INK, linewidth=1.4)
        axes.text(
            line["epoch"].max() + 8,
            line["distance"].min() * 1.6,
            f"all 10, λ={config.minibatch_rate:g}",
            color=INK,
        )
        for share, colour in zip(SHARES, _COLOURS, strict=True):
            for _, rows in minibatch.groupby("seed"):
                axes.plot(rows["epoch"], rows[f"distance_{share}"], color=colour, linewidth=0.5, alpha=0.55)
            settled = float(
                minibatch[minibatch["epoch"] > config.minibatch_epochs / 2][f"distance_{share}"].median()
            )
            text = f"batch {config.minibatch_size}, λ={config.minibatch_rate / share:g}"
            beside(axes, end, settled, text, ORANGE_TEXT if colour == ORANGE else colour)
        axes.set_yscale("log")
        axes.set_xlim(0, config.minibatch_epochs)
        axes.set_xlabel("epochs")
        axes.set_ylabel("distance ‖w − w*‖ from the solution")
        figure.subplots_adjust(left=0.11, right=0.815, bottom=0.125, top=0.97)
    return figure
