"""F09: momentum accumulates gradients in a velocity; without it the step is SGD, under a constant gradient ten-fold."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradproof_reference as gr
from gradproof_reference import as_printed
from harness import (
    agree,
    arrays,
    exact,
    expensive,
    formula,
    gamma,
    identical,
    scales,
    sizes,
    summed_to,
    verify,
)

Array = np.ndarray[Any, Any]

# Below 1e154 no product of two overflows.
MODERATE = st.floats(-1e150, 1e150)
MOMENTA = st.integers(0, 7).map(lambda k: k / 8)


@st.composite
def layers(draw: st.DrawFn, d_out: int = 2, d_in: int = 3) -> gr.Layer:
    """Draw a layer, its velocity or its gradient, at a scale of its own."""
    scale = draw(scales())
    return gr.Layer(draw(arrays((d_out, d_in), scale)), draw(arrays((d_out,), scale)))


@formula("F09")
@given(
    hnp.arrays(np.float64, (2, 3), elements=MODERATE),
    hnp.arrays(np.float64, (2, 3), elements=MODERATE),
    hnp.arrays(np.float64, (2, 3), elements=MODERATE),
    st.floats(0, 1e150),
)
def test_without_momentum_it_is_sgd_bit_for_bit(w: Array, v: Array, g: Array, rate: float) -> None:
    """τ = 0 forgets the velocity, whatever it was: parameters as of F03, velocity the gradient."""
    layer, velocity, gradient = gr.Layer(w, w[:, 0]), gr.Layer(v, v[:, 0]), gr.Layer(g, g[:, 0])
    after, accumulated = gr.momentum_step(layer, velocity, gradient, rate, 0.0)
    for got, expected in zip(after, gr.sgd_step(layer, gradient, rate), strict=True):
        identical(got, expected)
    agree(accumulated.weight, g)
    after, _ = gr.momentum_l2_step(layer, velocity, gradient, rate, 0.0, 0.25)
    for got, expected in zip(after, gr.sgd_l2_step(layer, gradient, rate, 0.25), strict=True):
        identical(got, expected)


@formula("F09")
@given(layers(), layers(), layers(), st.integers(0, 16).map(lambda k: k / 8), MOMENTA, scales(-8, 0))
@expensive
def test_the_step_is_the_formula(
    layer: gr.Layer, velocity: gr.Layer, gradient: gr.Layer, rate: float, tau: float, alpha: float
) -> None:
    """V ← τv + dl/dw + 2αw, u ← τu + dl/db, then w ← w − λv and b ← b − λu, in rational arithmetic.

    The velocity rounds at most four times; the step twice more, and once in the difference.
    """
    after, accumulated = gr.momentum_l2_step(layer, velocity, gradient, rate, tau, alpha)
    strengths = Fraction(alpha), Fraction(0)  # the bias is not penalised
    for w, v, g, strength, new_w, new_v in zip(
        layer, velocity, gradient, strengths, after, accumulated, strict=True
    ):
        terms = [Fraction(tau) * exact(v), exact(g), 2 * strength * exact(w)]
        expected = terms[0] + terms[1] + terms[2]
        size = (abs(terms[0]) + abs(terms[1]) + abs(terms[2])).astype(float)
        agree(new_v, expected, gamma(4) * size)
        agree(new_w, exact(w) - Fraction(rate) * expected, gamma(7) * rate * size + gamma(1) * np.abs(w))


@formula("F09")
@given(
    hnp.arrays(np.int64, st.tuples(sizes(5), st.just(2)), elements=st.integers(-8, 8)),
    hnp.arrays(np.int64, (2,), elements=st.integers(-8, 8)),
    st.sampled_from([0.0, 0.25, 0.5, 0.75]),
    st.sampled_from([0.0, 0.25, 0.5, 1.0]),
)
def test_steps_unroll_to_geometric_sums(gradients: Array, start: Array, tau: float, rate: float) -> None:
    """Velocity v_t = Σ_s τ^{t−s} g_s from v₀ = 0, and w_t = w_0 − λ Σ v_s. Numbers of few bits: exactly."""
    w: Any = start.astype(float)
    v = gr.zero_velocity(w)
    velocities: list[Array] = []
    for t, gradient in enumerate(gradients.astype(float)):
        w, v = gr.momentum_step(w, v, gradient, rate, tau)
        powers = np.array([Fraction(tau) ** (t - s) for s in range(t + 1)], dtype=object)
        velocities.append(powers @ exact(gradients[: t + 1]))
        agree(v, velocities[-1])
        agree(w, exact(start) - Fraction(rate) * np.sum(velocities, axis=0))


@formula("F09")
@given(arrays((2,), scales()), st.sampled_from([0.0, 0.5, 0.9]))
@expensive
def test_a_constant_gradient_gives_the_velocity_g_over_one_minus_tau(g: Array, tau: float) -> None:
    """After k steps v = g (1 − τᵏ)/(1 − τ), a geometric sum that tends to g/(1 − τ): ten times g at τ = 0.9.

    A step rounds twice, relative to |v| ≤ |g|/(1 − τ), and hands on τ of its error: at most 1/(1 − τ) of that in all.
    """
    limit, steps = exact(g) / (1 - Fraction(tau)), 400  # 0.9⁴⁰⁰ = 5e-19
    v: Any = np.zeros(2)
    for _ in range(steps):
        _, v = gr.momentum_step(np.zeros(2), v, g, 0.0, tau)
    rounding = gamma(2) * np.abs(limit).astype(float) / (1 - tau)
    remaining = Fraction(tau) ** steps * limit
    agree(v, limit - remaining, rounding)
    agree(v, limit, np.abs(remaining).astype(float) + rounding)


@formula("F09")
def test_the_weighted_average_of_the_slide_is_rejected() -> None:
    """The weights τ and 1 do not average: v tends to 10 g at τ = 0.9, and an average would tend to g."""
    g = np.array([2.0, -1.0])
    v: Any = np.zeros(2)
    for _ in range(400):  # 0.9⁴⁰⁰ = 5e-19
        _, v = gr.momentum_step(np.zeros(2), v, g, 0.0, 0.9)
    agree(v, 10 * g, 10 * np.abs(g) * gamma(2 * 10))
    with pytest.raises(AssertionError, match="must lie within"):
        agree(v, g, 10 * np.abs(g) * gamma(2 * 10))


@formula("F09")
@given(
    st.integers(1, 2), arrays((2, 2)), arrays((2,)), arrays((3, 2)), st.integers(0, 16).map(lambda k: k / 8)
)
@expensive
def test_the_first_velocity_is_the_gradient_of_the_penalised_loss(
    copies: int, weight: Array, bias: Array, x: Array, alpha: float
) -> None:
    """From v₀ = 0 the velocity is the numerical derivative of loss + α Σ w², by w and by b; for a stack too."""
    labels = np.array([0, 1, 1])
    stack = np.arange(1.0, copies + 1)

    def loss(layer: gr.Layer) -> Any:
        plain = gr.linear_softmax_loss(*layer, x * stack[:, None, None], labels)
        return np.sum(plain) + copies * alpha * np.sum(layer.weight * layer.weight)

    def gradient(layer: gr.Layer) -> gr.Layer:
        plain = gr.linear_softmax_gradient(*layer, x * stack[:, None, None], labels)
        _, velocity = gr.momentum_l2_step(layer, gr.zero_velocity(layer), plain, 0.5, 0.9, alpha)
        return gr.Layer(*(summed_to(v, part.shape) for v, part in zip(velocity, layer, strict=True)))

    verify(loss, gradient, gr.Layer(weight, bias))


@formula("F09")
@given(layers())
@expensive
def test_the_velocity_starts_at_zero_in_the_structure_of_the_parameters(layer: gr.Layer) -> None:
    """v₀ = 0 for every array, in shape and dtype."""
    tree = {"layers": [layer, layer._replace(bias=layer.bias.astype(np.float32))], "scale": (layer.bias[0],)}
    velocity = gr.zero_velocity(tree)
    assert list(velocity) == ["layers", "scale"]
    identical(velocity["layers"][0].weight, np.zeros((2, 3)))
    identical(velocity["layers"][1].bias, np.zeros(2, np.float32))
    identical(velocity["scale"][0], np.float64(0.0))


@formula("F09")
@given(layers(), layers(), layers())
@expensive
def test_a_step_leaves_its_arguments_alone(layer: gr.Layer, velocity: gr.Layer, gradient: gr.Layer) -> None:
    """New arrays come back; the old ones keep every bit."""
    old = (*layer, *velocity, *gradient)
    copies = [array.copy() for array in old]
    after = [*gr.momentum_step(layer, velocity, gradient, 0.5, 0.5)]
    after += [*gr.momentum_l2_step(layer, velocity, gradient, 0.5, 0.5, 0.5)]
    for array, copy in zip(old, copies, strict=True):
        identical(array, copy)
        assert not any(np.shares_memory(array, new) for result in after for new in result)


@formula("F09")
@pytest.mark.parametrize(
    "velocity",
    [
        as_printed.momentum_velocity,
        lambda _v, g, w, _tau, alpha: g + 2 * alpha * w,
        lambda v, g, w, tau, alpha: tau * v + (1 - tau) * (g + 2 * alpha * w),
        lambda v, g, w, tau, alpha: tau * v - g - 2 * alpha * w,
    ],
    ids=["as printed", "forgetful", "average", "sign"],
)
def test_planted_velocities_are_rejected(velocity: Any) -> None:
    """αw for 2αw, a velocity that does not persist, weights τ and 1 − τ, and the wrong sign."""
    layer, gradient = (
        gr.Layer(np.array([[1.0, -2.0]]), np.ones(1)),
        gr.Layer(np.array([[0.5, 1.0]]), np.ones(1)),
    )
    before = gr.Layer(np.array([[3.0, -1.0]]), np.ones(1))
    _, after = gr.momentum_l2_step(layer, before, gradient, 0.5, 0.5, 0.25)
    wrong = velocity(before.weight, gradient.weight, layer.weight, 0.5, 0.25)
    with pytest.raises(AssertionError, match="must lie within"):
        agree(wrong, after.weight, gamma(4) * 6)
