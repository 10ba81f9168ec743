"""The fits beside each other as on the slide."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradproof_experiments._style import BLUE, GREEN, RED, new_figure, style
from gradproof_experiments.data import Points

__all__ = ["plot_fits"]

_FRAME = 1.75  # the targets lie within ±1.1


def plot_fits(curves: pd.DataFrame, errors: pd.DataFrame, training: Points) -> Figure:
    """The ten points, the sine they came from, and the polynomial of each degree.

    Parameters
    ----------
    curves : DataFrame
        x, sine, and a column M=… for each degree.
    errors : DataFrame
        Of `tables.bishop_errors`.
    training : Points
        The ten points.
    """
    names = [name for name in curves.columns if name.startswith("M=")]
    rms = errors.set_index("degree")["training"]
    with style():
        figure = new_figure(10, 3.6)
        panels = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
        for panel, name in zip(panels, names, strict=True):
            _fit_panel(panel, curves["x"], curves["sine"], curves[name], training)
            degree = int(name.removeprefix("M="))
            panel.set_title(f"degree {degree}: training RMS {rms[degree]:.2g}")
            panel.set_xlabel("x")
        panels[0].set_ylabel("t")
        panels[0].text(0.36, 1.05, "sin 2πx", color=GREEN)
        panels[0].text(0.70, 0.02, "fit", color=RED)
        figure.subplots_adjust(left=0.07, right=0.99, bottom=0.15, top=0.9, wspace=0.08)
    return figure


def _fit_panel(
    panel: Axes, x: "pd.Series[float]", sine: "pd.Series[float]", fit: "pd.Series[float]", training: Points
) -> None:
    panel.plot(x, sine, color=GREEN, linewidth=1.4)
    panel.plot(x, fit, color=RED)
    panel.plot(
        training.x, training.t, "o", markerfacecolor="white", markeredgecolor=BLUE, markeredgewidth=1.6
    )
    panel.set_ylim(-_FRAME, _FRAME)
    panel.set_xlim(-0.03, 1.03)
    if max(fit.max(), -fit.min()) > _FRAME:
        text = f"beyond the frame:\n{fit.min():.1f} to {fit.max():.1f}".replace("-", "\N{MINUS SIGN}")
        panel.text(0.43, 1.2, text, color=RED, fontsize=9)
