"""The perceptron: a step of one affine score (F20)."""

import numpy.typing as npt

from . import _linear
from ._validation import FloatArray, broadcast_leading, float_array, require_same_size
from .activations import step, step_derivative
from .layer import Layer

__all__ = ["perceptron", "perceptron_gradient"]


def perceptron(weight: npt.ArrayLike, bias: npt.ArrayLike, x: npt.ArrayLike) -> FloatArray:
    """Whether each example is on the positive side: f(x) = 1 if Σ_i w_i x_i + b > 0 else 0 (F20).

    Parameters
    ----------
    weight : float array, shape (..., d)
        w.
    bias : float array, shape (...)
        b.
    x : float array, shape (..., n, d)
        One example per row.

    Returns
    -------
    float array, shape (..., n)
        Zeros and ones; 0 on the boundary.

    Raises
    ------
    TypeError
        If an argument is not made of floats.
    ValueError
        If shapes do not conform or there is no example.

    Notes
    -----
    The slide's sum starts at i = 0, but its inputs are x₁ to x₄: the sum runs over the inputs.

    Examples
    --------
    The logical and of two bits:

    >>> perceptron([1.0, 1.0], -1.5, [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    array([0., 0., 0., 1.])
    """
    return step(_linear.unit_scores(*_linear.unit_arrays(x, weight, bias)))


def perceptron_gradient(
    weight: npt.ArrayLike, bias: npt.ArrayLike, x: npt.ArrayLike, output_gradient: npt.ArrayLike
) -> Layer:
    """Gradient of a loss by w and b, given that by the outputs: zero, or NaN on the boundary (F20, F21).

    Parameters
    ----------
    weight, bias, x
        As for `perceptron`.
    output_gradient : float array, shape (..., n)
        ∂l/∂f.

    Returns
    -------
    Layer
        weight (..., d) and bias (...), with the broadcast leading axes. NaN where an example lies on the
        boundary, where no derivative exists.

    Raises
    ------
    TypeError
        If an argument is not made of floats.
    ValueError
        If shapes do not conform or there is no example.

    Notes
    -----
    That it is zero almost everywhere is why the perceptron cannot be trained by gradient descent.

    Examples
    --------
    >>> perceptron_gradient([1.0, 1.0], -1.5, [[0.0, 1.0]], [1.0]).weight
    array([0., 0.])
    """
    x, weight, bias = _linear.unit_arrays(x, weight, bias)
    gradient = float_array("output_gradient", output_gradient, axes="n")
    require_same_size("n", ("x", x.shape, -2), ("output_gradient", gradient.shape, -1))
    z = _linear.unit_scores(x, weight, bias)
    broadcast_leading(("the scores", z.shape[:-1]), ("output_gradient", gradient.shape[:-1]))
    return _linear.unit_parameter_gradient(x, gradient * step_derivative(z))
