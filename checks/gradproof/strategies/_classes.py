"""What goes with classes: labels and probabilities."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradproof.strategies._shapes import Shape, Shapes, as_strategy

Array: TypeAlias = npt.NDArray[Any]

# Probabilities are multiples of this, so that they sum to exactly 1.
_PARTS = 64


def labels(shape: Shapes, n_classes: int) -> st.SearchStrategy[Array]:
    """Draw 0-based classes, int64; shrinks to class 0 everywhere.

    Parameters
    ----------
    shape : int, tuple of int or strategy of tuples
    n_classes : int

    Raises
    ------
    ValueError
        Where there is no class.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(labels(3, 2), lambda classes: classes.sum() > 1)
    array([0, 1, 1])
    """
    if n_classes < 1:
        raise ValueError(f"n_classes must be at least 1; got n_classes={n_classes}. Classes are 0-based.")
    elements = st.integers(0, n_classes - 1)
    return as_strategy(shape).flatmap(
        lambda drawn: hnp.arrays(np.int64, drawn, elements=elements, fill=st.nothing())
    )


def probabilities(shape: Shapes, *, zeros: bool = True) -> st.SearchStrategy[Array]:
    """Draw distributions over the last axis, float64: multiples of 1/64 that sum to exactly 1.

    Some are one-hot, some even.

    Parameters
    ----------
    shape : int, tuple of int or strategy of tuples
        The last axis is that of the classes.
    zeros : bool
        Classes may have probability 0, and one of them 1. Off, every class has at least 1/64.

    Raises
    ------
    ValueError
        Where a shape has no last axis, or one too long for its entries to be multiples of 1/64.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(probabilities(2, zeros=False), lambda _: True)
    array([0.5, 0.5])
    """
    return _probabilities(as_strategy(shape), 0 if zeros else 1)


@st.composite
def _probabilities(draw: st.DrawFn, shape: st.SearchStrategy[Shape], least: int) -> Array:
    drawn = draw(shape)
    if not drawn or not 1 <= drawn[-1] <= _PARTS:
        raise ValueError(
            f"shape must end with the number of classes, in [1, {_PARTS}]; got shape={drawn}. Append it."
        )
    *leading, n_classes = drawn
    free = _PARTS - least * n_classes
    anywhere = hnp.arrays(
        np.int64, (*leading, n_classes - 1), elements=st.integers(0, free), fill=st.nothing()
    )
    even = np.broadcast_to(free * np.arange(1, n_classes) // n_classes, (*leading, n_classes - 1))
    cuts = draw(anywhere | st.just(even))
    parts = np.diff(np.sort(cuts, axis=-1), axis=-1, prepend=0, append=free) + least
    return parts / _PARTS
