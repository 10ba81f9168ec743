"""Speed of each formula of the reference, forward and gradient, at three sizes.

`tests/test_benchmarks.py` holds the table to the ledger. The training loops of F03 and F09 are in `training`.
"""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import numpy as np

import gradproof_reference as ref

SEED = 20_240
N_EXAMPLES = (10, 100, 1000)
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


def _inputs_first(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    weight, bias, x = _affine(rng, n)
    return x, weight, bias


def _by_outputs(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    weight, _, x = _affine(rng, n)
    return x, weight, rng.normal(size=(n, 32))


def _costs(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return rng.uniform(size=n * 10), rng.integers(n * 10, size=n)


def _arrays(count: int) -> Draw:
    return lambda rng, n: tuple(rng.normal(size=(n, 10)) for _ in range(count))


def _layer_states(count: int) -> Draw:
    return lambda rng, n: tuple(ref.Layer(rng.normal(size=(n, 10)), rng.normal(size=n)) for _ in range(count))


def _rates(*highs: float) -> Draw:
    """Draw as many numbers below each of these as n examples have scores."""
    return lambda rng, n: tuple(rng.uniform(0.5 * high, high, size=n * 10) for high in highs)


def _quadratics(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    """A rate and a momentum for each of n quadratics, of ten eigenvalues each."""
    return rng.uniform(0.05, 0.1, size=n), rng.uniform(5, 10, size=(n, 10)), rng.uniform(0.4, 0.9, size=n)


def _then(draw: Draw, *constants: Any) -> Draw:
    """Append constants to what is drawn."""
    return lambda rng, n: (*draw(rng, n), *constants)


class Row(NamedTuple):
    """A formula with its gradient, and their arguments."""

    forward: str
    gradient: str | None
    """None where the slides have none."""
    draw: Draw
    draw_for_gradient: Draw | None = None
    """Where the gradient takes other arguments than the formula."""


FORMULAS: dict[str, Row] = {
    "softmax_cross_entropy": Row("softmax_cross_entropy", "softmax_cross_entropy_gradient", _scores),
    "softmax_cross_entropy_of_targets": Row(
        "softmax_cross_entropy_of_targets", "softmax_cross_entropy_of_targets_gradient", _targets
    ),
    "softmax": Row("softmax", "softmax_jacobian", _arrays(1)),
    "log_softmax": Row("log_softmax", None, _arrays(1)),
    "linear_softmax": Row("linear_softmax_loss", "linear_softmax_gradient", _classifier),
    "mlp": Row("mlp_loss", "mlp_gradient", _mlp),
    "mlp_backward": Row("mlp_backward", "mlp_loss_and_gradient", _mlp),
    "two_layer_mlp": Row("two_layer_mlp_loss", "two_layer_mlp_gradient", _two_layers),
    "squared_error": Row("squared_error_loss", "squared_error_backward", _sigmoid_network),
    "binary_cross_entropy": Row(
        "binary_cross_entropy_loss", "binary_cross_entropy_backward", _sigmoid_network
    ),
    "sum_of_squares": Row("sum_of_squares", "sum_of_squares_gradient", _polynomial),
    "l2_penalty": Row("l2_penalty", "l2_penalty_gradient", _then(_arrays(1), 0.1)),
    "total_cost": Row("total_cost", "total_cost_gradient", _values),
    "sigmoid": Row("sigmoid", "sigmoid_derivative", _values),
    "tanh": Row("tanh", "tanh_derivative", _values),
    "relu": Row("relu", "relu_derivative", _values),
    "step": Row("step", "step_derivative", _values),
    "perceptron": Row(
        "perceptron",
        "perceptron_gradient",
        _perceptron,
        lambda rng, n: (*_perceptron(rng, n), rng.normal(size=n)),
    ),
    "affine": Row("affine", "affine_gradient", _inputs_first, _by_outputs),
    "affine_jacobian": Row("affine_jacobian", None, lambda rng, n: (rng.normal(size=(n, 8)), 10)),
    "chain_rule": Row(
        "layer_jacobian",
        "chain_rule_gradient",
        lambda rng, n: (_layers(rng)[0], rng.normal(size=(n, 32))),
        _then(_mlp, 0),
    ),
    "minibatch_cost": Row("minibatch_cost", "minibatch_cost_gradient", _costs),
    "linear_softmax_probabilities": Row("linear_softmax", None, _affine),
    "mlp_forward": Row("mlp_forward", None, lambda rng, n: _mlp(rng, n)[:2]),
    "mlp_probabilities": Row("mlp", None, lambda rng, n: _mlp(rng, n)[:2]),
    "two_layer_mlp_probabilities": Row("two_layer_mlp", None, lambda rng, n: _two_layers(rng, n)[:3]),
    "sigmoid_network_forward": Row(
        "sigmoid_network_forward", None, lambda rng, n: _sigmoid_network(rng, n)[:2]
    ),
    "polynomial": Row("polynomial", None, lambda rng, n: _polynomial(rng, n)[:2]),
    "design_matrix": Row("design_matrix", None, lambda rng, n: (rng.uniform(size=n), 9)),
    "fit_polynomial": Row("fit_polynomial", None, lambda rng, n: (*_polynomial(rng, n)[1:], 9)),
    "rms_error": Row("rms_error", None, _polynomial),
    "one_hot": Row("one_hot", None, lambda rng, n: (rng.integers(10, size=n), 10)),
    "decode": Row("decode", None, _arrays(1)),
    "minibatches": Row("minibatches", None, lambda rng, n: (n, 4, rng)),
    "rescale_to_full": Row("rescale_to_full", None, _then(_arrays(1), 100, 10)),
    "unlearns": Row("unlearns", None, _arrays(4)),
    "sgd_step": Row("sgd_step", None, _then(_arrays(2), 0.1)),
    "sgd_l2_step": Row("sgd_l2_step", None, _then(_layer_states(2), 0.1, 0.01)),
    "momentum_step": Row("momentum_step", None, _then(_arrays(3), 0.1, 0.9)),
    "momentum_l2_step": Row("momentum_l2_step", None, _then(_layer_states(3), 0.1, 0.9, 0.01)),
    "zero_velocity": Row("zero_velocity", None, _arrays(1)),
    "momentum_converges": Row("momentum_converges", None, _quadratics),
    "convergence_rate": Row("convergence_rate", None, _quadratics),
    "optimal_momentum": Row("optimal_momentum", None, _rates(100.0)),
    "optimal_learning_rate": Row("optimal_learning_rate", None, _rates(1.0, 100.0, 0.9)),
    "optimal_momentum_rate": Row("optimal_momentum_rate", None, _rates(100.0)),
    "optimal_gradient_descent_rate": Row("optimal_gradient_descent_rate", None, _rates(100.0)),
}


class Formula:
    """One formula on n examples: 64 inputs, 32 hidden units and 10 classes where it has such.

    A formula without examples takes as many numbers as the scores have. What is drawn lazily is taken to its end.
    """

    version = "1"
    param_names = ("formula", "n_examples")
    params: ClassVar = [tuple(FORMULAS), N_EXAMPLES]

    def setup(self, formula: str, n_examples: int) -> None:
        """Draw the arguments."""
        row = FORMULAS[formula]
        self.arguments = row.draw(np.random.default_rng(SEED), n_examples)
        draw = row.draw_for_gradient or row.draw
        self.gradient_arguments = draw(np.random.default_rng(SEED), n_examples)
        self.forward = getattr(ref, row.forward)
        if formula == "minibatches":
            self.forward = lambda *arguments: list(ref.minibatches(*arguments))
        self.gradient = getattr(ref, row.gradient) if row.gradient else None

    def time_forward(self, *_: object) -> None:
        self.forward(*self.arguments)

    def time_gradient(self, *_: object) -> None:
        self.gradient(*self.gradient_arguments)


Formula.time_gradient.skip_params = {
    (name, n) for name, row in FORMULAS.items() if row.gradient is None for n in N_EXAMPLES
}
