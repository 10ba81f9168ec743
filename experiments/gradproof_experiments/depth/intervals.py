"""Means over the paired seeds with their intervals."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradproof_experiments.uncertainty import bca

from .config import DepthConfig

__all__ = ["Mean", "chance", "mean_accuracy", "mean_over_seeds"]


class Mean(NamedTuple):
    """A mean and its 95 % BCa interval."""

    value: float
    low: float
    high: float

    @property
    def interval(self) -> tuple[float, float]:
        """Both ends."""
        return self.low, self.high

    def percent(self) -> str:
        """The interval in percent: ``92 to 94``.

        Examples
        --------
        >>> Mean(0.93, 0.918, 0.942).percent()
        '92 to 94'
        """
        return f"{100 * self.low:.0f} to {100 * self.high:.0f}"


def mean_over_seeds(values: npt.ArrayLike, config: DepthConfig, purpose: str) -> Mean:
    """Mean of one value per seed."""
    values = np.asarray(values, dtype=np.float64)
    return Mean(float(values.mean()), *bca(values, root=config.seed, purpose=purpose))


def mean_accuracy(values: npt.ArrayLike, config: DepthConfig, purpose: str) -> Mean:
    """Mean of one accuracy, or difference of two, per seed.

    The bootstrap is of the number of right images: means of integers are exact, and whether two of them are equal does
    not hang on how a CPU adds.
    """
    right = np.rint(np.asarray(values, dtype=np.float64) * config.n_test)
    return Mean(*(number / config.n_test for number in mean_over_seeds(right, config, purpose)))


def chance(config: DepthConfig) -> float:
    """Highest mean accuracy that is no better than naming one class whatever the image.

    That class is right for a tenth of the images. The mean over the test images of all seeds deviates by
    √(0.1 · 0.9/(seeds · n_test)); it must be allowed 3 such deviations, and its interval reaches 2 further.

    Examples
    --------
    >>> round(chance(DepthConfig()), 3)
    0.127
    """
    return float(0.1 + 5 * np.sqrt(0.1 * 0.9 / (config.seeds * config.n_test)))
