"""Arguments of any nesting as one vector of floats, and the way back, with a path for every entry."""

from __future__ import annotations

import bisect
import functools
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradproof._nesting import Leaf, Vector, builder_of, children_of, describe, is_complex, is_float, walk
from gradproof._take import taker_of

# A leaf whose entries are smaller than this counts as zero.
_SMALLEST_SCALE = 2.0**-44


_REMEDY = {"float": "floats", "complex": "∂f/∂x + i ∂f/∂y for x + i y"}


class StructureError(ValueError):
    """A gradient whose structure, shape or dtype is not that of the arguments."""


class Arguments:
    """The float leaves of `args` as one float64 vector; everything else is held fixed.

    Parameters
    ----------
    args : tuple
        Positional arguments: arrays and floats, or dicts, lists, tuples, namedtuples and dataclasses of them.
    names : sequence of str
        The name of each argument, with which the paths begin.

    Attributes
    ----------
    leaves : tuple of Leaf
    vector : float64 array, shape (n,)
    is_complex : bool
        A leaf is complex. It is carried as its real and its imaginary part, so that f takes no complex step.

    Raises
    ------
    TypeError
        Where no argument holds a float, or one is an array of objects or of a class of its own.
    ValueError
        Where all arrays are empty.
    """

    def __init__(self, args: tuple[Any, ...], names: tuple[str, ...]) -> None:
        self.args = args
        self.names = names
        leaves: list[Leaf] = []
        parts, start = [], 0
        self.is_complex = False
        varying = []
        for name, arg in zip(names, args, strict=True):
            first = len(leaves)
            for path, value in walk(arg, name):
                if not is_float(value, path):
                    continue
                self.is_complex |= is_complex(value)
                for where, array in _real_parts(np.asarray(value), path):
                    leaves.append(Leaf(where, array.shape, array.dtype, start, start + array.size))
                    parts.append(array.astype(np.float64).ravel())
                    start += array.size
            if len(leaves) > first:
                varying.append((arg, name))
        if not leaves:
            message = (
                f"at least one argument must hold floats; got {describe(args)}. "
                "Integer arrays are held fixed: convert the parameters with .astype(float)."
            )
            raise TypeError(message)
        if not start:
            raise ValueError(
                f"at least one entry must vary; got only empty arrays: {describe(args)}. "
                "Pass arguments that hold a number."
            )
        self.leaves: tuple[Leaf, ...] = tuple(leaves)
        self.vector: Vector = np.concatenate(parts)
        self._starts = [leaf.start for leaf in leaves]
        self._sizes = np.array([leaf.stop - leaf.start for leaf in leaves])
        self._filled = np.flatnonzero(self._sizes)
        self._filled_starts = np.array(self._starts)[self._filled]
        self._largest: Vector | None = None
        self._leaf_scales: Vector | None = None
        self._varying = tuple(varying)
        remaining = iter(self.leaves)
        self._builders = [builder_of(arg, remaining) for arg in args]
        remaining = iter(self.leaves)
        self._takers = [taker_of(arg, remaining) for arg in args]

    def require_finite(self) -> None:
        """Raise ValueError at the first entry that is NaN or infinite."""
        if not np.all(np.isfinite(self.vector)):
            path, index = self.locate(int(np.flatnonzero(~np.isfinite(self.vector))[0]))
            raise ValueError(
                f"arguments must be finite; got a NaN or infinity at {path}{list(index)}. Remove it."
            )

    def rebuild(self, vector: NDArray[Any], *, own_dtypes: bool = False) -> tuple[Any, ...]:
        """Return the arguments with their float leaves taken from `vector` (real or complex), shape (..., n).

        Leading axes of points come first in every float leaf. Nothing is shared with the caller's arguments, and no
        memory with `vector`. With `own_dtypes` each leaf gets back the dtype in which it came; else it keeps that of
        `vector`.
        """
        return self.view(vector.copy(), own_dtypes=own_dtypes)

    def view(self, vector: NDArray[Any], *, own_dtypes: bool = False) -> tuple[Any, ...]:
        """Return the same as `rebuild`, but the leaves share the memory of `vector`, which the caller gives away."""
        return tuple(build(vector, own_dtypes) for build in self._builders)

    def locate(self, entry: int) -> tuple[str, tuple[int, ...]]:
        """Return the path of the leaf that holds vector entry `entry`, and the index inside it."""
        # Empty leaves start where the next one does: the last that starts there holds the entry.
        leaf = self.leaves[bisect.bisect_right(self._starts, entry) - 1]
        return leaf.path, tuple(int(i) for i in np.unravel_index(entry - leaf.start, leaf.shape))

    def name(self, entry: int) -> str:
        """Return the entry as one would write it: weight[2, 0]."""
        path, index = self.locate(entry)
        return f"{path}[{', '.join(map(str, index))}]" if index else path

    def leafwise_max(self, values: Vector) -> Vector:
        """Return for each entry the largest of `values` (non-negative) in its leaf, shape (n,)."""
        return self.spread(self._per_leaf(np.maximum, values))

    def largest_by_leaf(self) -> Vector:
        """Return the size of the largest entry of each leaf, shape (leaves,); 0 for an empty one."""
        if self._largest is None:
            self._largest = self._per_leaf(np.maximum, np.abs(self.vector))
        return self._largest

    def leaf_scales(self) -> Vector:
        """Return a natural step for each leaf as a whole, a power of two near its root mean square; 1 for zeros."""
        if self._leaf_scales is None:
            # Squares of numbers of size 1 neither overflow nor vanish.
            largest = self.largest_by_leaf()
            squares = np.square(self.vector / self.spread(np.where(largest > 0, largest, 1.0)))
            sizes = largest * np.sqrt(self._per_leaf(np.add, squares) / np.maximum(self._sizes, 1))
            self._leaf_scales = power_of_two(np.where(sizes < _SMALLEST_SCALE, 1.0, sizes))
        return self._leaf_scales

    def spread(self, per_leaf: Vector) -> Vector:
        """Return what each leaf has for each of its entries, shape (n,)."""
        return np.repeat(per_leaf, self._sizes)

    def _per_leaf(self, combine: np.ufunc, values: Vector) -> Vector:
        """Return the entries of each leaf combined, shape (leaves,); 0 for an empty leaf."""
        found: Vector = combine.reduceat(values, self._filled_starts)
        if len(found) == len(self.leaves):
            return found
        combined = np.zeros(len(self.leaves))
        combined[self._filled] = found
        return combined

    @staticmethod
    def changed(before: tuple[Any, ...], after: tuple[Any, ...], names: tuple[str, ...]) -> str | None:
        """Return the path of the first leaf that differs between two copies of the arguments, or None."""
        if all(_unchanged(old, new) for old, new in zip(before, after, strict=True)):
            return None
        for name, old, new in zip(names, before, after, strict=True):
            now, then = dict(walk(new, name)), dict(walk(old, name))
            for path in [*then, *(now.keys() - then.keys())]:
                if not _same(then.get(path), now.get(path)):
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
        taken = np.empty(len(self.vector))
        if self._take(gradient, taken):
            return taken, self._units
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
                parts = [part for path, grad in pairs for _, part in _real_parts(grad, path)]
                values = [np.asarray(part, dtype=np.float64).ravel() for part in parts]
                units = np.array([unit_roundoff(part.dtype) for part in parts])
                return np.concatenate(values), self.spread(units)
        raise errors[-1]

    @functools.cached_property
    def _units(self) -> Vector:
        """The unit roundoff of the dtype in which each entry of the arguments came."""
        return self.spread(np.array([unit_roundoff(leaf.dtype) for leaf in self.leaves]))

    def _take(self, gradient: Any, values: Vector) -> bool:
        """Read a gradient in the first of the ways that `_readings` has for it, if it is exactly like the arguments."""
        is_sequence = isinstance(gradient, tuple | list)
        if is_sequence and len(self._takers) > 1 and len(gradient) == len(self._takers):
            return all(
                taker is None or taker(part, values)
                for taker, part in zip(self._takers, gradient, strict=True)
            )
        takers = [taker for taker in self._takers if taker is not None]
        if len(takers) == 1 and not (is_sequence and len(gradient) == 1):
            return takers[0](gradient, values)
        return (
            is_sequence
            and len(gradient) == len(takers)
            and all(taker(part, values) for taker, part in zip(takers, gradient, strict=True))
        )

    def _readings(self, gradient: Any) -> Iterator[tuple[tuple[Any, ...], tuple[str, ...], tuple[Any, ...]]]:
        """Yield the ways to read a gradient: one part per argument, per float argument, or bare for the only one.

        The last reading is the one whose mismatch is worth reporting.
        """
        args = tuple(arg for arg, _ in self._varying)
        names = tuple(name for _, name in self._varying)
        is_sequence = isinstance(gradient, tuple | list)
        if is_sequence and len(self.args) > 1 and len(gradient) == len(self.args):
            yield self.args, self.names, tuple(gradient)
        if len(args) == 1:
            if is_sequence and len(gradient) == 1:
                yield args, names, tuple(gradient)
            yield args, names, (gradient,)
        elif is_sequence and len(gradient) == len(args):
            yield args, names, tuple(gradient)
        else:
            message = (
                f"the gradient must hold one part for each of {', '.join(names)}; got {describe(gradient)}. "
                "Return a tuple in the order of the arguments."
            )
            raise StructureError(message)


def _real_parts(array: NDArray[Any], path: str) -> list[tuple[str, NDArray[Any]]]:
    """Return an array, or the real and the imaginary part of a complex one, with their paths."""
    if array.dtype.kind == "c":
        return [(f"{path}.real", array.real), (f"{path}.imag", array.imag)]
    return [(path, array)]


@functools.cache
def unit_roundoff(dtype: np.dtype[Any]) -> float:
    """Return by how much rounding to a float dtype may change a number, relative to it."""
    return float(np.finfo(dtype).eps) / 2


def power_of_two(sizes: Vector) -> Vector:
    """Return the powers of two nearest to some positive numbers."""
    powers: Vector = np.exp2(np.round(np.log2(sizes)))
    return powers


def argument_names(f: Callable[..., Any], count: int) -> tuple[str, ...]:
    """Return the names of the first `count` positional parameters of `f`, or args[i] where it names none."""
    fallback = tuple(f"args[{i}]" for i in range(count))
    function, bound = (f.__func__, 1) if isinstance(f, types.MethodType) else (f, 0)
    if type(function) is types.FunctionType and not vars(function):
        # What the signature of a plain function or method says, at a tenth of the cost.
        code = function.__code__
        known: tuple[str, ...] = code.co_varnames[bound : min(bound + count, code.co_argcount)]
        return known + fallback[len(known) :]
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return fallback
    named = [p.name for p in parameters if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}][:count]
    return tuple(named) + fallback[len(named) :]


def _match(tree: object, gradient: Any, path: str) -> Iterator[tuple[str, NDArray[Any]]]:
    children = children_of(tree)
    if children is None:
        if is_float(tree, path):
            yield path, _float_gradient(np.asarray(tree), gradient, path)
        return
    if not any(is_float(value, where) for where, value in walk(tree, path)):
        return
    parts = children_of(gradient)
    if isinstance(tree, Mapping) and isinstance(gradient, Mapping):
        # By key, in any order; a part that holds no floats may be left out.
        known = dict(parts or [])
        free = {
            step for step, child in children if not any(is_float(v, w) for w, v in walk(child, path + step))
        }
        if known.keys() | free == {step for step, _ in children}:
            parts = [(step, known.get(step)) for step, _ in children]
    if parts is None or [step for step, _ in parts] != [step for step, _ in children]:
        wanted = ", ".join(step for step, _ in children)
        message = (
            f"the gradient must be structured like {path} (parts {wanted}); got {describe(gradient)}. "
            "Return the same containers as the argument."
        )
        raise StructureError(message)
    for (step, child), (_, part) in zip(children, parts, strict=True):
        yield from _match(child, part, path + step)


def _float_gradient(argument: NDArray[Any], gradient: object, path: str) -> NDArray[Any]:
    array = np.asarray(gradient)
    if array.dtype.kind != argument.dtype.kind:
        wanted = "complex" if argument.dtype.kind == "c" else "float"
        raise StructureError(
            f"the gradient of {path} must be a {wanted} array; got {describe(gradient)}. Return {_REMEDY[wanted]}."
        )
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


def _unchanged(old: object, new: object) -> bool:
    """Tell whether two trees hold the same; told without paths, since it nearly always is so."""
    children = children_of(old)
    if children is None:
        return _same(old, new)
    others = children_of(new)
    return (
        others is not None
        and [step for step, _ in children] == [step for step, _ in others]
        and all(_unchanged(child, other) for (_, child), (_, other) in zip(children, others, strict=True))
    )


def _same(old: object, new: object) -> bool:
    if isinstance(old, np.ndarray):
        if not isinstance(new, np.ndarray) or old.shape != new.shape:
            return False
        return bool((old == new).all()) or np.array_equal(old, new, equal_nan=old.dtype.kind in "fc")
    return old is new or bool(isinstance(old, complex | float | int | str | np.generic) and old == new)
