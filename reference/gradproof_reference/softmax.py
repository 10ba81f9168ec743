"""Softmax, its logarithm and its Jacobian (F14, F17)."""

import numpy as np
import numpy.typing as npt

from . import _shifted
from ._validation import FloatArray, float_array

__all__ = ["log_softmax", "softmax", "softmax_jacobian"]


def softmax(logits: npt.ArrayLike) -> FloatArray:
    """Probabilities of the classes: f_j = e^{a_j} / Σ_k e^{a_k} (F14).

    Parameters
    ----------
    logits : float array, shape (..., n, k)
        Scores a; one class per entry of the last axis.

    Returns
    -------
    float array, shape (..., n, k)
        Non-negative, with rows that sum to 1. Probabilities below the smallest float are 0.

    Raises
    ------
    TypeError
        If the logits are not floats.
    ValueError
        If there is no class.

    Notes
    -----
    The largest score is subtracted first, which changes nothing and keeps every exponential at or below 1.

    Examples
    --------
    >>> softmax([[0.0, 0.0], [1e308, -1e308]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    shifted, top = _shifted.shift(_scores(logits))
    exps, others = _shifted.exponentials(shifted, top)
    np.put_along_axis(exps, top, 1, axis=-1)
    return exps / (1 + others)


def log_softmax(logits: npt.ArrayLike) -> FloatArray:
    """Log-probabilities of the classes, in nats: log f_j = a_j − log Σ_k e^{a_k} (F14, F15).

    Parameters and errors are those of `softmax`.

    Returns
    -------
    float array, shape (..., n, k)
        At most 0, and finite for finite logits: what exceeds the range saturates at the most negative float.

    Notes
    -----
    Not the logarithm of `softmax`, which is −inf as soon as a probability underflows. The sum
    over the classes other than the largest enters through log1p, so that a log-probability near 0 keeps its
    relative accuracy.

    Examples
    --------
    >>> log_softmax([0.0, 1000.0])
    array([-1000.,     0.])
    """
    shifted, top = _shifted.shift(_scores(logits))
    _, others = _shifted.exponentials(shifted, top)
    return shifted - np.log1p(others)


def softmax_jacobian(logits: npt.ArrayLike) -> FloatArray:
    """Derivative of every probability by every score: ∂ŷ_i/∂a_j = ŷ_i δ_ij − ŷ_i ŷ_j (F17).

    Parameters and errors are those of `softmax`.

    Returns
    -------
    float array, shape (..., n, k, k)
        diag(ŷ) − ŷŷᵀ: symmetric, rows sum to 0, positive semidefinite.

    Notes
    -----
    The diagonal is ŷ_i (1 − ŷ_i) with the second factor summed from the other probabilities, so
    that it does not cancel at saturation.

    Examples
    --------
    >>> softmax_jacobian([0.0, 0.0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    probabilities, complements = _shifted.probabilities(_scores(logits))
    jacobian = -probabilities[..., :, None] * probabilities[..., None, :]
    diagonal = np.arange(probabilities.shape[-1])
    jacobian[..., diagonal, diagonal] = probabilities * complements
    return jacobian


def _scores(logits: npt.ArrayLike) -> FloatArray:
    array = float_array("logits", logits, axes="k")
    if array.shape[-1] == 0:
        raise ValueError(
            f"logits must have at least one class; got logits.shape={array.shape}. Put classes last."
        )
    return array
