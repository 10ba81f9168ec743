"""scipy.special's elliptic integrals and functions."""

from __future__ import annotations

import numpy as np
from scipy import special as sc

from foreign_corpus.special_row import REAL, UNIT, Row

ELLIPTIC = (
    Row("ellipk", sc.ellipk, lambda m: (sc.ellipe(m) / (1 - m) - sc.ellipk(m)) / (2 * m), (-3.0, *UNIT)),
    Row("ellipe", sc.ellipe, lambda m: (sc.ellipe(m) - sc.ellipk(m)) / (2 * m), (-3.0, *UNIT)),
    Row("ellipkm1", sc.ellipkm1, lambda p: -(sc.ellipe(1 - p) / p - sc.ellipkm1(p)) / (2 * (1 - p)), UNIT),
    Row(
        "ellipkinc by φ",
        lambda x: sc.ellipkinc(x, 0.7),
        lambda x: 1 / np.sqrt(1 - 0.7 * np.sin(x) ** 2),
        REAL,
    ),
    Row("ellipeinc by φ", lambda x: sc.ellipeinc(x, 0.7), lambda x: np.sqrt(1 - 0.7 * np.sin(x) ** 2), REAL),
    Row(
        "ellipj sn",
        lambda u: sc.ellipj(u, 0.7)[0],
        lambda u: sc.ellipj(u, 0.7)[1] * sc.ellipj(u, 0.7)[2],
        REAL,
    ),
    Row(
        "ellipj dn",
        lambda u: sc.ellipj(u, 0.7)[2],
        lambda u: -0.7 * sc.ellipj(u, 0.7)[0] * sc.ellipj(u, 0.7)[1],
        REAL,
    ),
    Row(
        "elliprc by x",
        lambda x: sc.elliprc(x, 2.0),
        lambda x: (sc.elliprc(x, 2.0) - 1 / np.sqrt(x)) / (2 * (2.0 - x)),
        (0.1, 0.9, 5.0),
    ),
)
