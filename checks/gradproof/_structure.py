"""Arguments of any nesting as one vector of floats, and the way back, with a path for every entry."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]
Table: TypeAlias = NDArray[np.float64]
Builder: TypeAlias = Callable[[NDArray[Any], bool], Any]


class StructureError(ValueError):
    """A gradient whose structure, shape or dtype is not that of the arguments."""


@dataclass(frozen=True)
class Leaf:
    """One float array among the arguments: where it stands, and its slice of the vector."""

    path: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    start: int
    stop: int


class Arguments:
    """The float leaves of `args` as one float64 vector; everything else is held fixed.

    Parameters
    ----------
    args : tuple
        Positional arguments: arrays and floats, or dicts, lists, tuples, namedtuples and dataclasses of them.
    names : sequence of str
        The name of each argument, with which the paths begin.

    Raises
    ------
    TypeError
        Where no argument holds a float, or one holds complex parameters or objects.
    """

    def __init__(self, args: tuple[Any, ...], names: tuple[str, ...]) -> None:
        self._args = args
        self.names = names
        leaves, parts, start = [], [], 0
        for name, arg in zip(names, args, strict=True):
            for path, value in _walk(arg, name):
                if not _is_float(value, path):
                    continue
                array = np.asarray(value)
                leaves.append(Leaf(path, array.shape, array.dtype, start, start + array.size))
                parts.append(array.astype(np.float64).ravel())
                start += array.size
        if not leaves:
            message = (
                f"at least one argument must hold floats; got {_describe(args)}. "
                "Integer arrays are held fixed: convert the parameters with .astype(float)."
            )
            raise TypeError(message)
        self.leaves: tuple[Leaf, ...] = tuple(leaves)
        self.vector: Vector = np.concatenate(parts)
        remaining = iter(self.leaves)
        self._builders = [_builder(arg, remaining) for arg in args]
        self.eps: Vector = np.concatenate(
            [np.full(leaf.stop - leaf.start, float(np.finfo(leaf.dtype).eps)) for leaf in leaves]
        )

    def rebuild(self, vector: NDArray[Any], *, own_dtypes: bool = False) -> tuple[Any, ...]:
        """Return the arguments as fresh copies, their float leaves taken from `vector` (real or complex), shape (n,).

        With `own_dtypes` each leaf gets back the dtype in which it came; else it keeps that of `vector`.
        """
        return tuple(build(vector, own_dtypes) for build in self._builders)

    def locate(self, entry: int) -> tuple[str, tuple[int, ...]]:
        """Return the path of the leaf that holds vector entry `entry`, and the index inside it."""
        leaf = next(leaf for leaf in self.leaves if leaf.start <= entry < leaf.stop)
        return leaf.path, tuple(int(i) for i in np.unravel_index(entry - leaf.start, leaf.shape))

    def name(self, entry: int) -> str:
        """Return the entry as one would write it: weight[2, 0]."""
        path, index = self.locate(entry)
        return f"{path}[{', '.join(map(str, index))}]" if index else path

    def leafwise_max(self, values: Vector) -> Vector:
        """Return for each entry the largest of `values` (non-negative) in its leaf, shape (n,)."""
        largest = np.zeros(len(values))
        for leaf in self.leaves:
            part = slice(leaf.start, leaf.stop)
            largest[part] = values[part].max(initial=0.0)
        return largest

    @staticmethod
    def changed(before: tuple[Any, ...], after: tuple[Any, ...], names: tuple[str, ...]) -> str | None:
        """Return the path of the first array that differs between two copies of the arguments, or None."""
        for name, old, new in zip(names, before, after, strict=True):
            now = dict(_walk(new, name))
            for path, value in _walk(old, name):
                if isinstance(value, np.ndarray) and not _same(value, now.get(path)):
                    return path
        return None

    def flatten(self, gradient: Any) -> tuple[Vector, Vector]:
        """Match `gradient` against the arguments.

        Returns
        -------
        values : float64 array, shape (n,)
            The gradient's entries in the order of `vector`.
        units : float64 array, shape (n,)
            The unit roundoff of the dtype in which each entry came.

        Raises
        ------
        StructureError
            Naming the path where the structure, a shape or a dtype differs.
        """
        errors = []
        for args, names, grads in self._readings(gradient):
            try:
                pairs = [
                    pair
                    for arg, grad, name in zip(args, grads, names, strict=True)
                    for pair in _match(arg, grad, name)
                ]
            except StructureError as error:
                errors.append(error)
            else:
                values = [np.asarray(grad, dtype=np.float64).ravel() for _, grad in pairs]
                units = [np.full(grad.size, np.finfo(grad.dtype).eps / 2) for _, grad in pairs]
                return np.concatenate(values), np.concatenate(units)
        raise errors[-1]

    def _readings(self, gradient: Any) -> Iterator[tuple[tuple[Any, ...], tuple[str, ...], tuple[Any, ...]]]:
        """Yield the ways to read a gradient: one part per argument, per float argument, or bare for the only one.

        The last reading is the one whose mismatch is worth reporting.
        """
        varying = [
            (arg, name)
            for arg, name in zip(self._args, self.names, strict=True)
            if any(_is_float(value, path) for path, value in _walk(arg, name))
        ]
        args = tuple(arg for arg, _ in varying)
        names = tuple(name for _, name in varying)
        is_sequence = isinstance(gradient, tuple | list)
        if is_sequence and len(self._args) > 1 and len(gradient) == len(self._args):
            yield self._args, self.names, tuple(gradient)
        if len(varying) == 1:
            if is_sequence and len(gradient) == 1:
                yield args, names, tuple(gradient)
            yield args, names, (gradient,)
        elif is_sequence and len(gradient) == len(args):
            yield args, names, tuple(gradient)
        else:
            message = (
                f"the gradient must hold one part for each of {', '.join(names)}; got {_describe(gradient)}. "
                "Return a tuple in the order of the arguments."
            )
            raise StructureError(message)


def argument_names(f: Callable[..., Any], count: int) -> tuple[str, ...]:
    """Return the names of the first `count` positional parameters of `f`, or args[i] where it names none."""
    fallback = tuple(f"args[{i}]" for i in range(count))
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return fallback
    named = [p.name for p in parameters if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}][:count]
    return tuple(named) + fallback[len(named) :]


def _children(tree: object) -> list[tuple[str, Any]] | None:
    """Return the parts of a container with the text that leads to each, or None for a leaf."""
    if isinstance(tree, Mapping):
        return [(f"[{key!r}]", value) for key, value in tree.items()]
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return [(f".{name}", value) for name, value in zip(tree._fields, tree, strict=True)]
    if isinstance(tree, list | tuple):
        return [(f"[{i}]", value) for i, value in enumerate(tree)]
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return [(f".{field.name}", getattr(tree, field.name)) for field in dataclasses.fields(tree)]
    return None


def _walk(tree: object, path: str) -> Iterator[tuple[str, Any]]:
    children = _children(tree)
    if children is None:
        yield path, tree
        return
    for step, child in children:
        yield from _walk(child, path + step)


def _builder(tree: Any, leaves: Iterator[Leaf]) -> Builder:
    """Return the function that rebuilds `tree` from a vector; made once, since it is called at every evaluation."""
    children = _children(tree)
    if children is None:
        return _leaf_builder(tree, next(leaves)) if _is_float(tree, "") else _fixed_builder(tree)
    parts = [_builder(child, leaves) for _, child in children]
    if isinstance(tree, Mapping):
        keys = list(tree)
        return lambda vector, own: {key: part(vector, own) for key, part in zip(keys, parts, strict=True)}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return lambda vector, own: type(tree)(*(part(vector, own) for part in parts))
    if isinstance(tree, list | tuple):
        return lambda vector, own: type(tree)([part(vector, own) for part in parts])
    names = [field.name for field in dataclasses.fields(tree)]
    return lambda vector, own: dataclasses.replace(
        tree, **{name: part(vector, own) for name, part in zip(names, parts, strict=True)}
    )


def _leaf_builder(tree: Any, leaf: Leaf) -> Builder:
    part = slice(leaf.start, leaf.stop)
    if isinstance(tree, np.ndarray):
        return lambda vector, own: (
            vector[part].reshape(leaf.shape).astype(leaf.dtype if own else vector.dtype)
        )
    return lambda vector, own: vector[part].astype(leaf.dtype if own else vector.dtype)[0]


def _fixed_builder(tree: Any) -> Builder:
    """Return what is held fixed; arrays as copies, since what is called may overwrite them."""
    if isinstance(tree, np.ndarray):
        return lambda _vector, _own: tree.copy()
    return lambda _vector, _own: tree


def _same(old: NDArray[Any], new: object) -> bool:
    return isinstance(new, np.ndarray) and np.array_equal(old, new, equal_nan=old.dtype.kind in "fc")


def _is_float(value: object, path: str) -> bool:
    """Tell whether a leaf varies; refuse what can be neither varied nor held fixed."""
    if isinstance(value, bool | int | str | bytes) or value is None:
        return False
    kind = value.dtype.kind if isinstance(value, np.ndarray | np.generic) else type(value).__name__[0]
    if isinstance(value, float) or kind == "f":
        return True
    if isinstance(value, np.ndarray | np.generic | complex) and kind in "cO":
        message = (
            f"arguments must be real; got {path} of {_describe(value)}. "
            "Pass its real and imaginary parts as two real arrays."
        )
        raise TypeError(message)
    return False


def _match(tree: object, gradient: Any, path: str) -> Iterator[tuple[str, NDArray[Any]]]:
    children = _children(tree)
    if children is None:
        if _is_float(tree, path):
            yield path, _float_gradient(np.asarray(tree), gradient, path)
        return
    if not any(_is_float(value, where) for where, value in _walk(tree, path)):
        return
    parts = _children(gradient)
    if parts is None or [step for step, _ in parts] != [step for step, _ in children]:
        wanted = ", ".join(step for step, _ in children)
        message = (
            f"the gradient must be structured like {path} (parts {wanted}); got {_describe(gradient)}. "
            "Return the same containers as the argument."
        )
        raise StructureError(message)
    for (step, child), (_, part) in zip(children, parts, strict=True):
        yield from _match(child, part, path + step)


def _float_gradient(argument: NDArray[Any], gradient: object, path: str) -> NDArray[Any]:
    array = np.asarray(gradient)
    if array.dtype.kind != "f":
        message = f"the gradient of {path} must be a float array; got {_describe(gradient)}. Return floats."
        raise StructureError(message)
    if array.shape != argument.shape:
        message = (
            f"the gradient of {path} must have its shape {argument.shape}; got shape {array.shape}. "
            "Sum over broadcast axes, keep every other axis."
        )
        raise StructureError(message)
    if array.dtype.itemsize < argument.dtype.itemsize:
        message = (
            f"the gradient of {path} must be as precise as the argument ({argument.dtype}); got {array.dtype}. "
            "Compute it in the argument's dtype."
        )
        raise StructureError(message)
    return array


def _describe(value: object) -> str:
    if isinstance(value, np.ndarray | np.generic):
        return f"{value.dtype} array of shape {value.shape}"
    if isinstance(value, tuple | list):
        return f"{type(value).__name__}({', '.join(_describe(part) for part in value)})"
    return type(value).__name__
