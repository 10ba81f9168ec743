"""The overfitting experiment (F01): Bishop's table, exact arithmetic, theory by a second way, and numbers that reproduce."""

import dataclasses
import json
import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.optimize import linprog

from gradproof_experiments._rounding import power_of_ten, round_decimals, round_significant
from gradproof_experiments.data import BISHOP_TARGETS, Points, bishop_points, equal_distances, sine
from gradproof_experiments.experiment import Part, generator
from gradproof_experiments.item import Item
from gradproof_experiments.overfitting import EXPERIMENT, OverfittingConfig
from gradproof_experiments.overfitting import descent as descent_module
from gradproof_experiments.overfitting import fits as fits_module
from gradproof_experiments.overfitting import item as item_module
from gradproof_experiments.overfitting import redraws as redraws_module
from gradproof_experiments.overfitting import solvers as solvers_module
from gradproof_experiments.overfitting._exact import exact_bishop_fit, exact_fit
from gradproof_experiments.overfitting.bishop import BISHOP_TABLE, FINER_TARGETS, printed_digits
from gradproof_experiments.overfitting.descent import Descent, Minibatch, descend, describe_sgd, wander
from gradproof_experiments.overfitting.intervals import mean_interval
from gradproof_experiments.overfitting.item import judge
from gradproof_experiments.overfitting.new_points import bishop_excess
from gradproof_experiments.overfitting.rank import bishop_rank, upper_tail
from gradproof_experiments.overfitting.redraws import Redraws, redraw
from gradproof_experiments.overfitting.solvers import Orders, fit_in_orders, normal_equations
from gradproof_experiments.overfitting.theory import (
    bishop_error_deviation,
    crossing,
    expected,
)
from gradproof_reference import fit_polynomial

X = [Fraction(k, 9) for k in range(10)]
T = [Fraction(text) for text in BISHOP_TARGETS]
FULL = OverfittingConfig()


def run_part(part: Part) -> pd.DataFrame:
    """What the runner does, in its simplest form."""
    frames = []
    for point in part.points:
        own = {name: value for name, value in vars(point).items() if isinstance(value, int | float | str)}
        for seed in range(part.seeds):
            columns = {"seed": seed, **own, **dict(part.compute(point, seed))}
            frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


def run(config: OverfittingConfig) -> dict[str, pd.DataFrame]:
    """All parts."""
    return {part.name: run_part(part) for part in EXPERIMENT.parts(config)}


@pytest.fixture(scope="module")
def results() -> dict[str, pd.DataFrame]:
    """The experiment as the report runs it."""
    return run(FULL)


@pytest.fixture(scope="module")
def item(results: dict[str, pd.DataFrame]) -> Item:
    """Its item."""
    return EXPERIMENT.item(FULL, results)


@pytest.fixture(scope="module")
def tables(results: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Its tables by name."""
    return judge(FULL, results)[0]


def lagrange_coefficients(x: list[Fraction], t: list[Fraction]) -> list[Fraction]:
    """Coefficients of the interpolating polynomial, summed from Lagrange's basis: no linear system."""
    total = [Fraction(0)] * len(x)
    for k, x_k in enumerate(x):
        basis = [Fraction(1)]
        for other in (value for value in x if value != x_k):
            times_x, times_other = [Fraction(0), *basis], [*(other * c for c in basis), Fraction(0)]
            basis = [(a - b) / (x_k - other) for a, b in zip(times_x, times_other, strict=True)]
        total = [a + t[k] * b for a, b in zip(total, basis, strict=True)]
    return total


def value(w: list[Fraction], x: Fraction) -> Fraction:
    """The polynomial written out as on the slide."""
    return sum((w_j * x**j for j, w_j in enumerate(w)), Fraction(0))


def distance_to_tie(exact: Fraction, digits: int) -> float:
    """How far a number lies from where its rounding to so many significant digits changes."""
    if exact == 0:
        return float("inf")
    unit = Fraction(10) ** (math.floor(math.log10(abs(exact))) + 1 - digits)
    return float(abs(abs(exact) / unit % 1 - Fraction(1, 2)) * unit)


def rounding_of_qr(degree: int, at: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], float]:
    """First-order bound on the rounding error of w* by QR, and on that of y(x, w*) at the inputs `at`.

    Householder QR solves a problem with A + ΔA and t + Δt, ‖Δa_j‖ ≤ γ‖a_j‖ and ‖Δt‖ ≤ γ‖t‖ (Higham, Accuracy and
    Stability, theorem 20.3), which moves w by A⁺(Δt − ΔA w) + (AᵀA)⁻¹ΔAᵀr. The powers in A add 2M u to ΔA, so that
    γ = (n + 3M + 1) u: each column sees n additions in each of its M + 1 reflections, in the root-mean-square sense.
    """
    x, t = np.arange(10) / 9, np.array([float(text) for text in BISHOP_TARGETS])
    a = x[:, None] ** np.arange(degree + 1)
    w = np.array([float(w_j) for w_j in exact_fit(X, T, degree)])
    gamma = (10 + 3 * degree + 1) * 2.0**-53
    columns, residual = np.linalg.norm(a, axis=0), np.linalg.norm(t - a @ w)
    moved = gamma * (np.linalg.norm(t) + columns @ np.abs(w))
    pseudo_inverse = np.linalg.pinv(a, rcond=1e-12)

    def bound(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        first = np.linalg.norm(rows @ pseudo_inverse, axis=-1) * moved
        second = np.abs(rows @ pseudo_inverse @ pseudo_inverse.T) @ columns * gamma * residual
        return np.asarray(first + second, dtype=np.float64)

    horner = 2 * degree * 2.0**-53 * (at[:, None] ** np.arange(degree + 1) @ np.abs(w))
    return bound(np.eye(degree + 1)), float(np.max(bound(at[:, None] ** np.arange(degree + 1)) + horner))


# --- exact arithmetic ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("degree", range(10))
def test_exact_fit_leaves_a_residual_orthogonal_to_every_power(degree: int) -> None:
    """Least squares is characterised by Σ (y(xᵢ) − tᵢ) xᵢʲ = 0 for every j ≤ M; in fractions it is exactly 0."""
    w = exact_fit(X, T, degree)
    residuals = [value(w, x) - t for x, t in zip(X, T, strict=True)]
    for power in range(degree + 1):
        assert sum(r * x**power for r, x in zip(residuals, X, strict=True)) == 0


def test_exact_fit_of_degree_9_is_the_interpolating_polynomial() -> None:
    """Ten points determine ten coefficients, and Lagrange's formula gives them without solving anything."""
    assert exact_fit(X, T, 9) == lagrange_coefficients(X, T)


# --- Bishop's table 1.1 --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("degree", [0, 1, 3])
def test_low_degrees_reproduce_the_printed_coefficients_digit_for_digit(
    tables: dict[str, pd.DataFrame], degree: int
) -> None:
    """w* of degree 0, 1 and 3, rounded to the two printed decimals, are Bishop's."""
    column = tables["coefficients"][f"M={degree}"].dropna()
    assert tuple(f"{w:.2f}" for w in column) == BISHOP_TABLE[degree]


def test_degree_9_reproduces_the_printed_coefficients_to_six_significant_digits(
    tables: dict[str, pd.DataFrame],
) -> None:
    """Where the print has six digits or more, ours agree in the first six; where it has fewer, in all of them."""
    for ours, printed in zip(tables["coefficients"]["M=9"], BISHOP_TABLE[9], strict=True):
        digits = min(6, len(printed.strip("-").replace(".", "").lstrip("0")))
        assert f"{ours:.{digits - 1}e}" == f"{float(printed):.{digits - 1}e}"


def test_printed_digits_of_degree_9_need_more_digits_of_the_targets() -> None:
    """The exact solution on the published targets prints otherwise in w4 to w9, by less than their rounding allows.

    Half a unit of the sixth decimal of each target moves w_j by up to 5e-7 Σᵢ |A⁻¹|ⱼᵢ.
    """
    exact = lagrange_coefficients(X, T)
    units = [[Fraction(int(i == k)) for i in range(10)] for k in range(10)]
    inverse_columns = [lagrange_coefficients(X, unit) for unit in units]
    differing = []
    for j, printed in enumerate(BISHOP_TABLE[9]):
        reach = sum(abs(column[j]) for column in inverse_columns) / 2_000_000 + Fraction(1, 200)
        gap = abs(Fraction(printed) - exact[j])
        assert gap <= reach
        differing += [j] if gap > Fraction(1, 200) else []
    assert differing == [4, 5, 6, 7, 8, 9]


def test_targets_with_two_more_digits_give_every_printed_digit() -> None:
    """Such targets exist, round to the published ones, and are interpolated by what Bishop printed."""
    finer = [Fraction(text) for text in FINER_TARGETS]
    assert tuple(f"{float(text):.6f}" for text in FINER_TARGETS) == BISHOP_TARGETS
    for printed, exact in zip(BISHOP_TABLE[9], lagrange_coefficients(X, finer), strict=True):
        assert abs(Fraction(printed) - exact) < Fraction(1, 200)
    assert printed_digits(BISHOP_TARGETS, 9) != printed_digits(FINER_TARGETS, 9)


def test_linear_programming_finds_the_finer_targets_again() -> None:
    """Over δ and s: the least s with |A⁻¹(t + δ) − printed| ≤ s in every coefficient and every |δᵢ| ≤ 3e-7."""
    units = [[Fraction(int(i == k)) for i in range(10)] for k in range(10)]
    inverse = np.array([[float(w) for w in lagrange_coefficients(X, unit)] for unit in units]).T
    exact = lagrange_coefficients(X, T)
    gaps = np.array([float(Fraction(text) - w) for text, w in zip(BISHOP_TABLE[9], exact, strict=True)])
    moved, s = inverse * 1e-7, np.ones((10, 1))  # δ in units of 1e-7
    found = linprog(
        [0.0] * 10 + [1.0],
        A_ub=np.block([[moved, -s], [-moved, -s]]),
        b_ub=np.concatenate([gaps, -gaps]),
        bounds=[(-3, 3)] * 10 + [(0, None)],
    )
    finer = [f"{float(t) + 1e-7 * delta:.8f}" for t, delta in zip(BISHOP_TARGETS, found.x[:10], strict=True)]
    assert found.fun < 0.005
    assert tuple(finer) == FINER_TARGETS


# --- what reproduces -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("degree", range(10))
def test_written_coefficients_lie_beyond_rounding_from_the_next_digit(degree: int) -> None:
    """No BLAS can flip a written digit: each w* is farther from a tie than the error of QR.

    The mean (degree 0) is an exact decimal tie; the next test holds that ties are rounded apart.
    """
    bounds, _ = rounding_of_qr(degree, np.zeros(1))
    for exact, bound in zip(exact_fit(X, T, degree), bounds, strict=True):
        assert distance_to_tie(exact, 6) > bound or degree == 0
        assert round_significant(float(exact) - bound) == round_significant(float(exact) + bound)


@pytest.mark.parametrize("tie", [0.1862995, 1.000005, -0.001234565])
def test_decimal_ties_round_away_from_zero_whatever_the_last_bits(tie: float) -> None:
    """Three units in the last place to either side of a decimal tie give the same six digits."""
    neighbours = [tie * (1 + k * 2.0**-52) for k in range(-3, 4)]
    assert len({round_significant(value) for value in neighbours}) == 1
    assert abs(round_significant(tie)) > abs(tie)


@pytest.mark.parametrize("degree", range(10))
def test_written_training_errors_lie_beyond_rounding_from_the_next_digit(
    tables: dict[str, pd.DataFrame], degree: int
) -> None:
    """Training RMS against exact arithmetic, and no nearer to a tie than the error of the fitted values."""
    w = exact_fit(X, T, degree)
    mean = sum((value(w, x) - t) ** 2 for x, t in zip(X, T, strict=True)) / len(X)
    exact = Fraction((Decimal(mean.numerator) / Decimal(mean.denominator)).sqrt())
    _, bound = rounding_of_qr(degree, np.arange(10) / 9)
    written = tables["errors"]["training"][degree]
    if exact == 0:
        assert written == 0
        assert bound < 1e-7
    else:
        assert abs(written - float(exact)) <= 0.5000001e-3 * 10 ** math.floor(math.log10(exact) + 1)
        assert distance_to_tie(exact, 4) > bound


def test_qr_stays_within_its_bound_and_the_normal_equations_do_not() -> None:
    """The bound of this file is one: 200 orders of the points keep to it by QR, and none by normal equations."""
    exact = np.array([float(w) for w in exact_fit(X, T, 9)])
    bounds, _ = rounding_of_qr(9, np.zeros(1))
    rng = np.random.default_rng(1)
    points = bishop_points()
    for _ in range(200):
        order = rng.permutation(10)
        shuffled = Points(points.x[order], points.t[order])
        assert np.all(np.abs(fit_polynomial(*shuffled, 9) - exact) <= bounds)
        assert np.any(np.abs(normal_equations(shuffled, 9) - exact) > bounds)


def test_drawn_numbers_lie_beyond_rounding_from_the_next_digit() -> None:
    """The curves are rounded to 3 decimals; none of their values is so near a tie that rounding could move it."""
    degrees = FULL.shown_degrees
    x = np.linspace(0, 1, 201)
    for degree in degrees:
        w = exact_fit(X, T, degree)
        _, bound = rounding_of_qr(degree, x)
        for x_i in x.tolist():
            assert abs(abs(value(w, Fraction(x_i))) * 1000 % 1 - Fraction(1, 2)) / 1000 > bound


def test_tables_do_not_depend_on_how_the_sums_are_rounded(
    results: dict[str, pd.DataFrame], tables: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same ten points in reverse order are the same problem with other rounding errors: same tables."""
    points = bishop_points()
    for module in (fits_module, solvers_module, descent_module):
        monkeypatch.setattr(
            module, "bishop_points", lambda: Points(points.x[::-1].copy(), points.t[::-1].copy())
        )
    few = {"fits", "orders", "full_batch", "beside_minibatch", "new_points"}
    other = dict(results)
    for part in EXPERIMENT.parts(FULL):
        if part.name in few:
            found = run_part(part)
            other[part.name] = found
    again, _, _ = judge(FULL, other)
    for name in ("coefficients", "errors", "bishop", "solvers", "full_batch", "curves", "trace_full_batch"):
        pd.testing.assert_frame_equal(tables[name], again[name], check_exact=True)


def test_last_bits_of_what_was_stored_show_nowhere(
    results: dict[str, pd.DataFrame], item: Item, tables: dict[str, pd.DataFrame]
) -> None:
    """Every stored float moved by up to 1e-12 of itself: the same tables, claims and words."""
    rng = np.random.default_rng(7)
    computed = {"training", "same_inputs", "test", "bias", "variance", "low", "median", "high", "distance"}
    moved = {}
    for name, frame in results.items():
        moved[name] = frame.copy()
        for column in computed & set(frame) | {c for c in frame if str(c).startswith("distance_")}:
            moved[name][column] *= 1 + 1e-12 * rng.uniform(-1, 1, len(frame))
    again, _, claims = judge(FULL, moved)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, again[name], check_exact=True)
    assert [str(claim) for claim in claims] == [str(claim) for claim in item.claims]


def test_typical_rounding_errors_lie_well_inside_their_power_of_ten(results: dict[str, pd.DataFrame]) -> None:
    """Other kernels of OpenBLAS move the medians by up to 0.06 decades either way, and none may cross a boundary."""
    medians = results["orders"].groupby("degree")[list(solvers_module.ERRORS)].median().to_numpy()
    assert np.all(np.abs(np.log10(medians) % 1 - 0.5) > 0.08)


_ELSEWHERE = """
import json
from gradproof_experiments.overfitting.descent import Minibatch, wander
from gradproof_experiments.overfitting.redraws import Redraws, redraw
from gradproof_experiments.overfitting.solvers import Orders, fit_in_orders
found = [wander(Minibatch(1, 1, 0.1, 3, 20), 4), fit_in_orders(Orders(1, 9, 3), 2), redraw(Redraws(1, 3, 12, 0.2, 50, 20), 1)]
print(json.dumps(found))
"""


def test_the_same_seed_gives_the_same_bits_in_another_process_and_order() -> None:
    """No clock, no global random state, nothing left over from earlier runs."""
    np.random.seed(0)  # noqa: NPY002 - the state that must not matter
    redraw(Redraws(1, 9, 10, 0.2, 50, 20), 0)
    here = [
        redraw(Redraws(1, 3, 12, 0.2, 50, 20), 1),
        fit_in_orders(Orders(1, 9, 3), 2),
        wander(Minibatch(1, 1, 0.1, 3, 20), 4),
    ]
    done = subprocess.run([sys.executable, "-c", _ELSEWHERE], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)[::-1] == here


def test_runs_can_be_sent_to_another_process_and_stored() -> None:
    """Points and functions pickle, columns hold plain Python values of one length, and every point names its root once."""
    for part in EXPERIMENT.parts(EXPERIMENT.quick()):
        point, compute = pickle.loads(pickle.dumps((part.points[-1], part.compute)))  # noqa: S301 - our own
        assert point == part.points[-1]
        assert "seed" not in vars(point)
        columns = compute(point, 0)
        assert len({len(values) for values in columns.values()}) == 1
        assert {type(value) for values in columns.values() for value in values} <= {int, float, str, bool}
        assert not set(columns) & {"seed"}


# --- redraws -------------------------------------------------------------------------------------------------------


def test_stacked_redraws_agree_with_one_fit_at_a_time() -> None:
    """Each training set drawn, fitted by NumPy's own polynomials and tested by itself: the same means to rounding."""
    point, seed = Redraws(3, 5, 12, 0.3, 40, 7), 2
    found = redraw(point, seed)
    purposes = ("training noise", "noise at the same inputs", "new inputs", "noise on new points")
    noise, again, inputs, new_noise = (generator(3, purpose, seed) for purpose in purposes)
    x = np.arange(12) / 11
    errors = []
    for _ in range(40):
        t = np.sin(2 * np.pi * x) + 0.3 * noise.standard_normal(12)
        fit = np.polynomial.Polynomial.fit(x, t, 5)
        other = np.sin(2 * np.pi * x) + 0.3 * again.standard_normal(12)
        new_x = inputs.random(7)
        new_t = np.sin(2 * np.pi * new_x) + 0.3 * new_noise.standard_normal(7)
        errors.append([np.mean((fit(u) - v) ** 2) for u, v in ((x, t), (x, other), (new_x, new_t))])
    means = np.mean(errors, axis=0)
    for name, mean in zip(("training", "same_inputs", "test"), means, strict=True):
        assert found[name][0] == pytest.approx(mean, rel=1e-9)


def test_length_of_a_chunk_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three redraws at a time, the last chunk short: the same draws, the same means to rounding."""
    point = Redraws(3, 9, 10, 0.3, 40, 7)
    whole = redraw(point, 0)
    monkeypatch.setattr(redraws_module, "_CHUNK", 30)
    for name, (value_,) in redraw(point, 0).items():
        assert value_ == pytest.approx(whole[name][0], rel=1e-7)


def test_all_points_of_a_sweep_get_the_same_noise() -> None:
    """Twice the noise is the same noise doubled: four times the variance, and four times what degree 9 cannot fit."""
    single, double = (redraw(Redraws(3, 9, 20, noise, 30, 5), 1) for noise in (0.1, 0.2))
    assert double["variance"][0] == pytest.approx(4 * single["variance"][0], rel=1e-6)
    assert double["training"][0] == pytest.approx(4 * single["training"][0], rel=1e-3)
    cubic = redraw(Redraws(3, 3, 20, 0.1, 30, 5), 1)
    assert cubic["training"][0] > single["training"][0]


# --- theory --------------------------------------------------------------------------------------------------------


def integral(w: list[Fraction]) -> Fraction:
    """∫ over [0, 1] of a polynomial."""
    return sum((w_j / (j + 1) for j, w_j in enumerate(w)), Fraction(0))


def product(a: list[Fraction], b: list[Fraction]) -> list[Fraction]:
    """Coefficients of the product of two polynomials."""
    total = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, a_i in enumerate(a):
        for j, b_j in enumerate(b):
            total[i + j] += a_i * b_j
    return total


def distance_from_sine(w: list["Fraction | mpmath.mpf"]) -> float:
    """∫ (y − sin 2πx)² over [0, 1] in 60 digits: moments of the sine by parts, ½ from its square."""
    with mpmath.workdps(60):
        two_pi = 2 * mpmath.pi
        sines, cosines = [mpmath.mpf(0)], [mpmath.mpf(0)]  # ∫ xʲ sin, ∫ xʲ cos
        for j in range(1, len(w)):
            sines.append((-1 + j * cosines[j - 1]) / two_pi)
            cosines.append(-j * sines[j - 1] / two_pi)
        c = [mpmath.mpf(v.numerator) / v.denominator if isinstance(v, Fraction) else v for v in w]
        square = sum(c[i] * c[j] / (i + j + 1) for i in range(len(c)) for j in range(len(c)))
        return float(square - 2 * sum(a * s for a, s in zip(c, sines, strict=True)) + mpmath.mpf(1) / 2)


@pytest.mark.parametrize("degree", range(10))
def test_expected_errors_are_those_of_exact_arithmetic(degree: int) -> None:
    """Fits to unit targets in fractions, their squares integrated exactly; the bias in 60 digits, by parts."""
    influence = [exact_fit(X, [Fraction(int(i == k)) for i in range(10)], degree) for k in range(10)]
    variance = sum((integral(product(s, s)) for s in influence), Fraction(0)) * Fraction(9, 100)
    with mpmath.workdps(60):
        f = [mpmath.sin(2 * mpmath.pi * mpmath.mpf(k) / 9) for k in range(10)]
        w = [
            sum(f[k] * mpmath.mpf(influence[k][j].numerator) / influence[k][j].denominator for k in range(10))
            for j in range(degree + 1)
        ]
        fitted = [sum(w_j * (mpmath.mpf(k) / 9) ** j for j, w_j in enumerate(w)) for k in range(10)]
        lack = float(sum((a - b) ** 2 for a, b in zip(f, fitted, strict=True)))
    found = expected(degree, 10, 0.3, 100)
    assert found.variance == pytest.approx(float(variance), rel=1e-8)
    assert found.bias == pytest.approx(distance_from_sine(w), rel=1e-5)
    assert found.training == pytest.approx((0.09 * (9 - degree) + lack) / 10, rel=1e-9, abs=1e-15)
    assert found.same_inputs == pytest.approx((0.09 * (11 + degree) + lack) / 10, rel=1e-9)
    assert found.test == pytest.approx(0.09 + found.bias + found.variance)


def test_error_of_bishops_own_fits_on_new_points_is_that_of_exact_arithmetic() -> None:
    """√(σ² + ∫ (y − sin 2πx)²) of the exact fits, to the three digits that are known from elsewhere."""
    rms = [math.sqrt(0.09 + distance_from_sine(list(exact_bishop_fit(degree)))) for degree in range(10)]
    known = [0.790, 0.596, 0.594, 0.374, 0.373, 0.367, 0.363, 0.367, 0.377, 1.300]
    assert [round(error, 3) for error in rms] == known
    assert [math.sqrt(0.09 + bishop_excess(degree)) for degree in range(10)] == pytest.approx(rms, rel=1e-8)


@pytest.fixture(scope="module")
def simulated() -> dict[int, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    """Degree to excess error and mean squared test error of 20 000 training sets, fitted on Chebyshev's basis."""
    rng = np.random.default_rng(11)
    x, noise = np.arange(10) / 9, 0.3 * rng.standard_normal((20_000, 10))
    new_x, new_noise = rng.random((20_000, 20)), 0.3 * rng.standard_normal((20_000, 20))
    grid = (np.arange(2000) + 0.5) / 2000
    found = {}
    for degree in (3, 9):
        fit = np.linalg.pinv(np.polynomial.chebyshev.chebvander(2 * x - 1, degree))
        w = (np.sin(2 * np.pi * x) + noise) @ fit.T
        gram = np.polynomial.chebyshev.chebvander(2 * grid - 1, degree)
        moments = gram.T @ np.sin(2 * np.pi * grid) / 2000
        excess = np.einsum("ri,ij,rj->r", w, gram.T @ gram / 2000, w) - 2 * w @ moments + 0.5
        values = np.polynomial.chebyshev.chebval(2 * new_x - 1, w.T[:, :, None], tensor=False)
        found[degree] = (excess, np.mean((values - np.sin(2 * np.pi * new_x) - new_noise) ** 2, axis=1))
    return found


@pytest.mark.parametrize("degree", [3, 9])
def test_standard_deviation_of_theory_is_that_of_a_simulation(
    simulated: dict[int, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]], degree: int
) -> None:
    """Fourth moments and all: the spread of one training set's test error, to the 4 % that 20 000 of them allow."""
    theory = expected(degree, 10, 0.3, 20)
    errors = simulated[degree][1]
    assert errors.std() == pytest.approx(theory.deviation, rel=0.04)
    assert abs(errors.mean() - theory.test) < 4 * theory.deviation / math.sqrt(len(errors))


def test_standard_deviation_for_a_fixed_fit_is_that_of_a_simulation() -> None:
    """Bishop's degree 9 on 200 000 new points, by itself."""
    rng = np.random.default_rng(12)
    x = rng.random(200_000)
    fit = np.polynomial.Polynomial.fit(np.arange(10) / 9, [float(t) for t in T], 9)
    squares = (fit(x) - np.sin(2 * np.pi * x) - 0.3 * rng.standard_normal(200_000)) ** 2
    assert squares.std() / math.sqrt(50) == pytest.approx(bishop_error_deviation(9, 0.3, 50), rel=0.03)


def test_rank_of_bishops_points_is_that_of_a_simulation(
    simulated: dict[int, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]],
) -> None:
    """Davies's sum against the share of 20 000 redraws on which degree 9 errs more, within four standard errors."""
    chance = bishop_rank(9, 0.3)
    worse = np.mean(simulated[9][0] > distance_from_sine(list(exact_bishop_fit(9))))
    assert abs(worse - chance) < 4 * math.sqrt(chance * (1 - chance) / 20_000)


@pytest.mark.parametrize("bound", [0.1, 1.0, 5.0])
def test_tail_of_a_sum_of_squares_is_known_where_it_has_a_closed_form(bound: float) -> None:
    """Two pairs of weights a and b: the sum of two exponentials, (a e^(−c/2a) − b e^(−c/2b))/(a − b)."""
    a, b = 1.0, 0.3
    exact = (a * math.exp(-bound / (2 * a)) - b * math.exp(-bound / (2 * b))) / (a - b)
    assert upper_tail(np.array([a, a, b, b]), bound) == pytest.approx(exact, abs=1e-7)


def test_degrees_3_and_9_have_the_same_expected_error_where_they_cross() -> None:
    """At the noise named in the figure both expectations agree; at more, the cubic's is smaller."""
    noise = crossing(3, 9)
    assert expected(3, 10, noise, 2).test == pytest.approx(expected(9, 10, noise, 2).test, rel=1e-9)
    assert expected(3, 10, 2 * noise, 2).test < expected(9, 10, 2 * noise, 2).test


def test_normal_equations_lose_the_square_of_the_condition_number(tables: dict[str, pd.DataFrame]) -> None:
    """Errors lie below κu for QR and below κ²u for the normal equations, and theirs grow as κ², over decades."""
    u = 2.0**-53
    for row in tables["solvers"].itertuples():
        assert float(str(row.qr_error)) < 10 * float(str(row.condition_number)) * u
        assert float(str(row.normal_equations_error)) < 10 * float(str(row.condition_number)) ** 2 * u
    assert float(tables["solvers"]["normal_equations_error"].iloc[-1]) > 1e6 * float(
        tables["solvers"]["qr_error"].iloc[-1]
    )


def test_condition_number_is_that_of_the_exact_gram_matrix(tables: dict[str, pd.DataFrame]) -> None:
    """κ(A)² is the ratio of extreme eigenvalues of AᵀA; at degree 3 eigvalsh is exact enough for 3 digits."""
    gram = [[float(sum((x ** (i + j) for x in X), Fraction(0))) for j in range(4)] for i in range(4)]
    eigenvalues = np.linalg.eigvalsh(np.array(gram))
    written = tables["solvers"].set_index("degree")["condition_number"][3]
    assert written == pytest.approx(math.sqrt(eigenvalues[-1] / eigenvalues[0]), rel=5e-3)


def test_minibatch_sgd_stays_away_less_at_a_smaller_rate(tables: dict[str, pd.DataFrame]) -> None:
    """With constant λ the noise of the batches keeps w at a distance that falls with λ; full batches arrive."""
    far = tables["minibatch"]["distance"].tolist()
    assert far[0] > far[1] > far[2] > 1e-4
    assert tables["trace_full_batch"]["distance"].iloc[-1] == 0


def test_full_batch_distance_falls_at_the_rate_of_the_smallest_curvature() -> None:
    """Plain descent contracts by 1 − λh₁ per epoch; h₁ is the smaller root of h² − trace h + det of AᵀA."""
    s0, s1, s2 = (float(sum(x**power for x in X)) for power in (0, 1, 2))
    smallest = ((s0 + s2) - math.sqrt((s0 - s2) ** 2 + 4 * s1**2)) / 2
    distance = descend(Descent(1, 0.04, 0.0, 300), 0)["distance"]
    assert (distance[-1] / distance[-21]) ** 0.01 == pytest.approx(1 - 0.04 * smallest, rel=1e-9)


def test_stacked_rates_agree_with_one_at_a_time() -> None:
    """λ, λ/2 and λ/4 in one stack against each alone on the same shuffles."""
    together = wander(Minibatch(1, 1, 0.08, 2, 20), 3)
    for share in (2, 4):
        alone = wander(Minibatch(1, 1, 0.08 / share, 2, 20), 3)
        assert alone["distance_1"] == pytest.approx(together[f"distance_{share}"], rel=1e-12)


# --- data ----------------------------------------------------------------------------------------------------------


def test_training_points_are_the_published_ones() -> None:
    """X = k/9 and the ten targets of the book, to the last bit."""
    points = bishop_points()
    assert points.x.tolist() == [k / 9 for k in range(10)]
    assert points.t.tolist() == [float(text) for text in BISHOP_TARGETS]


def test_inputs_lie_at_equal_distances_and_the_sine_has_one_period() -> None:
    """Both ends belong to the inputs; the sine is odd about the middle."""
    x = equal_distances(101)
    assert (x[0], x[-1]) == (0.0, 1.0)
    assert np.diff(x) == pytest.approx(0.01)
    assert sine(x) == pytest.approx(-sine(1 - x), abs=1e-15)


# --- configuration -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"degrees": ()}, "degrees must ascend"),
        ({"degrees": (1, 3, 9, 10)}, "degrees must ascend"),
        ({"degrees": (3, 1, 9)}, "degrees must ascend"),
        ({"degrees": (0, 1, 2, 3)}, "hold 1, 3 and 9"),
        ({"shown_degrees": (10,)}, "shown_degrees must be among"),
        ({"solver_degrees": ()}, "solver_degrees must be among"),
        ({"n_test": 1}, "n_test must be at least 2; got n_test=1"),
        ({"n_bishop_test": 1}, "n_bishop_test must be at least 2"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"seeds": 1}, "seeds must be at least 2"),
        ({"redraws": 1}, "redraws must be at least 2"),
        ({"solver_orders": 0}, "solver_orders must be at least 1"),
        ({"noise": float("nan")}, "noise must be positive"),
        ({"noise": 0.0}, "noise must be positive"),
        ({"sizes": (9, 20)}, "sizes must be two or more and ascend from at least 10"),
        ({"sizes": (20,)}, "sizes must be two or more"),
        ({"noises": (0.1, 0.2)}, "noises must be two or more and ascend from 0"),
        ({"noises": (0.0, float("inf"))}, "noises must be two or more"),
        ({"minibatch_size": 10}, "minibatch_size must be 1 to 9"),
        ({"minibatch_size": 0}, "minibatch_size must be 1 to 9"),
        ({"minibatch_epochs": 3}, "minibatch_epochs must be at least 20"),
        ({"minibatch_rate": 0.0}, "learning rate of a descent must be positive"),
        ({"full_batch": ()}, "full_batch must hold a descent"),
        ({"full_batch": ((1, 0.1, 0.0),)}, "a descent must be"),
        ({"full_batch": ((4, 0.1, 0.0, 10),)}, "degree of a descent must lie in 0 to 3; got degree=4"),
        ({"full_batch": ((1, 0.1, 1.0, 10),)}, "momentum of a descent"),
        ({"full_batch": ((1, 0.1, 0.0, 1),)}, "epochs of a descent must be at least 2"),
    ],
)
def test_impossible_configurations_are_refused(change: dict[str, object], message: str) -> None:
    """The message names the value that is wrong."""
    with pytest.raises(ValueError, match=message):
        OverfittingConfig(**change)  # type: ignore[arg-type]


def test_full_configuration_has_ten_seeds_and_ten_thousand_redraws() -> None:
    """What the project asks of every experiment: ten paired seeds wherever something is drawn."""
    assert FULL.seeds >= 10
    assert FULL.seeds * FULL.redraws >= 10_000
    assert {part.seeds for part in EXPERIMENT.parts(FULL)} == {1, FULL.seeds}


# --- claims, and planted faults ------------------------------------------------------------------------------------


def test_every_claim_of_the_default_configuration_holds(item: Item) -> None:
    """The committed report stands on these."""
    assert len(item.claims) == 24
    assert [str(claim) for claim in item.claims if claim.verdict != "holds"] == []


def not_holding(config: OverfittingConfig, results: dict[str, pd.DataFrame]) -> str:
    """Statements of the claims that do not hold, one below the other."""
    _, _, claims = judge(config, results)
    return "\n".join(claim.statement for claim in claims if claim.verdict != "holds")


@pytest.mark.parametrize("degree", [0, 3, 9])
def test_a_perturbed_coefficient_is_seen(results: dict[str, pd.DataFrame], degree: int) -> None:
    """One coefficient off by a part in 10⁵ breaks the claim that all of them are right to six digits."""
    fits = results["fits"].copy()
    fits.loc[(fits["degree"] == degree) & (fits["power"] == degree), "coefficient"] *= 1 + 1e-5
    assert "6 significant digits" in not_holding(FULL, {**results, "fits": fits})


def test_normal_equations_in_place_of_qr_are_seen(results: dict[str, pd.DataFrame]) -> None:
    """The claim of accuracy fails when the fit goes through the normal equations."""
    fits = results["fits"].copy()
    for degree in range(10):
        fits.loc[fits["degree"] == degree, "coefficient"] = normal_equations(bishop_points(), degree)
    assert "QR keeps" in not_holding(FULL, {**results, "fits": fits})


def test_a_descent_that_did_not_arrive_is_seen(results: dict[str, pd.DataFrame]) -> None:
    """Ten epochs are too few at degree 1: the table says no, and the claim fails."""
    point = Descent(1, 0.1, 0.0, 10)
    frame = pd.DataFrame(dict(descend(point, 0))).assign(seed=0, **vars(point))
    config = dataclasses.replace(FULL, full_batch=((1, 0.1, 0.0, 10),))
    changed = {**results, "full_batch": frame}
    tables, _, _ = judge(config, changed)
    assert tables["full_batch"]["agrees_to"].tolist() == ["no"]
    assert "SGD (F03) on full batches" in not_holding(config, changed)


def test_momentum_is_named_where_it_is_used() -> None:
    """The claim does not call momentum the plain update, nor the plain update momentum."""
    assert describe_sgd(FULL.full_batch) == "SGD (F03; with momentum, F09, at degree 2, 3)"
    assert describe_sgd(((1, 0.1, 0.0, 400),)) == "SGD (F03)"


def test_a_wrong_target_is_seen(results: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch) -> None:
    """A target off in its second decimal no longer gives Bishop's low degrees."""
    targets = ("0.379486", *BISHOP_TARGETS[1:])
    assert printed_digits(targets, 1) != BISHOP_TABLE[1]
    monkeypatch.setattr(item_module, "BISHOP_TARGETS", targets)
    assert "Bishop's printed" in not_holding(FULL, results)


@pytest.mark.parametrize(
    ("part", "column", "fault", "statement"),
    [
        ("new_points", "test", lambda frame: 1 / (1 + frame["degree"]), "on new points Bishop's degree 9"),
        ("new_points", "test", lambda frame: 1.3 * frame["test"], "What Bishop's fits do on new points"),
        ("degrees", "test", lambda frame: frame["training"], "averaged over redraws, degree 9 is worst"),
        (
            "degrees",
            "test",
            lambda frame: frame["same_inputs"],
            "is what linear algebra expects at every degree",
        ),
        ("degrees", "test", lambda frame: 1 / (1 + frame["degree"]), "The cubic is the best"),
        ("degrees", "worse", lambda frame: 1.3 * frame["worse"], "unlucky draw"),
        # n in place of n − 1 in the variance of each seed would not show, but the bias left out does
        ("degrees", "bias", lambda frame: 0.0 * frame["bias"], "add up to the squared test error"),
        ("degrees", "variance", lambda frame: 1 / (1 + frame["degree"]), "Each degree adds variance"),
        ("sizes", "test", lambda frame: 1.05 * frame["test"], "falls with the number of training points"),
        ("sizes", "same_inputs", lambda frame: frame["test"], "exceeds the training error by 2σ²(M + 1)/n"),
        ("sizes", "test", lambda frame: 0.15 + 0 * frame["test"], "More data cure degree 9"),
        ("noises", "test", lambda frame: 0.1 + frame["degree"], "without any, it is better than the cubic"),
        ("noises", "test", lambda frame: 0.1 / frame["degree"], "With the strongest noise"),
        ("noises", "test", lambda frame: 1.02 * frame["test"], "grows with the square of the noise"),
        # batches drawn afresh: √2 for each halving
        ("minibatch", "distance_1", lambda frame: 1.4 * frame["distance_2"], "minibatches never arrive"),
    ],
)
def test_a_fault_in_what_was_measured_is_seen(
    results: dict[str, pd.DataFrame],
    part: str,
    column: str,
    fault: Callable[[pd.DataFrame], "pd.Series[float]"],
    statement: str,
) -> None:
    """Each claim about random things loses its verdict when what it stands on is wrong."""
    frame = results[part].copy()
    frame[column] = fault(frame)
    assert statement in not_holding(FULL, {**results, part: frame})


def test_measurement_of_another_noise_is_seen(results: dict[str, pd.DataFrame]) -> None:
    """Redraws of the cubic with 5 % more noise than configured, from the draw on: what theory says is not found."""
    part = next(part for part in EXPERIMENT.parts(FULL) if part.name == "degrees")
    cubic = next(point for point in part.points if point.degree == 3)
    louder = run_part(
        dataclasses.replace(part, points=(dataclasses.replace(cubic, noise=1.05 * cubic.noise),))
    )
    others = results["degrees"][results["degrees"]["degree"] != 3]
    changed = {**results, "degrees": pd.concat([others, louder])}
    assert "what linear algebra expects at every degree" in not_holding(FULL, changed)


# --- the item ------------------------------------------------------------------------------------------------------


def test_item_says_what_was_done_and_shows_every_figure(item: Item, tables: dict[str, pd.DataFrame]) -> None:
    """The answer's figure comes first, each has words, and the main numbers are in the tables."""
    assert [picture.name for picture in item.pictures] == [
        "errors",
        "fits",
        "split",
        "sizes",
        "noises",
        "descent",
    ]
    assert all(len(picture.alt) > 60 and picture.caption.endswith(".") for picture in item.pictures)
    assert item.configuration["seed"] == 2006
    assert "2006" in " ".join(item.method)
    assert {"125201.45", "125201.43"} <= set(tables["bishop"]["exact"]) | set(tables["bishop"]["bishop"])
    assert item.claims[0].statement.startswith("A line fits badly")
    for table in item.tables:
        assert set(table.headings) <= set(table.frame)


def test_quick_set_makes_the_same_item_on_less() -> None:
    """Every claim, figure and table is there, and the claims hold on it too."""
    config = EXPERIMENT.quick()
    made = EXPERIMENT.item(config, run(config))
    assert len(made.claims) == 24
    assert {claim.verdict for claim in made.claims} == {"holds"}


def test_figures_draw_what_the_tables_hold(item: Item, tables: dict[str, pd.DataFrame]) -> None:
    """Lines carry rounded columns, dots every seed; degree 9 says how far it leaves the frame."""
    figures = {picture.name: picture.figure for picture in item.pictures}
    for panel, name, part in ((0, "errors", "new_points"), (1, "redraws", "degrees")):
        drawn = [np.asarray(line.get_ydata()) for line in figures["errors"].axes[panel].lines]
        for column in ("training", "test", "test_theory"):
            assert any(np.array_equal(y, tables[name][column]) for y in drawn)
        seeds = tables["seeds"][tables["seeds"]["part"] == part]
        assert len(seeds) == FULL.seeds * len(FULL.degrees)
        assert any(np.array_equal(y, seeds["test"]) for y in drawn)
    assert [panel.get_title(loc="left") for panel in figures["fits"].axes] == [
        "degree 1: training RMS 0.46",
        "degree 3: training RMS 0.19",
        "degree 9: training RMS 0",
    ]
    assert any("beyond the frame" in text.get_text() for text in figures["fits"].axes[-1].texts)
    assert figures["descent"].axes[0].get_yscale() == "log"
    assert len(figures["descent"].axes[0].lines) == 1 + 3 * FULL.seeds


def test_interval_is_that_of_the_seeds_and_grows_with_their_spread() -> None:
    """The mean lies inside; ten times the spread, ten times the width, since the resamples are the same."""
    values = np.array([0.9, 1.0, 1.1, 1.2, 0.8, 1.05])
    narrow, wide = mean_interval(values.tolist(), 1), mean_interval((1 + 10 * (values - 1)).tolist(), 1)
    assert narrow.low < narrow.mean < narrow.high
    assert wide.high - wide.low == pytest.approx(10 * (narrow.high - narrow.low), rel=1e-6)


def test_rounding_helpers_keep_what_is_not_a_number() -> None:
    """NaN stays NaN, zero has no power of ten, and no minus zero is written."""
    assert math.isnan(round_significant(float("nan")))
    assert power_of_ten(0.0) == "0"
    assert not np.signbit(round_decimals([-1e-9], 4))[0]


def test_solver_errors_are_measured_from_the_exact_solution() -> None:
    """At degree 0 there is no error left to measure but rounding of the mean."""
    found = fit_in_orders(Orders(0, 0, 3), 0)
    mean = float(exact_bishop_fit(0)[0])
    assert mean == float(sum(T) / 10)
    assert max(found["qr_error"]) <= 4 * 2.0**-52
    assert found["qr_last_error"] == pytest.approx(found["qr_error"], rel=0, abs=2.0**-52)  # one coefficient


def test_stacked_orders_agree_with_one_at_a_time() -> None:
    """QR of a stack is QR of each: both solvers err by what they err alone, to a few roundings."""
    found = fit_in_orders(Orders(5, 9, 4), 1)
    exact = np.array([float(value) for value in exact_bishop_fit(9)])
    order = generator(5, "orders of the points", 1).permuted(np.tile(np.arange(10), (4, 1)), axis=1)
    points = bishop_points()
    for k in range(4):
        w = fit_polynomial(points.x[order[k]], points.t[order[k]], 9)
        alone = np.linalg.norm(w - exact) / np.linalg.norm(exact)
        assert found["qr_error"][k] == pytest.approx(alone, abs=1e-12)
