"""Verdicts: right gradients pass wherever they can be seen, planted errors fail, the rest says that it does not know."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradproof as gp

RNG = np.random.default_rng(20)
W = RNG.normal(size=4)
SMOOTH = {
    "cubic": (lambda w: np.sum(w**3), lambda w: 3 * w**2),
    "stiff sine": (lambda w: np.sum(np.sin(50 * w)), lambda w: 50 * np.cos(50 * w)),
    "exponential": (lambda w: np.sum(np.exp(w)), np.exp),
    "sigmoid": (lambda w: np.sum(1 / (1 + np.exp(-w))), lambda w: np.exp(-w) / (1 + np.exp(-w)) ** 2),
    "product": (lambda w: w[0] * w[1] * w[2] * w[3], lambda w: np.prod(w) / w),
}


def real_only(f: Callable[[Any], Any]) -> Callable[[Any], float]:
    """Make a function refuse complex input, as most code does: differences must do."""
    return lambda w: float(f(w))


@pytest.mark.parametrize("wrap", [lambda f: f, real_only], ids=["complex step", "differences"])
@pytest.mark.parametrize("name", SMOOTH)
def test_right_gradients_of_smooth_functions_pass(name: str, wrap: Callable[..., Any]) -> None:
    """Both methods accept the closed-form gradient, and say what they could have seen."""
    f, grad = SMOOTH[name]
    report = gp.check_gradient(wrap(f), grad, W)
    assert report.verdict == "pass"
    assert report.resolution <= 1e-6


@pytest.mark.parametrize(("wrap", "method"), [(lambda f: f, "complex step"), (real_only, "differences")])
def test_the_report_names_the_method(wrap: Callable[..., Any], method: str) -> None:
    """A function that takes complex numbers is differentiated by them, any other by differences."""
    f, grad = SMOOTH["cubic"]
    assert gp.examine_gradient(wrap(f), grad, W).method == method


PLANTED = {
    "sign": lambda g: -g,
    "factor 2": lambda g: 2 * g,
    "one entry off by 1e-6": lambda g: g * (1 + 1e-6 * (np.arange(g.size) == 2)),
    "one entry zeroed": lambda g: g * (np.arange(g.size) != 1),
    "shifted": lambda g: np.roll(g, 1),
}


@pytest.mark.parametrize("wrap", [lambda f: f, real_only], ids=["complex step", "differences"])
@pytest.mark.parametrize("fault", PLANTED)
@pytest.mark.parametrize("name", SMOOTH)
def test_planted_errors_fail(name: str, fault: str, wrap: Callable[..., Any]) -> None:
    """Each planted error is refuted, on each function, by each method."""
    f, grad = SMOOTH[name]
    with pytest.raises(gp.GradientMismatch) as caught:
        gp.check_gradient(wrap(f), lambda w: PLANTED[fault](grad(w)), W)
    assert caught.value.report.verdict == "fail"


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1e6, 1e12])
def test_a_gradient_of_any_size_is_told_from_ten_times_itself(size: float) -> None:
    """There is no absolute tolerance under which every gradient passes."""
    assert gp.examine_gradient(real_only(lambda w: size * np.sum(w**3)), lambda w: 3 * size * w**2, W).passed
    assert (
        gp.examine_gradient(real_only(lambda w: size * np.sum(w**3)), lambda w: 30 * size * w**2, W).verdict
        == "fail"
    )


@pytest.mark.parametrize("scale", [1e-8, 1e-4, 1e4, 1e8])
def test_steps_follow_the_scale_of_the_arguments(scale: float) -> None:
    """Logarithms near 0 and far from it: the step stays inside the domain and large enough to be seen."""
    w = scale * np.array([0.5, 1.0, 3.0])
    assert gp.check_gradient(real_only(lambda w: np.sum(np.log(w))), lambda w: 1 / w, w).verdict == "pass"
    assert (
        gp.examine_gradient(real_only(lambda w: np.sum(np.log(w))), lambda w: 1.00001 / w, w).verdict
        == "fail"
    )


def test_a_loss_far_from_zero_is_inconclusive_by_differences_and_plain_to_the_complex_step() -> None:
    """What rounding hides is not passed; the reason says what would help, and complex input does help."""

    def loss(w: Any) -> Any:
        return np.sum(np.sin(50 * w)) + 1e8

    def gradient(w: Any) -> Any:
        return 50 * np.cos(50 * w)

    hidden = gp.examine_gradient(real_only(loss), gradient, W)
    assert (hidden.verdict, hidden.passed) == ("inconclusive", False)
    assert "complex input" in hidden.reason
    assert hidden.resolution > 1e-6
    assert gp.examine_gradient(loss, gradient, W).verdict == "pass"
    assert gp.examine_gradient(loss, lambda w: gradient(w) * (1 + 1e-6), W).verdict == "fail"


def test_a_coarser_resolution_may_be_good_enough() -> None:
    """`resolution` says what must be seen: asking for less turns the inconclusive into a pass, not a wrong one."""
    f = real_only(lambda w: np.sum(np.sin(w)) + 1e8)
    assert gp.examine_gradient(f, np.cos, W, resolution=1e-2).verdict == "pass"
    assert gp.examine_gradient(f, lambda w: 1.5 * np.cos(w), W, resolution=1e-2).verdict == "fail"


def test_noise_of_a_lower_precision_inside_is_measured() -> None:
    """A function that computes in float32 and returns float64 is not taken for constant at small steps."""
    f = real_only(lambda w: np.sum(np.float32(w) ** 2))
    assert gp.examine_gradient(f, lambda w: 2 * w, W, resolution=1e-3).verdict == "pass"
    assert gp.examine_gradient(f, lambda w: 0 * w, W, resolution=1e-3).verdict == "fail"


# Kinks and jumps ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [lambda f: f, real_only], ids=["complex step", "differences"])
@pytest.mark.parametrize("claim", [0.0, 0.25, 1.0])
def test_any_subgradient_of_a_relu_at_zero_is_accepted(claim: float, wrap: Callable[..., Any]) -> None:
    """At the kink the one-sided derivatives are 0 and 1: all between is valid, and said to be so."""
    relu = wrap(lambda w: np.sum(np.where(np.real(w) > 0, w, 0)))
    report = gp.check_gradient(
        relu, lambda w: np.where(w == 0, claim, w > 0) * 1.0, np.array([0.0, 1.0, -1.0])
    )
    assert report.verdict == "nondifferentiable"


@pytest.mark.parametrize("wrap", [lambda f: f, real_only], ids=["complex step", "differences"])
@pytest.mark.parametrize("claim", [-0.01, 1.01, 5.0])
def test_a_value_outside_the_one_sided_derivatives_fails(claim: float, wrap: Callable[..., Any]) -> None:
    """A kink excuses no gradient that lies outside of its interval."""
    relu = wrap(lambda w: np.sum(np.where(np.real(w) > 0, w, 0)))
    report = gp.examine_gradient(
        relu, lambda w: np.where(w == 0, claim, w > 0) * 1.0, np.array([0.0, 1.0, -1.0])
    )
    assert (report.verdict, report.worst.name) == ("fail", "w[0]")


@pytest.mark.parametrize("distance", [s * 10.0**-k for k in range(1, 10) for s in (1, -1)])
def test_a_kink_nearby_does_not_disturb(distance: float) -> None:
    """A kink 1e-9 to 1e-1 away: the slope at the point passes, the slope beyond the kink fails."""

    def f(w: Any) -> float:
        return float(np.sum(np.abs(w - 1.0) * 2 + np.exp(w)))

    w = np.array([1.0 + distance, -0.5])
    assert gp.examine_gradient(f, lambda w: 2 * np.sign(w - 1.0) + np.exp(w), w).verdict == "pass"
    assert gp.examine_gradient(f, lambda w: -2 * np.sign(w - 1.0) + np.exp(w), w).verdict == "fail"


def test_a_tie_in_a_maximum_is_a_kink() -> None:
    """Where two entries share the maximum, each may take all of the gradient or a part."""
    w = np.array([2.0, 2.0, 1.0])
    for share in (np.array([1.0, 0, 0]), np.array([0.5, 0.5, 0])):
        assert (
            gp.check_gradient(lambda w: np.max(np.real(w)), lambda _, share=share: share, w).verdict
            == "nondifferentiable"
        )
    assert (
        gp.examine_gradient(lambda w: np.max(np.real(w)), lambda _: np.array([1.2, 0, 0]), w).verdict
        == "fail"
    )


def test_a_jump_is_named_and_no_gradient_is_right_there() -> None:
    """A step function at its step: nondifferentiable, not passed; away from it the zero gradient passes."""
    step = real_only(lambda w: np.sum(w > 0))
    at_step = gp.examine_gradient(step, np.zeros_like, np.array([0.0, 1.0]))
    assert (at_step.verdict, at_step.passed) == ("nondifferentiable", False)
    assert "jumps" in at_step.reason
    assert gp.examine_gradient(step, np.zeros_like, np.array([0.5, 1.0])).verdict == "pass"
    assert gp.examine_gradient(step, np.ones_like, np.array([0.5, 1.0])).verdict == "fail"


@pytest.mark.parametrize("power", [2, 3])
def test_a_kink_in_a_higher_derivative_is_no_kink(power: int) -> None:
    """Squared ReLU at 0 has the derivative 0 there, though differences converge slowly."""
    f = real_only(lambda w: np.sum(np.maximum(w, 0) ** power))
    w = np.array([0.0, 1.0])
    assert gp.examine_gradient(f, lambda w: power * np.maximum(w, 0) ** (power - 1), w).passed
    assert (
        gp.examine_gradient(f, lambda w: power * np.maximum(w, 0) ** (power - 1) + 0.001, w).verdict == "fail"
    )


# The complex step and its traps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "grad"),
    [
        (lambda w: np.sum(np.abs(w) * w), lambda w: 2 * np.abs(w)),
        (np.linalg.norm, lambda w: w / np.linalg.norm(w)),
        (lambda w: np.real(np.vdot(w, w)), lambda w: 2 * w),
        (lambda w: np.sum(w.real**3), lambda w: 3 * w**2),
        (lambda w: np.sum(np.asarray(w, dtype=np.float64) ** 3), lambda w: 3 * w**2),
        (lambda w: sum(float(v) ** 3 for v in w), lambda w: 3 * w**2),
    ],
    ids=["abs", "norm", "conjugate", "real part", "discarding cast", "refusing cast"],
)
def test_functions_that_break_the_complex_step_end_in_differences(f: Any, grad: Any) -> None:
    """Where imaginary parts are lost or bent, differences judge: right passes, wrong fails, and no warning leaks."""
    report = gp.check_gradient(f, grad, W)
    assert (report.verdict, report.method) == ("pass", "differences")
    assert gp.examine_gradient(f, lambda w: grad(w) * 1.0001, W).verdict == "fail"


def test_a_real_answer_is_no_complex_step() -> None:
    """The angle is real whatever is put in. At 4e4 it wraps so often that differences see only noise, and cannot deny a 0."""
    report = gp.examine_gradient(lambda x: np.angle(np.exp(1j * x)), np.ones_like, np.array(4e4), seed=0)
    assert (report.verdict, report.method) == ("inconclusive", "differences")


def test_a_penalty_lost_by_both_is_still_found() -> None:
    """The gradient forgets a small |w| term, and so does the complex step: its self-test notices."""

    def f(w: Any) -> Any:
        return np.sum(w**3) + 1e-4 * np.sum(np.abs(w))

    report = gp.examine_gradient(f, lambda w: 3 * w**2, W)
    assert (report.verdict, report.method) == ("fail", "differences")


def test_seeds_are_fresh_unless_given() -> None:
    """No fixed set of directions can be fooled twice; a given seed repeats the examination bit for bit."""
    f, grad = SMOOTH["stiff sine"]
    assert gp.examine_gradient(f, grad, W).seed != gp.examine_gradient(f, grad, W).seed
    first, second = (gp.examine_gradient(f, grad, W, seed=7) for _ in range(2))
    assert first.to_dict() == second.to_dict()


def test_evaluations_are_all_counted() -> None:
    """The report's counts are the calls that f and grad received."""
    calls = {"f": 0, "grad": 0}

    def f(w: Any) -> Any:
        calls["f"] += 1
        return np.sum(w**3)

    def grad(w: Any) -> Any:
        calls["grad"] += 1
        return 3.1 * w**2

    assert gp.examine_gradient(f, grad, W).evaluations._asdict() == calls


@pytest.mark.parametrize("resolution", [0.0, 1.0, -1e-6, float("nan")])
def test_a_resolution_outside_its_range_is_refused(resolution: float) -> None:
    """The message shows the value and the default."""
    with pytest.raises(ValueError, match=rf"resolution must lie in \(0, 1\); got resolution={resolution}"):
        gp.examine_gradient(*SMOOTH["cubic"], W, resolution=resolution)


@pytest.mark.parametrize("claim", [0.0, 0.5, 1.0])
def test_a_relu_by_itself_is_at_its_kink_whatever_the_directions(claim: float) -> None:
    """With one entry, f is 0 all along one side, noise and all: no seed may take that for smooth."""
    for seed in range(12):
        report = gp.examine_gradient(
            lambda w: np.where(np.real(w) > 0, w, 0)[()], lambda _: np.array(claim), np.array(0.0), seed=seed
        )
        assert (report.verdict, report.passed) == ("nondifferentiable", True)


def test_an_entry_that_cancels_to_nothing_near_a_kink_passes() -> None:
    """The exact derivative is 0 and both computed ones are rounding: what f does beyond the kink is no noise."""

    def loss(w: Any) -> Any:
        unit = np.where(np.real(w[0] + w[1]) > 1.001, w[0] + w[1] - 1.001, 0)
        return (w[0] - w[1]) ** 2 + 3 * unit + np.exp(w[0] - w[1])

    def gradient(w: Any) -> Any:
        apart = 2 * (w[0] - w[1]) + np.exp(w[0] - w[1])
        return np.array([apart, -apart]) + 3 * (w[0] + w[1] > 1.001)

    for seed in range(12):
        assert gp.check_gradient(loss, gradient, np.array([0.3, 0.7]), seed=seed).verdict == "pass"


def test_kinks_in_a_derivative_beside_each_other_are_no_kinks() -> None:
    """Two Huber corners 1e-8 and 1e-10 from the point: C1, so the slope at the point must pass."""
    factors, offsets = np.array([-1.2, -1.3]), np.array([1e-8, -1e-10])

    def huber(z: Any) -> Any:
        return np.where(z < 1, 0.5 * z * z, z - 0.5)

    report = gp.examine_gradient(
        lambda w: float(np.sum(factors * huber(w[0] + offsets))),
        lambda w: np.array([np.sum(factors * np.clip(w[0] + offsets, -1, 1))]),
        np.array([1.0]),
        seed=0,
    )
    assert report.verdict in {"pass", "inconclusive"}


@pytest.mark.parametrize("distance", [1e-9, 1e-10, 1e-11])
def test_a_pole_nearby_is_no_jump(distance: float) -> None:
    """1/(w - 1) changes as much at every wide step as at a jump; the finest steps tell."""
    w = np.array([1 + distance])
    assert gp.examine_gradient(lambda w: 1 / (w[0] - 1), lambda w: -1 / (w - 1) ** 2, w).verdict == "pass"
    assert gp.examine_gradient(lambda w: 1 / (w[0] - 1), lambda w: -2 / (w - 1) ** 2, w).verdict == "fail"


def test_a_wrong_gradient_at_the_bottom_of_an_even_function_fails() -> None:
    """Central differences are 0 at every step there, and must be looked at all the same."""
    f = real_only(lambda w: np.sum(w**2))
    assert gp.examine_gradient(f, lambda w: 2 * w + 0.5, np.zeros(3)).verdict == "fail"
    assert gp.examine_gradient(f, lambda w: 2 * w, np.zeros(3)).verdict == "pass"


def test_a_gradient_that_breaks_off_the_point_is_reported_not_raised() -> None:
    """What goes wrong only where the examination looks around the point is a finding like any other."""

    def grad(w: Any) -> Any:
        return 2.2 * w if np.array_equal(w, np.ones(2)) else w[:1]

    assert gp.examine_gradient(lambda w: np.sum(w**2), grad, np.ones(2)).verdict == "fail"


def test_a_function_that_refuses_points_beyond_its_domain_is_examined_inside() -> None:
    """A boundary at the point, and a kink: no exception of the probes comes through."""

    def f(w: Any) -> Any:
        if np.real(w[1]) < 0:
            raise ValueError(w)
        return np.where(np.real(w[0]) > 0, w[0], 0) + w[1] ** 2

    for seed in range(6):
        report = gp.examine_gradient(f, lambda w: np.array([0.5, 2 * w[1]]), np.array([0.0, 0.0]), seed=seed)
        assert report.verdict in {"nondifferentiable", "inconclusive"}


def test_a_vectorized_function_is_called_with_batches_of_points() -> None:
    """Every float argument gets the leading axis, fixed ones do not; the verdict and the entries are the same."""
    features, calls = np.arange(8).reshape(4, 2), []

    def f(w: Any, b: Any, features: Any) -> Any:
        calls.append(np.shape(b))
        return np.sum(np.tanh(features @ w + b[..., np.newaxis, np.newaxis]) ** 2, axis=(-2, -1))

    def grad(w: Any, b: Any, features: Any) -> Any:
        output = np.tanh(features @ w + b)
        delta = 2 * output * (1 - output**2)
        return features.T @ delta, np.sum(delta)

    w = np.array([[0.3, -0.2, 1.0], [0.1, 0.4, -0.7]])
    batched = gp.examine_gradient(f, grad, w, 0.2, features, seed=1, vectorized=True)
    several = len(calls)
    single = gp.examine_gradient(f, grad, w, 0.2, features, seed=1)
    assert batched.passed
    assert single.passed
    assert several < 10 < len(calls) - several
    np.testing.assert_allclose(batched.compared.numeric, single.compared.numeric, rtol=1e-6)
    wrong = gp.examine_gradient(
        f, lambda *args: (grad(*args)[0], 1.001 * grad(*args)[1]), w, 0.2, features, vectorized=True
    )
    assert (wrong.verdict, wrong.worst and wrong.worst.name) == ("fail", "b")


def test_a_function_that_is_not_vectorized_is_told_so() -> None:
    """One value for each point is asked for, with the shape that came instead."""
    with pytest.raises(TypeError, match=r"one value for each of its \d+ points.*got shape \(\)"):
        gp.examine_gradient(np.sum, np.ones_like, W, vectorized=True)


def test_the_budget_bounds_the_points_of_one_call() -> None:
    """No batch holds more bytes than were granted, and everything is still examined."""
    sizes = []

    def f(w: Any) -> Any:
        sizes.append(w.nbytes)
        return np.sum(np.sin(w), axis=-1)

    report = gp.examine_gradient(f, np.cos, np.linspace(0.1, 1, 100), vectorized=True, memory_budget=20_000)
    assert report.passed
    assert max(sizes) <= 20_000


def test_max_evaluations_ends_an_examination_without_a_verdict() -> None:
    """Never more calls than allowed; the reason says what to do."""
    report = gp.examine_gradient(*SMOOTH["stiff sine"], W, max_evaluations=15)
    assert report.verdict == "inconclusive"
    assert report.evaluations.f <= 15
    assert "max_evaluations=15 does not suffice" in report.reason


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"resolution": 1.5}, r"resolution must lie in \(0, 1\); got resolution=1.5"),
        ({"mode": "fast"}, "mode must be one of .*; got mode='fast'"),
        ({"memory_budget": 0}, "memory_budget must be a positive number of bytes; got memory_budget=0"),
        ({"max_evaluations": 0}, "max_evaluations must be positive; got max_evaluations=0"),
    ],
)
def test_options_out_of_range_are_refused(option: Any, words: str) -> None:
    """The value and the remedy are in the message."""
    with pytest.raises(ValueError, match=words):
        gp.examine_gradient(*SMOOTH["stiff sine"], W, **option)


@pytest.mark.parametrize("fault", PLANTED)
def test_planted_errors_fail_in_batches(fault: str) -> None:
    """Differences of a batched function are as strict as one point at a time: small errors get a closer look."""

    def f(w: Any) -> Any:
        return np.sum(np.tanh(3 * w) + w**3, axis=-1)

    def grad(w: Any) -> Any:
        return 3 / np.cosh(3 * w) ** 2 + 3 * w**2

    assert gp.check_gradient(f, grad, W, vectorized=True).passed
    assert gp.examine_gradient(f, lambda w: PLANTED[fault](grad(w)), W, vectorized=True).verdict == "fail"


@pytest.mark.parametrize("distance", [s * 10.0**-k for k in range(1, 10) for s in (1, -1)])
def test_a_kink_nearby_does_not_disturb_batches(distance: float) -> None:
    """Right slopes pass and wrong ones fail beside a kink 1e-9 to 1e-1 away, in batches too."""

    def f(w: Any) -> Any:
        return np.sum(np.abs(w - 1.0) * 2 + np.exp(w), axis=-1)

    w = np.array([1.0 + distance, -0.5])
    right = gp.examine_gradient(f, lambda w: 2 * np.sign(w - 1.0) + np.exp(w), w, vectorized=True)
    wrong = gp.examine_gradient(f, lambda w: -2 * np.sign(w - 1.0) + np.exp(w), w, vectorized=True)
    assert (right.verdict, wrong.verdict) == ("pass", "fail")


def test_kinks_in_opposite_directions_do_not_cancel() -> None:
    """|x| - |y| at the origin: along signs alone the two kinks hide each other."""
    report = gp.examine_gradient(lambda w: np.abs(w[0]) - np.abs(w[1]) + 0 * w[2], np.zeros_like, np.zeros(3))
    assert (report.verdict, report.passed) == ("nondifferentiable", True)


@pytest.mark.parametrize(("dtype", "least", "most"), [(np.float32, 1e-6, 1e-5), (np.float16, 1e-3, 1e-1)])
def test_a_coarse_gradient_passes_and_the_report_says_what_that_is_worth(
    dtype: Any, least: float, most: float
) -> None:
    """The function takes float64, so only the gradient is coarse: what its dtype cannot hold is not asked for."""
    w = np.linspace(0.5, 2, 6, dtype=dtype)

    def cube(w: Any) -> Any:
        return np.sum(w**3)

    report = gp.check_gradient(cube, lambda w: 3 * w**2, w)
    assert least < report.resolution < most
    assert gp.examine_gradient(cube, lambda w: (3 * w**2 * (1 + 4 * most)).astype(dtype), w).verdict == "fail"


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_a_coarse_function_is_inconclusive_with_what_it_shows(dtype: Any) -> None:
    """The function computes in its own dtype: its noise is that, and gross errors are still refuted."""
    w = np.linspace(0.5, 2, 6, dtype=dtype)

    def cube(w: Any) -> Any:
        return np.sum(np.asarray(w, dtype=dtype) ** 3)

    report = gp.examine_gradient(cube, lambda w: 3 * w**2, w, seed=0)
    assert report.verdict == "inconclusive"
    assert np.finfo(dtype).eps < report.resolution < 1
    assert gp.check_gradient(
        cube, lambda w: 3 * w**2, w, resolution=min(2 * report.resolution, 0.9), seed=0
    ).passed
    assert gp.examine_gradient(cube, lambda w: -10 * w**2, w, seed=0).verdict == "fail"


def test_a_saturated_loss_neither_confirms_nor_refutes_what_is_below_its_rounding() -> None:
    """A loss that stands still at 0 says nothing of a derivative of 1e-44, and all of one that is not small."""

    def loss(z: Any) -> Any:
        return np.log(np.sum(np.exp(z - np.max(z)))) + np.max(z) - z[0]

    z = np.array([0.0, -100.0])
    faint = np.array([-np.exp(-100.0), np.exp(-100.0)])
    assert gp.examine_gradient(loss, lambda _: faint.copy(), z).verdict == "inconclusive"
    assert gp.examine_gradient(loss, lambda _: 1e30 * faint, z).verdict == "fail"
