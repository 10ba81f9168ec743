"""Run the polynomial experiment: configuration in, tables out."""

from dataclasses import dataclass

import pandas as pd

from gradproof_experiments.data import BISHOP_TARGETS, bishop_points, generator, noisy_sine

from .bishop import comparison_table
from .config import PolynomialConfig
from .descent import full_batch_table, minibatch_table, minibatch_trace
from .fits import coefficient_table, curve_table, error_table, fit_degrees
from .solvers import solver_table

__all__ = ["PolynomialResults", "run"]


@dataclass(frozen=True)
class PolynomialResults:
    """Tables of the experiment, all of them rounded to what reproduces.

    Parameters
    ----------
    coefficients : DataFrame
        w*, one row per coefficient and one column per degree.
    errors : DataFrame
        Training and test RMS of every degree.
    bishop : DataFrame
        Bishop's printed coefficients beside the exact ones and ours.
    solvers : DataFrame
        Condition number and typical rounding error of QR and of the normal equations.
    full_batch : DataFrame
        Whether full-batch descent agrees with the closed form.
    minibatch : DataFrame
        How far minibatch SGD stays from the solution.
    curves : DataFrame
        The fits to draw.
    trace : DataFrame
        Distance to the solution after every epoch.
    measured : dict of str to DataFrame
        What differs from machine to machine.
    """

    coefficients: pd.DataFrame
    errors: pd.DataFrame
    bishop: pd.DataFrame
    solvers: pd.DataFrame
    full_batch: pd.DataFrame
    minibatch: pd.DataFrame
    curves: pd.DataFrame
    trace: pd.DataFrame
    measured: dict[str, pd.DataFrame]


def run(config: PolynomialConfig) -> PolynomialResults:
    """Fit Bishop's ten points by the closed form and by SGD, and measure both.

    Examples
    --------
    >>> run(PolynomialConfig()).errors["train_rms"].iloc[-1]
    np.float64(0.0)
    """
    training = bishop_points()
    test = noisy_sine(config.n_test, config.noise, generator(config.seed, "test set"))
    fits = fit_degrees(training, config.degrees)
    solvers, solvers_measured = solver_table(
        training, config.solver_degrees, config.solver_orders, generator(config.seed, "orders")
    )
    full_batch, full_batch_measured = full_batch_table(training, config, fits)
    trace = minibatch_trace(
        training, config, fits[config.minibatch.degree], generator(config.seed, "minibatches")
    )
    return PolynomialResults(
        coefficients=coefficient_table(fits),
        errors=error_table(fits, training, test),
        bishop=comparison_table(BISHOP_TARGETS, fits),
        solvers=solvers,
        full_batch=full_batch,
        minibatch=minibatch_table(trace),
        curves=curve_table(fits, config.shown_degrees),
        trace=trace,
        measured={"solvers": solvers_measured, "full_batch": full_batch_measured},
    )
