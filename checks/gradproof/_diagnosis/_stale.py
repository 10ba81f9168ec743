"""A gradient that does not move with its arguments: cached, or left from another call."""

from __future__ import annotations

import numpy as np

from gradproof._diagnosis._evidence import Diagnosis, Evidence

_FEWEST = 2
# By so much of itself each entry is moved, each in its own measure.
_MOVE = 2.0**-6


def stale(evidence: Evidence) -> Diagnosis | None:
    """Say where the leaves at fault have the same bits at another point."""
    if evidence.gradient_at is None or np.count_nonzero(evidence.wrong) < _FEWEST:
        return None
    x = evidence.arguments.vector
    moved = np.where(x == 0, _MOVE, x * (1 + _MOVE * np.cos(np.arange(len(x)))))
    try:
        there = evidence.gradient_at(moved)
    except Exception:  # noqa: BLE001  beyond its domain grad may raise anything, and the verdict must not suffer
        return None
    for side in evidence.sides:
        part = slice(side.leaf.start, side.leaf.stop)
        if not np.array_equal(there[part], evidence.analytic[part]):
            return None
    return Diagnosis(
        "stale",
        f"analytic is the same at another point in {evidence.paths}: unless f is linear there, it is cached "
        "or the gradient of another call",
    )
