"""L2 regularisation: the penalty on the weights, and its gradient (F04)."""

import numpy as np
import numpy.typing as npt

from ._per_model import per_model
from ._validation import FloatArray, broadcast_leading, count, float_array, real_in

__all__ = ["l2_penalty", "l2_penalty_gradient"]


def l2_penalty(weight: npt.ArrayLike, l2_strength: npt.ArrayLike, *, weight_ndim: int = 2) -> FloatArray:
    """L2 penalty of a weight array, in the unit of the loss it is added to (F04).

    ``R(w) = α Σᵢ wᵢ²``, summed over all weights of one model; biases are not penalised.

    Parameters
    ----------
    weight : float array, shape (..., *weight_shape)
        The weights w; the last `weight_ndim` axes belong to one model.
    l2_strength : float or float array, shape (...)
        The slide's α, finite and not negative; an array holds one per stacked model.
    weight_ndim : int
        How many trailing axes are one model's weights: 2 for a layer, 1 for a perceptron or a polynomial.

    Returns
    -------
    float array, shape (...)
        One penalty per stacked model, in the dtype of `weight`.

    Raises
    ------
    TypeError
        If `weight` does not hold floats or `l2_strength` is not real.
    ValueError
        If `l2_strength` is negative, NaN or infinite, or the leading axes do not broadcast.

    Notes
    -----
    There is no factor 1/2: that convention, (α/2) Σ w², has the gradient αw, and the slides' update rules
    (F05, F09) use its gradient with this penalty. For complex weights the squares are ``w * w``, not
    ``|w|²``, so that the penalty stays analytic.

    Examples
    --------
    >>> l2_penalty([[3.0, 4.0]], 0.5)
    np.float64(12.5)
    """
    w, strength = _operands(weight, l2_strength, weight_ndim)
    # α·w first: with α = 0 the penalty is 0 even where w² overflows.
    squares = (strength * w) * w
    total: FloatArray = np.sum(squares, axis=tuple(range(-weight_ndim, 0)))
    return total


def l2_penalty_gradient(
    weight: npt.ArrayLike, l2_strength: npt.ArrayLike, *, weight_ndim: int = 2
) -> FloatArray:
    """Gradient of the L2 penalty by the weights, in loss units per unit of weight (F04).

    ``dR/dw = 2αw``, the factor 2 included.

    Parameters
    ----------
    weight : float array, shape (..., *weight_shape)
        The weights w.
    l2_strength : float or float array, shape (...)
        The slide's α, finite and not negative; an array holds one per stacked model.
    weight_ndim : int
        How many trailing axes are one model's weights.

    Returns
    -------
    float array, shape (..., *weight_shape)
        In the dtype of `weight`.

    Raises
    ------
    TypeError, ValueError
        As `l2_penalty`.

    Examples
    --------
    >>> l2_penalty_gradient([[3.0, 4.0]], 0.5)
    array([[3., 4.]])
    """
    w, strength = _operands(weight, l2_strength, weight_ndim)
    return 2 * strength * w


def _operands(
    weight: npt.ArrayLike, l2_strength: npt.ArrayLike, weight_ndim: int
) -> tuple[FloatArray, FloatArray]:
    w = float_array("weight", weight)
    if w.ndim < count("weight_ndim", weight_ndim, minimum=0):
        raise ValueError(
            f"weight must have at least weight_ndim={weight_ndim} axes; got weight.shape={w.shape}. "
            f"Pass weight_ndim={w.ndim}."
        )
    strength = real_in("l2_strength", l2_strength, 0)
    broadcast_leading(("weight", w.shape[: w.ndim - weight_ndim]), ("l2_strength", strength.shape))
    return w, per_model(strength, w.dtype, weight_ndim)
