"""Figures of training, drawn from rounded tables: curves of every seed, and where every cell ends."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradproof_experiments._style import GREY, INK, new_figure, style

from .config import ACTIVATION_NAMES, SCHEMES
from .figures import COLOURS, NAMES, TEXT_COLOURS, TITLES

__all__ = ["plot_accuracies", "plot_curves"]


def plot_curves(curves: pd.DataFrame, column: str, label: str, level: float, level_label: str) -> Figure:
    """Small multiples of activation by depth: thin lines are seeds, thick ones means, over the epochs.

    Parameters
    ----------
    curves : DataFrame
        `curve_table`.
    column, label : str
        What is drawn, and the name of its axis.
    level, level_label : float, str
        What a network has that cannot tell the images apart.
    """
    depths = sorted(curves["depth"].unique())
    with style():
        figure = new_figure(9.2, 7.0)
        grid = figure.subplots(len(ACTIVATION_NAMES), len(depths), sharex=True, sharey=True)
        for row, activation in zip(grid, ACTIVATION_NAMES, strict=True):
            for panel, depth in zip(row, depths, strict=True):
                chosen = (curves["activation"] == activation) & (curves["depth"] == depth)
                _curve_panel(panel, curves[chosen], column, level)
                panel.set_title(f"{TITLES[activation]}, {depth} layers", fontsize=10)
            row[0].set_ylabel(label)
        for panel in grid[-1]:
            panel.set_xlabel("epoch")
            panel.set_xticks(sorted(curves["epoch"].unique()))
        last = float(curves["epoch"].max())
        grid[0][0].text(last, level, level_label, color="#666666", fontsize=8, ha="right", va="bottom")
        for number, scheme in enumerate(SCHEMES):
            figure.text(0.08 + 0.08 * number, 0.965, NAMES[scheme], color=TEXT_COLOURS[scheme], weight="bold")
        figure.text(0.31, 0.965, "initial weights; thin lines are seeds, thick ones their means", color=INK)
        figure.subplots_adjust(left=0.08, right=0.985, bottom=0.075, top=0.915, hspace=0.27, wspace=0.08)
    return figure


def _curve_panel(panel: Axes, curves: pd.DataFrame, column: str, level: float) -> None:
    panel.axhline(level, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)))
    for scheme in SCHEMES:
        lines = curves[curves["scheme"] == scheme].pivot_table(index="epoch", columns="seed", values=column)
        panel.plot(lines.index, lines, color=COLOURS[scheme], linewidth=0.6, alpha=0.45)
        panel.plot(lines.index, lines.mean(axis=1), color=COLOURS[scheme], linewidth=2.0)


def plot_accuracies(accuracies: pd.DataFrame) -> Figure:
    """Heat map of the final test accuracy: a panel per activation, a row per scheme, a column per depth.

    Parameters
    ----------
    accuracies : DataFrame
        `accuracy_table`.
    """
    depths = sorted(accuracies["depth"].unique())
    with style():
        figure = new_figure(9.2, 6.6)
        panels = figure.subplots(len(ACTIVATION_NAMES), 1, sharex=True)
        for panel, activation in zip(panels, ACTIVATION_NAMES, strict=True):
            cells = accuracies[accuracies["activation"] == activation].set_index(["scheme", "depth"])
            means = np.array([[cells.loc[(scheme, d), "accuracy"] for d in depths] for scheme in SCHEMES])
            panel.pcolormesh(means, cmap="cividis", vmin=0, vmax=1, edgecolors="white", linewidth=2)
            for i, scheme in enumerate(SCHEMES):
                for j, depth in enumerate(depths):
                    _cell_text(panel, j + 0.5, i + 0.5, cells.loc[(scheme, depth)])
            panel.set_title(TITLES[activation])
            panel.set_yticks(np.arange(len(SCHEMES)) + 0.5, [NAMES[scheme] for scheme in SCHEMES])
            panel.invert_yaxis()
            panel.grid(visible=False)
            panel.tick_params(length=0)
            for spine in panel.spines.values():
                spine.set_visible(False)
        panels[-1].set_xticks(np.arange(len(depths)) + 0.5, [str(depth) for depth in depths])
        panels[-1].set_xlabel("layers (1 is linear softmax)")
        figure.subplots_adjust(left=0.075, right=0.99, bottom=0.075, top=0.955, hspace=0.2)
    return figure


def _cell_text(panel: Axes, x: float, y: float, cell: "pd.Series[float]") -> None:
    colour = INK if cell["accuracy"] > 0.48 else "white"
    panel.text(
        x, y - 0.14, f"{100 * cell['accuracy']:.0f} %", color=colour, ha="center", va="center", fontsize=10.5
    )
    low, high = f"{100 * cell['low']:.0f}", f"{100 * cell['high']:.0f}"
    interval = f"{low} to {high}"
    panel.text(x, y + 0.24, interval, color=colour, ha="center", va="center", fontsize=8)
