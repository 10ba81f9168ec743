"""Nested arguments: their leaves with a path for each, and the function that rebuilds them from a vector."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]
Table: TypeAlias = NDArray[np.float64]
# Subclasses may drop masks, matrix products and units on the way.
_PLAIN = (np.ndarray, np.memmap)

Builder: TypeAlias = Callable[[NDArray[Any], bool], Any]


class Leaf(NamedTuple):
    """One float array among the arguments: where it stands, and its slice of the vector.

    A complex array is two of them, its real and its imaginary part, one after the other.
    """

    path: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    start: int
    stop: int


# What is no container for certain: most of what there is, and quicker told than that.
_LEAVES = (np.ndarray, np.generic, float, int, complex, str, bytes)


def children_of(tree: object) -> list[tuple[str, Any]] | None:
    """Return the parts of a container with the text that leads to each, or None for a leaf."""
    if isinstance(tree, _LEAVES):
        return None
    if isinstance(tree, Mapping):
        return [(f"[{key!r}]", value) for key, value in tree.items()]
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return [(f".{name}", value) for name, value in zip(tree._fields, tree, strict=True)]
    if isinstance(tree, list | tuple):
        return [(f"[{i}]", value) for i, value in enumerate(tree)]
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return [(f".{field.name}", getattr(tree, field.name)) for field in dataclasses.fields(tree)]
    return None


def walk(tree: object, path: str) -> Iterator[tuple[str, Any]]:
    """Yield every leaf of a tree with its path."""
    children = children_of(tree)
    if children is None:
        yield path, tree
        return
    for step, child in children:
        yield from walk(child, path + step)


def is_float(value: object, path: str) -> bool:
    """Tell whether a leaf varies (floats and complex numbers do); refuse what can be neither varied nor held fixed."""
    if type(value) is np.ndarray and value.dtype.kind != "O":
        return value.dtype.kind in "fc"
    if isinstance(value, float | complex):
        return True
    if not hasattr(value, "__array__"):
        return False
    kind = np.asarray(value).dtype.kind
    plain = isinstance(value, np.generic) or type(value) in _PLAIN
    if kind not in "fcO" or (plain and kind != "O"):
        return kind in "fc"
    remedy = (
        "Convert it with .astype(float)."
        if plain
        else "Pass a plain array of its values, and convert inside f."
    )
    raise TypeError(f"arguments must be NumPy arrays of numbers; got {path} of {describe(value)}. {remedy}")


def is_complex(value: Any) -> bool:
    """Tell whether a float leaf is complex."""
    return np.asarray(value).dtype.kind == "c"


def describe(value: object) -> str:
    """Say in a few words what a value is, for error messages."""
    if isinstance(value, np.ndarray | np.generic):
        kind = type(value).__name__ if isinstance(value, np.ma.MaskedArray | np.matrix) else "array"
        return f"{value.dtype} {kind} of shape {value.shape}"
    if isinstance(value, tuple | list):
        return f"{type(value).__name__}({', '.join(describe(part) for part in value)})"
    return type(value).__name__


def builder_of(tree: Any, leaves: Iterator[Leaf]) -> Builder:
    """Return the function that rebuilds `tree` from a vector, or from points along leading axes of vectors.

    Made once, since it is called at every evaluation. Float arrays are views of what they are rebuilt from.
    """
    children = children_of(tree)
    if children is None:
        return _leaf_builder(tree, leaves) if is_float(tree, "") else _fixed_builder(tree)
    parts = [builder_of(child, leaves) for _, child in children]
    if isinstance(tree, Mapping):
        keys = list(tree)
        return lambda points, own: _with_items(
            tree, {key: part(points, own) for key, part in zip(keys, parts, strict=True)}
        )
    if isinstance(tree, tuple) and hasattr(tree, "_make"):
        make = tree._make  # past a __new__ of its own, which may take other arguments
        return lambda points, own: make(part(points, own) for part in parts)
    if isinstance(tree, list | tuple):
        return lambda points, own: type(tree)([part(points, own) for part in parts])
    names = [field.name for field in dataclasses.fields(tree)]
    return lambda points, own: _with_fields(
        tree, {name: part(points, own) for name, part in zip(names, parts, strict=True)}
    )


def _with_items(tree: Mapping[Any, Any], items: dict[Any, Any]) -> Any:
    """Return a mapping of the same kind with these items: OrderedDict and defaultdict stay what they are."""
    if type(tree) is dict or not isinstance(tree, dict):
        return items
    same = copy.copy(tree)
    same.update(items)
    return same


def _with_fields(tree: Any, fields: dict[str, Any]) -> Any:
    """Return a dataclass with these fields as they are: __init__ might refuse, convert or derive them."""
    same = copy.copy(tree)
    for name, value in fields.items():
        object.__setattr__(same, name, value)
    return same


def _leaf_builder(tree: Any, leaves: Iterator[Leaf]) -> Builder:
    leaf = next(leaves)
    if is_complex(tree):
        return _complex_builder(tree, leaf, next(leaves))
    part = slice(leaf.start, leaf.stop)
    if isinstance(tree, np.ndarray):
        return lambda points, own: _with_dtype(
            points[..., part].reshape(points.shape[:-1] + leaf.shape), leaf, own=own
        )
    # The empty index makes a number of an array without axes.
    return lambda points, own: _with_dtype(points[..., leaf.start][()], leaf, own=own)


def _complex_builder(tree: Any, real: Leaf, imag: Leaf) -> Builder:
    """Return what makes complex numbers of their two parts: a copy, since the parts lie apart."""
    dtype = np.asarray(tree).dtype
    first, second = slice(real.start, real.stop), slice(imag.start, imag.stop)

    def build(points: NDArray[Any], own: bool) -> Any:  # noqa: FBT001  as every Builder is called
        flat = points[..., first] + 1j * points[..., second]
        values = flat.reshape(points.shape[:-1] + real.shape)
        values = values.astype(dtype, copy=False) if own else values
        return values if isinstance(tree, np.ndarray) else values[()]

    return build


def _with_dtype(values: Any, leaf: Leaf, *, own: bool) -> Any:
    return values.astype(leaf.dtype, copy=False) if own else values


def _fixed_builder(tree: Any) -> Builder:
    """Return what is held fixed; arrays as a copy, since what is called may overwrite them."""
    if isinstance(tree, np.ndarray):
        return lambda _points, _own: tree.copy()
    return lambda _points, _own: tree
