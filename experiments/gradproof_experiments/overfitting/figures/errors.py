"""Training and test error against the degree: Bishop's own ten points, and redraws of their noise."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradproof_experiments._style import BLUE, INK, RED, new_figure, style

from ._marks import NOISE_TEXT, beside, mean_line, noise_line, seed_dots, theory_line

__all__ = ["plot_errors"]


def plot_errors(errors: pd.DataFrame, redraws: pd.DataFrame, seeds: pd.DataFrame, noise: float) -> Figure:
    """Two panels of RMS error against the degree.

    Parameters
    ----------
    errors, redraws, seeds : DataFrame
        Of `tables.bishop_errors`, `tables.redraw_table` and `tables.by_seed`.
    noise : float
        Standard deviation of the noise.
    """
    with style():
        figure = new_figure(10, 4.3)
        left, right = figure.subplots(1, 2, sharey=True)
        left.set_title("Bishop's ten points")
        right.set_title("the same inputs, noise redrawn")
        for axes, table, part in ((left, errors, "new_points"), (right, redraws, "degrees")):
            _error_panel(axes, table, seeds[seeds["part"] == part], noise)
        _spread(right, redraws)
        last = float(errors["degree"].max())
        beside(right, last + 0.3, redraws["test"].iloc[-1], "new points", RED)
        beside(right, last + 0.3, redraws["spread_high"].iloc[-1], "80 % of\nsingle fits", RED)
        beside(right, last + 0.3, 0.0, "training points", BLUE)
        beside(right, last + 0.3, noise, f"noise, {noise:g}", NOISE_TEXT)
        right.text(6.9, 0.86, "theory", color=INK, fontsize=9.5, ha="right")
        right.annotate(
            "", (8.45, 0.64), (6.95, 0.86), arrowprops={"arrowstyle": "-", "color": INK, "lw": 0.6}
        )
        left.set_ylabel("RMS error, in units of t")
        figure.subplots_adjust(left=0.065, right=0.885, bottom=0.125, top=0.92, wspace=0.06)
    return figure


def _error_panel(axes: Axes, table: pd.DataFrame, seeds: pd.DataFrame, noise: float) -> None:
    noise_line(axes, noise)
    axes.plot(table["degree"], table["training"], color=BLUE, marker="o", markersize=4, clip_on=False)
    mean_line(axes, table["degree"], table["test"], RED)
    seed_dots(axes, seeds["degree"], seeds["test"], RED)
    theory_line(axes, table["degree"], table["test_theory"])
    axes.set_xticks(table["degree"])
    axes.set_xlim(table["degree"].min() - 0.4, table["degree"].max() + 0.2)
    axes.set_ylim(0, None)
    axes.set_xlabel("degree M of the polynomial")


def _spread(axes: Axes, redraws: pd.DataFrame) -> None:
    low, high = redraws["spread_low"], redraws["spread_high"]
    axes.fill_between(redraws["degree"], low, high, color=RED, alpha=0.13, linewidth=0)
