"""The contestant of this project: the public training loops."""

from typing import Any

import numpy as np

import gradproof_reference as ref

from .tasks import Curve, Sweep

__all__ = ["ours"]


def ours(task: Sweep | Curve, *, processes: int = 1) -> Any:
    """Return a function that trains the task from its initial parameters and returns the final ones."""
    arrays = task.initial()
    options = {"n_epochs": task.n_epochs, "batch_size": task.batch_size, "processes": processes}
    if isinstance(task, Curve):
        return lambda: [
            ref.train_polynomial(
                arrays[0],
                task.data.x,
                task.data.y,
                learning_rate=task.learning_rate,
                momentum=task.momentum,
                rng=np.random.default_rng(task.schedule_seed),
                **options,
            )
        ]
    layers = [ref.Layer(*pair) for pair in zip(arrays[::2], arrays[1::2], strict=True)]
    activation = getattr(ref, task.activation.upper())

    def run() -> list[Any]:
        trained = ref.train_mlp(
            layers,
            task.data.x,
            task.data.y,
            activation,
            np.array(task.l2),
            learning_rate=task.learning_rate,
            rng=np.random.default_rng(task.schedule_seed),
            **options,
        )
        return [array for layer in trained for array in layer]

    return run
