"""Multi-layer perceptrons with softmax cross-entropy: forward pass and back-propagation (F23, F24, F26)."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from . import _linear
from ._validation import (
    FloatArray,
    broadcast_leading,
    float_array,
    require_examples,
    require_fields,
    require_same_size,
)
from .activations import SIGMOID, Activation
from .cross_entropy import softmax_cross_entropy, softmax_cross_entropy_gradient
from .layer import Layer
from .penalties import l2_penalty, l2_penalty_gradient
from .softmax import softmax

__all__ = [
    "Layers",
    "MLPBackward",
    "MLPForward",
    "mlp",
    "mlp_backward",
    "mlp_forward",
    "mlp_gradient",
    "mlp_loss",
    "mlp_loss_and_gradient",
    "two_layer_mlp",
    "two_layer_mlp_gradient",
    "two_layer_mlp_loss",
]

Layers: TypeAlias = Sequence[Layer]
"""Layers in order: weight (..., d_k, d_{k-1}), bias (..., d_k), from d_0 inputs to d_n classes."""


class MLPForward(NamedTuple):
    """What the forward pass computes on its way, in order.

    Attributes
    ----------
    pre_activations : tuple of n float arrays, shapes (..., n_examples, d_k)
        z_1 to z_n; the last are the logits.
    activations : tuple of n float arrays, shapes (..., n_examples, d_k)
        a_0 = x to a_{n-1}: activations[k] is what layers[k] gets.
    """

    pre_activations: tuple[FloatArray, ...]
    activations: tuple[FloatArray, ...]

    @property
    def probabilities(self) -> FloatArray:
        """Class probabilities f = softmax(z_n), float array of shape (..., n_examples, k)."""
        return softmax(self.pre_activations[-1])


class MLPBackward(NamedTuple):
    """The loss and its gradient by everything that the forward pass touches.

    Attributes
    ----------
    loss : float array, shape (...)
        In nats, summed over the examples, with the penalty.
    layers : tuple of n Layers
        ∂l/∂w[k] and ∂l/∂b[k].
    pre_activations : tuple of n float arrays
        ∂l/∂z_1 to ∂l/∂z_n, per example.
    activations : tuple of n float arrays
        ∂l/∂a_0 to ∂l/∂a_{n-1}, per example; the first is the gradient by the input x.
    """

    loss: FloatArray
    layers: tuple[Layer, ...]
    pre_activations: tuple[FloatArray, ...]
    activations: tuple[FloatArray, ...]


def mlp_forward(layers: Layers, x: npt.ArrayLike, activation: Activation = SIGMOID) -> MLPForward:
    """Forward pass with every intermediate: z_k = w[k] a_{k-1} + b[k], a_k = activation(z_k), a_0 = x (F24).

    Parameters
    ----------
    layers : sequence of Layer
        At least one; a single layer is the linear softmax classifier (F22).
    x : float array, shape (..., n_examples, d_0)
        One example per row.
    activation : Activation, default: SIGMOID
        After every layer but the last, which softmax follows.

    Returns
    -------
    MLPForward
        Leading axes of the layers and of x broadcast.

    Raises
    ------
    TypeError
        If a parameter or x is not made of floats, or `activation` is no Activation.
    ValueError
        If there is no layer or no example, or shapes do not conform.

    Notes
    -----
    Products beyond the range of the dtype are infinite, as they round (NumPy warns), and the loss is still no NaN,
    except where infinities of both signs meet in one sum, or an infinite ReLU meets a weight of 0.

    Examples
    --------
    >>> layers = [Layer(np.ones((2, 3)), np.zeros(2)), Layer(np.ones((4, 2)), np.zeros(4))]
    >>> [z.shape for z in mlp_forward(layers, np.zeros((5, 3))).pre_activations]
    [(5, 2), (5, 4)]
    """
    return _forward(*conforming(layers, x, activation), activation)


def mlp(layers: Layers, x: npt.ArrayLike, activation: Activation = SIGMOID) -> FloatArray:
    """Class probabilities: f = softmax(w[n] a_{n-1} + b[n]) (F24).

    Parameters and errors are those of `mlp_forward`.

    Returns
    -------
    float array, shape (..., n_examples, k)
        Rows sum to 1.

    Examples
    --------
    >>> mlp([Layer(np.ones((2, 3)), np.zeros(2))], np.zeros((1, 3)))
    array([[0.5, 0.5]])
    """
    return mlp_forward(layers, x, activation).probabilities


def mlp_loss(
    layers: Layers,
    x: npt.ArrayLike,
    labels: npt.ArrayLike,
    activation: Activation = SIGMOID,
    l2_strength: npt.ArrayLike = 0.0,
) -> FloatArray:
    """Summed cross-entropy plus L2 penalty, in nats: Σ_i −log f_label(x_i) + α Σ_k Σ w[k]² (F26, F04).

    Parameters
    ----------
    layers, x, activation
        As for `mlp_forward`.
    labels : integer array, shape (..., n_examples)
        0-based classes.
    l2_strength : float, or float array of shape (...), default: 0
        α, one per stacked model. The weights are penalised, the biases are not.

    Returns
    -------
    float array, shape (...)
        A sum over the examples, not a mean; the penalty enters once.

    Raises
    ------
    TypeError
        As `mlp_forward`, or if the labels are not integers.
    ValueError
        As `mlp_forward`, or if a label lies outside [0, k), or `l2_strength` is negative or not finite.

    Examples
    --------
    >>> mlp_loss([Layer(np.ones((2, 3)), np.zeros(2))], np.zeros((1, 3)), [1])
    np.float64(0.6931471805599453)
    """
    layers, x = conforming(layers, x, activation)
    logits = _forward(layers, x, activation).pre_activations[-1]
    return _penalised(softmax_cross_entropy(logits, labels), layers, l2_strength)


def mlp_backward(
    layers: Layers,
    x: npt.ArrayLike,
    labels: npt.ArrayLike,
    activation: Activation = SIGMOID,
    l2_strength: npt.ArrayLike = 0.0,
) -> MLPBackward:
    """Loss and gradient by every parameter, intermediate and input, by back-propagation (F26).

    ∂l/∂z_n = ŷ − y; then downwards ∂l/∂a_{k-1} = w[k]ᵀ ∂l/∂z_k and ∂l/∂z_k = activation′(z_k) ∂l/∂a_k; and at
    each layer ∂l/∂w[k]_ij = Σ_examples (∂l/∂z_k)_i (a_{k-1})_j + 2α w[k]_ij and ∂l/∂b[k]_i = Σ_examples
    (∂l/∂z_k)_i.

    Parameters and errors are those of `mlp_loss`.

    Returns
    -------
    MLPBackward
        Every gradient has the leading axes that all arguments broadcast to.

    Examples
    --------
    >>> mlp_backward([Layer(np.eye(2), np.zeros(2))], np.zeros((1, 2)), [1]).activations[0]
    array([[ 0.5, -0.5]])
    """
    layers, x = conforming(layers, x, activation)
    forward = _forward(layers, x, activation)
    dz, da = _back_propagate(layers, forward, labels, activation, l2_strength)
    loss = _penalised(softmax_cross_entropy(forward.pre_activations[-1], labels), layers, l2_strength)
    gradients = _parameter_gradients(layers, forward, dz, l2_strength)
    return MLPBackward(loss, gradients, dz, (dz[0] @ layers[0].weight, *da))


def mlp_loss_and_gradient(
    layers: Layers,
    x: npt.ArrayLike,
    labels: npt.ArrayLike,
    activation: Activation = SIGMOID,
    l2_strength: npt.ArrayLike = 0.0,
) -> tuple[FloatArray, tuple[Layer, ...]]:
    """Loss and its gradient by the parameters, for training: `mlp_backward` without the gradient by x (F26).

    Parameters and errors are those of `mlp_loss`.

    Returns
    -------
    loss : float array, shape (...)
        In nats.
    gradient : tuple of Layer
        With the leading axes that all arguments broadcast to.

    Examples
    --------
    >>> loss, (gradient,) = mlp_loss_and_gradient([Layer(np.eye(2), np.zeros(2))], np.zeros((1, 2)), [1])
    >>> gradient.bias
    array([ 0.5, -0.5])
    """
    layers, x = conforming(layers, x, activation)
    forward = _forward(layers, x, activation)
    dz, _ = _back_propagate(layers, forward, labels, activation, l2_strength)
    loss = _penalised(softmax_cross_entropy(forward.pre_activations[-1], labels), layers, l2_strength)
    return loss, _parameter_gradients(layers, forward, dz, l2_strength)


def mlp_gradient(
    layers: Layers,
    x: npt.ArrayLike,
    labels: npt.ArrayLike,
    activation: Activation = SIGMOID,
    l2_strength: npt.ArrayLike = 0.0,
) -> tuple[Layer, ...]:
    """Gradient of `mlp_loss` by the parameters, layer by layer (F26).

    Parameters and errors are those of `mlp_loss`; the result is the second of `mlp_loss_and_gradient`.

    Examples
    --------
    >>> mlp_gradient([Layer(np.eye(2), np.zeros(2))], np.zeros((1, 2)), [1])[0].bias
    array([ 0.5, -0.5])
    """
    layers, x = conforming(layers, x, activation)
    forward = _forward(layers, x, activation)
    dz, _ = _back_propagate(layers, forward, labels, activation, l2_strength)
    return _parameter_gradients(layers, forward, dz, l2_strength)


def two_layer_mlp(first: Layer, second: Layer, x: npt.ArrayLike) -> FloatArray:
    """Class probabilities of two layers: a₁ = sigmoid(w[1] x + b[1]), f = softmax(w[2] a₁ + b[2]) (F23).

    Parameters
    ----------
    first, second : Layer
        weight (..., h, d) and bias (..., h); weight (..., k, h) and bias (..., k).
    x : float array, shape (..., n_examples, d)
        One example per row.

    Returns
    -------
    float array, shape (..., n_examples, k)
        Rows sum to 1. Errors are those of `mlp_forward`.

    Notes
    -----
    The slide transposes a₁ before the second layer, but a₁ is a column already: see
    `as_printed.two_layer_mlp`.

    Examples
    --------
    >>> two_layer_mlp(
    ...     Layer(np.ones((2, 3)), np.zeros(2)), Layer(np.ones((2, 2)), np.zeros(2)), np.zeros((1, 3))
    ... )
    array([[0.5, 0.5]])
    """
    return mlp((first, second), x)


def two_layer_mlp_loss(first: Layer, second: Layer, x: npt.ArrayLike, labels: npt.ArrayLike) -> FloatArray:
    """Summed cross-entropy of two layers, in nats (F23).

    Arguments are those of `two_layer_mlp` with labels, integer (..., n_examples); errors are those of
    `mlp_loss`.

    Returns
    -------
    float array, shape (...)
        A sum over the examples, not a mean.

    Examples
    --------
    >>> two_layer_mlp_loss(
    ...     Layer(np.ones((2, 3)), np.zeros(2)), Layer(np.ones((2, 2)), np.zeros(2)), np.zeros((1, 3)), [0]
    ... )
    np.float64(0.6931471805599453)
    """
    return mlp_loss((first, second), x, labels)


def two_layer_mlp_gradient(
    first: Layer, second: Layer, x: npt.ArrayLike, labels: npt.ArrayLike
) -> tuple[Layer, Layer]:
    """Gradient of `two_layer_mlp_loss` by all four parameters (F23, F26).

    Arguments and errors are those of `two_layer_mlp_loss`.

    Returns
    -------
    tuple of two Layers
        By the first and by the second layer.

    Examples
    --------
    >>> layers = Layer(np.ones((2, 3)), np.zeros(2)), Layer(np.ones((2, 2)), np.zeros(2))
    >>> two_layer_mlp_gradient(*layers, np.zeros((1, 3)), [0])[1].bias
    array([-0.5,  0.5])
    """
    by_first, by_second = mlp_gradient((first, second), x, labels)
    return by_first, by_second


def conforming(
    layers: Layers, x: npt.ArrayLike, activation: Activation
) -> tuple[tuple[Layer, ...], FloatArray]:
    """Return the parameters and x as float arrays that conform from layer to layer."""
    if not isinstance(activation, Activation):
        raise TypeError(
            f"activation must be an Activation; got activation={activation!r}. Use ACTIVATIONS[name]."
        )
    if len(layers) == 0:
        raise ValueError(
            f"a network must have at least one layer; got layers={layers!r}. Pass [Layer(weight, bias)]."
        )
    x = float_array("x", x, axes="n_examples, d_0")
    require_examples("x", x.shape, -2)
    checked: list[Layer] = []
    below = ("x", x.shape, -1)
    leading = [("x", x.shape[:-2])]
    for k, layer in enumerate(layers):
        name = f"layers[{k}]"
        require_fields(name, layer, Layer)
        weight = float_array(f"{name}.weight", layer[0], axes="d_out, d_in")
        bias = float_array(f"{name}.bias", layer[1], axes="d_out")
        require_same_size(f"the inputs of {name}", below, (f"{name}.weight", weight.shape, -1))
        below = (f"{name}.weight", weight.shape, -2)
        require_same_size(f"the outputs of {name}", below, (f"{name}.bias", bias.shape, -1))
        leading += [(f"{name}.weight", weight.shape[:-2]), (f"{name}.bias", bias.shape[:-1])]
        checked.append(Layer(weight, bias))
    broadcast_leading(*leading)
    return tuple(checked), x


def _forward(layers: tuple[Layer, ...], x: FloatArray, activation: Activation) -> MLPForward:
    activations = [x]
    pre_activations = [_linear.scores(x, *layers[0])]
    for layer in layers[1:]:
        activations.append(activation.function(pre_activations[-1]))
        pre_activations.append(_linear.scores(activations[-1], *layer))
    return MLPForward(tuple(pre_activations), tuple(activations))


def _back_propagate(
    layers: tuple[Layer, ...],
    forward: MLPForward,
    labels: npt.ArrayLike,
    activation: Activation,
    l2_strength: npt.ArrayLike,
) -> tuple[tuple[FloatArray, ...], tuple[FloatArray, ...]]:
    """Return ∂l/∂z_1 to ∂l/∂z_n and ∂l/∂a_1 to ∂l/∂a_{n-1}."""
    top = softmax_cross_entropy_gradient(forward.pre_activations[-1], labels)
    strengths = ("l2_strength", np.shape(l2_strength))
    stack = broadcast_leading(("layers, x and labels", top.shape[:-2]), strengths)
    if stack != top.shape[:-2]:
        # Several penalties make several losses of one model, and a gradient of each by the biases too.
        top = np.broadcast_to(top, stack + top.shape[-2:]).copy()
    dz: list[FloatArray] = [top]
    da: list[FloatArray] = []
    for layer, z in zip(layers[:0:-1], forward.pre_activations[-2::-1], strict=True):
        da.append(dz[-1] @ layer.weight)
        dz.append(activation.derivative(z) * da[-1])
    return tuple(dz[::-1]), tuple(da[::-1])


def _parameter_gradients(
    layers: tuple[Layer, ...], forward: MLPForward, dz: tuple[FloatArray, ...], l2_strength: npt.ArrayLike
) -> tuple[Layer, ...]:
    gradients = [_linear.parameter_gradient(a, g) for a, g in zip(forward.activations, dz, strict=True)]
    if _is_zero(l2_strength):
        return tuple(gradients)
    penalties = [l2_penalty_gradient(layer.weight, l2_strength) for layer in layers]
    return tuple(Layer(g.weight + penalty, g.bias) for g, penalty in zip(gradients, penalties, strict=True))


def _penalised(loss: FloatArray, layers: tuple[Layer, ...], l2_strength: npt.ArrayLike) -> FloatArray:
    if _is_zero(l2_strength):
        return loss
    return loss + sum(l2_penalty(layer.weight, l2_strength) for layer in layers)


def _is_zero(l2_strength: npt.ArrayLike) -> bool:
    """Whether there is no penalty, and so no penalty to compute; NaN and arrays are left to `l2_penalty`."""
    return np.ndim(l2_strength) == 0 and bool(np.asarray(l2_strength) == 0)
