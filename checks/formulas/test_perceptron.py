"""The perceptron: F20."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradproof as gp
from gradproof_reference import perceptron, perceptron_gradient
from harness import Array, agree, arrays, expensive, formula, leading_axes, sizes, verify


@st.composite
def units(draw: st.DrawFn) -> tuple[Array, Array, Array]:
    """Weights, biases and inputs of small integers (every sum is exact), with the scores' sign on the bias."""
    n, d, leading = draw(sizes(4)), draw(sizes(4)), draw(leading_axes())
    integers = st.integers(-4, 4)
    return (
        draw(hnp.arrays(np.float64, (*leading, d), elements=integers)),
        draw(hnp.arrays(np.float64, leading, elements=integers)),
        draw(hnp.arrays(np.float64, (*leading, n, d), elements=integers)),
    )


@formula("F20")
@expensive
@given(units())
def test_output_is_1_for_a_positive_score_only(unit: tuple[Array, Array, Array]) -> None:
    """f(x) = 1 if Σ_{i=1}^n w_i x_i + b > 0 else 0, in exact fractions: 0 on the boundary itself."""
    weight, bias, x = unit
    outputs = perceptron(weight, bias, x)
    for at in np.ndindex(*x.shape[:-1]):
        score = Fraction(float(bias[at[:-1]]))
        for i in range(x.shape[-1]):
            score += Fraction(weight[(*at[:-1], i)]) * Fraction(x[(*at, i)])
        agree(outputs[at], 1.0 if score > 0 else 0.0)


@formula("F20")
def test_output_on_the_boundary_is_0() -> None:
    """At a score of 0 the slide's strict inequality gives 0; one rounding above it gives 1."""
    agree(perceptron(np.array([1.0, -1.0]), np.array(0.0), np.array([[3.0, 3.0]])), np.array([0.0]))
    above = np.nextafter(3.0, 4.0)
    agree(perceptron(np.array([1.0, -1.0]), np.array(0.0), np.array([[above, 3.0]])), np.array([1.0]))


@formula("F20")
def test_perceptron_computes_the_logical_and() -> None:
    """With weights 1 and threshold 1.5 it is 1 for (1, 1) alone."""
    bits = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    agree(perceptron(np.ones(2), np.array(-1.5), bits), np.array([0.0, 0.0, 0.0, 1.0]))


@formula("F20")
@expensive
@given(units(), st.sampled_from([1.0, 1e-8, 1e8]), st.data())
def test_gradient_is_0_off_the_boundary(
    unit: tuple[Array, Array, Array], scale: float, data: st.DataObject
) -> None:
    """Half a unit more of bias keeps every score off 0: the gradient is 0, and the derivative too."""
    weight, bias, x = unit
    bias = (bias + 0.5) * scale
    x = x * scale
    incoming = data.draw(arrays(x.shape[:-1]))
    verify(
        lambda weight, bias: np.sum(incoming * perceptron(weight, bias, x)),
        lambda weight, bias: tuple(perceptron_gradient(weight, bias, x, incoming)),
        weight,
        bias,
    )


@formula("F20")
@given(units())
def test_gradient_is_undefined_on_the_boundary_alone(unit: tuple[Array, Array, Array]) -> None:
    """By bias it is NaN where an example's score is 0, and 0 where none is."""
    weight, bias, x = unit
    gradient = perceptron_gradient(weight, bias, x, np.ones(x.shape[:-1]))
    scores = np.einsum("...i,...ni->...n", weight, x) + bias[..., None]  # small integers: exact
    on_boundary = (scores == 0).any(axis=-1)
    np.testing.assert_array_equal(np.isnan(gradient.bias), on_boundary)
    np.testing.assert_array_equal(gradient.bias[~on_boundary], 0.0)


@formula("F20")
@pytest.mark.parametrize("claimed", [0.0, 1.0, np.nan])
def test_no_gradient_passes_on_the_boundary(claimed: float) -> None:
    """The output jumps there: the checker says so of any finite value, and refuses a NaN."""
    report = gp.examine_gradient(
        lambda bias: perceptron(np.ones(2), bias, np.array([[1.0, -1.0]]))[0],
        lambda _: np.array(claimed),
        np.array(0.0),
    )
    assert not report.passed
    assert ("jump" in report.reason) == np.isfinite(claimed)
