"""The closed form on Bishop's ten points: coefficients, training error, curves, and its errors on drawn test sets (F01)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from gradproof_experiments._rounding import round_decimals, round_frame
from gradproof_experiments.data import bishop_points, sine
from gradproof_experiments.experiment import Columns, generator
from gradproof_reference import fit_polynomial, polynomial, rms_error

__all__ = [
    "BishopFit",
    "NewPoints",
    "coefficient_table",
    "coefficients",
    "curve_table",
    "fit_bishop",
    "measure_bishop",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class BishopFit:
    """The fit of one degree to Bishop's ten points; nothing is drawn."""

    degree: int


@dataclass(frozen=True)
class NewPoints:
    """New points for the fits to Bishop's ten: how many, with which noise, for which degrees."""

    root: int
    degrees: tuple[int, ...]
    n_test: int
    noise: float


def fit_bishop(point: BishopFit, seed: int) -> Columns:
    """Least-squares coefficients w* by QR, one row per coefficient, each with the training RMS √(2E/n).

    Examples
    --------
    >>> [round(w, 2) for w in fit_bishop(BishopFit(1), 0)["coefficient"]]
    [0.82, -1.27]
    """
    del seed  # nothing is drawn
    training = bishop_points()
    w = np.asarray(fit_polynomial(training.x, training.t, point.degree), np.float64)
    return {
        "power": list(range(len(w))),
        "coefficient": w.tolist(),
        "training_rms": [float(rms_error(w, *training))] * len(w),
    }


def measure_bishop(point: NewPoints, seed: int) -> Columns:
    """Mean squared error of every degree on the same drawn points, x uniform on [0, 1]: one row per degree."""
    training = bishop_points()
    stacked = np.zeros((len(point.degrees), max(point.degrees) + 1))  # higher coefficients are 0
    for row, degree in zip(stacked, point.degrees, strict=True):
        row[: degree + 1] = fit_polynomial(training.x, training.t, degree)
    x = generator(point.root, "new inputs for Bishop's fits", seed).random(point.n_test)
    noise = generator(point.root, "noise on new points for Bishop's fits", seed).standard_normal(point.n_test)
    errors = np.asarray(rms_error(stacked, x, sine(x) + point.noise * noise)) ** 2
    return {"degree": list(point.degrees), "test": errors.tolist()}


def coefficients(fits: pd.DataFrame) -> dict[int, Floats]:
    """Coefficients by degree, from the results of `fit_bishop`."""
    return {int(str(degree)): rows["coefficient"].to_numpy() for degree, rows in fits.groupby("degree")}


def coefficient_table(fits: dict[int, Floats]) -> pd.DataFrame:
    """Table of w*, one column per degree, to 6 significant digits (Bishop's table 1.1 with all degrees)."""
    largest = max(len(w) for w in fits.values())
    columns = {
        f"M={degree}": np.concatenate([w, np.full(largest - len(w), np.nan)]) for degree, w in fits.items()
    }
    frame = pd.DataFrame(columns)
    frame.insert(0, "coefficient", [f"w{power}" for power in range(largest)])
    return round_frame(frame)


def curve_table(fits: dict[int, Floats], degrees: tuple[int, ...], n: int = 201) -> pd.DataFrame:
    """Fitted curves and the sine behind the data at `n` inputs, to 3 decimals: a tenth of a pixel."""
    x = np.linspace(0.0, 1.0, n)
    columns = {f"M={degree}": round_decimals(polynomial(fits[degree], x), 3) for degree in degrees}
    return pd.DataFrame({"x": round_decimals(x, 4), "sine": round_decimals(sine(x), 3), **columns})
