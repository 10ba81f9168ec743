"""Bad input of the polynomial, penalty, update, convergence, training and as-printed functions is refused."""

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

import gradproof_reference as gr
from gradproof_reference import as_printed, ledger

MANNER = re.compile(r"[^;]+; got [^;]+\. [A-Z(][^;]+[.?]")
"""What must hold; got the value. A remedy."""

HOW = {"learning_rate": 0.1, "n_epochs": 1, "batch_size": 2}

NAN, INF = float("nan"), float("inf")
X = np.array([0.0, 0.5, 1.0])
T = np.array([1.0, 2.0, 0.0])
WEIGHT = np.ones((2, 3))
LAYER = gr.Layer(WEIGHT, np.ones(2))
INT_LAYER = gr.Layer(np.ones((2, 3), dtype=int), np.ones(2))
WIDE = gr.Layer(np.ones((2, 4)), np.ones(2))
LONG_BIAS = gr.Layer(WEIGHT, np.ones(3))
STACK = gr.Layer(np.ones((4, 2, 3)), np.ones((4, 2)))
NETWORK = gr.SigmoidNetwork(np.ones((2, 3)), np.ones(2), np.ones(2), np.array(0.5))


@dataclass(frozen=True)
class Pair:
    """A container of two arrays, neither a tuple nor a dict."""

    first: object
    second: object


def train_mlp(**changes: object) -> object:
    """Train a single layer with good arguments but for `changes`."""
    arguments = {"layers": [LAYER], "x": WEIGHT.repeat(2, axis=0)[:3], "labels": [0, 1, 1], **HOW}
    return gr.train_mlp(**(arguments | changes))  # type: ignore[arg-type]  # wrong types are the point


def train_polynomial(**changes: object) -> object:
    """Train a line with good arguments but for `changes`."""
    arguments = {"coefficients": [0.0, 0.0], "x": X, "t": T, **HOW}
    return gr.train_polynomial(**(arguments | changes))  # type: ignore[arg-type]  # wrong types are the point


def train(**changes: object) -> Iterator[gr.TrainingStep[object]]:
    """Call the training loop with good arguments but for `changes`; no step is taken."""
    arguments = {
        "loss_and_gradient": lambda w, batch: (np.sum(w) * len(batch), w),
        "parameters": np.ones(2),
        "n_examples": 5,
        "learning_rate": 0.01,
        "n_epochs": 1,
        "batch_size": 2,
    }
    return gr.train(**(arguments | changes))  # type: ignore[arg-type]  # wrong types are the point


Case = tuple[str, Callable[[], object], type[Exception], str]

POLYNOMIAL: list[Case] = [
    ("degree below 0", lambda: gr.design_matrix(X, -1), ValueError, "degree=-1"),
    (
        "degree not an integer",
        lambda: gr.design_matrix(X, 2.0),  # type: ignore[arg-type]  # the wrong type is the point
        TypeError,
        "degree=2.0",
    ),
    ("degree a bool", lambda: gr.design_matrix(X, True), TypeError, "degree=True"),  # noqa: FBT003
    ("integer inputs", lambda: gr.design_matrix([1, 2], 1), TypeError, "x.dtype=int64"),
    ("a number for inputs", lambda: gr.design_matrix(1.0, 1), ValueError, "x.shape=()"),
    ("integer coefficients", lambda: gr.polynomial([1, 2], X), TypeError, "coefficients.dtype=int64"),
    ("no coefficient", lambda: gr.polynomial(np.ones(0), X), ValueError, "coefficients.shape=(0,)"),
    ("stacks that clash", lambda: gr.polynomial(np.ones((2, 3)), np.ones((4, 5))), ValueError, "(4,)"),
    ("targets too few", lambda: gr.sum_of_squares([1.0], X, T[:2]), ValueError, "t.shape=(2,)"),
    ("targets too few", lambda: gr.sum_of_squares_gradient([1.0], X, T[:2]), ValueError, "t.shape=(2,)"),
    ("integer targets", lambda: gr.sum_of_squares([1.0], X, [1, 2, 3]), TypeError, "t.dtype=int64"),
    ("no example", lambda: gr.rms_error([1.0], X[:0], T[:0]), ValueError, "x.shape=(0,)"),
    (
        "targets of another stack",
        lambda: gr.rms_error(np.ones((2, 1)), X, np.ones((3, 3))),
        ValueError,
        "(3,)",
    ),
    ("fit of degree below 0", lambda: gr.fit_polynomial(X, T, -2), ValueError, "degree=-2"),
    (
        "fit through too few points",
        lambda: gr.fit_polynomial(X, T, 3),
        ValueError,
        "3 distinct of x.shape[-1]=3",
    ),
    (
        "fit through a doubled point",
        lambda: gr.fit_polynomial([1.0, 1.0], [0.0, 1.0], 1),
        ValueError,
        "got 1 dis",
    ),
    ("fit at NaN", lambda: gr.fit_polynomial([0.0, NAN], [0.0, 1.0], 1), ValueError, "1 NaN or inf"),
    ("fit at infinity", lambda: gr.fit_polynomial([0.0, INF], [0.0, 1.0], 1), ValueError, "1 NaN or inf"),
    ("fit to NaN", lambda: gr.fit_polynomial([0, 0.5, 1], [1, NAN, 3], 1), ValueError, "t with 1 NaN or inf"),
    ("fit to infinity", lambda: gr.fit_polynomial(X, [0.0, INF, -INF], 1), ValueError, "t with 2 NaN or inf"),
    ("fit of complex data", lambda: gr.fit_polynomial(X + 1j, T, 1), TypeError, "complex128"),
    (
        "fit in extended precision",
        lambda: gr.fit_polynomial(X.astype(np.longdouble), T, 1),
        TypeError,
        "got ",
    ),
]

PENALTY: list[Case] = [
    ("integer weights", lambda: gr.l2_penalty(np.ones((2, 3), int), 0.1), TypeError, "weight.dtype=int64"),
    ("negative strength", lambda: gr.l2_penalty(WEIGHT, -0.5), ValueError, "l2_strength=-0.5"),
    ("negative strength", lambda: gr.l2_penalty_gradient(WEIGHT, -0.5), ValueError, "l2_strength=-0.5"),
    ("NaN strength", lambda: gr.l2_penalty(WEIGHT, [0.1, NAN]), ValueError, "l2_strength[1]=nan"),
    ("infinite strength", lambda: gr.l2_penalty_gradient(WEIGHT, INF), ValueError, "l2_strength=inf"),
    ("complex strength", lambda: gr.l2_penalty(WEIGHT, 1j), TypeError, "l2_strength=1j"),
    ("too few axes", lambda: gr.l2_penalty(np.ones(3), 0.1), ValueError, "weight.shape=(3,)"),
    (
        "a negative number of axes",
        lambda: gr.l2_penalty(WEIGHT, 0.1, weight_ndim=-1),
        ValueError,
        "weight_ndim=-1",
    ),
    (
        "a stack of strengths that clashes",
        lambda: gr.l2_penalty(STACK.weight, np.ones(3)),
        ValueError,
        "(3,)",
    ),
]

SGD: list[Case] = [
    ("NaN learning rate", lambda: gr.sgd_step(X, X, NAN), ValueError, "learning_rate=nan"),
    ("infinite learning rate", lambda: gr.sgd_step(X, X, INF), ValueError, "learning_rate=inf"),
    ("negative learning rate", lambda: gr.sgd_step(X, X, -0.01), ValueError, "learning_rate=-0.01"),
    ("complex learning rate", lambda: gr.sgd_step(X, X, 1j), TypeError, "learning_rate=1j"),
    ("learning rate a word", lambda: gr.sgd_step(X, X, "fast"), TypeError, "learning_rate='fast'"),
    (
        "integer weights",
        lambda: gr.sgd_step([INT_LAYER], [LAYER], 0.1),
        TypeError,
        "parameters[0].weight.dtype=int64",
    ),
    ("integer gradient", lambda: gr.sgd_step({"w": X}, {"w": [1]}, 0.1), ValueError, "gradients['w']"),
    (
        "integer gradient",
        lambda: gr.sgd_step((X,), (np.ones(3, int),), 0.1),
        TypeError,
        "gradients[0].dtype=int64",
    ),
    (
        "gradient of another shape",
        lambda: gr.sgd_step({"w": X}, {"w": X[:2]}, 0.1),
        ValueError,
        "gradients['w'].shape=(2,)",
    ),
    (
        "gradient NumPy would stretch",
        lambda: gr.sgd_step(X, np.ones((3, 1)), 0.1),
        ValueError,
        "gradients.shape=(3, 1)",
    ),
    (
        "gradient summed too far",
        lambda: gr.sgd_step([X], [np.float64(1)], 0.1),
        ValueError,
        "gradients[0].shape=()",
    ),
    ("gradient with another key", lambda: gr.sgd_step({"w": X}, {"v": X}, 0.1), ValueError, "['v']"),
    (
        "gradient too short",
        lambda: gr.sgd_step([X, X], [X], 0.1),
        ValueError,
        "got gradients=a container of [0]",
    ),
    ("gradient not nested", lambda: gr.sgd_step([[X]], [X], 0.1), ValueError, "gradients[0]=an array"),
    (
        "gradient nested deeper",
        lambda: gr.sgd_step(Pair(X, X), Pair(X, [X]), 0.1),
        ValueError,
        "gradients.second",
    ),
    (
        "a bare tuple for a layer",
        lambda: gr.sgd_step(LAYER, tuple(LAYER), 0.1),
        ValueError,
        "gradients=a container",
    ),
    ("nothing for an empty container", lambda: gr.sgd_step([], X, 0.1), ValueError, "gradients=an array"),
    (
        "rates for models that are not there",
        lambda: gr.sgd_step(X, X, [0.1, 0.2]),
        ValueError,
        "learning_rate.shape=(2,)",
    ),
    (
        "rates with too many axes",
        lambda: gr.sgd_step(X, X, np.ones((3, 1))),
        ValueError,
        "learning_rate.shape=(3, 1)",
    ),
    ("negative strength", lambda: gr.sgd_l2_step(LAYER, LAYER, 0.1, -1.0), ValueError, "l2_strength=-1.0"),
    ("NaN rate", lambda: gr.sgd_l2_step(LAYER, LAYER, NAN, 0.1), ValueError, "learning_rate=nan"),
    (
        "integer weights",
        lambda: gr.sgd_l2_step(INT_LAYER, LAYER, 0.1, 0.1),
        TypeError,
        "layer.weight.dtype=int64",
    ),
    (
        "gradient of another width",
        lambda: gr.sgd_l2_step(LAYER, WIDE, 0.1, 0.1),
        ValueError,
        "gradient.weight.shape=(2, 4)",
    ),
    (
        "gradient of another bias",
        lambda: gr.sgd_l2_step(LAYER, LONG_BIAS, 0.1, 0.1),
        ValueError,
        "gradient.bias.shape=(3,)",
    ),
    (
        "weight without its axes",
        lambda: gr.sgd_l2_step(gr.Layer(X, X), LAYER, 0.1, 0.1),
        ValueError,
        "layer.weight.shape=(3,)",
    ),
    ("stacks that clash", lambda: gr.sgd_l2_step(STACK, STACK, np.ones(3), 0.1), ValueError, "learning_rate"),
]

MOMENTUM: list[Case] = [
    ("momentum 1", lambda: gr.momentum_step(X, X, X, 0.1, 1.0), ValueError, "momentum=1.0"),
    ("negative momentum", lambda: gr.momentum_step(X, X, X, 0.1, -0.1), ValueError, "momentum=-0.1"),
    ("NaN momentum", lambda: gr.momentum_step(X, X, X, 0.1, [0.5, NAN, 0.5]), ValueError, "momentum[1]=nan"),
    ("NaN rate", lambda: gr.momentum_step(X, X, X, NAN, 0.5), ValueError, "learning_rate=nan"),
    (
        "velocity of another shape",
        lambda: gr.momentum_step(X, X[:2], X, 0.1, 0.5),
        ValueError,
        "velocity.shape=(2,)",
    ),
    (
        "velocity of another structure",
        lambda: gr.momentum_step([X], X, [X], 0.1, 0.5),
        ValueError,
        "velocity=an array",
    ),
    (
        "gradient of another shape",
        lambda: gr.momentum_step([X], [X], [X[:2]], 0.1, 0.5),
        ValueError,
        "gradients[0].shape=(2,)",
    ),
    (
        "momenta for absent models",
        lambda: gr.momentum_step(X, X, X, 0.1, [0.5, 0.9]),
        ValueError,
        "momentum.shape=(2,)",
    ),
    (
        "integer parameters",
        lambda: gr.zero_velocity([np.ones(2, int)]),
        TypeError,
        "parameters[0].dtype=int64",
    ),
    ("text for parameters", lambda: gr.zero_velocity({"w": "x"}), TypeError, "parameters['w'].dtype=<U1"),
    (
        "momentum 1",
        lambda: gr.momentum_l2_step(LAYER, LAYER, LAYER, 0.1, 1.0, 0.1),
        ValueError,
        "momentum=1.0",
    ),
    (
        "negative strength",
        lambda: gr.momentum_l2_step(LAYER, LAYER, LAYER, 0.1, 0.5, -2.0),
        ValueError,
        "l2_strength=-2.0",
    ),
    (
        "infinite rate",
        lambda: gr.momentum_l2_step(LAYER, LAYER, LAYER, INF, 0.5, 0.1),
        ValueError,
        "learning_rate=inf",
    ),
    (
        "velocity of another width",
        lambda: gr.momentum_l2_step(LAYER, WIDE, LAYER, 0.1, 0.5, 0.1),
        ValueError,
        "velocity.weight.shape=(2, 4)",
    ),
]

CONVERGENCE: list[Case] = [
    ("negative rate", lambda: gr.momentum_converges(-0.1, 1.0), ValueError, "learning_rate=-0.1"),
    ("momentum 1", lambda: gr.momentum_converges(0.1, 1.0, 1.0), ValueError, "momentum=1.0"),
    ("NaN curvature", lambda: gr.momentum_converges(0.1, [1.0, NAN]), ValueError, "curvature[1]=nan"),
    ("no eigenvalue", lambda: gr.momentum_converges(0.1, np.ones(0)), ValueError, "curvature.shape=(0,)"),
    ("complex curvature", lambda: gr.convergence_rate(0.1, [1j]), TypeError, "curvature=[1j]"),
    ("momentum above 1", lambda: gr.convergence_rate(0.1, 1.0, 1.5), ValueError, "momentum=1.5"),
    ("rates that clash", lambda: gr.convergence_rate([0.1, 0.2], np.ones((3, 2))), ValueError, "(2,)"),
    ("condition number below 1", lambda: gr.optimal_momentum(0.5), ValueError, "condition_number=0.5"),
    ("condition number NaN", lambda: gr.optimal_momentum_rate(NAN), ValueError, "condition_number=nan"),
    (
        "condition number infinite",
        lambda: gr.optimal_gradient_descent_rate(INF),
        ValueError,
        "condition_number=inf",
    ),
    ("no curvature", lambda: gr.optimal_learning_rate(0.0, 1.0), ValueError, "smallest=0.0"),
    ("ends swapped", lambda: gr.optimal_learning_rate(2.0, 1.0), ValueError, "smallest=2.0, largest=1.0"),
    ("momentum 1", lambda: gr.optimal_learning_rate(1.0, 2.0, 1.0), ValueError, "momentum=1.0"),
]

TRAINING: list[Case] = [
    ("empty batches", lambda: train(batch_size=0), ValueError, "batch_size=0"),
    ("batch size not an integer", lambda: train(batch_size=2.5), TypeError, "batch_size=2.5"),
    ("no example", lambda: train(n_examples=0), ValueError, "n_examples=0"),
    ("negative epochs", lambda: train(n_epochs=-1), ValueError, "n_epochs=-1"),
    ("epochs not an integer", lambda: train(n_epochs=1.0), TypeError, "n_epochs=1.0"),
    ("NaN learning rate", lambda: train(learning_rate=NAN), ValueError, "learning_rate=nan"),
    ("momentum 1", lambda: train(momentum=1.0), ValueError, "momentum=1.0"),
    ("integer weights", lambda: train(parameters=[np.ones(2, int)]), TypeError, "parameters[0].dtype=int64"),
    ("a seed for a generator", lambda: train(rng=7), TypeError, "rng=7"),
    ("one layer too wide", lambda: train_mlp(layers=[LAYER, WIDE]), ValueError, "(2, 3)"),
    ("a label too large", lambda: train_mlp(labels=[0, 2, 1]), ValueError, "labels[1]=2"),
    ("labels for other inputs", lambda: train_mlp(labels=[0, 1]), ValueError, "labels.shape=(2,)"),
    ("complex inputs", lambda: train_mlp(x=np.ones((3, 3), complex)), TypeError, "dtype=complex128"),
    ("negative penalty", lambda: train_mlp(l2_strength=-1.0), ValueError, "l2_strength=-1.0"),
    (
        "rates of other stacks",
        lambda: train_mlp(learning_rate=[0.1, 0.2], l2_strength=[0.0] * 3),
        ValueError,
        "(3,)",
    ),
    ("no process", lambda: train_mlp(processes=0), ValueError, "processes=0"),
    ("a seed for the generator", lambda: train_mlp(rng=7), TypeError, "rng=7"),
    ("momentum 1 in place", lambda: train_polynomial(momentum=1.0), ValueError, "momentum=1.0"),
    ("targets of other points", lambda: train_polynomial(t=T[:2]), ValueError, "t.shape=(2,)"),
    ("integer coefficients", lambda: train_polynomial(coefficients=[1, 2]), TypeError, "dtype=int64"),
    ("complex points", lambda: train_polynomial(x=X + 0j), TypeError, "dtype=complex128"),
    ("processes not an integer", lambda: train_polynomial(processes=1.5), TypeError, "processes=1.5"),
    ("no function", lambda: train(loss_and_gradient=3), TypeError, "loss_and_gradient=3"),
]

AS_PRINTED: list[Case] = [
    (
        "negative strength",
        lambda: as_printed.sgd_l2_weight_step(WEIGHT, WEIGHT, 0.1, -1.0),
        ValueError,
        "l2_strength=-1.0",
    ),
    (
        "gradient of another shape",
        lambda: as_printed.sgd_l2_weight_step(WEIGHT, WIDE.weight, 0.1, 0.1),
        ValueError,
        "gradient.shape=(2, 4)",
    ),
    (
        "weights in the bias step",
        lambda: as_printed.sgd_l2_bias_step(X[:2], X[:2], WEIGHT, 0.1, 0.1),
        ValueError,
        "weight.shape=(2, 3)",
    ),
    (
        "momentum 1",
        lambda: as_printed.momentum_velocity(WEIGHT, WEIGHT, WEIGHT, 1.0, 0.1),
        ValueError,
        "momentum=1.0",
    ),
    (
        "a₁ transposed",
        lambda: as_printed.two_layer_mlp(LAYER, gr.Layer(np.ones((4, 2)), np.ones(4)), np.ones((5, 3))),
        ValueError,
        "a₁ᵀ.shape=(5, 2)",
    ),
    (
        "i free and summed",
        lambda: as_printed.hidden_pre_activation(WEIGHT, 0.5, np.ones((1, 3))),
        ValueError,
        "hidden_weight.shape=(2, 3)",
    ),
    (
        "an output that is not there",
        lambda: as_printed.output(NETWORK, np.ones((1, 3)), 1),
        ValueError,
        "i=1",
    ),
    (
        "integer targets",
        lambda: as_printed.squared_error_loss(NETWORK, np.ones((1, 3)), [1]),
        TypeError,
        "y.dtype=int64",
    ),
    (
        "a layer that is not there",
        lambda: as_printed.chain_rule_gradient([LAYER], np.ones((1, 3)), [0], 1),
        ValueError,
        "k=1",
    ),
    (
        "a unit that is not there",
        lambda: as_printed.z_gradient(np.ones((1, 2)), np.ones((1, 2)), 2),
        ValueError,
        "k=2",
    ),
    (
        "gradient of another width",
        lambda: as_printed.z_gradient(np.ones((1, 2)), np.ones((1, 3)), 0),
        ValueError,
        "a_gradient.shape=(1, 3)",
    ),
    (
        "a unit that is not there",
        lambda: as_printed.x_gradient(WEIGHT, np.ones((1, 2)), 2),
        ValueError,
        "i=2",
    ),
]

LEDGER: list[Case] = [
    ("a row without its zero", lambda: ledger.row("F9"), ValueError, "row_id='F9'. Did you mean F09?"),
    ("a row that is not there", lambda: ledger.row("softmax"), ValueError, "row_id='softmax'"),
]

CASES = [*POLYNOMIAL, *PENALTY, *SGD, *MOMENTUM, *CONVERGENCE, *TRAINING, *AS_PRINTED, *LEDGER]


@pytest.mark.parametrize(
    ("call", "error", "value"),
    [case[1:] for case in CASES],
    ids=[f"{k}: {case[0]}" for k, case in enumerate(CASES)],
)
def test_bad_input_is_refused_in_the_manner(
    call: Callable[[], object], error: type[Exception], value: str
) -> None:
    """The call itself raises, says what must hold, shows the value that broke it, and gives a remedy."""
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert value in str(caught.value)
    assert MANNER.fullmatch(str(caught.value)), str(caught.value)


@pytest.mark.parametrize(
    "message", ["bad input", "k must be 1", "k must be 1; got k=2.", "k must be 1; k=2. Use 1."]
)
def test_the_manner_is_told_from_other_messages(message: str) -> None:
    """A message without the value or without the remedy does not pass for the manner."""
    assert not MANNER.fullmatch(message)


def test_every_function_of_these_modules_has_a_case() -> None:
    """No function of the modules tested here goes without bad input."""
    modules = (
        *("polynomial", "penalties", "sgd", "momentum", "convergence"),
        *("training", "mlp_training", "polynomial_training"),
    )
    names = {
        name
        for module in modules
        for name in importlib.import_module(f"gradproof_reference.{module}").__all__
        if not isinstance(getattr(gr, name), type)
    }
    called = {name for _, call, _, _ in CASES for name in call.__code__.co_names}
    assert names - called == set()
    assert set(as_printed.__all__) - called == set()


def test_what_the_function_of_a_training_step_returns_is_refused_at_that_step() -> None:
    """A gradient of another structure and a loss that is no float are named when the step is taken."""
    with pytest.raises(ValueError, match=r"gradients=a container of \[0\] where parameters is an array"):
        next(train(loss_and_gradient=lambda w, _: (np.sum(w), [w])))
    with pytest.raises(TypeError, match=r"loss must hold floats; got loss.dtype=int64\."):
        next(train(loss_and_gradient=lambda w, _: (1, w)))


def test_a_batch_larger_than_the_data_is_the_whole_data() -> None:
    """batch_size > n_examples is no error: there is one short batch, of all examples."""
    (step,) = train(batch_size=7)
    assert step.batch.tolist() == [0, 1, 2, 3, 4]
