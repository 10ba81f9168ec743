"""scipy.stats' continuous distributions: the density as the derivative of the distribution function.

Below the median of the cdf, above it of −sf, which keeps its digits in the upper tail.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.stats._distr_params import distcont

from foreign_corpus.case import Case
from foreign_corpus.pointwise import pointwise

Points = NDArray[np.float64]

BODY = (0.01, 0.05, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95, 0.99)
FEW = (0.05, 0.3, 0.99)
ONE = (0.4,)
TAIL = (1e-3, 1e-6, 1e-12)
# A call takes some 10 ms to seconds: fewer points, and no tails.
SLOW = {"gausshyper", "genhyperbolic", "ksone", "kstwo", "levy_stable", "norminvgauss", "studentized_range"}
SLOWEST = {"ksone", "studentized_range"}
LOC, SCALE = 0.375, 1.75
# What differences show of logarithms of differences, as those of truncated distributions are.
LOGARITHM = 1e-4


def distributions() -> Iterator[tuple[str, Any]]:
    """Yield the distributions of scipy's own tests, with their shape parameters, by name."""
    seen = set()
    for name, shapes in distcont:
        label = f"{name}({', '.join(f'{shape:.4g}' for shape in shapes)})"
        if label not in seen:
            seen.add(label)
            yield label, getattr(stats, name)(*shapes)


def is_slow(label: str) -> bool:
    """Tell whether a distribution is too slow for many points."""
    return label.partition("(")[0] in SLOW


def body(label: str, law: Any) -> Case:
    """Make the case of quantiles 0.01 … 0.99, with the derivatives by location and scale beside those by the points."""
    family, shapes = law.dist, law.args
    if family.name in SLOWEST:
        return pointwise(f"{label}: body", law.cdf, law.pdf, law.ppf(ONE))
    quantiles = np.array(FEW if is_slow(label) else BODY)
    below = quantiles < 0.5
    weights = 1 / np.where(below, quantiles, 1 - quantiles)

    def total(x: list[float], loc: float, scale: float) -> float:
        at = np.array(x)
        lower = family.cdf(at, *shapes, loc=loc, scale=scale)
        upper = family.sf(at, *shapes, loc=loc, scale=scale)
        return float(np.sum(weights * np.where(below, lower, -upper)))

    def gradient(x: list[float], loc: float, scale: float) -> tuple[list[float], float, float]:
        at = np.array(x)
        slope = weights * family.pdf(at, *shapes, loc=loc, scale=scale)
        return slope.tolist(), float(-slope.sum()), float(-slope @ (at - loc) / scale)

    points = family.ppf(quantiles, *shapes, loc=LOC, scale=SCALE)
    return Case(f"{label}: body", total, gradient, (points.tolist(), LOC, SCALE), {}, "", len(points))


def tails(label: str, law: Any) -> Iterator[Case]:
    """Yield points in both tails, and the logarithms of cdf and sf, whose derivatives are ratios of what scipy computes."""
    for probability in TAIL:
        for at in _inside(law, law.ppf(probability)):
            yield pointwise(f"{label}: cdf = {probability:g}", law.cdf, law.pdf, at)
        for at in _inside(law, law.isf(probability)):
            yield pointwise(f"{label}: sf = {probability:g}", law.sf, lambda x: -law.pdf(x), at)
    # Where scipy has no formula of its own for a logarithm, it takes that of the cdf.
    if _has_own(law, "_logcdf"):
        low = law.ppf(BODY[:-2])
        yield pointwise(
            f"{label}: logcdf",
            law.logcdf,
            lambda x: np.exp(law.logpdf(x) - law.logcdf(x)),
            low,
            resolution=LOGARITHM,
        )
    if _has_own(law, "_logsf"):
        high = law.ppf(BODY[2:])
        yield pointwise(
            f"{label}: logsf",
            law.logsf,
            lambda x: -np.exp(law.logpdf(x) - law.logsf(x)),
            high,
            resolution=LOGARITHM,
        )


def _has_own(law: Any, method: str) -> bool:
    return getattr(type(law.dist), method) is not getattr(stats.rv_continuous, method)


def _inside(law: Any, points: Points) -> Points:
    """Return those points, each once, that are strictly inside of the support."""
    low, high = law.support()
    distinct = np.unique(points)
    return distinct[(distinct > low) & (distinct < high) & np.isfinite(distinct)]


def cases(*, everywhere: bool = True) -> Iterator[Case]:
    """Yield the body of every distribution, and where `everywhere` is set the tails of those that are not slow."""
    for label, law in distributions():
        slow = is_slow(label)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # quantiles by root finding, as scipy's own tests see them
            found = [body(label, law)]
            if everywhere and not slow:
                found += tails(label, law)
        yield from found
