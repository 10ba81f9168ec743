"""A claim at a glance: where its number must lie, and where it lies."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from gradproof_experiments.claim import Claim

__all__ = ["Strip", "strip"]

_LEFT, _RIGHT = 6.0, 114.0  # of 120 units of width
_ROOM = 0.18  # of the span, to each side of what is shown
_LOGARITHMIC = 30.0  # from this ratio on, the smallest would be lost beside the largest


@dataclass(frozen=True)
class Strip:
    """Places on a strip 120 units wide.

    Parameters
    ----------
    band : tuple of two floats
        From where to where the number must lie; to the edge where it may be as small or large as it likes.
    whisker : tuple of two floats
        The interval.
    dot : float
        The number.
    """

    band: tuple[float, float]
    whisker: tuple[float, float]
    dot: float


def strip(claim: Claim) -> Strip | None:
    """Places of a claim's numbers, on a scale of its own; None where one of them is not finite.

    The scale is logarithmic where all numbers are positive and far apart.

    Examples
    --------
    >>> from gradproof_experiments.claim import Within
    >>> strip(Claim("It grows.", "slope", 2.0, (1.5, 2.5), Within(low=1.0)))
    Strip(band=(20.3, 120.0), whisker=(46.8, 99.7), dot=73.2)
    """
    numbers = [claim.measured, *claim.interval]
    if not all(map(math.isfinite, numbers)):
        return None
    shown = numbers + [bound for bound in (claim.expected.low, claim.expected.high) if math.isfinite(bound)]
    scale: Callable[[float], float] = float
    if min(shown) > 0 and max(shown) / min(shown) > _LOGARITHMIC:
        scale = math.log
    low, high = scale(min(shown)), scale(max(shown))
    room = _ROOM * (high - low) or 1.0

    def place(value: float) -> float:
        if math.isinf(value):
            return 0.0 if value < 0 else 120.0
        part = (scale(value) - low + room) / (high - low + 2 * room)
        return round(_LEFT + (_RIGHT - _LEFT) * part, 1)

    first, last = place(claim.expected.low), place(claim.expected.high)
    # A single expected value has no width to see.
    band = (first - 5.0, last + 5.0) if first == last else (first, last)
    return Strip(band, (place(claim.interval[0]), place(claim.interval[1])), place(claim.measured))
