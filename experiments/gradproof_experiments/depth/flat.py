"""All parameters of a network as one array, so that a step of SGD is a few operations on one array, not on forty.

The layers are views of the array: the reference's formulas work on them as on any others.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from gradproof_reference import Layer

__all__ = ["n_parameters", "pack", "unpack"]

Floats = npt.NDArray[np.float64]


def n_parameters(sizes: Sequence[int]) -> int:
    """Weights and biases of a network of these layer sizes.

    Examples
    --------
    >>> n_parameters((64, 32, 10))
    2410
    """
    return sum((d_in + 1) * d_out for d_in, d_out in pairwise(sizes))


def pack(layers: Sequence[Layer]) -> Floats:
    """Copy layers of leading axes (...) into one array (..., p): weight and bias of the first layer, and so on.

    Examples
    --------
    >>> pack([Layer(np.array([[1.0, 2.0]]), np.array([3.0])), Layer(np.array([[4.0]]), np.array([5.0]))])
    array([1., 2., 3., 4., 5.])
    """
    parts = []
    for weight, bias in layers:
        parts += [weight.reshape(*weight.shape[:-2], -1), bias]
    return np.concatenate(parts, axis=-1)


def unpack(flat: Floats, sizes: Sequence[int]) -> list[Layer]:
    """Views of an array (..., p) as the layers of a network, the inverse of `pack`.

    Examples
    --------
    >>> unpack(np.arange(5.0), (2, 1, 1))[0]
    Layer(weight=array([[0., 1.]]), bias=array([2.]))
    """
    layers, start = [], 0
    for d_in, d_out in pairwise(sizes):
        middle, stop = start + d_in * d_out, start + (d_in + 1) * d_out
        weight = flat[..., start:middle].reshape(*flat.shape[:-1], d_out, d_in)
        layers.append(Layer(weight, flat[..., middle:stop]))
        start = stop
    return layers
