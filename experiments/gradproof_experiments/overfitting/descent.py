"""The slides' SGD on the same problem: full batches arrive at the closed form, minibatches stay around it (F03, F09)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gradproof_experiments._rounding import power_of_ten
from gradproof_experiments.data import bishop_points
from gradproof_experiments.experiment import Columns, generator
from gradproof_reference import fit_polynomial, sum_of_squares, sum_of_squares_gradient, train

from ._checks import DescentSetting

__all__ = [
    "AGREEMENT",
    "EVERY",
    "SHARES",
    "Descent",
    "Minibatch",
    "descend",
    "describe_sgd",
    "full_batch_table",
    "wander",
]

Floats = npt.NDArray[np.float64]

# Rounding in the gradient (10 terms of up to 30, u = 1.1e-16), divided by the smallest curvature of degree 3, 1.6e-3,
# leaves 2e-11; the contraction over the epochs of the default configuration leaves 1e-13 of the first distance.
AGREEMENT = 1e-8
"""Largest difference, in any coefficient, between descent and the closed form that counts as agreement."""

EVERY = 5
"""Epochs between two kept points of a trace."""

SHARES = (1, 2, 4)
"""Minibatch SGD runs at the learning rate over each of these."""


@dataclass(frozen=True)
class Descent:
    """Full-batch descent at one degree, with the slides' λ and τ; nothing is drawn."""

    degree: int
    learning_rate: float
    momentum: float
    epochs: int


@dataclass(frozen=True)
class Minibatch:
    """Minibatch SGD at λ, λ/2 and λ/4, stacked, on the same shuffles."""

    root: int
    degree: int
    learning_rate: float
    batch_size: int
    epochs: int


def describe_sgd(settings: Sequence[DescentSetting]) -> str:
    """Which of the slides' updates the descents use, in words.

    Examples
    --------
    >>> describe_sgd([(1, 0.1, 0.0, 500), (2, 0.1, 0.9, 800)])
    'SGD (F03; with momentum, F09, at degree 2)'
    """
    degrees = ", ".join(str(degree) for degree, _, momentum, _ in settings if momentum)
    return f"SGD (F03; with momentum, F09, at degree {degrees})" if degrees else "SGD (F03)"


def descend(point: Descent, seed: int) -> Columns:
    """Distance from the closed form in every fifth epoch: ‖w − w*‖, and the largest of any coefficient."""
    del seed  # a full batch leaves nothing to draw
    rates = np.array([point.learning_rate])
    off = np.array([*_epochs(point.degree, rates, 10, point.epochs, point.momentum)])[:, 0]
    kept = np.arange(point.epochs - 1, -1, -EVERY)[::-1]  # the last epoch is one of them
    return {
        "epoch": (kept + 1).tolist(),
        "distance": np.linalg.norm(off[kept], axis=-1).tolist(),
        "largest": np.abs(off[kept]).max(axis=-1).tolist(),
    }


def wander(point: Minibatch, seed: int) -> Columns:
    """Distance ‖w − w*‖ in every fifth epoch, a column for each rate: ``distance_1`` for λ, ``distance_2`` for λ/2 …."""
    rates = point.learning_rate / np.array(SHARES, np.float64)
    rng = generator(point.root, "minibatches", seed)
    off = np.array([*_epochs(point.degree, rates, point.batch_size, point.epochs, 0.0, rng)])
    distances = np.linalg.norm(off[EVERY - 1 :: EVERY], axis=-1)
    epochs = np.arange(EVERY, point.epochs + 1, EVERY)
    return {
        "epoch": epochs.tolist(),
        **{f"distance_{share}": distances[:, k].tolist() for k, share in enumerate(SHARES)},
    }


def _epochs(
    degree: int,
    rates: Floats,
    batch_size: int,
    epochs: int,
    momentum: float,
    rng: np.random.Generator | None = None,
) -> Iterator[Floats]:
    """Differences w − w* after each epoch of SGD from 0 on Bishop's ten points, one row per learning rate."""
    points = bishop_points()
    n = len(points.x)

    def loss_and_gradient(
        w: Floats, batch: npt.NDArray[np.integer[Any]]
    ) -> tuple[npt.ArrayLike, npt.ArrayLike]:
        x, t = points.x[batch], points.t[batch]
        return sum_of_squares(w, x, t), sum_of_squares_gradient(w, x, t)

    steps = train(
        loss_and_gradient,
        np.zeros((len(rates), degree + 1)),
        n,
        learning_rate=rates,
        n_epochs=epochs,
        batch_size=batch_size,
        momentum=momentum,
        rng=rng,
    )
    solution = np.asarray(fit_polynomial(points.x, points.t, degree), np.float64)
    per_epoch = -(-n // batch_size)
    for number, step in enumerate(steps, start=1):
        if number % per_epoch == 0:
            yield np.asarray(step.parameters, np.float64) - solution


def full_batch_table(found: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Whether full-batch descent agrees with the closed form, from the results of `descend`.

    Returns
    -------
    table : DataFrame
        Settings, and whether every coefficient agrees to `AGREEMENT`.
    measured : DataFrame
        The largest difference of a coefficient: rounding, so it differs between machines.
    """
    settings = ["degree", "learning_rate", "momentum", "epochs"]
    last = found.drop_duplicates(settings, keep="last").reset_index(drop=True)
    agreed = power_of_ten(AGREEMENT)
    table = last[settings].assign(
        agrees_to=[agreed if difference <= AGREEMENT else "no" for difference in last["largest"]]
    )
    return table, pd.DataFrame({"degree": last["degree"], "largest_difference": last["largest"]})
