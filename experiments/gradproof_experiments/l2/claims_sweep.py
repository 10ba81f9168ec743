"""What a penalty does to weights, training error and test error, held against the sweeps (F04)."""

import numpy as np
import numpy.typing as npt

from gradproof_experiments.claim import Claim, Within

from .config import L2Config
from .intervals import interval
from .tables import Sweep, by_seed

__all__ = ["monotone_claims", "out_of_order", "rise_beyond_best", "u_claim"]

Floats = npt.NDArray[np.float64]

_NOTHING = Within(0, 0)
_RISE = 1.0  # in %: where the best strength stands at an end of the sweep, the rise is 0 exactly


def monotone_claims(every: tuple[Sweep, Sweep, Sweep]) -> tuple[Claim, ...]:
    """More penalty, more training error and smaller weights: a theorem for the optimum of any loss plus αR(w).

    With w₁ optimal at α₁ and w₂ at α₂ > α₁, adding L(w₁) + α₁R(w₁) ≤ L(w₂) + α₁R(w₂) and the same of w₂ leaves R(w₂) ≤
    R(w₁), and then L(w₂) ≥ L(w₁). It needs no draw, no dimension and no convexity.
    """
    return (
        _ordered("training error rises", every, rising=True),
        _ordered("norm ‖w‖ of the weights falls", every, rising=False),
    )


def _ordered(what: str, every: tuple[Sweep, ...], *, rising: bool) -> Claim:
    wrong, pairs, smallest = 0, 0, []
    for sweep in every:
        values = by_seed(sweep.frame, sweep.training if rising else "norm")
        steps = np.abs(np.diff(np.log(values), axis=-1))
        wrong, pairs = wrong + out_of_order(values, rising=rising), pairs + steps.size
        smallest.append(f"{100 * steps.min():.2g} % ({sweep.label})")
    return Claim.exact(
        f"With the strength α the {what} at the optimum, at every step of the sweep.",
        "pairs of neighbouring strengths in the wrong order",
        wrong,
        _NOTHING,
        f"of {pairs}, over all seeds; the smallest step is {', '.join(smallest)}",
    )


def out_of_order(values: Floats, *, rising: bool) -> int:
    """How many neighbours, along the last axis, do not ascend (or descend).

    Examples
    --------
    >>> out_of_order(np.array([[1.0, 2.0, 2.0, 3.0]]), rising=True)
    1
    """
    steps = np.diff(values, axis=-1)
    return int(np.sum(steps <= 0 if rising else steps >= 0))


def u_claim(sweep: Sweep, config: L2Config) -> Claim:
    """Test error is higher at both ends of the sweep than in between."""
    rises = rise_beyond_best(by_seed(sweep.frame, sweep.test))
    ln_alpha = sweep.ln_alpha[sweep.best()]
    return Claim(
        f"On {sweep.label} the test error falls and rises again with α: a strength in between is best.",
        "rise of the test error, in %, from the best strength to the better end of the sweep",
        float(rises.mean()),
        interval(rises, config.seed, f"rise {sweep.name}"),
        Within(low=_RISE),
        f"best at ln α = {ln_alpha:g}, within {sweep.ln_alpha[0]:g} to {sweep.ln_alpha[-1]:g}",
    )


def rise_beyond_best(test: Floats) -> Floats:
    """Rise in % from the best strength to the lower of both ends, one per seed (row).

    The best strength of a seed is the one with the lowest mean over the *other* seeds: chosen on the seed itself, it
    would be lower than both ends by luck alone.

    Examples
    --------
    >>> rise_beyond_best(np.array([[2.0, 1.0, 3.0], [2.0, 1.0, 1.5]])).tolist()
    [100.0, 50.0]
    """
    others = (test.sum(axis=0) - test) / (len(test) - 1)
    best = test[np.arange(len(test)), np.argmin(others, axis=-1)]
    rises: Floats = 100 * (np.minimum(test[:, 0], test[:, -1]) / best - 1)
    return rises
