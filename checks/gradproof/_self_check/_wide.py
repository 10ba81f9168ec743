"""Arrays of decimal numbers: gradients as they would be with 50 digits, on every machine alike."""

from __future__ import annotations

from decimal import Decimal, getcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradproof._nesting import Vector

DIGITS = 50

Wide = NDArray[np.object_]


def widen(array: NDArray[Any]) -> Wide:
    """Return floats as decimal numbers, exactly."""
    wide = np.empty(array.shape, object)
    wide.reshape(-1)[:] = [Decimal(value) for value in array.ravel().tolist()]
    return wide


def narrow(wide: Wide) -> tuple[Vector, Vector]:
    """Return the nearest floats, and what that leaves."""
    values: list[Decimal] = wide.ravel().tolist()
    nearest = [float(value) for value in values]
    rest = [float(value - Decimal(near)) for value, near in zip(values, nearest, strict=True)]
    return np.reshape(nearest, wide.shape), np.reshape(rest, wide.shape)


def _tanh(x: Decimal) -> Decimal:
    growth = (2 * x).exp()
    return (growth - 1) / (growth + 1)


def _series(x: Decimal, term: Decimal, order: int) -> Decimal:
    """Return term - term x²/((order + 1)(order + 2)) + …, whose terms fall once they are past x."""
    total, smallest = Decimal(0), Decimal(10) ** -(getcontext().prec + 2)
    while abs(term) > smallest or order * order < abs(x * x):
        total += term
        term *= -x * x / ((order + 1) * (order + 2))
        order += 2
    return total


exp = np.frompyfunc(Decimal.exp, 1, 1)
tanh = np.frompyfunc(_tanh, 1, 1)
# Good to DIGITS less the digits of exp(|x|), which cancel.
sin = np.frompyfunc(lambda x: _series(x, x, 1), 1, 1)
cos = np.frompyfunc(lambda x: _series(x, Decimal(1), 0), 1, 1)
