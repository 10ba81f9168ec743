"""Figures of the gradients and of the step, drawn from rounded tables."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from gradproof_experiments._style import BLUE, GREEN, GREY, INK, ORANGE, ORANGE_TEXT, RED, new_figure, style

from .config import ACTIVATION_NAMES, SCHEMES

__all__ = ["COLOURS", "NAMES", "TEXT_COLOURS", "TITLES", "plot_profiles", "plot_step"]

COLOURS = {"glorot": BLUE, "he": RED, "fixed": ORANGE}
TEXT_COLOURS = {**COLOURS, "fixed": ORANGE_TEXT}
NAMES = {"glorot": "Glorot", "he": "He", "fixed": "fixed"}
TITLES = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}


def plot_profiles(profiles: pd.DataFrame, theory: pd.DataFrame, factors: pd.DataFrame) -> Figure:
    """RMS of ∂l/∂z by layer, one panel per activation: a thin line per seed, and the theory over them.

    Parameters
    ----------
    profiles, theory : DataFrame
        `profile_table` and `theory_table`.
    factors : DataFrame
        `factor_table`, rounded.
    """
    with style():
        figure = new_figure(10, 4.4)
        panels = figure.subplots(1, len(ACTIVATION_NAMES), sharey=True)
        for panel, activation in zip(panels, ACTIVATION_NAMES, strict=True):
            seeds, lines, labels = (
                table[table["activation"] == activation] for table in (profiles, theory, factors)
            )
            _profile_panel(panel, seeds, lines, labels)
            panel.set_title(TITLES[activation])
            panel.set_xlabel("layer k: input left, output right")
        panels[0].set_ylabel("RMS of ∂l/∂z at layer k ÷ at the last")
        figure.subplots_adjust(left=0.08, right=0.99, bottom=0.13, top=0.92, wspace=0.06)
    return figure


def _profile_panel(panel: Axes, seeds: pd.DataFrame, theory: pd.DataFrame, factors: pd.DataFrame) -> None:
    for scheme in SCHEMES:
        for _, profile in seeds[seeds["scheme"] == scheme].groupby("seed"):
            panel.plot(
                profile["layer"], profile["dz_over_last"], color=COLOURS[scheme], linewidth=0.9, alpha=0.6
            )
        layers, values = (
            theory.loc[theory["scheme"] == scheme, name].tolist() for name in ("layer", "dz_over_last")
        )
        panel.plot(layers, values, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
        (factor,) = factors.loc[factors["scheme"] == scheme, "measured"].tolist()
        _label(panel, scheme, values, f"{NAMES[scheme]} × {factor:.2f}")
    panel.set_yscale("log")
    panel.yaxis.set_major_locator(LogLocator(100, numticks=20))
    panel.yaxis.set_minor_locator(NullLocator())
    panel.set_xticks(layers)


def _label(panel: Axes, scheme: str, values: list[float], text: str) -> None:
    """Write beside a rising line where no other passes: He above, Glorot below its start, fixed below."""
    x, y = {"he": (1, 3 * values[2]), "glorot": (1, values[0] / 4), "fixed": (3, values[2] / 5)}[scheme]
    va = "bottom" if scheme == "he" else "top"
    panel.text(x, y, text, color=TEXT_COLOURS[scheme], ha="left", va=va, fontsize=9.5)


def plot_step(step: pd.DataFrame, table: pd.DataFrame, accuracies: pd.DataFrame, chance: float) -> Figure:
    """Test accuracy of step networks by depth, every seed a dot, beside ReLU's and linear softmax.

    Parameters
    ----------
    step : DataFrame
        Columns depth, seed and test_accuracy.
    table, accuracies : DataFrame
        `step_table` and `accuracy_table`.
    chance : float
        Test accuracy of naming one class.
    """
    relu = accuracies[(accuracies["activation"] == "relu") & (accuracies["scheme"] == "he")]
    with style():
        figure = new_figure(7.2, 4.2)
        axes = figure.subplots()
        _mean_line(axes, relu, RED, "o")
        axes.plot(step["depth"], step["test_accuracy"], ".", color=GREEN, alpha=0.5, markersize=7)
        _mean_line(axes, table, GREEN, "s")
        axes.axhline(chance, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
        deepest = relu.iloc[-1]
        right = deepest["depth"] + 0.25
        axes.text(right, deepest["accuracy"], "ReLU, He: every\nlayer learns", color=RED, va="center")
        axes.text(
            right, table["accuracy"].iloc[-1] + 0.06, "step: the last\nlayer learns", color=GREEN, va="bottom"
        )
        axes.text(right, chance - 0.02, "one class for all", color="#666666", va="top")
        axes.set_xticks(relu["depth"])
        axes.set_xlim(0.6, deepest["depth"] + 0.2)
        axes.set_ylim(0, 1)
        axes.set_xlabel("layers (1 is linear softmax)")
        axes.set_ylabel("test accuracy")
        figure.subplots_adjust(left=0.09, right=0.78, bottom=0.13, top=0.96)
    return figure


def _mean_line(axes: Axes, means: pd.DataFrame, colour: str, marker: str) -> None:
    axes.fill_between(means["depth"], means["low"], means["high"], color=colour, alpha=0.2, linewidth=0)
    axes.plot(means["depth"], means["accuracy"], color=colour, marker=marker, markersize=4)
