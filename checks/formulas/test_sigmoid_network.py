"""The sigmoid network of the back-propagation slides: F25, F28."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import slide_forms as slide
import tails
from gradproof_reference import (
    SigmoidBackward,
    SigmoidNetwork,
    binary_cross_entropy_backward,
    binary_cross_entropy_loss,
    sigmoid_network_forward,
    squared_error_backward,
    squared_error_loss,
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
    scales,
    sizes,
    split,
    verify,
)
from slide_forms import ELEMENTARY, TINY, UNIT, mp
from stacks import pull_back, weighted_total


class Loss(NamedTuple):
    """A loss on (y, ŷ): the reference's, its backward pass, and the slide's L(y, ŷ) written out."""

    value: Callable[..., Any]
    backward: Callable[..., SigmoidBackward]
    of_prediction: Callable[[Array, Array], Array]


LOSSES = {
    "squared error": Loss(squared_error_loss, squared_error_backward, tails.squared_error),
    "cross-entropy": Loss(
        binary_cross_entropy_loss, binary_cross_entropy_backward, tails.binary_cross_entropy
    ),
}
every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES.keys())
TARGETS = st.integers(0, 8).map(lambda eighths: eighths / 8)


class Problem(NamedTuple):
    """A network with data."""

    network: SigmoidNetwork
    x: Array
    y: Array


@st.composite
def problems(draw: st.DrawFn, *, scaled: bool = True, largest: float = 2.0) -> Problem:
    """Networks of up to 3 hidden units; scaled, the inputs are of any size from 1e-8 to 1e8."""
    n, d, h = (draw(sizes(3)) for _ in range(3))
    scale = draw(scales()) if scaled else 1.0
    weight_scale = draw(st.sampled_from([1.0, 1 / scale]))
    network = SigmoidNetwork(
        draw(arrays((h, d), weight_scale, largest=largest)),
        draw(arrays((h,), largest=largest)),
        draw(arrays((h,), largest=largest)),
        draw(arrays((), largest=largest)),
    )
    x = draw(arrays((n, d), scale, largest=largest))
    return Problem(network, x, draw(hnp.arrays(np.float64, (n,), elements=TARGETS, fill=st.nothing())))


def written_out(network: SigmoidNetwork, x: Array) -> tuple[list[slide.Computed], ...]:
    """z_i = Σ_j w_1ij x_j + b_1i, a_i = σ(z_i), p_1 = Σ_i w_2i a_i + b_2, ŷ_1 = σ(p_1) of one example."""
    z = slide.affine(slide.exact(network.hidden_weight), slide.exact(network.hidden_bias), slide.exact(x))
    a = [slide.sigmoid(z_i) for z_i in z]
    p = slide.affine([slide.exact(network.output_weight)], slide.exact(network.output_bias), a)
    return z, a, p, [slide.sigmoid(p[0])]


# --- forward -------------------------------------------------------------------------------------------------------


@formula("F25")
@expensive
@given(problems())
def test_forward_pass_is_the_slide_s_order_of_sums(problem: Problem) -> None:
    """z, a, p and ŷ of every example at 50 digits, with explicit indices."""
    network, x, _ = problem
    forward = sigmoid_network_forward(network, x)
    for e, example in enumerate(x):
        for actual, expected in zip(forward, written_out(network, example), strict=True):
            agree(np.atleast_1d(actual[e]), slide.values_of(expected), slide.errors_of(expected))


@formula("F25")
@expensive
@given(problems())
def test_squared_error_is_half_the_sum_of_squares(problem: Problem) -> None:
    """½ Σ (ŷ − y)² at 50 digits."""
    network, x, y = problem
    loss, bound = mp.mpf(0), 0.0
    for example, target in zip(x, y, strict=True):
        (y_hat,) = written_out(network, example)[-1]
        error = y_hat.value - float(target)
        # Computed as ŷ (1 − y) − y σ(−p): the rounding of either part, and what p brings along.
        off = y_hat.error + float((ELEMENTARY + 8) * UNIT * (y_hat.value + float(target)))
        loss += error**2 / 2
        bound += float(abs(error)) * off + off**2
    agree(squared_error_loss(*problem), np.asarray(loss), bound + float((len(y) + 4) * UNIT * loss))


@formula("F25")
@expensive
@given(problems())
def test_binary_cross_entropy_is_that_of_the_prediction(problem: Problem) -> None:
    """−Σ (y log ŷ + (1 − y) log(1 − ŷ)) at 50 digits, with log ŷ = −log(1 + e^{−p}): finite at saturation."""
    network, x, y = problem
    loss, bound = mp.mpf(0), 0.0
    for example, target in zip(x, y, strict=True):
        (p,) = written_out(network, example)[-2]
        log_y_hat, log_rest = (-_softplus(-p.value), -_softplus(p.value))
        term = -(float(target) * log_y_hat + (1 - float(target)) * log_rest)
        loss += term
        bound += p.error + float((2 * ELEMENTARY + 4) * UNIT * term) + 4 * TINY
    agree(binary_cross_entropy_loss(*problem), np.asarray(loss), bound + float(len(y) * UNIT * loss))


def _softplus(t: slide.Number) -> slide.Number:
    """log(1 + e^t)."""
    return mp.log1p(mp.exp(t)) if t < 0 else t + mp.log1p(mp.exp(-t))


@formula("F25")
@every_loss
@pytest.mark.parametrize("p", [-1e308, -800.0, 800.0, 1e308])
@pytest.mark.parametrize("y", [0.0, 0.25, 1.0])
def test_loss_is_finite_however_far_the_output_saturates(loss: Loss, p: float, y: float) -> None:
    """No overflow and no warning for any finite p_1, though ŷ_1 is 0 or 1."""
    network = SigmoidNetwork(np.zeros((1, 1)), np.zeros(1), np.zeros(1), np.array(p))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        value = loss.value(network, np.zeros((1, 1)), np.array([y]))
        by_p = loss.backward(network, np.zeros((1, 1)), np.array([y])).p
    assert np.isfinite(value)
    assert np.isfinite(by_p)


# --- backward ------------------------------------------------------------------------------------------------------


@formula("F25", "F28")
@every_loss
@split(2)
@given(problem=problems(), shift=st.sampled_from([0.0, 1e8]))
def test_gradient_by_every_parameter_and_the_input(loss: Loss, problem: Problem, shift: float) -> None:
    """It is the derivative of the loss, for inputs from 1e-8 to 1e8, shifted by 1e8."""
    network, x, y = problem

    def gradient(network: SigmoidNetwork, x: Array) -> tuple[SigmoidNetwork, Array]:
        backward = loss.backward(network, x, y)
        return backward.network, backward.x

    verify(lambda network, x: loss.value(network, x, y) + shift, gradient, network, x)


@formula("F28")
@every_loss
@split(2)
@given(problem=problems(scaled=False, largest=1.0))
def test_gradient_by_every_intermediate(loss: Loss, problem: Problem) -> None:
    """∂L/∂ŷ, ∂L/∂p, ∂L/∂a, ∂L/∂z and ∂L/∂x: the rest of the network, written out as a function of each."""
    network, x, y = problem
    forward, backward = sigmoid_network_forward(network, x), loss.backward(network, x, y)
    of = loss.of_prediction
    verify(lambda y_hat: of(y_hat, y), known_at(forward.y_hat, backward.y_hat), forward.y_hat)
    verify(lambda p: of(tails.prediction_from_p(p), y), known_at(forward.p, backward.p), forward.p)
    verify(lambda a: of(tails.prediction_from_a(network, a), y), known_at(forward.a, backward.a), forward.a)
    verify(lambda z: of(tails.prediction_from_z(network, z), y), known_at(forward.z, backward.z), forward.z)
    verify(lambda x: of(tails.prediction_from_x(network, x), y), lambda x: loss.backward(network, x, y).x, x)


@formula("F28")
@every_loss
@split(2)
@given(problem=problems(scaled=False))
def test_gradient_follows_the_slide_with_explicit_indices(loss: Loss, problem: Problem) -> None:
    """Each line of the slide from the one above it, with indices, every product within its rounding."""
    network, x, y = problem
    forward, by = sigmoid_network_forward(network, x), loss.backward(network, x, y)
    w1, w2 = network.hidden_weight, network.output_weight
    n, (h, d) = len(x), w1.shape
    exact = slide.exact
    for e in range(n):
        for i in range(h):
            compare(by.a[e, i], slide.product(*pair(w2[i], by.p[e])))
            slope = slide.sigmoid_derivative(*exact(forward.z[e, i]))
            compare(by.z[e, i], slide.product(slope, *exact(by.a[e, i])))
        for k in range(d):
            compare(by.x[e, k], slide.product_sum([pair(w1[i, k], by.z[e, i]) for i in range(h)]))
    for i in range(h):
        compare(
            by.output_weight[i],
            slide.product_sum([pair(forward.a[e, i], by.p[e]) for e in range(n)]),
        )
        compare(by.hidden_bias[i], slide.product_sum([pair(1.0, by.z[e, i]) for e in range(n)]))
        for j in range(d):
            compare(
                by.hidden_weight[i, j],
                slide.product_sum([pair(x[e, j], by.z[e, i]) for e in range(n)]),
            )
    compare(by.output_bias, slide.product_sum([pair(1.0, by.p[e]) for e in range(n)]))


def pair(u: float, v: float) -> tuple[slide.Computed, slide.Computed]:
    """Two float64 numbers as exact ones."""
    return slide.Computed(mp.mpf(float(u))), slide.Computed(mp.mpf(float(v)))


def compare(actual: Any, expected: slide.Computed) -> None:
    """Hold one entry to its written-out value."""
    agree(actual, np.asarray(expected.value), expected.error)


@formula("F28")
@every_loss
@split(2)
@given(data=st.data())
def test_gradient_of_a_stack(loss: Loss, data: st.DataObject) -> None:
    """Parameters, inputs and targets broadcast: each loss of the stack has its own gradient."""
    n, d, h = (data.draw(sizes(2)) for _ in range(3))
    axes = data.draw(broadcastable_axes(6, max_dims=1))
    network = SigmoidNetwork(
        *(
            data.draw(arrays((*leading, *own)))
            for leading, own in zip(axes[:4], [(h, d), (h,), (h,), ()], strict=True)
        )
    )
    x = data.draw(arrays((*axes[4], n, d)))
    y = data.draw(hnp.arrays(np.float64, (*axes[5], n), elements=TARGETS, fill=st.nothing()))
    coefficients = data.draw(arrays(np.broadcast_shapes(*axes)))

    def gradient(network: SigmoidNetwork, x: Array) -> tuple[SigmoidNetwork, Array]:
        backward = loss.backward(network, x, y)
        parameters = (
            pull_back(g, coefficients, a.shape) for g, a in zip(backward.network, network, strict=True)
        )
        return SigmoidNetwork(*parameters), pull_back(backward.x, coefficients, x.shape)

    verify(lambda network, x: weighted_total(loss.value(network, x, y), coefficients), gradient, network, x)


@formula("F28")
@every_loss
@split(2)
@given(problem=problems())
def test_parameters_of_the_backward_pass_are_structured_like_the_network(
    loss: Loss, problem: Problem
) -> None:
    """`.network` holds the four parameter gradients, in the shapes of the parameters."""
    backward = loss.backward(*problem)
    for name in SigmoidNetwork._fields:
        identical(getattr(backward.network, name), getattr(backward, name))
        assert getattr(backward, name).shape == getattr(problem.network, name).shape
