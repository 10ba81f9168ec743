"""F03, F09: the training loop of epochs and minibatches, with a loss at every step."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradproof_reference as gr
from harness import agree, arrays, exact, expensive, formula, gamma, identical, verify

Array = np.ndarray[Any, Any]

SEEDS = st.integers(0, 2**32 - 1)
INTEGERS = st.lists(st.integers(-8, 8), min_size=1, max_size=5)
RATES = st.sampled_from([0.0, 0.125, 0.25])
MOMENTA = st.sampled_from([0.0, 0.5])


def distance_to(targets: Array) -> Callable[[Array, Array], tuple[Any, Any]]:
    """Return the loss ½ Σ_{i∈B} (w − tᵢ)² with its gradient Σ_{i∈B} (w − tᵢ)."""

    def loss_and_gradient(w: Array, batch: Array) -> tuple[Any, Any]:
        residuals = w - targets[batch]
        return np.sum(residuals * residuals) / 2, np.sum(residuals)

    return loss_and_gradient


def by_the_slide(
    targets: Array, start: int, rate: float, tau: float, batches: list[Array]
) -> Iterator[tuple[Any, Any, Any]]:
    """Run the slide's loop in rational arithmetic: loss before, then v ← τv + dl/dw and w ← w − λv."""
    w, v = Fraction(start), Fraction(0)
    for batch in batches:
        residuals = [w - Fraction(targets[i]) for i in batch]
        loss = sum(r * r for r in residuals) / 2
        v = Fraction(tau) * v + sum(residuals)
        w = w - Fraction(rate) * v
        yield w, v, loss


@formula("F03", "F09")
@given(INTEGERS, st.integers(-8, 8), RATES, MOMENTA, st.integers(1, 6), st.integers(0, 2))
def test_the_loop_is_that_of_the_slides(
    targets: list[int], start: int, rate: float, tau: float, batch_size: int, n_epochs: int
) -> None:
    """Parameters, velocity and loss after every step, against the loop written out in fractions.

    A step adds at most 3 + 1 fractional bits, and nothing grows beyond 2⁹: the at most ten steps do not round. The loss
    has squares, which do.
    """
    data = np.array(targets, dtype=float)
    n = len(data)
    batches = [np.arange(n)[s : s + batch_size] for s in range(0, n, batch_size)] * n_epochs
    options: dict[str, Any] = {"n_epochs": n_epochs, "batch_size": batch_size, "momentum": tau}
    loop = gr.train(distance_to(data), np.array(float(start)), n, learning_rate=rate, **options)
    expected = by_the_slide(data, start, rate, tau, batches)
    for k, (step, batch, (w, v, loss)) in enumerate(zip(loop, batches, expected, strict=True)):
        agree(step.epoch, k // -(-n // batch_size))
        agree(step.batch, batch)
        agree(step.parameters, w)
        agree(step.velocity, v)
        agree(step.loss, loss, gamma(n + 1) * float(loss))


@formula("F03")
@given(st.integers(1, 20), st.integers(1, 25), st.integers(0, 3), SEEDS)
def test_an_epoch_visits_every_example_once(n: int, batch_size: int, n_epochs: int, seed: int) -> None:
    """Shuffled anew for each epoch, by the generator alone."""
    options: dict[str, Any] = {"learning_rate": 0.1, "n_epochs": n_epochs, "batch_size": batch_size}
    steps = [
        list(gr.train(distance_to(np.ones(n)), np.array(0.0), n, rng=np.random.default_rng(seed), **options))
        for _ in range(2)
    ]
    assert len(steps[0]) == n_epochs * -(-n // batch_size)
    for epoch in range(n_epochs):
        visited = np.concatenate([step.batch for step in steps[0] if step.epoch == epoch])
        agree(np.sort(visited), np.arange(n))
    for one, other in zip(*steps, strict=True):  # the same seed is the same run
        identical(one.batch, other.batch)
        identical(one.parameters, other.parameters)


@formula("F03")
def test_each_epoch_has_a_shuffle_of_its_own() -> None:
    """Three epochs of 20 examples in three different orders (two agree in one of 20! cases)."""
    rng = np.random.default_rng(0)
    options: dict[str, Any] = {"learning_rate": 0.1, "n_epochs": 3, "batch_size": 20, "rng": rng}
    orders = {tuple(step.batch) for step in gr.train(distance_to(np.ones(20)), np.array(0.0), 20, **options)}
    assert len(orders) == 3


@st.composite
def classifiers(draw: st.DrawFn) -> tuple[Any, gr.Layer]:
    """Draw the data of a linear classifier, as its loss with gradient, and parameters."""
    x, labels = draw(arrays((5, 3))), np.array([0, 1, 1, 0, 1])

    def loss_and_gradient(layer: gr.Layer, batch: Array) -> tuple[Any, gr.Layer]:
        loss = gr.linear_softmax_loss(*layer, x[batch], labels[batch])
        return loss, gr.linear_softmax_gradient(*layer, x[batch], labels[batch])

    return loss_and_gradient, gr.Layer(draw(arrays((2, 3))), draw(arrays((2,))))


@formula("F03")
@given(classifiers(), SEEDS)
@expensive
def test_no_learning_rate_leaves_the_parameters_bit_identical(
    problem: tuple[Any, gr.Layer], seed: int
) -> None:
    """λ = 0, over epochs, with momentum too."""
    loss_and_gradient, layer = problem
    rng = np.random.default_rng(seed)
    options: dict[str, Any] = {
        "learning_rate": 0.0,
        "momentum": 0.5,
        "n_epochs": 2,
        "batch_size": 2,
        "rng": rng,
    }
    for step in gr.train(loss_and_gradient, layer, 5, **options):
        identical(step.parameters.weight, layer.weight)
        identical(step.parameters.bias, layer.bias)


@formula("F03", "F09")
@given(classifiers(), st.floats(0, 1), st.integers(1, 5))
@expensive
def test_without_momentum_it_is_a_loop_of_sgd_steps_bit_for_bit(
    problem: tuple[Any, gr.Layer], rate: float, batch_size: int
) -> None:
    """τ = 0, the default; the loss of each step is the batch's, before the update."""
    loss_and_gradient, layer = problem
    options: dict[str, Any] = {"learning_rate": rate, "n_epochs": 2, "batch_size": batch_size}
    kept = list(gr.train(loss_and_gradient, layer, 5, **options))
    for step in kept:  # read after the run: a later step has not changed what an earlier one returned
        loss, gradient = loss_and_gradient(layer, step.batch)
        agree(step.loss, loss)
        layer = gr.sgd_step(layer, gradient, rate)
        identical(step.parameters.weight, layer.weight)
        identical(step.parameters.bias, layer.bias)
    assert len({id(step.parameters) for step in kept}) == len(kept)


@formula("F03", "F09")
@given(classifiers(), st.sampled_from([0.0, 0.5]))
@expensive
def test_a_step_moves_against_the_gradient_of_its_batch(problem: tuple[Any, gr.Layer], tau: float) -> None:
    """(w − w′)/λ of the first step is the numerical derivative of the loss that the step reports.

    With λ = 2¹⁰⁰ the difference w − w′ does not cancel.
    """
    loss_and_gradient, layer = problem

    def first(layer: gr.Layer) -> gr.TrainingStep[gr.Layer]:
        options: dict[str, Any] = {"learning_rate": 2.0**100, "n_epochs": 1, "batch_size": 3, "momentum": tau}
        return next(gr.train(loss_and_gradient, layer, 5, **options))

    def used(layer: gr.Layer) -> gr.Layer:
        after = first(layer).parameters
        return gr.Layer((layer.weight - after.weight) / 2.0**100, (layer.bias - after.bias) / 2.0**100)

    verify(lambda layer: loss_and_gradient(layer, np.arange(3))[0], used, layer)
    agree(first(layer).loss, loss_and_gradient(layer, np.arange(3))[0])


@formula("F03")
@given(st.lists(st.integers(-8, 8), min_size=1, max_size=8), st.integers(-64, 64))
def test_full_batches_converge_to_the_mean(targets: list[int], start: int) -> None:
    """On ½ Σ (w − tᵢ)² the distance to the mean shrinks by 1 − λn a step: with λ = 1/2n, 2⁻³⁰ after 30.

    A step rounds at most n + 4 times relative to sums of n (|w| + |t|), times λ, and half of an error is handed on.
    """
    data = np.array(targets, dtype=float)
    n, mean = len(data), Fraction(sum(targets), len(targets))
    rate = 1 / (2 * n)
    *_, last = gr.train(
        distance_to(data), np.array(float(start)), n, learning_rate=rate, n_epochs=30, batch_size=n
    )
    shrink = 1 - Fraction(rate) * n
    agree(last.parameters, mean + shrink**30 * (start - mean), 2 * gamma(n + 4) * (abs(start) + 16))


@formula("F03", "F09")
@given(classifiers())
@expensive
def test_training_leaves_its_arguments_alone(problem: tuple[Any, gr.Layer]) -> None:
    """The initial parameters keep every bit."""
    loss_and_gradient, layer = problem
    copies = [array.copy() for array in layer]
    for _ in gr.train(loss_and_gradient, layer, 5, learning_rate=0.5, momentum=0.5, n_epochs=2, batch_size=2):
        pass
    identical(layer.weight, copies[0])
    identical(layer.bias, copies[1])


@formula("F03", "F09")
@pytest.mark.parametrize(
    "planted",
    [
        lambda fg: lambda w, batch: (fg(w, batch)[0] / len(batch), fg(w, batch)[1] / len(batch)),
        lambda fg: lambda w, batch: (fg(w, batch)[0], -fg(w, batch)[1]),
        lambda fg: lambda w, batch: (fg(w, batch)[0], 2 * fg(w, batch)[1]),
        lambda fg: lambda w, batch: (fg(w - fg(w, batch)[1], batch)[0], fg(w, batch)[1]),
    ],
    ids=["mean", "sign", "factor 2", "loss after the update"],
)
def test_planted_losses_and_gradients_are_rejected(planted: Any) -> None:
    """A mean for the sum, the wrong sign, a factor 2, and the loss of another point, each seen at the first step."""
    data = np.array([1.0, -2.0, 4.0])
    loop = gr.train(
        planted(distance_to(data)), np.array(3.0), 3, learning_rate=0.25, n_epochs=1, batch_size=3
    )
    step = next(loop)
    w, _, loss = next(by_the_slide(data, 3, 0.25, 0.0, [np.arange(3)]))
    with pytest.raises(AssertionError, match="must lie within"):
        agree([step.parameters, step.loss], exact([float(w), float(loss)]))
