"""F03, F09, F26: training in buffers takes the steps of the loop that makes new arrays, and each is the gradient's."""

import os
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradproof_reference as gr
from harness import agree, arrays, expensive, formula, identical, verify
from networks import Problem, problems

Array = np.ndarray[Any, Any]

SMOOTH = ["sigmoid", "tanh"]
EPS = float(np.finfo(float).eps)
# Of at most six steps on networks of four layers, each of fewer than 100 roundings of numbers below 10.
ROUNDING = 1e4 * EPS
SWISH = gr.Activation(
    "swish",
    lambda z: z * gr.sigmoid(z),
    lambda z: gr.sigmoid(z) + z * gr.sigmoid_derivative(z),
)


def by_train(layers: Any, x: Array, labels: Array, activation: Any, l2_strength: Any, **options: Any) -> Any:
    """Train with `train` and `mlp_loss_and_gradient`."""
    current = tuple(layers)

    def loss_and_gradient(parameters: Any, batch: Array) -> Any:
        return gr.mlp_loss_and_gradient(
            parameters, x[..., batch, :], labels[..., batch], activation, l2_strength
        )

    for step in gr.train(loss_and_gradient, current, x.shape[-2], **options):
        current = step.parameters
    return current


def network(
    rng: np.random.Generator, stack: tuple[int, ...], widths: tuple[int, ...] = (5, 4, 4, 3)
) -> list[gr.Layer]:
    """Draw a stack of networks."""
    sizes = list(zip(widths[1:], widths, strict=False))
    return [gr.Layer(rng.normal(size=(*stack, o, i)), rng.normal(size=(*stack, o))) for o, i in sizes]


@formula("F26", "F03")
@pytest.mark.parametrize("name", SMOOTH)
@given(data=st.data())
@expensive
def test_a_step_is_the_gradient_that_the_checker_expects(name: str, data: st.DataObject) -> None:
    """With λ = 1 and one batch of all examples, what a step takes away is the gradient of loss and penalty."""
    problem: Problem = data.draw(problems(name, scaled=False))
    layers, x, labels, activation = problem
    l2_strength = data.draw(st.sampled_from([0.0, 0.25]))

    def taken(current: Any) -> Any:
        after = gr.train_mlp(
            current, x, labels, activation, l2_strength, learning_rate=1.0, n_epochs=1, batch_size=len(x)
        )
        return [
            gr.Layer(*(a - b for a, b in zip(p, q, strict=True))) for p, q in zip(current, after, strict=True)
        ]

    verify(lambda current: gr.mlp_loss(current, x, labels, activation, l2_strength), taken, list(layers))


@formula("F03")
@given(arrays((4,)), arrays((3,)))
def test_a_step_of_a_polynomial_is_the_gradient_that_the_checker_expects(t: Array, w: Array) -> None:
    """Likewise, at four points."""
    x = np.array([-0.5, 0.0, 0.5, 1.0])

    def taken(current: Array) -> Array:
        return current - gr.train_polynomial(current, x, t, learning_rate=1.0, n_epochs=1, batch_size=4)

    verify(lambda current: gr.sum_of_squares(current, x, t), taken, w)


@formula("F03", "F09", "F26")
@pytest.mark.parametrize("activation", [*gr.ACTIVATIONS.values(), SWISH], ids=lambda a: a.name)
@pytest.mark.parametrize("stack", [(), (3,), (2, 2)], ids=str)
@pytest.mark.parametrize("momentum", [0.0, 0.75])
def test_training_in_place_is_training(
    activation: gr.Activation, stack: tuple[int, ...], momentum: float
) -> None:
    """On the same shuffled batches, the last of which is short; data of each model, and data that all share."""
    rng = np.random.default_rng(5)
    layers, l2_strength = network(rng, stack), rng.uniform(size=stack) / 8
    options: dict[str, Any] = {"learning_rate": 0.125, "momentum": momentum, "n_epochs": 2, "batch_size": 3}
    for data in ((), stack):
        x, labels = rng.normal(size=(*data, 7, 5)), rng.integers(3, size=(*data, 7))
        expected = by_train(
            layers, x, labels, activation, l2_strength, rng=np.random.default_rng(1), **options
        )
        got = gr.train_mlp(
            layers, x, labels, activation, l2_strength, rng=np.random.default_rng(1), **options
        )
        for one, other in zip(got, expected, strict=True):
            agree(one.weight, other.weight, ROUNDING)
            agree(one.bias, other.bias, ROUNDING)


@formula("F03", "F09")
@pytest.mark.parametrize("stack", [(), (3,), (2, 2)], ids=str)
@pytest.mark.parametrize("momentum", [0.0, 0.75])
def test_training_a_polynomial_in_place_is_training(stack: tuple[int, ...], momentum: float) -> None:
    """Points of each model, and points that all share."""
    rng = np.random.default_rng(6)
    w = rng.normal(size=(*stack, 4))
    options: dict[str, Any] = {"learning_rate": 0.125, "momentum": momentum, "n_epochs": 2, "batch_size": 2}
    for data in ((), stack):
        x, t = rng.uniform(size=(*data, 5)), rng.normal(size=(*data, 5))

        def loss_and_gradient(current: Array, batch: Array, x: Array = x, t: Array = t) -> Any:
            points = x[..., batch], t[..., batch]
            return gr.sum_of_squares(current, *points), gr.sum_of_squares_gradient(current, *points)

        *_, last = gr.train(loss_and_gradient, w, 5, rng=np.random.default_rng(1), **options)
        got = gr.train_polynomial(w, x, t, rng=np.random.default_rng(1), **options)
        agree(got, last.parameters, ROUNDING)


def one_each(rng: np.random.Generator, n: int) -> dict[str, Any]:
    """Draw a learning rate and a momentum for each of n models."""
    rates = {"learning_rate": rng.uniform(0.01, 0.1, size=n), "momentum": rng.uniform(0, 0.9, size=n)}
    return {**rates, "n_epochs": 2, "batch_size": 3}


@formula("F03", "F09", "F26")
@pytest.mark.parametrize("own", [(), (2300,)], ids=["shared", "own"])
def test_networks_that_train_in_parts_see_the_same_batches(own: tuple[int, ...]) -> None:
    """2,300 small networks, more than two parts, each with its own λ, τ and α, on examples that all share or of its own."""
    rng, n = np.random.default_rng(10), 2300
    layers, l2_strength, options = network(rng, (n,)), rng.uniform(size=n) / 8, one_each(rng, n)
    given_all = (layers, rng.normal(size=(*own, 7, 5)), rng.integers(3, size=(*own, 7)), gr.TANH, l2_strength)
    got = gr.train_mlp(*given_all, rng=np.random.default_rng(1), **options)
    expected = by_train(*given_all, rng=np.random.default_rng(1), **options)
    for one, other in zip(got, expected, strict=True):
        agree(one.weight, other.weight, ROUNDING)
        agree(one.bias, other.bias, ROUNDING)


@formula("F03", "F09")
@pytest.mark.parametrize("own", [(), (14_000,)], ids=["shared", "own"])
def test_polynomials_that_train_in_parts_see_the_same_batches(own: tuple[int, ...]) -> None:
    """14,000 cubics, more than two parts, each with its own λ and τ, on points that all share or of its own."""
    rng, n = np.random.default_rng(11), 14_000
    w, x, t, options = (
        rng.normal(size=(n, 4)),
        rng.uniform(size=(*own, 7)),
        rng.normal(size=7),
        one_each(rng, n),
    )

    def loss_and_gradient(current: Array, batch: Array) -> Any:
        points = x[..., batch], t[batch]
        return gr.sum_of_squares(current, *points), gr.sum_of_squares_gradient(current, *points)

    *_, last = gr.train(loss_and_gradient, w, 7, rng=np.random.default_rng(1), **options)
    agree(gr.train_polynomial(w, x, t, rng=np.random.default_rng(1), **options), last.parameters, ROUNDING)


@formula("F03", "F26")
def test_an_epoch_of_more_minibatches_than_are_gathered_at_once_sees_them_all() -> None:
    """70 minibatches of one example, and 35 of two."""
    rng = np.random.default_rng(12)
    layers, x, labels = network(rng, (2,)), rng.normal(size=(70, 5)), rng.integers(3, size=70)
    for batch_size in (1, 2):
        options: dict[str, Any] = {"learning_rate": 0.1, "n_epochs": 1, "batch_size": batch_size}
        got = gr.train_mlp(layers, x, labels, gr.TANH, **options)
        expected = by_train(layers, x, labels, gr.TANH, 0.0, **options)
        for one, other in zip(got, expected, strict=True):
            agree(one.weight, other.weight, ROUNDING)


@formula("F03")
@pytest.mark.parametrize("momentum", [0.0, 0.5])
@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("own", [False, True], ids=["shared", "own"])
@pytest.mark.parametrize("stack", [(0,), (2, 0)], ids=str)
def test_a_stack_of_no_models_is_trained_to_a_stack_of_none(
    stack: tuple[int, ...], *, own: bool, processes: int, momentum: float
) -> None:
    """On examples that all share, or on as many sets of their own: none."""
    data = stack if own else ()
    options: dict[str, Any] = {"learning_rate": 0.1, "n_epochs": 2, "batch_size": 3}
    options |= {"momentum": momentum, "processes": processes}
    layers = network(np.random.default_rng(0), stack)
    x, labels = np.ones((*data, 4, 5)), np.zeros((*data, 4), int)
    trained = gr.train_mlp(layers, x, labels, l2_strength=0.5, **options)
    for one, other in zip(trained, layers, strict=True):
        assert [array.shape for array in one] == [array.shape for array in other]
    points = np.ones((*data, 4))
    assert gr.train_polynomial(np.ones((*stack, 2)), points, points, **options).shape == (*stack, 2)


@formula("F03")
def test_processes_change_nothing_but_rounding() -> None:
    """Five networks and five polynomials by one, two and seven processes; the generator ends where it would."""
    rng = np.random.default_rng(7)
    layers, x, labels = network(rng, (5,)), rng.normal(size=(7, 5)), rng.integers(3, size=7)
    coefficients, points, t = rng.normal(size=(5, 4)), rng.uniform(size=6), rng.normal(size=6)
    options: dict[str, Any] = {"learning_rate": 0.1, "n_epochs": 2, "batch_size": 3, "momentum": 0.5}
    results = []
    for processes in (1, 2, 7):
        shuffle = np.random.default_rng(1)
        networks = gr.train_mlp(
            layers, x, labels, l2_strength=np.linspace(0, 0.1, 5), rng=shuffle, processes=processes, **options
        )
        lines = gr.train_polynomial(coefficients, points, t, rng=shuffle, processes=processes, **options)
        results.append([*(a for layer in networks for a in layer), lines, shuffle.uniform(size=1)])
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            agree(one, two, ROUNDING)
        identical(results[0][-1], other[-1])


@formula("F03")
def test_no_epoch_changes_nothing_and_arguments_stay_as_they_are() -> None:
    """Zero epochs give the parameters back; two leave what was passed alone."""
    rng = np.random.default_rng(8)
    layers, x, labels = network(rng, (2,)), rng.normal(size=(7, 5)), rng.integers(3, size=7)
    before = [array.copy() for layer in layers for array in layer] + [x.copy()]
    for n_epochs in (0, 2):
        trained = gr.train_mlp(layers, x, labels, learning_rate=0.1, n_epochs=n_epochs, batch_size=3)
        for array, copy in zip([*(a for layer in layers for a in layer), x], before, strict=True):
            identical(array, copy)
        changed = [not np.array_equal(a.weight, b.weight) for a, b in zip(trained, layers, strict=True)]
        assert changed == [n_epochs > 0] * 3


@formula("F26")
def test_far_scores_saturate_and_nothing_overflows() -> None:
    """Pre-activations of ±1e4 leave finite parameters; float32 stays float32."""
    rng = np.random.default_rng(9)
    layers = [gr.Layer(*(1e4 * a.astype(np.float32) for a in layer)) for layer in network(rng, (2,))]
    x, labels = rng.normal(size=(7, 5)).astype(np.float32), rng.integers(3, size=7)
    trained = gr.train_mlp(layers, x, labels, learning_rate=0.1, n_epochs=1, batch_size=3)
    assert all(np.isfinite(a).all() and a.dtype == np.float32 for layer in trained for a in layer)


@formula("F03")
def test_a_process_that_dies_is_an_error() -> None:
    """An activation that ends every process but the first."""
    parent = os.getpid()

    def die(z: Any) -> Any:
        if os.getpid() != parent:
            os._exit(3)
        return gr.tanh(z)

    layers = network(np.random.default_rng(0), (2,))
    deadly = gr.Activation("deadly", die, gr.tanh_derivative)
    with pytest.raises(RuntimeError, match=r"every process must end with 0; got 3\."):
        gr.train_mlp(
            layers, np.ones((2, 5)), [0, 1], deadly, learning_rate=0.1, n_epochs=1, batch_size=2, processes=2
        )
