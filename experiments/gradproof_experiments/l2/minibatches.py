"""Minibatch SGD with the penalty at every step: B steps an epoch apply it B times (F02, F05)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradproof_experiments.data import Points, noisy_sine
from gradproof_experiments.experiment import Columns, generator
from gradproof_reference import Layer, minibatches, sgd_l2_step

from .refine import lowest
from .ridge import polynomial_ridge
from .updates import coefficients, layer_gradient

__all__ = ["TREATMENTS", "MinibatchPoint", "effective_strength", "run"]

Floats = npt.NDArray[np.float64]

TREATMENTS = ("as it stands", "times m/n")
"""α at every step, and α m/n: the batch's share of the penalty. One stack of two models on the same batches."""

_N = 10
_DEGREE = 1


@dataclass(frozen=True)
class MinibatchPoint:
    """A line through ten redrawn points on [−1, 1], descended to in minibatches.

    Parameters
    ----------
    root : int
        Root of all randomness.
    batch_size : int
        m, of n = 10 points.
    strength : float
        The slide's α.
    rate : float
        λ.
    epochs : int
        The last half is averaged.
    noise : float
        In units of t.
    """

    root: int
    batch_size: int
    strength: float
    rate: float
    epochs: int
    noise: float


def run(point: MinibatchPoint, seed: int) -> Columns:
    """Strength at which the closed form is nearest to the average of the late epochs, over α.

    SGD starts at ridge(α), the minimum that the slide asks for: it would stay if that were where it belongs.
    """
    drawn = noisy_sine(_N, point.noise, generator(point.root, "training points", seed))
    data = Points(
        2 * drawn.x - 1, drawn.t
    )  # 0 in the middle: bias and weight are found independently, and soon
    average = _late_average(data, point, generator(point.root, "minibatches", seed))
    found = [effective_strength(data, w, point.strength) / point.strength for w in average]
    return {"treatment": list(TREATMENTS), "factor": found}


def effective_strength(data: Points, w: Floats, near: float) -> float:
    """The α between `near`/20 and 200 `near` whose line is nearest to w.

    Examples
    --------
    >>> from gradproof_experiments.data import bishop_points
    >>> w = polynomial_ridge(*bishop_points(), 1, [0.3])[0]
    >>> round(effective_strength(bishop_points(), w, 0.1), 5)
    0.3
    """

    def distances(ln_alphas: Floats) -> Floats:
        lines = polynomial_ridge(data.x, data.t, _DEGREE, np.exp(ln_alphas))
        squared: Floats = np.sum((lines - w) ** 2, axis=-1)
        return squared

    scan = np.log(near) + np.linspace(-np.log(20), np.log(200), 84)
    return float(np.exp(lowest(distances, scan, 1e-7)))


def _late_average(data: Points, point: MinibatchPoint, rng: np.random.Generator) -> Floats:
    """Coefficients at the ends of the late epochs, averaged, shape (2, 2): one row per treatment."""
    start = polynomial_ridge(data.x, data.t, _DEGREE, [point.strength])[0]
    strengths = point.strength * np.array([1.0, point.batch_size / _N])
    layer = Layer(np.tile(start[1:], (2, 1, 1)), np.tile(start[:1], (2, 1)))
    late = []
    for epoch in range(point.epochs):
        for batch in minibatches(_N, point.batch_size, rng):
            gradient = layer_gradient(layer, Points(data.x[batch], data.t[batch]))
            layer = sgd_l2_step(layer, gradient, point.rate, strengths)
        if 2 * epoch >= point.epochs:
            late.append(coefficients(layer))
    return np.mean(late, axis=0)
