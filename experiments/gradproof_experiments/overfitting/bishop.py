"""Bishop's printed coefficients against the exact solution on his ten points as published (F01)."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from gradproof_experiments._rounding import round_significant

from ._exact import exact_fit

__all__ = ["BISHOP_TABLE", "FINER_TARGETS", "comparison_table", "printed_digits"]

BISHOP_TABLE: dict[int, tuple[str, ...]] = {
    0: ("0.19",),
    1: ("0.82", "-1.27"),
    3: ("0.31", "7.99", "-25.43", "17.37"),
    9: (
        "0.35",
        "232.37",
        "-5321.83",
        "48568.31",
        "-231639.30",
        "640042.26",
        "-1061800.52",
        "1042400.18",
        "-557682.99",
        "125201.43",
    ),
}
"""Table 1.1 of Bishop 2006: w* of degree 0, 1, 3 and 9, as printed. The third column is headed M = 6 in some
printings, but holds the four coefficients of degree 3."""

FINER_TARGETS = (
    "0.34948630",
    "0.83083909",
    "1.00733219",
    "0.97150711",
    "0.13306570",
    "0.16682284",
    "-0.84830670",
    "-0.44568630",
    "-0.56356670",
    "0.26150170",
)
"""Targets that round to the published six decimals and whose exact fit of degree 9 prints as Bishop's column.

Found by linear programming: the smallest largest distance to the printed coefficients, each target within 3e-7 of
the published one, then rounded to eight decimals; tests/test_overfitting.py finds them again. They are one choice of many; they show that the published targets are rounded, nothing more.
"""


def printed_digits(targets: Sequence[str], degree: int) -> tuple[str, ...]:
    """Exact least-squares coefficients at x = k/9, rounded to the two decimals of Bishop's table.

    Examples
    --------
    >>> printed_digits(FINER_TARGETS, 9) == BISHOP_TABLE[9]
    True
    """
    exact = exact_fit([Fraction(k, 9) for k in range(10)], [Fraction(text) for text in targets], degree)
    return tuple(f"{Decimal(round(value * 100)).scaleb(-2):.2f}" for value in exact)


def comparison_table(targets: Sequence[str], fits: dict[int, npt.NDArray[np.float64]]) -> pd.DataFrame:
    """Each printed coefficient beside the exact one (to the printed digits) and ours by QR (6 significant digits)."""
    rows = [
        {
            "degree": degree,
            "coefficient": f"w{power}",
            "bishop": printed,
            "exact": exact,
            "qr": round_significant(float(fits[degree][power])),
            "same_digits": printed == exact,
        }
        for degree, column in BISHOP_TABLE.items()
        if degree in fits
        for power, (printed, exact) in enumerate(zip(column, printed_digits(targets, degree), strict=True))
    ]
    return pd.DataFrame(rows)
