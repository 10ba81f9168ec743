"""scikit-learn's losses of stochastic gradient descent, one prediction at a time: most of them have a kink."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.linear_model import _sgd_fast as library

from foreign_corpus.case import Case
from foreign_corpus.pointwise import pointwise

# Where the second derivative jumps, differences converge slowly: what they show there.
CORNER = 1e-4
FAR = (-8.0, -2.3, -0.4, 0.2, 0.7, 1.9, 30.0)


def losses() -> Iterator[tuple[str, Any, float, tuple[float, ...]]]:
    """Yield losses with a target, and the predictions at which each has a kink, or a corner of its slope."""
    for y in (-1.0, 1.0):
        yield "Hinge", library.Hinge(1.0), y, (y,)
        yield "SquaredHinge", library.SquaredHinge(1.0), y, (y,)
        yield "ModifiedHuber", library.ModifiedHuber(), y, (y, -y)
    yield "EpsilonInsensitive", library.EpsilonInsensitive(0.5), 0.25, (0.75, -0.25)
    yield "SquaredEpsilonInsensitive", library.SquaredEpsilonInsensitive(0.5), 0.25, (0.75, -0.25)


def cases() -> Iterator[Case]:
    """Yield every loss away from its corners, at them and beside them."""
    for name, loss, y, corners in losses():

        def value(p: Any, loss: Any = loss, y: float = y) -> Any:
            return np.array([loss.py_loss(each, y) for each in p])

        def slope(p: Any, loss: Any = loss, y: float = y) -> Any:
            return np.array([loss.py_dloss(each, y) for each in p])

        yield pointwise(f"{name}: y = {y:g}", value, slope, FAR)
        for corner in corners:
            for where, off in (("at", 0.0), ("beside", 1e-3), ("close beside", -1e-9)):
                points = (-3.0, corner + off, 3.0)
                smooth = {} if where == "beside" else {"resolution": CORNER}
                yield pointwise(f"{name}: y = {y:g}, {where} {corner:g}", value, slope, points, **smooth)
