"""Figures of the polynomial experiment, drawn from its rounded tables."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradproof_experiments._style import BLUE, GREEN, GREY, INK, ORANGE, ORANGE_TEXT, RED, new_figure, style
from gradproof_experiments.data import Points

__all__ = ["plot_descent", "plot_errors", "plot_fits"]

_FRAME = 1.75  # the targets lie within ±1.1
_EVERY = 5  # epochs between two drawn points


def plot_fits(curves: pd.DataFrame, errors: pd.DataFrame, training: Points) -> Figure:
    """Fits beside each other as on the slide: the points, the sine they came from, and the polynomial.

    Parameters
    ----------
    curves, errors : DataFrame
        Of `PolynomialResults`.
    training : Points
        The ten points.
    """
    names = [name for name in curves.columns if name.startswith("M=")]
    rms = errors.set_index("degree")["train_rms"]
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


def plot_errors(errors: pd.DataFrame, noise: float) -> Figure:
    """Root-mean-square error on training and test points against the degree.

    Parameters
    ----------
    errors : DataFrame
        Of `PolynomialResults`.
    noise : float
        Standard deviation of the noise: the least error that any fit can have on new points, on average.
    """
    with style():
        figure = new_figure(6.4, 4.0)
        axes = figure.subplots()
        degrees, last = errors["degree"], errors.iloc[-1]
        axes.plot(degrees, [noise] * len(degrees), color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
        for column, label, colour, marker in (
            ("test_rms", "test points", RED, "s"),
            ("train_rms", "training points", BLUE, "o"),
        ):
            axes.plot(degrees, errors[column], color=colour, marker=marker, markersize=5, clip_on=False)
            axes.text(last["degree"] + 0.25, last[column] + 0.015, label, color=colour, va="center")
        axes.text(last["degree"] + 0.25, noise, f"noise, {noise:g}", color="#666666", va="center")
        axes.set_xticks(degrees)
        axes.set_xlim(degrees.min() - 0.4, degrees.max() + 0.1)
        axes.set_ylim(0, None)
        axes.set_xlabel("degree M of the polynomial")
        axes.set_ylabel("RMS error, in units of t")
        figure.subplots_adjust(left=0.1, right=0.78, bottom=0.13, top=0.96)
    return figure


def plot_descent(trace: pd.DataFrame) -> Figure:
    """Distance of SGD from the least-squares solution after each epoch.

    Parameters
    ----------
    trace : DataFrame
        Of `PolynomialResults`; zeros, where the distance is too small to reproduce, are left out.
    """
    drawn = trace.iloc[::_EVERY]
    colours = [RED, ORANGE, BLUE, INK]
    with style():
        figure = new_figure(7.2, 4.0)
        axes = figure.subplots()
        for name, colour in zip(trace.columns[1:], colours, strict=True):
            line = drawn[drawn[name] > 0]
            axes.plot(line["epoch"], line[name], color=colour, linewidth=1.3)
            settled = float(drawn[name].iloc[-40:].median())
            x, y = (
                (1.015 * trace["epoch"].max(), settled)
                if settled
                else (line["epoch"].max() + 25, line[name].min() * 2)
            )
            axes.text(x, y, name, color=ORANGE_TEXT if colour == ORANGE else colour, va="center")
        axes.set_yscale("log")
        axes.set_xlim(0, trace["epoch"].max())
        axes.set_xlabel("epochs")
        axes.set_ylabel("distance ‖w − w*‖ from the solution")
        figure.subplots_adjust(left=0.11, right=0.79, bottom=0.13, top=0.96)
    return figure
