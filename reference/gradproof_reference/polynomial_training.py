"""Train stacks of polynomials in place (F01, F03, F09)."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._buffers import empty
from ._descent import schedule, train_stack
from ._stack import of_models, one_axis, one_if_equal, require_real, scalars, shared_or_one_axis
from ._validation import (
    FloatArray,
    IntArray,
    broadcast_leading,
    float_array,
    real_in,
    require_examples,
    require_same_size,
)
from .polynomial import design_matrix

__all__ = ["train_polynomial"]

# Of one array of products: a quarter of a MiB of float64.
NUMBERS_AT_ONCE = 2**15


def train_polynomial(  # noqa: PLR0913  a model, its data, and how to train
    coefficients: npt.ArrayLike,
    x: npt.ArrayLike,
    t: npt.ArrayLike,
    *,
    learning_rate: npt.ArrayLike,
    n_epochs: int,
    batch_size: int,
    momentum: npt.ArrayLike = 0.0,
    rng: np.random.Generator | None = None,
    processes: int = 1,
) -> FloatArray:
    """Fit polynomials to points by minibatch SGD; returns their coefficients after the last update (F01, F03, F09).

    What `train` gives with `sum_of_squares` and `sum_of_squares_gradient`, on the same batches and to rounding, but in
    buffers that are made once: see `train_mlp`.

    Parameters
    ----------
    coefficients : float array, shape (..., M + 1)
        The initial coefficients w, lowest power first; never modified.
    x, t : float arrays, shape (..., n)
        The inputs and their targets.
    learning_rate, momentum : float or float array, shape (...)
        The slides' λ and τ; an array holds one per stacked model.
    n_epochs, batch_size, rng
        As for `train`.
    processes : int, default: 1
        As for `train_mlp`.

    Returns
    -------
    float array, shape (..., M + 1)
        All leading axes broadcast: one model for each index.

    Raises
    ------
    TypeError
        If an argument has the wrong type; complex numbers are no parameters of a descent.
    ValueError
        If an argument lies outside its range or shapes do not conform.

    Examples
    --------
    >>> x = np.array([0.0, 0.5, 1.0])
    >>> train_polynomial([0.0, 0.0], x, 1 + 2 * x, learning_rate=0.5, n_epochs=400, batch_size=3).round(6)
    array([1., 2.])
    """
    w = float_array("coefficients", coefficients, axes="M + 1")
    x, t = float_array("x", x, axes="n"), float_array("t", t, axes="n")
    require_same_size("n", ("x", x.shape, -1), ("t", t.shape, -1))
    require_examples("x", x.shape, -1)
    rate = real_in("learning_rate", learning_rate, 0)
    plan = schedule(x.shape[-1], n_epochs=n_epochs, batch_size=batch_size, momentum=momentum, rng=rng)
    leading = broadcast_leading(
        ("coefficients", w.shape[:-1]),
        ("x", x.shape[:-1]),
        ("t", t.shape[:-1]),
        ("learning_rate", rate.shape),
        ("momentum", plan.momentum.shape),
    )
    dtype = np.result_type(w, x, t)
    require_real(dtype)
    features = _with_targets(design_matrix(x, w.shape[-1] - 1), t).astype(dtype)
    stack = _Stack(shared_or_one_axis(features, leading, 2), scalars(rate, leading, dtype))
    plan = plan._replace(momentum=scalars(plan.momentum, leading, dtype))
    initial = one_axis(w, leading, 1).astype(dtype)
    minus_one = np.full((len(initial), 1), -1, dtype)
    trained = train_stack(stack, np.concatenate([initial, minus_one], axis=1), plan, processes)
    return trained[:, :-1].reshape(*leading, w.shape[-1])


class _Stack(NamedTuple):
    """Polynomials whose targets are one more feature, with the coefficient −1: features (n, M + 2), rates (models, 1).

    The gradient (wΦᵗ − t)Φ of a minibatch is then one product: of (w, −1) and the products of features with each other,
    summed over the examples. These depend on no coefficient, so those of many minibatches are made in one call.
    """

    features: FloatArray
    """With an axis of models in front where each has points of its own."""
    rates: FloatArray

    @property
    def own_points(self) -> bool:
        """Whether each model has points of its own."""
        return self.features.ndim == 3

    @property
    def rate_of_products(self) -> FloatArray | None:
        """λ of the products of features, (1, 1) or (models or 1, 1, 1); None where models with λ of their own share them."""
        rates = one_if_equal(self.rates)
        if self.own_points:
            return rates[..., None]
        return rates if len(rates) == 1 else None

    def of_models(self, models: slice) -> "_Stack":
        """Take some of the models."""
        return _Stack(of_models(self.features, models, 2), self.rates[models])

    def model(self, part: slice, parameters: FloatArray) -> "_Polynomials":
        """Return some of the models, which change `parameters` in place."""
        return _Polynomials(self, part, parameters)

    def minibatches(self, orders: IntArray, batch_size: int) -> Iterator[FloatArray]:
        """Yield ΦᵗΦ and tΦ, times λ, of some minibatches at a time: (batches, [models,] M + 2, M + 2)."""
        (n_epochs, n), n_features = orders.shape, self.features.shape[-1]
        size = min(batch_size, n)
        # One example more, which is none: it fills up short minibatches.
        features = np.concatenate([self.features, np.zeros_like(self.features[..., :1, :])], axis=-2)
        rate = self.rate_of_products
        scaled = features.copy() if rate is None else features * rate
        scaled[..., -1] = 0  # nothing moves the coefficient of the targets
        filling = np.full((n_epochs, -n % size), n)
        batches = np.concatenate([orders, filling], axis=1).reshape(-1, size)
        n_models = max(1, len(self.features)) if self.own_points else 1
        at_once = max(1, NUMBERS_AT_ONCE // (n_models * n_features * max(n_features, size)))
        for start in range(0, len(batches), at_once):
            some = batches[start : start + at_once]
            left = np.swapaxes(features.take(some, axis=-2), -1, -2)
            yield np.moveaxis(np.matmul(left, scaled.take(some, axis=-2)), -3, 0)


class _Polynomials:
    """Some models of a stack."""

    def __init__(self, stack: _Stack, part: slice, parameters: FloatArray) -> None:
        self.parameters, self.step = parameters, empty(parameters.shape, parameters.dtype)
        self._part, self._own_points = part, stack.own_points
        self._rates = stack.rates[part] if stack.rate_of_products is None else None

    def decay(self) -> None:
        """Nothing is penalised."""

    def steps(self, minibatches: FloatArray) -> Iterator[None]:
        """Write the step of each minibatch in turn."""
        parameters, step, rates = self.parameters, self.step, self._rates
        if self._own_points:
            parameters, step = parameters[:, None], step[:, None]
            minibatches = minibatches[:, self._part]
        for products in minibatches:
            np.matmul(parameters, products, step)
            if rates is not None:
                np.multiply(step, rates, step)
            yield


def _with_targets(powers: FloatArray, t: FloatArray) -> FloatArray:
    leading = np.broadcast_shapes(powers.shape[:-2], t.shape[:-1])
    columns = [np.broadcast_to(a, (*leading, *a.shape[-2:])) for a in (powers, t[..., None])]
    return np.concatenate(columns, axis=-1)
