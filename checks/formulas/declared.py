"""Every gradient of the reference as a `gp.Differentiable`, at a fixed point each.

For `gradproof check` and `gradproof mutate`: the searches over drawn inputs stand in the checks of each formula. The
points are small, off every kink, and have negative entries, so that each planted error changes something. What is no
scalar is weighted with fixed coefficients: the gradient of Σ cᵢ fᵢ.
"""

from typing import Any

import numpy as np

import gradproof as gp
import gradproof_reference as gr
from harness import Array

N, D, H, K = 2, 3, 2, 2
_random = np.random.default_rng(0)


def _drawn(*shape: int) -> Array:
    """Numbers of few bits, none of them 0."""
    return (_random.integers(1, 13, shape) * _random.choice([-1, 1], shape)) / 8


X, LABELS = _drawn(N, D), np.array([1, 0])
TARGETS = np.array([[0.25, 0.75], [1.0, 0.0]])
LINEAR = gr.Layer(_drawn(K, D), _drawn(K))
LAYERS = (gr.Layer(_drawn(H, D), _drawn(H)), gr.Layer(_drawn(K, H), _drawn(K)))
NETWORK = gr.SigmoidNetwork(_drawn(H, D), _drawn(H), _drawn(H), _drawn()[()])
COSTS, BATCH = _drawn(4), np.array([3, 0, 3])
POINTS = np.array([0.0, 0.25, 0.75, 1.0])
BINARY, REAL = np.array([0.25, 1.0]), np.array([0.5, -2.0])
BY_SCORE, BY_UNIT = _drawn(N, K), _drawn(N)
L2_STRENGTH = 0.125


def _activation(name: str) -> gp.Differentiable:
    function, derivative = getattr(gr, name), getattr(gr, f"{name}_derivative")
    return gp.Differentiable(
        lambda z: np.sum(BY_SCORE * function(z)),
        lambda z: BY_SCORE * derivative(z),
        (_drawn(N, K),),
        f"{name}_derivative",
    )


def _by_affine_parameters(weight: Array, bias: Array) -> tuple[Array, Array]:
    del bias
    jacobian = gr.affine_jacobian(X, len(weight))
    return np.einsum("ni,nijk->jk", BY_SCORE, jacobian.weight), np.einsum(
        "ni,nij->j", BY_SCORE, jacobian.bias
    )


def _with_layer(layer: gr.Layer) -> tuple[gr.Layer, ...]:
    return (layer, *LAYERS[1:])


def _by_layers_and_input(layers: gr.Layers, x: Array) -> tuple[Any, Array]:
    backward = gr.mlp_backward(layers, x, LABELS, gr.TANH, L2_STRENGTH)
    return backward.layers, backward.activations[0]


def _network(name: str, loss: Any, backward: Any, y: Array) -> gp.Differentiable:
    def gradient(network: gr.SigmoidNetwork, x: Array) -> tuple[gr.SigmoidNetwork, Array]:
        by = backward(network, x, y)
        return by.network, by.x

    return gp.Differentiable(lambda network, x: loss(network, x, y), gradient, (NETWORK, X), name)


DECLARED = (
    gp.Differentiable(
        lambda coefficients: gr.sum_of_squares(coefficients, POINTS, COSTS),
        lambda coefficients: gr.sum_of_squares_gradient(coefficients, POINTS, COSTS),
        (_drawn(D),),
        "sum_of_squares_gradient",
    ),
    gp.Differentiable(
        gr.minibatch_cost, gr.minibatch_cost_gradient, (COSTS, BATCH), "minibatch_cost_gradient"
    ),
    gp.Differentiable(
        lambda weight: gr.l2_penalty(weight, L2_STRENGTH),
        lambda weight: gr.l2_penalty_gradient(weight, L2_STRENGTH),
        (LINEAR.weight,),
        "l2_penalty_gradient",
    ),
    gp.Differentiable(gr.total_cost, gr.total_cost_gradient, (COSTS,), "total_cost_gradient"),
    gp.Differentiable(
        lambda x, weight, bias: np.sum(BY_SCORE * gr.affine(x, weight, bias)),
        lambda x, weight, _bias: gr.affine_gradient(x, weight, BY_SCORE),
        (X, *LINEAR),
        "affine_gradient",
    ),
    gp.Differentiable(
        lambda weight, bias: np.sum(BY_SCORE * gr.affine(X, weight, bias)),
        _by_affine_parameters,
        tuple(LINEAR),
        "affine_jacobian",
    ),
    gp.Differentiable(
        lambda logits: np.sum(BY_SCORE * gr.softmax(logits)),
        lambda logits: np.einsum("ni,nij->nj", BY_SCORE, gr.softmax_jacobian(logits)),
        (_drawn(N, K),),
        "softmax_jacobian",
    ),
    gp.Differentiable(
        gr.softmax_cross_entropy,
        gr.softmax_cross_entropy_gradient,
        (_drawn(N, K), LABELS),
        "softmax_cross_entropy_gradient",
    ),
    gp.Differentiable(
        lambda logits: gr.softmax_cross_entropy_of_targets(logits, TARGETS),
        lambda logits: gr.softmax_cross_entropy_of_targets_gradient(logits, TARGETS),
        (_drawn(N, K),),
        "softmax_cross_entropy_of_targets_gradient",
    ),
    gp.Differentiable(
        lambda weight, bias: gr.linear_softmax_loss(weight, bias, X, LABELS),
        lambda weight, bias: gr.linear_softmax_gradient(weight, bias, X, LABELS),
        tuple(LINEAR),
        "linear_softmax_gradient",
    ),
    gp.Differentiable(
        lambda weight, bias: np.sum(BY_UNIT * gr.perceptron(weight, bias, X)),
        lambda weight, bias: gr.perceptron_gradient(weight, bias, X, BY_UNIT),
        (_drawn(D), 0.5),
        "perceptron_gradient",
    ),
    *(_activation(name) for name in ("step", "sigmoid", "tanh", "relu")),
    gp.Differentiable(
        lambda first, second: gr.two_layer_mlp_loss(first, second, X, LABELS),
        lambda first, second: gr.two_layer_mlp_gradient(first, second, X, LABELS),
        LAYERS,
        "two_layer_mlp_gradient",
    ),
    gp.Differentiable(
        lambda layers: gr.mlp_loss(layers, X, LABELS, gr.RELU, L2_STRENGTH),
        lambda layers: gr.mlp_gradient(layers, X, LABELS, gr.RELU, L2_STRENGTH),
        (LAYERS,),
        "mlp_gradient",
    ),
    gp.Differentiable(
        lambda layers: gr.mlp_loss(layers, X, LABELS),
        lambda layers: gr.mlp_loss_and_gradient(layers, X, LABELS)[1],
        (LAYERS,),
        "mlp_loss_and_gradient",
    ),
    gp.Differentiable(
        lambda layers, x: gr.mlp_loss(layers, x, LABELS, gr.TANH, L2_STRENGTH),
        _by_layers_and_input,
        (LAYERS, X),
        "mlp_backward",
    ),
    gp.Differentiable(
        lambda layer: gr.mlp_loss(_with_layer(layer), X, LABELS),
        lambda layer: gr.chain_rule_gradient(_with_layer(layer), X, LABELS, 0),
        (LAYERS[0],),
        "chain_rule_gradient",
    ),
    _network("squared_error_backward", gr.squared_error_loss, gr.squared_error_backward, REAL),
    _network(
        "binary_cross_entropy_backward",
        gr.binary_cross_entropy_loss,
        gr.binary_cross_entropy_backward,
        BINARY,
    ),
)
"""One for each gradient that the ledger names, by its name."""
