"""The linear softmax classifier and its gradient: F19, F22."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import slide_forms as slide
from gradproof_reference import (
    linear_softmax,
    linear_softmax_gradient,
    linear_softmax_loss,
    softmax_cross_entropy,
)
from harness import (
    Array,
    agree,
    arrays,
    broadcastable_axes,
    expensive,
    formula,
    identical,
    labels,
    scales,
    sizes,
    verify,
)
from stacks import pull_back, weighted_total


@st.composite
def problems(draw: st.DrawFn, largest: int = 4) -> tuple[Array, Array, Array, Array]:
    """Weight, bias, inputs and labels; inputs of any scale, with weights that take it back or leave it."""
    n, d, k = (draw(sizes(largest)) for _ in range(3))
    scale = draw(scales())
    weight_scale = draw(st.sampled_from([1.0, 1 / scale]))
    x, weight = draw(arrays((n, d), scale)), draw(arrays((k, d), weight_scale))
    return weight, draw(arrays((k,))), x, draw(labels((n,), k))


@formula("F22")
@expensive
@given(st.data())
def test_matrix_form_is_the_scalar_form_of_every_example(data: st.DataObject) -> None:
    """softmax(w xᵀ + bᵀ) equals F13 and F14 with explicit indices for each example of each model of a stack."""
    n, d, k = (data.draw(sizes(3)) for _ in range(3))
    axes = data.draw(broadcastable_axes(3, max_dims=1))
    weight, bias = data.draw(arrays((*axes[0], k, d), scales())), data.draw(arrays((*axes[1], k)))
    x = data.draw(arrays((*axes[2], n, d)))
    probabilities = linear_softmax(weight, bias, x)
    stack = np.broadcast_shapes(*axes)
    weight, bias = np.broadcast_to(weight, (*stack, k, d)), np.broadcast_to(bias, (*stack, k))
    x = np.broadcast_to(x, (*stack, n, d))
    for at in np.ndindex(*stack, n):
        scores = slide.logits([(weight[at[:-1]], bias[at[:-1]])], x[at])
        expected = slide.softmax(scores)
        agree(probabilities[at], slide.values_of(expected), slide.errors_of(expected))


@formula("F22")
@expensive
@given(problems())
def test_loss_is_the_sum_over_the_examples(problem: tuple[Array, Array, Array, Array]) -> None:
    """Σ_i −log f_label(x_i) at 50 digits, from scores written out."""
    weight, bias, x, classes = problem
    terms = [
        slide.cross_entropy(slide.logits([(weight, bias)], example), int(label))
        for example, label in zip(x, classes, strict=True)
    ]
    loss = slide.mp.fsum(term.value for term in terms)
    bound = sum(term.error for term in terms) + float(len(terms) * slide.UNIT * loss)
    agree(linear_softmax_loss(weight, bias, x, classes), np.asarray(loss), bound)


@formula("F19")
@expensive
@given(problems())
def test_gradient_is_the_outer_product_summed_over_the_examples(
    problem: tuple[Array, Array, Array, Array],
) -> None:
    """∂ℓ/∂w_ij = Σ (ŷ_i − y_i) x_j and ∂ℓ/∂b_i = Σ (ŷ_i − y_i), with explicit indices at 50 digits."""
    weight, bias, x, classes = problem
    by_scores = [
        slide.score_gradient(slide.logits([(weight, bias)], example), int(label))
        for example, label in zip(x, classes, strict=True)
    ]
    one = slide.Computed(slide.mp.mpf(1))
    gradient = linear_softmax_gradient(weight, bias, x, classes)
    for i in range(len(bias)):
        for j in range(x.shape[1]):
            expected = slide.product_sum(
                [(by_scores[e][i], slide.exact(x[e])[j]) for e in range(len(x))],
            )
            agree(gradient.weight[i, j], np.asarray(expected.value), expected.error)
        expected = slide.product_sum([(by_scores[e][i], one) for e in range(len(x))])
        agree(gradient.bias[i], np.asarray(expected.value), expected.error)


@formula("F19", "F22")
@expensive
@given(problems(), st.sampled_from([0.0, 1e8]))
def test_gradient_by_weight_and_bias(problem: tuple[Array, Array, Array, Array], shift: float) -> None:
    """It is the derivative of the summed loss, at inputs from 1e-8 to 1e8, with the loss shifted by 1e8."""
    weight, bias, x, classes = problem
    verify(
        lambda weight, bias: linear_softmax_loss(weight, bias, x, classes) + shift,
        lambda weight, bias: tuple(linear_softmax_gradient(weight, bias, x, classes)),
        weight,
        bias,
    )


@formula("F19")
@expensive
@given(st.data())
def test_gradient_of_a_stack(data: st.DataObject) -> None:
    """Models, data and labels broadcast: each loss of the stack has its own gradient."""
    n, d, k = (data.draw(sizes(2)) for _ in range(3))
    axes = data.draw(broadcastable_axes(4, max_dims=1))
    weight, bias = data.draw(arrays((*axes[0], k, d))), data.draw(arrays((*axes[1], k)))
    x, classes = data.draw(arrays((*axes[2], n, d))), data.draw(labels((*axes[3], n), k))
    coefficients = data.draw(arrays(np.broadcast_shapes(*axes)))

    def gradient(weight: Array, bias: Array) -> tuple[Array, Array]:
        by = linear_softmax_gradient(weight, bias, x, classes)
        return pull_back(by.weight, coefficients, weight.shape), pull_back(by.bias, coefficients, bias.shape)

    verify(
        lambda weight, bias: weighted_total(linear_softmax_loss(weight, bias, x, classes), coefficients),
        gradient,
        weight,
        bias,
    )


@formula("F22")
@expensive
@given(problems())
def test_identity_weights_leave_the_loss_of_the_scores(problem: tuple[Array, Array, Array, Array]) -> None:
    """With w = I and b = 0 the inputs are the scores, to the bit."""
    weight, _, _, classes = problem
    scores = np.resize(weight, (len(classes), len(weight)))
    eye, zero = np.eye(len(weight)), np.zeros(len(weight))
    identical(linear_softmax_loss(eye, zero, scores, classes), softmax_cross_entropy(scores, classes))
