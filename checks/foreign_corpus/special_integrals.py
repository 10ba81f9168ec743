"""scipy.special's error functions, and integrals like them."""

from __future__ import annotations

import numpy as np
from scipy import special as sc

from foreign_corpus.special_row import POSITIVE, REAL, Row

ROOT_PI = np.sqrt(np.pi)
ERROR_FUNCTIONS = (
    Row("erf", sc.erf, lambda x: 2 / ROOT_PI * np.exp(-(x**2)), REAL),
    Row("erfc", sc.erfc, lambda x: -2 / ROOT_PI * np.exp(-(x**2)), (-1.0, 0.3, 2.0, 9.0, 25.0)),
    Row("erfcx", sc.erfcx, lambda x: 2 * x * sc.erfcx(x) - 2 / ROOT_PI, (-4.0, -0.5, 0.2, 1.5, 4.0)),
    Row("erfi", sc.erfi, lambda x: 2 / ROOT_PI * np.exp(x**2), REAL),
    Row("dawsn", sc.dawsn, lambda x: 1 - 2 * x * sc.dawsn(x), (-2.0, -0.3, 0.1, 1.5, 4.0)),
    Row("erfinv", sc.erfinv, lambda y: ROOT_PI / 2 * np.exp(sc.erfinv(y) ** 2), (-0.99, -0.2, 1e-3, 0.5)),
    Row("erfcinv", sc.erfcinv, lambda y: -ROOT_PI / 2 * np.exp(sc.erfcinv(y) ** 2), (1e-12, 0.01, 0.5, 1.5)),
    Row("ndtr", sc.ndtr, lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi), (-35.0, -8.0, -1.0, 0.3, 2.0)),
    Row(
        "log_ndtr",
        sc.log_ndtr,
        lambda x: np.exp(-(x**2) / 2 - sc.log_ndtr(x)) / np.sqrt(2 * np.pi),
        (-30.0, -8.0, -1.0, 0.3, 4.0),
    ),
    Row(
        "ndtri", sc.ndtri, lambda p: np.sqrt(2 * np.pi) * np.exp(sc.ndtri(p) ** 2 / 2), (1e-9, 0.05, 0.3, 0.9)
    ),
    Row("fresnel S", lambda x: sc.fresnel(x)[0], lambda x: np.sin(np.pi / 2 * x**2), REAL),
    Row("fresnel C", lambda x: sc.fresnel(x)[1], lambda x: np.cos(np.pi / 2 * x**2), REAL),
    Row("sici Si", lambda x: sc.sici(x)[0], lambda x: np.sin(x) / x, REAL),
    Row("sici Ci", lambda x: sc.sici(x)[1], lambda x: np.cos(x) / x, POSITIVE[:-1]),
    Row("shichi Shi", lambda x: sc.shichi(x)[0], lambda x: np.sinh(x) / x, REAL),
    Row("shichi Chi", lambda x: sc.shichi(x)[1], lambda x: np.cosh(x) / x, POSITIVE),
    Row("exp1", sc.exp1, lambda x: -np.exp(-x) / x, POSITIVE),
    Row("expi", sc.expi, lambda x: np.exp(x) / x, POSITIVE),
    Row("expn", lambda x: sc.expn(3, x), lambda x: -sc.expn(2, x), POSITIVE),
)
