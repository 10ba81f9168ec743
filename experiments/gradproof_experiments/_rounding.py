"""Numbers rounded to what another CPU or BLAS reproduces, before they are written and before they are drawn."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["power_of_ten", "round_decimals", "round_frame", "round_significant"]


def round_significant(value: float, digits: int = 6, zero_below: float = 0.0) -> float:
    """`value` to so many significant decimal digits; what is smaller than `zero_below` is rounding noise: 0.

    Decimal data make exact ties (ten targets of six decimals have the mean 0.1862995), and a tie must not hang on the
    last bit: the value is rounded to four digits more first, then, as a decimal, half away from zero.

    Examples
    --------
    >>> round_significant(1042400.3004), round_significant(-3e-13, zero_below=1e-9)
    (1042400.0, 0.0)
    >>> round_significant(0.1862995), round_significant(0.18629949999999999)
    (0.1863, 0.1863)
    """
    if not math.isfinite(value):
        return value
    if abs(value) < zero_below or value == 0:
        return 0.0
    finer = Decimal(f"{value:.{digits + 3}e}")
    return float(Context(prec=digits, rounding=ROUND_HALF_UP).plus(finer))


def round_decimals(values: npt.ArrayLike, decimals: int) -> npt.NDArray[np.float64]:
    """Values to so many decimals: what a figure can show.

    Examples
    --------
    >>> round_decimals([0.123456, -0.00001], 3).tolist()
    [0.123, 0.0]
    """
    rounded = np.asarray(values, dtype=np.float64).round(decimals)
    return rounded + 0.0  # turns −0 into 0


def round_frame(frame: pd.DataFrame, digits: int = 6, zero_below: float = 0.0) -> pd.DataFrame:
    """Copy of `frame` with every float column rounded by `round_significant`.

    Examples
    --------
    >>> round_frame(pd.DataFrame({"n": [3], "rms": [0.12345678]})).to_dict("list")
    {'n': [3], 'rms': [0.123457]}
    """

    def rounded(column: "pd.Series[Any]") -> "pd.Series[Any]":
        if column.dtype.kind != "f":
            return column
        return column.map(lambda value: round_significant(value, digits, zero_below))

    return frame.apply(rounded)


def power_of_ten(value: float) -> str:
    """The power of ten nearest to a positive number on a logarithmic scale, as text: ``1e-4``.

    Examples
    --------
    >>> power_of_ten(2.9e-4), power_of_ten(3.3e-4), power_of_ten(0.0)
    ('1e-4', '1e-3', '0')
    """
    return f"1e{round(math.log10(value))}" if value > 0 else "0"
