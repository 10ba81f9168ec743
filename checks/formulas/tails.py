"""The networks written out in NumPy as functions of any of their intermediates, for numerical differentiation.

Literal and independent of the reference: for scores of moderate size. All take complex numbers.
"""

from collections.abc import Callable, Sequence

import numpy as np

from gradproof_reference import Layer, SigmoidNetwork
from harness import Array


def sigmoid(z: Array) -> Array:
    """1/(1 + e^{−z})."""
    value: Array = 1 / (1 + np.exp(-z))
    return value


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "step": lambda z: np.where(z.real > 0, 1.0, 0.0),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: np.where(z.real > 0, z, 0),
}


def cross_entropy(scores: Array, classes: Array) -> Array:
    """Σ_i (log Σ_k e^{a_ik} − a_i,label)."""
    top = scores.real.max(axis=-1, keepdims=True)
    of_label = np.array([row[label] for row, label in zip(scores, classes, strict=True)])
    total: Array = np.sum(np.log(np.exp(scores - top).sum(axis=-1)) + top[:, 0] - of_label)
    return total


def loss_from_activation(
    layers: Sequence[Layer], a: Array, k: int, classes: Array, activation: Callable[[Array], Array]
) -> Array:
    """Loss as a function of a_k, which layers[k] gets."""
    return loss_from_scores(
        layers, np.einsum("ij,nj->ni", layers[k].weight, a) + layers[k].bias, k, classes, activation
    )


def loss_from_scores(
    layers: Sequence[Layer], z: Array, k: int, classes: Array, activation: Callable[[Array], Array]
) -> Array:
    """Loss as a function of the pre-activations of layers[k]."""
    if k == len(layers) - 1:
        return cross_entropy(z, classes)
    return loss_from_activation(layers, activation(z), k + 1, classes, activation)


def squared_error(y_hat: Array, y: Array) -> Array:
    """½ Σ (ŷ − y)²."""
    total: Array = np.sum((y_hat - y) * (y_hat - y)) / 2
    return total


def binary_cross_entropy(y_hat: Array, y: Array) -> Array:
    """−Σ (y log ŷ + (1 − y) log(1 − ŷ)), for ŷ inside (0, 1)."""
    total: Array = -np.sum(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))
    return total


def prediction_from_p(p: Array) -> Array:
    """ŷ = σ(p)."""
    return sigmoid(p)


def prediction_from_a(network: SigmoidNetwork, a: Array) -> Array:
    """ŷ as a function of the hidden activations (n, h)."""
    return prediction_from_p(np.einsum("i,ni->n", network.output_weight, a) + network.output_bias)


def prediction_from_z(network: SigmoidNetwork, z: Array) -> Array:
    """ŷ as a function of the hidden pre-activations (n, h)."""
    return prediction_from_a(network, sigmoid(z))


def prediction_from_x(network: SigmoidNetwork, x: Array) -> Array:
    """ŷ as a function of the inputs (n, d)."""
    return prediction_from_z(network, np.einsum("ij,nj->ni", network.hidden_weight, x) + network.hidden_bias)
