"""The planted errors: what goes wrong in gradients that are written by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradproof._mutate._planted import ALIKE, ERRORS, Leaf, Leaves, Point, each, error, on_one, scale_of

# --- factors -------------------------------------------------------------------------------------------------------

each("sign", lambda leaf: -leaf)
each("factor 2", lambda leaf: 2 * leaf)
each("factor 1/2", lambda leaf: leaf / 2)
each("factor 1 + 1e-3", lambda leaf: leaf * (1 + 1e-3))
each("factor 1 + 1e-6", lambda leaf: leaf * (1 + 1e-6))
each("normalised to length 1", lambda leaf: leaf / (np.linalg.norm(leaf) or 1.0))


@error("missing 1/n: the sum for a mean")
def _times_n(point: Point) -> Leaves | None:
    return None if point.n_examples < 2 else [leaf * point.n_examples for leaf in point.gradient]


@error("extra 1/n: the mean for a sum")
def _over_n(point: Point) -> Leaves | None:
    return None if point.n_examples < 2 else [leaf / point.n_examples for leaf in point.gradient]


@error("all but the last leaf halved")
def _early_leaves_halved(point: Point) -> Leaves | None:
    return (
        None if len(point.gradient) < 2 else [*(leaf / 2 for leaf in point.gradient[:-1]), point.gradient[-1]]
    )


@error("the last leaf negated")
def _last_leaf_negated(point: Point) -> Leaves | None:
    return None if len(point.gradient) < 2 else [*point.gradient[:-1], -point.gradient[-1]]


# --- what is left out ----------------------------------------------------------------------------------------------


def _largest(leaf: Leaf) -> int:
    # The first of those that are as large but for rounding, so that a point nearby has the same one.
    size = np.abs(leaf).ravel()
    return int(np.argmax(size >= ALIKE * np.max(size)))


def _set(leaf: Leaf, place: int, value: float) -> None:
    leaf.flat[place] = value


def _is_matrix(leaf: Leaf) -> bool:
    return leaf.ndim > 1 and leaf.size > 0


on_one("one entry zeroed", lambda leaf: _set(leaf, _largest(leaf), 0.0))
on_one("one entry negated", lambda leaf: _set(leaf, _largest(leaf), -leaf.flat[_largest(leaf)]))
on_one("one entry doubled", lambda leaf: _set(leaf, _largest(leaf), 2 * leaf.flat[_largest(leaf)]))
on_one("one entry NaN", lambda leaf: _set(leaf, -1, np.nan))
on_one("the last entry zeroed", lambda leaf: _set(leaf, -1, 0.0), lambda leaf: leaf.size > 1)
on_one("a row zeroed", lambda leaf: leaf * _all_but(leaf, -2), _is_matrix)
on_one("a column zeroed", lambda leaf: leaf * _all_but(leaf, -1), _is_matrix)
on_one("a leaf zeroed", np.zeros_like)
on_one("only the diagonal kept", lambda leaf: leaf * np.eye(*leaf.shape), lambda leaf: leaf.ndim == 2)
on_one("the first row in every row", lambda leaf: np.broadcast_to(leaf[:1], leaf.shape), _is_matrix)


def _all_but(leaf: Leaf, axis: int) -> Leaf:
    """Return a mask without the last index of an axis."""
    kept = np.arange(leaf.shape[axis]) < leaf.shape[axis] - 1
    return np.reshape(kept, (-1, *(1,) * (-1 - axis))).astype(np.float64)


# --- what is in the wrong place ------------------------------------------------------------------------------------


def _swap(leaf: Leaf) -> None:
    leaf.flat[0], leaf.flat[-1] = leaf.flat[-1], leaf.flat[0]


on_one("transposed", lambda leaf: leaf.T, lambda leaf: leaf.ndim == 2 and leaf.shape[0] == leaf.shape[1] > 1)
on_one(
    "read in column order",
    lambda leaf: leaf.ravel(order="F"),
    lambda leaf: leaf.ndim == 2 and leaf.shape[0] != leaf.shape[1] and 1 not in leaf.shape,
)
on_one(
    "rows shifted by one", lambda leaf: np.roll(leaf, 1, axis=0), lambda leaf: leaf.ndim > 0 and len(leaf) > 1
)
on_one("columns shifted by one", lambda leaf: np.roll(leaf, 1, axis=-1), _is_matrix)
on_one("reversed", lambda leaf: leaf.ravel()[::-1], lambda leaf: leaf.size > 1)
on_one("the first and the last entry swapped", _swap, lambda leaf: leaf.size > 1)


@error("two leaves swapped")
def _swap_leaves(point: Point) -> Leaves | None:
    leaves = point.copy()
    for i, first in enumerate(leaves):
        for j in range(i + 1, len(leaves)):
            if leaves[j].shape == first.shape:
                leaves[i], leaves[j] = leaves[j], first
                return leaves
    return None


# --- what is added -------------------------------------------------------------------------------------------------

on_one("one entry off by 1e-3 of the scale", lambda leaf: _add(leaf, -1, 1e-3))
on_one("one entry off by 1e-6 of the scale", lambda leaf: _add(leaf, -1, 1e-6))
on_one("a constant added", lambda leaf: leaf + 1e-3 * _size(leaf))


def _size(leaf: Leaf) -> float:
    return float(np.max(np.abs(leaf), initial=0.0))


def _add(leaf: Leaf, place: int, fraction: float) -> None:
    # Without a gradient there is no scale: then any change is one.
    leaf.flat[place] += fraction * (_size(leaf) or 1.0)


@error("weight decay added")
def _decay_added(point: Point) -> Leaves:
    return [
        leaf + 0.01 * (_size(leaf) or 1.0) / scale_of(argument) * argument
        for leaf, argument in zip(point.gradient, point.arguments, strict=True)
    ]


@error("sign penalty added")
def _sign_added(point: Point) -> Leaves:
    return [
        leaf + 0.01 * (_size(leaf) or 1.0) * np.sign(argument)
        for leaf, argument in zip(point.gradient, point.arguments, strict=True)
    ]


@error("the arguments in place of the gradient")
def _arguments_themselves(point: Point) -> Leaves:
    return [argument.copy() for argument in point.arguments]


# --- what is done to the values ------------------------------------------------------------------------------------

each("absolute value", np.abs)
each("negative entries zeroed", lambda leaf: np.maximum(leaf, 0.0))
each("clipped at half of the largest", lambda leaf: np.clip(leaf, -_size(leaf) / 2, _size(leaf) / 2))
each("mean removed", lambda leaf: leaf - leaf.mean() if leaf.size else leaf)
each("rounded to float32", lambda leaf: leaf.astype(np.float32).astype(np.float64))
each(
    "rounded to three digits",
    lambda leaf: np.array([float(f"{v:.2e}") for v in leaf.flat]).reshape(leaf.shape),
)

# --- where it is wrong ---------------------------------------------------------------------------------------------


def _where(name: str, mask: Callable[[Leaf], Any], factor: float) -> None:
    def change(point: Point) -> Leaves:
        return [
            np.where(mask(argument), factor * leaf, leaf)
            for leaf, argument in zip(point.gradient, point.arguments, strict=True)
        ]

    ERRORS[name] = lambda: change


_where("doubled where the argument is negative", lambda x: x < 0, 2.0)
_where("zero where the argument is negative", lambda x: x < 0, 0.0)
_where("zero where the argument exceeds 1", lambda x: np.abs(x) > 1, 0.0)
