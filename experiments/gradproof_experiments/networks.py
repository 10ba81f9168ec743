"""Networks to train on the digits: initial weights by the usual schemes, stacks of models, and how often they are right."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from gradproof_reference import Activation, Layer, mlp_forward

__all__ = ["Scheme", "accuracy", "initial_layers", "repeat"]

Scheme: TypeAlias = Literal["glorot", "he", "fixed"]

_FIXED = 0.01


def initial_layers(
    sizes: Sequence[int], scheme: Scheme, rng: np.random.Generator, fixed: float = _FIXED
) -> list[Layer]:
    """Normal weights of the scheme's standard deviation, biases 0.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, hidden units of each layer, classes.
    scheme : {"glorot", "he", "fixed"}
        Standard deviation √(2/(d_in + d_out)), √(2/d_in), or `fixed` whatever the layer.
    rng : Generator
        The same draws for every scheme, scaled.
    fixed : float, optional

    References
    ----------
    X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, eq. 12.
    K. He et al., "Delving deep into rectifiers", ICCV 2015, eq. 10.

    Examples
    --------
    >>> [layer.weight.shape for layer in initial_layers((64, 32, 10), "he", np.random.default_rng(1))]
    [(32, 64), (10, 32)]
    """
    layers = []
    for d_in, d_out in pairwise(sizes):
        deviation = {"glorot": np.sqrt(2 / (d_in + d_out)), "he": np.sqrt(2 / d_in), "fixed": fixed}[scheme]
        layers.append(Layer(deviation * rng.standard_normal((d_out, d_in)), np.zeros(d_out)))
    return layers


def repeat(layers: Sequence[Layer], n_models: int) -> list[Layer]:
    """Stack of equal models: every array gets a leading axis of length `n_models`.

    Examples
    --------
    >>> repeat([Layer(np.ones((2, 3)), np.zeros(2))], 4)[0].weight.shape
    (4, 2, 3)
    """
    return [Layer(*(np.repeat(array[np.newaxis], n_models, axis=0) for array in layer)) for layer in layers]


def accuracy(
    layers: Sequence[Layer], x: npt.ArrayLike, labels: npt.ArrayLike, activation: Activation
) -> npt.NDArray[np.float64]:
    """Share of the examples whose largest score is that of their class, float array of shape (...), one per model.

    Examples
    --------
    >>> from gradproof_reference import SIGMOID
    >>> accuracy([Layer(np.eye(2), np.zeros(2))], [[1.0, 0.0], [0.0, 1.0]], [0, 0], SIGMOID)
    np.float64(0.5)
    """
    scores = mlp_forward(layers, x, activation).pre_activations[-1]
    right: npt.NDArray[np.float64] = np.mean(scores.argmax(-1) == labels, axis=-1)
    return right
