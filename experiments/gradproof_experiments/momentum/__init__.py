"""Momentum against plain SGD (F08, F09, F10): on quadratics, where theory is exact, and on the digits, where it is not."""

from gradproof_experiments.experiment import Experiment, later

from .config import MomentumConfig
from .sweeps import parts, quick
from .words import TITLE

__all__ = ["EXPERIMENT", "MomentumConfig"]

EXPERIMENT = Experiment(
    name="momentum",
    title=TITLE,
    configuration=MomentumConfig,
    quick=quick,
    parts=parts,
    item=later("gradproof_experiments.momentum.page", "item"),
    modules=(
        "gradproof_experiments.momentum",
        "gradproof_experiments.digits",
        "gradproof_experiments.networks",
    ),
)
"""What the runner and the report know of it."""
