"""F10: on a quadratic momentum converges iff 0 < λh < 2 + 2τ, and its best rate depends on √κ."""

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import gradproof_reference as gr
from harness import EPS, agree, exact, expensive, formula, gamma, scales, verify

Array = np.ndarray[Any, Any]

STEPS = st.integers(-8, 40).map(lambda k: k / 8)  # λh
MOMENTA = st.integers(0, 15).map(lambda k: k / 16)
SQUARES = st.integers(1, 1000)  # √κ


def iteration_matrix(rate: float, h: float, tau: float) -> Array:
    """Return the map of (v, w) that one step v ← τv + hw, w ← w − λv is."""
    return np.array([[tau, h], [-rate * tau, 1 - rate * h]])


def radius(step: float, tau: float) -> Any:
    """Return the spectral radius of the iteration matrix at 50 digits, of λh and τ alone (take λ = 1, h = λh)."""
    with mpmath.workdps(50):
        matrix = mpmath.matrix(
            [[mpmath.mpf(tau), mpmath.mpf(step)], [-mpmath.mpf(tau), 1 - mpmath.mpf(step)]]
        )
        return max(abs(value) for value in mpmath.eig(matrix, left=False, right=False))


def rate_bound(step: float, tau: float) -> float:
    """Bound the rounding of the closed form (|1 + τ − λh| + √L √U)/2 with L, U = (1 ∓ √τ)² − λh.

    √τ ≤ 1 rounds once, the square of 1 ± √τ ≤ 2 makes that six roundings of at most 4, and λh and the difference
    two more. A root turns an error δ of L into δ/√|L|, and into √δ at most.
    """
    low, high = (1 - tau**0.5) ** 2 - step, (1 + tau**0.5) ** 2 - step
    delta = float(gamma(8)) * (4 + abs(step))
    r, s = float(abs(low) ** 0.5), float(abs(high) ** 0.5)
    of_r, of_s = (delta / max(root, delta**0.5) + EPS * root for root in (r, s))
    product = r * of_s + s * of_r + of_r * of_s
    return float(delta + product) / 2 + 2 * EPS * (abs(1 + tau - step) + r * s + 1)


@formula("F10")
@given(STEPS, MOMENTA, st.integers(-3, 3).map(lambda k: 2.0**k))
def test_the_rate_is_the_spectral_radius(step: float, tau: float, rate: float) -> None:
    """Against the eigenvalues of the 2 × 2 iteration matrix at 50 digits, for every sign of h."""
    agree(gr.convergence_rate(rate, step / rate, tau), radius(step, tau), rate_bound(step, tau))


@formula("F10")
@given(MOMENTA, st.integers(-3, 3).map(lambda k: 2.0**k))
def test_on_the_boundary_it_does_not_converge(tau: float, rate: float) -> None:
    """λh = 0 and λh = 2 + 2τ make 1 and −1 eigenvalues: roots of z² − (1 + τ − λh) z + τ, here without rounding."""
    for step, root in ((0.0, 1.0), (2 + 2 * tau, -1.0)):
        agree(root * root - (1 + tau - step) * root + tau, 0.0)
        assert not gr.momentum_converges(rate, step / rate, tau)
    assert gr.momentum_converges(rate, np.nextafter(2 + 2 * tau, 0) / rate, tau)


@formula("F10")
@given(STEPS, MOMENTA, st.integers(-3, 3).map(lambda k: 2.0**k))
def test_it_converges_where_the_spectral_radius_is_below_one(step: float, tau: float, rate: float) -> None:
    """0 < λh < 2 + 2τ is where both eigenvalues lie inside the unit circle (numpy.linalg.eigvals).

    On the boundary itself one is ±1 exactly, which the eigenvalue solver cannot tell: there the answer is no. Off it
    λh is 1/8 away or more, and the radius at least 1/64 off 1, far above the solver's √eps.
    """
    converges = bool(gr.momentum_converges(rate, step / rate, tau))
    if step in {0.0, 2 + 2 * tau}:
        assert not converges
        return
    eigenvalues = np.linalg.eigvals(iteration_matrix(rate, step / rate, tau))
    largest = float(np.max(np.abs(eigenvalues)))
    assert abs(largest - 1) > 1e-3
    agree(converges, largest < 1)


@formula("F10")
@given(st.lists(st.integers(-2, 40).map(lambda k: k / 8), min_size=1, max_size=4), MOMENTA)
def test_the_slowest_eigenvalue_decides(curvatures: list[float], tau: float) -> None:
    """Of several eigenvalues h all must converge, and the rate is the largest."""
    agree(
        gr.momentum_converges(0.5, curvatures, tau),
        all(gr.momentum_converges(0.5, h, tau) for h in curvatures),
    )
    agree(
        gr.convergence_rate(0.5, curvatures, tau),
        max(float(gr.convergence_rate(0.5, h, tau)) for h in curvatures),
    )


def run(steps: Array, tau: Array, count: int) -> Array:
    """Run momentum on ½ h w² with λ = 1 and h = λh, a stack of models, from (v, w) = (1, 0) and (0, 1).

    Returns the iteration matrices' powers, shape (..., 2, 2): columns are starts.
    """
    v = np.broadcast_to(np.array([1.0, 0.0]), (*steps.shape, 2))
    w = np.broadcast_to(np.array([0.0, 1.0]), (*steps.shape, 2))
    h = steps[:, None]
    for _ in range(count):
        w, v = gr.momentum_step(w, v, h * w, np.ones_like(steps), tau)
    return np.stack([v, w], axis=-2)


@formula("F10")
def test_running_it_converges_inside_the_boundary_and_diverges_outside() -> None:
    """400 steps at 2 % on either side of 0 and of 2 + 2τ shrink, or grow, a hundredfold, and as fast as the rate says.

    For a 2 × 2 matrix ρᵗ ≤ ‖Aᵗ‖ ≤ ρᵗ + t ρᵗ⁻¹ ‖A‖ (its Schur form), hence the bound on log ‖Aᵗ‖/t.
    """
    count = 400
    grids = np.meshgrid([-0.02, 0.02, 0.4, 0.98, 1.02], [0.0, 0.3, 0.6, 0.9])
    share, tau = (grid.ravel() for grid in grids)
    steps = share * (2 + 2 * tau)
    sizes = np.linalg.norm(run(steps, tau, count), ord=2, axis=(-2, -1))
    inside = (share > 0) & (share < 1)
    agree(gr.momentum_converges(1.0, steps[:, None], tau), inside)
    assert np.all(sizes[inside] < 0.01)
    assert np.all(sizes[~inside] > 100)
    rates = gr.convergence_rate(1.0, steps[:, None], tau)
    norms = np.array([np.linalg.norm(iteration_matrix(1.0, h, t)) for h, t in zip(steps, tau, strict=True)])
    agree(np.log(sizes) / count, np.log(rates), np.log1p(count * norms / rates) / count)


@formula("F10")
@given(SQUARES, scales())
def test_the_optimum_is_gohs(root: int, smallest: float) -> None:
    """τ* = ((√κ − 1)/(√κ + 1))², λ* = (2/(√h₁ + √hₙ))², rates (√κ − 1)/(√κ + 1) and (κ − 1)/(κ + 1), as fractions."""
    k = Fraction(root)
    kappa = float(root * root)
    rate = (k - 1) / (k + 1)
    agree(gr.optimal_momentum_rate(kappa), rate, gamma(5) * float(rate))
    agree(gr.optimal_momentum(kappa), rate**2, gamma(11) * float(rate) ** 2)
    plain = (k * k - 1) / (k * k + 1)
    agree(gr.optimal_gradient_descent_rate(kappa), plain, gamma(3) * float(plain))
    h1, hn = Fraction(smallest), Fraction(smallest * kappa)
    with mpmath.workdps(50):
        roots = mpmath.sqrt(mpmath.mpf(smallest)) + mpmath.sqrt(mpmath.mpf(smallest * kappa))
        best = (2 / roots) ** 2
    agree(gr.optimal_learning_rate(smallest, smallest * kappa), best, gamma(7) * float(best))
    for tau in (Fraction(0), Fraction(1, 2)):
        best = 2 * (1 + tau) / (h1 + hn)
        agree(gr.optimal_learning_rate(smallest, smallest * kappa, float(tau)), best, gamma(5) * float(best))


@formula("F10")
@given(SQUARES, st.integers(-8, 8).map(lambda k: 4.0**k))
def test_the_optimum_reaches_its_rate(root: int, smallest: float) -> None:
    """λ* and τ* give (√κ − 1)/(√κ + 1), whatever the scale of h; plain gradient descent (κ − 1)/(κ + 1).

    At the optimum the eigenvalues coincide, so that rounding enters by its root: √(12 u) of at most 2.
    """
    kappa = float(root * root)
    ends = smallest, smallest * kappa
    rate = Fraction(root - 1, root + 1)
    best = gr.convergence_rate(gr.optimal_learning_rate(*ends), ends, gr.optimal_momentum(kappa))
    agree(best, rate, 2 * gamma(12) ** 0.5)
    plain = Fraction(root * root - 1, root * root + 1)
    agree(gr.convergence_rate(gr.optimal_learning_rate(*ends, 0.0), ends), plain, gamma(8) * 2)


@formula("F10")
@given(st.integers(2, 100), st.floats(1e-3, 4), MOMENTA)
def test_no_other_choice_is_faster(root: int, share: float, tau: float) -> None:
    """No λ and τ beat the optimal pair, no λ beats 2(1 + τ)/(h₁ + hₙ) at its τ; up to rounding."""
    ends = 1.0, float(root * root)
    rate = share * float(gr.optimal_learning_rate(*ends))
    slack = 2 * gamma(12) ** 0.5
    other = gr.convergence_rate(rate, ends, tau)
    best_at_tau = gr.convergence_rate(gr.optimal_learning_rate(*ends, tau), ends, tau)
    for best in ((root - 1) / (root + 1), best_at_tau):
        agree(np.minimum(other - best, 0), 0, slack)


@formula("F10")
@given(st.integers(1, 64), st.integers(0, 8))
def test_the_rate_depends_on_the_product_of_rate_and_curvature_alone(eighths: int, doublings: int) -> None:
    """λ/2ᵏ and 2ᵏh converge like λ and h, to the bit: powers of two are exact."""
    h, factor = np.array([eighths / 8, 1.0]), 2.0**doublings
    agree(gr.convergence_rate(0.5 / factor, h * factor, 0.25), gr.convergence_rate(0.5, h, 0.25))


@formula("F10")
@given(st.lists(st.integers(1, 64).map(lambda k: k / 8), min_size=1, max_size=3), st.floats(-2, 2, width=16))
@expensive
def test_the_iteration_follows_the_gradient_of_the_quadratic(h: list[float], start: float) -> None:
    """The velocity from rest is the numerical derivative of ½ Σ h w²."""
    assume(abs(start) > 1e-3)
    curvature = np.array(h)
    verify(
        lambda w: np.sum(curvature * w * w) / 2,
        lambda w: gr.momentum_step(w, gr.zero_velocity(w), curvature * w, 0.5, 0.5)[1],
        start * np.arange(1.0, len(h) + 1),
    )


@formula("F10")
def test_planted_boundaries_and_rates_are_rejected() -> None:
    """Plain descent's boundary 2 with momentum, κ for √κ, and the rate √τ where the eigenvalues are real."""
    step, tau = 3.0, 0.75
    with pytest.raises(AssertionError, match="must lie within"):
        agree(0 < step < 2, np.max(np.abs(np.linalg.eigvals(iteration_matrix(1.0, step, tau)))) < 1)
    with pytest.raises(AssertionError, match="must lie within"):
        agree(gr.optimal_gradient_descent_rate(9.0), exact(0.5), gamma(5))
    with pytest.raises(AssertionError, match="must lie within"):
        agree(0.25**0.5, radius(3.0, 0.25), rate_bound(3.0, 0.25))
