"""Whole argument lists: nested templates whose leaves are drawn."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from hypothesis import strategies as st

from gradproof._nesting import is_float
from gradproof._trees import map_leaves
from gradproof.strategies._arrays import arrays

Axis: TypeAlias = int | tuple[int, int] | st.SearchStrategy[int]


def arguments(
    template: tuple[Any, ...] | Callable[..., tuple[Any, ...]], /, **axes: Axis
) -> st.SearchStrategy[tuple[Any, ...]]:
    """Draw the arguments of a function, structured like a template.

    Parameters
    ----------
    template : tuple, or callable that returns one
        One part per argument: dicts, lists, tuples, namedtuples and dataclasses of leaves. A leaf that is a strategy is
        drawn from; float arrays and floats are drawn anew with their shape and dtype, as `arrays` does; everything
        else stays as it is. A callable is given the lengths of the axes, which the parts then share.
    **axes : int, pair of int or strategy of int
        The lengths of the axes that `template` takes: at most so long, between two lengths, or drawn.

    Returns
    -------
    strategy of tuples

    Raises
    ------
    TypeError
        Where the template is no tuple, or there are axes but nothing that takes them.

    Examples
    --------
    >>> from hypothesis import find
    >>> from gradproof.strategies import labels
    >>> classifier = arguments(
    ...     lambda n, d, k: ({"w": arrays((k, d)), "b": arrays(k)}, arrays((n, d)), labels(n, k)),
    ...     n=4,
    ...     d=3,
    ...     k=(2, 3),
    ... )
    >>> find(classifier, lambda args: True)
    ({'w': array([[0.],
           [0.]]), 'b': array([0., 0.])}, array([[0.]]), array([0]))
    """
    if not callable(template):
        if axes:
            raise TypeError(
                f"axes are for a template that takes them; got {', '.join(axes)} beside a {type(template).__name__}. "
                "Make the template a function of them."
            )
        return _drawn(st.just(template))
    lengths = {name: _lengths(name, axis) for name, axis in axes.items()}
    return _drawn(st.fixed_dictionaries(lengths).map(lambda drawn: template(**drawn)))


@st.composite
def _drawn(draw: st.DrawFn, templates: st.SearchStrategy[Any]) -> tuple[Any, ...]:
    template = draw(templates)
    if not isinstance(template, tuple):
        raise TypeError(
            f"the template must be a tuple, one part per argument; got {type(template).__name__}. "
            "For one argument write (part,)."
        )
    return tuple(map_leaves(lambda leaf: _fill(draw, leaf), part) for part in template)


def _fill(draw: st.DrawFn, leaf: Any) -> Any:
    if isinstance(leaf, st.SearchStrategy):
        return draw(leaf)
    if not is_float(leaf, "the template"):
        return copy.deepcopy(leaf)
    array = np.asarray(leaf)
    drawn = draw(arrays(array.shape, dtype=array.dtype))
    return drawn if isinstance(leaf, np.ndarray) else type(leaf)(drawn)


def _lengths(name: str, axis: Axis) -> st.SearchStrategy[int]:
    if isinstance(axis, st.SearchStrategy):
        return axis
    low, high = (1, axis) if isinstance(axis, int) else axis
    if low > high:
        raise ValueError(
            f"the lengths of an axis must be a range; got {name}={axis}. Give the longest, or the shortest and the longest."
        )
    return st.integers(low, high)
