"""Gradients in exactly the containers, shapes and dtypes of the arguments, read without a second look.

Any other goes the long way through `_structure`, which knows what else is allowed and what to say where it is not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from gradproof._nesting import Leaf, Vector, children_of, is_complex, is_float

# Writes the entries of a gradient to where they belong in a vector; False where it has to be looked at closely.
Taker: TypeAlias = Callable[[Any, Vector], bool]


def taker_of(tree: Any, leaves: Iterator[Leaf]) -> Taker | None:
    """Return the function that reads the gradient by `tree`, or None where there is nothing to read."""
    children = children_of(tree)
    if children is None:
        return _leaf_taker(tree, leaves) if is_float(tree, "") else None
    takers = [taker_of(child, leaves) for _, child in children]
    wanted = [(i, taker) for i, taker in enumerate(takers) if taker is not None]
    if not wanted:
        return None
    kind = type(tree)
    if isinstance(tree, Mapping):
        keys = list(tree)
        items = [(keys[i], taker) for i, taker in wanted]

        def take_items(gradient: Any, vector: Vector) -> bool:
            if type(gradient) is not kind or gradient.keys() != tree.keys():
                return False
            return all(taker(gradient[key], vector) for key, taker in items)

        return take_items
    if isinstance(tree, tuple | list):
        count = len(tree)

        def take_parts(gradient: Any, vector: Vector) -> bool:
            if type(gradient) is not kind or len(gradient) != count:
                return False
            return all(taker(gradient[i], vector) for i, taker in wanted)

        return take_parts
    names = [field.name for field in dataclasses.fields(tree)]
    fields = [(names[i], taker) for i, taker in wanted]

    def take_fields(gradient: Any, vector: Vector) -> bool:
        return type(gradient) is kind and all(
            taker(getattr(gradient, name), vector) for name, taker in fields
        )

    return take_fields


def _leaf_taker(tree: Any, leaves: Iterator[Leaf]) -> Taker:
    leaf = next(leaves)
    if is_complex(tree):
        next(leaves)
        return lambda _gradient, _vector: False
    shape, dtype, start, part = leaf.shape, leaf.dtype, leaf.start, slice(leaf.start, leaf.stop)
    if isinstance(tree, np.ndarray):

        def take_array(gradient: Any, vector: Vector) -> bool:
            if type(gradient) is not np.ndarray or gradient.shape != shape or gradient.dtype != dtype:
                return False
            vector[part] = gradient.ravel()
            return True

        return take_array

    def take_number(gradient: Any, vector: Vector) -> bool:
        if not isinstance(gradient, float) or dtype != np.float64:
            return False
        vector[start] = gradient
        return True

    return take_number
