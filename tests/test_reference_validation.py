"""Bad input to the reference's formulas is refused with the value that is wrong and what to do about it."""

import inspect
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest

import gradproof_reference as ref
from gradproof_reference.mlp import conforming

# By import_module: several modules share their name with the function that the package re-exports.
MODULES = [
    import_module(f"gradproof_reference.{name}")
    for name in (
        "activations",
        "affine",
        "chain_rule",
        "cost",
        "cross_entropy",
        "labels",
        "linear_softmax",
        "minibatch",
        "mlp",
        "perceptron",
        "sigmoid_network",
        "softmax",
    )
]

X = np.ones((5, 3))
W = np.ones((2, 3))
B = np.zeros(2)
LABELS = np.array([0, 1, 0, 1, 0])
LAYERS = [ref.Layer(np.ones((4, 3)), np.zeros(4)), ref.Layer(np.ones((2, 4)), np.zeros(2))]
NETWORK = ref.SigmoidNetwork(np.ones((4, 3)), np.zeros(4), np.ones(4), np.array(0.0))
Y = np.full(5, 0.5)
INTS = np.ones((2, 3), int)
NAN = float("nan")

Call = tuple[Callable[..., object], tuple[Any, ...], type[Exception], str]


def layers_with(index: int, **fields: object) -> list[ref.Layer]:
    """Two good layers, one with other fields."""
    layers = list(LAYERS)
    layers[index] = layers[index]._replace(**fields)
    return layers


FLOATS_ONLY: list[Call] = [
    (f, (np.arange(3),), TypeError, r"z must hold floats; got z\.dtype=int64\. Convert")
    for f in (
        ref.step,
        ref.step_derivative,
        ref.sigmoid,
        ref.sigmoid_derivative,
        ref.tanh,
        ref.tanh_derivative,
        ref.relu,
        ref.relu_derivative,
    )
]

SCORES: list[Call] = [
    case
    for f in (ref.softmax, ref.log_softmax, ref.softmax_jacobian)
    for case in (
        (f, (INTS,), TypeError, r"logits must hold floats; got logits\.dtype=int64"),
        (f, (1.0,), ValueError, r"shape \(\.\.\., k\); got logits\.shape=\(\)"),
        (f, (np.ones((4, 0)),), ValueError, r"at least one class; got logits\.shape=\(4, 0\)"),
    )
]

CROSS_ENTROPY: list[Call] = [
    case
    for f in (ref.softmax_cross_entropy, ref.softmax_cross_entropy_gradient)
    for case in (
        (f, (INTS, [0, 0]), TypeError, r"logits must hold floats; got logits\.dtype=int64"),
        (f, (np.ones(3), [0]), ValueError, r"shape \(\.\.\., n, k\); got logits\.shape=\(3,\)"),
        (f, (X, np.ones(5)), TypeError, r"labels must hold integers; got labels\.dtype=float64"),
        (f, (X, LABELS > 0), TypeError, r"labels must hold integers; got labels\.dtype=bool"),
        (f, (X, 0), ValueError, r"labels must have the shape \(\.\.\., n\); got labels\.shape=\(\)"),
        (
            f,
            (X, [0, 1, 2, 2, 3]),
            ValueError,
            r"labels must lie in \[0, 3\); got labels\[4\]=3\. Use 0-based",
        ),
        (f, (X, [[0, 1, 2, 2, -1]]), ValueError, r"got labels\[0, 4\]=-1"),
        (f, (X, [0, 1]), ValueError, r"agree in n; got logits\.shape=\(5, 3\), labels\.shape=\(2,\)"),
        (f, (np.ones((4, 5, 3)), np.zeros((2, 5), int)), ValueError, r"labels with leading axes \(2,\)"),
        (
            f,
            (np.ones((0, 3)), np.zeros(0, int)),
            ValueError,
            r"at least one example; got logits\.shape=\(0, 3\)",
        ),
    )
]

TARGETS: list[Call] = [
    case
    for f in (ref.softmax_cross_entropy_of_targets, ref.softmax_cross_entropy_of_targets_gradient)
    for case in (
        (f, (X, np.ones((5, 3), int)), TypeError, r"targets must hold floats; got targets\.dtype=int64"),
        (f, (X, np.ones((4, 3)) / 3), ValueError, r"agree in n; .*targets\.shape=\(4, 3\)"),
        (f, (X, np.ones((5, 2)) / 2), ValueError, r"agree in k; .*targets\.shape=\(5, 2\)"),
        (f, (X, np.tile([-0.5, 0.5, 1], (5, 1))), ValueError, r"non-negative; got targets\[0, 0\]=-0\.5"),
        (f, (X, np.tile([1, 0, NAN], (5, 1))), ValueError, r"non-negative; got targets\[0, 2\]=nan"),
        (f, (X, np.tile([0.5, 0.5, 0.5], (5, 1))), ValueError, r"sum to 1; got targets\[0\]\.sum\(\)=1\.5"),
        (f, (np.ones((0, 3)), np.ones((0, 3))), ValueError, r"at least one example"),
        (f, (np.ones((4, 5, 3)), np.ones((2, 5, 3)) / 3), ValueError, r"targets with leading axes \(2,\)"),
    )
]

LABELS_AND_COSTS: list[Call] = [
    (ref.one_hot, ([0.0, 1.0], 2), TypeError, r"labels must hold integers; got labels\.dtype=float64"),
    (ref.one_hot, ([1, 2, 3], 3), ValueError, r"labels must lie in \[0, 3\); got labels\[2\]=3"),
    (ref.one_hot, ([0], 0), ValueError, r"n_classes must be at least 1; got n_classes=0"),
    (ref.one_hot, ([0], 2.0), TypeError, r"n_classes must be an integer; got n_classes=2\.0"),
    (ref.one_hot, ([0], True), TypeError, r"n_classes must be an integer; got n_classes=True"),
    (ref.decode, ([["a", "b"]],), TypeError, r"scores must be numbers; got scores\.dtype=<U1"),
    (ref.decode, (np.ones((3, 0)),), ValueError, r"k >= 1; got scores\.shape=\(3, 0\)"),
    (ref.decode, ([[0.0, 1.0], [0.5, NAN]],), ValueError, r"comparable; got scores\[1, 1\]=nan"),
    (ref.total_cost, ([1, 2],), TypeError, r"costs must hold floats; got costs\.dtype=int64"),
    (ref.total_cost, (1.0,), ValueError, r"shape \(\.\.\., n\); got costs\.shape=\(\)"),
    (ref.total_cost, (np.ones((2, 0)),), ValueError, r"at least one example; got costs\.shape=\(2, 0\)"),
    (ref.total_cost_gradient, (np.ones(0),), ValueError, r"at least one example; got costs\.shape=\(0,\)"),
]

MINIBATCHES: list[Call] = [
    (ref.minibatches, (0, 2), ValueError, r"n_examples must be at least 1; got n_examples=0"),
    (ref.minibatches, (5, 0), ValueError, r"batch_size must be at least 1; got batch_size=0"),
    (ref.minibatches, (5, 2.5), TypeError, r"batch_size must be an integer; got batch_size=2\.5"),
    (ref.minibatches, (5, 2, 7), TypeError, r"rng must be a Generator or None; got rng=7"),
    (ref.minibatch_cost, (Y, []), ValueError, r"at least one example; got batch\.shape=\(0,\)"),
    (ref.minibatch_cost, (Y, [0, 5]), ValueError, r"batch must lie in \[0, 5\); got batch\[1\]=5"),
    (ref.minibatch_cost, (Y, [0, -1]), ValueError, r"got batch\[1\]=-1"),
    (ref.minibatch_cost, (Y, [0.0]), TypeError, r"batch must hold integers; got batch\.dtype=float64"),
    (ref.minibatch_cost, (Y, [[0]]), ValueError, r"shape \(m,\); got batch\.shape=\(1, 1\)"),
    (ref.minibatch_cost, (LABELS, [0]), TypeError, r"costs must hold floats; got costs\.dtype=int64"),
    (ref.minibatch_cost_gradient, (Y, [7]), ValueError, r"batch must lie in \[0, 5\); got batch\[0\]=7"),
    (ref.rescale_to_full, (Y, 3, 4), ValueError, r"at most n_examples=3; got batch_size=4"),
    (ref.rescale_to_full, (Y, 3, 0), ValueError, r"batch_size must be at least 1; got batch_size=0"),
    (ref.rescale_to_full, ([LABELS], 3, 2), TypeError, r"batch_gradient\[0\] must hold floats; .*int64"),
    (ref.unlearns, (1, 1.0, 1.0, 1.0), TypeError, r"batch_loss_before must hold floats; .*dtype=int64"),
    (ref.unlearns, (1.0, 1.0, 1.0, 1), TypeError, r"full_loss_after must hold floats; .*dtype=int64"),
]

AFFINE: list[Call] = [
    case
    for f, more in (
        (ref.affine, ()),
        (lambda x, w, b: ref.linear_softmax(w, b, x), ()),
        (lambda x, w, b, y: ref.linear_softmax_loss(w, b, x, y), (LABELS,)),
        (lambda x, w, b, y: ref.linear_softmax_gradient(w, b, x, y), (LABELS,)),
    )
    for case in (
        (f, (X, INTS, B, *more), TypeError, r"weight must hold floats; got weight\.dtype=int64"),
        (f, (X[0], W, B, *more), ValueError, r"shape \(\.\.\., n, d_in\); got x\.shape=\(3,\)"),
        (
            f,
            (X[:, :2], W, B, *more),
            ValueError,
            r"agree in d_in; got x\.shape=\(5, 2\), weight\.shape=\(2, 3\)",
        ),
        (f, (X, W, np.zeros(3), *more), ValueError, r"agree in d_out; .*bias\.shape=\(3,\)"),
        (f, (X[:0], W, B, *more), ValueError, r"at least one example; got x\.shape=\(0, 3\)"),
        (
            f,
            (np.ones((4, 5, 3)), np.ones((3, 2, 3)), B, *more),
            ValueError,
            r"x with leading axes \(4,\), weight",
        ),
    )
] + [
    (
        ref.linear_softmax_loss,
        (W, B, X, [0, 0, 0, 0, 2]),
        ValueError,
        r"labels must lie in \[0, 2\); .*\[4\]=2",
    ),
    (ref.linear_softmax_gradient, (W, B, X, [0, 0, 0, 0, 2]), ValueError, r"got labels\[4\]=2"),
    (ref.linear_softmax, (W, B, INTS), TypeError, r"x must hold floats; got x\.dtype=int64"),
    (ref.affine_gradient, (X, W, LABELS), TypeError, r"output_gradient must hold floats; .*int64"),
    (ref.affine_gradient, (X, W, np.ones((5, 3))), ValueError, r"d_out; .*output_gradient\.shape=\(5, 3\)"),
    (
        ref.affine_gradient,
        (X, W, np.ones((4, 2))),
        ValueError,
        r"agree in n; .*output_gradient\.shape=\(4, 2\)",
    ),
    (ref.affine_gradient, (X[:0], W, np.ones((0, 2))), ValueError, r"at least one example"),
    (ref.affine_jacobian, (INTS, 2), TypeError, r"x must hold floats; got x\.dtype=int64"),
    (ref.affine_jacobian, (X, 0), ValueError, r"n_outputs must be at least 1; got n_outputs=0"),
    (ref.affine_jacobian, (X[:0], 2), ValueError, r"at least one example; got x\.shape=\(0, 3\)"),
    (ref.perceptron, (np.ones(3, int), 0.0, X), TypeError, r"weight must hold floats; .*int64"),
    (ref.perceptron, (np.ones(3), 0, X), TypeError, r"bias must hold floats; got bias\.dtype=int64"),
    (ref.perceptron, (np.ones(2), 0.0, X), ValueError, r"agree in d; .*weight\.shape=\(2,\)"),
    (ref.perceptron, (np.ones(3), 0.0, X[:0]), ValueError, r"at least one example"),
    (ref.perceptron, (np.ones((4, 3)), np.ones(3), X), ValueError, r"bias with leading axes \(3,\)"),
    (ref.perceptron_gradient, (np.ones(3), 0.0, X, np.ones(4)), ValueError, r"output_gradient\.shape=\(4,\)"),
    (ref.perceptron_gradient, (np.ones(3), 0.0, X, LABELS), TypeError, r"output_gradient must hold floats"),
]

NETWORKS: list[Call] = (
    [
        # What `mlp` and `train_mlp` check alike; the cases below go through it.
        (conforming, ([], X, ref.TANH), ValueError, r"at least one layer; got layers=\[\]"),
    ]
    + [
        case
        for f, more in (
            (ref.mlp_forward, ()),
            (ref.mlp, ()),
            (ref.mlp_loss, (LABELS,)),
            (ref.mlp_backward, (LABELS,)),
            (ref.mlp_gradient, (LABELS,)),
            (ref.mlp_loss_and_gradient, (LABELS,)),
            (ref.chain_rule_gradient, (LABELS, 0)),
        )
        for case in (
            (f, ([], X, *more), ValueError, r"at least one layer; got layers=\[\]"),
            (f, ([W], X, *more), TypeError, r"layers\[0\] must be a Layer; got layers\[0\] of type ndarray"),
            (f, (LAYERS, INTS, *more), TypeError, r"x must hold floats; got x\.dtype=int64"),
            (f, (LAYERS, X[:0], *more), ValueError, r"at least one example; got x\.shape=\(0, 3\)"),
            (f, (LAYERS, X[:, :2], *more), ValueError, r"the inputs of layers\[0\]; got x\.shape=\(5, 2\)"),
            (
                f,
                (layers_with(1, weight=W), X, *more),
                ValueError,
                r"inputs of layers\[1\]; .*layers\[1\]\.weight\.shape",
            ),
            (
                f,
                (layers_with(0, bias=B), X, *more),
                ValueError,
                r"outputs of layers\[0\]; .*bias\.shape=\(2,\)",
            ),
            (
                f,
                (layers_with(0, weight=INTS), X, *more),
                TypeError,
                r"layers\[0\]\.weight must hold floats; .*int64",
            ),
            (
                f,
                (layers_with(0, bias=np.ones((4, 4))), np.ones((3, 5, 3)), *more),
                ValueError,
                r"x with leading axes \(3,\)",
            ),
            (f, (LAYERS, X, *more, "relu"), TypeError, r"must be an Activation; got activation='relu'"),
        )
    ]
    + [
        case
        for f in (ref.mlp_loss, ref.mlp_backward, ref.mlp_gradient, ref.mlp_loss_and_gradient)
        for case in (
            (f, (LAYERS, X, LABELS + 1), ValueError, r"labels must lie in \[0, 2\); got labels\[1\]=2"),
            (f, (LAYERS, X, Y), TypeError, r"labels must hold integers; got labels\.dtype=float64"),
            (
                f,
                (LAYERS, X, LABELS, ref.TANH, -0.1),
                ValueError,
                r"l2_strength must lie in \[0, inf\); got l2_strength=-0\.1",
            ),
            (f, (LAYERS, X, LABELS, ref.TANH, NAN), ValueError, r"got l2_strength=nan"),
            (f, (LAYERS, X, LABELS, ref.TANH, [0.0, NAN]), ValueError, r"got l2_strength\[1\]=nan"),
        )
    ]
    + [
        (
            ref.two_layer_mlp,
            (*LAYERS, X[:, :2]),
            ValueError,
            r"the inputs of layers\[0\]; got x\.shape=\(5, 2\)",
        ),
        (ref.two_layer_mlp_loss, (*LAYERS, X, LABELS + 1), ValueError, r"got labels\[1\]=2"),
        (ref.two_layer_mlp_gradient, (*LAYERS, X, LABELS + 1), ValueError, r"got labels\[1\]=2"),
        (
            ref.chain_rule_gradient,
            (LAYERS, X, LABELS, 2),
            ValueError,
            r"k must lie in \[0, 2\), the layers; got k=2",
        ),
        (ref.chain_rule_gradient, (LAYERS, X, LABELS, -1), ValueError, r"k must be at least 0; got k=-1"),
        (ref.chain_rule_gradient, (LAYERS, X, LABELS, 0.0), TypeError, r"k must be an integer; got k=0\.0"),
        (ref.chain_rule_gradient, (LAYERS, X, LABELS + 1, 0), ValueError, r"got labels\[1\]=2"),
        (ref.layer_jacobian, (LAYERS[0], X), ValueError, r"agree in d_out; .*pre_activation\.shape=\(5, 3\)"),
        (
            ref.layer_jacobian,
            (LAYERS[0], np.ones((5, 4), int)),
            TypeError,
            r"pre_activation must hold floats",
        ),
        (
            ref.layer_jacobian,
            (LAYERS[0], np.ones((5, 4)), np.tanh),
            TypeError,
            r"got activation=<ufunc 'tanh'>",
        ),
        (ref.layer_jacobian, (LAYERS[0], np.ones((0, 4))), ValueError, r"at least one example"),
    ]
)

SIGMOID_NETWORK: list[Call] = (
    [
        case
        for f, more in (
            (ref.sigmoid_network_forward, ()),
            (ref.squared_error_loss, (Y,)),
            (ref.squared_error_backward, (Y,)),
            (ref.binary_cross_entropy_loss, (Y,)),
            (ref.binary_cross_entropy_backward, (Y,)),
        )
        for case in (
            (f, (LAYERS, X, *more), TypeError, r"network must be a SigmoidNetwork; got network of type list"),
            (f, (NETWORK, INTS, *more), TypeError, r"x must hold floats; got x\.dtype=int64"),
            (f, (NETWORK, X[:0], *more), ValueError, r"at least one example; got x\.shape=\(0, 3\)"),
            (
                f,
                (NETWORK, X[:, :2], *more),
                ValueError,
                r"agree in d; got x\.shape=\(5, 2\), hidden_weight\.shape",
            ),
            (
                f,
                (NETWORK._replace(hidden_bias=B), X, *more),
                ValueError,
                r"agree in h; .*hidden_bias\.shape=\(2,\)",
            ),
            (
                f,
                (NETWORK._replace(output_weight=B), X, *more),
                ValueError,
                r"in h; .*output_weight\.shape=\(2,\)",
            ),
            (
                f,
                (NETWORK._replace(output_bias=np.array(1)), X, *more),
                TypeError,
                r"output_bias must hold floats",
            ),
            (
                f,
                (NETWORK._replace(output_bias=B), np.ones((3, 5, 3)), *more),
                ValueError,
                r"output_bias with .* \(2,\)",
            ),
        )
    ]
    + [
        case
        for f in (
            ref.squared_error_loss,
            ref.squared_error_backward,
            ref.binary_cross_entropy_loss,
            ref.binary_cross_entropy_backward,
        )
        for case in (
            (f, (NETWORK, X, LABELS), TypeError, r"y must hold floats; got y\.dtype=int64"),
            (f, (NETWORK, X, Y[:4]), ValueError, r"agree in n; .*y\.shape=\(4,\)"),
        )
    ]
    + [
        case
        for f in (ref.binary_cross_entropy_loss, ref.binary_cross_entropy_backward)
        for case in (
            (
                f,
                (NETWORK, X, [0.0, 1.0, 1.5, 0.0, 0.0]),
                ValueError,
                r"y must lie in \[0, 1\]; got y\[2\]=1\.5",
            ),
            (f, (NETWORK, X, [0.0, 1.0, NAN, 0.0, 0.0]), ValueError, r"got y\[2\]=nan"),
        )
    ]
)

CALLS = (
    FLOATS_ONLY
    + SCORES
    + CROSS_ENTROPY
    + TARGETS
    + LABELS_AND_COSTS
    + MINIBATCHES
    + AFFINE
    + NETWORKS
    + SIGMOID_NETWORK
)

HOUSE_FORM = re.compile(r".+ must .+; got .+\. [A-Z][^;]*\.", re.DOTALL)
"""What must hold; the value that breaks it. The remedy."""


@pytest.mark.parametrize(
    ("function", "arguments", "exception", "message"),
    [pytest.param(*call, id=f"{call[0].__name__}-{i}") for i, call in enumerate(CALLS)],
)
def test_bad_input_is_refused_with_its_value_and_a_remedy(
    function: Callable[..., object], arguments: tuple[Any, ...], exception: type[Exception], message: str
) -> None:
    """The exception's type, the offending value, and the form of the house: what must hold, what came, what to do."""
    with pytest.raises(exception, match=message) as caught:
        function(*arguments)
    assert type(caught.value) is exception
    assert HOUSE_FORM.fullmatch(str(caught.value))


def test_every_public_function_refuses_something() -> None:
    """No function of these modules is missing from the table above."""
    public = {
        name
        for module in MODULES
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }
    assert len(public) > len(MODULES)
    assert public - {call[0].__name__ for call in CALLS} == set()


def test_good_input_of_the_table_is_accepted() -> None:
    """The arguments that the table varies are good ones: it is the planted fault that is refused, nothing else."""
    ref.softmax_cross_entropy(X, LABELS)
    ref.softmax_cross_entropy_of_targets(X, np.ones((5, 3)) / 3)
    ref.affine(X, W, B)
    ref.linear_softmax_gradient(W, B, X, LABELS)
    ref.affine_gradient(X, W, np.ones((5, 2)))
    ref.perceptron_gradient(np.ones(3), 0.0, X, Y)
    ref.mlp_loss(LAYERS, X, LABELS, ref.TANH, 0.1)
    ref.chain_rule_gradient(LAYERS, X, LABELS, 0)
    ref.layer_jacobian(LAYERS[0], np.ones((5, 4)))
    ref.binary_cross_entropy_loss(NETWORK, X, Y)
    ref.minibatch_cost(Y, [0])
    ref.rescale_to_full([Y], 3, 2)
