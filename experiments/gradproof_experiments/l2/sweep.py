"""The polynomial through ten points over the L2 strength: the closed form at every strength at once (F01, F04)."""

from dataclasses import dataclass

import numpy as np

from gradproof_experiments.data import Points, bishop_points, noisy_sine
from gradproof_experiments.experiment import Columns, generator
from gradproof_reference import rms_error

from .ridge import polynomial_ridge

__all__ = ["PUBLISHED", "REDRAWN", "SweepPoint", "sweep"]

PUBLISHED = "published"
REDRAWN = "redrawn"
_N = 10


@dataclass(frozen=True)
class SweepPoint:
    """A polynomial, its data, and the strengths.

    Parameters
    ----------
    root : int
        Root of all randomness.
    training : str
        `PUBLISHED`, Bishop's ten points for every seed, or `REDRAWN`, ten of the same kind for each. The test points
        are drawn for each seed.
    degree, n_test : int
    noise : float
        In units of t.
    offset : float
        Added to all targets, those of the test too.
    bias : str
        "free" as on the slide, or "penalised".
    ln_strengths : tuple of float
        ln α.
    """

    root: int
    training: str
    degree: int
    n_test: int
    noise: float
    offset: float
    bias: str
    ln_strengths: tuple[float, ...]


def sweep(point: SweepPoint, seed: int) -> Columns:
    """Root-mean-square errors in units of t, and ‖w‖ without the bias, at every strength.

    Examples
    --------
    >>> point = SweepPoint(1, PUBLISHED, 9, 100, 0.3, 0.0, "free", (-30.0, 0.0))
    >>> [round(rms, 2) for rms in sweep(point, 0)["train_rms"]]
    [0.11, 0.49]
    """
    training = _training(point, seed)
    test = noisy_sine(point.n_test, point.noise, generator(point.root, "test points", seed))
    w = polynomial_ridge(
        training.x,
        training.t + point.offset,
        point.degree,
        np.exp(point.ln_strengths),
        penalise_bias=point.bias == "penalised",
    )
    return {
        "ln_alpha": list(point.ln_strengths),
        "train_rms": rms_error(w, training.x, training.t + point.offset).tolist(),
        "test_rms": rms_error(w, test.x, test.t + point.offset).tolist(),
        "norm": np.linalg.norm(w[:, 1:], axis=1).tolist(),
    }


def _training(point: SweepPoint, seed: int) -> Points:
    if point.training == PUBLISHED:
        return bishop_points()
    return noisy_sine(_N, point.noise, generator(point.root, "training points", seed))
