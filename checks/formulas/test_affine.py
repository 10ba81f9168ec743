"""Affine scores and their derivative: F13, F16."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import slide_forms as slide
from gradproof_reference import affine, affine_gradient, affine_jacobian
from harness import (
    agree,
    arrays,
    broadcastable_axes,
    expensive,
    formula,
    identical,
    scales,
    sizes,
    verify,
)
from slide_forms import UNIT
from stacks import pull_back


@formula("F13")
@expensive
@given(st.data())
def test_scores_are_the_slide_s_sum_for_every_member_of_a_stack(data: st.DataObject) -> None:
    """a_j = Σ_k w_jk x_k + b_j with explicit indices, within the bound of a sum of d + 1 terms."""
    n, d, k = (data.draw(sizes(3)) for _ in range(3))
    leading = data.draw(broadcastable_axes(3))
    x = data.draw(arrays((*leading[0], n, d), scales()))
    weight = data.draw(arrays((*leading[1], k, d), scales()))
    bias = data.draw(arrays((*leading[2], k), scales()))
    scores = affine(x, weight, bias)
    stack = np.broadcast_shapes(*leading)
    x, weight = np.broadcast_to(x, (*stack, n, d)), np.broadcast_to(weight, (*stack, k, d))
    bias = np.broadcast_to(bias, (*stack, k))
    for at in np.ndindex(*stack, n):
        *member, example = at
        expected = slide.affine(
            slide.exact(weight[tuple(member)]),
            slide.exact(bias[tuple(member)]),
            slide.exact(x[(*member, example)]),
        )
        agree(scores[at], slide.values_of(expected), slide.errors_of(expected))


@formula("F13", "F16")
@expensive
@given(st.data())
def test_gradient_by_input_weight_and_bias(data: st.DataObject) -> None:
    """The product with an incoming gradient is the derivative of Σ g_j a_j by x, w and b, at any scale."""
    n, d, k = (data.draw(sizes(3)) for _ in range(3))
    leading = data.draw(broadcastable_axes(3, max_dims=1))
    x = data.draw(arrays((*leading[0], n, d), scales()))
    weight = data.draw(arrays((*leading[1], k, d), scales()))
    bias = data.draw(arrays((*leading[2], k), scales()))
    stack = np.broadcast_shapes(*leading)
    incoming = data.draw(arrays((*stack, n, k)))
    shift = data.draw(st.sampled_from([0.0, 1e8]))

    def loss(x: slide.Number, weight: slide.Number, bias: slide.Number) -> slide.Number:
        return np.sum(incoming * affine(x, weight, bias)) + shift

    def gradient(x: slide.Number, weight: slide.Number, bias: slide.Number) -> slide.Number:
        by = affine_gradient(x, weight, incoming)
        ones = np.ones(stack)
        return tuple(pull_back(g, ones, a.shape) for g, a in zip(by, (x, weight, bias), strict=True))

    verify(loss, gradient, x, weight, bias)


@formula("F16")
@expensive
@given(st.data())
def test_jacobian_is_the_derivative_of_every_score(data: st.DataObject) -> None:
    """Each score by itself, as a scalar function of w and b, has its block of the Jacobian as gradient."""
    d, k = data.draw(sizes(3)), data.draw(sizes(3))
    x = data.draw(arrays((1, d), scales()))
    weight, bias = data.draw(arrays((k, d), scales())), data.draw(arrays((k,), scales()))
    jacobian = affine_jacobian(x, k)
    for i in range(k):
        verify(
            lambda weight, bias, i=i: affine(x, weight, bias)[0, i],
            lambda *_, i=i: (jacobian.weight[0, i], jacobian.bias[0, i]),
            weight,
            bias,
        )


@formula("F16")
@expensive
@given(st.data())
def test_jacobian_is_the_input_in_its_own_row_and_zero_between_rows(data: st.DataObject) -> None:
    """∂a_i/∂w_jk = x_k where i = j, ∂a_i/∂b_j = 1 there, and 0 elsewhere: exactly."""
    n, d, k = (data.draw(sizes(3)) for _ in range(3))
    x = data.draw(arrays((*data.draw(broadcastable_axes(1))[0], n, d), scales()))
    jacobian = affine_jacobian(x, k)
    for at in np.ndindex(*x.shape[:-1]):
        for i, j in np.ndindex(k, k):
            own = i == j
            agree(jacobian.bias[(*at, i, j)], 1.0 if own else 0.0)
            agree(jacobian.weight[(*at, i, j)], x[at] if own else np.zeros(d))


@formula("F16")
@expensive
@given(st.data())
def test_gradient_is_the_incoming_gradient_times_the_jacobian(data: st.DataObject) -> None:
    """∂l/∂w_jk = Σ over examples and scores of g_i ∂a_i/∂w_jk, in exact fractions, and the same for b and x."""
    n, d, k = (data.draw(sizes(3)) for _ in range(3))
    x, weight, g = data.draw(arrays((n, d))), data.draw(arrays((k, d))), data.draw(arrays((n, k)))
    by = affine_gradient(x, weight, g)
    for j, m in np.ndindex(k, d):
        terms = [Fraction(g[e, j]) * Fraction(x[e, m]) for e in range(n)]
        agree(by.weight[j, m], np.asarray(sum(terms)), float((n + 1) * UNIT * sum(map(abs, terms))))
    for j in range(k):
        terms = [Fraction(g[e, j]) for e in range(n)]
        agree(by.bias[j], np.asarray(sum(terms)), float((n + 1) * UNIT * sum(map(abs, terms))))
    for e, m in np.ndindex(n, d):
        terms = [Fraction(g[e, j]) * Fraction(weight[j, m]) for j in range(k)]
        agree(by.x[e, m], np.asarray(sum(terms)), float((k + 1) * UNIT * sum(map(abs, terms))))


@formula("F13")
def test_bias_of_a_class_moves_its_own_score_alone() -> None:
    """On the slide's three classes and four inputs a unit more of b_j is a unit more of a_j, to the bit."""
    x = np.array([[1.0, -2.0, 0.5, 3.0]])
    weight = np.arange(12.0).reshape(3, 4) - 5
    for j in range(3):
        bias = np.array([0.5, -1.0, 2.0])
        moved = bias.copy()
        moved[j] += 1
        expected = affine(x, weight, bias)
        expected[0, j] += 1
        identical(affine(x, weight, moved), expected)
