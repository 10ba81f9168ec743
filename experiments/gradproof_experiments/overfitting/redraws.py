"""Least squares on many training sets that differ in their noise alone, and its errors on new points (F01)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradproof_experiments.data import Points, equal_distances, sine
from gradproof_experiments.experiment import Columns, generator
from gradproof_reference import fit_polynomial, polynomial, rms_error

from .new_points import NODES, bishop_excess, over_x

__all__ = ["QUANTILES", "Redraws", "redraw"]

Floats = npt.NDArray[np.float64]

_CHUNK = 2**16
"""Numbers in the largest array of a chunk: half a MiB, and the fits with their new points stay in the cache."""

QUANTILES = {"low": 0.1, "median": 0.5, "high": 0.9}
"""Column to the share of training sets on which the error is smaller."""


@dataclass(frozen=True)
class Redraws:
    """One setting, fitted on many training sets.

    Parameters
    ----------
    root : int
        Root of all randomness.
    degree, n : int
        Degree of the polynomial, and number of training points, at equal distances on [0, 1].
    noise : float
        Standard deviation σ of the noise on the targets, in units of t.
    redraws, n_test : int
        Training sets per seed, and new points for each of them, x uniform on [0, 1].
    """

    root: int
    degree: int
    n: int
    noise: float
    redraws: int
    n_test: int


def redraw(point: Redraws, seed: int) -> Columns:
    """Mean squared errors over the redraws of one seed: one row.

    Returns
    -------
    training, same_inputs, test : float
        Mean squared error on the training points, on new targets at the same inputs, and on new points.
    bias, variance : float
        Mean over x of the squared bias and of the variance of the fits, both estimated without bias: the former may
        come out below 0.
    low, median, high : float
        Quantiles over the redraws of the RMS error to be expected on new points, in units of t.
    worse : float
        Share of the redraws on which that error is larger than with Bishop's own ten points.
    """
    errors: list[Floats] = []
    curves: list[Floats] = []
    for training, again, new in _chunks(point, seed):
        w = fit_polynomial(training.x, training.t, point.degree)
        errors.append(np.stack([rms_error(w, *points) ** 2 for points in (training, again, new)]))
        curves.append(np.asarray(polynomial(w, NODES)))
    columns = dict(zip(("training", "same_inputs", "test"), np.hstack(errors).mean(axis=1), strict=True))
    columns |= _split(np.vstack(curves), point)
    return {name: [float(value)] for name, value in columns.items()}


def _chunks(point: Redraws, seed: int) -> Iterator[tuple[Points, Points, Points]]:
    """Draw training points, new targets at their inputs and new points, a block of redraws at a time.

    Each kind has a stream of its own, and none depends on the degree, the noise or the length of the blocks.
    """
    purposes = ("training noise", "noise at the same inputs", "new inputs", "noise on new points")
    noise, again, inputs, new_noise = (generator(point.root, purpose, seed) for purpose in purposes)
    x = equal_distances(point.n)
    clean = sine(x)
    size = max(1, _CHUNK // max(point.n, point.n_test))
    for start in range(0, point.redraws, size):
        k = min(size, point.redraws - start)
        new_x = inputs.random((k, point.n_test))
        yield (
            Points(x, clean + point.noise * noise.standard_normal((k, point.n))),
            Points(x, clean + point.noise * again.standard_normal((k, point.n))),
            Points(new_x, sine(new_x) + point.noise * new_noise.standard_normal((k, point.n_test))),
        )


def _split(curves: Floats, point: Redraws) -> dict[str, float]:
    """Bias, variance and spread of the fitted curves, float array of shape (redraws, nodes)."""
    mean, variance = curves.mean(axis=0), over_x(curves.var(axis=0, ddof=1))
    # the mean over r redraws still varies by variance/r, which its square adds to the squared bias
    bias = over_x((mean - sine(NODES)) ** 2) - variance / point.redraws
    excess = over_x((curves - sine(NODES)) ** 2)
    spread = np.quantile(np.sqrt(point.noise**2 + excess), list(QUANTILES.values()))
    worse = np.mean(excess > bishop_excess(point.degree))
    return {"bias": bias, "variance": variance, **dict(zip(QUANTILES, spread, strict=True)), "worse": worse}
