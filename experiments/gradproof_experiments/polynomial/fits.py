"""The closed form: coefficients, training and test error, and the curves to draw (F01)."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from gradproof_experiments._rounding import round_decimals, round_frame
from gradproof_experiments.data import Points
from gradproof_reference import fit_polynomial, polynomial, rms_error

__all__ = ["coefficient_table", "curve_table", "error_table", "fit_degrees"]

Fits = dict[int, npt.NDArray[np.float64]]

# Rounding leaves a residual of at most 3e-8 at degree 9; nothing real here is that small.
_ZERO_BELOW = 1e-7


def fit_degrees(points: Points, degrees: tuple[int, ...]) -> Fits:
    """Least-squares coefficients w* of every degree, by QR.

    Examples
    --------
    >>> from gradproof_experiments.data import bishop_points
    >>> fit_degrees(bishop_points(), (1,))[1].round(2).tolist()
    [0.82, -1.27]
    """
    return {degree: np.asarray(fit_polynomial(points.x, points.t, degree), np.float64) for degree in degrees}


def coefficient_table(fits: Fits) -> pd.DataFrame:
    """Table of w*, one column per degree, to 6 significant digits (Bishop's table 1.1 with all degrees)."""
    largest = max(len(w) for w in fits.values())
    columns = {
        f"M={degree}": np.concatenate([w, np.full(largest - len(w), np.nan)]) for degree, w in fits.items()
    }
    frame = pd.DataFrame(columns)
    frame.insert(0, "coefficient", [f"w{power}" for power in range(largest)])
    return round_frame(frame)


def error_table(fits: Fits, training: Points, test: Points) -> pd.DataFrame:
    """Root-mean-square error √(2E/N) of every degree on training and test points, in units of t."""
    frame = pd.DataFrame(
        {
            "degree": list(fits),
            "train_rms": [float(rms_error(w, training.x, training.t)) for w in fits.values()],
            "test_rms": [float(rms_error(w, test.x, test.t)) for w in fits.values()],
        }
    )
    return round_frame(frame, zero_below=_ZERO_BELOW)


def curve_table(fits: Fits, degrees: tuple[int, ...], n: int = 201) -> pd.DataFrame:
    """Fitted curves and the sine behind the data at `n` inputs, to 3 decimals: a tenth of a pixel."""
    x = np.linspace(0.0, 1.0, n)
    columns = {f"M={degree}": round_decimals(polynomial(fits[degree], x), 3) for degree in degrees}
    return pd.DataFrame(
        {"x": round_decimals(x, 4), "sine": round_decimals(np.sin(2 * np.pi * x), 3), **columns}
    )
