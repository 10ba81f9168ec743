"""What a function returns as one vector, and scalars made of it by weights."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradproof._nesting import Vector, describe, is_float, walk
from gradproof._structure import Arguments

# Weights have so many steps between 1 and 2: few enough to be exact in float16.
_STEPS = 64


class Outputs(Arguments):
    """The float leaves of what f returned as one vector, with a path for every entry.

    Parameters
    ----------
    output : array, float, or containers of them
        What f returned at the point, in its own dtypes.
    name : str
        With which the paths begin.

    Raises
    ------
    TypeError
        Where the output holds no floats.
    ValueError
        Where all its arrays are empty.
    """

    def __init__(self, output: Any, name: str = "output") -> None:
        self._varies = [is_float(leaf, path) for path, leaf in walk(output, name)]
        if not any(self._varies):
            raise TypeError(
                f"f must return floats, or containers of them; got {describe(output)}. Convert what it returns."
            )
        if not any(
            np.size(leaf)
            for (_, leaf), varies in zip(walk(output, name), self._varies, strict=True)
            if varies
        ):
            raise ValueError(
                f"f must return at least one number; got only empty arrays: {describe(output)}. Pass other arguments."
            )
        super().__init__((output,), (name,))
        self._shapes = [
            (np.shape(leaf), np.iscomplexobj(leaf))
            for (_, leaf), varies in zip(walk(output, name), self._varies, strict=True)
            if varies
        ]

    def weighted(self, weights: Vector, output: Any) -> Any:
        """Return the sum of all entries of an output, real or complex, by their weights.

        Outputs with leading axes of points, shape (..., *shape of the leaf), give one sum for each point. For complex
        leaves it is Re⟨weights, output⟩.
        """
        found = [leaf for _, leaf in walk(output, "")]
        if len(found) != len(self._varies):
            raise ValueError(f"f must return the same structure at every point; got {describe(output)}.")
        arrays = [np.asarray(leaf) for leaf, varies in zip(found, self._varies, strict=True) if varies]
        parts: list[NDArray[Any]] = []
        for array, (shape, is_complex) in zip(arrays, self._shapes, strict=True):
            flat = array.reshape((*array.shape[: array.ndim - len(shape)], int(np.prod(shape))))
            parts += [flat.real, flat.imag] if is_complex else [flat]
        joined = np.concatenate(parts, axis=-1)
        return joined @ weights.astype(joined.real.dtype, copy=False)


def random_weights(random: np.random.Generator, scales: Vector) -> Vector:
    """Return numbers of random sign, evenly spread over [1, 2) times each scale, a power of two."""
    sizes = random.integers(_STEPS, 2 * _STEPS, len(scales)) / _STEPS
    weights: Vector = random.choice([-1.0, 1.0], len(scales)) * sizes * scales
    return weights


def named_like(f: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` with the name and the signature of f."""
    wrapper = functools.update_wrapper(function, f, updated=())
    wrapper.__qualname__ = name_of(f)
    return wrapper


def name_of(f: Any) -> str:
    """Return what a report calls a function."""
    return str(getattr(f, "__qualname__", type(f).__qualname__))
