"""The figures of momentum on quadratics and on the digits, drawn from the rounded tables."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradproof_experiments._style import BLUE, GREEN, INK, ORANGE, ORANGE_TEXT, new_figure, style

from .config import MomentumConfig

__all__ = ["plot_curves", "plot_phases", "plot_rates", "plot_unlearning"]

_COLOUR = {"plain": BLUE, "momentum": ORANGE}
_TEXT = {"plain": BLUE, "momentum": ORANGE_TEXT}
_OF_CURVE = {
    "plain, λ": BLUE,
    "momentum, λ": ORANGE,
    "plain, λ/(1 − τ)": GREEN,
    "plain, tuned": BLUE,
    "momentum, tuned": ORANGE,
}


def plot_rates(rates: pd.DataFrame) -> Figure:
    """Draw −ln(rate) against κ: one dot per seed, theory as lines."""
    with style():
        figure = new_figure(7.5, 4.2)
        axes = figure.subplots()
        for method, formula in (("momentum", "(√κ − 1)/(√κ + 1)"), ("plain", "(κ − 1)/(κ + 1)")):
            mine = rates[rates["method"] == method]
            axes.loglog(mine["kappa"], mine["exponent"], "o", color=_COLOUR[method], markersize=6, alpha=0.6)
            line = mine[["kappa", "theory"]].drop_duplicates().sort_values("kappa")
            axes.loglog(line["kappa"], line["theory"], color=INK, linewidth=0.8)
            label = f"{method}\ntheory: {formula}"
            at = line.iloc[len(line) // 2]
            axes.annotate(
                label,
                (at["kappa"], at["theory"]),
                xytext=(8, 6),
                textcoords="offset points",
                color=_TEXT[method],
            )
        axes.set(xlabel="condition number κ", ylabel="−ln(factor per step)")
        axes.set_title("Measured rate at the optimal λ and τ: dots, one per seed; theory: lines")
        figure.tight_layout()
        return figure


def plot_phases(phases: pd.DataFrame, edges: pd.DataFrame) -> Figure:
    """Draw the factor per step over τ and λh, grey where runs grow, with the measured edge and 2 + 2τ."""
    factor = phases.pivot_table(index="step", columns="momentum", values="factor")
    with style():
        figure = new_figure(7.5, 4.6)
        axes = figure.subplots()
        axes.grid(visible=False)
        shrinking = np.ma.masked_greater(factor.to_numpy(), 1.0)
        axes.set_facecolor("#DDDDDD")
        mesh = axes.pcolormesh(
            factor.columns,
            factor.index,
            shrinking,
            cmap="viridis",
            vmin=0,
            vmax=1,
            shading="nearest",
            rasterized=True,
        )
        axes.plot(edges["momentum"], edges["theory"], color=INK, linewidth=0.9)
        axes.plot(edges["momentum"], edges["upper"], "o", color=INK, markersize=3.5)
        axes.plot(edges["momentum"], edges["lower"], "o", color=INK, markersize=3.5, clip_on=False)
        tau = np.linspace(0.0, 0.995, 300) ** 2
        # λh = (1 ± √τ)²: between the two the eigenvalues are complex, and the factor is √τ whatever λ.
        for sign in (-1, 1):
            axes.plot(tau, (1 + sign * np.sqrt(tau)) ** 2, color="white", linewidth=0.9)
        axes.text(0.03, 3.95, "runs grow", color=INK)
        axes.text(0.03, 3.6, "edge: measured (dots), 2 + 2τ (line)", color=INK)
        axes.text(0.55, 1.5, "factor √τ, whatever λ", color=INK)
        axes.set(xlabel="momentum τ", ylabel="λh", xlim=(0, 1), ylim=(0, 4.4))
        axes.set_title("Factor per step on a quadratic of curvature h")
        figure.colorbar(mesh, label="measured factor per step")
        figure.tight_layout()
        return figure


def plot_curves(curves: pd.DataFrame, config: MomentumConfig) -> Figure:
    """Draw the training loss of every seed (thin) and the geometric mean (thick)."""
    with style():
        figure = new_figure(9.0, 4.2)
        panels = figure.subplots(1, 2, sharey=True)
        rate = 10 ** (config.equal_power / 4) / config.batch_size
        for axes, names, title in (
            (
                panels[0],
                ("plain, λ", "momentum, λ", "plain, λ/(1 − τ)"),
                f"At equal λ = {rate:.2g}, and at λ/(1 − τ)",
            ),
            (panels[1], ("plain, tuned", "momentum, tuned"), "Each at its own tuned λ"),
        ):
            for number, name in enumerate(reversed(names)):
                _draw_curve(axes, curves[curves["curve"] == name], name, number)
            axes.set_title(title)
            axes.set(xlabel="epoch", xlim=(0, config.epochs))
        panels[0].set_ylabel("training loss, nats per image")
        figure.tight_layout()
        return figure


def _draw_curve(axes: Axes, curve: pd.DataFrame, name: str, number: int) -> None:
    losses = curve.pivot_table(index="epoch", columns="seed", values="training_loss")
    colour = _OF_CURVE[name]
    axes.semilogy(losses.index, losses.to_numpy(), color=colour, linewidth=0.5, alpha=0.5)
    mean = np.exp(np.log(losses).mean(axis=1))
    # It lies on another curve, which must show between its dashes.
    above = name == "plain, λ/(1 − τ)"
    axes.semilogy(
        mean.index,
        mean,
        color=colour,
        linewidth=2.4,
        linestyle=(0, (4, 3)) if above else "-",
        zorder=4 if above else 3,
    )
    text = ORANGE_TEXT if colour == ORANGE else colour
    at = 0.05 + 0.085 * number  # from below, in the corner that no curve comes to
    final = f"{mean.iloc[-1]:.2g}"
    axes.text(0.03, at, f"{name}: {final} at the end", color=text, transform=axes.transAxes, va="bottom")


def plot_unlearning(counts: pd.DataFrame, frequencies: pd.DataFrame) -> Figure:
    """Draw the share of un-learning steps against the batch size: dots are seeds, bars the interval of the mean."""
    with style():
        figure = new_figure(9.0, 3.9)
        panels = figure.subplots(1, 2, sharey=True)
        for axes, phase in zip(panels, ("early", "late"), strict=True):
            for method, shift in (("plain", 0.93), ("momentum", 1.08)):
                seeds = counts[(counts["method"] == method) & (counts["phase"] == phase)]
                mean = frequencies[(frequencies["method"] == method) & (frequencies["phase"] == phase)]
                spread = shift * 1.012 ** (seeds["seed"] - seeds["seed"].max() / 2)
                axes.plot(
                    seeds["batch"] * spread,
                    seeds["share"],
                    ".",
                    color=_COLOUR[method],
                    alpha=0.45,
                    markersize=5,
                )
                axes.fill_between(mean["batch"], mean["low"], mean["high"], color=_COLOUR[method], alpha=0.25)
                axes.plot(mean["batch"], mean["share"], color=_COLOUR[method])
                height = 0.95 if method == "plain" else 0.87
                words = "plain SGD" if method == "plain" else "momentum, equal effective step"
                axes.text(
                    0.97, height, words, color=_TEXT[method], transform=axes.transAxes, ha="right", va="top"
                )
            axes.set_xscale("log")
            batches = sorted(counts["batch"].unique())
            axes.set_xticks(batches, [str(batch) for batch in batches])
            axes.minorticks_off()
            axes.set(xlabel="batch size m", title=f"{phase.capitalize()} in training")
        panels[0].set_ylabel("share of steps that un-learn")
        panels[0].set_ylim(bottom=-0.02)
        figure.tight_layout()
        return figure
