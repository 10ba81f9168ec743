"""The linear softmax classifier in matrix form, its loss and gradient (F19, F22)."""

import numpy.typing as npt

from . import _linear
from ._validation import FloatArray
from .affine import affine
from .cross_entropy import softmax_cross_entropy, softmax_cross_entropy_gradient
from .layer import Layer
from .softmax import softmax

__all__ = ["linear_softmax", "linear_softmax_gradient", "linear_softmax_loss"]


def linear_softmax(weight: npt.ArrayLike, bias: npt.ArrayLike, x: npt.ArrayLike) -> FloatArray:
    """Class probabilities of a linear classifier: f = softmax(w xᵀ + bᵀ) (F22).

    Parameters
    ----------
    weight : float array, shape (..., k, d)
        w, one row per class.
    bias : float array, shape (..., k)
        b.
    x : float array, shape (..., n, d)
        One example per row; the slide's w xᵀ is laid out by examples here, x wᵀ.

    Returns
    -------
    float array, shape (..., n, k)
        Probabilities; leading axes broadcast.

    Raises
    ------
    TypeError
        If an argument is not made of floats.
    ValueError
        If shapes do not conform or there is no example.

    Examples
    --------
    >>> linear_softmax([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [[2.0, 2.0]])
    array([[0.5, 0.5]])
    """
    return softmax(affine(x, weight, bias))


def linear_softmax_loss(
    weight: npt.ArrayLike, bias: npt.ArrayLike, x: npt.ArrayLike, labels: npt.ArrayLike
) -> FloatArray:
    """Summed cross-entropy of the linear classifier, in nats: Σ_i −log f_label(x_i) (F15, F22).

    Parameters
    ----------
    weight, bias, x
        As for `linear_softmax`.
    labels : integer array, shape (..., n)
        0-based classes.

    Returns
    -------
    float array, shape (...)
        A sum over the examples, not a mean.

    Raises
    ------
    TypeError
        If the labels are not integers or another argument not made of floats.
    ValueError
        If shapes do not conform, there is no example, or a label lies outside [0, k).

    Examples
    --------
    >>> linear_softmax_loss([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [[2.0, 2.0]], [1])
    np.float64(0.6931471805599453)
    """
    return softmax_cross_entropy(affine(x, weight, bias), labels)


def linear_softmax_gradient(
    weight: npt.ArrayLike, bias: npt.ArrayLike, x: npt.ArrayLike, labels: npt.ArrayLike
) -> Layer:
    """Gradient of the summed loss: Σ over examples of ∂ℓ/∂w_ij = (ŷ_i − y_i) x_j and ∂ℓ/∂b_i = ŷ_i − y_i (F19).

    Parameters and errors are those of `linear_softmax_loss`.

    Returns
    -------
    Layer
        weight (..., k, d) and bias (..., k), with the broadcast leading axes.

    Examples
    --------
    >>> linear_softmax_gradient([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [[2.0, 2.0]], [1]).bias
    array([ 0.5, -0.5])
    """
    x, weight, bias = _linear.affine_arrays(x, weight, bias)
    return _linear.parameter_gradient(
        x, softmax_cross_entropy_gradient(_linear.scores(x, weight, bias), labels)
    )
