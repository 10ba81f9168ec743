"""gradproof: proves gradients right, or shows the input on which they are wrong."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradproof._differentiable import Differentiable
from gradproof._examine import check_gradient, examine_gradient
from gradproof._report import Entry, Evaluations, GradientMismatch, GradientReport
from gradproof._version import __version__

if TYPE_CHECKING:
    from gradproof import strategies
    from gradproof._gradient_test import gradient_test

__all__ = [
    "Differentiable",
    "Entry",
    "Evaluations",
    "GradientMismatch",
    "GradientReport",
    "__version__",
    "check_gradient",
    "examine_gradient",
    "gradient_test",
    "strategies",
]

# What loads Hypothesis or pytest: found on first use.
_MODULES = {"gradient_test": "gradproof._gradient_test", "strategies": "gradproof"}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'gradproof' has no attribute {name!r}")
    if name == "strategies":
        return import_module("gradproof.strategies")
    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
