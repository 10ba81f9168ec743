"""Many parameters: random directions see every wrong entry, bisection names it, and nothing costs more than it should."""

import functools
import tracemalloc
from typing import Any

import numpy as np
import pytest

import gradproof as gp
import gradproof_reference as ref
from gradproof._directions import Directions
from gradproof._structure import Arguments

LARGE = 1_000_000
RNG = np.random.default_rng(7)


def parameters(n: int) -> dict[str, Any]:
    """Three leaves, of which the second has a half of all entries."""
    return {
        "first": RNG.normal(size=n // 4),
        "rest": [RNG.normal(size=(n // 200, 100)), RNG.normal(size=n - n // 4 - n // 200 * 100)],
    }


def cubes(p: dict[str, Any]) -> Any:
    """A sum of cubes."""
    return sum((x * x * x).sum() for x in (p["first"], *p["rest"]))


def gradient(p: dict[str, Any]) -> dict[str, Any]:
    """Its gradient."""
    return {"first": 3 * p["first"] ** 2, "rest": [3 * x * x for x in p["rest"]]}


def real_only(f: Any) -> Any:
    """Make a function refuse complex input."""

    @functools.wraps(f)
    def real(*args: Any) -> float:
        return float(f(*args))

    return real


def with_errors(positions: Any, errors: Any) -> Any:
    """Plant errors at flat positions of the second leaf."""

    def wrong(p: dict[str, Any]) -> dict[str, Any]:
        g = gradient(p)
        g["rest"][0].ravel()[positions] += errors
        return g

    return wrong


def named(report: gp.GradientReport) -> set[str]:
    """The entries that a report names as wrong."""
    return {entry.name for entry in report.entries if entry.status == "fail"}


@pytest.fixture(scope="module")
def point() -> dict[str, Any]:
    """A million parameters."""
    return parameters(LARGE)


def test_a_right_gradient_of_a_million_parameters_passes(point: dict[str, Any]) -> None:
    """Two directions or a few, and the report says what they could have seen."""
    report = gp.check_gradient(cubes, gradient, point)
    assert (report.verdict, report.mode, report.method) == ("pass", "directions", "complex step")
    assert len(report.along) >= 2
    assert report.resolution <= 1e-6
    assert report.evaluations.f < 50


@pytest.mark.parametrize(("count", "size"), [(1, LARGE), (5, LARGE), (50, LARGE // 10)])
def test_every_wrong_entry_among_many_is_named(count: int, size: int) -> None:
    """Each at the cost of O(log n) evaluations, however the errors differ in size."""
    point = parameters(size)
    rng = np.random.default_rng(count)
    positions = rng.choice(size // 2, count, replace=False)
    errors = 10.0 ** rng.uniform(-3, 3, count) * rng.choice([-1, 1], count)
    report = gp.examine_gradient(cubes, with_errors(positions, errors), point)
    assert report.verdict == "fail"
    assert named(report) == {f"p['rest'][0][{i // 100}, {i % 100}]" for i in positions.tolist()}
    assert report.evaluations.f <= 120 + 40 * count


@pytest.mark.parametrize("wrap", [lambda f: f, real_only], ids=["complex step", "differences"])
def test_one_entry_off_by_a_millionth_of_the_scale_is_seen(wrap: Any) -> None:
    """Among 10⁵ entries, by either method, whatever the seed; a tenth of it is not promised, and never passed off."""
    p = parameters(100_000)
    scale = np.abs(gradient(p)["rest"][0]).max()
    for seed in range(3):
        report = gp.examine_gradient(wrap(cubes), with_errors([4321], [1e-6 * scale]), p, seed=seed)
        assert report.verdict == "fail"
        assert named(report) == {"p['rest'][0][43, 21]"}


def test_the_complex_step_sees_it_among_a_million(point: dict[str, Any]) -> None:
    """One entry off by 1e-6 of the gradient's scale, in 10⁶."""
    scale = np.abs(gradient(point)["rest"][0]).max()
    report = gp.examine_gradient(cubes, with_errors([123_456], [1e-6 * scale]), point)
    assert named(report) == {"p['rest'][0][1234, 56]"}


def test_one_wrong_entry_is_located_in_120_evaluations() -> None:
    """Beyond those that a right gradient takes; n is 10⁵."""
    p = parameters(100_000)
    right = gp.examine_gradient(cubes, gradient, p, seed=3).evaluations.f
    assert gp.examine_gradient(cubes, with_errors([777], [0.1]), p, seed=3).evaluations.f - right <= 120


def test_errors_that_cancel_along_signs_are_seen() -> None:
    """Two opposite errors of one size: pure signs would miss them half of the time, along each direction."""
    p = {"first": np.ones(800), "rest": [np.ones((4, 100)), np.ones(800)]}
    for seed in range(20):
        report = gp.examine_gradient(cubes, with_errors([3, 210], [0.5, -0.5]), p, seed=seed)
        assert named(report) == {"p['rest'][0][0, 3]", "p['rest'][0][2, 10]"}


@pytest.mark.parametrize("factor", [0.0, 2.0, -1.0])
def test_a_whole_wrong_leaf_is_reported_as_such(point: dict[str, Any], factor: float) -> None:
    """Twenty of its entries are looked at, not half a million; the other leaves are compared to the end."""

    def wrong(p: dict[str, Any]) -> dict[str, Any]:
        g = gradient(p)
        g["rest"][0] *= factor
        g["first"][17] += 1.0
        return g

    report = gp.examine_gradient(cubes, wrong, point)
    assert report.verdict == "fail"
    assert "p['rest'][0] is wrong throughout: 20 of 20 entries looked at, of 500000." in report.reason
    assert "p['first'][17]" in named(report)
    assert len(named(report)) == 21
    assert report.evaluations.f < 200


@pytest.mark.parametrize("others", ["none", "opposite", "equal", "many"])
def test_a_bound_hides_an_error_no_more_often_than_stated(others: str) -> None:
    """Over 4000 directions an error e hides behind B at most in B / (e scale) of them, whatever else is wrong."""
    errors = np.zeros(6)
    errors[0] = 1.0
    errors[1:] = {"none": 0, "opposite": [-1, 0, 0, 0, 0], "equal": 1, "many": [3, -2, 0.5, 7, -1]}[others]
    arguments = Arguments((np.full(6, 4.0),), ("w",))
    residuals = np.array([errors @ Directions(arguments, seed).vector(0) for seed in range(4000)])
    for bound in (0.4, 1.0, 2.0):
        stated = bound / 4.0
        assert np.mean(np.abs(residuals) <= bound) <= stated + 3 * np.sqrt(stated / 4000)


def test_modes_can_be_asked_for() -> None:
    """Directions for a few parameters, entries for many; "auto" decides at 1000."""
    few, many = np.linspace(1, 2, 10), np.linspace(1, 2, 1001)
    cube, square = (lambda w: (w * w * w).sum()), (lambda w: 3 * w * w)
    assert gp.check_gradient(cube, square, few, mode="directions").mode == "directions"
    assert gp.check_gradient(cube, square, many, mode="entries").mode == "entries"
    assert gp.check_gradient(cube, square, many[:1000]).mode == "entries"
    assert gp.check_gradient(cube, square, many).mode == "directions"


def test_directions_are_fresh_and_replay() -> None:
    """A seed repeats the examination bit for bit; without one no two are alike."""
    p = parameters(4000)
    first, again = (gp.examine_gradient(cubes, gradient, p, seed=11) for _ in range(2))
    assert first.to_dict() == again.to_dict()
    assert gp.examine_gradient(cubes, gradient, p).along != gp.examine_gradient(cubes, gradient, p).along


@pytest.mark.parametrize("wrap", [lambda f: f, real_only], ids=["complex step", "differences"])
def test_a_leaf_that_hardly_matters_gets_directions_of_its_own(wrap: Any) -> None:
    """Beside a leaf with derivatives a million times larger, a factor 1.001 in the small one is still seen."""
    big, small = np.full(2000, 1.0), np.linspace(1, 2, 50)

    def f(big: Any, small: Any) -> Any:
        return 1e3 * (big * big).sum() + 1e-3 * (small * small * small).sum()

    def grad(factor: float) -> Any:
        return lambda big, small: (2e3 * big, factor * 3e-3 * small**2)

    assert gp.examine_gradient(wrap(f), grad(1.0), big, small).verdict in {"pass", "inconclusive"}
    report = gp.examine_gradient(wrap(f), grad(1.001), big, small)
    assert not report.passed


def test_kinks_along_directions_are_no_failures() -> None:
    """Some entries at the corner of |x|: any subgradient is accepted, a value outside fails."""
    w = np.linspace(-1, 1, 2000)
    w[[10, 500]] = 0.0

    def grad(at_corner: float) -> Any:
        return lambda w: np.where(w == 0, at_corner, np.sign(w))

    for seed in (0, 9):
        report = gp.examine_gradient(lambda w: np.abs(w).sum(), grad(0.3), w, seed=seed)
        assert (report.verdict, report.passed) == ("nondifferentiable", True)
        report = gp.examine_gradient(lambda w: np.abs(w).sum(), grad(5.0), w, seed=seed)
        assert (report.verdict, report.passed) == ("fail", False)


@pytest.mark.parametrize("seed", [5, 18])
def test_kinks_all_around_do_not_hide_the_gradient_of_a_relu_network(seed: int) -> None:
    """With 133 rectified units on 16 examples a direction crosses a kink wherever it leads."""
    rng = np.random.default_rng(seed)
    features, labels = rng.normal(size=(16, 64)), rng.integers(10, size=16)
    layers = [
        ref.Layer(rng.normal(size=(133, 64)), rng.normal(size=133)),
        ref.Layer(rng.normal(size=(10, 133)) / 10, np.zeros(10)),
    ]
    report = gp.check_gradient(
        lambda layers: ref.mlp_loss(layers, features, labels, ref.RELU),
        lambda layers: list(ref.mlp_gradient(layers, features, labels, ref.RELU)),
        layers,
        seed=seed,
    )
    assert (report.verdict, report.method) == ("pass", "complex step")


def test_a_jump_along_directions_is_named() -> None:
    """A step at the point."""
    w = np.linspace(1, 2, 2000)
    w[7] = 0.0
    report = gp.examine_gradient(lambda w: (w > 0).sum() + (w * w).sum(), lambda w: 2 * w, w)
    assert (report.verdict, report.passed) == ("nondifferentiable", False)
    assert "jumps" in report.reason


def test_jumps_all_around_are_not_passed() -> None:
    """Steps of 2000 entries, one of them at the point, are so much noise."""
    w = np.linspace(-1, 1, 2000)
    w[7] = 0.0
    for seed in range(5):
        assert not gp.examine_gradient(
            lambda w: (w > 0).sum() + (w * w).sum(), lambda w: 2 * w, w, seed=seed
        ).passed


def test_what_directions_cannot_see_is_not_passed() -> None:
    """A loss far from 0 that refuses complex input."""
    w = np.linspace(0.1, 1, 2000)
    report = gp.examine_gradient(lambda w: float(np.sin(w).sum()) + 1e10, np.cos, w)
    assert report.verdict == "inconclusive"
    assert report.resolution > 1e-6


def test_memory_stays_within_ten_times_the_parameters(point: dict[str, Any]) -> None:
    """All that is allocated while a million parameters are examined, f's own temporaries included, plus the budget."""
    budget = 2**20
    size = 8 * LARGE
    tracemalloc.start()
    try:
        gp.check_gradient(cubes, gradient, point, memory_budget=budget)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= 10 * size + budget
