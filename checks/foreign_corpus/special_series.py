"""scipy.special's hypergeometric functions, polynomials, and distributions in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special as sc

from foreign_corpus.special_row import POSITIVE, REAL, UNIT, Row


def _kolmogorov_slope(x: Any) -> Any:
    """Return −8x Σ (−1)^(k−1) k² exp(−2k²x²), which converges fast enough from 0.3 on."""
    k = np.arange(1, 40)[:, np.newaxis]
    return -8 * x * np.sum((-1.0) ** (k - 1) * k**2 * np.exp(-2 * k**2 * x**2), axis=0)


HYPERGEOMETRIC = (
    Row("hyp0f1", lambda x: sc.hyp0f1(1.7, x), lambda x: sc.hyp0f1(2.7, x) / 1.7, REAL),
    Row("hyp1f1", lambda x: sc.hyp1f1(0.6, 1.7, x), lambda x: 0.6 / 1.7 * sc.hyp1f1(1.6, 2.7, x), REAL),
    Row(
        "hyp2f1",
        lambda x: sc.hyp2f1(0.6, 1.2, 1.7, x),
        lambda x: 0.6 * 1.2 / 1.7 * sc.hyp2f1(1.6, 2.2, 2.7, x),
        (-3.0, -0.7, *UNIT),
    ),
    Row("hyperu", lambda x: sc.hyperu(0.6, 1.7, x), lambda x: -0.6 * sc.hyperu(1.6, 2.7, x), POSITIVE[1:]),
    Row("chebyt(7)", lambda x: sc.eval_chebyt(7, x), lambda x: 7 * sc.eval_chebyu(6, x), UNIT),
    Row("hermite(6)", lambda x: sc.eval_hermite(6, x), lambda x: 12 * sc.eval_hermite(5, x), REAL),
    Row("hermitenorm(6)", lambda x: sc.eval_hermitenorm(6, x), lambda x: 6 * sc.eval_hermitenorm(5, x), REAL),
    Row(
        "laguerre(5)",
        lambda x: sc.eval_laguerre(5, x),
        lambda x: -sc.eval_genlaguerre(4, 1, x),
        POSITIVE[:-1],
    ),
    Row("legendre(5)", lambda x: sc.eval_legendre(5, x), lambda x: sc.eval_gegenbauer(4, 1.5, x), UNIT),
    Row(
        "gegenbauer(5)",
        lambda x: sc.eval_gegenbauer(5, 0.8, x),
        lambda x: 1.6 * sc.eval_gegenbauer(4, 1.8, x),
        UNIT,
    ),
    Row(
        "jacobi(4)",
        lambda x: sc.eval_jacobi(4, 0.3, 0.8, x),
        lambda x: (4 + 0.3 + 0.8 + 1) / 2 * sc.eval_jacobi(3, 1.3, 1.8, x),
        UNIT,
    ),
    Row(
        "stdtr",
        lambda t: sc.stdtr(4.0, t),
        lambda t: sc.gamma(2.5) / (np.sqrt(4 * np.pi) * sc.gamma(2.0)) * (1 + t**2 / 4) ** -2.5,
        REAL,
    ),
    Row("kolmogorov", sc.kolmogorov, _kolmogorov_slope, (0.3, 0.6, 1.0, 2.0)),
    Row(
        "owens_t by h",
        lambda h: sc.owens_t(h, 0.7),
        lambda h: -np.exp(-(h**2) / 2) * sc.erf(0.7 * h / np.sqrt(2)) / (2 * np.sqrt(2 * np.pi)),
        (-2.0, -0.3, 0.5, 1.7),
    ),
    Row(
        "owens_t by a",
        lambda a: sc.owens_t(0.7, a),
        lambda a: np.exp(-0.49 * (1 + a**2) / 2) / (2 * np.pi * (1 + a**2)),
        REAL,
    ),
)
