"""Terms that lost their digits: a sum in which one of them moves in stairs is not taken for a constant."""

import numpy as np
import pytest

import gradproof as gp

QUANTUM = 2.0**-46


def stairs(x: float) -> float:
    """e^-x at 30, of which a rounding to multiples of 2^-46 has left some 6 digits in binary, in units of itself."""
    return float(np.round(np.exp(-x) / QUANTUM) * QUANTUM / np.exp(-30.0))


def total(x: list[float]) -> float:
    """A term in stairs beside one without."""
    return stairs(x[0]) + float(np.sin(x[1]))


def gradient(x: list[float]) -> list[float]:
    """The gradient of what `total` rounds."""
    return [float(-np.exp(30.0 - x[0])), float(np.cos(x[1]))]


@pytest.mark.parametrize("seed", range(5))
def test_a_term_in_stairs_is_not_taken_for_a_constant(seed: int) -> None:
    """Between two stairs f stands still, and wider steps see the slope: the right gradient is not failed."""
    report = gp.examine_gradient(total, gradient, [30.0, 1.0], seed=seed)
    assert report.verdict == "inconclusive"
    assert report.resolution > 1e-3  # what six digits leave to be seen


def test_a_wrong_slope_is_still_seen_across_the_stairs() -> None:
    """A gradient that is off by more than the stairs hide is failed."""
    report = gp.examine_gradient(total, lambda x: [1e3 * each for each in gradient(x)], [30.0, 1.0], seed=1)
    assert report.verdict == "fail"


def test_a_claim_beside_a_kink_is_still_failed() -> None:
    """A ReLU stands still on one side only: its slope, claimed beyond the kink, is wrong, close to it or not."""
    for distance in (1e-2, 1e-3, 1e-5):
        x = np.array([-distance, 3.0])
        report = gp.examine_gradient(lambda x: np.maximum(x, 0).sum(), np.ones_like, x, seed=1)
        assert report.verdict == "fail", distance


def test_a_claim_on_a_constant_is_still_failed() -> None:
    """Where f does not depend on an entry at all, any slope that is claimed there is wrong."""
    report = gp.examine_gradient(lambda x: np.sin(x[0]), np.cos, np.array([1.0, 2.0]), seed=1)
    assert report.verdict == "fail"
    assert [entry.name for entry in report.entries if entry.status == "fail"] == ["x[1]"]


def test_many_claims_on_constants_cost_no_more_than_one() -> None:
    """A gradient of 200 entries that f does not depend on is failed at the usual cost of an entry."""
    x = np.linspace(0.5, 1.5, 201)
    report = gp.examine_gradient(lambda x: float(np.sin(float(x[0]))), np.cos, x, seed=1)
    assert report.verdict == "fail"
    assert report.evaluations.f < 60 * len(x)
