"""Exponents of time against size: t = c·nᵖ fitted as a straight line in log n and log t."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

__all__ = ["SIZES", "PowerLaw", "fit_power_law", "power_laws"]

SIZES = ("models", "parameters", "depth", "batch", "directions")
"""Names of the one parameter of the suite's scaling benchmarks; time should be linear in each."""


@dataclass(frozen=True)
class PowerLaw:
    """Seconds t = factor·nᵖ, with p = `exponent` and its 95 % interval."""

    benchmark: str
    size: str
    sizes: tuple[float, ...]
    seconds: tuple[float, ...]
    exponent: float
    factor: float
    interval: tuple[float, float]


def fit_power_law(sizes: npt.ArrayLike, seconds: npt.ArrayLike) -> tuple[float, float, tuple[float, float]]:
    """Exponent, factor, and the exponent's 95 % interval, from least squares in the logarithms.

    The interval is Student's, with the residuals of a straight line as noise: a curve widens it as scatter does.

    Raises
    ------
    ValueError
        If there are fewer than three sizes.

    Examples
    --------
    >>> exponent, factor, _ = fit_power_law([1, 10, 100], [2, 20, 200])
    >>> round(exponent, 9), round(factor, 9)
    (1.0, 2.0)
    """
    x, y = np.log(np.asarray(sizes, dtype=float)), np.log(np.asarray(seconds, dtype=float))
    if x.size < 3:
        raise ValueError(f"a fit must have at least 3 sizes; got {x.size}. Measure more sizes.")
    centred = x - x.mean()
    spread = float(centred @ centred)
    exponent = float(centred @ y) / spread
    residuals = y - y.mean() - exponent * centred
    error = float(np.sqrt(residuals @ residuals / (x.size - 2) / spread))
    half = float(stats.t.ppf(0.975, x.size - 2)) * error
    return (
        exponent,
        float(np.exp(y.mean() - exponent * x.mean())),
        (exponent - half, exponent + half),
    )


def power_laws(frame: pd.DataFrame) -> list[PowerLaw]:
    """Fit every scaling benchmark of times, at the last commit that measured it at three sizes or more."""
    chosen = frame[
        (frame["kind"] == "time")
        & frame["benchmark"].str.startswith("scaling.")
        & frame["parameter"].isin(SIZES)
    ]
    laws = []
    for (benchmark, size), rows in chosen.groupby(["benchmark", "parameter"], sort=True):
        sets = [each for _, each in rows.groupby(["machine", "date", "commit"], sort=True) if len(each) >= 3]
        if sets:
            last = sets[-1]
            sizes, seconds = last["point"].astype(float), last["value"]
            exponent, factor, interval = fit_power_law(sizes, seconds)
            laws.append(
                PowerLaw(str(benchmark), str(size), tuple(sizes), tuple(seconds), exponent, factor, interval)
            )
    return sorted(laws, key=lambda law: SIZES.index(law.size))
