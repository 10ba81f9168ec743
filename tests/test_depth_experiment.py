"""Depth, activation and initial weights (F21, F24): theory against quadrature, training against a loop by hand, planted faults."""

import dataclasses
import json
import math
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy import integrate, special, stats

from gradproof_experiments._style import svg_bytes
from gradproof_experiments.depth import EXPERIMENT, DepthConfig, fit, profile, step
from gradproof_experiments.depth.claims import gradient_claims, training_claims
from gradproof_experiments.depth.config import ACTIVATION_NAMES, SCHEMES
from gradproof_experiments.depth.fit import TrainingPoint
from gradproof_experiments.depth.flat import n_parameters, pack, unpack
from gradproof_experiments.depth.gradient_tables import factor_table
from gradproof_experiments.depth.intervals import Mean, chance, mean_accuracy
from gradproof_experiments.depth.profile import ProfilePoint
from gradproof_experiments.depth.stack import initial_stack, layer_sizes
from gradproof_experiments.depth.step import StepPoint, count_changed, step_trained
from gradproof_experiments.depth.step_claims import step_claims
from gradproof_experiments.depth.theory import gaussian_mean, mean_field, weight_variance
from gradproof_experiments.depth.training import trained
from gradproof_experiments.depth.training_tables import better_rate, shown_depths
from gradproof_experiments.experiment import generator
from gradproof_reference import (
    ACTIVATIONS,
    RELU,
    SIGMOID,
    STEP,
    TANH,
    Activation,
    mlp_forward,
    sigmoid_derivative,
)

Floats = npt.NDArray[np.float64]

SMALL = DepthConfig(
    seeds=3,
    profile_depth=5,
    profile_width=64,
    profile_images=16,
    depths=(1, 2, 4),
    step_depths=(2, 4),
    width=16,
    n_training=100,
    n_test=60,
    batch_size=20,
    epochs=2,
)


def results_of(config: DepthConfig) -> dict[str, pd.DataFrame]:
    """What a runner hands over: the point's fields, then the columns."""
    tables = {}
    for part in EXPERIMENT.parts(config):
        frames = []
        for point in part.points:
            own = {name: value for name, value in vars(point).items() if isinstance(value, int | float | str)}
            for seed in range(part.seeds):
                columns = pd.DataFrame(part.compute(point, seed))
                assert not set(own) & set(columns)
                frames.append(pd.DataFrame({"seed": seed, **own}, index=columns.index).join(columns))
        tables[part.name] = pd.concat(frames, ignore_index=True)
    return tables


@pytest.fixture(scope="module")
def results() -> dict[str, pd.DataFrame]:
    """Runs of the small configuration."""
    return results_of(SMALL)


def point(
    activation: str = "tanh", depth: int = 3, kind: type[TrainingPoint] = TrainingPoint
) -> TrainingPoint:
    """A small training run."""
    return kind(
        activation=activation,
        depth=depth,
        width=16,
        n_training=60,
        n_test=40,
        batch_size=20,
        epochs=2,
        learning_rates=(0.02, 0.1),
        momentum=0.9,
        fixed=0.01,
        root=5,
    )


# --- theory ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", [SIGMOID, TANH], ids=lambda a: a.name)
def test_gaussian_means_agree_with_adaptive_quadrature(activation: Activation) -> None:
    """The midpoint rule and QUADPACK are different rules for the same integral."""
    for power, function in ((2, activation.function), (2, activation.derivative), (4, activation.derivative)):
        for q in (0.01, 0.4, 2.0):
            expected, _ = integrate.quad(
                lambda z, f=function, p=power, q=q: float(f(z)) ** p * stats.norm.pdf(z, scale=math.sqrt(q)),
                -20,
                20,
            )
            assert gaussian_mean(lambda z, f=function, p=power: f(z) ** p, q) == pytest.approx(
                expected, rel=1e-9
            )


@pytest.mark.parametrize(
    ("scheme", "factor"), [("he", 1.0), ("glorot", math.sqrt(0.5)), ("fixed", 0.16 * math.sqrt(0.5))]
)
def test_relu_factors_are_those_of_the_closed_form(scheme: Any, factor: float) -> None:
    """Half of the units pass: the factor is √(width · variance / 2) whatever the depth, and its spread 3/½ − 1 = 5."""
    theory = mean_field(layer_sizes(6, 256), RELU, scheme, 0.01)
    assert theory.factors[:-1] == pytest.approx([factor] * 4, rel=1e-12)
    assert theory.factor_per_layer() == pytest.approx(factor, rel=1e-12)
    assert theory.spreads == pytest.approx([5.0] * 5, rel=1e-12)


def test_small_weights_make_every_smooth_activation_linear() -> None:
    """As the pre-activations go to 0 the factor goes to √(width · variance) φ′(0), and the spread to that of a squared normal."""
    for activation, slope in ((SIGMOID, 0.25), (TANH, 1.0)):
        theory = mean_field(layer_sizes(4, 256), activation, "fixed", 1e-4)
        assert theory.factors[:-1] == pytest.approx([16e-4 * slope] * 2, rel=1e-4)
        assert theory.spreads == pytest.approx([2.0] * 3, abs=1e-3)


def test_the_profile_multiplies_the_factors_from_the_output_down() -> None:
    """Layer n has 1, layer n − 1 the last factor, layer 1 the product of all."""
    theory = mean_field(layer_sizes(4, 64), TANH, "glorot", 0.01)
    a, b, c = theory.factors
    assert theory.profile() == pytest.approx((a * b * c, b * c, c, 1.0))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_weights_have_the_variance_that_theory_uses(scheme: Any) -> None:
    """The sample variance of 64 × 256 normal weights is within 5 standard deviations, 5 √(2/16 384)."""
    (flat,) = initial_stack((64, 256, 10), [scheme], 0.01, root=1, seed=0)
    weight = unpack(flat, (64, 256, 10))[0].weight
    assert np.mean(weight**2) / weight_variance(scheme, 64, 256, 0.01) == pytest.approx(
        1, abs=5 * math.sqrt(2 / 16384)
    )


def test_the_tolerance_covers_simulated_products_of_relu_layers() -> None:
    """Products of masked normal matrices stay within it, and it is no wider than ten of their standard deviations."""
    rng, width, layers, seeds = np.random.default_rng(1), 64, 4, 40
    theory = mean_field(layer_sizes(layers + 2, width), RELU, "he", 0.01)
    factors = []
    for _ in range(seeds):
        g = rng.standard_normal(width)
        start = np.linalg.norm(g)
        for _ in range(layers):
            w = rng.standard_normal((width, width)) * math.sqrt(2 / width)
            g = (w.T @ g) * (rng.random(width) < 0.5)
        factors.append((np.linalg.norm(g) / start) ** (1 / layers))
    tolerance, deviation = theory.tolerance(width, seeds), np.std(factors) / math.sqrt(seeds)
    assert abs(np.mean(factors) - 1) + 2 * deviation < tolerance < 10 * deviation


# --- flat parameters and stacks ----------------------------------------------------------------------------------------


def test_unpack_inverts_pack_and_copies_nothing() -> None:
    """The layers are views of the array in the order that pack writes."""
    sizes = (3, 5, 2)
    flat = np.random.default_rng(1).standard_normal((4, n_parameters(sizes)))
    layers = unpack(flat, sizes)
    assert [layer.weight.shape for layer in layers] == [(4, 5, 3), (4, 2, 5)]
    assert all(np.shares_memory(flat, array) for layer in layers for array in layer)
    np.testing.assert_array_equal(pack(layers), flat)


def test_depths_and_schemes_share_their_draws() -> None:
    """He's first layer is Glorot's times a number, and a deeper network begins with the same one."""
    shallow, deep = (
        [unpack(m, s) for m in initial_stack(s, SCHEMES, 0.01, 1, 0)]
        for s in ((64, 16, 10), (64, 16, 16, 10))
    )
    ratio = shallow[1][0].weight / shallow[0][0].weight
    np.testing.assert_allclose(ratio, math.sqrt((64 + 16) / 64), rtol=1e-12)
    np.testing.assert_array_equal(shallow[0][0].weight, deep[0][0].weight)


# --- gradients before training -----------------------------------------------------------------------------------------


def test_the_profile_is_that_of_a_backward_pass_by_hand() -> None:
    """Two layers of tanh, written out with scipy's softmax."""
    where = ProfilePoint("tanh", 2, 16, 8, 50, 0.01, root=3)
    found = pd.DataFrame(profile.profile(where, 1))
    found = found[found["scheme"] == "he"].set_index("layer")
    images = fit.digits(50, 3, 1).training
    x, labels = images.x[:8], images.labels[:8]
    first, second = unpack(initial_stack(layer_sizes(2, 16), ["he"], 0.01, 3, 1)[0], layer_sizes(2, 16))
    a = np.tanh(x @ first.weight.T)
    dz2 = special.softmax(a @ second.weight.T, axis=1) - np.eye(10)[labels]
    dz1 = (dz2 @ second.weight) * (1 - a**2)
    for name, arrays in {"dz_rms": (dz1, dz2), "input_rms": (x, a), "dw_rms": (dz1.T @ x, dz2.T @ a)}.items():
        assert found[name].tolist() == pytest.approx(
            [np.sqrt(np.mean(array**2)) for array in arrays], rel=1e-12
        )


# --- training ----------------------------------------------------------------------------------------------------------


def test_linear_softmax_trains_as_a_loop_by_hand_does() -> None:
    """Depth 1: loss, momentum and accuracy written out; the stream of minibatches is the only thing in common."""
    where = point(depth=1)
    found = pd.DataFrame(trained(where, 2))
    found = found[(found["scheme"] == "he") & (found["learning_rate"] == 0.1)]
    training, test = where.data(2)
    rng, seeds = generator(5, "minibatches", 2), generator(5, "initial weights", 2)
    w, b = seeds.standard_normal((10, 64)) * math.sqrt(2 / 64), np.zeros(10)
    v, u, losses, accuracies = np.zeros_like(w), np.zeros_like(b), [], []
    for _ in range(2):
        order, loss = rng.permutation(60), 0.0
        for batch in order.reshape(3, 20):
            log_p = special.log_softmax(training.x[batch] @ w.T + b, axis=1)
            loss -= log_p[np.arange(20), training.labels[batch]].sum()
            g = (np.exp(log_p) - np.eye(10)[training.labels[batch]]) / 20
            v, u = 0.9 * v + g.T @ training.x[batch], 0.9 * u + g.sum(axis=0)
            w, b = w - 0.1 * v, b - 0.1 * u
        losses.append(loss / 60)
        accuracies.append(np.mean((test.x @ w.T + b).argmax(axis=1) == test.labels))
    assert found["training_loss"].tolist() == pytest.approx(losses, rel=1e-10)
    assert found["test_accuracy"].tolist() == pytest.approx(accuracies, rel=1e-12)


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_stacked_and_one_by_one_agree_to_rounding(name: str) -> None:
    """A model learns the same alone as among five others."""
    where = point(name)
    start = np.repeat(initial_stack(where.sizes, SCHEMES, 0.01, 5, 0)[:, np.newaxis], 2, axis=1)
    together = fit.fit(where, 0, start)
    for i in range(3):
        for j, rate in enumerate(where.learning_rates):
            alone = fit.fit(dataclasses.replace(where, learning_rates=(rate,)), 0, start[i, j : j + 1])
            np.testing.assert_allclose(together.parameters[i, j], alone.parameters[0], rtol=1e-9, atol=1e-12)
            assert [float(loss[i, j]) for loss in together.losses] == pytest.approx(
                [loss.item() for loss in alone.losses]
            )


def test_one_layer_is_the_same_network_under_every_activation() -> None:
    """Depth 1 is linear softmax: the activation is never called."""
    runs = [trained(point(name, depth=1), 0) for name in (*ACTIVATION_NAMES, "step")]
    assert all(run == runs[0] for run in runs)


def test_accuracy_in_pieces_is_accuracy_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many images are looked at together, the share of right ones is the same."""
    whole = trained(point(), 0)
    monkeypatch.setattr(fit, "_BYTES_AT_A_TIME", 8 * 16 * 6 * 7)
    assert trained(point(), 0) == whole


def test_a_seed_has_the_same_bits_in_another_process_and_order() -> None:
    """Points in reverse order in a fresh interpreter return what they return here."""
    points = [point("relu", 3), point("step", 3, StepPoint)]
    here = [trained(points[0], 1), step_trained(StepPoint(**vars(points[1])), 1)]
    code = (
        "import pickle, sys; from gradproof_experiments.depth import step, training\n"
        "a, b = pickle.load(sys.stdin.buffer)\n"
        "second = step.step_trained(b, 1); training.trained(a, 0)\n"
        "pickle.dump([training.trained(a, 1), second], sys.stdout.buffer)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "7"}
    there = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps(points),
        env=environment,
        capture_output=True,
        check=True,
    )
    assert pickle.loads(there.stdout) == here  # noqa: S301 - written by the line above


def test_a_model_that_diverges_is_quiet_and_never_the_better_one() -> None:
    """A rate of 1e4 overflows without a warning, and the other rate is chosen."""
    where = dataclasses.replace(point("relu", 4), learning_rates=(0.02, 1e4))
    run = pd.DataFrame(trained(where, 0)).assign(activation="relu", depth=4, seed=0)
    assert not run.loc[run["learning_rate"] == 1e4, "training_loss"].max() < 10
    assert set(better_rate(run, ["activation", "scheme", "depth"])["learning_rate"]) == {0.02}


def test_the_better_rate_is_that_of_the_lower_training_loss() -> None:
    """The mean over seeds of the last epoch decides; an earlier epoch and the test accuracy do not."""
    rows = [
        {
            "depth": 2,
            "learning_rate": rate,
            "seed": seed,
            "epoch": epoch,
            "training_loss": loss,
            "test_accuracy": right,
        }
        for rate, losses, right in ((0.1, (0.1, 0.9), 0.99), (0.2, (0.8, 0.5), 0.5))
        for seed in range(2)
        for epoch, loss in enumerate(losses)
    ]
    chosen = better_rate(pd.DataFrame(rows), ["depth"])
    assert len(chosen) == 4
    assert set(chosen["learning_rate"]) == {0.2}


# --- the step ----------------------------------------------------------------------------------------------------------


def test_the_step_network_is_linear_softmax_on_its_frozen_features() -> None:
    """Its last layer learns what a network of one layer learns on the features of the untrained network."""
    where = StepPoint(**vars(point("step", 3, StepPoint)))
    (start,) = initial_stack(where.sizes, ("glorot",), 0.01, 5, 0)
    whole = fit.fit(where, 0, np.stack([start, start]))
    training = where.data(0).training
    features = mlp_forward(unpack(start, where.sizes), training.x, STEP).activations[-1]
    last = unpack(start, where.sizes)[-1]
    w, b, v, u = last.weight, last.bias, np.zeros_like(last.weight), np.zeros_like(last.bias)
    rng = generator(5, "minibatches", 0)
    for _ in range(where.epochs):
        for batch in rng.permutation(60).reshape(3, 20):
            g = (special.softmax(features[batch] @ w.T + b, axis=1) - np.eye(10)[training.labels[batch]]) / 20
            v, u = 0.9 * v + g.T @ features[batch], 0.9 * u + g.sum(axis=0)
            w, b = w - 0.1 * v, b - 0.1 * u
    found = unpack(whole.parameters[1], where.sizes)[-1]
    np.testing.assert_allclose(found.weight, w, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.bias, b, rtol=1e-9, atol=1e-12)


def test_hidden_layers_of_a_step_network_keep_their_bits(results: dict[str, pd.DataFrame]) -> None:
    """No gradient, no change; the last layer changes."""
    table = results["step"]
    assert (table["hidden_gradient"] == 0).all()
    assert (table["hidden_changed"] == 0).all()
    assert (table["last_changed"] > 0).all()


def test_a_step_with_a_gradient_of_its_own_is_found_out(
    monkeypatch: pytest.MonkeyPatch, results: dict[str, pd.DataFrame]
) -> None:
    """Planted fault: with the sigmoid's derivative in the step's place hidden layers move, and both claims fail."""
    faulty = Activation("step", STEP.function, sigmoid_derivative)
    monkeypatch.setitem(ACTIVATIONS, "step", faulty)
    monkeypatch.setattr(step, "STEP", faulty)
    part = EXPERIMENT.parts(SMALL)[2]
    tables = {**results, "step": results_of_part(part)}
    assert (tables["step"]["hidden_changed"] > 0).all()
    verdicts = [claim.verdict for claim in claims_of_step(tables)]
    assert verdicts[:2] == ["fails", "fails"]
    assert [claim.verdict for claim in claims_of_step(results)][:2] == ["holds", "holds"]


def results_of_part(part: Any) -> pd.DataFrame:
    """Runs of one part."""
    return pd.concat(
        [
            pd.DataFrame(part.compute(where, seed)).assign(depth=where.depth, seed=seed)
            for where in part.points
            for seed in range(part.seeds)
        ]
    )


def claims_of_step(tables: dict[str, pd.DataFrame]) -> list[Any]:
    """Claims of the step from the tables of all runs."""
    better = better_rate(tables["training"], ["activation", "scheme", "depth"])
    return step_claims(SMALL, tables["step"], better_rate(tables["step"], ["depth"]), better)


def test_changed_bits_are_counted_to_the_sign_of_a_zero() -> None:
    """What compares equal may still have changed."""
    assert count_changed(np.array([0.0, 1.0]), np.array([-0.0, 1.0])) == 1
    assert count_changed(np.array([1.0, 2.0]), np.array([1.0, np.nextafter(2.0, 3.0)])) == 1
    assert count_changed(np.ones(3), np.ones(3)) == 0


# --- claims ------------------------------------------------------------------------------------------------------------


def gradients(per_layer: Callable[[float], float]) -> pd.DataFrame:
    """Profiles that follow the theory up to a change of the factor per layer, with a spread of 0.1 % over seeds."""
    config, rows = SMALL, []
    for name in ACTIVATION_NAMES:
        for scheme in SCHEMES:
            sizes = layer_sizes(config.profile_depth, config.profile_width)
            factors = mean_field(sizes, ACTIVATIONS[name], scheme, config.fixed).factors
            for seed, wobble in enumerate((0.999, 1.0, 1.001)):
                values = np.cumprod([1.0, *(per_layer(f) * wobble for f in factors[::-1])])[::-1]
                rows += [
                    {"activation": name, "scheme": scheme, "seed": seed, "layer": k, "dz_rms": value}
                    for k, value in enumerate(values, 1)
                ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(("change", "verdict"), [(1.0, "holds"), (0.7, "fails"), (1.4, "fails")])
def test_factor_claims_hold_for_the_theory_and_fail_beside_it(change: float, verdict: str) -> None:
    """Profiles made from the theory satisfy every claim; with a wrong factor per layer none."""
    found = gradient_claims(SMALL, factor_table(SMALL, gradients(lambda factor: change * factor)))
    assert {claim.verdict for claim in found} == {verdict}


def accuracies(stuck: float, learnt: float) -> pd.DataFrame:
    """Final accuracies in which what theory says is stuck has one value, and the rest another."""
    rows = []
    for name in ACTIVATION_NAMES:
        for scheme in SCHEMES:
            for depth in SMALL.depths:
                lost = depth == 4 and (name == "sigmoid" or scheme == "fixed")
                value = (stuck if lost else learnt) - (0.1 if (name, scheme) == ("relu", "glorot") else 0.0)
                rows += [
                    {
                        "activation": name,
                        "scheme": scheme,
                        "depth": depth,
                        "seed": seed,
                        "epoch": SMALL.epochs,
                    }
                    | {"learning_rate": 0.1, "training_loss": 1.0, "test_accuracy": value + (seed - 1) / 60}
                    for seed in range(SMALL.seeds)
                ]
    return pd.DataFrame(rows)


def test_training_claims_tell_stuck_from_learnt() -> None:
    """They hold where theory is right, and all that speak of chance fail where it is the other way round."""
    right = training_claims(SMALL, accuracies(stuck=0.1, learnt=0.9))
    assert {claim.verdict for claim in right} == {"holds"}
    wrong = training_claims(SMALL, accuracies(stuck=0.9, learnt=0.1))
    assert [claim.verdict for claim in wrong if "less" not in claim.quantity] == ["fails"] * 6


def test_guessing_one_class_stays_below_the_bound_of_chance() -> None:
    """By the exact binomial distribution the mean, with an interval of two deviations, exceeds it once in 500 times."""
    config = DepthConfig()
    n = config.seeds * config.n_test
    deviation = math.sqrt(0.1 * 0.9 / n)
    assert stats.binom.sf(n * (chance(config) - 2 * deviation), n, 0.1) < 1 / 500
    assert chance(config) < 0.13


def test_ties_of_accuracies_are_exact() -> None:
    """Thirds of images cannot make two equal means differ: the interval is that of the counts."""
    config = dataclasses.replace(SMALL, n_test=30)
    counts = np.array([20, 21, 22, 20, 23, 21])
    mean = mean_accuracy(counts / 30, config, "test")
    again = mean_accuracy(counts / 30 + 1e-12, config, "test")
    assert mean == again
    assert isinstance(mean, Mean)


# --- item and declaration ----------------------------------------------------------------------------------------------


def test_the_item_is_the_same_when_it_is_made_again(results: dict[str, pd.DataFrame]) -> None:
    """Tables and figures come out byte for byte, and the results are left as they were."""
    copies = {name: frame.copy() for name, frame in results.items()}
    first, second = EXPERIMENT.item(SMALL, results), EXPERIMENT.item(SMALL, results)
    for name, frame in copies.items():
        pd.testing.assert_frame_equal(results[name], frame)
    for one, other in zip(first.tables, second.tables, strict=True):
        assert one.frame.to_csv() == other.frame.to_csv()
    assert [str(claim) for claim in first.claims] == [str(claim) for claim in second.claims]
    assert svg_bytes(first.pictures[0].figure) == svg_bytes(second.pictures[0].figure)
    assert all(picture.alt and picture.caption for picture in first.pictures)
    assert all(set(table.headings) <= set(table.frame) for table in first.tables)


def test_every_random_number_shows_its_seeds(results: dict[str, pd.DataFrame]) -> None:
    """Profiles, curves and step accuracies have a row per seed; cells have the lowest and the highest."""
    tables = {table.name: table.frame for table in EXPERIMENT.item(SMALL, results).tables}
    for name in ("gradients", "curves", "step_seeds"):
        assert set(tables[name]["seed"]) == set(range(SMALL.seeds))
    for name in ("accuracies", "step"):
        cells = tables[name]
        assert (
            (cells["lowest_seed"] <= cells["accuracy"]) & (cells["accuracy"] <= cells["highest_seed"])
        ).all()


def test_the_declaration_can_be_stored_and_sent() -> None:
    """Configurations are canonical in JSON, points and functions can be pickled, and ten seeds are the default."""
    for config in (DepthConfig(), EXPERIMENT.quick()):
        assert json.loads(json.dumps(dataclasses.asdict(config)))["depths"] == list(config.depths)
        parts = EXPERIMENT.parts(config)
        assert pickle.loads(pickle.dumps(parts)) == parts  # noqa: S301 - written by the same line
        assert len({(p.name, where) for p in parts for where in p.points}) == sum(
            len(p.points) for p in parts
        )
    assert DepthConfig().seeds >= 10


def test_curves_are_drawn_for_three_depths() -> None:
    """Two layers, the middle and the deepest, all of them trained."""
    assert shown_depths(DepthConfig()) == (2, 5, 10)
    assert shown_depths(SMALL)[::2] == (2, 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seeds": 1}, "seeds must be at least 2; got seeds=1"),
        ({"width": 4}, "width must be at least 16; got width=4"),
        ({"depths": (1, 3)}, r"depths must ascend as 1, 2 and deeper; got depths=\(1, 3\)"),
        ({"step_depths": (2, 20)}, r"step_depths must ascend from 2 among .*; got step_depths=\(2, 20\)"),
        (
            {"learning_rates": (0.1, 0.02)},
            r"learning_rates must ascend above 0; got learning_rates=\(0.1, 0.02\)",
        ),
        ({"momentum": 1.0}, "momentum must lie in .*; got momentum=1.0"),
        ({"fixed": 0.0}, "fixed must be a positive deviation; got fixed=0.0"),
        ({"n_test": 1700}, "n_test must be at most 1797; got n_training=325, n_test=1700"),
        ({"batch_size": 500}, "at most n_training=325; got .*batch_size=500"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(change: dict[str, Any], message: str) -> None:
    """The error shows what must hold and what was given."""
    with pytest.raises(ValueError, match=message):
        DepthConfig(**change)
