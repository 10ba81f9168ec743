"""Least squares over polynomials in exact rational arithmetic: the truth that rounding errors are measured from."""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

from gradproof_experiments.data import BISHOP_TARGETS

__all__ = ["exact_bishop_fit", "exact_fit"]


def exact_fit(x: Sequence[Fraction], t: Sequence[Fraction], degree: int) -> list[Fraction]:
    """Coefficients w₀ … w_M that minimise ½ Σ (y(x) − t)², without any rounding (F01).

    Examples
    --------
    >>> exact_fit([Fraction(0), Fraction(1)], [Fraction(1), Fraction(4)], 1)
    [Fraction(1, 1), Fraction(3, 1)]
    """
    moments = [sum((value**power for value in x), Fraction(0)) for power in range(2 * degree + 1)]
    rows = [
        [
            *moments[row : row + degree + 1],
            sum((v**row * tv for v, tv in zip(x, t, strict=True)), Fraction(0)),
        ]
        for row in range(degree + 1)
    ]
    # Gauss-Jordan without pivoting: a Gram matrix of distinct points is positive definite.
    for pivot in range(degree + 1):
        rows[pivot] = [value / rows[pivot][pivot] for value in rows[pivot]]
        for row in range(degree + 1):
            if row != pivot:
                factor = rows[row][pivot]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[pivot], strict=True)]
    return [row[-1] for row in rows]


@cache
def exact_bishop_fit(degree: int) -> tuple[Fraction, ...]:
    """Exact coefficients of degree M through Bishop's ten points, with x = k/9 and t as published."""
    x, t = [Fraction(k, 9) for k in range(10)], [Fraction(text) for text in BISHOP_TARGETS]
    return tuple(exact_fit(x, t, degree))
