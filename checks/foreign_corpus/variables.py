"""scipy.stats' random variables of the new kind: Normal, Uniform, Logistic, and what truncates, shifts or mixes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import stats

from foreign_corpus.case import Case
from foreign_corpus.distributions import LOGARITHM
from foreign_corpus.pointwise import pointwise

MIDDLE = (0.01, 0.1, 0.3, 0.6, 0.9, 0.99)
TAIL = (1e-12, 1e-6, 1e-3)


def variables() -> Iterator[tuple[str, Any]]:
    """Yield them by name."""
    normal, logistic = stats.Normal(mu=0.375, sigma=1.75), stats.Logistic()
    yield "Normal(0.375, 1.75)", normal
    yield "Uniform(-0.4, 1.3)", stats.Uniform(a=-0.4, b=1.3)
    yield "Logistic()", logistic
    yield "truncate(Normal)", stats.truncate(normal, -1.0, 2.5)
    yield "Logistic * 2 + 0.3", logistic * 2 + 0.3
    yield "exp(Normal)", stats.exp(normal)
    yield "Mixture", stats.Mixture([normal, stats.Normal(mu=-1.0, sigma=0.3)], weights=[0.25, 0.75])


def cases() -> Iterator[Case]:
    """Yield the density of each as the derivative of cdf and of −ccdf, and the logarithms of both."""
    for name, variable in variables():
        middle = np.array([float(variable.icdf(p)) for p in MIDDLE])
        yield pointwise(f"{name}: cdf", variable.cdf, variable.pdf, middle)
        yield pointwise(f"{name}: ccdf", variable.ccdf, lambda x, v=variable: -v.pdf(x), middle)
        yield pointwise(
            f"{name}: logcdf",
            variable.logcdf,
            lambda x, v=variable: np.exp(v.logpdf(x) - v.logcdf(x)),
            middle[:-2],
            resolution=LOGARITHM,
        )
        yield pointwise(
            f"{name}: logccdf",
            variable.logccdf,
            lambda x, v=variable: -np.exp(v.logpdf(x) - v.logccdf(x)),
            middle[2:],
            resolution=LOGARITHM,
        )
    for name, variable in variables():
        if name.startswith(("Normal", "Logistic()")):
            low = np.array([float(variable.icdf(p)) for p in TAIL])
            high = np.array([float(variable.iccdf(p)) for p in TAIL])
            yield pointwise(f"{name}: lower tail", variable.cdf, variable.pdf, low)
            yield pointwise(f"{name}: upper tail", variable.ccdf, lambda x, v=variable: -v.pdf(x), high)
