"""What the normal equations lose against QR: typical rounding errors of the coefficients (F01)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from gradproof_experiments._rounding import power_of_ten, round_significant
from gradproof_experiments.data import Points, bishop_points
from gradproof_experiments.experiment import Columns, generator
from gradproof_reference import design_matrix, fit_polynomial

from ._exact import exact_bishop_fit

__all__ = ["ERRORS", "Orders", "fit_in_orders", "normal_equations", "solver_table"]

Floats = npt.NDArray[np.float64]

ERRORS = ("qr_error", "normal_equations_error", "qr_last_error", "normal_equations_last_error")
"""Relative errors ‖w − w*‖ / ‖w*‖ of all coefficients, and |w_M − w*_M| / |w*_M| of the last one."""


@dataclass(frozen=True)
class Orders:
    """One degree, fitted to Bishop's ten points in so many random orders."""

    root: int
    degree: int
    orders: int


def normal_equations(points: Points, degree: int) -> Floats:
    """Coefficients from AᵀA w = Aᵀt: right on paper, and squares the condition number of A.

    Parameters
    ----------
    points : Points
        x and t of shape (..., n).
    degree : int

    Returns
    -------
    float array, shape (..., degree + 1)
    """
    a = design_matrix(points.x, degree)
    transposed = a.swapaxes(-1, -2)
    solution = np.linalg.solve(transposed @ a, transposed @ points.t[..., None])
    return np.asarray(solution[..., 0], dtype=np.float64)


def fit_in_orders(point: Orders, seed: int) -> Columns:
    """Relative errors against the exact rational w*: one row per order of the ten points, one column of `ERRORS` each.

    The problem is the same in any order; only the rounding differs.
    """
    points, rng = bishop_points(), generator(point.root, "orders of the points", seed)
    orders = rng.permuted(np.tile(np.arange(len(points.x)), (point.orders, 1)), axis=1)
    shuffled = Points(points.x[orders], points.t[orders])
    exact = np.array([float(value) for value in exact_bishop_fit(point.degree)])
    off = [
        np.asarray(w) - exact
        for w in (fit_polynomial(*shuffled, point.degree), normal_equations(shuffled, point.degree))
    ]
    errors = [np.linalg.norm(d, axis=-1) / np.linalg.norm(exact) for d in off]
    errors += [np.abs(d[:, -1] / exact[-1]) for d in off]
    return {name: error.tolist() for name, error in zip(ERRORS, errors, strict=True)}


def solver_table(found: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Condition number and typical errors of both solvers: what reproduces, and what was measured here.

    Parameters
    ----------
    found : DataFrame
        Results of `fit_in_orders`.

    Returns
    -------
    table : DataFrame
        Condition number to 3 digits and the median errors to the nearest power of ten. A rounding error is itself
        a matter of the BLAS; its order of magnitude over many orders of the points is not.
    measured : DataFrame
        The median of each seed in full, for this machine.
    """
    medians = found.groupby("degree")[list(ERRORS)].median()
    x = bishop_points().x
    table = medians.map(power_of_ten)
    table.insert(
        0,
        "condition_number",
        [round_significant(float(np.linalg.cond(design_matrix(x, degree))), 3) for degree in medians.index],
    )
    measured = found.groupby(["degree", "seed"])[list(ERRORS)].median()
    return table.reset_index(), measured.reset_index()
