"""What configurations have in common: settings of a descent, and ascending sweeps."""

import math
from itertools import pairwise
from typing import TypeAlias

__all__ = ["DescentSetting", "ascends", "check_descent"]

DescentSetting: TypeAlias = tuple[int, float, float, int]
"""Full-batch descent: the degree, the slides' λ and τ, and how many epochs."""


def ascends(values: tuple[float, ...]) -> bool:
    """Whether each value is larger than the one before."""
    return all(low < high for low, high in pairwise(values))


def check_descent(setting: DescentSetting) -> None:
    """Raise ValueError where a number of the setting lies outside its range; the message names it."""
    if len(setting) != 4:
        raise ValueError(
            f"a descent must be (degree, learning rate, momentum, epochs); got {setting}. Give all four numbers."
        )
    degree, learning_rate, momentum, epochs = setting
    if not 0 <= degree <= 3:
        raise ValueError(
            f"degree of a descent must lie in 0 to 3; got {degree=}. Use the closed form beyond."
        )
    if not 0 < learning_rate < math.inf:
        raise ValueError(f"learning rate of a descent must be positive; got {learning_rate=}. Try 0.1.")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum of a descent must lie in [0, 1); got {momentum=}. 0 is none.")
    if epochs < 2:
        raise ValueError(f"epochs of a descent must be at least 2; got {epochs=}. Use more.")
