"""Errors against the number of training points, and against the noise."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from gradproof_experiments._style import BLUE, GREEN, ORANGE, ORANGE_TEXT, RED, new_figure, style

from ._marks import NOISE_TEXT, beside, mean_line, noise_line, seed_dots, theory_line

__all__ = ["plot_noises", "plot_sizes"]

_LITTLE = 0.1  # the panel beside the whole range ends here


def plot_sizes(sizes: pd.DataFrame, seeds: pd.DataFrame, noise: float) -> Figure:
    """RMS errors of degree 9 against the number of training points, both on logarithmic axes but for the zero.

    Parameters
    ----------
    sizes, seeds : DataFrame
        Of `tables.size_table` and `tables.by_seed`.
    noise : float
        Standard deviation of the noise.
    """
    own = seeds[seeds["part"] == "sizes"]
    end = float(sizes["n"].max()) * 1.04
    with style():
        figure = new_figure(8, 4.3)
        axes = figure.subplots()
        noise_line(axes, noise)
        for column, colour in (("test", RED), ("same_inputs", ORANGE), ("training", BLUE)):
            seed_dots(axes, own["n"], own[column], colour)
            mean_line(axes, sizes["n"], sizes[column], colour)
            theory_line(axes, sizes["n"], sizes[f"{column}_theory"])
        near = sizes.iloc[min(1, len(sizes) - 1)]
        axes.text(10.6, 0.79, "new points", color=RED, fontsize=9.5)
        axes.text(
            14.2, 0.435, "new targets at the same inputs: σ√(1 + 10/n)", color=ORANGE_TEXT, fontsize=9.5
        )
        axes.text(near["n"] * 1.05, 0.065, "training points: σ√(1 − 10/n)", color=BLUE, fontsize=9.5)
        beside(axes, end, noise, f"noise σ,\n{noise:g}", NOISE_TEXT)
        axes.set_xscale("log")
        axes.set_xticks(sizes["n"], [str(n) for n in sizes["n"]])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlim(sizes["n"].min() * 0.96, end * 0.99)
        axes.set_ylim(0, None)
        axes.set_xlabel("training points n, at equal distances")
        axes.set_ylabel("RMS error of degree 9, in units of t")
        figure.subplots_adjust(left=0.09, right=0.89, bottom=0.125, top=0.97)
    return figure


def plot_noises(noises: pd.DataFrame, seeds: pd.DataFrame, crossing: float) -> Figure:
    """Test RMS of degrees 3 and 9 against the noise: the whole range, and where they cross.

    Parameters
    ----------
    noises, seeds : DataFrame
        Of `tables.noise_table` and `tables.by_seed`.
    crossing : float
        The noise at which theory has both degrees equal.
    """
    own = seeds[seeds["part"] == "noises"]
    few = noises["noise"] <= _LITTLE
    with style():
        figure = new_figure(10, 4.0)
        whole, close = figure.subplots(1, 2)
        _noise_panel(whole, noises, own)
        _noise_panel(close, noises[few], own[own["noise"] <= _LITTLE])
        whole.set_title("all")
        close.set_title(f"little noise: below {crossing:.2g} degree 9 is better")
        strongest = float(noises["noise"].max())
        beside(whole, strongest * 1.02, noises["degree_9"].iloc[-1], "degree 9", RED)
        beside(whole, strongest * 1.02, noises["degree_3"].iloc[-1], "degree 3", GREEN)
        whole.set_ylabel("RMS error on new points, in units of t")
        figure.subplots_adjust(left=0.065, right=0.985, bottom=0.13, top=0.92, wspace=0.24)
    return figure


def _noise_panel(axes: Axes, noises: pd.DataFrame, seeds: pd.DataFrame) -> None:
    for degree, colour in ((9, RED), (3, GREEN)):
        rows = seeds[seeds["degree"] == degree]
        seed_dots(axes, rows["noise"], rows["test"], colour)
        mean_line(axes, noises["noise"], noises[f"degree_{degree}"], colour)
        theory_line(axes, noises["noise"], noises[f"degree_{degree}_theory"])
    axes.set_xlim(0, float(noises["noise"].max()))
    axes.set_ylim(0, None)
    axes.set_xlabel("noise σ on the targets, in units of t")
