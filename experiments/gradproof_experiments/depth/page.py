"""The experiment on depth as an item of the report."""

import math
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from gradproof_experiments._rounding import round_frame
from gradproof_experiments.claim import Claim
from gradproof_experiments.experiment import Results, sources_of
from gradproof_experiments.item import Item, Picture, Table

from .claims import gradient_claims, training_claims
from .config import DepthConfig
from .figures import plot_profiles, plot_step
from .gradient_tables import factor_table, profile_table, theory_table
from .step_claims import step_claims
from .training_figures import plot_accuracies, plot_curves
from .training_tables import accuracy_table, better_rate, curve_table, step_table
from .words import LIMITS, MEANS, TITLE, method, pictures_words

__all__ = ["item"]


def item(config: DepthConfig, results: Results) -> Item:
    """Make the item from what the runs returned."""
    better = better_rate(results["training"], ["activation", "scheme", "depth"])
    better_step = better_rate(results["step"], ["depth"])
    factors = factor_table(config, results["gradients"])
    tables = {
        "factors": round_frame(factors, 4),
        "gradients": profile_table(config, results["gradients"]),
        "theory": theory_table(config),
        "accuracies": accuracy_table(config, better),
        "curves": curve_table(config, better),
        "step": step_table(config, results["step"], better_step),
        "step_seeds": round_frame(better_step[["depth", "seed", "learning_rate", "test_accuracy"]], 4),
    }
    claims = (
        *gradient_claims(config, factors),
        *training_claims(config, better),
        *step_claims(config, results["step"], better_step, better),
    )
    return Item(
        name="depth",
        title=TITLE,
        question="The slides stack sigmoid layers, list three more activations, and say nothing of the initial weights. "
        "How deep a network can SGD train with each, and what decides it?",
        method=method(config),
        answer=_answer(config, claims),
        claims=claims,
        pictures=_pictures(config, tables),
        tables=_tables(tables),
        means=MEANS,
        limits=LIMITS,
        configuration=asdict(config),
        sources=sources_of(Path(__file__).parent),
    )


def _answer(config: DepthConfig, claims: tuple[Claim, ...]) -> str:
    holding = sum(claim.verdict == "holds" for claim in claims)
    sigmoid, relu = (
        claims[0],
        next(claim for claim in claims if claim.statement.startswith("ReLU with He's weights passes")),
    )
    return (
        f"{holding} of {len(claims)} claims hold; per layer a sigmoid network of {config.profile_depth} layers keeps "
        f"{sigmoid.value} of its gradient, a ReLU network with He's weights {relu.value}."
    )


def _pictures(config: DepthConfig, tables: dict[str, pd.DataFrame]) -> tuple[Picture, ...]:
    curves, top = tables["curves"], math.log(10)
    figures = {
        "gradients": plot_profiles(tables["gradients"], tables["theory"], tables["factors"]),
        "accuracies": plot_accuracies(tables["accuracies"]),
        "losses": plot_curves(
            curves, "training_loss", "training loss, nats", top, "ln 10: all classes alike"
        ),
        "learning": plot_curves(curves, "test_accuracy", "test accuracy", 0.1, "one class for all"),
        "step": plot_step(tables["step_seeds"], tables["step"], tables["accuracies"], 0.1),
    }
    return tuple(Picture(name, figures[name], *words) for name, words in pictures_words(config).items())


def _tables(tables: dict[str, pd.DataFrame]) -> tuple[Table, ...]:
    factors = {
        "scheme": "initial weights",
        "low": "from",
        "high": "to",
        "theory_low": "allowed from",
        "theory_high": "allowed to",
        "first_over_last": "first layer ÷ last",
        "first_over_last_theory": "the same by theory",
    }
    accuracies = {"scheme": "initial weights", "learning_rate": "learning rate", "low": "from", "high": "to"}
    seeds = {"lowest_seed": "lowest seed", "highest_seed": "highest seed"}
    step = {
        "depth": "layers",
        "hidden_gradient": "largest hidden gradient",
        "n_hidden": "hidden parameters",
        "hidden_changed": "of these changed",
        "n_last": "last layer's parameters",
        "last_changed": "of these changed, at least",
        "low": "from",
        "high": "to",
    }
    words = {
        "factors": (
            "By what factor the RMS of ∂l/∂z shrinks per hidden layer, with 95 % interval, and by theory.",
            factors,
        ),
        "step": (
            "Networks with the step after training: what moved, and the test accuracy.",
            {**step, **seeds},
        ),
        "accuracies": (
            "Test accuracy at the end, at the better learning rate, of every cell.",
            {**accuracies, **seeds},
        ),
        "gradients": ("RMS of the gradients and of the layers' inputs, every layer and seed.", {}),
        "theory": ("Mean-field theory of the RMS of ∂l/∂z, every layer.", {}),
        "curves": ("Training loss and test accuracy after every epoch, every seed.", {}),
        "step_seeds": ("Test accuracy with the step, every seed.", {}),
    }
    return tuple(
        Table(name, tables[name], caption, headings, shown=name in {"factors", "step"})
        for name, (caption, headings) in words.items()
    )
