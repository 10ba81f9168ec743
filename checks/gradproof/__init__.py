"""gradproof: proves gradients right, or shows the input on which they are wrong."""

from gradproof._differentiable import Differentiable
from gradproof._examine import check_gradient, examine_gradient
from gradproof._report import Entry, Evaluations, GradientMismatch, GradientReport
from gradproof._version import __version__

__all__ = [
    "Differentiable",
    "Entry",
    "Evaluations",
    "GradientMismatch",
    "GradientReport",
    "__version__",
    "check_gradient",
    "examine_gradient",
]
