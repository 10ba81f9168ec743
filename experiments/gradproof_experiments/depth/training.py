"""Training of one depth and activation, with initialisations and learning rates stacked (F24)."""

import numpy as np

from gradproof_experiments.experiment import Columns

from .config import SCHEMES
from .fit import TrainingPoint, fit
from .stack import initial_stack

__all__ = ["trained"]


def trained(point: TrainingPoint, seed: int) -> Columns:
    """Training loss and test accuracy after every epoch, for every scheme and learning rate.

    Returns
    -------
    Columns
        ``scheme``, ``learning_rate``, ``epoch`` (from 1), ``training_loss`` in nats per image, ``test_accuracy``.
    """
    start = initial_stack(point.sizes, SCHEMES, point.fixed, point.root, seed)
    models = np.repeat(start[:, np.newaxis], len(point.learning_rates), axis=1)
    curves = fit(point, seed, models)
    cells = [
        (i, j, epoch)
        for i in range(len(SCHEMES))
        for j in range(len(point.learning_rates))
        for epoch in range(point.epochs)
    ]
    return {
        "scheme": [SCHEMES[i] for i, _, _ in cells],
        "learning_rate": [float(point.learning_rates[j]) for _, j, _ in cells],
        "epoch": [epoch + 1 for _, _, epoch in cells],
        "training_loss": [float(curves.losses[epoch][i, j]) for i, j, epoch in cells],
        "test_accuracy": [float(curves.accuracies[epoch][i, j]) for i, j, epoch in cells],
    }
