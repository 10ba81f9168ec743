"""Softmax after the shift that makes the largest score 0, and what its logarithm and derivatives need.

The shift subtracts the largest score itself, imaginary part included: softmax does not change under any
shift, complex ones too. That entry's exponential is then exactly 1, so the sum of the *others* is known on
its own, and with it log(1 + others) and 1 − ŷ = others/(1 + others) to full relative accuracy where
log(total) and 1 − ŷ would cancel.
"""

import numpy as np

from ._validation import FloatArray, IntArray


def shift(logits: FloatArray) -> tuple[FloatArray, IntArray]:
    """Subtract the largest score: return what is left, at most 0, and the largest's index (..., 1)."""
    top = np.argmax(logits.real, axis=-1, keepdims=True)
    # Scores of ±1e308 lie further apart than the largest float. Saturated, not infinite, they leave a loss
    # finite and a target of 0 without effect.
    # Scores that overflowed to inf before they came here are ties at the top: inf − inf is 0 for them, not NaN.
    with np.errstate(over="ignore", invalid="ignore"):
        largest = np.take_along_axis(logits, top, axis=-1)
        shifted = logits - largest
    # The real part alone: a complex step through a tie stays.
    shifted.real[logits.real == largest.real] = 0
    np.maximum(shifted.real, np.finfo(shifted.dtype).min, out=shifted.real)
    return shifted, top


def exponentials(shifted: FloatArray, top: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return exp(shifted) with a 0 in place of the largest entry's 1, and its sum over the classes."""
    others = np.exp(shifted)
    np.put_along_axis(others, top, 0, axis=-1)
    return others, others.sum(axis=-1, keepdims=True)


def probabilities(logits: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the probabilities ŷ and their complements 1 − ŷ, both to full relative accuracy."""
    shifted, top = shift(logits)
    exps, others = exponentials(shifted, top)
    total = 1 + others
    largest = top == np.arange(shifted.shape[-1])
    y_hat = np.where(largest, 1, exps) / total
    return y_hat, np.where(largest, others / total, 1 - y_hat)
