"""Speed of the checker: every mode over the number of parameters, the products, and what the strategies draw."""

from typing import Any, ClassVar

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings

import gradproof as gp

SEED = 20_240
# Entry by entry, a check costs n calls of a function of n numbers: beyond these one takes the next mode.
LARGEST = {"entries": 1_000, "vectorized": 10_000, "directions": 1_000_000}


def cubes(w: np.ndarray) -> Any:
    """Sum of cubes over the last axis: smooth, and as fast as any f."""
    return (w * w * w).sum(axis=-1)


def real_cubes(w: np.ndarray) -> Any:
    """Likewise, of the real part: differences are taken instead of the complex step."""
    return cubes(np.real(w))


class Check:
    """`check_gradient` of a sum of cubes, which is right."""

    version = "1"
    timeout = 120
    param_names = ("n", "mode", "numbers")
    params: ClassVar = [(100, 1_000, 10_000, 100_000, 1_000_000), tuple(LARGEST), ("complex", "real")]

    def setup(self, n: int, mode: str, numbers: str) -> None:
        """Draw the point."""
        if n > LARGEST[mode]:
            raise NotImplementedError(f"{n} parameters are too many for {mode}")
        self.point = np.random.default_rng(SEED).uniform(0.5, 1, size=n)
        self.f = cubes if numbers == "complex" else real_cubes
        asked = {"mode": "directions" if mode == "directions" else "entries"}
        self.options = asked | {"vectorized": mode == "vectorized"}

    def time_check(self, *_: object) -> None:
        gp.check_gradient(self.f, lambda w: 3 * w * w, self.point, seed=SEED, **self.options)


class CheckMemory:
    """Memory of the same check along directions."""

    version = "1"
    timeout = 120
    param_names = ("n",)
    params: ClassVar = [(10_000, 100_000, 1_000_000)]

    def setup(self, n: int) -> None:
        """Draw the point."""
        self.point = np.random.default_rng(SEED).uniform(0.5, 1, size=n)

    def peakmem_check(self, _: int) -> None:
        gp.check_gradient(cubes, lambda w: 3 * w * w, self.point, mode="directions", seed=SEED)


class Products:
    """The other checks, of w ↦ w³ entry by entry and of its sum, at 30 numbers."""

    version = "1"

    def setup(self) -> None:
        """Draw the point."""
        self.point = np.random.default_rng(SEED).uniform(0.5, 1, size=30)

    def time_vjp(self) -> None:
        gp.check_vjp(lambda w: w**3, lambda v, w: 3 * w * w * v, self.point, seed=SEED)

    def time_jvp(self) -> None:
        gp.check_jvp(lambda w: w**3, lambda u, w: 3 * w * w * u, self.point, seed=SEED)

    def time_jacobian(self) -> None:
        gp.check_jacobian(lambda w: w**3, lambda w: np.diag(3 * w * w), self.point, seed=SEED)

    def time_hessian(self) -> None:
        gp.check_hessian(cubes, lambda w: np.diag(6 * w), self.point, grad=lambda w: 3 * w * w, seed=SEED)

    def time_hvp(self) -> None:
        gp.check_hvp(cubes, lambda u, w: 6 * w * u, self.point, grad=lambda w: 3 * w * w, seed=SEED)


class Strategies:
    """A hundred examples of each strategy, drawn and thrown away."""

    version = "1"
    param_names = ("strategy",)
    params: ClassVar = [("shapes", "arrays", "labels", "probabilities")]

    def setup(self, strategy: str) -> None:
        """Make the strategy."""
        from gradproof import strategies as gs  # noqa: PLC0415  not in older commits

        made = {
            "shapes": gs.shapes,
            "arrays": lambda: gs.arrays((4, 3)),
            "labels": lambda: gs.labels((8,), 5),
            "probabilities": lambda: gs.probabilities((8, 5)),
        }
        quiet = settings(
            max_examples=100,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        self.draw = quiet(given(made[strategy]())(lambda _: None))

    def time_hundred_examples(self, _: str) -> None:
        self.draw()
