"""Figures of the item: time over commits, and time against size."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from gradproof_experiments._rounding import round_decimals
from gradproof_experiments._style import BLUE, GREEN, GREY, INK, ORANGE, RED, new_figure, style

from .exponents import PowerLaw

__all__ = ["plot_exponents", "plot_subjects"]

_COLOURS = (BLUE, ORANGE, GREEN, RED, INK, GREY)
_MARKERS = "osD^vXP*"


def plot_subjects(table: pd.DataFrame) -> Figure:
    """Ratio of time to the first measured, per subject, over the commits from old to new; machine after machine."""
    names = list(table.columns[4:])
    with style():
        figure = new_figure(8.0, 4.2)
        axes = figure.subplots()
        places = np.arange(len(table))
        machines = [places[table["machine"] == machine] for machine in table["machine"].unique()]
        for index, name in enumerate(names):
            colour, marker = _COLOURS[index % len(_COLOURS)], _MARKERS[index % len(_MARKERS)]
            for machine, of_machine in enumerate(machines):
                label = name if machine == 0 else None
                axes.plot(of_machine, table[name].iloc[of_machine], color=colour, marker=marker, label=label)
        axes.axhline(1.0, color=INK, linewidth=0.8)
        axes.set_xticks(places, list(table["commit"]), rotation=45, ha="right", fontsize=8)
        axes.set_yscale("log")
        axes.set_ylabel("time / time at first commit")
        axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
        figure.subplots_adjust(left=0.1, right=0.78, bottom=0.24, top=0.95)
    return figure


def plot_exponents(laws: Sequence[PowerLaw]) -> Figure:
    """Time against size, both relative to the smallest size, with the fitted lines."""
    with style():
        figure = new_figure(7.2, 4.4)
        axes = figure.subplots()
        for index, law in enumerate(laws):
            colour = _COLOURS[index % len(_COLOURS)]
            sizes, seconds = np.array(law.sizes), np.array(law.seconds)
            grown, taken = np.log2(sizes / sizes[0]), np.log2(seconds / seconds[0])
            line = np.log2(law.factor * sizes**law.exponent / seconds[0])
            axes.plot(
                grown,
                round_decimals(taken, 3),
                _MARKERS[index % len(_MARKERS)],
                color=colour,
                linestyle="none",
            )
            axes.plot(
                grown, round_decimals(line, 3), color=colour, label=f"{law.size}: exponent {law.exponent:.2f}"
            )
        axes.set_xlabel("doublings of the size")
        axes.set_ylabel("doublings of the time")
        axes.legend(fontsize=9)
        figure.subplots_adjust(left=0.1, right=0.97, bottom=0.13, top=0.96)
    return figure
