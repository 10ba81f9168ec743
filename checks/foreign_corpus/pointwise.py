"""Functions of one variable at many points, in one examination that sees each point on its own scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from foreign_corpus.case import Case

Function = Callable[[Any], Any]


def pointwise(
    name: str, f: Function, derivative: Function, points: ArrayLike, *, remark: str = "", **options: Any
) -> Case:
    """Make a case of f at points, shape (m,): f(x₁)/|f(p₁)| + … + f(xₘ)/|f(pₘ)| at x = p.

    Divided by its size, a point where f is tiny counts as much as all others; and each xᵢ is an argument of its own, so
    that its derivative is not measured against that of another point.
    """
    at = np.atleast_1d(np.asarray(points, dtype=float))
    size = np.abs(f(at))
    weights = 1 / np.where(size > 0, size, 1.0)

    def total(x: Sequence[float]) -> float:
        return float(np.sum(weights * f(np.array(x))))

    def gradient(x: Sequence[float]) -> list[float]:
        return list(map(float, weights * derivative(np.array(x))))

    return Case(name, total, gradient, (at.tolist(),), options, remark, at.size)
