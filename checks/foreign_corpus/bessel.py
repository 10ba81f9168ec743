"""scipy.special's Bessel, Airy, Struve and spherical functions, with the derivatives that scipy has for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy import special as sc

from foreign_corpus.case import Case
from foreign_corpus.pointwise import pointwise

ORDERS = (0, 1, 2.5, 20)
POINTS = (0.3, 1.1, 4.4, 17.0, 60.0)
# The derivative of a function that is scaled by an exponential has that exponential's as well.
OF_ANY_ORDER: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "jv": (sc.jv, sc.jvp),
    "yv": (sc.yv, sc.yvp),
    "iv": (sc.iv, sc.ivp),
    "kv": (sc.kv, sc.kvp),
    "ive": (sc.ive, lambda v, x: sc.ivp(v, x) * np.exp(-x) - sc.ive(v, x)),
    "kve": (sc.kve, lambda v, x: sc.kvp(v, x) * np.exp(x) + sc.kve(v, x)),
}
OF_INTEGER_ORDER = {
    "spherical_jn": sc.spherical_jn,
    "spherical_yn": sc.spherical_yn,
    "spherical_in": sc.spherical_in,
    "spherical_kn": sc.spherical_kn,
}
PLAIN: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "j0": (sc.j0, lambda x: -sc.j1(x)),
    "j1": (sc.j1, lambda x: sc.j0(x) - sc.j1(x) / x),
    "y0": (sc.y0, lambda x: -sc.y1(x)),
    "y1": (sc.y1, lambda x: sc.y0(x) - sc.y1(x) / x),
    "i0": (sc.i0, sc.i1),
    "i1": (sc.i1, lambda x: sc.i0(x) - sc.i1(x) / x),
    "k0": (sc.k0, lambda x: -sc.k1(x)),
    "k1": (sc.k1, lambda x: -sc.k0(x) - sc.k1(x) / x),
    "i0e": (sc.i0e, lambda x: sc.i1e(x) - sc.i0e(x)),
    "k0e": (sc.k0e, lambda x: sc.k0e(x) - sc.k1e(x)),
    "struve": (lambda x: sc.struve(1.0, x), lambda x: sc.struve(0.0, x) - sc.struve(1.0, x) / x),
    "modstruve": (lambda x: sc.modstruve(1.0, x), lambda x: sc.modstruve(0.0, x) - sc.modstruve(1.0, x) / x),
    "itj0y0": (lambda x: sc.itj0y0(x)[0], sc.j0),
    "iti0k0": (lambda x: sc.iti0k0(x)[0], sc.i0),
    "ber": (sc.ber, sc.berp),
    "bei": (sc.bei, sc.beip),
    "ker": (sc.ker, sc.kerp),
    "kei": (sc.kei, sc.keip),
}
AIRY = (-8.0, -2.0, -0.3, 0.4, 1.5, 5.0)


def cases() -> Iterator[Case]:
    """Yield every function at every order."""
    for name, (f, slope) in OF_ANY_ORDER.items():
        for order in ORDERS:
            yield pointwise(
                f"{name}: order {order}",
                lambda x, f=f, v=order: f(v, x),
                lambda x, slope=slope, v=order: slope(v, x),
                POINTS,
            )
    for name, f in OF_INTEGER_ORDER.items():
        for order in (0, 1, 5):
            yield pointwise(
                f"{name}: order {order}",
                lambda x, f=f, n=order: f(n, x),
                lambda x, f=f, n=order: f(n, x, derivative=True),
                POINTS,
            )
    for name, (f, slope) in PLAIN.items():
        yield pointwise(f"{name}: {len(POINTS)} points", f, slope, POINTS)
    for place, name in ((0, "Ai"), (2, "Bi")):
        yield pointwise(
            f"airy {name}: {len(AIRY)} points",
            lambda x, at=place: sc.airy(x)[at],
            lambda x, at=place: sc.airy(x)[at + 1],
            AIRY,
        )
        yield pointwise(
            f"airy {name}': {len(AIRY)} points",
            lambda x, at=place: sc.airy(x)[at + 1],
            lambda x, at=place: x * sc.airy(x)[at],
            AIRY,
        )
