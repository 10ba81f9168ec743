"""Depth, activation and initial weights (F21, F24): gradients by layer, training curves, and the step."""

from gradproof_experiments.experiment import Experiment, later

from .config import DepthConfig
from .sweeps import parts, quick
from .words import TITLE

__all__ = ["EXPERIMENT", "DepthConfig"]

EXPERIMENT = Experiment(
    name="depth",
    title=TITLE,
    configuration=DepthConfig,
    quick=quick,
    parts=parts,
    item=later("gradproof_experiments.depth.page", "item"),
    modules=("gradproof_experiments.depth",),
)
