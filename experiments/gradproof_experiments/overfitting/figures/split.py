"""Bias, variance and noise against the degree."""

import pandas as pd
from matplotlib.figure import Figure

from gradproof_experiments._style import BLUE, INK, ORANGE, ORANGE_TEXT, RED, new_figure, style

from ._marks import NOISE_TEXT, beside, mean_line, noise_line, seed_dots, theory_line

__all__ = ["plot_split"]

_LEAST = 1e-3  # below, squared bias is smaller than what the redraws resolve


def plot_split(split: pd.DataFrame, seeds: pd.DataFrame) -> Figure:
    """Squared test error in its parts, on a logarithmic axis: seeds as dots, theory as thin lines.

    Parameters
    ----------
    split, seeds : DataFrame
        Of `tables.split_table` and `tables.by_seed`.
    """
    own = seeds[seeds["part"] == "degrees"]
    noise = float(split["noise"].iloc[0])
    with style():
        figure = new_figure(8, 4.4)
        axes = figure.subplots()
        noise_line(axes, noise)
        for column, colour in (("bias", BLUE), ("variance", ORANGE)):
            seen = own[own[column] > _LEAST]
            seed_dots(axes, seen["degree"], seen[column], colour)
            drawn = split[split[column] > _LEAST]
            mean_line(axes, drawn["degree"], drawn[column], colour)
            resolved = split[f"{column}_theory"] > 0  # to the decimals of the table
            theory_line(axes, split["degree"][resolved], split[f"{column}_theory"][resolved])
        seed_dots(axes, own["degree"], own["test"] ** 2, RED)
        mean_line(axes, split["degree"], split["test"], RED)
        theory_line(axes, split["degree"], split["test_theory"])
        last = float(split["degree"].max()) + 0.25
        beside(axes, last, split["test"].iloc[-1] * 1.16, "test error", RED)
        beside(axes, last, split["variance"].iloc[-1] / 1.16, "variance", ORANGE_TEXT)
        beside(axes, last, noise, f"noise², {noise:g}", NOISE_TEXT)
        axes.text(4.4, 0.0066, "squared bias", color=BLUE, va="center", fontsize=9.5)
        axes.text(3.1, 0.2, "theory: noise² + squared bias + variance", color=INK, fontsize=9.5)
        axes.set_yscale("log")
        axes.set_ylim(_LEAST * 3, 1)
        axes.set_xticks(split["degree"])
        axes.set_xlim(split["degree"].min() - 0.3, split["degree"].max() + 0.15)
        axes.set_xlabel("degree M of the polynomial")
        axes.set_ylabel("squared error, in squared units of t")
        figure.subplots_adjust(left=0.095, right=0.86, bottom=0.12, top=0.97)
    return figure
