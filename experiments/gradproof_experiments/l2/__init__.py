"""L2 strength (F04-F06): sweeps over α on a polynomial and the digits, and where the derived and printed updates end."""

from gradproof_experiments.experiment import Experiment, later

from .config import L2Config
from .parts import parts
from .words import TITLE

__all__ = ["EXPERIMENT", "L2Config"]


def _quick() -> L2Config:
    return L2Config(
        seeds=4,
        polynomial_ln_strengths=tuple(float(exponent) for exponent in range(-36, 7, 3)),
        digits_ln_strengths=tuple(float(exponent) for exponent in range(-5, 5)),
        minibatch_epochs=60,
        batch_sizes=(5, 2),
    )


EXPERIMENT = Experiment(
    name="l2",
    title=TITLE,
    configuration=L2Config,
    quick=_quick,
    parts=parts,
    item=later("gradproof_experiments.l2.page", "item"),
    modules=("gradproof_experiments.l2", "gradproof_experiments.data"),
)
