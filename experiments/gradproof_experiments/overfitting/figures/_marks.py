"""Marks that the figures share: dots of seeds, lines of theory, the noise, words beside a line."""

import pandas as pd
from matplotlib.axes import Axes

from gradproof_experiments._style import GREY, INK

__all__ = ["NOISE_TEXT", "beside", "mean_line", "noise_line", "seed_dots", "theory_line"]

NOISE_TEXT = "#666666"


def seed_dots(axes: Axes, x: "pd.Series[float]", y: "pd.Series[float]", colour: str) -> None:
    """One small dot per seed; where the seeds agree they lie on each other."""
    axes.plot(x, y, "o", color=colour, markersize=3.4, alpha=0.55, markeredgewidth=0, clip_on=False, zorder=3)


def mean_line(axes: Axes, x: "pd.Series[float]", y: "pd.Series[float]", colour: str) -> None:
    """What was measured, the mean over seeds: wide and pale, so that theory shows on it."""
    axes.plot(x, y, color=colour, linewidth=5, alpha=0.35, solid_capstyle="round", zorder=2)


def theory_line(axes: Axes, x: "pd.Series[float]", y: "pd.Series[float]") -> None:
    """A thin black line over the measurement."""
    axes.plot(x, y, color=INK, linewidth=0.9, zorder=4)


def noise_line(axes: Axes, noise: float) -> None:
    """Where the noise is: no fit has a smaller error on new points, on average."""
    axes.axhline(noise, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)


def beside(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    """Words to the right of where a line ends."""
    axes.text(x, y, text, color=colour, va="center", fontsize=9.5)
