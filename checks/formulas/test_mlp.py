"""Multi-layer perceptrons: F23, F24, F26."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import slide_forms as slide
import tails
from gradproof_reference import (
    RELU,
    SIGMOID,
    Activation,
    Layer,
    MLPBackward,
    MLPForward,
    linear_softmax,
    linear_softmax_gradient,
    linear_softmax_loss,
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
from harness import (
    Array,
    agree,
    arrays,
    broadcastable_axes,
    expensive,
    formula,
    identical,
    known_at,
    labels,
    sizes,
    split,
    verify,
)
from networks import Problem, problems
from stacks import pull_back, weighted_total

NAMES = ["step", "sigmoid", "tanh", "relu"]
every_activation = pytest.mark.parametrize("name", NAMES)
DISTANCES = [0.0, 1e-9, 1e-6, 1e-3]


# --- forward -------------------------------------------------------------------------------------------------------


@formula("F24")
@every_activation
@split(4)
@given(data=st.data())
def test_forward_pass_is_the_slide_s_recursion(name: str, data: st.DataObject) -> None:
    """z_k, a_k and f of every example at 50 digits, with explicit indices, for 1 to 4 layers."""
    problem = data.draw(problems(name))
    computed = mlp_forward(problem.layers, problem.x, problem.activation)
    probabilities = mlp(problem.layers, problem.x, problem.activation)
    for e, example in enumerate(problem.x):
        zs, activations = slide.forward(problem.layers, example, slide.ACTIVATIONS[name])
        f = slide.softmax(zs[-1])
        pairs = [
            *zip(computed.pre_activations, zs, strict=True),
            *zip(computed.activations, activations, strict=True),
            (probabilities, f),
        ]
        for actual, expected in pairs:
            agree(actual[e], slide.values_of(expected), slide.errors_of(expected))


@formula("F24", "F26")
@every_activation
@split(4)
@given(data=st.data())
def test_loss_is_the_sum_of_the_examples_losses(name: str, data: st.DataObject) -> None:
    """Σ −log f_label over the examples at 50 digits."""
    problem = data.draw(problems(name))
    terms = [
        slide.cross_entropy(slide.logits(problem.layers, example, slide.ACTIVATIONS[name]), int(label))
        for example, label in zip(problem.x, problem.labels, strict=True)
    ]
    loss = slide.mp.fsum(term.value for term in terms)
    bound = sum(term.error for term in terms) + float(len(terms) * slide.UNIT * loss)
    agree(mlp_loss(*problem), np.asarray(loss), bound)


@formula("F22", "F24")
@expensive
@given(problems(depth=1))
def test_one_layer_is_linear_softmax(problem: Problem) -> None:
    """Depth 1: probabilities, loss and gradient are those of F22 and F19, to the bit, whatever the activation."""
    layers, x, classes, _ = problem
    (layer,) = layers
    identical(mlp(layers, x, RELU), linear_softmax(*layer, x))
    identical(mlp_loss(layers, x, classes, RELU), linear_softmax_loss(*layer, x, classes))
    (gradient,) = mlp_gradient(layers, x, classes, RELU)
    expected = linear_softmax_gradient(*layer, x, classes)
    identical(gradient.weight, expected.weight)
    identical(gradient.bias, expected.bias)


@formula("F23")
@expensive
@given(problems(depth=2))
def test_two_layers_are_the_slide_s_network(problem: Problem) -> None:
    """a₁ = sigmoid(w[1] x + b[1]), f = softmax(w[2] a₁ + b[2]) at 50 digits, per example."""
    first, second = problem.layers
    probabilities = two_layer_mlp(first, second, problem.x)
    for e, example in enumerate(problem.x):
        a1 = [
            slide.sigmoid(z)
            for z in slide.affine(slide.exact(first.weight), slide.exact(first.bias), slide.exact(example))
        ]
        f = slide.softmax(slide.affine(slide.exact(second.weight), slide.exact(second.bias), a1))
        agree(probabilities[e], slide.values_of(f), slide.errors_of(f))


# --- gradient by the parameters ------------------------------------------------------------------------------------


@formula("F23", "F26")
@expensive
@given(problems(depth=2), st.sampled_from([0.0, 1e8]))
def test_two_layer_gradient_by_all_four_parameters(problem: Problem, shift: float) -> None:
    """It is the derivative of the loss by w[1], b[1], w[2] and b[2], at any scale, shifted by 1e8."""
    first, second = problem.layers
    verify(
        lambda first, second: two_layer_mlp_loss(first, second, problem.x, problem.labels) + shift,
        lambda first, second: two_layer_mlp_gradient(first, second, problem.x, problem.labels),
        first,
        second,
    )


@formula("F24", "F26")
@every_activation
@split(4)
@given(data=st.data())
def test_gradient_by_every_parameter_and_the_input(name: str, data: st.DataObject) -> None:
    """Depth 1 to 4, inputs from 1e-8 to 1e8, the loss shifted by 1e8, each activation off its kinks."""
    layers, x, classes, activation = data.draw(problems(name))
    shift = data.draw(st.sampled_from([0.0, 1e8]))

    def gradient(layers: tuple[Layer, ...], x: Array) -> tuple[tuple[Layer, ...], Array]:
        backward = mlp_backward(layers, x, classes, activation)
        return backward.layers, backward.activations[0]

    verify(lambda layers, x: mlp_loss(layers, x, classes, activation) + shift, gradient, layers, x)


@formula("F26")
@every_activation
@split(4)
@given(data=st.data())
def test_gradient_with_the_penalty(name: str, data: st.DataObject) -> None:
    """With α Σ w² in the loss it is still the derivative: 2αw by the weights, nothing by the biases."""
    layers, x, classes, activation = data.draw(problems(name, scaled=False, largest=2))
    strength = data.draw(st.sampled_from([0.5, 1e-4, 100.0]))
    verify(
        lambda layers: mlp_loss(layers, x, classes, activation, strength),
        lambda layers: mlp_gradient(layers, x, classes, activation, strength),
        layers,
    )


@formula("F26")
@expensive
@given(st.data())
def test_gradient_of_a_stack(data: st.DataObject) -> None:
    """Models, inputs and labels broadcast: each loss of the stack has its own gradient by every parameter."""
    n, d, h, k = (data.draw(sizes(2)) for _ in range(4))
    axes = data.draw(broadcastable_axes(6, max_dims=1))
    layers = (
        Layer(data.draw(arrays((*axes[0], h, d))), data.draw(arrays((*axes[1], h)))),
        Layer(data.draw(arrays((*axes[2], k, h))), data.draw(arrays((*axes[3], k)))),
    )
    x, classes = data.draw(arrays((*axes[4], n, d))), data.draw(labels((*axes[5], n), k))
    coefficients = data.draw(arrays(np.broadcast_shapes(*axes)))

    def gradient(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        return tuple(
            Layer(*(pull_back(g, coefficients, a.shape) for g, a in zip(by, layer, strict=True)))
            for by, layer in zip(mlp_gradient(layers, x, classes), layers, strict=True)
        )

    verify(lambda layers: weighted_total(mlp_loss(layers, x, classes), coefficients), gradient, layers)


@formula("F26")
@every_activation
@split(4)
@given(data=st.data())
def test_gradient_is_the_chain_rule_with_explicit_indices(name: str, data: st.DataObject) -> None:
    """∂l/∂w[k]_ij and ∂l/∂b[k]_i of every layer at 50 digits, summed over the examples."""
    problem = data.draw(problems(name, largest=2))
    computed = mlp_gradient(*problem)
    one = slide.Computed(slide.mp.mpf(1))
    for k, layer in enumerate(computed):
        examples = [
            slide.gradient_of_layer(problem.layers, example, int(label), k, name)
            for example, label in zip(problem.x, problem.labels, strict=True)
        ]
        for i, j in np.ndindex(*layer.weight.shape):
            expected = slide.product_sum([(weight[i][j], one) for weight, _ in examples])
            agree(layer.weight[i, j], np.asarray(expected.value), expected.error)
        for i in range(len(layer.bias)):
            expected = slide.product_sum([(bias[i], one) for _, bias in examples])
            agree(layer.bias[i], np.asarray(expected.value), expected.error)


@formula("F24", "F26")
@pytest.mark.parametrize("distance", DISTANCES)
@pytest.mark.parametrize("side", [-1.0, 1.0])
@split(8)
@given(data=st.data())
def test_gradient_at_and_near_a_kink_of_relu(distance: float, side: float, data: st.DataObject) -> None:
    """One hidden unit of one example lies 0 or 1e-9 to 1e-3 off its kink: the gradient passes, as a subgradient at 0."""
    d, h, k = (data.draw(sizes(3)) for _ in range(3))
    integers = st.integers(-2, 2)
    w1, w2 = (data.draw(hnp.arrays(np.float64, shape, elements=integers)) for shape in ((h, d), (k, h)))
    b1, b2, x = (data.draw(hnp.arrays(np.float64, shape, elements=integers)) for shape in (h, k, (1, d)))
    b1 = b1 + 0.5
    b1[0] = side * distance - w1[0] @ x[0]
    classes = data.draw(labels((1,), k))
    layers = Layer(w1, b1), Layer(w2, b2)

    def gradient(layers: tuple[Layer, ...], x: Array) -> tuple[tuple[Layer, ...], Array]:
        backward = mlp_backward(layers, x, classes, RELU)
        return backward.layers, backward.activations[0]

    verify(lambda layers, x: mlp_loss(layers, x, classes, RELU), gradient, layers, x)


# --- intermediates -------------------------------------------------------------------------------------------------


@formula("F26")
@every_activation
@split(4)
@given(data=st.data())
def test_gradient_by_every_intermediate(name: str, data: st.DataObject) -> None:
    """∂l/∂z_k and ∂l/∂a_k are the derivatives of the rest of the network, written out as a function of each."""
    layers, x, classes, activation = data.draw(problems(name, scaled=False, largest=2))
    forward, backward = mlp_forward(layers, x, activation), mlp_backward(layers, x, classes, activation)
    act = tails.ACTIVATIONS[name]
    assume(_keeps_its_digits(layers, forward, backward, activation))
    for k in range(len(layers)):
        verify(
            lambda z, k=k: tails.loss_from_scores(layers, z, k, classes, act),
            known_at(forward.pre_activations[k], backward.pre_activations[k]),
            forward.pre_activations[k],
        )
        verify(
            lambda a, k=k: tails.loss_from_activation(layers, a, k, classes, act),
            known_at(forward.activations[k], backward.activations[k]),
            forward.activations[k],
        )


def _keeps_its_digits(
    layers: tuple[Layer, ...], forward: MLPForward, backward: MLPBackward, activation: Activation
) -> bool:
    """Tell whether no gradient is what rounding leaves of terms that cancel.

    Elsewhere the checker measures that rounding by itself, but a gradient read off one backward pass stands still.
    """
    size = np.abs(backward.pre_activations[-1])
    for k in range(len(layers) - 1, 0, -1):
        size = size @ np.abs(layers[k].weight)
        if np.max(np.abs(backward.activations[k])) < 0.1 * np.max(size):
            return False
        size = size * activation.derivative(forward.pre_activations[k - 1])
        if np.max(np.abs(backward.pre_activations[k - 1])) < 0.1 * np.max(size):
            return False
    return bool(np.max(np.abs(backward.activations[0])) >= 0.1 * np.max(size @ np.abs(layers[0].weight)))


@formula("F26")
@every_activation
@split(4)
@given(data=st.data())
def test_loss_and_gradient_are_the_same_by_every_function(name: str, data: st.DataObject) -> None:
    """`mlp_loss`, `mlp_gradient`, `mlp_loss_and_gradient` and `mlp_backward` agree to the bit."""
    problem = data.draw(problems(name))
    loss, gradient = mlp_loss_and_gradient(*problem)
    backward = mlp_backward(*problem)
    identical(loss, mlp_loss(*problem))
    identical(backward.loss, loss)
    for by, again, other in zip(gradient, mlp_gradient(*problem), backward.layers, strict=True):
        for part in range(2):
            identical(again[part], by[part])
            identical(other[part], by[part])


@formula("F23")
@expensive
@given(problems(depth=2))
def test_two_layer_functions_are_the_general_ones(problem: Problem) -> None:
    """Probabilities, loss and gradient of two layers are those of `mlp` with sigmoid, to the bit."""
    layers, x, classes, _ = problem
    first, second = layers
    identical(two_layer_mlp(first, second, x), mlp(layers, x, SIGMOID))
    identical(two_layer_mlp_loss(first, second, x, classes), mlp_loss(layers, x, classes, SIGMOID))
    general = mlp_gradient(layers, x, classes, SIGMOID)
    for by, expected in zip(two_layer_mlp_gradient(first, second, x, classes), general, strict=True):
        identical(by.weight, expected.weight)
        identical(by.bias, expected.bias)
