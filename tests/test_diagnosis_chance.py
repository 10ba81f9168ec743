"""What happens by chance, or has two readings, is given no name."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from gradproof._diagnosis import Evidence, diagnose
from gradproof._structure import Arguments

CASES = 25
SHAPES = [(3,), (8,), (60,), (2, 4), (3, 3), (4, 4), (20, 1), (1, 20), (2, 3, 2)]


def cause(x: Any, right: Any, analytic: Any) -> str | None:
    """The cause named for one array, whose right gradient is known to a few units roundoff."""
    arguments = Arguments((np.asarray(x),), ("w",))
    ours, theirs = np.ravel(analytic), np.ravel(right)
    bound = np.full(ours.size, 1e-14 * np.max(np.abs(theirs)))
    wrong = np.abs(ours - theirs) > bound
    found = diagnose(Evidence(arguments, ours, theirs, bound, wrong, np.ones_like(wrong)))
    return None if found is None else found.cause


def random_subsets(shape: tuple[int, ...], factor: float) -> Iterator[tuple[Any, Any, Any]]:
    """Arguments and gradients, and the same with a factor on entries that are chosen blindly, not all of them."""
    rng = np.random.default_rng(11)
    for _ in range(CASES):
        x, right = rng.normal(size=shape), rng.normal(size=shape)
        factors = np.ones(right.size)
        factors[rng.choice(right.size, rng.integers(1, right.size), replace=False)] = factor
        yield x, right, right * factors.reshape(shape)


@pytest.mark.parametrize("factor", [0.0, -1.0, 2.0, 1.3])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_entries_chosen_blindly_follow_no_rule(shape: tuple[int, ...], factor: float) -> None:
    """A factor on a random part of the entries is neither a mask, nor slices, nor lost signs."""
    assert {cause(*case) for case in random_subsets(shape, factor)} == {None}


@pytest.mark.parametrize("x", [[1.0, -2.0, 3.0, 5.0, -4.0], [0.5, 1.5, -2.5, 4.0, 3.0]])
def test_simple_numbers_are_not_taken_for_low_precision(x: list[float]) -> None:
    """At whole numbers a gradient is exact in float16 as well; a small penalty that is missing is still its cause."""
    w = np.array(x)
    rates = np.array([1.0, 2.0, 4.0, 3.0, 5.0])
    assert cause(w, rates * w + 0.01 * w, rates * w) == "L2 penalty"
    assert cause(w, rates * w + 0.01 * np.sin(7 * w), rates * w) is None


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_low_precision_is_named_where_all_its_digits_are_used(
    dtype: type[np.float16] | type[np.float32],
) -> None:
    """Numbers rounded to a narrow type are told as such."""
    rng = np.random.default_rng(12)
    x, right = rng.normal(size=8), rng.normal(size=8)
    assert cause(x, right, right.astype(dtype).astype(float)) == f"precision of {np.dtype(dtype).name}"


@pytest.mark.parametrize(("value", "factor"), [(2.0, 2.0), (0.5, 0.5), (-1.0, -1.0), (2.0, 0.5), (3.0, 3.0)])
def test_a_factor_that_is_also_the_argument_has_two_readings(value: float, factor: float) -> None:
    """Where all arguments are one number, it cannot be told from a factor; anywhere else it can."""
    rng = np.random.default_rng(13)
    right = rng.normal(size=6)
    assert cause(np.full(6, value), right, factor * right) is None
    assert cause(rng.normal(size=6), right, factor * right) is not None


def test_a_forgotten_gradient_is_missing_at_zero_too() -> None:
    """A bias that starts at 0, and whose gradient is 0: missing, not "times the argument"."""
    right = np.random.default_rng(14).normal(size=5)
    assert cause(np.zeros(5), right, np.zeros(5)) == "missing"


@pytest.mark.parametrize("axis", [0, 1])
def test_rows_and_columns_are_named_where_they_are_rare(axis: int) -> None:
    """One row or column of zeros in a matrix is no accident."""
    rng = np.random.default_rng(15)
    x, right = rng.normal(size=(5, 6)), rng.normal(size=(5, 6))
    analytic = right.copy()
    np.moveaxis(analytic, axis, 0)[-1] = 0
    assert cause(x, right, analytic) == "slice missing"


def test_two_entries_in_each_others_place_are_no_penalty() -> None:
    """They differ by one number, once up and once down; a third entry would have to tell a sum of sizes."""
    right = np.array([0.7, -1.9])
    assert cause([1.5, -0.4], [1.0, -2.2], right) is None
    assert cause([1.5, -0.4, 2.0], [1.0, -2.2, 0.9], [0.7, -1.9, 0.6]) == "L1 penalty"
    assert cause([1.5, -0.4, 2.0], [0.7, -1.9, 0.6], [-1.9, 0.7, 0.6]) is None
