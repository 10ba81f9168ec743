"""Low precision and lost digits: what they hide is said, and never fails a gradient that is merely rounded."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradproof as gp

W = np.random.default_rng(0).normal(size=5)


def _inside(dtype: type[np.floating[Any]]) -> Callable[[Any], float]:
    return lambda w: float(np.sum(np.sin(w.astype(dtype)), dtype=dtype))


def _returned(dtype: type[np.floating[Any]]) -> Callable[[Any], Any]:
    return lambda w: dtype(np.sum(np.sin(w)))


@pytest.mark.parametrize("make", [_inside, _returned], ids=["computed in", "returned in"])
def test_float32_hides_what_it_rounds_away(make: Callable[..., Any]) -> None:
    """At the default resolution nothing is claimed; at a hundredth the right gradient passes and 1 % off fails."""
    f = make(np.float32)
    hidden = gp.examine_gradient(f, np.cos, W, seed=1)
    assert hidden.verdict == "inconclusive"
    assert "float64" in hidden.reason
    assert 1e-6 < hidden.resolution < 1e-2
    assert gp.examine_gradient(f, np.cos, W, resolution=1e-2, seed=1).verdict == "pass"
    assert gp.examine_gradient(f, lambda w: 1.01 * np.cos(w), W, resolution=1e-2, seed=1).verdict == "fail"


@pytest.mark.parametrize("make", [_inside, _returned], ids=["computed in", "returned in"])
def test_float16_shows_little_and_claims_nothing(make: Callable[..., Any]) -> None:
    """Eleven bits leave no digit of a derivative by small entries; a sign error in a large one still shows."""
    f = make(np.float16)
    assert gp.examine_gradient(f, np.cos, W, resolution=1e-2, seed=1).verdict == "inconclusive"
    large = np.array([2.0, -3.0, 4.0])
    assert gp.examine_gradient(f, lambda w: -np.cos(w), large, resolution=0.5, seed=1).verdict == "fail"


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_arguments_in_low_precision_are_differentiated_in_float64(dtype: type[np.floating[Any]]) -> None:
    """The numerical derivative is that of float64; what is left is the rounding of the gradient's own dtype."""
    w = W.astype(dtype)
    report = gp.examine_gradient(lambda w: np.sum(np.sin(w)), np.cos, w, resolution=0.5, seed=1)
    assert report.verdict == "pass"
    assert max(abs(e.numeric - np.cos(np.float64(x))) for e, x in zip(report.entries, w, strict=True)) < 1e-12
    off = 4 * 2**8 * float(np.finfo(dtype).eps)
    wrong = gp.examine_gradient(
        lambda w: np.sum(np.sin(w)),
        lambda w: (np.cos(w) * (1 + off)).astype(dtype),
        w,
        resolution=0.5,
        seed=1,
    )
    assert wrong.verdict == "fail"


@pytest.mark.parametrize("far", [15.0, 18.5, 19.2, 25.0])
def test_a_residue_of_rounding_is_not_failed(far: float) -> None:
    """1 - tanh(w)**2 far out has few digits left or none, the complex step has all: no verdict of "fail" on that.

    A gradient that is wrong by more than f's own rounding still fails, and one with all its digits passes.
    """
    w = np.array([far, -far, far + 0.3])

    def verdict(grad: Callable[[Any], Any]) -> str:
        return gp.examine_gradient(lambda w: np.sum(np.tanh(w)), grad, w, seed=1).verdict

    assert verdict(lambda w: 1 - np.tanh(w) ** 2) == "inconclusive"
    assert verdict(lambda w: 1 + np.tanh(w) ** 2) == "fail"
    assert verdict(lambda w: 1 / np.cosh(w) ** 2) == "pass"


BREAKING: dict[str, Callable[[Any], Any]] = {
    "float()": lambda w: sum(float(v) ** 3 for v in w),
    "a discarding cast": lambda w: np.sum(w.astype(np.float64) ** 3),
    "abs": lambda w: np.sum(np.abs(w) ** 3 * np.sign(np.real(w))),
    "maximum": lambda w: np.sum(np.maximum(w, -9.0).real ** 3),
    "a comparison": lambda w: sum(v**3 if v < 9 else v for v in w.tolist()),
    "a conjugate": lambda w: np.vdot(w, w**2),
    "a real part": lambda w: np.sum(np.real(w) ** 3),
    "math": lambda w: sum(math.pow(v, 3) for v in w),
}


@pytest.mark.parametrize("name", BREAKING)
def test_no_warning_leaks_where_the_complex_step_breaks(name: str) -> None:
    """Whatever f does to complex numbers, differences decide, in silence."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        right = gp.examine_gradient(BREAKING[name], lambda w: 3 * w**2, W, seed=4)
        wrong = gp.examine_gradient(BREAKING[name], lambda w: 3.001 * w**2, W, seed=4)
    assert (right.verdict, right.method) == ("pass", "differences")
    assert wrong.verdict == "fail"
    assert caught == []


def test_offsets_of_any_size_make_no_bound_wrong() -> None:
    """By differences a loss far from 0 is inconclusive in the end, but never fails a right gradient."""
    for exponent in range(0, 16, 3):
        f = lambda w, a=10.0**exponent: float(np.sum(np.sin(w)) + a)  # noqa: E731  one per offset, bound by default
        assert gp.examine_gradient(f, np.cos, W, seed=5).verdict == (
            "pass" if exponent < 6 else "inconclusive"
        )
