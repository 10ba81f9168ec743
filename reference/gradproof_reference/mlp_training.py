"""Train stacks of multi-layer perceptrons in place (F03, F09, F26)."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ._activations_in_place import in_place
from ._descent import schedule, train_stack
from ._linear import transposed
from ._stack import of_models, one_axis, one_if_equal, require_real, scalars, shared_or_one_axis
from ._validation import FloatArray, IntArray, broadcast_leading, label_array, real_in, require_same_size
from .activations import SIGMOID, Activation
from .labels import one_hot
from .layer import Layer
from .mlp import Layers, conforming

__all__ = ["train_mlp"]


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
    derivatives of the activations are taken from their values, a(1 − a) for the sigmoid, where `mlp_gradient` keeps the
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
    data = _Data(
        shared_or_one_axis(_with_ones(inputs.astype(dtype)), leading, 2),
        shared_or_one_axis(one_hot(classes, checked[-1].bias.shape[-1]).astype(dtype), leading, 2),
    )
    shapes = [layer.weight.shape[-2:] for layer in checked]
    rates, strengths = scalars(rate, leading, dtype), scalars(strength, leading, dtype)
    plan = plan._replace(momentum=scalars(plan.momentum, leading, dtype))

    def networks(part: slice, parameters: FloatArray) -> _Networks:
        return _Networks(parameters, shapes, data.of_models(part), activation, rates[part], strengths[part])

    initial = [
        one_axis(_with_bias(layer), leading, 2).astype(dtype).reshape(len(rates), -1) for layer in checked
    ]
    trained = train_stack(networks, np.concatenate(initial, axis=1), plan, processes)
    return tuple(
        Layer(
            matrix[..., :-1].reshape(*leading, *shape).copy(),
            matrix[..., -1].reshape(*leading, shape[0]).copy(),
        )
        for matrix, shape in zip(_matrices(trained, shapes), shapes, strict=True)
    )


class _Data(NamedTuple):
    """Inputs (n, d + 1), the last of them 1, and one-hot labels (n, k); or both with an axis of models in front."""

    x: FloatArray
    y: FloatArray

    def of_models(self, models: slice) -> "_Data":
        return _Data(of_models(self.x, models, 2), of_models(self.y, models, 2))


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
        with_one = np.ones((n_features + 1, *shape[1:]), dtype)
        self.z, self.gradient = np.empty(shape, dtype), np.empty(shape, dtype)
        self.a = with_one[:-1]
        self.z_of_models, self.gradient_of_models, self.a_of_models = (
            buffer.swapaxes(0, 1) for buffer in (self.z, self.gradient, with_one)
        )
        self.a_transposed = transposed(self.a_of_models)
        self.per_example = np.empty(shape[1:], dtype)


class _Networks:
    """A stack of networks: forward pass and back-propagation of `mlp`, F24 and F26, in buffers."""

    def __init__(
        self,
        parameters: FloatArray,
        shapes: Sequence[tuple[int, ...]],
        data: _Data,
        activation: Activation,
        rates: FloatArray,
        strengths: FloatArray,
    ) -> None:
        self.parameters, self.step = parameters, np.empty_like(parameters)
        self.decay = _decay(2 * rates * strengths, parameters, shapes)
        self._matrices, self._steps = _matrices(parameters, shapes), _matrices(self.step, shapes)
        self._back = [transposed(matrix[..., :-1]) for matrix in self._matrices]
        self._data, self._n_classes = data, data.y.shape[-1]
        self._rates = one_if_equal(rates)
        self._forward, self._backward = in_place(activation)
        self._buffers: dict[int, list[_Buffers]] = {}

    def steps(self, orders: IntArray, batch_size: int) -> Iterator[None]:
        """Write the step of each minibatch of one or more epochs in turn."""
        for order in orders:
            x = self._data.x.take(order, axis=-2)
            y = np.moveaxis(self._data.y.take(order, axis=-2), -1, 0)
            y = y.reshape(self._n_classes, -1, len(order))
            y = np.multiply(y, self._rates, order="C")  # (k, 1 or n_models, n); λ enters here
            for start in range(0, len(order), batch_size):
                batch = slice(start, min(start + batch_size, len(order)))
                self._write_step(x[..., batch, :], y[..., batch], batch.stop - start)
                yield

    def _write_step(self, x: FloatArray, y: FloatArray, n_examples: int) -> None:
        *hidden, output = self._buffers.get(n_examples) or self._new_buffers(n_examples)
        below = transposed(x).copy()  # contiguous: BLAS then copies nothing for the product of each model
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


def _decay(
    per_model: FloatArray, parameters: FloatArray, shapes: Sequence[tuple[int, ...]]
) -> FloatArray | None:
    """2αλ for every weight and 0 for every bias; None without a penalty."""
    if not per_model.any():
        return None
    decay = np.zeros_like(parameters)
    for matrix in _matrices(decay, shapes):
        matrix[..., :-1] = per_model[..., None]
    return decay


def _with_bias(layer: Layer) -> FloatArray:
    leading = np.broadcast_shapes(layer.weight.shape[:-2], layer.bias.shape[:-1])
    parts = (layer.weight, layer.bias[..., None])
    return np.concatenate([np.broadcast_to(part, leading + part.shape[-2:]) for part in parts], axis=-1)


def _with_ones(x: FloatArray) -> FloatArray:
    return np.concatenate([x, np.ones((*x.shape[:-1], 1), x.dtype)], axis=-1)
