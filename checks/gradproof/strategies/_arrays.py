"""Float arrays with one awkward feature at a time, at any scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradproof.strategies import _features
from gradproof.strategies._shapes import Shape, Shapes, as_strategy, shapes

Array: TypeAlias = npt.NDArray[Any]

# Few bits, so that entries print short and stay comparable: 0, or 6e-5 at the least.
_NUMBERS = st.floats(-2, 2, width=16, allow_subnormal=False)


def arrays(
    shape: Shapes | None = None,
    *,
    scales: tuple[int, int] = (-8, 8),
    zeros: bool = True,
    ties: bool = True,
    rows: bool = True,
    kinks: Sequence[float] = (0.0,),
    subnormals: bool = True,
    dtype: npt.DTypeLike = np.float64,
) -> st.SearchStrategy[Array]:
    """Draw float arrays: entries in [-2, 2] of few bits, times a scale, with at most one awkward feature.

    Parameters
    ----------
    shape : int, tuple of int or strategy of tuples, optional
        `shapes()` by default.
    scales : pair of int
        The array is multiplied by a power of ten between 10**scales[0] and 10**scales[1]; ``(0, 0)`` switches it off.
        Narrow dtypes narrow the range.
    zeros : bool
        Some or all entries are exactly 0. Off, no entry is: not by chance either.
    ties : bool
        Some entries are equal, or differ in their last digits.
    rows : bool
        Rows (along the last axis) are constant, or one-hot where `zeros` allows it.
    kinks : sequence of float
        Some entries lie at one of these or beside it, at a distance of 1e-9 to 1e-1; ``()`` switches it off. A kink
        at 0 is only met from beside where `zeros` is off.
    subnormals : bool
        Some entries are smaller than the smallest normal number.
    dtype : dtype
        float64, float32 or float16.

    Returns
    -------
    strategy of float arrays

    Raises
    ------
    ValueError
        Where `dtype` is not a float, or `scales` is no range.

    Notes
    -----
    The scale multiplies the entries of which the features are made, and not the kinks, which stand where f has them.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(arrays(2), lambda array: array.all())
    array([1., 1.])
    """
    kind = np.dtype(dtype)
    if kind.kind != "f":
        raise ValueError(f"dtype must be a float; got dtype={kind}. Draw integers with `labels`.")
    low, high = scales
    if low > high:
        raise ValueError(f"scales must be a range of exponents; got scales={scales}. Put the smaller first.")
    features: list[_features.Feature] = [_features.plain]
    features += [_features.with_zeros] if zeros else []
    features += [_features.with_ties] if ties else []
    features += [_features.with_constant_rows] if rows else []
    features += [_features.with_one_hot_rows] if rows and zeros else []
    features += [_features.with_subnormals(kind)] if subnormals else []
    features += [_features.at(kink) for kink in kinks if kink or zeros]
    features += [_features.beside(kink) for kink in kinks]
    numbers = _NUMBERS if zeros else _NUMBERS.map(lambda number: number or 1.0)
    return _arrays(
        shapes() if shape is None else as_strategy(shape),
        numbers,
        st.integers(*_within(kind, low, high)).map(lambda exponent: float(f"1e{exponent}")),
        st.sampled_from(features),
        kind,
    )


@st.composite
def _arrays(
    draw: st.DrawFn,
    shape: st.SearchStrategy[Shape],
    numbers: st.SearchStrategy[float],
    scale: st.SearchStrategy[float],
    feature: st.SearchStrategy[_features.Feature],
    dtype: np.dtype[Any],
) -> Array:
    values: Array = draw(hnp.arrays(np.float64, draw(shape), elements=numbers, fill=st.nothing()))
    values *= draw(scale)
    if values.size:
        values = draw(feature)(draw, values)
    return values.astype(dtype)


def _within(dtype: np.dtype[Any], low: int, high: int) -> tuple[int, int]:
    """Return the part of a range of exponents that leaves entries of few bits finite and normal in `dtype`."""
    limits = np.finfo(dtype)
    smallest = int(np.ceil(np.log10(float(limits.tiny)))) + 5
    largest = int(np.floor(np.log10(float(limits.max)))) - 1
    low = min(max(low, min(smallest, 0)), largest)
    return low, max(min(high, largest), low)
