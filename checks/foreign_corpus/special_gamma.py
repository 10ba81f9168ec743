"""scipy.special's gamma and beta functions."""

from __future__ import annotations

import numpy as np
from scipy import special as sc

from foreign_corpus.special_row import POSITIVE, UNIT, Row

GAMMA = (
    Row("gamma", sc.gamma, lambda x: sc.gamma(x) * sc.digamma(x), (-3.6, -0.4, 0.02, 0.7, 5.5, 100.0)),
    Row("gammaln", sc.gammaln, sc.digamma, (-3.6, 0.02, 0.7, 5.5, 1e6)),
    Row("rgamma", sc.rgamma, lambda x: -sc.digamma(x) * sc.rgamma(x), (-3.6, 0.02, 0.7, 5.5)),
    Row("digamma", sc.digamma, lambda x: sc.polygamma(1, x), (-3.6, 0.02, 0.7, 5.5, 1e6)),
    Row("polygamma(1)", lambda x: sc.polygamma(1, x), lambda x: sc.polygamma(2, x), POSITIVE),
    Row("polygamma(4)", lambda x: sc.polygamma(4, x), lambda x: sc.polygamma(5, x), POSITIVE),
    Row("zeta by q", lambda q: sc.zeta(2.5, q), lambda q: -2.5 * sc.zeta(3.5, q), POSITIVE),
    Row(
        "multigammaln",
        lambda a: np.array([sc.multigammaln(x, 3) for x in a]),
        lambda a: sc.digamma(a) + sc.digamma(a - 0.5) + sc.digamma(a - 1.0),
        (1.2, 3.0, 50.0),
    ),
    Row(
        "gammainc",
        lambda x: sc.gammainc(2.3, x),
        lambda x: x**1.3 * np.exp(-x) / sc.gamma(2.3),
        POSITIVE[:-1],
    ),
    Row(
        "gammaincc",
        lambda x: sc.gammaincc(2.3, x),
        lambda x: -(x**1.3) * np.exp(-x) / sc.gamma(2.3),
        POSITIVE[2:],
    ),
    Row(
        "beta by a",
        lambda a: sc.beta(a, 1.4),
        lambda a: sc.beta(a, 1.4) * (sc.digamma(a) - sc.digamma(a + 1.4)),
        POSITIVE,
    ),
    Row("betaln by a", lambda a: sc.betaln(a, 1.4), lambda a: sc.digamma(a) - sc.digamma(a + 1.4), POSITIVE),
    Row(
        "betainc",
        lambda x: sc.betainc(2.3, 0.8, x),
        lambda x: x**1.3 * (1 - x) ** -0.2 / sc.beta(2.3, 0.8),
        UNIT,
    ),
    Row(
        "betaincc",
        lambda x: sc.betaincc(2.3, 0.8, x),
        lambda x: -(x**1.3) * (1 - x) ** -0.2 / sc.beta(2.3, 0.8),
        UNIT,
    ),
    Row(
        "binom by n",
        lambda n: sc.binom(n, 3),
        lambda n: sc.binom(n, 3) * (1 / n + 1 / (n - 1) + 1 / (n - 2)),
        (0.4, 3.3, 90.0),
    ),
    Row(
        "poch by x",
        lambda x: sc.poch(x, 2.5),
        lambda x: sc.poch(x, 2.5) * (sc.digamma(x + 2.5) - sc.digamma(x)),
        POSITIVE,
    ),
)
