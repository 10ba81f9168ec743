"""Bootstrap intervals over paired seeds."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import stats

from ._rounding import round_significant
from .experiment import generator

__all__ = ["bca"]

_RESAMPLES = 9999
# Resamples that hold every value once have the mean of the sample: which of the two is larger would hang on the last bits of
# the values, and with it the bias that BCa corrects for.
_DIGITS = 8


def bca(
    values: npt.ArrayLike,
    *,
    root: int,
    purpose: str,
    statistic: Callable[..., npt.NDArray[np.float64]] = np.mean,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """BCa bootstrap interval of a statistic of one value per seed, in the unit of the values.

    Where two treatments are compared, the values are the differences of the pairs.

    Parameters
    ----------
    values : float array, shape (n,)
        At least two, all finite; rounded to 8 significant digits, so that another CPU finds the same interval.
    root : int
        Root of the experiment's randomness.
    purpose : str
        Names the stream of the resampling.
    statistic : callable, optional
        ``statistic(values, axis=-1)``.
    confidence : float, optional

    Returns
    -------
    tuple of two floats
        Twice the same number where all values are equal.

    Raises
    ------
    ValueError
        If there are fewer than two values, or one is not finite.

    References
    ----------
    B. Efron, "Better bootstrap confidence intervals", JASA 82 (1987) 171-185.

    Examples
    --------
    >>> low, high = bca([0.9, 1.0, 1.1, 1.2, 0.8], root=1, purpose="example")
    >>> low < 1.0 < high
    True
    """
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or len(sample) < 2 or not np.isfinite(sample).all():
        raise ValueError(f"values must be at least two finite numbers; got values={sample!r}.")
    sample = np.array([round_significant(float(value), _DIGITS) for value in sample])
    if np.ptp(sample) == 0:
        same = float(statistic(sample, axis=-1))
        return same, same
    found = stats.bootstrap(
        (sample,),
        statistic,
        n_resamples=_RESAMPLES,
        confidence_level=confidence,
        method="BCa",
        rng=generator(root, f"bootstrap: {purpose}"),
    ).confidence_interval
    return float(found.low), float(found.high)
