"""Momentum against plain SGD: what is measured agrees with second derivations, and the claims can fail."""

import dataclasses
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits

from gradproof_experiments.digits import digits
from gradproof_experiments.experiment import Part, generator
from gradproof_experiments.momentum import EXPERIMENT, MomentumConfig
from gradproof_experiments.momentum.claims import find_claims
from gradproof_experiments.momentum.quadratic import RatesPoint, log_norms, rates
from gradproof_experiments.momentum.region import EdgePoint, PhasePoint, edges, phases
from gradproof_experiments.momentum.tables import Frames, frames
from gradproof_experiments.momentum.training import SIZES, TrainingPoint, _split, train_networks
from gradproof_experiments.momentum.unlearning import UnlearningPoint, count_unlearning
from gradproof_experiments.networks import initial_layers
from gradproof_reference import SIGMOID, mlp_loss, mlp_loss_and_gradient, train

_SMALL = MomentumConfig(
    seeds=3,
    per_decade=1,
    n_momenta=5,
    n_step_sizes=8,
    n_training=200,
    n_validation=100,
    epochs=3,
    powers_plain=(-4, 0),
    powers_momentum=(-4, -2),
    unlearning_batches=(10, 40, 100),
    unlearning_images=100,
    unlearning_steps=5,
    late_epoch=2,
)
_TRAINING = TrainingPoint(7, 0.9, 100, 50, 30, 2, (-4, 0), (-4, -2))
_COUNT = UnlearningPoint(7, 10, 0.9, 100, 6, 2, 0.5)


def _run(part: Part) -> pd.DataFrame:
    """Do what the runner does, without it."""
    tables = []
    for point in part.points:
        for seed in range(part.seeds):
            own = {"seed": seed} | {
                field.name: value
                for field in dataclasses.fields(point)
                if isinstance(value := getattr(point, field.name), int | float | str) and field.name != "seed"
            }
            returned = {name: list(values) for name, values in part.compute(point, seed).items()}
            tables.append(
                pd.DataFrame({name: column for name, column in returned.items() if name not in own}).assign(
                    **own
                )
            )
    return pd.concat(tables, ignore_index=True)


@pytest.fixture(scope="module")
def results() -> dict[str, pd.DataFrame]:
    """Return all runs of the small configuration."""
    return {part.name: _run(part) for part in EXPERIMENT.parts(_SMALL)}


@pytest.fixture(scope="module")
def tables(results: dict[str, pd.DataFrame]) -> Frames:
    """Return the tables of the small configuration."""
    return frames(_SMALL, results)


def test_norm_at_double_eigenvalue_is_that_of_closed_form() -> None:
    """From v = 0 the slow mode is w_t = (1 + (1 − ρ)t)ρᵗ, and λv_t = w_{t-1} − w_t, through many rescalings."""
    rho = 0.9
    steps = 4000  # ρ^4000 is 1e-183, and ρ^8000 below the range
    at = np.array([steps // 2, steps])
    middle, end = log_norms(
        np.ones((1, 1)), np.array([[1.0]]), np.array([(1 - rho) ** 2]), np.array([rho**2]), steps
    )
    w = 1 + (1 - rho) * at
    before = (1 + (1 - rho) * (at - 1)) / rho
    expected = at * np.log(rho) + np.log(np.hypot(w, before - w))
    np.testing.assert_allclose([middle[0], end[0]], expected, rtol=1e-9)


def test_measured_exponents_are_those_of_the_iteration_matrix() -> None:
    """The spectral radius of the 2 x 2 matrix of (w, v), from its trace and determinant in NumPy's eigenvalues."""
    found = pd.DataFrame(rates(RatesPoint(3, 1, 1000), 0))
    for method, kappa, exponent in found.itertuples(index=False):
        tau = 0.0 if method == "plain" else ((kappa**0.5 - 1) / (kappa**0.5 + 1)) ** 2
        step = 2 * (1 + tau) / (1 + kappa)
        matrices = [np.array([[1 - step * h, -step * tau], [h, tau]]) for h in (1.0, kappa)]
        radius = max(np.abs(np.linalg.eigvals(matrix)).max() for matrix in matrices)
        # The double eigenvalue costs eigvals half its digits.
        assert exponent == pytest.approx(-np.log(radius), rel=1e-3)


def test_without_factor_t_the_exponent_would_be_off() -> None:
    """A planted fault: leaving out t of t·ρᵗ misses the exponent by more than the 1 % that is claimed."""
    kappa, steps = 10.0**4, 2000
    root = kappa**0.5
    middle, end = log_norms(
        np.ones((1, 2)),
        np.array([[1.0, kappa]]),
        np.array([(2 / (1 + root)) ** 2]),
        np.array([((root - 1) / (root + 1)) ** 2]),
        steps,
    )
    theory = -np.log((root - 1) / (root + 1))
    naive = (middle - end)[0] / (steps // 2)
    assert abs(naive / theory - 1) > 0.01
    assert naive + np.log(2) / (steps // 2) == pytest.approx(theory, rel=1e-3)


def test_edges_of_convergence_are_where_theory_has_them() -> None:
    """0 and 2 + 2τ, to half the accuracy that is claimed."""
    found = pd.DataFrame(edges(EdgePoint(6, 1200), 0))
    assert found["lower"].abs().max() < 5e-4
    assert (found["upper"] - 2 - 2 * found["momentum"]).abs().max() < 5e-4


def test_factor_between_the_curves_is_the_root_of_momentum() -> None:
    """The eigenvalues are complex there, and their product is τ."""
    found = pd.DataFrame(phases(PhasePoint(6, 20, 800), 0)).query("0.1 < momentum < 0.9")
    root = np.sqrt(found["momentum"])
    inside = ((1 - root) ** 2 + 0.1 < found["step"]) & (found["step"] < (1 + root) ** 2 - 0.1)
    assert inside.sum() > 20
    np.testing.assert_allclose(found["factor"][inside], root[inside], rtol=0.01)


@pytest.mark.parametrize("model", range(4))
def test_stack_trains_as_one_model_does(model: int) -> None:
    """Each model alone, with a loss written out over all images, to rounding."""
    found = pd.DataFrame(train_networks(_TRAINING, 1))
    power, tau = (_TRAINING.powers_plain + _TRAINING.powers_momentum)[model], (0.0, 0.0, 0.9, 0.9)[model]
    known, _ = digits(150, 7, 1)
    x, labels = known.x[:100], known.labels[:100]
    steps = train(
        lambda layers, batch: mlp_loss_and_gradient(layers, x[batch], labels[batch], SIGMOID),
        initial_layers(SIZES, "glorot", generator(7, "initial weights", 1)),
        100,
        learning_rate=10 ** (power / 4) / 30,
        momentum=tau,
        n_epochs=2,
        batch_size=30,
        rng=generator(7, "minibatches", 1),
    )
    *_, last = steps
    mine = found[(found["epoch"] == 2)].iloc[model]
    assert mine["training_loss"] == pytest.approx(
        float(mlp_loss(last.parameters, x, labels, SIGMOID)) / 100, rel=1e-9
    )


def test_every_image_is_in_one_of_training_validation_and_test() -> None:
    """Together, scaled back to grey values of 0 to 16, they are the 1,797 images, each as often as it occurs."""
    x = np.concatenate([images.x for images in _split(_TRAINING, 1)])
    grey = np.rint((x - x.min()) / np.ptp(x) * 16)
    expected = load_digits().data
    np.testing.assert_array_equal(grey[np.lexsort(grey.T)], expected[np.lexsort(expected.T)])


def test_full_batches_never_unlearn() -> None:
    """There the two losses are one, whatever the rounding of their sums."""
    everything = dataclasses.replace(_COUNT, batch=100, effective_step=8.0)
    assert set(count_unlearning(everything, 0)["share"]) == {0.0}


def test_unlearning_steps_are_those_counted_by_hand() -> None:
    """A loop of its own over plain SGD's steps, early and late."""
    found = pd.DataFrame(count_unlearning(_COUNT, 2))
    images = digits(100, 7, 2).training

    def loss(layers: Any, which: Any) -> float:
        return float(mlp_loss(layers, images.x[which], images.labels[which], SIGMOID))

    layers: Any = initial_layers(SIZES, "glorot", generator(7, "initial weights", 2))
    rng, found_by_hand = generator(7, "minibatches", 2), []
    for _ in range(3):
        order = rng.permutation(100)
        for batch in np.split(order, 10):
            gradient = mlp_loss_and_gradient(layers, images.x[batch], images.labels[batch], SIGMOID)[1]
            after = [
                type(layer)(layer.weight - 0.05 * g.weight, layer.bias - 0.05 * g.bias)
                for layer, g in zip(layers, gradient, strict=True)
            ]
            everything = slice(None)
            better, worse = (
                loss(after, batch) < loss(layers, batch),
                loss(after, everything) > loss(layers, everything),
            )
            found_by_hand.append(better and worse)
            layers = after
    plain = found[found["method"] == "plain"].set_index("phase")["share"]
    assert plain["early"] == pytest.approx(np.mean(found_by_hand[:6]))
    assert plain["late"] == pytest.approx(np.mean(found_by_hand[20:26]))


def test_runs_are_the_same_bits_in_another_process_and_order() -> None:
    """A seed's run hangs on nothing but its point and its seed."""
    here = [count_unlearning(_COUNT, seed) for seed in (0, 1)]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = [pool.submit(count_unlearning, _COUNT, seed) for seed in (1, 0)]
        assert [future.result() for future in there][::-1] == here


def test_parts_are_declared_as_the_runner_asks() -> None:
    """Picklable, paired, canonical; quick and full alike."""
    assert MomentumConfig().seeds >= 10
    for config in (MomentumConfig(), EXPERIMENT.quick()):
        for part in EXPERIMENT.parts(config):
            assert pickle.loads(pickle.dumps(part)) == part  # noqa: S301 - our own bytes
            assert part.seeds in {1, config.seeds}


def test_item_has_claims_pictures_and_tables(results: dict[str, pd.DataFrame]) -> None:
    """Everything that the report writes is there, and made again it is equal."""
    first, second = (EXPERIMENT.item(_SMALL, results) for _ in range(2))
    assert first.claims == second.claims
    assert len(first.claims) == 11
    assert [picture.name for picture in first.pictures] == ["curves", "rates", "phases", "unlearning"]
    for one, other in zip(first.tables, second.tables, strict=True):
        pd.testing.assert_frame_equal(one.frame, other.frame)


def test_tuning_picks_the_smallest_validation_loss(results: dict[str, pd.DataFrame], tables: Frames) -> None:
    """Seed by seed, by a loop of its own."""
    last = results["training"].query("epoch == 3")
    tuned = tables.curves.query("epoch == 3 and curve.str.endswith('tuned')")
    for seed in range(_SMALL.seeds):
        for method in ("plain", "momentum"):
            mine = last[(last["seed"] == seed) & (last["method"] == method)]
            best = mine.loc[mine["validation_loss"].idxmin(), "power"]
            row = tuned[(tuned["seed"] == seed) & (tuned["curve"] == f"{method}, tuned")]
            assert row["power"].tolist() == [best]


def test_claims_on_quadratics_fail_for_a_wrong_measurement(tables: Frames) -> None:
    """Planted faults: rates 2 % off, and edges at 2 + τ."""
    good = [claim.verdict for claim in find_claims(_SMALL, tables)]
    assert good[:4] == ["holds"] * 4
    wrong_rates = tables.rates.assign(exponent=tables.rates["exponent"] * 1.02)
    wrong_edges = tables.edges.assign(upper=2 + tables.edges["momentum"])
    bad = find_claims(_SMALL, tables._replace(rates=wrong_rates, edges=wrong_edges))
    assert [claim.verdict for claim in bad[:4]] == ["fails", "fails", "holds", "fails"]


def test_claims_on_digits_fail_where_momentum_gains_nothing(tables: Frames) -> None:
    """Planted faults: momentum and plain SGD exchange names, and no step ever un-learns."""
    names = {"plain, λ": "momentum, λ", "momentum, λ": "plain, λ"}
    swapped = tables.curves.assign(curve=tables.curves["curve"].replace(names))
    counts = tables.counts.assign(share=0.0)
    bad = find_claims(_SMALL, tables._replace(curves=swapped, counts=counts))
    assert bad[4].verdict == "fails"
    assert bad[5].verdict == "fails"
    assert [claim.verdict for claim in bad[7:]] == ["fails"] * 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seeds", 1),
        ("momentum", 1.0),
        ("momentum", 0.5),
        ("steps", 10),
        ("n_training", 1790),
        ("batch_size", 801),
        ("powers_plain", (0, 1)),
        ("powers_momentum", (0, -4)),
        ("unlearning_batches", (20,)),
        ("unlearning_batches", (20, 500)),
        ("unlearning_images", 1700),
        ("unlearning_step", 0.0),
    ],
)
def test_configuration_names_the_value_that_is_wrong(name: str, value: object) -> None:
    """The message shows the field and what it got."""
    with pytest.raises(ValueError, match=rf"; got .*{name}="):
        MomentumConfig(**{name: value})  # type: ignore[arg-type]
