"""Planted errors that remember: what goes wrong with caches, buffers and random numbers."""

from __future__ import annotations

import numpy as np

from gradproof._mutate._planted import ERRORS, Change, Leaves, Point


def _first() -> Change:
    kept: list[Leaves] = []

    def change(point: Point) -> Leaves | None:
        kept.append(point.copy())
        return _if_alike(kept[0], point)

    return change


def _previous() -> Change:
    kept: list[Leaves] = []

    def change(point: Point) -> Leaves | None:
        kept.append(point.copy())
        return _if_alike(kept[max(-2, -len(kept))], point)

    return change


def _noisy() -> Change:
    random = np.random.default_rng(0)
    return lambda point: [leaf * (1 + 1e-3 * random.standard_normal(leaf.shape)) for leaf in point.gradient]


def _if_alike(leaves: Leaves, point: Point) -> Leaves | None:
    """Return what was kept, where it has the shapes of what is asked for now."""
    shapes = [leaf.shape for leaf in leaves], [leaf.shape for leaf in point.gradient]
    return [leaf.copy() for leaf in leaves] if shapes[0] == shapes[1] else None


ERRORS["the gradient of the first call"] = _first
ERRORS["the gradient of the previous call"] = _previous
ERRORS["noise of 1e-3"] = _noisy
