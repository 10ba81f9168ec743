"""F03, F05, F06: the SGD step, plain and with the L2 penalty; the derived step descends the penalised loss."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradproof_reference as gr
from gradproof_reference import as_printed
from harness import agree, arrays, exact, expensive, formula, gamma, identical, scales, verify

Array = np.ndarray[Any, Any]

FINITE = st.floats(allow_nan=False, allow_infinity=False)
RATES = st.integers(0, 16).map(lambda k: k / 8)


@st.composite
def layers(draw: st.DrawFn, d_out: int = 2, d_in: int = 3) -> gr.Layer:
    """Draw a layer, or its gradient, at a scale of its own."""
    scale = draw(scales())
    return gr.Layer(draw(arrays((d_out, d_in), scale)), draw(arrays((d_out,), scale)))


def step_bound(before: Array, move: Array) -> Array:
    """Bound the rounding of before − move: two roundings of the move, one of the difference."""
    bound: Array = gamma(3) * np.abs(move).astype(float) + gamma(1) * np.abs(before)
    return bound


@formula("F03")
@given(layers(), layers(), scales())
@expensive
def test_a_step_subtracts_the_rate_times_the_gradient(
    layer: gr.Layer, gradient: gr.Layer, rate: float
) -> None:
    """Weights w − λ dl/dw and b − λ dl/db, each in rational arithmetic, whatever the containers."""
    tree = {"layers": [layer], "scale": (layer.bias,)}
    after: Any = gr.sgd_step(tree, {"layers": [gradient], "scale": [gradient.bias]}, rate)
    got, before, slopes = (
        [*after["layers"][0], after["scale"][0]],
        [*layer, layer.bias],
        [*gradient, gradient.bias],
    )
    for new, old, slope in zip(got, before, slopes, strict=True):
        move = Fraction(rate) * exact(slope)
        agree(new, exact(old) - move, step_bound(old, move))


@formula("F03")
@given(hnp.arrays(np.float64, (3,), elements=FINITE), hnp.arrays(np.float64, (3,), elements=FINITE))
def test_no_learning_rate_leaves_the_parameters_bit_identical(w: Array, g: Array) -> None:
    """λ = 0, at any finite parameters and gradients: the sign of a zero stays too."""
    identical(gr.sgd_step(w, g, 0.0), w)
    layer, gradient = gr.Layer(w[None], w[:1]), gr.Layer(g[None], g[:1])
    # Where even the penalty 2αw overflows, 0 · inf is no number; halves of it do not.
    after = gr.sgd_l2_step(layer, gr.Layer(gradient.weight / 4, gradient.bias), 0.0, 0.25)
    identical(after.weight, layer.weight)
    identical(after.bias, layer.bias)


@formula("F03")
@given(st.integers(-4, 4), st.integers(-64, 64), st.integers(-64, 64), st.integers(0, 32))
def test_a_step_on_a_quadratic_is_its_closed_form(log_h: int, center: int, start: int, eighths: int) -> None:
    """On ½ h (w − c)² the distance to c shrinks by 1 − λh; λ = 1/h arrives. Numbers of few bits: exactly."""
    h, rate = 2.0**log_h, eighths / 8
    gradient = h * (np.array([float(start)]) - center)
    after = gr.sgd_step(np.array([float(start)]), gradient, rate)
    agree(after, [center + (1 - Fraction(rate) * Fraction(h)) * (start - center)])
    agree(gr.sgd_step(np.array([float(start)]), gradient, 1 / h), [float(center)])


@formula("F03", "F05", "F06")
@given(layers(), layers(), RATES, RATES)
@expensive
def test_a_step_leaves_its_arguments_alone(
    layer: gr.Layer, gradient: gr.Layer, rate: float, alpha: float
) -> None:
    """New arrays come back; the old ones keep every bit."""
    before = [array.copy() for array in (*layer, *gradient)]
    after = [*gr.sgd_step(layer, gradient, rate), *gr.sgd_l2_step(layer, gradient, rate, alpha)]
    for array, copy in zip((*layer, *gradient), before, strict=True):
        identical(array, copy)
        assert not any(np.shares_memory(array, new) for new in after)


@st.composite
def classifiers(draw: st.DrawFn) -> tuple[gr.Layer, Array, Array]:
    """Draw a linear classifier with its data."""
    x = draw(arrays((3, 3), scales(-3, 3)))
    layer = gr.Layer(draw(arrays((2, 3), scales(-3, 3))), draw(arrays((2,))))
    return layer, x, draw(hnp.arrays(np.int64, (3,), elements=st.integers(0, 1)))


# The gradient that a step used is (w − w′)/λ; with λ this large w does not count, and nothing cancels.
HUGE = 2.0**500


def used_gradient(before: gr.Layer, after: gr.Layer, rate: float) -> gr.Layer:
    """Recover the gradient from a step."""
    return gr.Layer(*((old - new) / rate for old, new in zip(before, after, strict=True)))


@formula("F03", "F05", "F06")
@given(classifiers(), st.integers(0, 16).map(lambda k: k / 8))
@expensive
def test_the_derived_step_descends_the_penalised_loss(
    problem: tuple[gr.Layer, Array, Array], alpha: float
) -> None:
    """The step's own gradient is the numerical one of loss + α Σ w², b without a penalty; at α = 0 of the loss."""
    layer, x, labels = problem

    def loss(layer: gr.Layer) -> Any:
        return gr.linear_softmax_loss(*layer, x, labels) + alpha * np.sum(layer.weight * layer.weight)

    def gradient(layer: gr.Layer) -> gr.Layer:
        plain = gr.linear_softmax_gradient(*layer, x, labels)
        return used_gradient(layer, gr.sgd_l2_step(layer, plain, HUGE, alpha), HUGE)

    verify(loss, gradient, layer)


@formula("F05", "F06")
@given(layers(), layers(), scales(), scales(-8, 0))
@expensive
def test_the_derived_step_is_the_formula(
    layer: gr.Layer, gradient: gr.Layer, rate: float, alpha: float
) -> None:
    """Weights w − λ(dl/dw + 2αw) and b − λ dl/db in rational arithmetic.

    The penalty's gradient rounds once, its sum with dl/dw once, then as a plain step.
    """
    after = gr.sgd_l2_step(layer, gradient, rate, alpha)
    penalty = 2 * Fraction(alpha) * exact(layer.weight)
    move = Fraction(rate) * (exact(gradient.weight) + penalty)
    size = rate * (np.abs(gradient.weight) + np.abs(penalty).astype(float))
    agree(after.weight, exact(layer.weight) - move, step_bound(layer.weight, size) + gamma(2) * size)
    agree(
        after.bias,
        exact(layer.bias) - Fraction(rate) * exact(gradient.bias),
        step_bound(layer.bias, rate * gradient.bias),
    )


@formula("F05", "F06")
@given(layers(), layers(), RATES)
@expensive
def test_without_a_penalty_it_is_the_plain_step(layer: gr.Layer, gradient: gr.Layer, rate: float) -> None:
    """α = 0 gives the values of F03."""
    for got, expected in zip(
        gr.sgd_l2_step(layer, gradient, rate, 0.0), gr.sgd_step(layer, gradient, rate), strict=True
    ):
        agree(got, expected)


# Ridge regression with a free intercept: ½ Σ (w·x + b − t)² + α |w|².
INPUTS = np.array([[1.0, 0.5], [-0.5, 1.0], [0.25, -1.0], [-1.0, 0.25]])
TARGETS = np.array([1.5, -0.25, 0.75, 2.0])


def ridge(alpha: Fraction) -> Array:
    """Return the exact minimiser (w, b), from the 3 × 3 normal equations by Cramer's rule."""
    phi = np.concatenate([exact(INPUTS), exact(np.ones((4, 1)))], axis=1)
    gram = phi.T @ phi + 2 * alpha * np.diag([Fraction(1), Fraction(1), Fraction(0)])
    right = phi.T @ exact(TARGETS)

    def determinant(m: Array) -> Any:
        return np.dot(m[0], np.cross(m[1], m[2]))

    replaced = [np.where(np.arange(3) == j, right[:, None], gram) for j in range(3)]
    return np.array([determinant(m) / determinant(gram) for m in replaced])


def descend(step: Any, alpha: float, rate: float = 0.25, steps: int = 400) -> Array:
    """Run a step on the full data from zero, and return (w, b)."""
    layer = gr.Layer(np.zeros((1, 2)), np.zeros(1))
    for _ in range(steps):
        error = gr.affine(INPUTS, *layer)[:, 0] - TARGETS
        layer = step(layer, gr.Layer(error[None] @ INPUTS, error.sum(keepdims=True)), rate, alpha)
    return np.append(layer.weight[0], layer.bias)


def descent_bound(alpha: float, rate: float = 0.25, steps: int = 400) -> float:
    """Bound what 400 steps from zero leave of the distance to the ridge solution, plus rounding.

    The error shrinks by the largest |1 − λh| over the eigenvalues h of the penalised Gram matrix. A step adds at most
    γ of 12 roundings, relative to sums below 16, and the sum of a geometric series of those stays.
    """
    phi = np.concatenate([INPUTS, np.ones((4, 1))], axis=1)
    h = np.linalg.eigvalsh(phi.T @ phi + 2 * alpha * np.diag([1, 1, 0]))
    shrink = float(np.max(np.abs(1 - rate * h)))
    return float(shrink**steps * 4 + gamma(12) * 16 / (1 - shrink))


def printed_step(layer: gr.Layer, gradient: gr.Layer, rate: float, alpha: float) -> gr.Layer:
    """Step with the weights as printed, and the bias as derived."""
    weight = as_printed.sgd_l2_weight_step(layer.weight, gradient.weight, rate, alpha)
    return gr.Layer(weight, gr.sgd_step(layer.bias, gradient.bias, rate))


@formula("F05", "F06")
@pytest.mark.parametrize("alpha", [0.0, 0.125, 0.5, 1.0])
def test_descent_converges_to_the_ridge_solution(alpha: float) -> None:
    """(XᵀX + 2αI)⁻¹ Xᵀt with a free intercept, for the α of the penalty."""
    agree(descend(gr.sgd_l2_step, alpha), ridge(Fraction(alpha)), descent_bound(alpha))


@formula("F05")
@pytest.mark.parametrize("alpha", [0.125, 0.5, 1.0])
def test_the_printed_step_converges_to_the_solution_of_half_the_strength(alpha: float) -> None:
    """λαw for λ·2αw solves the ridge problem of α/2, and misses that of α."""
    found = descend(printed_step, alpha)
    agree(found, ridge(Fraction(alpha) / 2), descent_bound(alpha / 2))
    with pytest.raises(AssertionError, match="must lie within"):
        agree(found, ridge(Fraction(alpha)), descent_bound(alpha))


@formula("F03", "F05", "F06")
@pytest.mark.parametrize(
    "step",
    [
        printed_step,
        lambda layer, g, rate, alpha: gr.sgd_l2_step(layer, gr.Layer(-g.weight, g.bias), rate, alpha),
        lambda layer, g, rate, alpha: gr.sgd_l2_step(layer, gr.Layer(g.weight / 3, g.bias / 3), rate, alpha),
        lambda layer, g, rate, alpha: gr.sgd_l2_step(layer, g, rate, alpha)._replace(
            bias=as_printed.sgd_l2_bias_step(layer.bias, g.bias, layer.weight[0, 0], rate, alpha)
        ),
    ],
    ids=["printed weights", "sign", "missing sum", "printed bias"],
)
def test_planted_steps_are_rejected(step: Any) -> None:
    """Steps that do not descend the penalised loss: as printed, up the loss, by its mean, with the weights off the bias."""
    x, labels = np.array([[1.0, 0.5], [0.25, -1.0], [2.0, 1.0]]), np.array([0, 1, 1])
    layer = gr.Layer(np.array([[1.0, -0.5], [0.5, 2.0]]), np.array([0.5, -0.25]))

    def loss(layer: gr.Layer) -> Any:
        return gr.linear_softmax_loss(*layer, x, labels) + 0.5 * np.sum(layer.weight * layer.weight)

    def gradient(layer: gr.Layer) -> gr.Layer:
        plain = gr.linear_softmax_gradient(*layer, x, labels)
        return used_gradient(layer, step(layer, plain, HUGE, 0.5), HUGE)

    with pytest.raises(AssertionError, match="fail"):
        verify(loss, gradient, layer)


@formula("F03")
def test_a_step_that_flips_the_sign_of_zero_is_rejected() -> None:
    """Adding 0 · g makes +0 of −0: `identical` sees it."""
    with pytest.raises(AssertionError, match="bits"):
        identical(np.array([-0.0]) + 0.0 * np.array([1.0]), np.array([-0.0]))
