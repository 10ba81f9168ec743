"""What the slides and the theory say of momentum, against what was measured (F08, F09, F10)."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gradproof_experiments.claim import Claim, Within
from gradproof_experiments.uncertainty import bca

from .config import MomentumConfig
from .tables import Frames

__all__ = ["find_claims"]

# What a reader would not call a difference: one image in a hundred.
_MARGIN = 0.01


def find_claims(config: MomentumConfig, tables: Frames) -> tuple[Claim, ...]:
    """Return all claims, in the order of the slides."""
    return (*_on_quadratics(config, tables), *_on_digits(config, tables), *_of_unlearning(config, tables))


def _over_seeds(
    config: MomentumConfig,
    statement: str,
    quantity: str,
    values: npt.ArrayLike,
    expected: Within,
    evidence: str = "",
) -> Claim:
    """Make a claim of the mean over the seeds."""
    measured = float(np.asarray(values, np.float64).mean())
    interval = bca(values, root=config.seed, purpose=statement)
    return Claim(statement, quantity, measured, interval, expected, evidence)


def _on_quadratics(config: MomentumConfig, tables: Frames) -> list[Claim]:
    rates, edges = tables.rates, tables.edges
    error = (rates["exponent"] / rates["theory"] - 1).abs()
    claims = []
    for method, formula in (("momentum", "(√κ − 1)/(√κ + 1)"), ("plain", "(κ − 1)/(κ + 1)")):
        name = "Momentum" if method == "momentum" else "Plain gradient descent"
        mine = rates["method"] == method
        worst = error[mine].groupby(rates["seed"][mine]).max()
        claims.append(
            _over_seeds(
                config,
                f"{name} at its optimal parameters converges at the rate {formula}.",
                "relative error of −ln(rate), the worst of all κ from 10 to 10⁴",
                worst.to_numpy(),
                Within(0.0, 0.01),
            )
        )
    exponents = rates[rates["kappa"] > 9999].pivot_table(index="seed", columns="method", values="exponent")
    # artanh(1/√κ)/artanh(1/κ), which is √κ up to 1/(3κ): the two formulas' exponents.
    claims.append(
        _over_seeds(
            config,
            "Momentum needs about √κ times fewer steps: 100 times fewer at κ = 10⁴.",
            "ratio of the exponents at κ = 10⁴",
            (exponents["momentum"] / exponents["plain"]).to_numpy(),
            Within(99.0, 101.0),
        )
    )
    off = max((edges["upper"] - edges["theory"]).abs().max(), edges["lower"].abs().max())
    claims.append(
        Claim.exact(
            "Momentum converges exactly for 0 < λh < 2 + 2τ.",
            "distance of the measured edges from 0 and 2 + 2τ, the worst of all τ",
            off,
            Within(0.0, 1e-3),
        )
    )
    return claims


def _on_digits(config: MomentumConfig, tables: Frames) -> list[Claim]:
    last = tables.curves[tables.curves["epoch"] == config.epochs].set_index(["curve", "seed"])
    loss, right = last["training_loss"], last["test_accuracy"]
    gain = loss["plain, λ"] - loss["momentum, λ"]
    of_step = loss["plain, λ"] - loss["plain, λ/(1 − τ)"]
    steps = config.epochs * math.ceil(config.n_training / config.batch_size)
    slack = 1 / ((1 - config.momentum) * steps)
    return [
        _over_seeds(
            config,
            f"At an equal small λ, momentum {config.momentum:g} trains faster.",
            f"training loss after {config.epochs} epochs, momentum less plain SGD, nats per image",
            (-gain).to_numpy(),
            Within(high=0.0),
        ),
        _over_seeds(
            config,
            "What momentum gains at an equal λ is what plain SGD gains from the step λ/(1 − τ).",
            "share of the gain that the larger step gives",
            (gain / of_step).to_numpy(),
            Within(1 - slack, 1 + slack),
            f"the velocity lags τ/(1 − τ) steps behind, at most 1/((1 − τ)N) = {slack:.2g} of the gain in N = {steps} steps",
        ),
        _over_seeds(
            config,
            "With λ tuned for each, momentum changes what is right on new images by less than one image in a hundred.",
            "test accuracy, momentum less plain SGD",
            (right["momentum, tuned"] - right["plain, tuned"]).to_numpy(),
            Within(-_MARGIN, _MARGIN),
        ),
    ]


def _of_unlearning(config: MomentumConfig, tables: Frames) -> list[Claim]:
    shares = tables.counts.set_index(["method", "phase", "batch", "seed"])["share"].sort_index()
    small, large, full = (config.unlearning_batches[i] for i in (0, -2, -1))
    late = shares["plain", "late", small]
    # The least that differs from 0: one step of one seed, and its part of a mean. 0 itself is "no more often".
    one_step, n_mean = 1 / (config.unlearning_steps * config.seeds), len(config.unlearning_batches) - 1
    return [
        _over_seeds(
            config,
            "A minibatch step can un-learn: lower the loss of its batch and raise that of all images.",
            f"share of plain SGD's late steps with batches of {small} that un-learn",
            late.to_numpy(),
            Within(low=one_step),
        ),
        _over_seeds(
            config,
            "Small batches un-learn more often than large ones.",
            f"share with batches of {small} less that with {large}, plain SGD, late",
            (late - shares["plain", "late", large]).to_numpy(),
            Within(low=one_step),
        ),
        _over_seeds(
            config,
            "Steps un-learn more often late in training, when the gradient has shrunk beside its noise.",
            f"share late less early, plain SGD, mean over batches smaller than {full}",
            _mean_difference(shares, ("plain", "late"), ("plain", "early"), config.unlearning_batches[:-1]),
            Within(low=one_step / n_mean),
        ),
        _over_seeds(
            config,
            "With momentum fewer steps un-learn than without, at the λ/(1 − τ) of both alike.",
            f"share with momentum less plain SGD, mean over batches smaller than {full} and over early and late steps",
            (
                _mean_difference(
                    shares, ("momentum", "late"), ("plain", "late"), config.unlearning_batches[:-1]
                )
                + _mean_difference(
                    shares, ("momentum", "early"), ("plain", "early"), config.unlearning_batches[:-1]
                )
            )
            / 2,
            Within(high=-one_step / n_mean / 2),
        ),
    ]


def _mean_difference(
    shares: "pd.Series[Any]", ours: tuple[str, str], other: tuple[str, str], batches: tuple[int, ...]
) -> npt.NDArray[np.float64]:
    """Return the difference of every seed, the mean over the batch sizes."""
    differences: npt.NDArray[np.float64] = np.mean(
        [(shares[(*ours, batch)] - shares[(*other, batch)]).to_numpy() for batch in batches], axis=0
    )
    return differences
