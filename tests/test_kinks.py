"""Kinks and jumps: near the point they disturb nothing, at the point they excuse what lies between the slopes only."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradproof as gp

DISTANCES = [side * 10.0**-k for k in range(1, 10) for side in (1, -1)]


def real_only(f: Callable[[Any], Any]) -> Callable[[Any], float]:
    """Make a function refuse complex input, so that differences must do."""
    return lambda w: float(f(w))


def above(w: Any, value: Any, below: Any = 0) -> Any:
    """Take `value` where w is above 1, for complex w too."""
    return np.where(np.real(w) > 1, value, below)


# f, its gradient, and one that takes the other side of the kink at 1 (or where both sides agree, is off by 1e-3)
NEAR: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], Callable[[Any], Any]]] = {
    "hinge": (
        lambda w: np.sum(above(w, 0, 1 - w) + w**3),
        lambda w: above(w, 0, -1) + 3 * w**2,
        lambda w: above(w, -1, 0) + 3 * w**2,
    ),
    "maximum of two": (
        lambda w: np.sum(above(w, 3 * (w - 1), 1 - w) + np.sin(w)),
        lambda w: above(w, 3, -1) + np.cos(w),
        lambda w: above(w, -1, 3) + np.cos(w),
    ),
    "squared ReLU": (
        lambda w: np.sum(above(w, w - 1) ** 2 + w),
        lambda w: 2 * above(w, w - 1) + 1,
        lambda w: 2 * above(w, w - 1) + 1.001,
    ),
    "Huber": (
        lambda w: np.sum(above(w, w - 0.5, w * w / 2)),
        lambda w: above(w, 1, w),
        lambda w: 1.001 * above(w, 1, w),
    ),
}


@pytest.mark.parametrize("wrap", [lambda f: f, real_only], ids=["complex step", "differences"])
@pytest.mark.parametrize("distance", DISTANCES)
@pytest.mark.parametrize("name", NEAR)
def test_a_kink_nearby_disturbs_no_verdict(name: str, distance: float, wrap: Callable[..., Any]) -> None:
    """1e-9 to 1e-1 away, on either side: the right gradient passes, the wrong one fails."""
    f, grad, wrong = NEAR[name]
    w = np.array([1.0 + distance, -0.5])
    assert gp.examine_gradient(wrap(f), grad, w, seed=3).verdict == "pass"
    assert gp.examine_gradient(wrap(f), wrong, w, seed=3).verdict == "fail"


def _pooled(w: Any) -> Any:
    return np.sum(np.max(w.reshape(2, 2), axis=1) ** 2)


# f, the point, gradients that lie between the one-sided derivatives, and ones that do not
AT: dict[str, tuple[Callable[[Any], float], list[float], list[list[float]], list[list[float]]]] = {
    "abs at 0": (lambda w: np.sum(np.abs(w)), [0.0, 2.0], [[-1, 1], [0, 1], [1, 1]], [[-1.001, 1], [1.5, 1]]),
    "ReLU at 0": (lambda w: np.sum(np.maximum(w, 0)), [0.0, 3.0], [[0, 1], [0.5, 1], [1, 1]], [[-0.01, 1]]),
    "hinge at its corner": (
        lambda w: np.sum(np.maximum(0, 1 - w)),
        [1.0, 0.5],
        [[-1, -1], [-0.3, -1], [0, -1]],
        [[0.01, -1], [-1.01, -1]],
    ),
    "tie in a maximum": (np.max, [2.0, 2.0, 1.0], [[1, 0, 0], [0.5, 0.5, 0]], [[1.2, 0, 0], [0, -0.1, 0]]),
    "tie in max-pooling": (_pooled, [3.0, 3.0, 1.0, 2.0], [[6, 0, 0, 4], [3, 3, 0, 4]], [[7, 0, 0, 4]]),
}


@pytest.mark.parametrize("name", AT)
def test_at_a_kink_the_gradient_must_lie_between_the_slopes(name: str) -> None:
    """Inside the interval of one-sided derivatives it is accepted as a subgradient, outside it fails."""
    f, point, inside, outside = AT[name]
    for claim in inside:
        report = gp.examine_gradient(
            real_only(f), lambda _, claim=claim: np.array(claim, dtype=float), np.array(point), seed=1
        )
        assert (report.verdict, report.passed) == ("nondifferentiable", True), claim
    for claim in outside:
        report = gp.examine_gradient(
            real_only(f), lambda _, claim=claim: np.array(claim, dtype=float), np.array(point), seed=1
        )
        assert (report.verdict, report.passed) == ("fail", False), claim


@pytest.mark.parametrize("height", [1e-3, 1.0, 1e3])
def test_a_jump_is_named_at_its_place_only(height: float) -> None:
    """At the step itself no gradient is right; close beside it the zero gradient is."""
    f = real_only(lambda w: height * np.sum(w >= 0) + np.sum(w**2))
    at = gp.examine_gradient(f, lambda w: 2 * w, np.array([0.0, 1.0]), seed=2)
    assert (at.verdict, at.passed) == ("nondifferentiable", False)
    assert "jumps" in at.reason
    beside = gp.examine_gradient(f, lambda w: 2 * w, np.array([1e-3, 1.0]), seed=2)
    assert beside.verdict in {"pass", "inconclusive"}


def test_complex_values_that_miss_a_kink_are_not_believed() -> None:
    """|z| of a complex number has no imaginary part, and 0 lies in the middle of the kink of |x|: no agreement."""
    for seed in range(12):
        report = gp.examine_gradient(
            lambda w: np.abs(w[0]) - np.abs(w[1]) + 0 * w[2], np.zeros_like, np.zeros(3), seed=seed
        )
        assert (report.verdict, report.method) == ("nondifferentiable", "differences")


@pytest.mark.parametrize("point", [40321.7, 1283164.5])
def test_a_phase_that_wraps_within_the_steps_fails_no_right_gradient(point: float) -> None:
    """Across thousands of wraps it looks like noise about a slope of 0; between two the right gradient is seen to hold."""
    f = real_only(lambda w: np.arctan2(np.sin(w), np.cos(w)))
    for seed in range(3):
        right = gp.examine_gradient(f, np.ones_like, np.array(point), seed=seed)
        assert right.verdict == "inconclusive", right
        assert (
            gp.examine_gradient(f, lambda w: np.full_like(w, 1.01), np.array(point), seed=seed).verdict
            == "fail"
        )


def test_a_gradient_that_stands_still_with_the_finest_steps_fails() -> None:
    """In float32 inside, f does not move at all next to the point: that is no evidence for a gradient of 0."""
    f = real_only(lambda w: np.float32(w) ** 2)
    point = np.array(1283.1)
    assert gp.examine_gradient(f, np.zeros_like, point, seed=1, resolution=1e-3).verdict == "fail"
    assert gp.examine_gradient(f, lambda w: 2.1 * w, point, seed=1, resolution=1e-3).verdict == "fail"
    assert gp.examine_gradient(f, lambda w: 2 * w, point, seed=1, resolution=1e-3).verdict == "pass"
