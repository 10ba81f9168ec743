"""scipy.special, elementwise functions: derivatives that scipy computes itself, or that are known in closed form."""

from __future__ import annotations

from collections.abc import Iterator

from foreign_corpus.case import Case
from foreign_corpus.pointwise import pointwise
from foreign_corpus.special_elementary import ELEMENTARY
from foreign_corpus.special_elliptic import ELLIPTIC
from foreign_corpus.special_gamma import GAMMA
from foreign_corpus.special_integrals import ERROR_FUNCTIONS
from foreign_corpus.special_series import HYPERGEOMETRIC


def cases() -> Iterator[Case]:
    """Yield every row of every table."""
    for row in (*ELEMENTARY, *ERROR_FUNCTIONS, *GAMMA, *ELLIPTIC, *HYPERGEOMETRIC):
        yield pointwise(f"{row.name}: {len(row.points)} points", row.f, row.derivative, row.points)
