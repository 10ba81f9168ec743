"""One number of whatever f returns: a weighted sum with fixed random weights.

The gradient of ⟨w, f⟩ is the vector-Jacobian product of w, in which every entry of the Jacobian takes part.
"""

from __future__ import annotations

import numpy as np

from gradproof._nesting import Vector


class Weights:
    """Random weights for each output of f, the same at every call: signs with sizes in [1, 2).

    Parameters
    ----------
    shapes : list of tuple of int
        The shape of each output.
    are_complex : list of bool
        Whether it is complex; the imaginary part then has weights of its own.
    seed : int

    Attributes
    ----------
    real, imaginary : list of float64 arrays, or of None
        None where an output is the only one and a real scalar: that is taken as it is.
    """

    def __init__(self, shapes: list[tuple[int, ...]], are_complex: list[bool], seed: int) -> None:
        self.shapes = shapes
        self.are_complex = are_complex
        random = np.random.default_rng(seed)
        plain = shapes == [()] and are_complex == [False]
        self.real = [None if plain else _draw(random, shape) for shape in shapes]
        self.imaginary = [
            _draw(random, shape) if is_complex else None
            for shape, is_complex in zip(shapes, are_complex, strict=True)
        ]

    def leading_axes(self, shapes: list[tuple[int, ...]], batch: int | None) -> int:
        """Return 1 where every output has a leading axis of `batch` points, 0 where none has; None has none.

        Raises
        ------
        ValueError
            Where the outputs have other shapes than at the point.
        """
        expected = self.shapes if batch is None else [(batch, *shape) for shape in self.shapes]
        if shapes != expected:
            raise ValueError(
                f"f must return outputs of the same shapes everywhere; got {shapes}, not {expected}. "
                "Check the parts with fixed shapes."
            )
        return 0 if batch is None else 1


def _draw(random: np.random.Generator, shape: tuple[int, ...]) -> Vector:
    return np.asarray(random.choice([-1.0, 1.0], shape) * random.uniform(1, 2, shape))
