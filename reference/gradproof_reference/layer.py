"""A layer's parameters, and their gradients, which have the same structure."""

from typing import NamedTuple

from ._validation import FloatArray

__all__ = ["Layer"]


class Layer(NamedTuple):
    """Weight and bias of one affine layer, or anything shaped like them: a gradient, a velocity.

    Attributes
    ----------
    weight : float array, shape (..., d_out, d_in)
        The slides' w; row i holds the weights of output i.
    bias : float array, shape (..., d_out)
        The slides' b.

    Examples
    --------
    >>> import numpy as np
    >>> Layer(weight=np.zeros((3, 4)), bias=np.zeros(3)).weight.shape
    (3, 4)
    """

    weight: FloatArray
    bias: FloatArray
