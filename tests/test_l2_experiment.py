"""The experiment on the L2 strength: closed form, sweeps, updates, minibatches, bias, Bishop's table, item."""

import json
import pickle
import subprocess
import sys
from dataclasses import fields, replace
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from gradproof_experiments._style import svg_bytes
from gradproof_experiments.claim import Claim
from gradproof_experiments.data import bishop_points
from gradproof_experiments.digits import digits
from gradproof_experiments.experiment import Columns, Part, Results
from gradproof_experiments.l2 import EXPERIMENT, L2Config
from gradproof_experiments.l2.bias import LAYER_SHAPES, LinePoint, ShapePoint, fixed_point, line, shapes
from gradproof_experiments.l2.bishop import BISHOP_TABLE, TablePoint, exact_ridge, match, printed_digits
from gradproof_experiments.l2.claims_sweep import monotone_claims, rise_beyond_best, u_claim
from gradproof_experiments.l2.claims_update import bias_claims, descent_claims, minibatch_claims
from gradproof_experiments.l2.classifier import ClassifierPoint, classify, descend
from gradproof_experiments.l2.minibatches import MinibatchPoint, effective_strength, run
from gradproof_experiments.l2.refine import lowest
from gradproof_experiments.l2.ridge import polynomial_ridge, ridge
from gradproof_experiments.l2.sweep import REDRAWN, SweepPoint, sweep
from gradproof_experiments.l2.tables import Sweep, sweeps
from gradproof_experiments.l2.updates import UpdatePoint, follow
from gradproof_reference import Layer, design_matrix

LN_ALPHAS = (-3.0, 0.0, 3.0)
IMAGES = ClassifierPoint(root=7, n_training=60, ln_strengths=LN_ALPHAS, block=3)
BATCHES = MinibatchPoint(root=7, batch_size=5, strength=0.5, rate=0.02, epochs=50, noise=0.3)


def computed(part: Part) -> pd.DataFrame:
    """What the runner hands to the item for one part."""
    tables = []
    for point in part.points:
        told = {f.name: getattr(point, f.name) for f in fields(point)}
        told = {name: value for name, value in told.items() if isinstance(value, int | float | str)}
        for seed in range(part.seeds):
            columns = part.compute(point, seed)
            tables.append(pd.DataFrame({**columns, **told, "seed": seed}))
    return pd.concat(tables, ignore_index=True)


@pytest.fixture(scope="module")
def config() -> L2Config:
    """Return the quick configuration."""
    quick: L2Config = EXPERIMENT.quick()
    return quick


@pytest.fixture(scope="module")
def results(config: L2Config) -> Results:
    """Compute all parts of the quick configuration."""
    return {part.name: computed(part) for part in EXPERIMENT.parts(config)}


# --- the closed form -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ln_alpha", [-36.0, -18.0, -6.0, 2.0])
def test_ridge_agrees_with_fifty_digits(ln_alpha: float) -> None:
    """QR of the augmented system is the solution of the normal equations in 50-digit arithmetic, to its condition."""
    points = bishop_points()
    found = polynomial_ridge(points.x, points.t, 9, [np.exp(ln_alpha)], penalise_bias=True)[0]
    exact = np.array([float(value) for value in exact_ridge(ln_alpha + np.log(2.0))])
    assert np.linalg.norm(found - exact) <= 1e-6 * np.linalg.norm(exact)


def test_the_gradient_of_the_penalised_loss_is_zero_at_ridge_and_not_with_half_the_penalty() -> None:
    """Φᵀ(Φw − t) + 2αw = 0 without the bias; planted: the same with αw, the slide's step, is not 0."""
    points, alpha = bishop_points(), 0.1
    phi = design_matrix(points.x, 3)
    w = polynomial_ridge(points.x, points.t, 3, [alpha])[0]
    loss, penalty = phi.T @ (phi @ w - points.t), alpha * np.array([0.0, 1.0, 1.0, 1.0]) * w
    assert np.abs(loss + 2 * penalty).max() < 1e-13
    assert np.abs(loss + penalty).max() > 1e-3


def test_ridge_stacked_is_ridge_one_by_one() -> None:
    """Every row of a stack of strengths is the solution for its strength alone."""
    points = bishop_points()
    strengths = np.exp(np.arange(-30.0, 5.0, 5.0))
    stacked = polynomial_ridge(points.x, points.t, 9, strengths)
    single = np.concatenate([polynomial_ridge(points.x, points.t, 9, [alpha]) for alpha in strengths])
    np.testing.assert_allclose(stacked, single, rtol=1e-12)


def test_ridge_without_a_penalty_is_least_squares() -> None:
    """At α = 0 the closed form is that of an independent solver."""
    points = bishop_points()
    phi = design_matrix(points.x, 3)
    expected = np.linalg.lstsq(phi, points.t)[0]
    np.testing.assert_allclose(ridge(phi, points.t, [0.0], [True] * 4)[0], expected, rtol=1e-10)


# --- the sweeps ------------------------------------------------------------------------------------------------------


def test_the_classifier_reaches_the_optimum_of_another_solver() -> None:
    """Weights and losses are those of scikit-learn's logistic regression, C = 1/(2α), on images that are not centred."""
    found = classify(IMAGES, 0)
    training, test = digits(60, 7, 0)
    for k, ln_alpha in enumerate(LN_ALPHAS):
        model = LogisticRegression(C=0.5 / np.exp(ln_alpha), tol=1e-9, max_iter=20000)
        model.fit(training.x, training.labels)
        assert found["norm"][k] == pytest.approx(np.linalg.norm(model.coef_), rel=2e-3)
        chosen = model.predict_log_proba(test.x)[np.arange(len(test.labels)), test.labels]
        assert found["test_loss"][k] == pytest.approx(-chosen.mean(), rel=2e-3)


def test_what_is_left_bounds_what_the_classifier_misses() -> None:
    """Another solver's objective is lower by no more than is left, with 1e-3 for the biases, and near enough to tell."""
    found = classify(IMAGES, 0)
    training = digits(60, 7, 0).training
    for k, ln_alpha in enumerate(LN_ALPHAS):
        alpha = np.exp(ln_alpha)
        model = LogisticRegression(C=0.5 / alpha, tol=1e-9, max_iter=20000).fit(training.x, training.labels)
        chosen = model.predict_log_proba(training.x)[np.arange(60), training.labels]
        best = -chosen.sum() + alpha * np.sum(model.coef_**2)
        ours = 60 * found["train_loss"][k] + alpha * found["norm"][k] ** 2
        assert -1e-6 * ours <= ours - best <= (found["left"][k] + 1e-3) * ours
        assert found["left"][k] < 1e-3
        assert found["bias_left"][k] < 1e-3


def test_strengths_in_a_stack_agree_with_strengths_one_by_one() -> None:
    """After as many steps, every model of a stack is the model trained alone, to rounding."""
    training, strengths = digits(60, 7, 0).training, np.exp(LN_ALPHAS)
    start = Layer(np.zeros((10, 64)), np.zeros(10))
    stack = descend(training, strengths, start, steps=50)
    for k in range(len(strengths)):
        alone = descend(training, strengths[k : k + 1], start, steps=50)
        np.testing.assert_allclose(stack.weight[k], alone.weight[0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(stack.bias[k], alone.bias[0], rtol=0, atol=1e-12)


def test_a_sweep_of_a_free_bias_follows_an_offset_of_the_targets() -> None:
    """Adding 2 to all targets leaves every error as it was with the bias free, and not with the bias penalised."""
    point = SweepPoint(7, REDRAWN, 9, 50, 0.3, 0.0, "free", LN_ALPHAS)
    plain, moved = (sweep(replace(point, offset=offset), 3) for offset in (0.0, 2.0))
    np.testing.assert_allclose(plain["test_rms"], moved["test_rms"], rtol=1e-9)
    penalised = sweep(replace(point, offset=2.0, bias="penalised"), 3)
    assert penalised["test_rms"][-1] > 1.1 * plain["test_rms"][-1]


# --- the updates -----------------------------------------------------------------------------------------------------


def test_descents_end_where_the_linear_recursion_ends() -> None:
    """The distance after 300 steps is that of the recursion w ← Mw + c in matrices, by its powers."""
    point = UpdatePoint("printed", 2, 0.1, 300)
    data = bishop_points()
    phi, penalty = design_matrix(data.x, 2), np.diag([0.0, 1.0, 1.0])
    curvature = np.linalg.eigvalsh(phi.T @ phi + 0.2 * penalty)
    rate = 2 / (curvature[0] + curvature[-1])
    matrix = phi.T @ phi + 0.1 * penalty
    end = np.linalg.solve(matrix, phi.T @ data.t)
    w = end - np.linalg.matrix_power(np.eye(3) - rate * matrix, 300) @ end
    other = np.linalg.solve(phi.T @ phi + 0.2 * penalty, phi.T @ data.t)
    expected = np.linalg.norm(w - other) / np.linalg.norm(end - other)
    assert follow(point, 0)["to_alpha"][-1] == pytest.approx(expected, rel=1e-9)


def test_the_claim_rejects_updates_that_are_exchanged(config: L2Config, results: Results) -> None:
    """Planted: the derived update's path under the printed one's name, and the other way round, fails both claims."""
    frame = results["updates"]
    exchanged = frame.assign(update=frame["update"].map({"derived": "printed", "printed": "derived"}))
    assert [c.verdict for c in descent_claims(config, results)] == ["holds", "holds"]
    assert [c.verdict for c in descent_claims(config, {"updates": exchanged})] == ["fails", "fails"]


def test_the_printed_line_ends_at_its_fixed_point_and_the_derived_one_at_the_minimum() -> None:
    """Descent arrives at the fixed points by linear algebra, which are apart."""
    printed, derived = (line(LinePoint(name, 0.1, 400), 0) for name in ("printed", "derived"))
    assert printed["from_theory"][0] < 1e-10
    assert derived["from_theory"][0] < 1e-10
    assert printed["from_minimum"][0] > 0.1
    b, w = fixed_point(bishop_points(), 0.1)
    assert np.sum(b + w * bishop_points().x - bishop_points().t) == pytest.approx(-0.1 * w)


def test_the_printed_bias_step_never_returns_a_bias() -> None:
    """Every layer gets a matrix or an error, by NumPy's own broadcasting rules."""
    for d_out, d_in in LAYER_SHAPES:
        found = shapes(ShapePoint(d_out, d_in), 0)["result"]
        fits = d_out in (1, d_in) or d_in == 1
        assert found == ([str((d_out, max(d_in, d_out)))] if fits else ["error"])


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0, 40.0])
def test_the_effective_strength_of_a_closed_form_is_its_own(factor: float) -> None:
    """The α that is found for ridge(α) is α."""
    points = bishop_points()
    w = polynomial_ridge(points.x, points.t, 1, [0.1 * factor])[0]
    assert effective_strength(points, w, 0.1) == pytest.approx(0.1 * factor, rel=1e-4)


def test_one_batch_an_epoch_has_the_strength_of_the_slide() -> None:
    """With m = n both treatments are full-batch descent, which ends at ridge(α) exactly: the factor is 1."""
    assert run(replace(BATCHES, batch_size=10, epochs=400), 0)["factor"] == pytest.approx([1, 1], abs=1e-4)


def test_the_claim_rejects_minibatches_with_the_strength_of_the_slide(
    config: L2Config, results: Results
) -> None:
    """Planted: factors of 1 where B is expected, and B where 1 is, fail."""
    frame = results["minibatches"]
    exchanged = frame.assign(
        treatment=frame["treatment"].map({"as it stands": "times m/n", "times m/n": "as it stands"})
    )
    assert [c.verdict for c in minibatch_claims(config, results)] == ["holds", "holds"]
    assert [c.verdict for c in minibatch_claims(config, {"minibatches": exchanged})] == ["fails", "fails"]


# --- Bishop's table --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("printed", list(BISHOP_TABLE))
def test_bishops_columns_come_out_at_another_strength(printed: float) -> None:
    """All ten digits agree at the ln λ that is found, by exact arithmetic, and not at the printed one."""
    found = match(TablePoint(printed), 0)
    assert found["at_best"] == list(BISHOP_TABLE[printed])
    assert sum(a == b for a, b in zip(found["at_printed"], found["bishop"], strict=True)) <= 2
    assert found["lowest"][0] < found["best_ln_lambda"][0] < found["highest"][0]
    beyond = printed_digits(exact_ridge(found["highest"][0] + 0.001))
    assert list(beyond) != found["bishop"]


def test_exact_ridge_solves_its_equations() -> None:
    """The residual of the normal equations is 0 to 30 digits, formed from the points and not from their moments."""
    with mpmath.workdps(50):
        w, x = exact_ridge(-18.0), [mpmath.mpf(k) / 9 for k in range(10)]
        t = [mpmath.mpf(str(value)) for value in bishop_points().t]
        residuals = [mpmath.polyval(w[::-1], xi) - ti for xi, ti in zip(x, t, strict=True)]
        for power, coefficient in enumerate(w):
            gradient = mpmath.fsum(r * xi**power for r, xi in zip(residuals, x, strict=True))
            assert abs(gradient + mpmath.exp(-18) * coefficient) < mpmath.mpf(10) ** -30


def test_the_lowest_point_is_found_beside_a_kink_and_a_planted_shift_is_seen() -> None:
    """The scan finds the lowest point of the largest of two distances, (a + b)/2, to its precision."""
    scan = np.linspace(-1.0, 2.0, 31)
    found = lowest(lambda x: np.maximum(np.abs(x - 0.1), np.abs(x - 0.7234)), scan, 1e-7)
    assert found == pytest.approx(0.4117, abs=1e-6)
    assert found != pytest.approx(0.4118, abs=1e-6)


# --- claims ----------------------------------------------------------------------------------------------------------


def planted(test: np.ndarray[Any, np.dtype[np.float64]]) -> Sweep:
    """Sweep with these test errors, one row per seed, a training error that falls once, and a norm that rises once."""
    n_seeds, n = test.shape
    frame = pd.DataFrame(
        {
            "seed": np.repeat(np.arange(n_seeds), n),
            "ln_alpha": np.tile(np.arange(float(n)), n_seeds),
            "train_rms": np.tile([1.0, 0.9, *np.arange(1.1, n - 1)], n_seeds)[: test.size],
            "norm": np.tile([2.0, 2.1, *(1.0 / np.arange(1, n - 1))], n_seeds)[: test.size],
            "test_rms": test.ravel(),
        }
    )
    return Sweep("planted", "planted points", frame, "train_rms", "test_rms")


def test_claims_reject_errors_out_of_order_and_test_errors_that_only_rise() -> None:
    """Planted: one training error that falls, one norm that rises, and a best strength at the end of the range."""
    rng = np.random.default_rng(1)
    rising = planted(np.arange(1.0, 7.0) + 0.01 * rng.standard_normal((10, 6)))
    assert [c.verdict for c in monotone_claims((rising, rising, rising))] == ["fails", "fails"]
    assert u_claim(rising, L2Config()).verdict == "fails"
    falling_in_noise = planted(np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.2]) + 0.01 * rng.random((10, 6)))
    assert not rise_beyond_best(falling_in_noise.frame["test_rms"].to_numpy().reshape(10, 6)).any()


def test_the_rise_of_a_flat_curve_is_not_made_by_choosing_the_best() -> None:
    """On noise alone the rise is negative on average; chosen on the seed itself it would always be positive."""
    noise = 1 + 0.1 * np.random.default_rng(2).standard_normal((400, 20))
    rises = rise_beyond_best(noise)
    itself = np.minimum(noise[:, 0], noise[:, -1]) / noise.min(axis=1) - 1
    assert rises.mean() < 0
    assert itself.min() >= 0


def test_the_claims_on_the_bias_reject_planted_faults(config: L2Config, results: Results) -> None:
    """A bias step that keeps its shape, a sum of residuals of 0, a bias that does not follow, a penalty that helps."""
    frame = results["polynomial"]
    exchanged = frame.assign(bias=frame["bias"].map({"free": "penalised", "penalised": "free"}))
    faulty = {
        "shapes": results["shapes"].assign(result=results["shapes"]["bias"]),
        "line": results["line"].assign(residuals=0.0),
        "polynomial": exchanged,
    }
    assert [c.verdict for c in bias_claims(config, results)] == ["holds"] * 4
    assert [c.verdict for c in bias_claims(config, faulty)] == ["fails"] * 4


# --- the experiment --------------------------------------------------------------------------------------------------


def test_every_claim_of_the_quick_configuration_holds(config: L2Config, results: Results) -> None:
    """The quick set decides all that the full one does, with less to stand on."""
    claims: tuple[Claim, ...] = EXPERIMENT.item(config, results).claims
    assert {claim.verdict for claim in claims} == {"holds"}, "\n".join(map(str, claims))


def test_the_item_is_the_same_a_second_time(config: L2Config, results: Results) -> None:
    """Tables, figures and words come out byte for byte, and no brace is left in a sentence."""
    first, second = (EXPERIMENT.item(config, results) for _ in range(2))
    for one, other in zip(first.tables, second.tables, strict=True):
        assert one.frame.to_csv() == other.frame.to_csv()
    for picture, again in zip(first.pictures, second.pictures, strict=True):
        assert svg_bytes(picture.figure) == svg_bytes(again.figure)
    alts = tuple(picture.alt + picture.caption for picture in first.pictures)
    words = (first.answer, *first.method, *first.means, *first.limits, *alts)
    assert not [sentence for sentence in words if "{" in sentence]


def test_tables_are_rounded_and_show_every_seed(config: L2Config, results: Results) -> None:
    """Floats have four significant digits at most, and each seed has a row at each strength."""
    tables = {table.name: table.frame for table in EXPERIMENT.item(config, results).tables}
    for name, frame in tables.items():
        for column in frame.select_dtypes("float"):
            values = frame[column].dropna()
            assert (values == [float(f"{value:.4g}") for value in values]).all(), (name, column)
    for sweep_of in sweeps(results):
        assert len(tables[f"{sweep_of.name}_seeds"]) == config.seeds * len(sweep_of.ln_alpha)


def test_runs_return_python_values_and_pickle(config: L2Config) -> None:
    """What is stored survives JSON; functions and points survive pickle; no column repeats the name of a field."""
    for part in EXPERIMENT.parts(config):
        compute, point = pickle.loads(pickle.dumps((part.compute, part.points[0])))  # noqa: S301 - our own bytes
        columns: Columns = compute(point, 0)
        assert json.loads(json.dumps(columns)) == columns
        assert len({len(values) for values in columns.values()}) == 1
        assert not set(columns) & {"seed", *(f.name for f in fields(point))}


_ELSEWHERE = """
from gradproof_experiments.l2.classifier import ClassifierPoint, classify, descend
from gradproof_experiments.l2.minibatches import MinibatchPoint, run
found = [run({batches}, 1), classify({images}, 1)]
print(repr(found))
"""


def test_a_run_has_the_same_bits_in_another_process_and_order() -> None:
    """The same point and seed, alone in a fresh interpreter, after others here."""
    here = [classify(IMAGES, 1), run(BATCHES, 0), run(BATCHES, 1)]
    code = _ELSEWHERE.format(batches=BATCHES, images=IMAGES)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr([here[2], here[0]])


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"seeds": 1}, r"seeds must be at least 3; got seeds=1\."),
        ({"degree": 12}, r"degree must lie in 1 to 9; got degree=12\. Ten points"),
        ({"update_degree": 4}, r"update_degree must lie in 1 to 3; got update_degree=4\."),
        ({"n_training": 5}, r"n_training must lie in 10 to 1796; got n_training=5\."),
        ({"noise": -1.0}, r"noise must be finite and not negative; got noise=-1\.0\."),
        ({"offset": float("inf")}, r"offset must be finite; got offset=inf\."),
        ({"update_strength": 0.0}, r"update_strength must lie in \(0, 0\.2\]; got update_strength=0\.0\."),
        ({"minibatch_rate": 0.5}, r"minibatch_rate must lie in \(0, 0\.05\]; got minibatch_rate=0\.5\."),
        (
            {"batch_sizes": (5, 3)},
            r"batch_sizes must be some of 1, 2 and 5, each once; got batch_sizes=\(5, 3\)",
        ),
        ({"polynomial_ln_strengths": (-1.0, 1.0, 2.0)}, r"polynomial_ln_strengths must hold 0.*Add 0\.0\."),
        ({"polynomial_ln_strengths": (-50.0, 0.0, 1.0)}, r"within -40 to 10.*Rounding takes over"),
        ({"digits_ln_strengths": (0.0, -1.0, 1.0)}, r"3 or more that ascend within -8 to 10"),
    ],
)
def test_the_configuration_names_what_is_wrong(told: dict[str, Any], message: str) -> None:
    """Every field is checked, and the message shows its value and the remedy."""
    with pytest.raises(ValueError, match=message):
        L2Config(**told)
