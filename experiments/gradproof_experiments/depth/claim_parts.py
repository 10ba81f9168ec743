"""A claim from a mean over the seeds, and the accuracies that it is made of."""

import pandas as pd

from gradproof_experiments.claim import Claim, Within
from gradproof_experiments.networks import Scheme

from .intervals import Mean

__all__ = ["accuracy_by_seed", "mean_claim", "scheme_name"]


def mean_claim(statement: str, quantity: str, mean: Mean, expected: Within) -> Claim:
    """Claim that the mean decides."""
    return Claim(statement, quantity, mean.value, mean.interval, expected)


def accuracy_by_seed(last: pd.DataFrame, activation: str, scheme: str, depth: int) -> "pd.Series[float]":
    """Test accuracy of one cell, by seed."""
    chosen = (last["activation"] == activation) & (last["scheme"] == scheme) & (last["depth"] == depth)
    return last[chosen].set_index("seed")["test_accuracy"].sort_index()


def scheme_name(scheme: Scheme) -> str:
    """Name of the initialisation, as text."""
    return {"glorot": "Glorot", "he": "He", "fixed": "fixed"}[scheme]
