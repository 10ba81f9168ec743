"""Depth, activation and initial weights (F21, F24): gradients by layer, training curves, and the step."""

from gradproof_experiments.experiment import Experiment

from .config import DepthConfig
from .page import item
from .sweeps import parts, quick
from .words import TITLE

__all__ = ["EXPERIMENT", "DepthConfig"]

EXPERIMENT = Experiment(
    name="depth",
    title=TITLE,
    configuration=DepthConfig,
    quick=quick,
    parts=parts,
    item=item,
    modules=("gradproof_experiments.depth",),
)
