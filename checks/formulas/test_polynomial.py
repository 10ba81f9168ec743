"""F01: the polynomial model, its squared error and gradient, and the fit that interpolates at degree 9."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradproof_reference as gr
from harness import (
    EPS,
    agree,
    arrays,
    broadcastable_axes,
    exact,
    expensive,
    formula,
    gamma,
    numbers,
    scales,
    sizes,
    summed_to,
    verify,
)

Array = np.ndarray[Any, Any]

# Bishop's ten points: sin(2πx) at x = k/9, with Gaussian noise of standard deviation 0.3.
X = np.arange(10) / 9
T = np.array(
    [0.349486, 0.830839, 1.007332, 0.971507, 0.133066, 0.166823, -0.848307, -0.445686, -0.563567, 0.261502]
)


@st.composite
def problems(draw: st.DrawFn, *, stacked: bool = True) -> tuple[Array, Array, Array]:
    """Draw coefficients, inputs and targets whose leading axes broadcast, at scales of their own."""
    axes = draw(broadcastable_axes(3)) if stacked else ((), (), ())
    n, degree = draw(sizes()), draw(st.integers(0, 4))
    w = draw(arrays((*axes[0], degree + 1), scales()))
    x = draw(arrays((*axes[1], n), scales(-2, 2)))
    return w, x, draw(arrays((*axes[2], n), scales()))


def powers(x: Array, degree: int) -> Array:
    """Return the exact Vandermonde matrix."""
    return np.array([[value**j for j in range(degree + 1)] for value in exact(x)])


def residuals(w: Array, x: Array, t: Array) -> tuple[Array, Array]:
    """Return the exact residuals y(xᵢ, w) − tᵢ and a bound on the errors of the computed ones.

    Horner's rule makes 2M roundings and the subtraction one more, each relative to a sum of terms that is at most
    Σⱼ |wⱼ||x|ʲ + |t|.
    """
    phi = powers(x, len(w) - 1)
    size = (np.abs(phi) @ np.abs(exact(w)) + np.abs(exact(t))).astype(float)
    return phi @ exact(w) - exact(t), gamma(2 * len(w)) * size


def solve(matrix: Array, right: Array) -> Array:
    """Solve a regular system of Fractions by Gauss–Jordan elimination, exactly; `right` holds columns."""
    rows = np.concatenate([matrix, right], axis=1)
    for k in range(len(rows)):
        pivot = next(i for i in range(k, len(rows)) if rows[i, k] != 0)
        rows[[k, pivot]] = rows[[pivot, k]]
        rows[k] = rows[k] / rows[k, k]
        for i in range(len(rows)):
            if i != k:
                rows[i] = rows[i] - rows[i, k] * rows[k]
    solution: Array = rows[:, len(matrix) :]
    return solution


def best_fit(x: Array, t: Array, degree: int) -> tuple[Array, Array]:
    """Return the exact coefficients of least squared error, and a bound on the errors of a backward stable fit.

    A fit by QR solves a problem with ‖ΔΦ‖ ≤ ε‖Φ‖ and ‖Δt‖ ≤ ε‖t‖ exactly, where ε = γ of a small multiple of
    n (M + 1) (Higham, 2002, theorem 20.3; the powers add M roundings). To first order the coefficients move by
    Φ⁺(Δt − ΔΦ w) + (ΦᵀΦ)⁻¹ ΔΦᵀ r; row by row that gives the bound.
    """
    phi, targets = powers(x, degree), exact(t)
    gram = solve(phi.T @ phi, exact(np.eye(degree + 1)))
    w = gram @ (phi.T @ targets)
    inverse, rest = gram @ phi.T, targets - phi @ w
    epsilon = gamma(4 * len(x) * (degree + 1))

    def norm(array: Array, axis: int | None = None) -> Any:
        return np.sqrt(np.asarray(np.sum(array * array, axis=axis), dtype=float))

    size = norm(phi) * norm(w) + norm(targets)
    return w, epsilon * (norm(inverse, axis=1) * size + norm(gram, axis=1) * norm(phi) * norm(rest))


@formula("F01")
@given(problems())
@expensive
def test_the_gradient_is_that_of_the_squared_error(problem: tuple[Array, Array, Array]) -> None:
    """Numerical derivatives by the coefficients, of the errors summed over a stack."""
    w, x, t = problem
    verify(
        lambda w: np.sum(gr.sum_of_squares(w, x, t)),
        lambda w: summed_to(gr.sum_of_squares_gradient(w, x, t), w.shape),
        w,
    )
    verify(
        lambda w: np.sum(gr.sum_of_squares(w, x, t)) + 1e8,
        lambda w: summed_to(gr.sum_of_squares_gradient(w, x, t), w.shape),
        w,
    )


@formula("F01")
@given(problems(stacked=False))
def test_error_and_gradient_equal_the_exact_sums(problem: tuple[Array, Array, Array]) -> None:
    """E = ½ Σ r², ∂E/∂wⱼ = Σ r xʲ and E_RMS = √(2E/n) in rational arithmetic."""
    w, x, t = problem
    r, delta = residuals(w, x, t)
    size, n = np.abs(r).astype(float) + delta, len(x)
    error = np.sum(r * r) / 2
    # Computed residuals lie within delta; their squares are rounded once and summed in n - 1 roundings.
    bound = float(np.sum(size * delta + gamma(n + 1) * size * size / 2))
    agree(gr.sum_of_squares(w, x, t), error, bound)
    columns = np.abs(powers(x, len(w) - 1)).astype(float)
    agree(
        gr.sum_of_squares_gradient(w, x, t),
        r @ powers(x, len(w) - 1),
        (delta + gamma(n + len(w)) * size) @ columns,
    )
    # √a − √b = (a − b)/(√a + √b), and at most √|a − b|; the last three operations round once each.
    rms, spread = float(2 * error / n) ** 0.5, 2 * bound / n
    agree(gr.rms_error(w, x, t), rms, spread / max(rms, spread**0.5, 1e-300) + gamma(4) * rms)


@formula("F01")
@given(st.data(), scales())
def test_the_rms_error_of_a_constant_miss_is_the_miss(data: st.DataObject, scale: float) -> None:
    """It is in the unit of the targets and does not depend on how many there are: y = 0 against t = ±c."""
    n, miss = data.draw(sizes(9)), data.draw(numbers()) * scale
    signs = data.draw(st.lists(st.sampled_from([-1.0, 1.0]), min_size=n, max_size=n))
    # Squared, summed in n - 1 roundings, halved and doubled, divided; the root halves all that and rounds once.
    agree(gr.rms_error([0.0], np.ones(n), miss * np.array(signs)), abs(miss), gamma(n + 1) * abs(miss))


@formula("F01")
@given(st.data())
def test_the_design_matrix_holds_the_powers(data: st.DataObject) -> None:
    """Column j is xʲ to j − 1 roundings, and 1 for j = 0 at x = 0 too; the model of unit coefficients is a column."""
    x = data.draw(arrays((data.draw(sizes()),), scales(-8, 8)))
    degree = data.draw(st.integers(0, 9))
    expected = powers(x, degree)
    matrix = gr.design_matrix(x, degree)
    agree(matrix, expected, gamma(np.maximum(np.arange(degree + 1) - 1, 0)) * np.abs(expected).astype(float))
    agree(gr.polynomial(np.eye(degree + 1), x), matrix.T)


@formula("F01")
@given(st.data())
@expensive
def test_the_fit_has_the_least_squared_error(data: st.DataObject) -> None:
    """Coefficients equal the rational solution of the normal equations."""
    n = data.draw(st.integers(1, 6))
    x = np.array(data.draw(st.lists(st.integers(-8, 8), min_size=n, max_size=n, unique=True))) / 4
    t = data.draw(arrays((n,), scales()))
    degree = data.draw(st.integers(0, min(n - 1, 4)))
    agree(gr.fit_polynomial(x, t, degree), *best_fit(x, t, degree))


@formula("F01")
@pytest.mark.parametrize("degree", range(10))
def test_bishops_coefficients_are_those_of_rational_arithmetic(degree: int) -> None:
    """The fits of Bishop's table 1.1, for every degree."""
    agree(gr.fit_polynomial(X, T, degree), *best_fit(X, T, degree))


def interpolation_bound(w: Array, x: Array, t: Array) -> Array:
    """Return the training residuals that rounding explains at n = M + 1.

    Backward stability of QR leaves ‖Φŵ − t‖ ≤ ε (‖Φ‖‖ŵ‖ + ‖t‖) with ε as in `best_fit`; evaluating adds Horner's.
    """
    phi = powers(x, len(w) - 1).astype(float)
    size = np.linalg.norm(phi) * np.linalg.norm(w) + np.linalg.norm(t)
    bound: Array = gamma(4 * len(x) ** 2) * size + residuals(w, x, t)[1]
    return bound


@formula("F01")
@given(
    st.lists(st.integers(0, 32), min_size=10, max_size=10, unique=True).map(lambda k: np.array(k) / 32),
    arrays((10,), scales()),
)
@expensive
def test_degree_9_interpolates_ten_distinct_points(x: Array, t: Array) -> None:
    """The training loss is zero to rounding."""
    w = gr.fit_polynomial(x, t, 9)
    bound = interpolation_bound(w, x, t)
    agree(gr.polynomial(w, x), t, bound)
    agree(gr.sum_of_squares(w, x, t), 0.0, float(np.sum(bound**2)))


@formula("F01")
def test_degree_9_has_a_test_loss() -> None:
    """Bishop's points: no training error, yet off the points it misses the sine by more than degree 3 does."""
    between = np.linspace(0, 1, 100)
    sine = np.sin(2 * np.pi * between)
    w = gr.fit_polynomial(X, T, 9)
    zero = float(np.linalg.norm(interpolation_bound(w, X, T)))
    agree(gr.rms_error(w, X, T), 0.0, zero)
    assert gr.rms_error(w, between, sine) > 1e4 * zero
    cubic = gr.fit_polynomial(X, T, 3)
    assert gr.rms_error(w, between, sine) > gr.rms_error(cubic, between, sine)
    assert gr.rms_error(cubic, X, T) > 1e4 * zero


@formula("F01")
def test_a_higher_degree_fits_the_training_points_better() -> None:
    """The models are nested: linear is worst, cubic is better, degree 9 is zero, as on the slide."""
    errors = np.array([gr.rms_error(gr.fit_polynomial(X, T, degree), X, T) for degree in range(10)])
    assert np.all(np.diff(errors) < 0)
    assert errors[1] > 2 * errors[3]


@formula("F01")
def test_planted_gradients_are_rejected() -> None:
    """The factor 2 of a loss without ½, the mean for the sum, the sign, and powers that start at 1."""
    w, x, t = np.array([0.5, -1.0, 2.0]), np.array([0.5, 1.0, -1.5]), np.array([1.0, 0.0, 2.0])
    right = gr.sum_of_squares_gradient(w, x, t)
    for wrong in (2 * right, right / len(x), -right, gr.sum_of_squares_gradient(w, x, t) * 0.5):
        with pytest.raises(AssertionError, match="fail"):
            verify(lambda w: gr.sum_of_squares(w, x, t), lambda _w, wrong=wrong: wrong, w)
    shifted = (gr.polynomial(w, x) - t) @ gr.design_matrix(x, 3)[:, 1:]
    with pytest.raises(AssertionError, match="fail"):
        verify(lambda w: gr.sum_of_squares(w, x, t), lambda _w: shifted, w)


@formula("F01")
def test_a_fit_by_normal_equations_is_rejected() -> None:
    """Squaring the condition number loses digits beyond the bound at degree 9, and not at degree 1."""

    def by_normal_equations(degree: int) -> Array:
        phi = gr.design_matrix(X, degree)
        return np.linalg.solve(phi.T @ phi, phi.T @ T)

    agree(by_normal_equations(1), *best_fit(X, T, 1))
    with pytest.raises(AssertionError, match="must lie within"):
        agree(by_normal_equations(9), *best_fit(X, T, 9))


@formula("F01")
def test_a_relative_error_of_a_thousand_roundings_is_rejected() -> None:
    """The bounds of the exact sums mean something: 1000 eps more is too much."""
    w, x, t = np.array([0.5, -1.0]), np.array([0.5, 1.0, -1.5]), np.array([1.0, 0.25, 2.0])
    r, delta = residuals(w, x, t)
    with pytest.raises(AssertionError, match="must lie within"):
        agree(gr.sum_of_squares(w, x, t) * (1 + 1000 * EPS), np.sum(r * r) / 2, float(np.sum(delta * 4)))
