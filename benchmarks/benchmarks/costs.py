"""Costs that no clock measures: the same commit gives the same number on any machine. The gate rests on them."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

import gradproof as gp
import gradproof_reference as ref

from .networks import SEED

N_LOCALISED = 4096
# Eigenvalues of the Hessian of the lecture's quadratic ½ Σ h w², and how small the error is to become.
CURVATURE, TOLERANCE = (1.0, 10.0, 100.0), 1e-6


class Evaluations:
    """Points at which f is evaluated in one examination, by mode, and by whether f takes complex numbers."""

    version = "2"
    unit = "evaluations"
    param_names = ("n", "mode", "numbers")
    params: ClassVar = [
        (100, 1000, 10_000),
        ("entries", "vectorized", "directions"),
        ("complex", "real"),
    ]

    def setup(self, n: int, mode: str, numbers: str) -> None:
        """Draw the point; what one would not ask for is left out."""
        if n > 1000 and mode == "entries":
            raise NotImplementedError("ten thousand entries one by one are left out")
        self.point = np.random.default_rng(SEED).uniform(-1, 1, size=n)
        self.f = complex_cubes if numbers == "complex" else real_cubes

    def track_evaluations(self, _: int, mode: str, __: str) -> int:
        return evaluations(self.f, self.point, mode)


class Localisation:
    """Random directions and parts of them along which f is asked until the wrong ones of 4096 entries are named."""

    version = "2"
    unit = "directions"
    param_names = ("n_wrong",)
    params: ClassVar = [(1, 2, 4, 8)]

    def track_directions(self, n_wrong: int) -> int:
        return localise(complex_cubes, n_wrong).directions


class LocalisationEvaluations:
    """Calls of f until the wrong ones of 4096 entries are named."""

    version = "1"
    unit = "evaluations"
    param_names = ("n_wrong",)
    params: ClassVar = [(1, 2, 4, 8)]

    def track_evaluations(self, n_wrong: int) -> int:
        return localise(complex_cubes, n_wrong).evaluations


class Iterations:
    """Steps on a quadratic with condition number 100, at the best λ and τ (F10), until the error is a millionth."""

    version = "2"
    unit = "iterations"
    param_names = ("momentum",)
    params: ClassVar = [("none", "optimal")]

    def track_iterations(self, momentum: str) -> int:
        return iterations(momentum)


def complex_cubes(w: np.ndarray) -> Any:
    """Sum cubes along the last axis: products and sums round alike on every machine, unlike sin or exp."""
    return np.sum(w * w * w, axis=-1)


def real_cubes(w: np.ndarray) -> Any:
    """Sum cubes of real numbers only, so that their derivatives must come from differences."""
    if np.iscomplexobj(w):
        raise TypeError("w must be real; got complex numbers. This function is meant to refuse them.")
    return complex_cubes(w)


def cubes_gradient(w: np.ndarray) -> np.ndarray:
    """Differentiate the sum of cubes."""
    return 3 * w * w


def evaluations(f: Callable[[np.ndarray], Any], point: np.ndarray, mode: str) -> int:
    """Count the points at which f is evaluated in one examination, which must end well."""
    points = 0

    def counted(w: np.ndarray) -> Any:
        nonlocal points
        points += len(w) if w.ndim > point.ndim else 1
        return f(w)

    if mode == "vectorized":
        gp.check_gradient(counted, cubes_gradient, point, mode="entries", vectorized=True, seed=SEED)
    else:
        gp.check_gradient(counted, cubes_gradient, point, mode=mode, seed=SEED)
    return points


class Search:
    """A function that notes along what it was asked.

    Attributes
    ----------
    evaluations : int
        Its calls.
    """

    def __init__(self, f: Callable[[np.ndarray], Any], point: np.ndarray) -> None:
        self._f, self._point = f, point
        self._lines: set[bytes] = set()
        self.evaluations = 0

    def __call__(self, w: np.ndarray) -> Any:
        """Note which entries are moved, and which way: that tells a direction, and each part of it."""
        self.evaluations += 1
        signs = np.sign(w.imag if np.iscomplexobj(w) and w.imag.any() else w.real - self._point)
        if np.count_nonzero(signs) > 1:
            self._lines.add(
                (signs * signs[signs != 0][0]).astype(np.int8).tobytes()
            )  # both ways are one line
        return self._f(w)

    @property
    def directions(self) -> int:
        """How many lines through more than one entry it was asked along."""
        return len(self._lines)


def localise(f: Callable[[np.ndarray], Any], n_wrong: int) -> Search:
    """Examine a gradient with planted errors; those entries must be named, and no others."""
    rng = np.random.default_rng(SEED)
    point = rng.uniform(0.5, 1, size=N_LOCALISED)
    wrong = np.sort(rng.choice(N_LOCALISED, size=n_wrong, replace=False))
    factor = np.ones(N_LOCALISED)
    factor[wrong] = 1.5
    search = Search(f, point)
    report = gp.examine_gradient(
        search, lambda w: factor * cubes_gradient(w), point, mode="directions", seed=SEED
    )
    named = sorted(entry.index[0] for entry in report.entries if entry.status == "fail")
    if report.verdict != "fail" or named != wrong.tolist():
        raise AssertionError(
            f"the planted errors must be named; got {named} instead of {wrong.tolist()}, verdict={report.verdict!r}."
        )
    return search


def iterations(momentum: str) -> int:
    """Count the steps until the largest error is at most TOLERANCE times that at the start."""
    h, w, velocity = np.array(CURVATURE), np.ones(len(CURVATURE)), np.zeros(len(CURVATURE))
    tau = float(ref.optimal_momentum(h[-1] / h[0])) if momentum == "optimal" else 0.0
    rate = ref.optimal_learning_rate(h[0], h[-1], tau)
    for iteration in range(10_000):
        if np.abs(w).max() <= TOLERANCE:
            return iteration
        w, velocity = ref.momentum_step(w, velocity, h * w, rate, tau)
    raise AssertionError(f"descent must converge; got an error of {np.abs(w).max():.3g} after 10000 steps.")
