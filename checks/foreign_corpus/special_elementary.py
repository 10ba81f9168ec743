"""scipy.special's elementary functions, and those of machine learning."""

from __future__ import annotations

import numpy as np
from scipy import special as sc

from foreign_corpus.special_row import POSITIVE, REAL, WIDE, Row

ELEMENTARY = (
    Row("expm1", sc.expm1, np.exp, REAL),
    Row("log1p", sc.log1p, lambda x: 1 / (1 + x), (-0.9, -0.1, 1e-9, 0.7, 50.0)),
    Row("exprel", sc.exprel, lambda x: (np.exp(x) - sc.exprel(x)) / x, REAL),
    Row("cosm1", sc.cosm1, lambda x: -np.sin(x), REAL),
    Row("cbrt", sc.cbrt, lambda x: 1 / (3 * sc.cbrt(x) ** 2), REAL),
    Row("exp2", sc.exp2, lambda x: np.log(2) * sc.exp2(x), REAL),
    Row("exp10", sc.exp10, lambda x: np.log(10) * sc.exp10(x), REAL),
    Row("sindg", sc.sindg, lambda x: np.pi / 180 * sc.cosdg(x), (-130.0, 7.0, 65.0, 200.0)),
    Row("expit", sc.expit, lambda x: sc.expit(x) * sc.expit(-x), WIDE),
    Row("log_expit", sc.log_expit, lambda x: sc.expit(-x), WIDE),
    Row("logit", sc.logit, lambda p: 1 / (p * (1 - p)), (1e-9, 0.1, 0.3, 0.95)),
    Row("entr", sc.entr, lambda x: -np.log(x) - 1, POSITIVE),
    Row("pseudo_huber", lambda r: sc.pseudo_huber(1.5, r), lambda r: r / np.sqrt(1 + (r / 1.5) ** 2), REAL),
    Row("huber", lambda r: sc.huber(1.5, r), lambda r: np.clip(r, -1.5, 1.5), REAL),
    Row("boxcox", lambda x: sc.boxcox(x, 0.3), lambda x: x**-0.7, POSITIVE),
    Row("boxcox1p", lambda x: sc.boxcox1p(x, 0.3), lambda x: (1 + x) ** -0.7, POSITIVE),
    Row("inv_boxcox", lambda y: sc.inv_boxcox(y, 0.3), lambda y: (1 + 0.3 * y) ** (1 / 0.3 - 1), REAL[1:]),
    Row("lambertw", _w := lambda x: sc.lambertw(x).real, lambda x: _w(x) / (x * (1 + _w(x))), POSITIVE),
    Row(
        "lambertw(k=-1)",
        _v := lambda x: sc.lambertw(x, -1).real,
        lambda x: _v(x) / (x * (1 + _v(x))),
        (-0.3, -0.1, -1e-3),
    ),
    Row("wrightomega", sc.wrightomega, lambda x: sc.wrightomega(x) / (1 + sc.wrightomega(x)), REAL),
    Row("spence", sc.spence, lambda x: np.log(x) / (1 - x), (0.03, 0.4, 1.7, 6.0)),
)
