"""The bias update as printed, b ← b − λ dl/db − λαw: what it does where it can be carried out at all (F06)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradproof_experiments.data import Points, bishop_points
from gradproof_experiments.experiment import Columns
from gradproof_reference import Layer, as_printed, sgd_l2_step

from .ridge import polynomial_ridge
from .updates import descend, learning_rate

__all__ = ["LAYER_SHAPES", "LinePoint", "ShapePoint", "fixed_point", "line", "shapes"]

LAYER_SHAPES = ((1, 1), (1, 3), (2, 2), (10, 1), (10, 10), (10, 64))
"""Layers (d_out, d_in): the line, a cubic, two that broadcast, a square hidden layer, the digits' classifier."""


@dataclass(frozen=True)
class LinePoint:
    """A line through Bishop's ten points, with one weight and one bias.

    Parameters
    ----------
    update : str
        "derived", or "printed" for weight and bias both.
    strength : float
    steps : int
    """

    update: str
    strength: float
    steps: int


@dataclass(frozen=True)
class ShapePoint:
    """A layer.

    Parameters
    ----------
    d_out, d_in : int
    """

    d_out: int
    d_in: int


def line(point: LinePoint, _seed: int) -> Columns:
    """Where the update ends: coefficients, Σ residuals over −αw, and the distance to where it should by theory.

    Examples
    --------
    >>> line(LinePoint("derived", 0.1, 200), 0)["residuals"][0] < 1e-6
    True
    """
    data, alpha = bishop_points(), point.strength
    rate = learning_rate(data, 1, alpha)
    update = {"derived": sgd_l2_step, "printed": _printed}[point.update]
    *_, (b, w) = descend(data, 1, update, rate, alpha, point.steps)
    minimum = polynomial_ridge(data.x, data.t, 1, [alpha])[0]
    expected = minimum if point.update == "derived" else fixed_point(data, alpha)
    residuals = float(np.sum(b + w * data.x - data.t))
    return {
        "b": [float(b)],
        "w": [float(w)],
        "residuals": [abs(residuals / (alpha * float(w)))],
        "from_theory": [float(np.linalg.norm([b, w] - expected) / np.linalg.norm(expected))],
        "from_minimum": [float(np.linalg.norm([b, w] - minimum))],
    }


def fixed_point(data: Points, strength: float) -> npt.NDArray[np.float64]:
    """Where both printed updates of a line stand still: Σrᵢ + αw = 0 and Σxᵢrᵢ + αw = 0, rᵢ = b + wxᵢ − tᵢ.

    The matrix is not symmetric: what stands in the updates is the gradient of no function.
    """
    x, t = data
    matrix = [[len(x), x.sum() + strength], [x.sum(), x @ x + strength]]
    return np.asarray(np.linalg.solve(matrix, [t.sum(), x @ t]), np.float64)


def shapes(point: ShapePoint, _seed: int) -> Columns:
    """Shape of what the printed bias step returns, or "error".

    Examples
    --------
    >>> shapes(ShapePoint(10, 64), 0)["result"], shapes(ShapePoint(1, 3), 0)["result"]
    (['error'], ['(1, 3)'])
    """
    bias, weight = np.zeros(point.d_out), np.ones((point.d_out, point.d_in))
    try:
        result = str(as_printed.sgd_l2_bias_step(bias, bias, weight, 0.1, 0.1).shape)
    except ValueError:
        result = "error"
    return {"bias": [f"({point.d_out},)"], "weight": [str(weight.shape)], "result": [result]}


def _printed(layer: Layer, gradient: Layer, rate: float, strength: npt.ArrayLike) -> Layer:
    """Both updates as printed. The weight is flattened for the bias, which has one axis."""
    weight = as_printed.sgd_l2_weight_step(layer.weight, gradient.weight, rate, strength)
    bias = as_printed.sgd_l2_bias_step(
        layer.bias, gradient.bias, layer.weight.ravel(), rate, float(np.asarray(strength))
    )
    return Layer(weight, bias)
