"""The digits network by plain SGD and with momentum, at every λ of two grids, as one stack of models (F03, F09)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gradproof_experiments.digits import Images, digits
from gradproof_experiments.experiment import Columns, generator
from gradproof_experiments.networks import accuracy, initial_layers, repeat
from gradproof_reference import SIGMOID, Layer, mlp_loss, mlp_loss_and_gradient, train

__all__ = ["SIZES", "TrainingPoint", "mean_loss", "train_networks"]

SIZES = (64, 32, 10)
_CHUNK = 200  # images at once: the hidden layers of 16 models then fill less than a cache


@dataclass(frozen=True)
class TrainingPoint:
    """Two grids of λ and everything else that `train_networks` needs; as in `MomentumConfig`."""

    seed: int
    momentum: float
    n_training: int
    n_validation: int
    batch_size: int
    epochs: int
    powers_plain: tuple[int, ...]
    powers_momentum: tuple[int, ...]


def train_networks(point: TrainingPoint, seed: int) -> Columns:
    """Train all models on the same minibatches; a row for each model and epoch, the start included.

    Returns
    -------
    Columns
        method, power, epoch, training_loss and validation_loss in nats per image, test_accuracy in [0, 1].
    """
    training, validation, test = _split(point, seed)
    powers = np.array(point.powers_plain + point.powers_momentum)
    momentum = np.repeat((0.0, point.momentum), (len(point.powers_plain), len(point.powers_momentum)))

    def loss_and_gradient(
        layers: list[Layer], batch: npt.NDArray[np.integer[Any]]
    ) -> tuple[npt.ArrayLike, tuple[Layer, ...]]:
        return mlp_loss_and_gradient(layers, training.x[batch], training.labels[batch], SIGMOID)

    start = initial_layers(SIZES, "glorot", generator(point.seed, "initial weights", seed))
    layers = repeat(start, len(powers))
    steps = train(
        loss_and_gradient,
        layers,
        point.n_training,
        learning_rate=10.0 ** (powers / 4) / point.batch_size,
        momentum=momentum,
        n_epochs=point.epochs,
        batch_size=point.batch_size,
        rng=generator(point.seed, "minibatches", seed),
    )
    per_epoch = -(-point.n_training // point.batch_size)
    measured = [_measure(layers, training, validation, test)]
    for number, step in enumerate(steps, start=1):
        if number % per_epoch == 0:
            measured.append(_measure(step.parameters, training, validation, test))
    return _columns(point, powers, np.array(measured))


def mean_loss(layers: list[Layer], images: Images) -> npt.NDArray[np.float64]:
    """Mean cross-entropy in nats per image, float array of shape (...), one per model."""
    total = sum(
        mlp_loss(layers, images.x[first : first + _CHUNK], images.labels[first : first + _CHUNK], SIGMOID)
        for first in range(0, len(images.x), _CHUNK)
    )
    return np.asarray(total) / len(images.x)


def _split(point: TrainingPoint, seed: int) -> tuple[Images, Images, Images]:
    """Split off the validation images from those that are not for the test."""
    known, test = digits(point.n_training + point.n_validation, point.seed, seed)
    n = point.n_training
    return Images(known.x[:n], known.labels[:n]), Images(known.x[n:], known.labels[n:]), test


def _measure(
    layers: list[Layer], training: Images, validation: Images, test: Images
) -> tuple[npt.NDArray[np.float64], ...]:
    right = accuracy(layers, test.x, test.labels, SIGMOID)
    return mean_loss(layers, training), mean_loss(layers, validation), right


def _columns(
    point: TrainingPoint, powers: npt.NDArray[np.int64], measured: npt.NDArray[np.float64]
) -> Columns:
    """Lay out an array of shape (epoch, 3, model) as columns."""
    n_epochs, _, n_models = measured.shape
    methods = ["plain"] * len(point.powers_plain) + ["momentum"] * len(point.powers_momentum)
    return {
        "method": methods * n_epochs,
        "power": powers.tolist() * n_epochs,
        "epoch": np.repeat(np.arange(n_epochs), n_models).tolist(),
        "training_loss": measured[:, 0].ravel().tolist(),
        "validation_loss": measured[:, 1].ravel().tolist(),
        "test_accuracy": measured[:, 2].ravel().tolist(),
    }
