"""Train stacks of polynomials in place (F01, F03, F09)."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

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
    features = shared_or_one_axis(features, leading, 2)
    rates = scalars(rate, leading, dtype)
    plan = plan._replace(momentum=scalars(plan.momentum, leading, dtype))

    def polynomials(part: slice, parameters: FloatArray) -> _Polynomials:
        return _Polynomials(parameters, of_models(features, part, 2), rates[part])

    initial = one_axis(w, leading, 1).astype(dtype)
    minus_one = np.full((len(initial), 1), -1, dtype)
    trained = train_stack(polynomials, np.concatenate([initial, minus_one], axis=1), plan, processes)
    return trained[:, :-1].reshape(*leading, w.shape[-1])


class _Polynomials:
    """Polynomials whose targets are one more feature, with the coefficient −1.

    The gradient (wΦᵗ − t)Φ of a minibatch is then one product: of (w, −1) and the products of features with each other,
    summed over the examples. These depend on no coefficient, so those of many minibatches are made in one call.
    """

    decay: FloatArray | None = None  # no penalty

    def __init__(self, parameters: FloatArray, features: FloatArray, rates: FloatArray) -> None:
        self.parameters, self.step = parameters, np.empty_like(parameters)
        # The last example is none: it fills up short minibatches.
        self._features = np.concatenate([features, np.zeros_like(features[..., :1, :])], axis=-2)
        self._own = features.ndim == 3  # points of each model's own, not shared
        rates = one_if_equal(rates)
        # λ is multiplied into the features; where each model has its λ but not its features, into the step.
        folds = self._own or len(rates) == 1
        self._rates = None if folds else rates
        self._scaled = (
            self._features * rates.reshape(-1, 1, 1)
            if self._own
            else self._features * (rates if folds else 1)
        )
        self._scaled[..., -1] = 0  # nothing moves the coefficient of the targets

    def steps(self, orders: IntArray, batch_size: int) -> Iterator[None]:
        """Write the step of each minibatch of one or more epochs in turn."""
        parameters, step, rates = self.parameters, self.step, self._rates
        if self._own:
            parameters, step = parameters[:, None], step[:, None]
        for products in self._products(orders, batch_size):
            for of_batch in products:
                np.matmul(parameters, of_batch, step)
                if rates is not None:
                    np.multiply(step, rates, step)
                yield

    def _products(self, orders: IntArray, batch_size: int) -> Iterator[FloatArray]:
        """Yield ΦᵗΦ and tΦ, times λ, of some minibatches at a time: (batches, [models,] M + 2, M + 2)."""
        (n_epochs, n), n_features = orders.shape, self._features.shape[-1]
        size = min(batch_size, n)
        filling = np.full((n_epochs, -n % size), n)
        batches = np.concatenate([orders, filling], axis=1).reshape(-1, size)
        n_models = len(self.parameters) if self._own else 1
        at_once = max(1, NUMBERS_AT_ONCE // (n_models * n_features * max(n_features, size)))
        for start in range(0, len(batches), at_once):
            some = batches[start : start + at_once]
            features = np.swapaxes(self._features.take(some, axis=-2), -1, -2)
            yield np.moveaxis(np.matmul(features, self._scaled.take(some, axis=-2)), -3, 0)


def _with_targets(powers: FloatArray, t: FloatArray) -> FloatArray:
    leading = np.broadcast_shapes(powers.shape[:-2], t.shape[:-1])
    columns = [np.broadcast_to(a, (*leading, *a.shape[-2:])) for a in (powers, t[..., None])]
    return np.concatenate(columns, axis=-1)
