"""Figures of the overfitting experiment, drawn from its rounded tables: every seed a dot or a thin line, theory thin and black."""

from .curves import plot_fits
from .descent import plot_descent
from .errors import plot_errors
from .split import plot_split
from .sweeps import plot_noises, plot_sizes

__all__ = ["plot_descent", "plot_errors", "plot_fits", "plot_noises", "plot_sizes", "plot_split"]
