"""Means over the paired seeds with their intervals, computed once for tables, figures and claims alike."""

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gradproof_experiments._rounding import round_frame
from gradproof_experiments.claim import Claim, Within
from gradproof_experiments.uncertainty import bca

__all__ = ["STANDARD_ERRORS", "Interval", "claim", "farthest", "mean_interval", "prepare", "root", "summary"]

STANDARD_ERRORS = 6
"""How far an interval may reach from theory, in standard errors that theory gives too: the interval takes two to either
side of a mean that lies within four, but for 6 in 100,000."""

# Squared errors: rounding at degree 9 leaves 1e-15 at most, and nothing real here is that small.
_ZERO_BELOW = 1e-14


class Interval(NamedTuple):
    """A mean over seeds and its BCa interval at 95 %, all three in one unit."""

    mean: float
    low: float
    high: float

    def map(self, monotone: Callable[[float], float]) -> "Interval":
        """The same interval in another unit, by a function that grows."""
        return Interval(*map(monotone, self))


def prepare(results: pd.DataFrame) -> pd.DataFrame:
    """Round results to six digits: the bootstrap counts resamples that tie with the mean, and must not count last bits."""
    return round_frame(results, digits=6, zero_below=_ZERO_BELOW)


def mean_interval(values: "Sequence[float] | pd.Series[Any]", seed: int) -> Interval:
    """Mean over the seeds and its interval; the same resamples of the seeds for every quantity.

    Examples
    --------
    >>> mean_interval([2.0, 2.0], 1)
    Interval(mean=2.0, low=2.0, high=2.0)
    """
    return _interval(tuple(map(float, values)), seed)


@cache
def _interval(values: tuple[float, ...], seed: int) -> Interval:
    return Interval(float(np.mean(values)), *bca(values, root=seed, purpose="means over seeds"))


def summary(results: pd.DataFrame, by: str, column: str, seed: int) -> dict[float, Interval]:
    """Interval of one column for every value of another."""
    return {float(str(key)): mean_interval(rows.tolist(), seed) for key, rows in results.groupby(by)[column]}


def root(squared: float) -> float:
    """Square root of a squared error."""
    return math.sqrt(squared)


def claim(statement: str, quantity: str, found: Interval, expected: Within, evidence: str = "") -> Claim:
    """Claim that an interval decides."""
    return Claim(statement, quantity, found.mean, (found.low, found.high), expected, evidence)


def farthest(
    found: dict[float, Interval], theory: dict[float, tuple[float, float]]
) -> tuple[float, Interval, Within]:
    """Where measurement and theory differ most, in standard errors: that key, their ratio, and its allowed range.

    Parameters
    ----------
    found : dict of float to Interval
    theory : dict of float to two floats
        Expected value and the standard error that theory gives to the mean measured.
    """
    key = max(found, key=lambda k: abs(found[k].mean - theory[k][0]) / theory[k][1])
    value, error = theory[key]
    reach = STANDARD_ERRORS * error / value
    return key, found[key].map(lambda x: x / value), Within(1 - reach, 1 + reach)
