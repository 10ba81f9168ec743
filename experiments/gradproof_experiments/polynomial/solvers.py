"""What the normal equations lose against QR: typical rounding errors of the coefficients (F01)."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from gradproof_experiments._rounding import power_of_ten, round_significant
from gradproof_experiments.data import Points
from gradproof_reference import design_matrix, fit_polynomial

from ._exact import exact_bishop_fit

__all__ = ["normal_equations", "solver_errors", "solver_table"]

Floats = npt.NDArray[np.float64]


def normal_equations(points: Points, degree: int) -> Floats:
    """Coefficients from AᵀA w = Aᵀt: right on paper, and squares the condition number of A."""
    a = design_matrix(points.x, degree)
    return np.asarray(np.linalg.solve(a.T @ a, a.T @ points.t), dtype=np.float64)


def solver_errors(points: Points, degree: int, orders: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Relative errors against the exact rational w*, one per order of the ten points, by solver.

    ‖w − w*‖ / ‖w*‖ of all coefficients, and |w_M − w*_M| / |w*_M| of the last one, under
    ``..._last``. The problem is the same in any order; only the rounding differs.
    """
    exact = np.array([float(value) for value in exact_bishop_fit(degree)])
    errors: dict[str, list[float]] = {
        name: [] for name in ("qr", "normal_equations", "qr_last", "normal_equations_last")
    }
    for _ in range(orders):
        order = rng.permutation(len(points.x))
        shuffled = Points(points.x[order], points.t[order])
        for name, w in (
            ("qr", fit_polynomial(shuffled.x, shuffled.t, degree)),
            ("normal_equations", normal_equations(shuffled, degree)),
        ):
            errors[name].append(float(np.linalg.norm(w - exact) / np.linalg.norm(exact)))
            errors[f"{name}_last"].append(float(abs((w[-1] - exact[-1]) / exact[-1])))
    return {name: np.array(values) for name, values in errors.items()}


def solver_table(
    points: Points, degrees: tuple[int, ...], orders: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Condition number and typical errors of both solvers: what reproduces, and what was measured here.

    Returns
    -------
    table : DataFrame
        Condition number to 3 digits and the median errors to the nearest power of ten. A rounding error is itself
        a matter of the BLAS; its order of magnitude over many orders of the points is not.
    measured : DataFrame
        The same medians in full, for this machine.
    """
    table, measured = [], []
    for degree in degrees:
        medians = {
            name: float(np.median(e)) for name, e in solver_errors(points, degree, orders, rng).items()
        }
        condition = round_significant(float(np.linalg.cond(design_matrix(points.x, degree))), 3)
        rounded = {f"{name}_error": power_of_ten(value) for name, value in medians.items()}
        table.append({"degree": degree, "condition_number": condition, **rounded})
        measured.append({"degree": degree, **{f"{name}_error": value for name, value in medians.items()}})
    return pd.DataFrame(table), pd.DataFrame(measured)
