"""Bishop's table 1.2, coefficients of degree 9 under the penalty, against the exact solution (F04).

Both columns with a penalty agree with the solution to every printed digit, but not at the ln λ above them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import mpmath
import numpy as np
import numpy.typing as npt

from gradproof_experiments.data import BISHOP_TARGETS, bishop_points
from gradproof_experiments.experiment import Columns

from .refine import lowest
from .ridge import polynomial_ridge

__all__ = ["BISHOP_TABLE", "TablePoint", "exact_ridge", "match", "printed_digits"]

BISHOP_TABLE: dict[float, tuple[str, ...]] = {
    -18.0: ("0.35", "4.74", "-0.77", "-31.97", "-3.89", "55.28", "41.32", "-45.95", "-91.53", "72.68"),
    0.0: ("0.13", "-0.05", "-0.06", "-0.05", "-0.03", "-0.02", "-0.01", "-0.00", "0.00", "0.01"),
}
"""Table 1.2 of Bishop 2006: w* of degree 9 at ln λ, as printed. The column of ln λ = −∞ is that of table 1.1."""

_DEGREE = 9
_HALF_UNIT = 0.005  # what two printed decimals may be off
_DIGITS = 50
_SCAN = np.arange(-30.0, 6.0, 0.05)


@dataclass(frozen=True)
class TablePoint:
    """A column.

    Parameters
    ----------
    printed_ln_lambda : float
        As it stands above the column.
    """

    printed_ln_lambda: float


def match(point: TablePoint, _seed: int) -> Columns:
    """Each printed coefficient beside the exact one at the printed ln λ, and at the one that matches best.

    Bishop's penalty is (λ/2) ‖w‖², w₀ included: α = λ/2.
    """
    column = BISHOP_TABLE[point.printed_ln_lambda]
    best, low, high = _best_ln_lambda(np.array([float(text) for text in column]))
    return {
        "power": list(range(_DEGREE + 1)),
        "bishop": list(column),
        "at_printed": list(printed_digits(exact_ridge(point.printed_ln_lambda))),
        "at_best": list(printed_digits(exact_ridge(best))),
        "best_ln_lambda": [best] * (_DEGREE + 1),
        "lowest": [low] * (_DEGREE + 1),
        "highest": [high] * (_DEGREE + 1),
    }


def exact_ridge(ln_lambda: float) -> list[mpmath.mpf]:
    """Coefficients that minimise ½ Σ (y − t)² + (λ/2) ‖w‖² on the ten points as published, to 40 digits or so.

    By the normal equations, whose condition number, up to 1e15, costs 15 of the 50 digits that are carried.
    """
    with mpmath.workdps(_DIGITS):
        x = [mpmath.mpf(k) / 9 for k in range(10)]
        t = [mpmath.mpf(text) for text in BISHOP_TARGETS]
        moments = [mpmath.fsum(value**power for value in x) for power in range(2 * _DEGREE + 1)]
        gram = mpmath.matrix(_DEGREE + 1)
        right = mpmath.matrix(_DEGREE + 1, 1)
        for row in range(_DEGREE + 1):
            right[row] = mpmath.fsum(v**row * tv for v, tv in zip(x, t, strict=True))
            for column in range(_DEGREE + 1):
                gram[row, column] = moments[row + column]
            gram[row, row] += mpmath.exp(ln_lambda)
        return list(mpmath.lu_solve(gram, right))


def printed_digits(values: Sequence[mpmath.mpf]) -> tuple[str, ...]:
    """Two decimals, as Bishop prints them.

    Examples
    --------
    >>> printed_digits([mpmath.mpf("-0.004"), mpmath.mpf(55.275001)])
    ('-0.00', '55.28')
    """
    return tuple(f"{float(value):.2f}" for value in values)


def _best_ln_lambda(column: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """The ln λ of the smallest largest difference, to 5 decimals, and the ends of where all digits agree, to 3."""
    best = lowest(lambda ln_lambdas: _differences(ln_lambdas, column), _SCAN, 1e-7)
    around = best + np.linspace(-0.1, 0.1, 20001)
    agree = around[_differences(around, column) <= _HALF_UNIT]
    low, high = (agree[0], agree[-1]) if len(agree) else (best, best)
    return round(best, 5), round(float(low), 4), round(float(high), 4)


def _differences(
    ln_lambdas: npt.NDArray[np.float64], column: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    x, t = bishop_points()
    w = polynomial_ridge(x, t, _DEGREE, np.exp(ln_lambdas) / 2, penalise_bias=True)
    largest: npt.NDArray[np.float64] = np.abs(w - column).max(axis=-1)
    return largest
