"""Intervals of means, as numbers and as text."""

from collections.abc import Iterable

import numpy as np

from gradproof_experiments.uncertainty import bca

__all__ = ["interval", "with_interval"]


def interval(values: Iterable[float], root: int, purpose: str) -> tuple[float, float]:
    """BCa interval of the mean of one value per seed.

    Examples
    --------
    >>> low, high = interval([0.9, 1.0, 1.1, 1.2, 0.8], 1, "example")
    >>> low < 1.0 < high
    True
    """
    return bca(list(values), root=root, purpose=purpose)


def with_interval(values: Iterable[float], root: int, purpose: str, digits: int = 3) -> str:
    """Mean with its interval, as text of so many significant digits.

    Examples
    --------
    >>> with_interval([1.0, 1.0], 1, "example")
    '1 [1, 1]'
    """
    sample = list(values)
    low, high = interval(sample, root, purpose)
    return f"{np.mean(sample):.{digits}g} [{low:.{digits}g}, {high:.{digits}g}]"
