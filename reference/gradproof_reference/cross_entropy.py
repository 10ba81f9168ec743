"""Softmax cross-entropy from the scores, summed over the examples, and its gradient ŷ − y (F15, F18)."""

import numpy as np
import numpy.typing as npt

from . import _shifted
from ._validation import (
    FloatArray,
    IntArray,
    broadcast_leading,
    first_index,
    float_array,
    label_array,
    require_examples,
    require_same_size,
    subscript,
)
from .softmax import log_softmax

__all__ = [
    "softmax_cross_entropy",
    "softmax_cross_entropy_gradient",
    "softmax_cross_entropy_of_targets",
    "softmax_cross_entropy_of_targets_gradient",
]


def softmax_cross_entropy(logits: npt.ArrayLike, labels: npt.ArrayLike) -> FloatArray:
    """Summed softmax cross-entropy, in nats, by label: L = Σ_i −log ŷ_{i,label} (F15).

    Parameters
    ----------
    logits : float array, shape (..., n, k)
        Scores of n examples for k classes.
    labels : integer array, shape (..., n)
        0-based classes. Leading axes broadcast against those of the logits, in either direction.

    Returns
    -------
    float array, shape (...)
        A sum over the examples, not a mean.

    Raises
    ------
    TypeError
        If the logits are not floats or the labels not integers.
    ValueError
        If shapes do not conform, there is no example, or a label lies outside [0, k).

    Notes
    -----
    Taken from the log-probabilities, so it is finite where a probability underflows.

    Examples
    --------
    >>> softmax_cross_entropy([[0.0, 0.0], [0.0, 1000.0]], [0, 0])
    np.float64(1000.6931471805599)
    """
    logits, labels = _logits_and_labels(logits, labels)
    log_probs, index = _align(log_softmax(logits), labels)
    with np.errstate(over="ignore"):  # scores of ±1e308 in several examples: the sum is inf, as it rounds
        # Subtracted from 0 rather than negated: a loss of zero is 0.0, not -0.0.
        return 0 - np.take_along_axis(log_probs, index, axis=-1).sum(axis=(-2, -1))


def softmax_cross_entropy_gradient(logits: npt.ArrayLike, labels: npt.ArrayLike) -> FloatArray:
    """Gradient of the summed cross-entropy by the scores: ∂ℓ/∂a = ŷ − y, y the one-hot label (F18).

    Parameters and errors are those of `softmax_cross_entropy`.

    Returns
    -------
    float array, shape (..., n, k)
        With the broadcast leading axes; rows sum to 0.

    Notes
    -----
    The entry ŷ_label − 1 is minus the sum of the other probabilities: the difference would cancel
    once ŷ_label is near 1.

    Examples
    --------
    >>> softmax_cross_entropy_gradient([[0.0, 0.0], [100.0, 0.0]], [1, 0])
    array([[ 5.00000000e-01, -5.00000000e-01],
           [-3.72007598e-44,  3.72007598e-44]])
    """
    logits, labels = _logits_and_labels(logits, labels)
    probabilities, complements = _shifted.probabilities(logits)
    is_label = labels[..., np.newaxis] == np.arange(logits.shape[-1])
    return np.where(is_label, -complements, probabilities)


def softmax_cross_entropy_of_targets(logits: npt.ArrayLike, targets: npt.ArrayLike) -> FloatArray:
    """Summed softmax cross-entropy, in nats, over the classes: L = Σ_i Σ_j −y_ij log ŷ_ij (F15).

    Parameters
    ----------
    logits : float array, shape (..., n, k)
        Scores of n examples for k classes.
    targets : float array, shape (..., n, k)
        y: one-hot rows, or any that are non-negative and sum to 1. Leading axes broadcast.

    Returns
    -------
    float array, shape (...)
        A sum over the examples, not a mean.

    Raises
    ------
    TypeError
        If an argument is not made of floats.
    ValueError
        If shapes do not conform, there is no example, or a row of targets is no distribution: negative, NaN,
        or summing to 1 no better than the square root of its precision.

    Examples
    --------
    >>> softmax_cross_entropy_of_targets([[0.0, 0.0]], [[0.25, 0.75]])
    np.float64(0.6931471805599453)
    """
    logits, targets = _logits_and_targets(logits, targets)
    with np.errstate(over="ignore"):
        return 0 - (targets * log_softmax(logits)).sum(axis=(-2, -1))


def softmax_cross_entropy_of_targets_gradient(logits: npt.ArrayLike, targets: npt.ArrayLike) -> FloatArray:
    """Gradient of the summed cross-entropy by the scores: ∂ℓ/∂a = ŷ − y (F18).

    Parameters and errors are those of `softmax_cross_entropy_of_targets`.

    Returns
    -------
    float array, shape (..., n, k)
        With the broadcast leading axes; rows sum to 0.

    Notes
    -----
    Computed as ŷ_j (Σ_i y_i − y_j) − y_j (1 − ŷ_j), which does not cancel for one-hot rows at
    saturation, and is the gradient of the sum as computed even where the targets' own sum is 1 to rounding
    only.

    Examples
    --------
    >>> softmax_cross_entropy_of_targets_gradient([[0.0, 0.0]], [[0.25, 0.75]])
    array([[ 0.25, -0.25]])
    """
    logits, targets = _logits_and_targets(logits, targets)
    probabilities, complements = _shifted.probabilities(logits)
    return probabilities * (targets.sum(axis=-1, keepdims=True) - targets) - targets * complements


def _logits_and_labels(logits: npt.ArrayLike, labels: npt.ArrayLike) -> tuple[FloatArray, IntArray]:
    logits = float_array("logits", logits, axes="n, k")
    labels = label_array("labels", labels, logits.shape[-1], axes="n")
    require_same_size("n", ("logits", logits.shape, -2), ("labels", labels.shape, -1))
    broadcast_leading(("logits", logits.shape[:-2]), ("labels", labels.shape[:-1]))
    require_examples("logits", logits.shape, -2)
    return logits, labels


def _align(scores: FloatArray, labels: IntArray) -> tuple[FloatArray, IntArray]:
    """Broadcast the leading axes of scores (..., n, k) and labels (..., n); return views, labels as (..., n, 1)."""
    shape = np.broadcast_shapes(scores.shape[:-1], labels.shape)
    return np.broadcast_to(scores, (*shape, scores.shape[-1])), np.broadcast_to(labels, shape)[..., None]


def _logits_and_targets(logits: npt.ArrayLike, targets: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    logits = float_array("logits", logits, axes="n, k")
    targets = float_array("targets", targets, axes="n, k")
    require_same_size("n", ("logits", logits.shape, -2), ("targets", targets.shape, -2))
    require_same_size("k", ("logits", logits.shape, -1), ("targets", targets.shape, -1))
    broadcast_leading(("logits", logits.shape[:-2]), ("targets", targets.shape[:-2]))
    require_examples("logits", logits.shape, -2)
    # Both conditions are written so that NaN does not satisfy them.
    non_negative = targets.real >= 0
    if not non_negative.all():
        where = first_index(~non_negative)
        raise ValueError(
            f"targets must be non-negative; got targets{subscript(where)}={targets[where]}. Pass probabilities."
        )
    sums = targets.real.sum(axis=-1)
    normalised = np.abs(sums - 1) <= np.sqrt(np.finfo(sums.dtype).eps)
    if not normalised.all():
        where = first_index(~normalised)
        raise ValueError(
            f"rows of targets must sum to 1; got targets{subscript(where)}.sum()={sums[where]}. Divide by the row sums."
        )
    return logits, targets
