"""Speed of each formula of the reference, forward and gradient, at three sizes."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

import gradproof_reference as ref

SEED = 20_240
Draw = Callable[[np.random.Generator, int], tuple[Any, ...]]


def _scores(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return rng.normal(size=(n, 10)), rng.integers(10, size=n)


def _targets(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return rng.normal(size=(n, 10)), np.eye(10)[rng.integers(10, size=n)]


def _affine(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return rng.normal(size=(32, 64)) / 8, rng.normal(size=32), rng.normal(size=(n, 64))


def _classifier(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return (*_affine(rng, n), rng.integers(32, size=n))


def _layers(rng: np.random.Generator) -> list[Any]:
    shapes = ((32, 64), (10, 32))
    return [ref.Layer(rng.normal(size=shape) / 8, rng.normal(size=shape[0])) for shape in shapes]


def _mlp(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return _layers(rng), rng.normal(size=(n, 64)), rng.integers(10, size=n)


def _two_layers(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return (*_layers(rng), rng.normal(size=(n, 64)), rng.integers(10, size=n))


def _sigmoid_network(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    network = ref.SigmoidNetwork(
        rng.normal(size=(32, 64)) / 8, rng.normal(size=32), rng.normal(size=32), np.array(0.5)
    )
    return network, rng.normal(size=(n, 64)), rng.integers(2, size=n).astype(float)


def _polynomial(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return rng.normal(size=10), rng.uniform(size=n), rng.normal(size=n)


def _values(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return (rng.normal(size=n * 10),)


def _perceptron(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return rng.normal(size=64) / 8, np.array(0.5), rng.normal(size=(n, 64))


# Forward, gradient (None where the slides have none, or it is the forward's own second half) and their arguments.
FORMULAS: dict[str, tuple[str, str | None, Draw]] = {
    "softmax_cross_entropy": ("softmax_cross_entropy", "softmax_cross_entropy_gradient", _scores),
    "softmax_cross_entropy_of_targets": (
        "softmax_cross_entropy_of_targets",
        "softmax_cross_entropy_of_targets_gradient",
        _targets,
    ),
    "softmax": ("softmax", "softmax_jacobian", lambda rng, n: _scores(rng, n)[:1]),
    "log_softmax": ("log_softmax", None, lambda rng, n: _scores(rng, n)[:1]),
    "linear_softmax": ("linear_softmax_loss", "linear_softmax_gradient", _classifier),
    "mlp": ("mlp_loss", "mlp_gradient", _mlp),
    "mlp_backward": ("mlp_backward", "mlp_loss_and_gradient", _mlp),
    "two_layer_mlp": ("two_layer_mlp_loss", "two_layer_mlp_gradient", _two_layers),
    "squared_error": ("squared_error_loss", "squared_error_backward", _sigmoid_network),
    "binary_cross_entropy": (
        "binary_cross_entropy_loss",
        "binary_cross_entropy_backward",
        _sigmoid_network,
    ),
    "sum_of_squares": ("sum_of_squares", "sum_of_squares_gradient", _polynomial),
    "l2_penalty": ("l2_penalty", "l2_penalty_gradient", lambda rng, n: (rng.normal(size=(n, 10)), 0.1)),
    "total_cost": ("total_cost", "total_cost_gradient", _values),
    "sigmoid": ("sigmoid", "sigmoid_derivative", _values),
    "tanh": ("tanh", "tanh_derivative", _values),
    "relu": ("relu", "relu_derivative", _values),
    "step": ("step", "step_derivative", _values),
    "perceptron": ("perceptron", None, _perceptron),
}


class Formula:
    """One formula on n examples: 64 inputs, 32 hidden units and 10 classes where it has such."""

    version = "1"
    param_names = ("formula", "n_examples")
    params: ClassVar = [tuple(FORMULAS), (10, 100, 1000)]

    def setup(self, formula: str, n_examples: int) -> None:
        """Draw the arguments."""
        forward, gradient, draw = FORMULAS[formula]
        self.arguments = draw(np.random.default_rng(SEED), n_examples)
        self.forward = getattr(ref, forward)
        self.gradient = None if gradient is None else getattr(ref, gradient)

    def time_forward(self, *_: object) -> None:
        self.forward(*self.arguments)

    def time_gradient(self, *_: object) -> None:
        self.gradient(*self.arguments)


def _without_gradient() -> set[tuple[Any, ...]]:
    return {
        (name, n) for name, (_, gradient, _) in FORMULAS.items() if gradient is None for n in (10, 100, 1000)
    }


Formula.time_gradient.skip_params = _without_gradient()
