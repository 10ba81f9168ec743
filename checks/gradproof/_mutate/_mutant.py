"""A gradient with a planted error in it, which measures how wrong it was wherever it was called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradproof._mutate._planted import ERRORS, Leaf, Leaves, Point, scale_of
from gradproof._nesting import is_float, walk
from gradproof._structure import Arguments, StructureError
from gradproof._trees import map_leaves

# A leaf that moves f this much less than the whole is seen by gradproof that much less sharply.
_MINOR_LEAF = 2.0**-10
# Roundings of a gradient by which two ways to compute it may differ.
_ROUNDING = 16


class Mutant:
    """A right gradient with a planted error.

    Parameters
    ----------
    grad : callable
        The right gradient; NumPy arrays and floats in any nesting.
    name : str
        Of the error, one of `ERRORS`.
    examined : bool
        Whether an examination calls it, which compares it only where it calls it more than once.

    Attributes
    ----------
    calls : int
        How often it was called.
    """

    def __init__(self, grad: Callable[..., Any], name: str, *, examined: bool = False) -> None:
        self._grad = grad
        self._examined = examined
        self._called_at: Counter[bytes] = Counter()
        self._change = ERRORS[name]()
        self.calls = 0
        # At points of a first call, and at those of a later one, if there are any.
        self._sizes = {False: 0.0, True: 0.0}
        self._compared = False
        self.__name__ = getattr(grad, "__name__", "grad")

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """Return the wrong gradient, in the structure and the dtypes of the right one."""
        self.calls += 1
        right = self._grad(*args, **keywords)
        every = (*args, *keywords.values())
        order = _order(right, every)
        if order is None:
            return right
        arguments = [np.asarray(leaf, np.float64) for leaf in _floats(every)]
        gradient = [np.asarray(leaf, np.float64) for leaf in _floats(right)]
        point = Point([gradient[i] for i in order], arguments, _n_examples(every))
        with np.errstate(all="ignore"):  # what an error makes of the numbers is its own affair
            changed = self._change(point)
        if changed is None:
            return right
        in_place = dict(zip(order, changed, strict=True))
        wrong = _with_floats(right, [in_place[i] for i in range(len(gradient))])
        given = [np.asarray(leaf) for leaf in _floats(wrong)]
        unit = [float(np.finfo(leaf.dtype).eps) / 2 for leaf in given]
        size = _size(point, [given[i] for i in order], [unit[i] for i in order])
        here = b"".join(argument.tobytes() for argument in arguments) if self._examined else b""
        self._called_at[here] += 1
        again = self._examined and self._called_at[here] > 1
        self._sizes[again] = max(self._sizes[again], size)
        self._compared |= again
        return wrong

    @property
    def size(self) -> float:
        """The largest error of an entry so far, in units of the gradient's scale there; 0 where rounding explains it."""
        return self._sizes[self._compared]


def _floats(tree: Any) -> list[Any]:
    return [leaf for path, leaf in walk(tree, "") if is_float(leaf, path)]


def _order(gradient: Any, args: tuple[Any, ...]) -> list[int] | None:
    """Return for each float leaf of the arguments which leaf of the gradient it is.

    Dicts may have another order, so the leaves are numbered and read as an examination would read them. None where
    that cannot be done, as in a call with other arguments than an examination has: such a call stays right, since an
    exception of the mutant's own would pass for an error that was caught.
    """
    count = iter(range(len(_floats(gradient))))
    numbered = map_leaves(
        lambda leaf: np.full(np.shape(leaf), float(next(count))) if is_float(leaf, "") else leaf, gradient
    )
    try:
        arguments = Arguments(args, tuple(f"args[{i}]" for i in range(len(args))))
        numbers, _ = arguments.flatten(numbered)
    except (StructureError, TypeError):
        return None
    starts = [leaf.start for leaf in arguments.leaves if leaf.stop > leaf.start]
    if len(starts) < len(arguments.leaves):
        return None  # an empty leaf has no number
    return [int(numbers[start]) for start in starts]


def _with_floats(tree: Any, leaves: Leaves) -> Any:
    """Return the same structure with other float leaves, in the dtypes of its own."""
    remaining: Iterator[Leaf] = iter(leaves)

    def replaced(leaf: Any) -> Any:
        if not is_float(leaf, ""):
            return leaf
        value = next(remaining)
        if isinstance(leaf, np.ndarray):
            return value.astype(leaf.dtype)
        return type(leaf)(value)

    return map_leaves(replaced, tree)


def _n_examples(args: tuple[Any, ...]) -> int:
    """Return the length of the data's leading axis: of labels, of the last matrix, of the last vector; else 1."""
    arrays = [leaf for _, leaf in walk(args, "") if isinstance(leaf, np.ndarray) and leaf.ndim]
    fixed = [array for array in arrays if array.dtype.kind != "f"]
    matrices = [array for array in arrays if array.ndim > 1]
    for group in (fixed, matrices, arrays):
        if group and len(group[-1]) > 1:
            return len(group[-1])
    return 1


def _size(point: Point, wrong: Leaves, units: list[float]) -> float:
    """Return the largest error in units of the gradient's scale, as an examination has it, or 0 for rounding."""
    influence = [
        float(np.max(np.abs(leaf), initial=0.0)) * scale_of(argument)
        for leaf, argument in zip(point.gradient, point.arguments, strict=True)
    ]
    largest = 0.0
    for right, given, argument, unit in zip(point.gradient, wrong, point.arguments, units, strict=True):
        error = float(np.max(np.abs(given - right), initial=0.0))
        scale = max(
            float(np.max(np.abs(right), initial=0.0)), _MINOR_LEAF * max(influence) / scale_of(argument)
        )
        if np.isnan(error) or error > _ROUNDING * unit * scale:
            largest = max(largest, np.inf if np.isnan(error) or scale == 0 else error / scale)
    return largest
