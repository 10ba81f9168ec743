"""Nested arguments taken apart and put together again: their leaves, and the same containers around others."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gradproof._nesting import _with_fields, _with_items, children_of, walk


def with_parts(tree: Any, parts: Sequence[Any]) -> Any:
    """Return a container of the same kind with other parts, in the order of `children_of`."""
    if isinstance(tree, Mapping):
        return _with_items(tree, dict(zip(tree, parts, strict=True)))
    if isinstance(tree, tuple) and hasattr(tree, "_make"):
        return tree._make(parts)
    if isinstance(tree, list | tuple):
        return type(tree)(parts)
    names = [field.name for field in dataclasses.fields(tree)]
    return _with_fields(tree, dict(zip(names, parts, strict=True)))


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """Return the same containers with `function` of every leaf, called in order."""
    children = children_of(tree)
    if children is None:
        return function(tree)
    return with_parts(tree, [map_leaves(function, child) for _, child in children])


def leaves_of(args: tuple[Any, ...], names: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Return every leaf of some arguments with its path, in the order in which `rebuilt` takes them."""
    return [leaf for arg, name in zip(args, names, strict=True) for leaf in walk(arg, name)]


def rebuilt(tree: Any, leaves: Iterator[Any]) -> Any:
    """Return the same containers around other leaves."""
    return map_leaves(lambda _: next(leaves), tree)
