"""Where the derived and the printed update end: full-batch descent beside the closed form (F03, F05)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from gradproof_experiments.data import Points, bishop_points
from gradproof_experiments.experiment import Columns
from gradproof_reference import (
    Layer,
    as_printed,
    design_matrix,
    optimal_learning_rate,
    sgd_l2_step,
    sgd_step,
    sum_of_squares_gradient,
)

from .ridge import polynomial_ridge

__all__ = [
    "UPDATES",
    "Update",
    "UpdatePoint",
    "coefficients",
    "descend",
    "follow",
    "layer_gradient",
    "learning_rate",
]

Floats = npt.NDArray[np.float64]
Update: TypeAlias = Callable[[Layer, Layer, float, npt.ArrayLike], Layer]
"""A step: ``update(layer, gradient, learning_rate, l2_strength)``."""


@dataclass(frozen=True)
class UpdatePoint:
    """A polynomial through Bishop's ten points, its strength, and which update descends.

    Parameters
    ----------
    update : str
        Name in `UPDATES`.
    degree : int
    strength : float
        The slide's α.
    steps : int
    """

    update: str
    degree: int
    strength: float
    steps: int


def printed_update(layer: Layer, gradient: Layer, rate: float, strength: npt.ArrayLike) -> Layer:
    """Step of the weights as printed (F05), and of the bias as derived: the slide's missing factor 2 by itself."""
    weight = as_printed.sgd_l2_weight_step(layer.weight, gradient.weight, rate, strength)
    return Layer(weight, sgd_step(layer.bias, gradient.bias, rate))


UPDATES: dict[str, Update] = {"derived": sgd_l2_step, "printed": printed_update}


def follow(point: UpdatePoint, _seed: int) -> Columns:
    """Distance of the coefficients from ridge(α) and from ridge(α/2) after every step, over that between the two.

    Full batches from zero: nothing is random.
    """
    data = bishop_points()
    ends = polynomial_ridge(data.x, data.t, point.degree, [point.strength, point.strength / 2])
    rate = learning_rate(data, point.degree, point.strength)
    path = np.array([*descend(data, point.degree, UPDATES[point.update], rate, point.strength, point.steps)])
    apart = np.linalg.norm(ends[0] - ends[1])
    to_alpha, to_half = (np.linalg.norm(path - end, axis=-1) / apart for end in ends)
    return {"step": list(range(point.steps + 1)), "to_alpha": to_alpha.tolist(), "to_half": to_half.tolist()}


def learning_rate(data: Points, degree: int, strength: float) -> float:
    """Best rate of plain descent on the penalised problem: 2/(h₁ + hₙ) (F10)."""
    phi = design_matrix(data.x, degree)
    penalty = 2 * strength * np.diag(np.arange(degree + 1) > 0)
    curvature = np.linalg.eigvalsh(phi.T @ phi + penalty)
    return float(optimal_learning_rate(curvature[0], curvature[-1], momentum=0.0))


def descend(
    data: Points, degree: int, update: Update, rate: float, strength: float, steps: int
) -> Iterator[Floats]:
    """Coefficients before the first step from zero, and after every step."""
    layer = Layer(np.zeros((1, degree)), np.zeros(1))
    yield coefficients(layer)
    for _ in range(steps):
        layer = update(layer, layer_gradient(layer, data), rate, strength)
        yield coefficients(layer)


def layer_gradient(layer: Layer, data: Points) -> Layer:
    """Gradient of half the squared error by a polynomial's weights and bias, without the penalty (F01)."""
    gradient = sum_of_squares_gradient(coefficients(layer), data.x, data.t)
    return Layer(gradient[..., None, 1:], gradient[..., :1])


def coefficients(layer: Layer) -> Floats:
    """Bias and weights as the coefficients of a polynomial, shape (..., degree + 1).

    Examples
    --------
    >>> coefficients(Layer(np.array([[2.0, 3.0]]), np.array([1.0])))
    array([1., 2., 3.])
    """
    return np.concatenate([layer.bias, layer.weight[..., 0, :]], axis=-1)
