"""F11: the total cost is the sum of the examples' costs, in any order and over any split."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradproof_reference as gr
from harness import agree, arrays, exact, expensive, formula, gamma, leading_axes, scales, sizes, verify

Array = np.ndarray[Any, Any]

COSTS = sizes(8).flatmap(lambda n: arrays((n,), scales()))


def rounding(costs: Array) -> float:
    """Bound the error of a sum in any order: n − 1 roundings, relative to the sum of the sizes."""
    return float(gamma(len(costs) - 1) * np.sum(np.abs(costs)))


@formula("F11")
@given(st.data())
@expensive
def test_the_gradient_is_one_for_every_example(data: st.DataObject) -> None:
    """Numerical derivatives by each cost, of a stack too."""
    costs = data.draw(arrays((*data.draw(leading_axes()), data.draw(sizes())), scales()))
    verify(lambda costs: np.sum(gr.total_cost(costs)), gr.total_cost_gradient, costs)
    verify(lambda costs: np.sum(gr.total_cost(costs)) + 1e8, gr.total_cost_gradient, costs)


@formula("F11")
@given(COSTS)
def test_the_total_is_the_sum_over_the_examples(costs: Array) -> None:
    """A sum, not a mean, in rational arithmetic."""
    agree(gr.total_cost(costs), np.sum(exact(costs)), rounding(costs))
    agree(gr.total_cost_gradient(costs), np.ones(len(costs)))


@formula("F11")
@given(COSTS, st.data())
def test_it_is_additive_over_any_split(costs: Array, data: st.DataObject) -> None:
    """The totals of the parts add up to the total, whichever examples go where."""
    part = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(costs), max_size=len(costs))))
    parts = sum(float(gr.total_cost(costs[part == k])) for k in range(3) if np.any(part == k))
    agree(gr.total_cost(costs), parts, 2 * rounding(costs) + gamma(2) * np.sum(np.abs(costs)))


@formula("F11")
@given(COSTS, st.randoms(use_true_random=False))
def test_it_does_not_depend_on_the_order(costs: Array, random: Any) -> None:
    """Any permutation gives the same total; to rounding, and exactly where the sums are exact (integers)."""
    order = random.sample(range(len(costs)), len(costs))
    agree(gr.total_cost(costs[order]), gr.total_cost(costs), 2 * rounding(costs))
    whole = np.round(1024 * costs / np.max(np.abs(costs), initial=1e-300))
    agree(gr.total_cost(whole[order]), gr.total_cost(whole))


@formula("F11")
def test_planted_totals_are_rejected() -> None:
    """A mean, and a total that leaves out the last example, as a gradient and as a value."""
    costs = np.array([1.0, 2.0, 4.0])
    for wrong in (np.mean(costs), np.sum(costs[:-1])):
        with pytest.raises(AssertionError, match="must lie within"):
            agree(wrong, np.sum(exact(costs)), rounding(costs))
    for slopes in (np.full(3, 1 / 3), np.array([1.0, 1.0, 0.0])):
        with pytest.raises(AssertionError, match="fail"):
            verify(gr.total_cost, lambda _costs, slopes=slopes: slopes, costs)
