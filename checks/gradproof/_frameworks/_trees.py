"""Nested arguments with a framework's arrays in them: their leaves, and the same nesting around other leaves."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gradproof._nesting import _with_fields, _with_items, children_of, walk


def leaves_of(args: tuple[Any, ...], names: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Return every leaf of some arguments with its path, in the order in which `rebuilt` takes them."""
    return [leaf for arg, name in zip(args, names, strict=True) for leaf in walk(arg, name)]


def rebuilt(tree: Any, leaves: Iterator[Any]) -> Any:
    """Return the containers of `tree` around other leaves."""
    children = children_of(tree)
    if children is None:
        return next(leaves)
    parts = [rebuilt(child, leaves) for _, child in children]
    if isinstance(tree, Mapping):
        return _with_items(tree, dict(zip(tree, parts, strict=True)))
    if isinstance(tree, tuple) and hasattr(tree, "_make"):
        return tree._make(parts)
    if isinstance(tree, list | tuple):
        return type(tree)(parts)
    names = [field.name for field in dataclasses.fields(tree)]
    return _with_fields(tree, dict(zip(names, parts, strict=True)))


def mapped(change: Callable[[Any], Any], tree: Any) -> Any:
    """Return the same nesting with `change` applied to every leaf."""
    return rebuilt(tree, (change(leaf) for _, leaf in walk(tree, "")))
