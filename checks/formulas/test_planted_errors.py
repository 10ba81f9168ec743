"""Planted errors: on the reference's losses, each of the usual mistakes must fail, whatever is drawn."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import gradproof as gp
from gradproof_reference import (
    Layer,
    SigmoidNetwork,
    linear_softmax,
    linear_softmax_gradient,
    linear_softmax_loss,
    mlp_gradient,
    mlp_loss,
    one_hot,
    sigmoid,
    sigmoid_derivative,
    sigmoid_network_forward,
    squared_error_backward,
    squared_error_loss,
)
from harness import Array, arrays, fixed_seed, formula, labels, scales, sizes, split

Gradient = tuple[Array, Array]


def refuse(f: Callable[..., Any], grad: Callable[..., Any], *args: Any) -> None:
    """Require that the checker fails a gradient, and says so by raising."""
    with pytest.raises(gp.GradientMismatch) as refusal:
        gp.check_gradient(f, grad, *args, seed=fixed_seed())
    report = refusal.value.report
    assert report.verdict == "fail", str(report)
    assert report.worst is not None
    assert report.worst.error > report.worst.bound


@st.composite
def problems(draw: st.DrawFn, *, square: bool = False) -> tuple[Array, Array, Array, Array]:
    """Weight, bias, inputs of 1e-8 to 1e8 and labels of a linear classifier whose scores stay moderate."""
    n, k = draw(sizes(4)), draw(sizes(4, smallest=2))
    d = k if square else draw(sizes(4))
    scale = draw(scales())
    weight, bias = draw(arrays((k, d), 1 / scale)), draw(arrays((k,)))
    return weight, bias, draw(arrays((n, d), scale)), draw(labels((n,), k))


def loss_of(x: Array, classes: Array, shift: float) -> Callable[[Array, Array], Any]:
    """Loss of the linear classifier as a function of its parameters, shifted by a constant."""
    return lambda weight, bias: linear_softmax_loss(weight, bias, x, classes) + shift


shifts = st.sampled_from([0.0, 1e8])


@formula("F19")
@pytest.mark.parametrize("factor", [-1.0, 2.0, 0.5])
@split(4)
@given(problem=problems(), shift=shifts)
def test_sign_and_factor_2(factor: float, problem: tuple[Array, Array, Array, Array], shift: float) -> None:
    """The gradient times −1, 2 or a half."""
    weight, bias, x, classes = problem
    by_weight, by_bias = linear_softmax_gradient(weight, bias, x, classes)
    refuse(loss_of(x, classes, shift), lambda *_: (factor * by_weight, factor * by_bias), weight, bias)


@formula("F02", "F19")
@split(2)
@given(problems(), shifts)
def test_missing_1_over_n(problem: tuple[Array, Array, Array, Array], shift: float) -> None:
    """The gradient of the sum for a loss that is the mean."""
    weight, bias, x, classes = problem
    assume(len(x) > 1)
    mean = lambda weight, bias: linear_softmax_loss(weight, bias, x, classes) / len(x) + shift  # noqa: E731  one line of mathematics
    refuse(mean, lambda weight, bias: tuple(linear_softmax_gradient(weight, bias, x, classes)), weight, bias)


@formula("F19")
@split(2)
@given(problems(square=True), shifts)
def test_transposed_square_weight_gradient(problem: tuple[Array, Array, Array, Array], shift: float) -> None:
    """x_i (ŷ_j − y_j) in place of (ŷ_i − y_i) x_j, where the shape does not tell."""
    weight, bias, x, classes = problem
    by_weight, by_bias = linear_softmax_gradient(weight, bias, x, classes)
    assume(differ(by_weight, by_weight.T))
    refuse(loss_of(x, classes, shift), lambda *_: (by_weight.T.copy(), by_bias), weight, bias)


@formula("F19")
@split(2)
@given(problems(), shifts)
def test_bias_gradient_summed_over_the_wrong_axis(
    problem: tuple[Array, Array, Array, Array], shift: float
) -> None:
    """ŷ − y summed over the classes, one sum per example, where there are as many examples as classes."""
    weight, bias, x, classes = problem
    k = len(bias)
    x, classes = np.resize(x, (k, x.shape[1])), np.resize(classes, k)
    by_weight, by_bias = linear_softmax_gradient(weight, bias, x, classes)
    wrong = (linear_softmax(weight, bias, x) - one_hot(classes, k)).sum(axis=1)
    assume(differ(by_bias, wrong))
    refuse(loss_of(x, classes, shift), lambda *_: (by_weight, wrong), weight, bias)


@formula("F18", "F19")
@split(2)
@given(problems(), shifts, st.data())
def test_one_row_of_y_not_subtracted(
    problem: tuple[Array, Array, Array, Array], shift: float, data: st.DataObject
) -> None:
    """ŷ in place of ŷ − y for one example among all."""
    weight, bias, x, classes = problem
    y = one_hot(classes, len(bias))
    y[data.draw(st.integers(0, len(x) - 1))] = 0
    error = linear_softmax(weight, bias, x) - y
    refuse(loss_of(x, classes, shift), lambda *_: (error.T @ x, error.sum(axis=0)), weight, bias)


@formula("F21", "F28")
@split(2)
@given(st.data(), shifts)
def test_sigmoid_derivative_taken_at_z(data: st.DataObject, shift: float) -> None:
    """Z (1 − z) in place of a (1 − a), in the hidden layer of the sigmoid network."""
    n, d, h = (data.draw(sizes(3)) for _ in range(3))
    scale = data.draw(scales())
    network = SigmoidNetwork(
        data.draw(arrays((h, d), 1 / scale)),
        data.draw(arrays((h,))),
        data.draw(arrays((h,))),
        data.draw(arrays(())),
    )
    x, y = data.draw(arrays((n, d), scale)), data.draw(arrays((n,)))
    right, forward = squared_error_backward(network, x, y), sigmoid_network_forward(network, x)
    by_z = forward.z * (1 - forward.z) * right.a
    wrong = right.network._replace(hidden_weight=by_z.T @ x, hidden_bias=by_z.sum(axis=0))
    assume(differ(right.hidden_bias, wrong.hidden_bias) or differ(right.hidden_weight, wrong.hidden_weight))
    refuse(lambda network: squared_error_loss(network, x, y) + shift, lambda _: wrong, network)


@formula("F21")
@split(2)
@given(arrays((3,), st.sampled_from([1.0, 1e-8, 1e-3, 3.0])))
def test_sigmoid_derivative_taken_at_z_by_itself(z: Array) -> None:
    """Σ σ(z) with z (1 − z) for a gradient; also the other way, σ′ at a in place of z."""
    refuse(lambda z: np.sum(sigmoid(z)), lambda z: z * (1 - z), z)
    refuse(lambda z: np.sum(sigmoid(z)), lambda z: sigmoid_derivative(sigmoid(z)), z)


@formula("F19", "F26")
@pytest.mark.parametrize("complex_input", [True, False])
@split(4)
@given(problem=problems(), data=st.data())
def test_one_entry_off_by_a_millionth(
    complex_input: bool,  # noqa: FBT001  a parameter of the test
    problem: tuple[Array, Array, Array, Array],
    data: st.DataObject,
) -> None:
    """A relative error of 1e-6 in one of the larger entries, through the complex step and through differences alone."""
    weight, bias, x, classes = problem
    gradient = linear_softmax_gradient(weight, bias, x, classes)
    wrong = Layer(gradient.weight.copy(), gradient.bias.copy())
    leaf = wrong[data.draw(st.integers(0, 1))]
    large = np.argwhere((np.abs(leaf) > 0.1 * np.max(np.abs(leaf))) & (np.abs(leaf) > 0))
    assume(len(large))  # an exact 0 has no relative error
    at = tuple(data.draw(st.sampled_from(large.tolist())))
    leaf[at] *= 1 + 1e-6

    def loss(weight: Array, bias: Array) -> Any:
        if not complex_input and (np.iscomplexobj(weight) or np.iscomplexobj(bias)):
            raise TypeError("real input only")
        return linear_softmax_loss(weight, bias, x, classes)

    refuse(loss, lambda *_: tuple(wrong), weight, bias)


@formula("F26")
@pytest.mark.parametrize("k", [0, 1, 2])
@split(4)
@given(data=st.data())
def test_one_entry_of_one_layer_off_by_a_millionth(k: int, data: st.DataObject) -> None:
    """The same in a network of three layers, wherever the layer is, with the loss shifted by 1e8 or not."""
    dims = [data.draw(sizes(3)) for _ in range(3)] + [data.draw(sizes(3, smallest=2))]
    layers = tuple(
        Layer(data.draw(arrays((d_out, d_in))), data.draw(arrays((d_out,)))) for d_in, d_out in pairwise(dims)
    )
    x, classes = data.draw(arrays((2, dims[0]))), data.draw(labels((2,), dims[-1]))
    shift = data.draw(shifts)
    wrong = [Layer(layer.weight.copy(), layer.bias.copy()) for layer in mlp_gradient(layers, x, classes)]
    bias = wrong[k].bias
    largest = int(np.argmax(np.abs(bias)))
    assume(np.abs(bias[largest]) > 1e-6)  # else what is left of terms that cancel, or of no path to the loss
    bias[largest] *= 1 + 1e-6
    refuse(lambda layers: mlp_loss(layers, x, classes) + shift, lambda _: tuple(wrong), layers)


def differ(right: Array, wrong: Array) -> bool:
    """Tell whether a planted error is one: not what rounding makes of the right gradient."""
    return bool(np.max(np.abs(right - wrong)) > 1e-9 * np.max(np.abs(right)))
