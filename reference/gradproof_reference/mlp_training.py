"""Train stacks of multi-layer perceptrons in place (F03, F09, F26)."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ._activations_in_place import in_place
from ._buffers import copied, empty
from ._descent import schedule, train_stack
from ._linear import transposed
from ._stack import of_models, one_axis, one_if_equal, require_real, scalars, shared_or_one_axis
from ._validation import FloatArray, IntArray, broadcast_leading, label_array, real_in, require_same_size
from .activations import SIGMOID, Activation
from .labels import one_hot
from .layer import Layer
from .mlp import Layers, conforming

__all__ = ["train_mlp"]

# Gathered for all networks of a stack, a part of which then sees them one after the other.
MINIBATCHES_AT_ONCE = 32


def train_mlp(  # noqa: PLR0913  a network, its data, and how to train
    layers: Layers,
    x: npt.ArrayLike,
    labels: npt.ArrayLike,
    activation: Activation = SIGMOID,
    l2_strength: npt.ArrayLike = 0.0,
    *,
    learning_rate: npt.ArrayLike,
    n_epochs: int,
    batch_size: int,
    momentum: npt.ArrayLike = 0.0,
    rng: np.random.Generator | None = None,
    processes: int = 1,
) -> tuple[Layer, ...]:
    """Train networks by minibatch SGD; returns their layers after the last update (F03, F09, F26).

    What `train` gives with `mlp_loss_and_gradient`, on the same batches and to rounding, but in buffers that are made
    once: for whoever wants the trained networks and not what happened on the way. Stacked networks train together,
    one product for each layer.

    Parameters
    ----------
    layers, x, labels, activation, l2_strength
        As for `mlp_loss`; never modified.
    learning_rate, momentum : float or float array, shape (...)
        The slides' λ and τ; an array holds one per stacked network.
    n_epochs, batch_size, rng
        As for `train`. All networks of a stack see the same batches.
    processes : int, default: 1
        The networks of a stack are independent, and are shared out to so many forked processes, this one among them; where the
        system cannot fork, 1 is all it may be. Each uses as many threads as BLAS is allowed; one is enough (``OMP_NUM_THREADS=1``). The
        result is the same to rounding.

    Returns
    -------
    tuple of Layer
        All leading axes broadcast: one network for each index.

    Raises
    ------
    TypeError
        If an argument has the wrong type; complex numbers are no parameters of a descent.
    ValueError
        If an argument lies outside its range or shapes do not conform.
    RuntimeError
        If one of several processes dies.

    Notes
    -----
    A gradient is λ times ŷ − y from the start, so that nothing is multiplied by λ at the size of the parameters. The
    derivatives of the activations are taken from their values, a − a² for the sigmoid, where `mlp_gradient` keeps the
    relative accuracy of saturated units: their difference is of the order of the last digit of 1, not of the derivative.

    Examples
    --------
    >>> start = [Layer(np.zeros((2, 1)), np.zeros(2))]
    >>> (layer,) = train_mlp(
    ...     start, np.array([[-1.0], [1.0]]), [0, 1], learning_rate=0.5, n_epochs=1, batch_size=2
    ... )
    >>> layer.weight
    array([[-0.5],
           [ 0.5]])
    """
    checked, inputs = conforming(layers, x, activation)
    classes = label_array("labels", labels, checked[-1].bias.shape[-1], axes="n_examples")
    require_same_size("n_examples", ("x", inputs.shape, -2), ("labels", classes.shape, -1))
    rate, strength = real_in("learning_rate", learning_rate, 0), real_in("l2_strength", l2_strength, 0)
    plan = schedule(inputs.shape[-2], n_epochs=n_epochs, batch_size=batch_size, momentum=momentum, rng=rng)
    leading = broadcast_leading(
        *((f"layers[{k}]", layer.bias.shape[:-1]) for k, layer in enumerate(checked)),
        *((f"layers[{k}].weight", layer.weight.shape[:-2]) for k, layer in enumerate(checked)),
        ("x", inputs.shape[:-2]),
        ("labels", classes.shape[:-1]),
        ("learning_rate", rate.shape),
        ("l2_strength", strength.shape),
        ("momentum", plan.momentum.shape),
    )
    dtype = np.result_type(inputs, *(array for layer in checked for array in layer))
    require_real(dtype)
    stack = _Stack(
        [layer.weight.shape[-2:] for layer in checked],
        activation,
        shared_or_one_axis(_with_ones(inputs.astype(dtype)), leading, 2),
        shared_or_one_axis(one_hot(classes, checked[-1].bias.shape[-1]).astype(dtype), leading, 2),
        scalars(rate, leading, dtype),
        scalars(strength, leading, dtype),
    )
    plan = plan._replace(momentum=scalars(plan.momentum, leading, dtype))
    initial = [one_axis(_with_bias(layer), leading, 2).astype(dtype) for layer in checked]
    flat = [matrices.reshape(len(matrices), prod(matrices.shape[1:])) for matrices in initial]
    trained = train_stack(stack, np.concatenate(flat, axis=1), plan, processes)
    return tuple(
        Layer(
            matrix[..., :-1].reshape(*leading, *shape).copy(),
            matrix[..., -1].reshape(*leading, shape[0]).copy(),
        )
        for matrix, shape in zip(_matrices(trained, stack.shapes), stack.shapes, strict=True)
    )


class _Minibatch(NamedTuple):
    """What all networks see at one step, or each of its own: then x and below have an axis of models in front."""

    x: FloatArray
    """Inputs (n, d + 1), the last of them 1."""
    below: FloatArray
    """The same, (d + 1, n): contiguous, so that BLAS copies nothing for the product of each model."""
    y: FloatArray
    """λ times the one-hot labels, (k, 1 or models, n)."""

    def of_models(self, models: slice) -> "_Minibatch":
        """Take what some of the networks see."""
        y = self.y if self.y.shape[1] == 1 else self.y[:, models]
        return _Minibatch(of_models(self.x, models, 2), of_models(self.below, models, 2), y)


class _Stack(NamedTuple):
    """Networks of one architecture, and the examples.

    Inputs x (n, d + 1), the last of them 1, and one-hot labels y (n, k), or either with an axis of models in front; rates
    and strengths (models, 1).
    """

    shapes: Sequence[tuple[int, ...]]
    activation: Activation
    x: FloatArray
    y: FloatArray
    rates: FloatArray
    strengths: FloatArray

    def of_models(self, models: slice) -> "_Stack":
        """Take some of the networks."""
        return self._replace(
            x=of_models(self.x, models, 2),
            y=of_models(self.y, models, 2),
            rates=self.rates[models],
            strengths=self.strengths[models],
        )

    def model(self, part: slice, parameters: FloatArray) -> "_Networks":
        """Return some of the networks, which change `parameters` in place."""
        return _Networks(self, part, parameters)

    def minibatches(self, orders: IntArray, batch_size: int) -> Iterator[list[_Minibatch]]:
        """Gather the minibatches of one or more epochs, some at a time."""
        at_once = MINIBATCHES_AT_ONCE * batch_size
        for order in orders:
            for start in range(0, len(order), at_once):
                yield self._gathered(order[start : start + at_once], batch_size)

    def has_own_minibatches(self) -> bool:
        """Tell whether any network sees other examples, labels or λ than another."""
        return self.x.ndim + self.y.ndim > 4 or len(one_if_equal(self.rates)) > 1

    def _gathered(self, examples: IntArray, batch_size: int) -> list[_Minibatch]:
        x = self.x.take(examples, axis=-2)
        y = np.moveaxis(self.y.take(examples, axis=-2), -1, 0).reshape(self.y.shape[-1], -1, len(examples))
        y = np.multiply(y, one_if_equal(self.rates), order="C")  # λ enters here
        batches = [slice(start, start + batch_size) for start in range(0, len(examples), batch_size)]
        return [
            _Minibatch(x[..., batch, :], transposed(x[..., batch, :]).copy(), y[..., batch])
            for batch in batches
        ]


class _Buffers:
    """What one layer computes on a minibatch, shape (features, models, examples).

    With the features in front in memory, all that is done entry by entry, and the sums over the classes, run over one piece of
    memory; the products, one for each model, take a view of it with the models in front. The activations
    have one feature more, which is 1 and multiplies the bias.
    """

    def __init__(
        self, n_features: int, n_models: int, n_examples: int, dtype: np.dtype[np.inexact[Any]]
    ) -> None:
        shape = (n_features, n_models, n_examples)
        with_one = empty((n_features + 1, *shape[1:]), dtype)
        with_one[-1] = 1
        self.z, self.a, self.gradient = empty(shape, dtype), with_one[:-1], empty(shape, dtype)
        self.z_of_models, self.gradient_of_models, self.a_of_models = (
            buffer.swapaxes(0, 1) for buffer in (self.z, self.gradient, with_one)
        )
        self.a_transposed = transposed(self.a_of_models)
        self.per_example = empty(shape[1:], dtype)


class _Networks:
    """A stack of networks: forward pass and back-propagation of `mlp`, F24 and F26, in buffers."""

    def __init__(self, stack: _Stack, part: slice, parameters: FloatArray) -> None:
        self.parameters, self.step = parameters, empty(parameters.shape, parameters.dtype)
        self._matrices, self._steps = _matrices(parameters, stack.shapes), _matrices(self.step, stack.shapes)
        self._back = [transposed(matrix[..., :-1]) for matrix in self._matrices]
        self._part, self._own, self._shapes = part, stack.has_own_minibatches(), stack.shapes
        rates = stack.rates[part]
        self._rates, self._decay = one_if_equal(rates), 2 * rates * stack.strengths[part]
        self._forward, self._backward = in_place(stack.activation)
        self._buffers: dict[int, list[_Buffers]] = {}

    def decay(self) -> FloatArray | None:
        """Return 2αλ for every weight and 0 for every bias; None without a penalty."""
        if not self._decay.any():
            return None
        decay = copied(np.zeros_like(self.parameters))
        for matrix in _matrices(decay, self._shapes):
            matrix[..., :-1] = self._decay[..., None]
        return decay

    def steps(self, minibatches: list[_Minibatch]) -> Iterator[None]:
        """Write the step of each minibatch in turn, without the penalty."""
        mine = [whole.of_models(self._part) for whole in minibatches] if self._own else minibatches
        for x, below, y in mine:
            self._write_step(x, below, y)
            yield

    def _write_step(self, x: FloatArray, below: FloatArray, y: FloatArray) -> None:
        n_examples = x.shape[-2]
        *hidden, output = self._buffers.get(n_examples) or self._new_buffers(n_examples)
        for matrix, layer in zip(self._matrices, hidden, strict=False):
            np.matmul(matrix, below, layer.z_of_models)
            self._forward(layer.z, layer.a)
            below = layer.a_of_models
        np.matmul(self._matrices[-1], below, output.z_of_models)
        self._softmax_minus(y, output)
        gradient = output.z_of_models
        for k in range(len(hidden), 0, -1):
            layer = hidden[k - 1]
            np.matmul(gradient, layer.a_transposed, self._steps[k])
            np.matmul(self._back[k], gradient, layer.gradient_of_models)
            self._backward(layer.z, layer.a, layer.gradient)
            gradient = layer.gradient_of_models
        np.matmul(gradient, x, self._steps[0])

    def _softmax_minus(self, y: FloatArray, output: _Buffers) -> None:
        """Turn the logits into λ(ŷ − y)."""
        z, per_example = output.z, output.per_example
        np.maximum.reduce(z, axis=0, out=per_example)
        np.subtract(z, per_example, z)
        np.exp(z, z)
        np.add.reduce(z, axis=0, out=per_example)
        np.divide(self._rates, per_example, per_example)
        np.multiply(z, per_example, z)
        np.subtract(z, y, z)

    def _new_buffers(self, n_examples: int) -> list[_Buffers]:
        n_models, dtype = len(self.parameters), self.parameters.dtype
        layers = [_Buffers(matrix.shape[1], n_models, n_examples, dtype) for matrix in self._matrices]
        self._buffers[n_examples] = layers
        return layers


def _matrices(parameters: FloatArray, shapes: Sequence[tuple[int, ...]]) -> list[FloatArray]:
    """Views (n_models, d_out, d_in + 1) of every layer's weight, with the bias as its last column."""
    edges = np.cumsum([0, *(d_out * (d_in + 1) for d_out, d_in in shapes)])
    return [
        parameters[:, start:stop].reshape(len(parameters), d_out, d_in + 1)
        for start, stop, (d_out, d_in) in zip(edges, edges[1:], shapes, strict=False)
    ]


def _with_bias(layer: Layer) -> FloatArray:
    leading = np.broadcast_shapes(layer.weight.shape[:-2], layer.bias.shape[:-1])
    parts = (layer.weight, layer.bias[..., None])
    return np.concatenate([np.broadcast_to(part, leading + part.shape[-2:]) for part in parts], axis=-1)


def _with_ones(x: FloatArray) -> FloatArray:
    return np.concatenate([x, np.ones((*x.shape[:-1], 1), x.dtype)], axis=-1)
