"""The slides' SGD on the same problem: full batches arrive at the closed form, minibatches stay around it (F03, F09)."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gradproof_experiments._rounding import power_of_ten, round_frame, round_significant
from gradproof_experiments.data import Points
from gradproof_reference import sum_of_squares, sum_of_squares_gradient, train

from .config import Descent, PolynomialConfig

__all__ = ["AGREEMENT", "describe_sgd", "full_batch_table", "minibatch_table", "minibatch_trace"]

Floats = npt.NDArray[np.float64]

# Rounding in the gradient (10 terms of up to 30, u = 1.1e-16), divided by the smallest curvature of degree 3, 1.6e-3,
# leaves 2e-11; the contraction over the epochs of the default configuration leaves 1e-13 of the first distance.
AGREEMENT = 1e-8
"""Largest difference, in any coefficient, between descent and the closed form that counts as agreement."""

# Distances below are closer to rounding than three digits allow.
_DRAWN_ABOVE = 1e-7


def describe_sgd(settings: Sequence[Descent]) -> str:
    """Which of the slides' updates the descents use, in words.

    Examples
    --------
    >>> describe_sgd([Descent(1, 0.1, 0.0, 500), Descent(2, 0.1, 0.9, 800)])
    'SGD (F03; with momentum, F09, at degree 2)'
    """
    degrees = ", ".join(str(setting.degree) for setting in settings if setting.momentum)
    return f"SGD (F03; with momentum, F09, at degree {degrees})" if degrees else "SGD (F03)"


def descend(
    points: Points,
    start: Floats,
    rates: npt.ArrayLike,
    setting: Descent,
    batch_size: int,
    rng: np.random.Generator | None = None,
) -> Iterator[Floats]:
    """Coefficients after each epoch of SGD from `start`; a stack of them where there are several rates."""

    def loss_and_gradient(
        w: Floats, batch: npt.NDArray[np.integer[Any]]
    ) -> tuple[npt.ArrayLike, npt.ArrayLike]:
        x, t = points.x[batch], points.t[batch]
        return sum_of_squares(w, x, t), sum_of_squares_gradient(w, x, t)

    n = len(points.x)
    steps = train(
        loss_and_gradient,
        start,
        n,
        learning_rate=rates,
        n_epochs=setting.epochs,
        batch_size=batch_size,
        momentum=setting.momentum,
        rng=rng,
    )
    last = -(-n // batch_size) - 1
    for number, step in enumerate(steps):
        if number % (last + 1) == last:
            yield np.asarray(step.parameters)


def full_batch_table(
    points: Points, config: PolynomialConfig, fits: dict[int, Floats]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Whether full-batch descent agrees with the closed form.

    Returns
    -------
    table : DataFrame
        Settings, and whether every coefficient agrees to `AGREEMENT`.
    measured : DataFrame
        The largest difference of a coefficient: rounding, so it differs between machines.
    """
    table, measured = [], []
    for setting in config.full_batch:
        *_, w = descend(points, np.zeros(setting.degree + 1), setting.learning_rate, setting, len(points.x))
        difference = float(np.max(np.abs(w - fits[setting.degree])))
        table.append(
            {**vars(setting), "agrees_to": power_of_ten(AGREEMENT) if difference <= AGREEMENT else "no"}
        )
        measured.append({"degree": setting.degree, "largest_difference": difference})
    return pd.DataFrame(table), pd.DataFrame(measured)


def minibatch_trace(
    points: Points, config: PolynomialConfig, solution: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    """Distance ‖w − w*‖ after each epoch: minibatch SGD at three constant rates, and full batches at the largest."""
    setting = config.minibatch
    rates = setting.learning_rate / np.array([1.0, 2.0, 4.0])
    start = np.zeros((len(rates), setting.degree + 1))
    size = config.minibatch_size
    small = np.array([*descend(points, start, rates, setting, size, rng)])
    full = np.array([*descend(points, start[0], setting.learning_rate, setting, len(points.x))])
    columns = {f"batch {size}, λ={rate:g}": small[:, k] for k, rate in enumerate(rates)}
    columns[f"batch {len(points.x)}, λ={setting.learning_rate:g}"] = full
    frame = pd.DataFrame({name: np.linalg.norm(w - solution, axis=-1) for name, w in columns.items()})
    frame.insert(0, "epoch", np.arange(1, setting.epochs + 1))
    return round_frame(frame, digits=3, zero_below=_DRAWN_ABOVE)


def minibatch_table(trace: pd.DataFrame) -> pd.DataFrame:
    """Root mean square of the distance to the solution over the last half of the epochs, to 2 digits."""
    late = trace.drop(columns="epoch").iloc[len(trace) // 2 :]
    distances = np.sqrt((late**2).mean())
    texts = [
        f"{round_significant(d, 2):g}" if d > 0 else f"< {power_of_ten(_DRAWN_ABOVE)}" for d in distances
    ]
    return pd.DataFrame({"run": distances.index, "distance": texts})
