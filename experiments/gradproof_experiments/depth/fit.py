"""Training a stack of networks on the digits by SGD with momentum (F03, F09, F24)."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from gradproof_experiments.digits import Digits, Images, digits
from gradproof_experiments.experiment import generator
from gradproof_experiments.networks import accuracy
from gradproof_reference import ACTIVATIONS, TrainingStep, mlp_loss_and_gradient, train

from .flat import pack, unpack
from .stack import layer_sizes

__all__ = ["Curves", "TrainingPoint", "fit"]

Floats: TypeAlias = npt.NDArray[np.float64]
LossAndGradient: TypeAlias = Callable[[Floats, npt.NDArray[np.integer[Any]]], tuple[npt.NDArray[Any], Floats]]

_BYTES_AT_A_TIME = 100_000  # a dozen arrays of this size are in use at once


@dataclass(frozen=True)
class TrainingPoint:
    """One depth and activation. Fields as in `DepthConfig`; the rates are for the mean over the minibatch."""

    activation: str
    depth: int
    width: int
    n_training: int
    n_test: int
    batch_size: int
    epochs: int
    learning_rates: tuple[float, ...]
    momentum: float
    fixed: float
    root: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """Layer sizes of its networks."""
        return layer_sizes(self.depth, self.width)

    def data(self, seed: int) -> Digits:
        """Images of a seed, no more than `n_test` of them to test."""
        training, test = digits(self.n_training, self.root, seed)
        return Digits(training, Images(test.x[: self.n_test], test.labels[: self.n_test]))


@dataclass(frozen=True)
class Curves:
    """What `fit` saw of a stack of models of shape (...).

    Parameters
    ----------
    parameters : float array, shape (..., p)
        After the last epoch.
    losses : list of float arrays, shape (...)
        Mean loss per image of every epoch, of each minibatch before its update, in nats.
    accuracies : list of float arrays, shape (...)
        Test accuracy after every epoch.
    """

    parameters: Floats
    losses: list[Floats]
    accuracies: list[Floats]


def fit(point: TrainingPoint, seed: int, models: Floats) -> Curves:
    """Train a stack of models of shape (..., n_rates, p) by SGD with momentum, each at its rate.

    All models see the same minibatches. One that diverges has losses that are large, infinite or NaN.
    """
    training, test = point.data(seed)
    activation = ACTIVATIONS[point.activation]

    def loss_and_gradient(
        flat: Floats, batch: npt.NDArray[np.integer[Any]]
    ) -> tuple[npt.NDArray[Any], Floats]:
        layers = unpack(flat, point.sizes)
        loss, gradient = mlp_loss_and_gradient(layers, training.x[batch], training.labels[batch], activation)
        return loss, pack(gradient)

    n_batches = -(-point.n_training // point.batch_size)
    curves = Curves(models, [], [])
    total = np.zeros(models.shape[:-1])
    # A model that diverges does so quietly; the table names it.
    with np.errstate(over="ignore", invalid="ignore"):
        for number, step in enumerate(_steps(point, seed, models, loss_and_gradient), 1):
            total += step.loss.real
            if number % n_batches == 0:
                curves.losses.append(total / point.n_training)
                curves.accuracies.append(_accuracy(point, step.parameters, test))
                total = np.zeros_like(total)
    return Curves(step.parameters, curves.losses, curves.accuracies)


def _steps(
    point: TrainingPoint, seed: int, models: Floats, loss_and_gradient: LossAndGradient
) -> Iterator[TrainingStep[Floats]]:
    n_axes = models.ndim - 2
    rates = np.reshape(point.learning_rates, (1,) * n_axes + (-1,)) / point.batch_size
    return train(
        loss_and_gradient,
        models,
        point.n_training,
        learning_rate=rates,
        n_epochs=point.epochs,
        batch_size=point.batch_size,
        momentum=point.momentum,
        rng=generator(point.root, "minibatches", seed),
    )


def _accuracy(point: TrainingPoint, models: Floats, images: Images) -> Floats:
    """Accuracy on so many images at a time that the activations of a layer, of all models, stay in the cache."""
    layers, activation = unpack(models, point.sizes), ACTIVATIONS[point.activation]
    together = max(1, _BYTES_AT_A_TIME // (8 * point.width * math.prod(models.shape[:-1])))
    right = np.zeros(models.shape[:-1])
    for start in range(0, len(images.x), together):
        x, labels = (part[start : start + together] for part in images)
        right += np.rint(len(x) * accuracy(layers, x, labels, activation))
    return right / len(images.x)
