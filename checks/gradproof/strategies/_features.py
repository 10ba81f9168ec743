"""What makes an array awkward, one feature a function: it draws where, and returns the array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Feature: TypeAlias = Callable[[st.DrawFn, Array], Array]

# Equal, and from the last digit on up.
_GAPS = st.sampled_from([0.0, 2.0**-52, 1e-12, 1e-9, 1e-6, 1e-3])
_DISTANCES = st.integers(1, 9).map(lambda digits: float(f"1e-{digits}"))
_SIDES = st.sampled_from([1.0, -1.0])
_MOST = 8


def plain(draw: st.DrawFn, values: Array) -> Array:
    """Leave the array as it is."""
    del draw
    return values


def with_zeros(draw: st.DrawFn, values: Array) -> Array:
    """Set some entries, or all, to exactly 0."""
    values.flat[_places(draw, values) if draw(st.booleans()) else slice(None)] = 0.0
    return values


def with_ties(draw: st.DrawFn, values: Array) -> Array:
    """Give some entries the value of another, or nearly."""
    source = draw(st.integers(0, values.size - 1))
    values.flat[_places(draw, values)] = values.flat[source] * (1 + draw(_GAPS))
    return values


def with_constant_rows(draw: st.DrawFn, values: Array) -> Array:
    """Make all entries of a row equal."""
    row = _row(draw, values)
    row[:] = row[0]
    return values


def with_one_hot_rows(draw: st.DrawFn, values: Array) -> Array:
    """Make a row all 0 but for one entry, which is 1."""
    row = _row(draw, values)
    row[:] = 0.0
    row[draw(st.integers(0, len(row) - 1))] = 1.0
    return values


def with_subnormals(dtype: np.dtype[Any]) -> Feature:
    """Return the feature of entries below the smallest normal number of a dtype."""
    smallest = float(np.finfo(dtype).smallest_subnormal)
    largest = float(np.finfo(dtype).tiny) / 2

    def set_some(draw: st.DrawFn, values: Array) -> Array:
        values.flat[_places(draw, values)] = draw(st.sampled_from([largest, smallest, -largest]))
        return values

    return set_some


def at(kink: float) -> Feature:
    """Return the feature of entries that lie at a kink."""

    def set_some(draw: st.DrawFn, values: Array) -> Array:
        values.flat[_places(draw, values)] = kink
        return values

    return set_some


def beside(kink: float) -> Feature:
    """Return the feature of entries that lie beside a kink, at a distance of 1e-9 to 1e-1."""

    def set_some(draw: st.DrawFn, values: Array) -> Array:
        values.flat[_places(draw, values)] = kink + draw(_SIDES) * draw(_DISTANCES)
        return values

    return set_some


def _places(draw: st.DrawFn, values: Array) -> list[int]:
    """Draw some entries, at least one, by their places in the flat array."""
    return draw(st.lists(st.integers(0, values.size - 1), min_size=1, max_size=_MOST, unique=True))


def _row(draw: st.DrawFn, values: Array) -> Array:
    """Draw a row along the last axis, as a view of its entries."""
    rows = values.reshape(-1, values.shape[-1] if values.ndim else 1)
    row: Array = rows[draw(st.integers(0, len(rows) - 1))]
    return row
