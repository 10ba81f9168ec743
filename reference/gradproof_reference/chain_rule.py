"""The chain rule written out: a layer's Jacobian, and the gradient as a product of Jacobians (F27)."""

from functools import reduce

import numpy as np
import numpy.typing as npt

from ._validation import (
    FloatArray,
    broadcast_leading,
    count,
    float_array,
    require_examples,
    require_same_size,
)
from .activations import SIGMOID, Activation
from .affine import affine_jacobian
from .cross_entropy import softmax_cross_entropy_gradient
from .layer import Layer
from .mlp import Layers, mlp_forward

__all__ = ["chain_rule_gradient", "layer_jacobian"]


def layer_jacobian(
    layer: Layer, pre_activation: npt.ArrayLike, activation: Activation = SIGMOID
) -> FloatArray:
    """Derivative of a layer's activations by its inputs: ∂a_k/∂a_{k-1} = diag(activation′(z_k)) w[k] (F27).

    Parameters
    ----------
    layer : Layer
        weight (..., d_out, d_in) and bias (..., d_out); only the weight enters.
    pre_activation : float array, shape (..., n, d_out)
        z_k.
    activation : Activation, default: SIGMOID
        The layer's activation.

    Returns
    -------
    float array, shape (..., n, d_out, d_in)
        One matrix per example.

    Raises
    ------
    TypeError
        If an argument is not made of floats, or `activation` is no Activation.
    ValueError
        If shapes do not conform or there is no example.

    Examples
    --------
    >>> layer_jacobian(Layer(np.array([[4.0, 8.0]]), np.zeros(1)), [[0.0]])
    array([[[1., 2.]]])
    """
    if not isinstance(activation, Activation):
        raise TypeError(
            f"activation must be an Activation; got activation={activation!r}. Use ACTIVATIONS[name]."
        )
    weight = float_array("weight", layer[0], axes="d_out, d_in")
    z = float_array("pre_activation", pre_activation, axes="n, d_out")
    require_same_size("d_out", ("weight", weight.shape, -2), ("pre_activation", z.shape, -1))
    require_examples("pre_activation", z.shape, -2)
    broadcast_leading(("weight", weight.shape[:-2]), ("pre_activation", z.shape[:-2]))
    return activation.derivative(z)[..., :, None] * weight[..., None, :, :]


def chain_rule_gradient(
    layers: Layers, x: npt.ArrayLike, labels: npt.ArrayLike, k: int, activation: Activation = SIGMOID
) -> Layer:
    """Gradient of the summed cross-entropy by one layer's parameters, as a product of Jacobians (F27).

    ∂l/∂w[k]_ij = ∂l/∂a_{n-1} · ∂a_{n-1}/∂a_{n-2} ⋯ ∂a_{k+1}/∂a_k · ∂a_k/∂w[k]_ij, and the same with b[k]; for
    the last layer, which has no activation, ∂l/∂z_n · ∂z_n/∂w[n]_ij.

    Parameters
    ----------
    layers, x, activation
        As for `mlp_forward`.
    labels : integer array, shape (..., n_examples)
        0-based classes.
    k : int
        Which layer, from 0 to len(layers) − 1: layers[k] is the slide's w[k+1].

    Returns
    -------
    Layer
        weight (..., d_out, d_in) and bias (..., d_out): what `mlp_gradient` returns for layer k.

    Raises
    ------
    TypeError
        As `mlp_forward`, or if the labels or k are not integers.
    ValueError
        As `mlp_forward`, or if a label lies outside the classes or k outside the layers.

    Notes
    -----
    The slide shifts the last two factors, ⋯ ∂a_{k-2}/∂a_{k-1} · ∂a_{k-1}/∂w[k]_ij: a_{k-1} does
    not depend on w[k]. The Jacobians are formed and multiplied for every example, at a cost of O(n d³) a
    layer; back-propagation gets the same from vectors, in O(n d²).

    Examples
    --------
    >>> layers = [Layer(np.eye(2), np.zeros(2)), Layer(np.eye(2), np.zeros(2))]
    >>> chain_rule_gradient(layers, np.zeros((1, 2)), [1], k=0).bias
    array([ 0.125, -0.125])
    """
    forward = mlp_forward(layers, x, activation)
    if count("k", k, minimum=0) >= len(layers):
        raise ValueError(f"k must lie in [0, {len(layers)}), the layers; got k={k}. The first layer is 0.")
    z, a = forward.pre_activations, forward.activations
    by_z = softmax_cross_entropy_gradient(z[-1], labels)
    if k < len(layers) - 1:
        by_last_activation = np.asarray(layers[-1][0])[..., None, :, :]  # ∂z_n/∂a_{n-1}, for every example
        between = [layer_jacobian(layers[m], z[m], activation) for m in range(len(layers) - 2, k, -1)]
        product = reduce(np.matmul, between, by_last_activation)
        by_z = (by_z[..., None, :] @ product)[..., 0, :] * activation.derivative(z[k])
    by_parameters = affine_jacobian(a[k], z[k].shape[-1])  # ∂z_k/∂w[k] and ∂z_k/∂b[k]
    # Sum over the examples n and the layer's outputs i.
    weight = np.einsum("...ni,...nijk->...jk", by_z, by_parameters.weight)
    return Layer(weight=weight, bias=np.einsum("...ni,...nij->...j", by_z, by_parameters.bias))
