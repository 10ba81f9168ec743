"""Arguments handed to a function that may change them, or return them: noticed cheaply, named where it happened."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from operator import is_
from typing import Any

import numpy as np

from gradproof._nesting import Vector, walk
from gradproof._structure import Arguments

_LEAVES = (np.ndarray, float)


class Handed:
    """Copies of the arguments for one call: writable, contiguous, in memory of their own.

    Parameters
    ----------
    arguments : Arguments
    vector : float64 array, shape (n,)
        The values of the float entries.
    own_dtypes : bool, optional
        Each array gets back the dtype in which it came; else it is float64.
    """

    def __init__(self, arguments: Arguments, vector: Vector, *, own_dtypes: bool = False) -> None:
        self._arguments, self._vector, self._own_dtypes = arguments, vector, own_dtypes
        # The float64 arrays among the arguments are views of this.
        self._memory = vector.copy()
        self.args = arguments.view(self._memory, own_dtypes=own_dtypes)
        self._parts = _parts(self.args)
        self._arrays = [part for part in self._parts if isinstance(part, np.ndarray)]
        self._shapes = [array.shape for array in self._arrays]
        self._apart = [(array, array.copy()) for array in self._arrays if array.base is not self._memory]

    def call(self, function: Callable[..., Any], name: str) -> Any:
        """Return what the function makes of the arguments; what it raises says whether it changed them before."""
        try:
            return function(*self.args)
        except Exception as error:
            changed = self.changed()
            if changed:
                error.add_note(
                    f"{name} also changed its argument {changed} before it raised. Let it work on a copy."
                )
            raise

    def changed(self) -> str | None:
        """Return the path of the first part that is not what was handed out, or None."""
        if self._intact():
            return None
        before = self._arguments.rebuild(self._vector, own_dtypes=self._own_dtypes)
        return Arguments.changed(before, self.args, self._arguments.names)

    def shared_with(self, result: object) -> str | None:
        """Return the path of an array that some float array in `result` shares memory with, or None."""
        for part in _parts(result):
            if not isinstance(part, np.ndarray) or part.dtype.kind not in "fc":
                continue
            # All of these are contiguous or views of contiguous memory, for which overlapping bounds mean sharing.
            if np.may_share_memory(part, self._memory) or any(
                np.may_share_memory(part, array) for array, _ in self._apart
            ):
                leaves = (
                    (path, leaf)
                    for arg, name in zip(self.args, self._arguments.names, strict=True)
                    for path, leaf in walk(arg, name)
                )
                return next(path for path, leaf in leaves if np.may_share_memory(part, leaf))
        return None

    def _intact(self) -> bool:
        now = _parts(self.args)
        return (
            len(now) == len(self._parts)
            and all(map(is_, now, self._parts))
            and [array.shape for array in self._arrays] == self._shapes
            and bool((self._memory == self._vector).all())
            and all(np.array_equal(array, copy) for array, copy in self._apart)
        )


def _parts(tree: object) -> list[Any]:
    """Return all containers, keys and leaves of a tree, in order."""
    found: list[Any] = []
    _collect(tree, found)
    return found


def _collect(tree: Any, found: list[Any]) -> None:
    found.append(tree)
    if isinstance(tree, _LEAVES):
        return
    if isinstance(tree, (tuple, list)):
        children = tree
    elif isinstance(tree, Mapping):
        found.extend(tree)
        children = tuple(tree.values())
    elif dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        children = [getattr(tree, field.name) for field in dataclasses.fields(tree)]
    else:
        return
    for child in children:
        _collect(child, found)
