"""Train stacks of polynomials in place (F01, F03, F09)."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ._descent import descend, in_processes, schedule
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

    def train_part(models: slice, parameters: FloatArray) -> None:
        part = _Polynomials(parameters, of_models(features, models, 2), rates[models])
        descend(part, plan.of_models(models))

    initial = one_axis(w, leading, 1).astype(dtype)
    minus_one = np.full((len(initial), 1), -1, dtype)
    trained = in_processes(train_part, np.concatenate([initial, minus_one], axis=1), processes)
    return trained[:, :-1].reshape(*leading, w.shape[-1])


class _Polynomials:
    """Polynomials whose targets are one more feature, with the coefficient −1: residuals are one product."""

    decay: FloatArray | None = None  # no penalty

    def __init__(self, parameters: FloatArray, features: FloatArray, rates: FloatArray) -> None:
        self.parameters, self.step = parameters, np.empty_like(parameters)
        self._features, self._rates = features, one_if_equal(rates)

    def steps(self, order: IntArray, batch_size: int) -> Iterator[None]:
        """Write the step of each minibatch of an epoch in turn."""
        features = self._features.take(order, axis=-2)
        powers = features.copy()
        powers[..., -1] = 0  # nothing moves the coefficient of the targets
        columns = np.swapaxes(features, -1, -2)
        parameters, step, rates = self.parameters, self.step, self._rates
        if features.ndim == 3:  # points of their own: one product for each model
            parameters, step, rates = parameters[:, None], step[:, None], rates[:, None]
        n = len(order)
        for start in range(0, n, batch_size):
            batch = slice(start, start + batch_size)
            residuals = np.matmul(parameters, columns[..., batch])
            np.multiply(residuals, rates, residuals)
            np.matmul(residuals, powers[..., batch, :], step)
            yield


def _with_targets(powers: FloatArray, t: FloatArray) -> FloatArray:
    leading = np.broadcast_shapes(powers.shape[:-2], t.shape[:-1])
    columns = [np.broadcast_to(a, (*leading, *a.shape[-2:])) for a in (powers, t[..., None])]
    return np.concatenate(columns, axis=-1)
