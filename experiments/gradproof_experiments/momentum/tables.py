"""What the runs returned, as the rounded tables from which the figures are drawn."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from gradproof_experiments._rounding import round_frame
from gradproof_experiments.experiment import Results
from gradproof_experiments.uncertainty import bca
from gradproof_reference import optimal_gradient_descent_rate, optimal_momentum_rate

from .config import MomentumConfig

__all__ = ["COMPARISONS", "Frames", "frames"]

COMPARISONS = {
    "equal λ": ("momentum, λ", "plain, λ"),
    "equal effective step": ("momentum, λ", "plain, λ/(1 − τ)"),
    "each tuned": ("momentum, tuned", "plain, tuned"),
}
"""Comparison to the two curves that are subtracted."""


class Frames(NamedTuple):
    """Tables of the item; `curves`, `counts` and `phases` are for the figures, the others are shown too.

    Attributes
    ----------
    rates : DataFrame
        method, kappa, seed, exponent (−ln of the factor per step), theory.
    edges : DataFrame
        momentum, lower, upper, theory.
    phases : DataFrame
        momentum, step, factor.
    curves : DataFrame
        curve, seed, epoch, power, training_loss, validation_loss, test_accuracy.
    differences : DataFrame
        One row per comparison: mean of the pairs with its BCa interval.
    counts : DataFrame
        method, phase, batch, seed, share.
    frequencies : DataFrame
        The same, mean over the seeds with its BCa interval.
    """

    rates: pd.DataFrame
    edges: pd.DataFrame
    phases: pd.DataFrame
    curves: pd.DataFrame
    differences: pd.DataFrame
    counts: pd.DataFrame
    frequencies: pd.DataFrame


def frames(config: MomentumConfig, results: Results) -> Frames:
    """Make all tables, rounded."""
    rates = results["rates"][["method", "kappa", "seed", "exponent"]].copy()
    best = {"plain": optimal_gradient_descent_rate, "momentum": optimal_momentum_rate}
    rates["theory"] = [
        -np.log(float(best[method](kappa)))
        for method, kappa in zip(rates["method"], rates["kappa"], strict=True)
    ]
    edges = results["edges"][["momentum", "lower", "upper"]].copy()
    edges["theory"] = 2 + 2 * edges["momentum"]
    curves = round_frame(_curves(config, results["training"]), 3)
    counts = results["unlearning"][["method", "phase", "batch", "seed", "share"]]
    return Frames(
        round_frame(rates, 7),
        round_frame(edges, 6, zero_below=1e-9),
        round_frame(results["phases"][["momentum", "step", "factor"]], 3, zero_below=1e-9),
        curves,
        round_frame(_differences(config, curves), 3),
        round_frame(counts, 3),
        round_frame(_frequencies(config, counts), 3),
    )


def _curves(config: MomentumConfig, training: pd.DataFrame) -> pd.DataFrame:
    """Select the five curves; "tuned" is, seed by seed, the λ of the smallest validation loss after the last epoch."""
    columns = ["seed", "epoch", "power", "training_loss", "validation_loss", "test_accuracy"]
    chosen = {
        "plain, λ": _with_power(training, "plain", config.equal_power),
        "momentum, λ": _with_power(training, "momentum", config.equal_power),
        "plain, λ/(1 − τ)": _with_power(training, "plain", config.effective_power),
        "plain, tuned": _tuned(config, training, "plain"),
        "momentum, tuned": _tuned(config, training, "momentum"),
    }
    return pd.concat([frame[columns].assign(curve=name) for name, frame in chosen.items()], ignore_index=True)


def _with_power(training: pd.DataFrame, method: str, power: int) -> pd.DataFrame:
    return training[(training["method"] == method) & (training["power"] == power)]


def _tuned(config: MomentumConfig, training: pd.DataFrame, method: str) -> pd.DataFrame:
    mine = training[training["method"] == method]
    last = mine[mine["epoch"] == config.epochs].pivot_table(
        index="seed", columns="power", values="validation_loss"
    )
    # Rounded before it decides, lest the last bit choose; a tie goes to the smaller λ.
    best = round_frame(last, 4).idxmin(axis=1)
    return mine[mine["power"].to_numpy() == best.loc[mine["seed"]].to_numpy()]


def _differences(config: MomentumConfig, curves: pd.DataFrame) -> pd.DataFrame:
    last = curves[curves["epoch"] == config.epochs]
    by_curve = {
        quantity: last.pivot_table(index="seed", columns="curve", values=quantity)
        for quantity in ("training_loss", "test_accuracy")
    }
    rows = []
    for name, (ours, other) in COMPARISONS.items():
        row: dict[str, object] = {"comparison": name, "of": f"{ours} less {other}"}
        for quantity, ends in by_curve.items():
            pairs = (ends[ours] - ends[other]).to_numpy()
            low, high = bca(pairs, root=config.seed, purpose=f"{name}, {quantity}")
            row |= {quantity: float(pairs.mean()), f"{quantity}_low": low, f"{quantity}_high": high}
        rows.append(row)
    return pd.DataFrame(rows)


def _frequencies(config: MomentumConfig, counts: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (method, phase, batch), group in counts.groupby(["method", "phase", "batch"], sort=True):
        shares = group["share"].to_numpy()
        low, high = bca(shares, root=config.seed, purpose=f"share, {method}, {phase}, {batch}")
        rows.append((method, phase, batch, float(shares.mean()), low, high))
    return pd.DataFrame(rows, columns=["method", "phase", "batch", "share", "low", "high"])
