"""The activation functions and their derivatives: F21."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradproof as gp
import slide_forms as slide
from gradproof_reference import (
    ACTIVATIONS,
    Activation,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    step,
    step_derivative,
    tanh,
    tanh_derivative,
)
from harness import Array, agree, arrays, formula, identical, leading_axes, scales, sizes, split, verify
from slide_forms import ELEMENTARY, UNIT, mp

ANY_FINITE = st.floats(allow_nan=False, allow_infinity=False)
PRE_ACTIVATION = st.one_of(ANY_FINITE, st.floats(-800, 800), st.floats(-2, 2))
NEAR = [0.0, 1e-9, 1e-6, 1e-3]
"""Distances from the kink."""


@formula("F21")
@pytest.mark.parametrize("name", ["step", "sigmoid", "tanh", "relu"])
@given(z=PRE_ACTIVATION)
def test_value_is_the_closed_form(name: str, z: float) -> None:
    """At 50 digits: relative rounding down to the smallest float, for any finite z, without a warning."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        value = ACTIVATIONS[name].function(np.array(z))
    expected = slide.ACTIVATIONS[name](slide.Computed(mp.mpf(z)))
    agree(value, np.asarray(expected.value), expected.error)


@formula("F21")
@pytest.mark.parametrize("name", ["step", "sigmoid", "tanh", "relu"])
@given(z=PRE_ACTIVATION.filter(bool))
def test_derivative_is_the_closed_form(name: str, z: float) -> None:
    """e^{−z}/(1 + e^{−z})², 1/cosh² z, 0 and [z > 0] at 50 digits, to relative rounding in both tails."""
    expected = slide.DERIVATIVES[name](slide.Computed(mp.mpf(z)))
    agree(ACTIVATIONS[name].derivative(np.array(z)), np.asarray(expected.value), expected.error)


@formula("F21")
@pytest.mark.parametrize("name", ["step", "sigmoid", "tanh", "relu"])
@split(4)
@given(data=st.data())
def test_derivative_is_the_derivative(name: str, data: st.DataObject) -> None:
    """Σ c σ(z) has the gradient c σ′(z) at scales from 1e-8 to 1e8, shifted by 1e8, off the kinks."""
    z = data.draw(arrays((*data.draw(leading_axes(1)), data.draw(sizes(3))), scales()))
    z = off_kinks_and_underflow(z)
    coefficients = data.draw(arrays(z.shape).filter(np.all))
    shift = data.draw(st.sampled_from([0.0, 1e8]))
    if shift:
        # A derivative below the rounding of the shifted value cannot be seen where nothing else varies.
        z = np.clip(z, -4, 4)
    activation = ACTIVATIONS[name]
    verify(
        lambda z: np.sum(coefficients * activation.function(z)) + shift,
        lambda z: coefficients * activation.derivative(z),
        z,
    )


def off_kinks_and_underflow(z: Array) -> Array:
    """Move zeros off 0, and what saturates to a derivative near the smallest float on to one of 0."""
    largest = float(np.max(np.abs(z))) or 1.0
    z = np.where(np.abs(z) < 1e-3 * largest, 0.5 * largest, z)
    return np.where((np.abs(z) > 150) & (np.abs(z) < 800), np.copysign(800.0, z), z)


@formula("F21")
def test_saturation_is_exact() -> None:
    """Far out every activation is its limit, to the bit, and so is its derivative."""
    far = np.array([-1e308, -800.0, 800.0, 1e308])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        identical(sigmoid(far), np.array([0.0, 0.0, 1.0, 1.0]))
        identical(tanh(far), np.array([-1.0, -1.0, 1.0, 1.0]))
        identical(step(far), np.array([0.0, 0.0, 1.0, 1.0]))
        identical(relu(far), np.array([0.0, 0.0, 800.0, 1e308]))
        identical(sigmoid_derivative(far), np.zeros(4))
        identical(tanh_derivative(far), np.zeros(4))
        identical(relu_derivative(far), np.array([0.0, 0.0, 1.0, 1.0]))
        identical(step_derivative(far), np.zeros(4))


@formula("F21")
@given(PRE_ACTIVATION)
def test_sigmoid_is_symmetric_about_a_half(z: float) -> None:
    """σ(z) + σ(−z) = 1 within the rounding of both, and σ′ is even, to the bit."""
    total = mp.mpf(float(sigmoid(np.array(z)))) + mp.mpf(float(sigmoid(np.array(-z))))
    agree(np.asarray(total), np.asarray(mp.mpf(1)), (ELEMENTARY + 4) * UNIT)
    identical(sigmoid_derivative(np.array(z)), sigmoid_derivative(np.array(-z)))


@formula("F21")
def test_conventions_at_0() -> None:
    """Step is 0 and has no derivative; ReLU's derivative is the stated 0; the smooth ones have σ′ = 1/4 and 1."""
    identical(step(np.array(0.0)), np.array(0.0))
    assert np.isnan(step_derivative(np.array(0.0)))
    identical(relu_derivative(np.array(0.0)), np.array(0.0))
    identical(sigmoid_derivative(np.array(0.0)), np.array(0.25))
    identical(tanh_derivative(np.array(0.0)), np.array(1.0))


@formula("F21")
@pytest.mark.parametrize("distance", NEAR)
@pytest.mark.parametrize("side", [-1.0, 1.0])
@split(8)
@given(data=st.data())
def test_relu_derivative_at_and_near_the_kink(distance: float, side: float, data: st.DataObject) -> None:
    """At distance 0, 1e-9 to 1e-3 of the kink, one entry among others, the stated derivative passes."""
    others = off_kinks_and_underflow(data.draw(arrays((2,))))
    z = np.array([side * distance, *others])
    coefficients = data.draw(arrays((3,)).filter(np.all))
    report = verify(lambda z: np.sum(coefficients * relu(z)), lambda z: coefficients * relu_derivative(z), z)
    assert report.verdict == "nondifferentiable" or distance > 0


@formula("F21")
@pytest.mark.parametrize("distance", NEAR)
@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_relu_derivative_near_the_kink_is_never_refuted_under_a_shift(distance: float, side: float) -> None:
    """With 1e8 added the slope that near to the kink may be out of sight, but nothing right is failed."""
    z = np.array([side * distance, 0.75])
    report = gp.examine_gradient(lambda z: np.sum(relu(z)) + 1e8, relu_derivative, z, seed=0)
    assert report.verdict != "fail"


@formula("F21")
@split(1)
@given(st.floats(0, 1))
def test_any_subgradient_of_relu_at_0_is_accepted(subgradient: float) -> None:
    """Every value in [0, 1], and the verdict says that there is no derivative."""
    report = verify(relu, lambda _: np.array(subgradient), np.array(0.0))
    assert report.verdict == "nondifferentiable"


@formula("F21")
@pytest.mark.parametrize("claimed", [1.5, -0.5, 1.001, -0.001])
def test_no_other_value_of_relu_at_0_is_accepted(claimed: float) -> None:
    """Outside [0, 1] it is a failure, and the kink is named."""
    report = gp.examine_gradient(relu, lambda _: np.array(claimed), np.array(0.0), seed=0)
    assert report.verdict == "fail"
    assert "kink" in report.reason


@formula("F21")
@pytest.mark.parametrize("claimed", [0.0, 1.0])
def test_step_at_0_is_named_a_jump(claimed: float) -> None:
    """No value is right there: not passed, not failed, and the reason names the jump."""
    report = gp.examine_gradient(step, lambda _: np.array(claimed), np.array(0.0), seed=0)
    assert report.verdict == "nondifferentiable"
    assert not report.passed
    assert "jump" in report.reason


@formula("F21")
def test_activations_are_named_as_on_the_slide() -> None:
    """Step, Sigmoid, Tanh and ReLU, each under its own name with its own function."""
    expected = {
        "step": (step, step_derivative),
        "sigmoid": (sigmoid, sigmoid_derivative),
        "tanh": (tanh, tanh_derivative),
        "relu": (relu, relu_derivative),
    }
    assert {name: Activation(name, *pair) for name, pair in expected.items()} == ACTIVATIONS
