"""Momentum on quadratics: runs that never leave the range of floats, and rates of convergence (F09, F10)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradproof_experiments.experiment import Columns, generator
from gradproof_reference import momentum_step, optimal_learning_rate, optimal_momentum

__all__ = ["RatesPoint", "log_norms", "rates"]

Floats = npt.NDArray[np.float64]

_RESCALE_EVERY = 50  # steps; between two the state changes by less than 10^±40


@dataclass(frozen=True)
class RatesPoint:
    """All condition numbers κ at their optimal λ and τ, for `steps` steps."""

    seed: int
    per_decade: int
    steps: int


def log_norms(
    start: Floats, curvature: Floats, learning_rate: Floats, momentum: Floats, steps: int
) -> tuple[Floats, Floats]:
    """Log of the norm of (w, λv) halfway and at the end of a run from w = `start`, v = 0.

    Parameters
    ----------
    start, curvature : float array, shape (..., k)
    learning_rate, momentum : float array, shape (...)
    steps : int

    Returns
    -------
    tuple of two float arrays, shape (...)
        −∞ where the state is 0.

    Notes
    -----
    The iteration is linear, so that w and v may be scaled by a common power of two at any time: no bit is lost, and
    no run leaves the range of a float.
    """
    w, v = start, np.zeros_like(start)
    exponent = np.zeros(start.shape[:-1])
    found = []
    for step in range(1, steps + 1):
        w, v = momentum_step(w, v, curvature * w, learning_rate, momentum)
        if step in (steps // 2, steps):
            state = np.concatenate((w, learning_rate[..., np.newaxis] * v), axis=-1)
            with np.errstate(divide="ignore"):  # a run may arrive at 0
                found.append(np.log(np.sqrt(np.square(state).sum(axis=-1))) + exponent * np.log(2.0))
        if step % _RESCALE_EVERY == 0:
            _, power = np.frexp(np.maximum(np.abs(w), np.abs(v)).max(axis=-1))
            w, v = np.ldexp(w, -power[..., np.newaxis]), np.ldexp(v, -power[..., np.newaxis])
            exponent = exponent + power
    return found[0], found[1]


def rates(point: RatesPoint, seed: int) -> Columns:
    """Measure −ln(rate) of plain gradient descent and of momentum, each at its best, for every κ.

    The Hessian's eigenvalues are 1, √κ and κ. At τ* the modes of 1 and κ have a double eigenvalue ±ρ: from v = 0 they
    are ``w_t = w_0 (1 + (1 ∓ ρ)t)(±ρ)^t``. Their norm falls like t·ρᵗ, so that between T and 2T

        −ln ρ = (ln norm_T − ln norm_2T + ln 2) / T + O(1/T²).

    Without momentum there is no factor t.
    """
    kappa = 10.0 ** (np.arange(point.per_decade * 3 + 1) / point.per_decade + 1)
    curvature = np.stack((np.ones_like(kappa), np.sqrt(kappa), kappa), axis=-1)
    # τ = 0 is plain gradient descent, bit for bit: both methods are one stack.
    momentum = np.stack((np.zeros_like(kappa), optimal_momentum(kappa))).astype(np.float64)
    ones = np.ones_like(kappa)
    learning_rates = optimal_learning_rate(ones, kappa, momentum=0.0), optimal_learning_rate(ones, kappa)
    step: Floats = np.stack(learning_rates).astype(np.float64)
    start = generator(point.seed, "start on the quadratic", seed).standard_normal(3)
    shape = (*step.shape, 3)
    middle, end = log_norms(
        np.broadcast_to(start, shape).copy(),
        np.broadcast_to(curvature, shape).copy(),
        step,
        momentum,
        point.steps,
    )
    window = point.steps - point.steps // 2
    growth = np.array([[0.0], [np.log(point.steps / (point.steps // 2))]])
    exponent = (middle - end + growth) / window
    return {
        "method": ["plain"] * len(kappa) + ["momentum"] * len(kappa),
        "kappa": [*kappa.tolist(), *kappa.tolist()],
        "exponent": exponent.ravel().tolist(),
    }
