"""scikit-learn's MLPClassifier: a mean over the batch, and a schedule and first weights of its own."""

import warnings
from typing import Any

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from .tasks import Sweep

__all__ = ["sklearn_loop"]


def sklearn_loop(task: Sweep) -> Any:
    """Return a function that fits model after model by plain SGD and gives nothing to compare."""

    def fit(alpha: float, seed: int) -> None:
        MLPClassifier(
            (task.width,) * task.depth,
            activation="logistic",
            solver="sgd",
            alpha=2 * alpha,
            batch_size=task.batch_size,
            learning_rate_init=task.learning_rate * task.batch_size,
            momentum=0.0,
            nesterovs_momentum=False,
            max_iter=task.n_epochs,
            n_iter_no_change=task.n_epochs + 1,
            random_state=seed,
        ).fit(task.data.x, task.data.y)

    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are given
            for alpha, seed in zip(task.l2, task.seeds, strict=True):
                fit(alpha, seed)

    return run
