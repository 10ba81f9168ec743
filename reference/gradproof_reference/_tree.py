"""Nested parameters: a function applied to every array of a dict, list, tuple, named tuple or dataclass."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from ._validation import float_array

T = TypeVar("T")


def map_leaves(function: Callable[..., object], names: Sequence[str], tree: T, *others: object) -> T:
    """Map ``function(path, leaf, *other_leaves)`` over nested arrays; the result has the structure of `tree`.

    Parameters
    ----------
    function : callable
        Gets the path of the leaf (``"[0].weight"``, empty for a bare array) and one float array per tree.
    names : sequence of str
        What error messages call `tree` and each of `others`.
    tree : nested arrays
        Arrays (anything that is no container counts as one) in dicts, lists, tuples, named tuples,
        dataclasses.
    *others : nested arrays
        Same entries as `tree`; a list may stand for a tuple and the other way round.

    Raises
    ------
    ValueError
        If the structures differ; the message names the path.
    TypeError
        If a leaf is not a float or complex array; the message names the path.

    Examples
    --------
    >>> map_leaves(lambda path, w, g: w - g, ("parameters", "gradients"), {"w": 3.0}, {"w": 1.0})
    {'w': np.float64(2.0)}
    """
    return cast("T", _map(function, names, "", (tree, *others)))


def _map(
    function: Callable[..., object], names: Sequence[str], path: str, trees: tuple[object, ...]
) -> object:
    entries = [_entries(tree) for tree in trees]
    first = entries[0]
    for name, other in zip(names[1:], entries[1:], strict=True):
        if set(other or ()) != set(first or ()) or (other is None) != (first is None):
            raise ValueError(
                f"{name} must have the structure of {names[0]}; got {name}{path}={_describe(other)} where "
                f"{names[0]}{path} is {_describe(first)}. Give one array for each array of {names[0]}."
            )
    if first is None:
        leaves = zip(names, cast("tuple[npt.ArrayLike, ...]", trees), strict=True)
        return function(path, *(float_array(name + path, leaf) for name, leaf in leaves))
    matched = cast("list[dict[str, object]]", entries)
    mapped = [_map(function, names, path + key, tuple(other[key] for other in matched)) for key in first]
    return _rebuild(trees[0], mapped)


def _entries(tree: object) -> dict[str, object] | None:
    """List a container's entries by the suffix each adds to the path; None for a leaf."""
    if isinstance(tree, np.ndarray):  # most trees are arrays, and the questions below are slow
        return None
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return {f".{name}": value for name, value in zip(tree._fields, tree, strict=True)}
    if isinstance(tree, list | tuple):
        return {f"[{index}]": value for index, value in enumerate(tree)}
    if isinstance(tree, Mapping):
        return {f"[{key!r}]": value for key, value in tree.items()}
    if is_dataclass(tree) and not isinstance(tree, type):
        return {f".{field.name}": getattr(tree, field.name) for field in fields(tree)}
    return None


def _rebuild(like: object, values: list[object]) -> object:
    if isinstance(like, Mapping):
        return dict(zip(like, values, strict=True))
    if isinstance(like, list):
        return values
    if isinstance(like, tuple):
        return cast("Any", type(like))(*values) if hasattr(like, "_fields") else tuple(values)
    names = [field.name for field in fields(cast("Any", like))]
    return type(like)(**dict(zip(names, values, strict=True)))


def _describe(entries: dict[str, object] | None) -> str:
    return "an array" if entries is None else f"a container of {', '.join(entries) or 'nothing'}"
