"""Polynomial overfitting (F01) on Bishop's ten points: fits of degree 0 to 9, their errors, and SGD beside them."""

from .config import PolynomialConfig
from .figures import plot_descent, plot_errors, plot_fits
from .page import item
from .results import PolynomialResults, run

__all__ = ["PolynomialConfig", "PolynomialResults", "item", "plot_descent", "plot_errors", "plot_fits", "run"]
