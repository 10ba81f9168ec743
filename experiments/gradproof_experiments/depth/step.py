"""What SGD makes of a network with the step as activation, whose derivative is 0 (F21)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gradproof_experiments.experiment import Columns
from gradproof_reference import STEP, mlp_gradient

from .fit import TrainingPoint, fit
from .flat import n_parameters, pack, unpack
from .stack import initial_stack

__all__ = ["StepPoint", "count_changed", "step_trained"]


@dataclass(frozen=True)
class StepPoint(TrainingPoint):
    """One depth; the learning rates are stacked. Weights are Glorot's: the hidden units do not notice their scale."""


def count_changed(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> int:
    """Number of floats of which a bit differs, the sign of a zero included.

    Examples
    --------
    >>> count_changed(np.array([0.0, 1.0, 2.0]), np.array([-0.0, 1.0, 2.0]))
    1
    """
    bits: Any = np.uint64
    return int(np.count_nonzero(before.view(bits) != after.view(bits)))


def step_trained(point: StepPoint, seed: int) -> Columns:
    """How far training moves the hidden layers and the last, and how often the network is right then.

    Returns
    -------
    Columns
        One row per learning rate: ``learning_rate``; ``hidden_gradient``, the largest absolute entry of the hidden
        layers' gradient before and after training, in nats per unit of w; ``n_hidden`` and ``hidden_changed``, how many
        parameters those layers have and how many of them changed; ``n_last`` and ``last_changed``, likewise;
        ``training_loss`` of the last epoch, in nats per image; ``test_accuracy``.
    """
    (start,) = initial_stack(point.sizes, ("glorot",), point.fixed, point.root, seed)
    before = np.repeat(start[np.newaxis], len(point.learning_rates), axis=0)
    curves = fit(point, seed, before)
    after = np.ascontiguousarray(curves.parameters)
    n_hidden = n_parameters(point.sizes[:-1])
    training = point.data(seed).training
    gradients = [
        pack(mlp_gradient(unpack(flat, point.sizes), training.x, training.labels, STEP))[..., :n_hidden]
        for flat in (before, after)
    ]
    models = range(len(point.learning_rates))
    return {
        "learning_rate": [float(rate) for rate in point.learning_rates],
        "hidden_gradient": [float(max(np.abs(g[m]).max() for g in gradients)) for m in models],
        "n_hidden": [n_hidden for _ in models],
        "hidden_changed": [count_changed(before[m, :n_hidden], after[m, :n_hidden]) for m in models],
        "n_last": [before.shape[-1] - n_hidden for _ in models],
        "last_changed": [count_changed(before[m, n_hidden:], after[m, n_hidden:]) for m in models],
        "training_loss": [float(curves.losses[-1][m]) for m in models],
        "test_accuracy": [float(curves.accuracies[-1][m]) for m in models],
    }
