"""The polynomial experiment (F01): Bishop's table, exact arithmetic, and numbers that any machine reproduces."""

import dataclasses
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.optimize import linprog

from gradproof_experiments._rounding import power_of_ten, round_decimals, round_significant
from gradproof_experiments.data import BISHOP_TARGETS, Points, bishop_points, generator, noisy_sine
from gradproof_experiments.polynomial import (
    PolynomialConfig,
    PolynomialResults,
    item,
    plot_descent,
    plot_errors,
    plot_fits,
    run,
)
from gradproof_experiments.polynomial import fits as fits_module
from gradproof_experiments.polynomial import results as results_module
from gradproof_experiments.polynomial._exact import exact_bishop_fit, exact_fit
from gradproof_experiments.polynomial.bishop import BISHOP_TABLE, FINER_TARGETS, printed_digits
from gradproof_experiments.polynomial.claims import claims
from gradproof_experiments.polynomial.config import Descent
from gradproof_experiments.polynomial.descent import describe_sgd
from gradproof_experiments.polynomial.solvers import normal_equations, solver_errors

X = [Fraction(k, 9) for k in range(10)]
T = [Fraction(text) for text in BISHOP_TARGETS]
SMALL = PolynomialConfig(
    solver_orders=5,
    full_batch=(Descent(degree=1, learning_rate=0.1, momentum=0.0, epochs=400),),
    minibatch=Descent(degree=1, learning_rate=0.04, momentum=0.0, epochs=40),
)


@pytest.fixture(scope="module")
def results() -> PolynomialResults:
    """The experiment as the report runs it."""
    return run(PolynomialConfig())


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
    results: PolynomialResults, degree: int
) -> None:
    """w* of degree 0, 1 and 3, rounded to the two printed decimals, are Bishop's."""
    column = results.coefficients[f"M={degree}"].dropna()
    assert tuple(f"{w:.2f}" for w in column) == BISHOP_TABLE[degree]


def test_degree_9_reproduces_the_printed_coefficients_to_six_significant_digits(
    results: PolynomialResults,
) -> None:
    """Where the print has six digits or more, ours agree in the first six; where it has fewer, in all of them."""
    for ours, printed in zip(results.coefficients["M=9"], BISHOP_TABLE[9], strict=True):
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
def test_written_errors_lie_beyond_rounding_from_the_next_digit(
    results: PolynomialResults, degree: int
) -> None:
    """Training and test RMS against exact arithmetic, and no nearer to a tie than the error of the fitted values."""
    config = PolynomialConfig()
    test = noisy_sine(config.n_test, config.noise, generator(config.seed, "test set"))
    w = exact_fit(X, T, degree)
    sets = {
        "train_rms": (X, T),
        "test_rms": ([Fraction(x) for x in test.x.tolist()], [Fraction(t) for t in test.t.tolist()]),
    }
    for column, (inputs, targets) in sets.items():
        mean = sum((value(w, x) - t) ** 2 for x, t in zip(inputs, targets, strict=True)) / len(inputs)
        exact = Fraction((Decimal(mean.numerator) / Decimal(mean.denominator)).sqrt())
        _, bound = rounding_of_qr(degree, np.array([float(x) for x in inputs]))
        written = results.errors[column][degree]
        if exact == 0:
            assert written == 0
            assert bound < fits_module._ZERO_BELOW
        else:
            assert abs(written - float(exact)) <= 0.5000001e-5 * 10 ** math.floor(math.log10(exact) + 1)
            assert distance_to_tie(exact, 6) > bound


def test_qr_stays_within_its_bound_and_the_normal_equations_do_not() -> None:
    """The bound of this file is one: 200 orders of the points keep to it by QR, and none by normal equations."""
    exact = np.array([float(w) for w in exact_fit(X, T, 9)])
    bounds, _ = rounding_of_qr(9, np.zeros(1))
    rng = np.random.default_rng(1)
    points = bishop_points()
    for _ in range(200):
        order = rng.permutation(10)
        shuffled = Points(points.x[order], points.t[order])
        assert np.all(np.abs(fits_module.fit_degrees(shuffled, (9,))[9] - exact) <= bounds)
        assert np.any(np.abs(normal_equations(shuffled, 9) - exact) > bounds)


def test_drawn_numbers_lie_beyond_rounding_from_the_next_digit() -> None:
    """The curves are rounded to 3 decimals; none of their values is so near a tie that rounding could move it."""
    degrees = PolynomialConfig().shown_degrees
    x = np.linspace(0, 1, 201)
    for degree in degrees:
        w = exact_fit(X, T, degree)
        _, bound = rounding_of_qr(degree, x)
        for x_i in x.tolist():
            assert abs(abs(value(w, Fraction(x_i))) * 1000 % 1 - Fraction(1, 2)) / 1000 > bound


def test_tables_do_not_depend_on_how_the_sums_are_rounded(
    results: PolynomialResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same ten points in reverse order are the same problem with other rounding errors: same tables."""
    points = bishop_points()
    monkeypatch.setattr(
        results_module, "bishop_points", lambda: Points(points.x[::-1].copy(), points.t[::-1].copy())
    )
    other = run(PolynomialConfig())
    for name in ("coefficients", "errors", "bishop", "solvers", "full_batch", "curves"):
        pd.testing.assert_frame_equal(getattr(results, name), getattr(other, name), check_exact=True)


def test_typical_rounding_errors_lie_well_inside_their_power_of_ten(results: PolynomialResults) -> None:
    """Other kernels of OpenBLAS move the medians by up to 0.06 decades either way, and none may cross a boundary."""
    measured = results.measured["solvers"].drop(columns="degree").to_numpy()
    decades = np.abs(np.log10(measured) % 1 - 0.5)
    assert np.all(decades > 0.08)


def test_running_twice_gives_the_same_bits(results: PolynomialResults) -> None:
    """No clock, no global random state, nothing left over from the first run."""
    np.random.seed(0)  # noqa: NPY002 - the state that must not matter
    again = run(PolynomialConfig())
    for name in ("coefficients", "errors", "bishop", "solvers", "full_batch", "minibatch", "curves", "trace"):
        pd.testing.assert_frame_equal(getattr(results, name), getattr(again, name), check_exact=True)


# --- theory --------------------------------------------------------------------------------------------------------


def test_normal_equations_lose_the_square_of_the_condition_number(results: PolynomialResults) -> None:
    """Errors lie below κu for QR and below κ²u for the normal equations, and theirs grow as κ², over decades."""
    u = 2.0**-53
    for row in results.solvers.itertuples():
        assert float(str(row.qr_error)) < 10 * float(str(row.condition_number)) * u
        assert float(str(row.normal_equations_error)) < 10 * float(str(row.condition_number)) ** 2 * u
    assert float(results.solvers["normal_equations_error"].iloc[-1]) > 1e6 * float(
        results.solvers["qr_error"].iloc[-1]
    )


def test_condition_number_is_that_of_the_exact_gram_matrix(results: PolynomialResults) -> None:
    """κ(A)² is the ratio of extreme eigenvalues of AᵀA; at degree 3 eigvalsh is exact enough for 3 digits."""
    gram = [[float(sum((x ** (i + j) for x in X), Fraction(0))) for j in range(4)] for i in range(4)]
    eigenvalues = np.linalg.eigvalsh(np.array(gram))
    written = results.solvers.set_index("degree")["condition_number"][3]
    assert written == pytest.approx(math.sqrt(eigenvalues[-1] / eigenvalues[0]), rel=5e-3)


def test_minibatch_sgd_stays_away_less_at_a_smaller_rate(results: PolynomialResults) -> None:
    """With constant λ the noise of the batches keeps w at a distance that falls with λ; full batches arrive."""
    far = [float(text) for text in results.minibatch["distance"][:3]]
    assert far[0] > far[1] > far[2] > 1e-4
    assert results.minibatch["distance"].iloc[3] == "< 1e-7"


def test_full_batch_distance_falls_at_the_rate_of_the_smallest_curvature(results: PolynomialResults) -> None:
    """Plain descent contracts by 1 − λh₁ per epoch; h₁ is the smaller root of h² − trace h + det of AᵀA."""
    s0, s1, s2 = (float(sum(x**power for x in X)) for power in (0, 1, 2))
    smallest = ((s0 + s2) - math.sqrt((s0 - s2) ** 2 + 4 * s1**2)) / 2
    distance = results.trace.iloc[:, -1]
    # three digits are kept, so a ratio over 100 epochs is good to 1e-2, its hundredth root to 1e-4
    assert (distance[300] / distance[200]) ** 0.01 == pytest.approx(1 - 0.04 * smallest, abs=1e-4)


# --- data ----------------------------------------------------------------------------------------------------------


def test_training_points_are_the_published_ones() -> None:
    """X = k/9 and the ten targets of the book, to the last bit."""
    points = bishop_points()
    assert points.x.tolist() == [k / 9 for k in range(10)]
    assert points.t.tolist() == [float(text) for text in BISHOP_TARGETS]


def test_test_set_is_the_sine_with_noise_of_the_configured_size() -> None:
    """Mean and variance of 10 000 residuals lie within four standard errors of 0 and σ²."""
    n, noise = 10_000, 0.3
    points = noisy_sine(n, noise, generator(7, "test set"))
    residuals = points.t - np.sin(2 * np.pi * np.arange(n) / (n - 1))
    assert abs(residuals.mean()) < 4 * noise / math.sqrt(n)
    assert abs(residuals.var() - noise**2) < 4 * noise**2 * math.sqrt(2 / n)


def test_streams_of_other_purposes_and_seeds_are_independent() -> None:
    """Same seed and purpose, same stream; any other, another one."""
    draws = [generator(seed, purpose).random() for seed in (1, 2) for purpose in ("a", "b", "ab")]
    assert len(set(draws)) == len(draws)
    assert generator(1, "a").random() == draws[0]


# --- configuration -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"degrees": ()}, "degrees must ascend"),
        ({"degrees": (0, 10)}, "degrees must ascend"),
        ({"degrees": (3, 1)}, "degrees must ascend"),
        ({"degrees": (0, 1, 2, 3)}, "degrees of shown_degrees must be among"),
        ({"solver_degrees": ()}, "degrees of solver_degrees"),
        ({"n_test": 1}, "n_test must be at least 2; got n_test=1"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"solver_orders": 0}, "solver_orders must be at least 1"),
        ({"noise": float("nan")}, "noise must be finite"),
        ({"noise": -0.1}, "noise must be finite and not negative"),
        ({"minibatch_size": 11}, "minibatch_size must be 1 to 10"),
        ({"minibatch_size": 0}, "minibatch_size must be 1 to 10"),
    ],
)
def test_impossible_configurations_are_refused(change: dict[str, object], message: str) -> None:
    """The message names the value that is wrong."""
    with pytest.raises(ValueError, match=message):
        PolynomialConfig(**change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"degree": 4}, "degree of a descent must lie in 0 to 3; got degree=4"),
        ({"learning_rate": 0.0}, "learning_rate must be positive"),
        ({"momentum": 1.0}, r"momentum must lie in \[0, 1\)"),
        ({"epochs": 1}, "epochs must be at least 2"),
    ],
)
def test_impossible_descents_are_refused(change: dict[str, float], message: str) -> None:
    """The message names the value that is wrong."""
    with pytest.raises(ValueError, match=message):
        Descent(**{"degree": 1, "learning_rate": 0.1, "momentum": 0.0, "epochs": 10, **change})  # type: ignore[arg-type]


# --- claims, and planted faults ------------------------------------------------------------------------------------


def test_every_claim_of_the_default_configuration_holds(results: PolynomialResults) -> None:
    """The committed report stands on these."""
    found = claims(PolynomialConfig(), results)
    assert len(found) == 6
    assert all(claim.holds for claim in found)


def failing(config: PolynomialConfig, results: PolynomialResults) -> list[str]:
    """Statements of the claims that do not hold."""
    return [claim.statement for claim in claims(config, results) if not claim.holds]


@pytest.mark.parametrize("degree", [0, 3, 9])
def test_a_perturbed_coefficient_is_seen(monkeypatch: pytest.MonkeyPatch, degree: int) -> None:
    """One coefficient off by a part in 10⁵ breaks the claim that all of them are right to six digits."""
    right = fits_module.fit_degrees

    def wrong(points: Points, degrees: tuple[int, ...]) -> dict[int, npt.NDArray[np.float64]]:
        found = right(points, degrees)
        found[degree] = found[degree] * np.where(np.arange(degree + 1) == degree, 1 + 1e-5, 1.0)
        return found

    monkeypatch.setattr(results_module, "fit_degrees", wrong)
    assert any("6 significant digits" in statement for statement in failing(SMALL, run(SMALL)))


def test_normal_equations_in_place_of_qr_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim of accuracy fails when the fit goes through the normal equations."""

    def wrong(points: Points, degrees: tuple[int, ...]) -> dict[int, npt.NDArray[np.float64]]:
        return {degree: normal_equations(points, degree) for degree in degrees}

    monkeypatch.setattr(results_module, "fit_degrees", wrong)
    assert any("QR keeps" in statement for statement in failing(SMALL, run(SMALL)))


def test_a_descent_that_did_not_arrive_is_seen() -> None:
    """Ten epochs are too few at degree 1: the table says no, and the claim fails."""
    config = dataclasses.replace(SMALL, full_batch=(Descent(1, 0.1, 0.0, 10),))
    found = run(config)
    assert found.full_batch["agrees_to"].tolist() == ["no"]
    assert any("SGD" in statement for statement in failing(config, found))


def test_momentum_is_named_where_it_is_used() -> None:
    """The claim does not call momentum the plain update, nor the plain update momentum."""
    assert describe_sgd(PolynomialConfig().full_batch) == "SGD (F03; with momentum, F09, at degree 2, 3)"
    assert describe_sgd(SMALL.full_batch) == "SGD (F03)"


def test_a_wrong_target_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target off in its second decimal no longer gives Bishop's low degrees."""
    targets = ("0.379486", *BISHOP_TARGETS[1:])
    assert printed_digits(targets, 1) != BISHOP_TABLE[1]
    monkeypatch.setattr(results_module, "BISHOP_TARGETS", targets)
    assert any("Bishop's printed" in statement for statement in failing(SMALL, run(SMALL)))


# --- the item ------------------------------------------------------------------------------------------------------


def test_item_shows_every_figure_and_the_main_numbers() -> None:
    """The page names the seed, shows each figure by file name, and holds both kinds of error."""
    made = item(SMALL)
    assert set(made.figures) == {"descent", "errors", "fits"}
    for name in made.figures:
        assert f"({name}.svg)" in made.page
    for text in ("seed 2006", "125201.45", "125201.43", "1.26861", "What it does not mean"):
        assert text in made.page
    assert made.configuration["seed"] == 2006


def test_figures_draw_what_the_tables_hold(results: PolynomialResults) -> None:
    """The lines carry the rounded columns; degree 9 says how far it leaves the frame."""
    errors = plot_errors(results.errors, 0.3)
    drawn = [line.get_ydata() for line in errors.axes[0].lines]
    assert any(np.array_equal(y, results.errors["test_rms"]) for y in drawn)
    assert any(np.array_equal(y, results.errors["train_rms"]) for y in drawn)
    fits = plot_fits(results.curves, results.errors, bishop_points())
    assert [panel.get_title(loc="left") for panel in fits.axes] == [
        "degree 1: training RMS 0.46",
        "degree 3: training RMS 0.19",
        "degree 9: training RMS 0",
    ]
    assert any("beyond the frame" in text.get_text() for text in fits.axes[-1].texts)
    assert plot_descent(results.trace).axes[0].get_yscale() == "log"


def test_rounding_helpers_keep_what_is_not_a_number() -> None:
    """NaN stays NaN, zero has no power of ten, and no minus zero is written."""
    assert math.isnan(round_significant(float("nan")))
    assert power_of_ten(0.0) == "0"
    assert not np.signbit(round_decimals([-1e-9], 4))[0]


def test_solver_errors_are_measured_from_the_exact_solution() -> None:
    """Exactly representable: through 2 points of a line there is no error left to measure but rounding."""
    found = solver_errors(bishop_points(), 0, 3, np.random.default_rng(0))
    mean = float(exact_bishop_fit(0)[0])
    assert mean == float(sum(T) / 10)
    assert np.all(found["qr"] <= 4 * 2.0**-52)
    assert found["qr_last"] == pytest.approx(found["qr"], rel=0, abs=2.0**-52)  # there is one coefficient
