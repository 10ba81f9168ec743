"""A gradient given by hand for a framework's arrays: both are called with those, and NumPy arrays come back."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from gradproof._frameworks._adapted import Adapted, name_of
from gradproof._structure import argument_names
from gradproof._trees import leaves_of, map_leaves, rebuilt


class Like(Protocol):
    """Makes a framework's array of a NumPy array: on the device of `template`, and of its dtype unless widened."""

    def __call__(self, array: NDArray[Any], template: Any, *, widen: bool) -> Any: ...


class Bridge(NamedTuple):
    """The way from a framework's arrays to NumPy arrays and back.

    Parameters
    ----------
    is_varying : callable
        Tells whether a leaf is a float array of the framework.
    to_numpy : callable
        Returns a framework's array as a NumPy array, anything else as it is.
    like : Like
    within : callable
        Returns the context manager in which float64 stays float64.
    """

    is_varying: Callable[[Any], bool]
    to_numpy: Callable[[Any], Any]
    like: Like
    within: Callable[[bool], contextlib.AbstractContextManager[Any]] = lambda _widen: contextlib.nullcontext()


def adapt_given(f: Any, grad: Any, args: tuple[Any, ...], bridge: Bridge) -> Adapted:
    """Return f and a gradient given by hand as functions of NumPy arrays, in the structure of `args`.

    Both are called in float64 where both take it, else in the dtypes that were given.
    """
    names = argument_names(f, len(args))
    leaves = [leaf for _, leaf in leaves_of(args, names)]

    def foreign(arrays: tuple[Any, ...], *, widen: bool) -> Any:
        given = (leaf for _, leaf in leaves_of(arrays, names))
        pairs = zip(given, leaves, strict=True)
        return rebuilt(
            args,
            (
                bridge.like(np.asarray(array), leaf, widen=widen) if bridge.is_varying(leaf) else array
                for array, leaf in pairs
            ),
        )

    def calling(function: Any, *, widen: bool) -> Callable[..., Any]:
        def call(*arrays: Any) -> Any:
            with bridge.within(widen):
                return map_leaves(bridge.to_numpy, function(*foreign(arrays, widen=widen)))

        return call

    arrays = map_leaves(lambda leaf: bridge.to_numpy(leaf) if bridge.is_varying(leaf) else leaf, args)
    doubles = map_leaves(_in_double, arrays)
    widen = all(_takes(calling(function, widen=True), doubles) for function in (f, grad))
    return Adapted(
        calling(f, widen=widen),
        calling(grad, widen=widen),
        doubles if widen else arrays,
        names,
        name_of(f) if widen else f"{name_of(f)} in its own dtypes",
    )


def _takes(function: Callable[..., Any], arrays: tuple[Any, ...]) -> bool:
    """Tell whether a function takes these arrays; copies, since it may overwrite them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function(*map_leaves(_copied, arrays))
    except Exception:  # noqa: BLE001  whatever it is, it is raised again in the dtypes that were given
        return False
    return True


def _copied(leaf: Any) -> Any:
    return leaf.copy() if isinstance(leaf, np.ndarray) else leaf


def _in_double(leaf: Any) -> Any:
    is_real = isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f"
    return np.array(leaf, dtype=np.float64) if is_real else leaf
