"""F04: the penalty α Σ w² and its gradient 2αw; biases are not penalised."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradproof_reference as gr
from harness import (
    agree,
    arrays,
    broadcastable_axes,
    exact,
    expensive,
    formula,
    gamma,
    scales,
    summed_to,
    verify,
)

Array = np.ndarray[Any, Any]


@st.composite
def penalties(draw: st.DrawFn, *, stacked: bool = True) -> tuple[Array, Array]:
    """Draw weights and strengths whose leading axes broadcast, at scales of their own."""
    axes = draw(broadcastable_axes(2)) if stacked else ((), ())
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    return draw(arrays((*axes[0], *shape), scales())), np.abs(draw(arrays(axes[1], scales())))


@formula("F04")
@given(penalties())
@expensive
def test_the_gradient_is_that_of_the_penalty(penalty: tuple[Array, Array]) -> None:
    """Numerical derivatives by the weights, of the penalties summed over a stack."""
    w, alpha = penalty
    verify(
        lambda w: np.sum(gr.l2_penalty(w, alpha)),
        lambda w: summed_to(gr.l2_penalty_gradient(w, alpha), w.shape),
        w,
    )
    verify(
        lambda w: np.sum(gr.l2_penalty(w, alpha)) + 1e8,
        lambda w: summed_to(gr.l2_penalty_gradient(w, alpha), w.shape),
        w,
    )


@formula("F04")
@given(penalties(stacked=False))
def test_penalty_and_gradient_equal_the_exact_sums(penalty: tuple[Array, Array]) -> None:
    """α Σ w² and 2αw in rational arithmetic: two roundings a term, and one less than terms in their sum."""
    w, alpha = penalty
    squares = exact(alpha).item() * np.sum(exact(w) ** 2)
    agree(gr.l2_penalty(w, alpha), squares, gamma(w.size + 1) * float(squares))
    slopes = 2 * exact(alpha).item() * exact(w)
    agree(gr.l2_penalty_gradient(w, alpha), slopes, gamma(1) * np.abs(slopes).astype(float))


@formula("F04")
@given(st.data())
def test_the_weights_of_one_model_are_the_trailing_axes(data: st.DataObject) -> None:
    """`weight_ndim` says how many; the others stack models, each with a penalty of its own."""
    w = data.draw(arrays((2, 1, 3)))
    alpha = 0.5  # a power of two: α w² and the sums of a few numbers of 11 bits are exact
    for ndim in range(4):
        expected = alpha * np.sum(exact(w) ** 2, axis=tuple(range(3 - ndim, 3)))
        agree(gr.l2_penalty(w, alpha, weight_ndim=ndim), expected)
        agree(gr.l2_penalty_gradient(w, alpha, weight_ndim=ndim), w)


@formula("F04")
@given(arrays((2, 3)), arrays((2,)), arrays((3, 3)), st.integers(1, 64).map(lambda k: k / 8))
@expensive
def test_the_bias_of_a_layer_is_not_penalised(w: Array, b: Array, x: Array, alpha: float) -> None:
    """The penalised loss minus the loss is α Σ w² whatever b is, and the bias gradients are the same with and without.

    Both losses are at most 3 (log 2 + 28), the penalty at most 8·24: the difference rounds at that size.
    """
    layers, labels = [gr.Layer(w, b)], np.array([0, 1, 0])
    penalty = alpha * float(np.sum(exact(w) ** 2))
    plain, penalised = gr.mlp_loss(layers, x, labels), gr.mlp_loss(layers, x, labels, l2_strength=alpha)
    agree(penalised - plain, penalty, gamma(4) * (float(plain) + penalty) + gamma(7) * penalty)
    agree(
        gr.mlp_gradient(layers, x, labels, l2_strength=alpha)[0].bias,
        gr.mlp_gradient(layers, x, labels)[0].bias,
    )


@formula("F04")
@given(arrays((2, 3), scales()))
def test_no_strength_is_no_penalty(w: Array) -> None:
    """With α = 0 penalty and gradient are 0."""
    agree(gr.l2_penalty(w, 0.0), 0.0)
    agree(gr.l2_penalty_gradient(w, 0.0), np.zeros((2, 3)))


@formula("F04")
@pytest.mark.parametrize("factor", [0.5, 2.0, -1.0, 1 / 6, 1 + 1e-6])
def test_planted_gradients_are_rejected(factor: float) -> None:
    """αw (of the penalty with ½), 4αw, the sign, a mean over the weights, and 1e-6 off."""
    w = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])
    with pytest.raises(AssertionError, match="fail"):
        verify(lambda w: gr.l2_penalty(w, 0.1), lambda w: factor * gr.l2_penalty_gradient(w, 0.1), w)


@formula("F04")
def test_a_penalised_bias_is_rejected() -> None:
    """A gradient with 2αb in it is not that of the penalised loss."""
    layer = gr.Layer(np.array([[1.0, -2.0], [0.5, 0.25]]), np.array([1.0, -1.0]))
    x, labels = np.array([[1.0, 0.5]]), np.array([1])

    def wrong(layer: gr.Layer) -> gr.Layer:
        (right,) = gr.mlp_gradient([layer], x, labels, l2_strength=0.1)
        return right._replace(bias=right.bias + gr.l2_penalty_gradient(layer.bias, 0.1, weight_ndim=1))

    with pytest.raises(AssertionError, match="fail"):
        verify(lambda layer: gr.mlp_loss([layer], x, labels, l2_strength=0.1), wrong, layer)
