"""Overfitting (F01): polynomials through Bishop's ten points, through more and noisier ones, and SGD beside them."""

from gradproof_experiments.experiment import Experiment, later

from .config import OverfittingConfig
from .experiment import parts, quick
from .words import TITLE

__all__ = ["EXPERIMENT", "OverfittingConfig"]

EXPERIMENT = Experiment(
    name="overfitting",
    title=TITLE,
    configuration=OverfittingConfig,
    quick=quick,
    parts=parts,
    item=later("gradproof_experiments.overfitting.item", "make_item"),
    modules=("gradproof_experiments.overfitting", "gradproof_experiments.data"),
)
"""What the runner and the report know of it."""
