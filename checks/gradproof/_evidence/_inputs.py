"""Arguments as plain values and back: their containers, and every leaf bit for bit.

What cannot be stored, or is large, is "declared": it is taken from where the gradient is declared, and held to a digest.
Nothing in a file is ever run: classes of containers are those that the declaring module has loaded, put together
without their constructors.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from typing import Any

from gradproof._differentiable import _is_strategy
from gradproof._evidence._arrays import DamagedError
from gradproof._evidence._leaves import UNKNOWN, Node, decode_leaf, encode_leaf, type_name
from gradproof._nesting import children_of
from gradproof._trees import with_parts


def encode(tree: Any, declared: Any) -> Node:
    """Return some arguments, or a part of them, as plain values.

    Parameters
    ----------
    tree : Any
    declared : Any
        What stands at the same place of the declaration; UNKNOWN or a strategy where it is drawn.
    """
    children = children_of(tree)
    if children is None:
        return encode_leaf(tree, UNKNOWN if _is_strategy(declared) else declared)
    parts = _declared_parts(tree, declared)
    nodes = [encode(child, part) for (_, child), part in zip(children, parts, strict=True)]
    kind = type(tree)
    if isinstance(tree, Mapping):
        keys = [encode_leaf(key, UNKNOWN) for key in tree]
        known = all(key["kind"] == "value" for key in keys)
        node: Node = {"kind": "mapping", "keys": [key["value"] for key in keys] if known else None}
    elif kind in {list, tuple}:
        node = {"kind": kind.__name__}
    elif isinstance(tree, list | tuple) and not hasattr(tree, "_fields"):
        node = {"kind": "sequence"}
    else:
        node = {"kind": "fields", "names": [step[1:] for step, _ in children]}
    return node | {"type": type_name(kind), "parts": nodes}


def decode(node: Node, declared: Any, path: str) -> Any:
    """Return what `encode` made plain values of, with the help of what is declared at the same place.

    Raises
    ------
    DamagedError
        Where it cannot be put together, naming the `path`.
    """
    declared = UNKNOWN if _is_strategy(declared) else declared
    if "parts" not in node:
        return decode_leaf(node, declared, path)
    parts = _declared_parts_of(node, declared)
    items = [
        decode(child, part, f"{path}[{i}]")
        for i, (child, part) in enumerate(zip(node["parts"], parts, strict=True))
    ]
    if node["kind"] == "list":
        return items
    if node["kind"] == "tuple":
        return tuple(items)
    if node["kind"] == "mapping" and node["type"] == "builtins.dict" and node["keys"] is not None:
        return dict(zip(node["keys"], items, strict=True))
    if declared is not UNKNOWN and _fits(node, declared):
        return with_parts(declared, items)
    return _put_together(_loaded_class(node["type"], path), node, items, path)


# --- containers ----------------------------------------------------------------------------------------------------


def _declared_parts(tree: Any, declared: Any) -> list[Any]:
    """Return what is declared of each part of a container, UNKNOWN where its structure is another."""
    children = children_of(tree) or []
    others = None if declared is UNKNOWN or _is_strategy(declared) else children_of(declared)
    if others is None or [step for step, _ in others] != [step for step, _ in children]:
        return [UNKNOWN] * len(children)
    return [part for _, part in others]


def _declared_parts_of(node: Node, declared: Any) -> list[Any]:
    others = None if declared is UNKNOWN else children_of(declared)
    if others is None or len(others) != len(node["parts"]):
        return [UNKNOWN] * len(node["parts"])
    return [part for _, part in others]


def _fits(node: Node, declared: Any) -> bool:
    if type_name(type(declared)) != node["type"]:
        return False
    if node["kind"] == "mapping":
        return node["keys"] is None or list(declared) == node["keys"]
    return len(children_of(declared) or []) == len(node["parts"])


def _loaded_class(name: str, path: str) -> type:
    """Return a class of containers that is loaded; nothing is imported because a file names it."""
    module, _, own = name.rpartition(".")
    found = getattr(sys.modules.get(module), own, None)
    if not isinstance(found, type):
        raise DamagedError(f"{path} must be a {name}; got no such class here.")
    return found


def _put_together(kind: type, node: Node, items: list[Any], path: str) -> Any:
    """Return a container without running its constructor, which might refuse, convert or derive its parts."""
    if node["kind"] == "mapping" and issubclass(kind, dict) and node["keys"] is not None:
        mapping = kind.__new__(kind)
        mapping.update(zip(node["keys"], items, strict=True))  # its own: an OrderedDict keeps its order there
        return mapping
    if node["kind"] == "sequence" and issubclass(kind, list | tuple):
        return tuple.__new__(kind, items) if issubclass(kind, tuple) else _list(kind, items)
    if (
        node["kind"] == "fields"
        and issubclass(kind, tuple)
        and getattr(kind, "_fields", None) == tuple(node["names"])
    ):
        return tuple.__new__(kind, items)
    if node["kind"] == "fields" and dataclasses.is_dataclass(kind):
        same = object.__new__(kind)
        for name, value in zip(node["names"], items, strict=True):
            object.__setattr__(same, name, value)
        return same
    raise DamagedError(
        f"{path} must be put together as a {node['type']}; got one that cannot be: declare it fixed."
    )


def _list(kind: type, items: list[Any]) -> Any:
    made: list[Any] = list.__new__(kind)
    list.extend(made, items)
    return made
