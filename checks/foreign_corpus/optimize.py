"""scipy.optimize's Rosenbrock function: its gradient, Hessian and product with the Hessian."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import optimize

import gradproof as gp
from foreign_corpus.case import SEED, Case

DIMENSIONS = (2, 3, 10, 100, 1000)
SCALES = (1e-6, 1e-3, 1.0, 1e3, 1e6)
LARGEST_HESSIAN = 100


def product(v: Any, x: Any) -> Any:
    """Product of the Hessian with v, in gradproof's order of arguments."""
    return optimize.rosen_hess_prod(x, v)


def points(dimension: int) -> Iterator[tuple[str, Any]]:
    """Yield places by name: the minimum, where the gradient vanishes, and random ones of every scale."""
    rng = np.random.default_rng([SEED, dimension])
    yield "minimum", np.ones(dimension)
    for scale in SCALES:
        yield f"scale {scale:g}", scale * rng.normal(size=dimension)


def cases() -> Iterator[Case]:
    """Yield every dimension at every place."""
    for dimension in DIMENSIONS:
        for place, x in points(dimension):
            where = f"n = {dimension}, {place}"
            yield Case(f"rosen_der: {where}", optimize.rosen, optimize.rosen_der, (x,))
            with_gradient = {"grad": optimize.rosen_der}
            yield Case(
                f"rosen_hess_prod: {where}",
                optimize.rosen,
                product,
                (x,),
                with_gradient,
                "",
                1,
                gp.examine_hvp,
            )
            if dimension <= LARGEST_HESSIAN:
                yield Case(
                    f"rosen_hess: {where}",
                    optimize.rosen,
                    optimize.rosen_hess,
                    (x,),
                    with_gradient,
                    "",
                    1,
                    gp.examine_hessian,
                )
