"""A row of the tables of scipy.special, and the points that most of them share."""

from __future__ import annotations

from typing import NamedTuple

from foreign_corpus.pointwise import Function

REAL = (-4.5, -1.3, -0.2, 0.15, 0.9, 2.7, 5.5)
POSITIVE = (1e-4, 0.03, 0.4, 1.7, 6.0, 40.0)
UNIT = (1e-3, 0.1, 0.35, 0.6, 0.95)
WIDE = (-600.0, -30.0, -2.0, -1e-5, 1e-9, 0.8, 12.0)


class Row(NamedTuple):
    """A function, its derivative, and points at which both are to be looked at."""

    name: str
    f: Function
    derivative: Function
    points: tuple[float, ...]
