"""The affine map on arrays that were checked already: one matmul forward, one or two backward."""

import numpy as np
import numpy.typing as npt

from ._validation import FloatArray, broadcast_leading, float_array, require_examples, require_same_size
from .layer import Layer


def transposed(matrix: FloatArray) -> FloatArray:
    """Swap the last two axes (a view)."""
    return np.swapaxes(matrix, -1, -2)


def scores(x: FloatArray, weight: FloatArray, bias: FloatArray) -> FloatArray:
    """Compute x Wᵀ + b, shape (..., n, d_out)."""
    return x @ transposed(weight) + bias[..., None, :]


def unit_scores(x: FloatArray, weight: FloatArray, bias: FloatArray) -> FloatArray:
    """Compute x·w + b of a single output unit, weight (..., d) and bias (...): shape (..., n)."""
    return (x @ weight[..., :, None])[..., 0] + bias[..., None]


def parameter_gradient(x: FloatArray, output_gradient: FloatArray) -> Layer:
    """Sum the outer products g_i x_j over the examples: the gradient by weight and bias (F19)."""
    return Layer(weight=transposed(output_gradient) @ x, bias=output_gradient.sum(axis=-2))


def unit_parameter_gradient(x: FloatArray, output_gradient: FloatArray) -> Layer:
    """Sum g x over the examples: the gradient of a single unit's score by weight (..., d) and bias (...)."""
    return Layer(
        weight=(transposed(x) @ output_gradient[..., :, None])[..., 0], bias=output_gradient.sum(axis=-1)
    )


def affine_arrays(x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike) -> tuple[FloatArray, ...]:
    """Return x (..., n, d_in), weight (..., d_out, d_in) and bias (..., d_out) as floats that conform."""
    x = float_array("x", x, axes="n, d_in")
    weight = float_array("weight", weight, axes="d_out, d_in")
    bias = float_array("bias", bias, axes="d_out")
    require_same_size("d_in", ("x", x.shape, -1), ("weight", weight.shape, -1))
    require_same_size("d_out", ("weight", weight.shape, -2), ("bias", bias.shape, -1))
    broadcast_leading(("x", x.shape[:-2]), ("weight", weight.shape[:-2]), ("bias", bias.shape[:-1]))
    require_examples("x", x.shape, -2)
    return x, weight, bias


def unit_arrays(x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike) -> tuple[FloatArray, ...]:
    """Return x (..., n, d), weight (..., d) and bias (...) of a single output unit as floats that conform."""
    x = float_array("x", x, axes="n, d")
    weight = float_array("weight", weight, axes="d")
    bias = float_array("bias", bias)
    require_same_size("d", ("x", x.shape, -1), ("weight", weight.shape, -1))
    broadcast_leading(("x", x.shape[:-2]), ("weight", weight.shape[:-1]), ("bias", bias.shape))
    require_examples("x", x.shape, -2)
    return x, weight, bias
