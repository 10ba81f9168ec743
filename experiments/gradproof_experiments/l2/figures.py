"""Figures of the sweeps, drawn from their rounded tables."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator, NullLocator

from gradproof_experiments._style import BLUE, GREY, INK, RED, new_figure, style

__all__ = ["plot_digits", "plot_polynomial"]

_QUIET = "#666666"
_FRAME = 1.8
_GUESSING = math.log(10)
_TICKS = (0.5, 1, 2, 5, 10, 20)


def plot_polynomial(seeds: dict[str, pd.DataFrame], means: dict[str, pd.DataFrame], noise: float) -> Figure:
    """Errors of the polynomial on the published and on redrawn points, and the size of its weights.

    Parameters
    ----------
    seeds, means : dict of str to DataFrame
        Of `seed_table` and `mean_table`, for "published" and "redrawn".
    noise : float
        Standard deviation of the noise on the targets: the least error on new points, on average.
    """
    with style():
        figure = new_figure(10.4, 4.0)
        left, middle, right = figure.subplots(1, 3)
        for panel, name, title in (
            (left, "published", "Bishop's ten points"),
            (middle, "redrawn", "ten new points a seed"),
        ):
            panel.axhline(noise, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)))
            _errors(panel, seeds[name], means[name], "train_rms", "test_rms", 0.985)
            panel.set_ylim(0, _FRAME)
            panel.set_title(title)
            first = means[name]["ln_alpha"].min()
            panel.text(first, noise - 0.02, f"noise, {noise:g}", color=_QUIET, fontsize=9, va="top")
            _beyond(panel, seeds[name])
            _label(panel, means[name], "test_rms", 0.2, "test", RED, up=14)
            _label(panel, means[name], "train_rms", 0.78, "training", BLUE, up=-30)
        left.set_ylabel("RMS error, in units of t")
        _norms(right, seeds["redrawn"], means["redrawn"])
        _norms(right, seeds["published"], means["published"], colour=BLUE)
        right.set_title("size ‖w‖ of the weights")
        _label(right, means["published"], "norm", 0.17, "Bishop's points", BLUE, up=12)
        _label(right, means["redrawn"], "norm", 0.42, "new points", INK, up=16)
        figure.subplots_adjust(left=0.06, right=0.985, bottom=0.14, top=0.91, wspace=0.2)
    return figure


def plot_digits(seeds: pd.DataFrame, means: pd.DataFrame) -> Figure:
    """Loss, share of wrong classes and size of the weights of the digits' classifier."""
    with style():
        figure = new_figure(10.4, 4.0)
        left, middle, right = figure.subplots(1, 3)
        left.axhline(_GUESSING, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)))
        last = means["ln_alpha"].max()
        left.text(last, _GUESSING * 1.08, "guessing, ln 10", color=_QUIET, fontsize=9, ha="right")
        left.set_yscale("log")
        _errors(left, seeds, means, "train_loss", "test_loss", 0.15)
        left.set_ylim(top=4)
        left.set_title("cross-entropy, nats per image")
        _label(left, means, "test_loss", 0.2, "test", RED, up=14)
        _label(left, means, "train_loss", 0.65, "training", BLUE, up=-14)
        _errors(middle, seeds, means, "train_wrong", "test_wrong")
        middle.set_ylim(0, None)
        middle.set_title("share of wrong classes")
        _label(middle, means, "test_wrong", 0.2, "test", RED, up=14)
        _label(middle, means, "train_wrong", 0.2, "training", BLUE, up=6)
        _norms(right, seeds, means)
        right.set_yticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
        right.yaxis.set_minor_locator(NullLocator())
        right.set_title("size ‖w‖ of the weights")
        for panel in (left, middle, right):
            panel.xaxis.set_major_locator(MultipleLocator(2))
        figure.subplots_adjust(left=0.06, right=0.985, bottom=0.14, top=0.91, wspace=0.2)
    return figure


def _errors(
    panel: Axes,
    seeds: pd.DataFrame,
    means: pd.DataFrame,
    training: str,
    test: str,
    mark_at: float | None = None,
) -> None:
    """Thin lines for the seeds, a thick one for their mean, and the interval of the mean as a band.

    With `mark_at` the lowest mean test error is marked, its words at this share of the panel's height.
    """
    for column, colour in ((training, BLUE), (test, RED)):
        _lines(panel, seeds, column, colour)
        panel.plot(means["ln_alpha"], means[column], color=colour)
        if f"{column}_low" in means:
            low, high = means[f"{column}_low"], means[f"{column}_high"]
            panel.fill_between(means["ln_alpha"], low, high, color=colour, alpha=0.25, linewidth=0)
    panel.set_xlabel("ln α: strength of the penalty")
    if mark_at is None:
        return
    lowest = means.iloc[int(means[test].argmin())]
    panel.axvline(lowest["ln_alpha"], color=INK, linewidth=0.9, linestyle=(0, (2, 2)))
    panel.plot(lowest["ln_alpha"], lowest[test], "o", color=RED, markersize=6)
    words = f" test error lowest:\n ln α = {lowest['ln_alpha']:g}".replace("-", "\N{MINUS SIGN}")
    place = panel.get_xaxis_transform()
    panel.text(lowest["ln_alpha"], mark_at, words, transform=place, va="top", fontsize=9)


def _label(
    panel: Axes, means: pd.DataFrame, column: str, where: float, label: str, colour: str, *, up: int
) -> None:
    """Name a curve at a share of its length, some points above it or below."""
    row = means.iloc[int(where * len(means))]
    panel.annotate(
        label,
        (row["ln_alpha"], row[column]),
        xytext=(0, up),
        textcoords="offset points",
        color=colour,
        va="bottom" if up > 0 else "top",
    )


def _beyond(panel: Axes, seeds: pd.DataFrame) -> None:
    """Say which seeds leave the frame at the weak end."""
    ends = seeds[seeds["ln_alpha"] == seeds["ln_alpha"].min()]["test_rms"]
    if (ends > _FRAME).any():
        words = f"{int((ends > _FRAME).sum())} of {len(ends)} seeds\nup to {ends.max():.2g}"
        panel.text(0.11, 0.985, words, transform=panel.transAxes, color=RED, va="top", fontsize=9)


def _norms(panel: Axes, seeds: pd.DataFrame, means: pd.DataFrame, colour: str = INK) -> None:
    _lines(panel, seeds, "norm", colour)
    panel.plot(means["ln_alpha"], means["norm"], color=colour)
    panel.set_yscale("log")
    panel.set_xlabel("ln α: strength of the penalty")


def _lines(panel: Axes, seeds: pd.DataFrame, column: str, colour: str) -> None:
    for _, one in seeds.groupby("seed"):
        panel.plot(one["ln_alpha"], one[column], color=colour, linewidth=0.5, alpha=0.45)
