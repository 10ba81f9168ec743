"""Numbers, arrays and texts as plain values and back, bit for bit; what is large or unknown is left to its declaration."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import numpy as np

from gradproof._evidence._arrays import (
    DamagedError,
    decoded,
    described,
    digest_of,
    encoded,
    is_storable,
    packed,
)
from gradproof._evidence._foreign import foreign, from_foreign
from gradproof._nesting import children_of

Node = dict[str, Any]

LARGEST = 2**20
"""Bytes of an array above which it is taken from the declaration, where that holds it fixed."""

UNKNOWN: Any = object()
"""Stands for what a declaration does not say, because it is drawn."""


def encode_leaf(leaf: Any, declared: Any) -> Node:
    """Return a leaf as plain values; `declared` is what stands at its place in the declaration."""
    kind = type(leaf)
    if leaf is None or kind in {bool, int, str}:
        return {"kind": "value", "value": leaf}
    if kind in {float, complex, bytes}:
        return _encoded_scalar(leaf)
    if isinstance(leaf, np.generic) and is_storable(np.asarray(leaf)):
        return {"kind": "scalar", **encoded(np.asarray(leaf))}
    if kind in {np.ndarray, np.memmap} and is_storable(leaf):
        if leaf.nbytes > LARGEST and _alike(leaf, declared):
            return {"kind": "declared", "type": "numpy.ndarray", **described(leaf)}
        return {"kind": "array", **encoded(leaf)}
    return _encoded_foreign(leaf, declared)


def decode_leaf(node: Node, declared: Any, path: str) -> Any:
    """Return the leaf that `encode_leaf` made plain values of.

    Raises
    ------
    DamagedError
        Where it cannot be made, naming the `path`.
    """
    if node["kind"] == "declared":
        return _from_declaration(node, declared, path)
    return _DECODERS[node["kind"]](node)


def leaf_bytes(tree: Any) -> list[bytes]:
    """Return the bytes of every leaf, for a digest; nothing of a leaf that has none."""
    children = children_of(tree)
    if children is not None:
        return [part for _, child in children for part in leaf_bytes(child)]
    if isinstance(tree, np.ndarray | np.generic):
        return [np.asarray(tree).tobytes()] if is_storable(np.asarray(tree)) else []
    found = foreign(tree)
    if found is not None:
        return [found[1]]
    if isinstance(tree, complex | float | int | str):
        return [repr(tree).encode("utf-8", "backslashreplace")]
    return []


def arguments_digest(args: Any) -> str:
    """Return the digest of all leaves of some arguments."""
    return digest_of(*leaf_bytes(args))


def type_name(kind: type) -> str:
    """Return a class as one would import it."""
    return f"{kind.__module__}.{kind.__qualname__}"


def _encoded_scalar(leaf: Any) -> Node:
    if type(leaf) is float:
        return {"kind": "float", "value": leaf.hex()}
    if type(leaf) is complex:
        return {"kind": "complex", "value": [leaf.real.hex(), leaf.imag.hex()]}
    return {"kind": "bytes", "value": base64.b64encode(leaf).decode("ascii")}


def _encoded_foreign(leaf: Any, declared: Any) -> Node:
    found = foreign(leaf)
    if found is None:
        return {"kind": "declared", "type": type_name(type(leaf)), "digest": None}
    what, content = found
    if len(content) > LARGEST and _alike(leaf, declared):
        return {
            "kind": "declared",
            "type": what["kind"],
            "digest": digest_of(content),
            "shape": what["shape"],
        }
    return {**what, "data": packed(content)}


_DECODERS: dict[str, Callable[[Node], Any]] = {
    "value": lambda node: node["value"],
    "float": lambda node: float.fromhex(node["value"]),
    "complex": lambda node: complex(*map(float.fromhex, node["value"])),
    "bytes": lambda node: base64.b64decode(node["value"], validate=True),
    "scalar": lambda node: decoded(node)[()],
    "array": decoded,
    "torch": from_foreign,
    "jax": from_foreign,
}


def _from_declaration(node: Node, declared: Any, path: str) -> Any:
    if declared is UNKNOWN:
        raise DamagedError(
            f"the declaration must hold {path}, a {node['type']}, which the file does not; got one that draws it."
        )
    if node["digest"] is not None and digest_of(*leaf_bytes(declared)) != node["digest"]:
        raise DamagedError(f"{path} of the declaration must be what was examined; got other values.")
    return declared


def _alike(leaf: Any, declared: Any) -> bool:
    """Tell whether the declaration holds the same bits."""
    return declared is leaf or (declared is not UNKNOWN and leaf_bytes(declared) == leaf_bytes(leaf))
