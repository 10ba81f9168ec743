"""What the theory of vanishing gradients says, held against the runs (F21, F24)."""

import pandas as pd

from gradproof_experiments.claim import Claim, Within
from gradproof_experiments.networks import Scheme

from .claim_parts import accuracy_by_seed, mean_claim, scheme_name
from .config import DepthConfig
from .intervals import chance, mean_accuracy

__all__ = ["gradient_claims", "training_claims"]

_FACTORS: dict[tuple[str, Scheme], str] = {
    (
        "sigmoid",
        "glorot",
    ): "Through sigmoid the gradient vanishes: every layer on the way down lets less than a quarter pass.",
    (
        "sigmoid",
        "he",
    ): "He's larger weights do not save sigmoid: every layer still takes more than two thirds of the gradient.",
    (
        "tanh",
        "glorot",
    ): "Tanh with Glorot's weights keeps about nine tenths of the gradient at a layer.",
    ("relu", "he"): "ReLU with He's weights passes the gradient on undiminished.",
    ("relu", "glorot"): "ReLU with Glorot's weights, which are made for tanh, loses √½ at every layer.",
    (
        "tanh",
        "fixed",
    ): "Weights of a fixed small deviation lose the gradient whatever the activation: tanh's, the steepest, as well.",
}


def gradient_claims(config: DepthConfig, factors: pd.DataFrame) -> list[Claim]:
    """One claim for each factor per layer that the theory of an initialisation is about."""
    rows = {(row["activation"], row["scheme"]): row for row in factors.to_dict("records")}
    networks = f"{config.profile_depth} layers of {config.profile_width}"
    return [
        Claim(
            statement,
            f"factor per layer of the RMS of ∂l/∂z: {activation}, {scheme_name(scheme)}, {networks}",
            row["measured"],
            (row["low"], row["high"]),
            Within(row["theory_low"], row["theory_high"]),
            f"mean-field theory {row['theory']:.4g}, and {row['first_over_last_theory']:.1e} from the last layer to "
            "the first",
        )
        for (activation, scheme), statement in _FACTORS.items()
        for row in (rows[activation, scheme],)
    ]


def training_claims(config: DepthConfig, better: pd.DataFrame) -> list[Claim]:
    """Which of the deepest networks leave chance."""
    last = better[better["epoch"] == config.epochs]
    n, low = config.depths[-1], chance(config)

    def accuracy(activation: str, scheme: str, depth: int) -> pd.Series:
        return accuracy_by_seed(last, activation, scheme, depth)

    def leaves(statement: str, activation: str, scheme: Scheme, depth: int, expected: Within) -> Claim:
        mean = mean_accuracy(
            accuracy(activation, scheme, depth), config, f"claim: {activation}, {scheme}, {depth}"
        )
        return mean_claim(
            statement, f"test accuracy: {activation}, {scheme_name(scheme)}, {depth} layers", mean, expected
        )

    gain = accuracy("relu", "he", n) - accuracy("relu", "glorot", n)
    stuck, learns = Within(high=low), Within(low=low)
    best = max(("sigmoid", "tanh", "relu"), key=lambda name: accuracy(name, "fixed", n).mean())
    return [
        leaves(
            "Sigmoid alone is not the trouble: a network of two layers learns.",
            "sigmoid",
            "glorot",
            2,
            learns,
        ),
        leaves(f"A sigmoid network of {n} layers does not leave chance.", "sigmoid", "glorot", n, stuck),
        leaves(
            f"He's weights do not get a sigmoid network of {n} layers off chance either.",
            "sigmoid",
            "he",
            n,
            stuck,
        ),
        leaves(f"A ReLU network of {n} layers with He's weights learns.", "relu", "he", n, learns),
        leaves(f"A tanh network of {n} layers with Glorot's weights learns.", "tanh", "glorot", n, learns),
        mean_claim(
            f"At {n} layers ReLU does better with He's weights, which are made for it, than with Glorot's.",
            f"test accuracy with He's less that with Glorot's: relu, {n} layers",
            mean_accuracy(gain, config, "claim: relu, he less glorot"),
            Within(low=0.0),
        ),
        leaves(
            f"With weights of a fixed small deviation no activation leaves chance at {n} layers; this is the best.",
            best,
            "fixed",
            n,
            stuck,
        ),
    ]
