"""How often a minibatch step lowers the loss of its batch and raises that of all the images (F08)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from gradproof_experiments.digits import Images, digits
from gradproof_experiments.experiment import Columns, generator
from gradproof_experiments.networks import initial_layers, repeat
from gradproof_reference import SIGMOID, Layer, TrainingStep, mlp_loss, mlp_loss_and_gradient, train, unlearns

from .training import SIZES, mean_loss

__all__ = ["UnlearningPoint", "count_unlearning"]


@dataclass(frozen=True)
class UnlearningPoint:
    """One batch size, and everything else that `count_unlearning` needs; as in `MomentumConfig`."""

    seed: int
    batch: int
    momentum: float
    images: int
    steps: int
    late_epoch: int
    effective_step: float


def count_unlearning(point: UnlearningPoint, seed: int) -> Columns:
    """Count the steps that un-learn among the first ones, and among those after `late_epoch` epochs.

    Two models see the same batches: plain SGD at λ = s/m, and momentum at λ = (1 − τ)s/m, for the effective step s.

    Returns
    -------
    Columns
        method, phase, share (of all steps counted) and gain (mean fall of the full loss per step, nats per image).
    """
    images = digits(point.images, point.seed, seed).training
    late = max(point.late_epoch * _steps_per_epoch(point), point.steps)
    layers = repeat(initial_layers(SIZES, "glorot", generator(point.seed, "initial weights", seed)), 2)
    found: dict[str, list[npt.NDArray[np.float64]]] = {"early": [], "late": []}
    full = None  # the full loss before the step, where the step before was judged too
    for number, step in enumerate(_steps(point, seed, images, layers, late + point.steps)):
        if number < point.steps or number >= late:
            before = mean_loss(layers, images) if full is None else full
            full = mean_loss(step.parameters, images)
            after = mlp_loss(step.parameters, images.x[step.batch], images.labels[step.batch], SIGMOID)
            judged = _judge(images, step.batch, (step.loss, after), (before, full))
            found["early" if number < point.steps else "late"].append(judged)
        else:
            full = None
        layers = step.parameters
    shares = np.array([np.mean(found[phase], axis=0) for phase in ("early", "late")])
    return {
        "method": ["plain", "momentum"] * 2,
        "phase": ["early", "early", "late", "late"],
        "share": shares[:, 0].ravel().tolist(),
        "gain": shares[:, 1].ravel().tolist(),
    }


def _steps_per_epoch(point: UnlearningPoint) -> int:
    return -(-point.images // point.batch)


def _steps(
    point: UnlearningPoint, seed: int, images: Images, layers: list[Layer], n_steps: int
) -> Iterator[TrainingStep[list[Layer]]]:
    """Train plain SGD and momentum together for so many steps."""
    momentum = np.array([0.0, point.momentum])

    def loss_and_gradient(
        layers: list[Layer], batch: npt.NDArray[np.integer[Any]]
    ) -> tuple[npt.ArrayLike, tuple[Layer, ...]]:
        return mlp_loss_and_gradient(layers, images.x[batch], images.labels[batch], SIGMOID)

    steps = train(
        loss_and_gradient,
        layers,
        point.images,
        learning_rate=point.effective_step * (1 - momentum) / point.batch,
        momentum=momentum,
        n_epochs=-(-n_steps // _steps_per_epoch(point)),
        batch_size=point.batch,
        rng=generator(point.seed, "minibatches", seed),
    )
    return islice(steps, n_steps)


def _judge(
    images: Images,
    batch: npt.NDArray[np.integer[Any]],
    of_batch: tuple[npt.NDArray[Any], npt.NDArray[Any]],
    of_all: tuple[npt.NDArray[Any], npt.NDArray[Any]],
) -> npt.NDArray[np.float64]:
    """Return whether the step un-learns, and by how much it lowers the full loss, for both models."""
    if len(batch) == len(images.x):
        # The batch is all: the two losses are one, summed in two orders whose rounding must not decide.
        of_batch = of_all
    return np.array([unlearns(*of_batch, *of_all), of_all[0] - of_all[1]], dtype=np.float64)
