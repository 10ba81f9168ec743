"""What may be passed: dtype, shape and range checks with the message that says what to do.

Every check reads dtypes and shapes only, except where a wrong value would be used silently (labels, targets
and the scalars of an update); none scans a float array for NaN.
"""

import operator
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.inexact[Any]]
"""A float array: real (float32, float64, longdouble) or complex, for the complex step."""

IntArray: TypeAlias = npt.NDArray[np.integer[Any]]
BoolArray: TypeAlias = npt.NDArray[np.bool]


def float_array(name: str, value: npt.ArrayLike, *, axes: str = "") -> FloatArray:
    """Return `value` as a float array with at least the named trailing axes, such as ``"n, d_in"``."""
    array = np.asarray(value)
    if array.dtype.kind not in "fc":
        raise TypeError(
            f"{name} must hold floats; got {name}.dtype={array.dtype}. Convert with np.asarray({name}, dtype=float)."
        )
    if axes and array.ndim < axes.count(",") + 1:
        raise ValueError(
            f"{name} must have the shape (..., {axes}); got {name}.shape={array.shape}. Insert the missing axes."
        )
    return array


def require_same_size(what: str, *sides: tuple[str, tuple[int, ...], int]) -> None:
    """Require one size on an axis of several arrays, each side given as (name, shape, axis)."""
    if len({shape[axis] for _, shape, axis in sides}) > 1:
        names = " and ".join(name for name, _, _ in sides)
        shapes = ", ".join(f"{name}.shape={shape}" for name, shape, _ in sides)
        raise ValueError(f"{names} must agree in {what}; got {shapes}. Check which axis is {what}.")


def broadcast_leading(*sides: tuple[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Return the common shape of the leading axes, each side given as (name, its leading axes)."""
    try:
        return np.broadcast_shapes(*(leading for _, leading in sides))
    except ValueError:
        names = ", ".join(name for name, _ in sides)
        shapes = ", ".join(f"{name} with leading axes {leading}" for name, leading in sides)
        raise ValueError(
            f"the leading axes of {names} must broadcast; got {shapes}. Insert axes of length 1 with np.newaxis."
        ) from None


def require_examples(name: str, shape: tuple[int, ...], axis: int) -> None:
    """Require at least one example on the axis that counts them."""
    if shape[axis] == 0:
        raise ValueError(
            f"a batch must hold at least one example; got {name}.shape={shape}. Drop empty batches."
        )


def require_fields(name: str, value: object, kind: Any) -> None:
    """Require a named tuple of that kind, or a plain tuple or list with as many entries."""
    if not isinstance(value, tuple | list) or len(value) != len(kind._fields):
        raise TypeError(
            f"{name} must be a {kind.__name__}; got {name} of type {type(value).__name__}. "
            f"Pass {kind.__name__}({', '.join(kind._fields)})."
        )


def label_array(name: str, value: npt.ArrayLike, n_classes: int, *, axes: str = "") -> IntArray:
    """Return `value` as an integer array of 0-based classes (or indices), each in [0, n_classes)."""
    array = np.asarray(value)
    if array.dtype.kind not in "iu":
        raise TypeError(
            f"{name} must hold integers; got {name}.dtype={array.dtype}. Convert with np.asarray({name}, dtype=int)."
        )
    if axes and array.ndim < axes.count(",") + 1:
        raise ValueError(
            f"{name} must have the shape (..., {axes}); got {name}.shape={array.shape}. Insert the missing axes."
        )
    if array.size and not (array.min() >= 0 and array.max() < n_classes):
        where = first_index((array < 0) | (array >= n_classes))
        raise ValueError(
            f"{name} must lie in [0, {n_classes}); got {name}{subscript(where)}={array[where]}. Use 0-based classes."
        )
    return array


def count(name: str, value: object, *, minimum: int = 1) -> int:
    """Return `value` as an int of at least `minimum`."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]  # the call is the check
    except TypeError:
        raise TypeError(
            f"{name} must be an integer; got {name}={value!r}. Convert with int({name})."
        ) from None
    if isinstance(value, bool | np.bool):
        raise TypeError(f"{name} must be an integer; got {name}={value!r}. Pass a count.")
    if number < minimum:
        raise ValueError(f"{name} must be at least {minimum}; got {name}={number}. Pass a larger count.")
    return number


def real_in(
    name: str, value: npt.ArrayLike, low: float, high: float = np.inf, *, open_low: bool = False
) -> npt.NDArray[Any]:
    """Return a real scalar, or one per stacked model, that lies in [low, high): finite by default."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        raise TypeError(
            f"{name} must be a real number; got {name}={value!r}. Pass a float, or one per stacked model."
        )
    # Written so that NaN is outside.
    inside = ((array > low) if open_low else (array >= low)) & (array < high)
    if not inside.all():
        where = first_index(~inside)
        interval = f"{'(' if open_low else '['}{low:g}, {high:g})"
        raise ValueError(
            f"{name} must lie in {interval}; got {name}{subscript(where)}={array[where]}. Choose a value inside."
        )
    return array


def first_index(mask: npt.NDArray[np.bool]) -> tuple[int, ...]:
    """Return the index of the first True."""
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(mask)), mask.shape))


def subscript(index: Iterable[int]) -> str:
    """Return ``[i, j]``, or nothing for a scalar."""
    inner = ", ".join(map(str, index))
    return f"[{inner}]" if inner else ""
