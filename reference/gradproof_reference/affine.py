"""Affine scores, their derivative and its product with an incoming gradient (F13, F16)."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import _linear
from ._validation import (
    FloatArray,
    broadcast_leading,
    count,
    float_array,
    require_examples,
    require_same_size,
)

__all__ = ["AffineGradient", "AffineJacobian", "affine", "affine_gradient", "affine_jacobian"]


class AffineGradient(NamedTuple):
    """Gradient of a loss by the arguments of `affine`, each with the broadcast leading axes."""

    x: FloatArray
    weight: FloatArray
    bias: FloatArray


class AffineJacobian(NamedTuple):
    """Derivative of every score by every weight and bias: ∂a_i/∂w_jk and ∂a_i/∂b_j."""

    weight: FloatArray
    bias: FloatArray


def affine(x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike) -> FloatArray:
    """Affine scores of each example: a_j = Σ_k w_jk x_k + b_j (F13).

    Parameters
    ----------
    x : float array, shape (..., n, d_in)
        One example per row.
    weight : float array, shape (..., d_out, d_in)
        w, one row per score.
    bias : float array, shape (..., d_out)
        b.

    Returns
    -------
    float array, shape (..., n, d_out)
        The scores a; leading axes broadcast.

    Raises
    ------
    TypeError
        If an argument is not made of floats.
    ValueError
        If shapes do not conform or there is no example.

    Notes
    -----
    The slide prints the biases as b_c, b_d, b_b beside weights numbered 1 to 3; here both are numbered alike.
    Products beyond the range of the dtype are infinite, as they round (NumPy warns), and a loss of such scores is
    still no NaN, except where infinities of both signs meet in one sum.

    Examples
    --------
    >>> affine([[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]], [0.5, -0.5])
    array([[11.5, 16.5]])
    """
    return _linear.scores(*_linear.affine_arrays(x, weight, bias))


def affine_gradient(
    x: npt.ArrayLike, weight: npt.ArrayLike, output_gradient: npt.ArrayLike
) -> AffineGradient:
    """Gradient of a loss by x, w and b, given its gradient g by the scores (F16).

    ∂l/∂x_k = Σ_j g_j w_jk per example; ∂l/∂w_jk = Σ_examples g_j x_k; ∂l/∂b_j = Σ_examples g_j.

    Parameters
    ----------
    x : float array, shape (..., n, d_in)
        One example per row.
    weight : float array, shape (..., d_out, d_in)
        w. The bias does not enter.
    output_gradient : float array, shape (..., n, d_out)
        g = ∂l/∂a.

    Returns
    -------
    AffineGradient
        x (..., n, d_in), weight (..., d_out, d_in), bias (..., d_out), with the broadcast leading axes.

    Raises
    ------
    TypeError
        If an argument is not made of floats.
    ValueError
        If shapes do not conform or there is no example.

    Examples
    --------
    >>> affine_gradient([[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]], [[1.0, 0.0]]).weight
    array([[1., 2.],
           [0., 0.]])
    """
    x = float_array("x", x, axes="n, d_in")
    weight = float_array("weight", weight, axes="d_out, d_in")
    gradient = float_array("output_gradient", output_gradient, axes="n, d_out")
    require_same_size("d_in", ("x", x.shape, -1), ("weight", weight.shape, -1))
    require_same_size("d_out", ("weight", weight.shape, -2), ("output_gradient", gradient.shape, -1))
    require_same_size("n", ("x", x.shape, -2), ("output_gradient", gradient.shape, -2))
    require_examples("x", x.shape, -2)
    leading = broadcast_leading(
        ("x", x.shape[:-2]), ("weight", weight.shape[:-2]), ("output_gradient", gradient.shape[:-2])
    )
    # A gradient that all members of the stack share still gives each its own parameter gradients.
    gradient = np.broadcast_to(gradient, leading + gradient.shape[-2:])
    return AffineGradient(gradient @ weight, *_linear.parameter_gradient(x, gradient))


def affine_jacobian(x: npt.ArrayLike, n_outputs: int) -> AffineJacobian:
    """Derivative of the scores by w and b: ∂a_i/∂w_ij = x_j, ∂a_i/∂b_i = 1, zero between rows (F16).

    Parameters
    ----------
    x : float array, shape (..., n, d_in)
        One example per row.
    n_outputs : int
        Number of scores d_out, at least 1.

    Returns
    -------
    AffineJacobian
        weight (..., n, d_out, d_out, d_in), entry [i, j, k] = ∂a_i/∂w_jk; bias (..., n, d_out, d_out).

    Raises
    ------
    TypeError
        If x is not made of floats or `n_outputs` is no integer.
    ValueError
        If there is no example or no output.

    Examples
    --------
    >>> affine_jacobian([[3.0, 4.0]], n_outputs=2).weight[0, 0]
    array([[3., 4.],
           [0., 0.]])
    """
    x = float_array("x", x, axes="n, d_in")
    require_examples("x", x.shape, -2)
    n_outputs = count("n_outputs", n_outputs)
    same_row = np.eye(n_outputs, dtype=bool)
    bias = np.empty((*x.shape[:-1], n_outputs, n_outputs), x.dtype)
    bias[...] = same_row
    return AffineJacobian(weight=np.where(same_row[:, :, None], x[..., None, None, :], 0), bias=bias)
