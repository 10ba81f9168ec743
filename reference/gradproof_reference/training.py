"""The training loop of the slides: epochs, minibatches, an update and a loss at every step (F03, F09)."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from ._validation import FloatArray, IntArray, count, float_array, real_in
from .minibatch import minibatches
from .momentum import momentum_step, zero_velocity

__all__ = ["TrainingStep", "train"]

Parameters = TypeVar("Parameters")


class TrainingStep(NamedTuple, Generic[Parameters]):
    """What one update of `train` used and produced.

    Attributes
    ----------
    epoch : int
        Number of the epoch, from 0.
    batch : int array, shape (m,)
        Indices of the examples of the minibatch, the slide's B.
    parameters : nested float arrays
        The parameters *after* the update.
    velocity : nested float arrays
        The velocity after the update, in the structure of the parameters.
    loss : float array, shape (...)
        The loss of this minibatch at the parameters *before* the update; one per stacked model.
    """

    epoch: int
    batch: IntArray
    parameters: Parameters
    velocity: Parameters
    loss: FloatArray


def train(
    loss_and_gradient: Callable[[Parameters, IntArray], tuple[npt.ArrayLike, Any]],
    parameters: Parameters,
    n_examples: int,
    *,
    learning_rate: npt.ArrayLike,
    n_epochs: int,
    batch_size: int,
    momentum: npt.ArrayLike = 0.0,
    rng: np.random.Generator | None = None,
) -> Iterator[TrainingStep[Parameters]]:
    """Train by minibatch SGD, with or without momentum; iterates over the updates (F03, F09).

    For each epoch and each minibatch B: ``v ← τv + dl_B/dw``, ``w ← w − λv``.

    Parameters
    ----------
    loss_and_gradient : callable
        ``loss_and_gradient(parameters, batch)`` returns the loss of the examples in `batch`, *summed* over
        them, and its gradient in the structure of `parameters`. A penalty belongs to both.
    parameters : nested float arrays
        The initial parameters; never modified. Stacked models, one per leading axis, train together on the
        same batches.
    n_examples : int
        Number of training examples n, at least 1.
    learning_rate, momentum : float or float array, shape (...)
        The slides' λ and τ; an array holds one per model of a stack (see `momentum_step`).
    n_epochs : int
        Passes over the data, at least 0.
    batch_size : int
        Examples per minibatch m, at least 1. The last batch of an epoch is short where m does not divide n; m
        > n gives one batch of all n.
    rng : numpy.random.Generator, optional
        Shuffles the examples anew for each epoch; without it they keep their order.

    Returns
    -------
    iterator of TrainingStep
        One per update, n_epochs · ⌈n/m⌉ in all; each has arrays of its own, so that the steps may be kept.

    Raises
    ------
    TypeError
        If an argument has the wrong type; the message names it. Raised by the call itself, not by the first
        step.
    ValueError
        If an argument lies outside its range, likewise; or at a step, if the gradient does not conform.

    Notes
    -----
    The loss is that of the minibatch before its update, at no extra cost; the slide prints it after the
    update. Since it is a sum over the batch (F02), a short last batch takes a shorter step.

    Examples
    --------
    >>> data = np.array([1.0, 2.0, 3.0])
    >>> def distance(w, batch):
    ...     residuals = w - data[batch]
    ...     return 0.5 * np.sum(residuals**2), np.sum(residuals)
    >>> for step in train(distance, np.array(0.0), 3, learning_rate=0.5, n_epochs=1, batch_size=2):
    ...     print(step.epoch, step.batch, float(step.parameters), float(step.loss))
    0 [0 1] 1.5 2.5
    0 [2] 2.25 1.125
    """
    if not callable(loss_and_gradient):
        raise TypeError(
            f"loss_and_gradient must be callable; got loss_and_gradient={loss_and_gradient!r}. "
            "Pass a function of (parameters, batch) that returns (loss, gradients)."
        )
    rate, decay = real_in("learning_rate", learning_rate, 0), real_in("momentum", momentum, 0, 1)
    epochs = count("n_epochs", n_epochs, minimum=0)
    velocity = zero_velocity(parameters)
    minibatches(n_examples, batch_size)  # raises now what the first epoch would raise later
    if not (rng is None or isinstance(rng, np.random.Generator)):
        raise TypeError(
            f"rng must be a Generator or None; got rng={rng!r}. Use numpy.random.default_rng(seed)."
        )

    def steps() -> Iterator[TrainingStep[Parameters]]:
        current, v = parameters, velocity
        for epoch in range(epochs):
            for batch in minibatches(n_examples, batch_size, rng):
                loss, gradients = loss_and_gradient(current, batch)
                current, v = momentum_step(current, v, gradients, rate, decay)
                yield TrainingStep(epoch, batch, current, v, float_array("loss", loss))

    return steps()
