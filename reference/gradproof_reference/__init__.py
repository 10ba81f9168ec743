"""The lecture's formulas, F01 to F28: forward and gradient, in NumPy, each broadcasting over leading axes.

Inputs are `x` (..., n, d_in), weights (..., d_out, d_in), biases (..., d_out), labels 0-based integers (..., n);
a loss is the **sum** over its n examples. Leading axes stack models or data and broadcast as NumPy does:
a stack of E models equals E separate calls. float32 stays float32, and complex arguments carry a derivative
in their imaginary part (the complex step).

Modules of their own, not re-exported: `ledger` (which formula is where, and its errata) and `as_printed` (the
forms that the slides print wrongly).

Examples
--------
>>> import numpy as np
>>> layers = [Layer(np.zeros((3, 2)), np.zeros(3))]
>>> loss, gradient = mlp_loss_and_gradient(layers, x=np.ones((4, 2)), labels=[0, 1, 2, 0])
>>> float(loss)
4.394449154672439
"""

from .activations import (
    ACTIVATIONS,
    RELU,
    SIGMOID,
    STEP,
    TANH,
    Activation,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    step,
    step_derivative,
    tanh,
    tanh_derivative,
)
from .affine import AffineGradient, AffineJacobian, affine, affine_gradient, affine_jacobian
from .chain_rule import chain_rule_gradient, layer_jacobian
from .convergence import (
    convergence_rate,
    momentum_converges,
    optimal_gradient_descent_rate,
    optimal_learning_rate,
    optimal_momentum,
    optimal_momentum_rate,
)
from .cost import total_cost, total_cost_gradient
from .cross_entropy import (
    softmax_cross_entropy,
    softmax_cross_entropy_gradient,
    softmax_cross_entropy_of_targets,
    softmax_cross_entropy_of_targets_gradient,
)
from .labels import decode, one_hot
from .layer import Layer
from .linear_softmax import linear_softmax, linear_softmax_gradient, linear_softmax_loss
from .minibatch import minibatch_cost, minibatch_cost_gradient, minibatches, rescale_to_full, unlearns
from .mlp import (
    Layers,
    MLPBackward,
    MLPForward,
    mlp,
    mlp_backward,
    mlp_forward,
    mlp_gradient,
    mlp_loss,
    mlp_loss_and_gradient,
    two_layer_mlp,
    two_layer_mlp_gradient,
    two_layer_mlp_loss,
)
from .mlp_training import train_mlp
from .momentum import momentum_l2_step, momentum_step, zero_velocity
from .penalties import l2_penalty, l2_penalty_gradient
from .perceptron import perceptron, perceptron_gradient
from .polynomial import (
    design_matrix,
    fit_polynomial,
    polynomial,
    rms_error,
    sum_of_squares,
    sum_of_squares_gradient,
)
from .polynomial_training import train_polynomial
from .sgd import sgd_l2_step, sgd_step
from .sigmoid_network import (
    SigmoidBackward,
    SigmoidForward,
    SigmoidNetwork,
    binary_cross_entropy_backward,
    binary_cross_entropy_loss,
    sigmoid_network_forward,
    squared_error_backward,
    squared_error_loss,
)
from .softmax import log_softmax, softmax, softmax_jacobian
from .training import TrainingStep, train

__all__ = [
    "ACTIVATIONS",
    "RELU",
    "SIGMOID",
    "STEP",
    "TANH",
    "Activation",
    "AffineGradient",
    "AffineJacobian",
    "Layer",
    "Layers",
    "MLPBackward",
    "MLPForward",
    "SigmoidBackward",
    "SigmoidForward",
    "SigmoidNetwork",
    "TrainingStep",
    "affine",
    "affine_gradient",
    "affine_jacobian",
    "binary_cross_entropy_backward",
    "binary_cross_entropy_loss",
    "chain_rule_gradient",
    "convergence_rate",
    "decode",
    "design_matrix",
    "fit_polynomial",
    "l2_penalty",
    "l2_penalty_gradient",
    "layer_jacobian",
    "linear_softmax",
    "linear_softmax_gradient",
    "linear_softmax_loss",
    "log_softmax",
    "minibatch_cost",
    "minibatch_cost_gradient",
    "minibatches",
    "mlp",
    "mlp_backward",
    "mlp_forward",
    "mlp_gradient",
    "mlp_loss",
    "mlp_loss_and_gradient",
    "momentum_converges",
    "momentum_l2_step",
    "momentum_step",
    "one_hot",
    "optimal_gradient_descent_rate",
    "optimal_learning_rate",
    "optimal_momentum",
    "optimal_momentum_rate",
    "perceptron",
    "perceptron_gradient",
    "polynomial",
    "relu",
    "relu_derivative",
    "rescale_to_full",
    "rms_error",
    "sgd_l2_step",
    "sgd_step",
    "sigmoid",
    "sigmoid_derivative",
    "sigmoid_network_forward",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_gradient",
    "softmax_cross_entropy_of_targets",
    "softmax_cross_entropy_of_targets_gradient",
    "softmax_jacobian",
    "squared_error_backward",
    "squared_error_loss",
    "step",
    "step_derivative",
    "sum_of_squares",
    "sum_of_squares_gradient",
    "tanh",
    "tanh_derivative",
    "total_cost",
    "total_cost_gradient",
    "train",
    "train_mlp",
    "train_polynomial",
    "two_layer_mlp",
    "two_layer_mlp_gradient",
    "two_layer_mlp_loss",
    "unlearns",
    "zero_velocity",
]
