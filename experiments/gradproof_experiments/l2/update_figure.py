"""Figure of the updates: where the derived and the printed one go, and what minibatches make of the penalty."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from gradproof_experiments._style import BLUE, GREY, RED, new_figure, style

__all__ = ["plot_updates"]

_QUIET = "#666666"


def plot_updates(descents: pd.DataFrame, factors: pd.DataFrame) -> Figure:
    """Distance from ridge(α) and ridge(α/2) by step, and the strength that minibatches end at.

    Parameters
    ----------
    descents, factors : DataFrame
        Of `descent_table` and `factor_table`.
    """
    with style():
        figure = new_figure(10.4, 4.2)
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        _descents(left, descents)
        _factors(right, factors)
        figure.subplots_adjust(left=0.08, right=0.98, bottom=0.13, top=0.91, wspace=0.22)
    return figure


def _descents(panel: Axes, descents: pd.DataFrame) -> None:
    colours = {"derived": BLUE, "printed": RED}
    for update, colour in colours.items():
        for end, dashes in (("ridge(α)", "solid"), ("ridge(α/2)", "dashed")):
            line = descents[(descents["update"] == update) & (descents["end"] == end)]
            panel.plot(line["step"], line["distance"], color=colour, linestyle=dashes)
    last = descents["step"].max()
    for update, end, x, y in (
        ("derived", "ridge(α)", 0.08 * last, 1e-7),
        ("printed", "ridge(α/2)", 0.72 * last, 4e-5),
    ):
        panel.text(x, y, f"{update} update,\nfrom {end}", color=colours[update], va="center")
    panel.text(
        0.98 * last,
        2.2,
        "each from the other's minimum: it stays away",
        color=_QUIET,
        ha="right",
        va="bottom",
    )
    panel.set_yscale("log")
    panel.set_ylim(5e-10, 3e1)
    panel.set_xlim(0, last)
    panel.set_xlabel("full-batch steps")
    panel.set_ylabel("distance, over that of ridge(α) from ridge(α/2)")
    panel.set_title("which minimum each update reaches")


def _factors(panel: Axes, factors: pd.DataFrame) -> None:
    batches = sorted(factors["batches"].unique())
    ends = [0.85 * batches[0], 1.2 * batches[-1]]
    panel.plot(ends, ends, color=GREY, linewidth=1.0)
    panel.plot(ends, [1, 1], color=GREY, linewidth=1.0)
    for treatment, colour, marker in (("as it stands", RED, "o"), ("times m/n", BLUE, "s")):
        one = factors[factors["treatment"] == treatment]
        # Seeds beside each other: their spread along the axis is only there to tell them apart.
        shift = 1 + 0.012 * (one["seed"] - one["seed"].max() / 2)
        panel.plot(one["batches"] * shift, one["factor"], marker, color=colour, markersize=3.5, alpha=0.6)
    middle = batches[len(batches) // 2]
    panel.text(0.93 * middle, middle * 1.12, "α at every step;\nline: Bα", color=RED, ha="right", va="bottom")
    panel.text(middle, 1.13, "α m/n at every step;\nline: α", color=BLUE, ha="center", va="bottom")
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_xticks(batches, [f"{b}" for b in batches])
    panel.set_yticks([1, *batches], ["1", *(f"{b}" for b in batches)])
    panel.xaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_minor_locator(NullLocator())
    panel.set_ylim(0.75, 15)
    panel.set_xlabel("B, batches an epoch")
    panel.set_ylabel("strength at which SGD ends, over α")
    panel.set_title("what minibatches make of α")
