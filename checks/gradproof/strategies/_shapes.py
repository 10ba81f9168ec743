"""Shapes: axes that shrink to 1, a batch of one example, and no examples at all where that is legal."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

Shape: TypeAlias = tuple[int, ...]
Shapes: TypeAlias = int | Shape | st.SearchStrategy[Shape]


def shapes(
    *, min_dims: int = 0, max_dims: int = 2, max_side: int = 4, empty: bool = False
) -> st.SearchStrategy[Shape]:
    """Draw shapes; with `empty`, the leading axis may have no entries.

    Parameters
    ----------
    min_dims, max_dims : int
        The number of axes lies between them.
    max_side : int
        The longest axis.
    empty : bool
        Off by default: a mean over no examples is no number, and an argument without entries has no gradient.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(shapes(min_dims=2), lambda _: True)
    (1, 1)
    """
    drawn = hnp.array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=1, max_side=max_side)
    return drawn.flatmap(_perhaps_empty) if empty else drawn


def batches(*own: int, largest: int = 4, empty: bool = False) -> st.SearchStrategy[Shape]:
    """Draw shapes (n, *own) of n examples: one, a few, and with `empty` none.

    Parameters
    ----------
    *own : int
        Axes of one example.
    largest : int
        The most examples.
    empty : bool
        Whether n may be 0.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(batches(3), lambda shape: shape[0] > 1)
    (2, 3)
    """
    if largest < 1:
        raise ValueError(f"largest must be at least 1; got largest={largest}. A batch of one is the least.")
    several = st.integers(1, largest).map(lambda n: (n, *own))
    return several | st.just((0, *own)) if empty else several


def as_strategy(shape: Shapes) -> st.SearchStrategy[Shape]:
    """Return a strategy of shapes, whatever stands for one."""
    if isinstance(shape, st.SearchStrategy):
        return shape
    return st.just((shape,) if isinstance(shape, int) else tuple(shape))


def _perhaps_empty(shape: Shape) -> st.SearchStrategy[Shape]:
    return st.sampled_from([shape, (0, *shape[1:])]) if shape else st.just(shape)
