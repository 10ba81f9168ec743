"""F02, F07, F08: minibatch losses are sums, their gradients unbiased once rescaled, and a step can unlearn."""

from fractions import Fraction
from itertools import combinations
from math import comb, log, nan, sqrt
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, find, given
from hypothesis import strategies as st

import gradproof_reference as gr
from harness import (
    agree,
    arrays,
    exact,
    expensive,
    fixed_seed,
    formula,
    gamma,
    identical,
    leading_axes,
    numbers,
    scales,
    sizes,
    verify,
)

Array = np.ndarray[Any, Any]

SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def batches(draw: st.DrawFn, n: int) -> Array:
    """Draw the examples of a batch; some may occur twice."""
    return np.array(draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=n + 1)))


@st.composite
def costs_and_batch(draw: st.DrawFn) -> tuple[Array, Array]:
    """Draw the costs of a few examples, stacked or not, and a batch."""
    n = draw(sizes(6))
    return draw(arrays((*draw(leading_axes()), n), scales())), draw(batches(n))


@formula("F02")
@given(st.integers(1, 30), st.integers(1, 35), st.none() | SEEDS)
def test_an_epoch_has_every_example_once(n: int, m: int, seed: int | None) -> None:
    """Batches of m, the last one short, share no example and leave none out; unshuffled they are in order."""
    rng = None if seed is None else np.random.default_rng(seed)
    epoch = list(gr.minibatches(n, m, rng))
    agree([len(batch) for batch in epoch], [min(m, n - start) for start in range(0, n, m)])
    order = np.concatenate(epoch)
    agree(order if seed is None else np.sort(order), np.arange(n))


@formula("F02")
@given(SEEDS)
def test_a_seed_fixes_the_shuffles_and_each_epoch_has_its_own(seed: int) -> None:
    """The same seed gives the same epochs; two epochs of 20 examples agree in one of 20! cases."""
    first, second = np.random.default_rng(seed), np.random.default_rng(seed)
    epochs = [np.concatenate(list(gr.minibatches(20, 3, rng))) for rng in (first, first, second, second)]
    identical(epochs[0], epochs[2])
    identical(epochs[1], epochs[3])
    assert not np.array_equal(epochs[0], epochs[1])


@formula("F02")
@given(costs_and_batch())
@expensive
def test_the_gradient_is_that_of_the_batch_cost(drawn: tuple[Array, Array]) -> None:
    """Numerical derivatives by every cost, in the batch or not, of a stack too."""
    costs, batch = drawn
    verify(
        lambda costs: np.sum(gr.minibatch_cost(costs, batch)),
        lambda costs: gr.minibatch_cost_gradient(costs, batch),
        costs,
    )
    verify(
        lambda costs: np.sum(gr.minibatch_cost(costs, batch)) + 1e8,
        lambda costs: gr.minibatch_cost_gradient(costs, batch),
        costs,
    )


@formula("F02")
@given(costs_and_batch())
def test_the_batch_cost_is_the_sum_over_its_examples(drawn: tuple[Array, Array]) -> None:
    """One term for each index, in rational arithmetic, and no division by m; m − 1 roundings."""
    costs, batch = drawn
    picked = exact(costs)[..., batch]
    size = np.sum(np.abs(costs[..., batch]), axis=-1)
    agree(gr.minibatch_cost(costs, batch), np.sum(picked, axis=-1), gamma(len(batch) - 1) * size)
    counts = np.array([np.count_nonzero(batch == i) for i in range(costs.shape[-1])], dtype=float)
    agree(gr.minibatch_cost_gradient(costs, batch), np.broadcast_to(counts, costs.shape))


@st.composite
def regressions(draw: st.DrawFn) -> tuple[Array, Array, Array, int]:
    """Draw a straight line, data, and a batch size."""
    n = draw(st.integers(1, 6))
    scale = draw(scales(-3, 3))
    x, t = draw(arrays((n,))), draw(arrays((n,), scale))
    return draw(arrays((2,), scale)), x, t, draw(st.integers(1, n))


def exact_gradient(w: Array, x: Array, t: Array) -> tuple[Array, Array]:
    """Return the exact gradient of ½ Σ (w₀ + w₁x − t)² over all examples, and the size of its terms."""
    phi = np.stack([exact(np.ones(len(x))), exact(x)], axis=1)
    terms = np.abs(phi) @ np.abs(exact(w)) + np.abs(exact(t))
    return (phi @ exact(w) - exact(t)) @ phi, (terms @ np.abs(phi)).astype(float)


@formula("F02")
@given(regressions(), st.none() | SEEDS)
def test_the_gradients_of_an_epoch_add_up_to_the_full_gradient(
    problem: tuple[Array, Array, Array, int], seed: int | None
) -> None:
    """Σ_B ∇l_B = ∇L in rational arithmetic, for any batch size; so do the costs' indicators, exactly to ones.

    A term rounds five times (line, residual, product), the sums over examples and batches at most n times.
    """
    w, x, t, m = problem
    epoch = list(gr.minibatches(len(x), m, None if seed is None else np.random.default_rng(seed)))
    total = sum(gr.sum_of_squares_gradient(w, x[batch], t[batch]) for batch in epoch)
    expected, size = exact_gradient(w, x, t)
    agree(total, expected, gamma(5 + len(x)) * size)
    agree(sum(gr.minibatch_cost_gradient(t, batch) for batch in epoch), np.ones(len(x)))


@formula("F02")
@given(arrays((5, 3)), arrays((2, 3)), arrays((2,)), st.integers(1, 5))
@expensive
def test_the_batches_of_a_classifier_add_up_to_the_full_loss(
    x: Array, weight: Array, bias: Array, m: int
) -> None:
    """The summed losses of the batches have the full gradient as their numerical derivative."""
    labels = np.array([0, 1, 1, 0, 1])
    epoch = list(gr.minibatches(5, m))

    def gradient(layer: gr.Layer) -> gr.Layer:
        parts = [gr.linear_softmax_gradient(*layer, x[batch], labels[batch]) for batch in epoch]
        return gr.Layer(np.sum([p.weight for p in parts], axis=0), np.sum([p.bias for p in parts], axis=0))

    def loss(layer: gr.Layer) -> Any:
        return gr.linear_softmax_loss(layer.weight, layer.bias, x, labels)

    verify(loss, gradient, gr.Layer(weight, bias))


@formula("F07")
@given(regressions())
@expensive
def test_the_rescaled_gradient_is_unbiased_by_enumeration(problem: tuple[Array, Array, Array, int]) -> None:
    """The mean of (n/m) ∇l_B over all batches of m is ∇L, in rational arithmetic.

    A batch's gradient rounds at most 5 + m times, n/m and the product once each; an example is in m of n batches, so
    that the mean of the terms' sizes is that of the full gradient.
    """
    w, x, t, m = problem
    n = len(x)
    estimates = [
        gr.rescale_to_full({"w": gr.sum_of_squares_gradient(w, x[[*batch]], t[[*batch]])}, n, m)["w"]
        for batch in combinations(range(n), m)
    ]
    expected, size = exact_gradient(w, x, t)
    mean = np.sum(exact(estimates), axis=0) / comb(n, m)
    agree(mean, expected, gamma(7 + m) * size)


@formula("F07")
@given(arrays((2, 3), scales()), st.integers(1, 9), st.integers(0, 9))
def test_rescaling_multiplies_every_array_by_n_over_m(gradient: Array, m: int, more: int) -> None:
    """In nested parameters; the quotient and the product round once each."""
    rescaled = gr.rescale_to_full([gr.Layer(gradient, gradient[:, 0])], m + more, m)[0]
    factor = Fraction(m + more, m)
    agree(rescaled.weight, factor * exact(gradient), gamma(2) * float(factor) * np.abs(gradient))
    agree(rescaled.bias, factor * exact(gradient[:, 0]), gamma(2) * float(factor) * np.abs(gradient[:, 0]))


# Many examples whose gradients drift with their index: a sampler that prefers some of them is biased.
N, M, REPEATS = 2000, 20, 500
DRIFT = np.linspace(-1, 3, N)


def mean_estimate(rng: np.random.Generator | None, rescale: Any) -> float:
    """Return the mean over many shuffles of the rescaled gradient of the first batch; ∂l_B/∂w = Σ (w − cᵢ) at w = 0."""
    firsts = (next(gr.minibatches(N, M, rng)) for _ in range(REPEATS))
    return float(np.mean([rescale(-np.sum(DRIFT[batch]), N, M) for batch in firsts]))


def confidence_bound(failures: float = 1e-12) -> float:
    """Bound the error of that mean but for one run in 1e12.

    Hoeffding's inequality, which holds for draws without replacement too (Hoeffding, 1963, section 6), for the mean
    of REPEATS · M gradients in an interval of length 4, times N.
    """
    return N * 4 * sqrt(log(2 / failures) / (2 * REPEATS * M))


@formula("F07")
def test_the_rescaled_gradient_is_unbiased_by_sampling() -> None:
    """Of 2000 examples: the mean over 500 shuffled batches of 20 lies within a bound that fails once in 1e12 runs."""
    rng = np.random.default_rng(fixed_seed())
    agree(mean_estimate(rng, gr.rescale_to_full), -np.sum(DRIFT), confidence_bound())


@formula("F07")
def test_planted_estimates_are_rejected() -> None:
    """Left as they are, rescaled by m/n, and of batches that are not shuffled: each is biased."""
    rng = np.random.default_rng(0)
    for planted, generator in (
        (lambda g, _n, _m: g, rng),
        (lambda g, n, m: g * m / n, rng),
        (gr.rescale_to_full, None),
    ):
        with pytest.raises(AssertionError, match="must lie within"):
            agree(mean_estimate(generator, planted), -np.sum(DRIFT), confidence_bound())


@formula("F02")
def test_a_mean_over_the_batch_is_rejected() -> None:
    """Means of batches do not add up to the full gradient, nor is the mean's gradient that of the sum."""
    w, x, t = np.array([0.5, 1.0]), np.array([0.0, 1.0, 2.0]), np.array([1.0, -1.0, 0.5])
    epoch = list(gr.minibatches(3, 2))
    total = sum(gr.sum_of_squares_gradient(w, x[batch], t[batch]) / len(batch) for batch in epoch)
    with pytest.raises(AssertionError, match="must lie within"):
        agree(total, exact_gradient(w, x, t)[0], gamma(8) * exact_gradient(w, x, t)[1])
    with pytest.raises(AssertionError, match="fail"):
        verify(
            lambda costs: gr.minibatch_cost(costs, [0, 2]),
            lambda costs: gr.minibatch_cost_gradient(costs, [0, 2]) / 2,
            t,
        )


# --- F08: the model y = w, cost ½ (w − tᵢ)² for each example -------------------------------------------------------


def losses(w: Array, t: Array) -> Any:
    """Return ½ Σ (w − tᵢ)² as a polynomial of degree 0."""
    return gr.sum_of_squares(w, np.zeros_like(t), t)


def unlearns_after_a_step(w: float, t: Array, batch: Array, rate: float) -> bool:
    """Take a minibatch step from w and compare the losses before and after."""
    before: Any = np.array([w])
    after = gr.sgd_step(before, gr.sum_of_squares_gradient(before, np.zeros(len(batch)), t[batch]), rate)
    seen = losses(before, t[batch]), losses(after, t[batch]), losses(before, t), losses(after, t)
    return bool(gr.unlearns(*seen))


def changes(w: float, t: Array, batch: Array, rate: float) -> tuple[Any, Any]:
    """Return by how much the step changes l_B and L, exactly: −λ g g_B + λ² k g_B²/2 for gradient g of k costs."""
    by_example = [Fraction(w) - target for target in exact(t)]
    step = -Fraction(rate) * sum(by_example[i] for i in batch)

    def change(gradient: Any, costs: int) -> Any:
        return step * gradient + step * step * costs / 2

    return change(sum(by_example[i] for i in batch), len(batch)), change(sum(by_example), len(t))


@formula("F08")
def test_a_step_can_unlearn() -> None:
    """Targets 1, −1, −1, −1 at w = 0: the step on the first goes to λ, towards 1 and away from the rest.

    With λ = ⅛: l_B falls from ½ to ½·(7/8)², and L rises from 2 to ½·(7/8)² + 3·½·(9/8)² = 146/64.
    """
    t, batch = np.array([1.0, -1.0, -1.0, -1.0]), np.array([0])
    assert unlearns_after_a_step(0.0, t, batch, 0.125)
    agree(losses(np.array([0.125]), t), 146 / 64)
    assert changes(0.0, t, batch, 0.125) == (Fraction(49, 128) - Fraction(1, 2), Fraction(146, 64) - 2)


@formula("F08")
def test_a_search_finds_a_step_that_unlearns() -> None:
    """Hypothesis finds (w, batch, λ) without being shown one; exact arithmetic confirms it."""
    points = st.tuples(
        numbers(),
        arrays((3,)),
        st.sampled_from([np.array([0]), np.array([0, 1])]),
        st.floats(0.125, 1, width=16),
    )
    found = find(points, lambda point: unlearns_after_a_step(*point), random=Random(0))  # noqa: S311  an order, not a secret
    of_batch, of_all = changes(*found)
    assert of_batch < 0 < of_all


@formula("F08")
@given(
    st.integers(-8, 8).map(float),
    st.lists(st.integers(-8, 8), min_size=2, max_size=5),
    st.integers(1, 4),
    st.integers(0, 16).map(lambda k: k / 8),
)
def test_a_step_unlearns_exactly_where_the_closed_form_says(
    w: float, targets: list[int], size: int, rate: float
) -> None:
    """l_B falls and L rises, by the exact changes of the two quadratics; numbers of few bits leave no rounding."""
    t, batch = np.array(targets, dtype=float), np.arange(min(size, len(targets)))
    of_batch, of_all = changes(w, t, batch, rate)
    agree(unlearns_after_a_step(w, t, batch, rate), of_batch < 0 < of_all)


@formula("F08")
@given(numbers(), arrays((4,)), st.floats(0, 4, width=16))
def test_a_step_on_all_examples_never_unlearns(w: float, t: Array, rate: float) -> None:
    """With B all of the data l_B is L: the one cannot fall while the other rises."""
    assert not unlearns_after_a_step(w, t, np.arange(4), rate)


@formula("F08")
@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, nan]), min_size=4, max_size=4))
def test_unlearning_is_a_lower_batch_loss_and_a_higher_full_loss(loss: list[float]) -> None:
    """Both inequalities are strict, and false for NaN."""
    agree(gr.unlearns(*loss), loss[1] < loss[0] and loss[3] > loss[2])


@formula("F08")
@given(numbers(), arrays((3,)))
@expensive
def test_the_step_of_f08_follows_the_gradient_of_its_batch(w: float, t: Array) -> None:
    """Numerical derivative of l_B by w, so that a small step does lower l_B."""
    assume(np.ptp(t) > 0.01)
    verify(
        lambda w: losses(w, t[:2]), lambda w: gr.sum_of_squares_gradient(w, np.zeros(2), t[:2]), np.array([w])
    )


@formula("F08")
def test_a_verdict_with_the_losses_exchanged_is_rejected() -> None:
    """Batch and full loss in each other's place: the constructed step no longer unlearns."""
    t, batch = np.array([1.0, -1.0, -1.0, -1.0]), np.array([0])
    before, after = np.array([0.0]), np.array([0.125])
    exchanged = gr.unlearns(
        losses(before, t), losses(after, t), losses(before, t[batch]), losses(after, t[batch])
    )
    with pytest.raises(AssertionError, match="must lie within"):
        agree(exchanged, unlearns_after_a_step(0.0, t, batch, 0.125))
