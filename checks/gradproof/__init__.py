"""gradproof: proves gradients right, or shows the input on which they are wrong."""

import importlib
import typing

from gradproof._differentiable import Differentiable
from gradproof._examine import check_gradient, examine_gradient
from gradproof._report import Entry, Evaluations, GradientMismatch, GradientReport
from gradproof._version import __version__

if typing.TYPE_CHECKING:
    from gradproof import strategies
    from gradproof._gradient_test import gradient_test
    from gradproof._mutate import MutationReport, PlantedError, mutate
    from gradproof._parametrize import gradient_tests

__all__ = [
    "Differentiable",
    "Entry",
    "Evaluations",
    "GradientMismatch",
    "GradientReport",
    "MutationReport",
    "PlantedError",
    "__version__",
    "check_gradient",
    "examine_gradient",
    "gradient_test",
    "gradient_tests",
    "mutate",
    "strategies",
]

# What loads Hypothesis or pytest, or is rarely asked for: found on first use.
_MODULES = {
    "gradient_test": "gradproof._gradient_test",
    "gradient_tests": "gradproof._parametrize",
    "MutationReport": "gradproof._mutate",
    "PlantedError": "gradproof._mutate",
    "mutate": "gradproof._mutate",
}


def __getattr__(name: str) -> typing.Any:
    if name == "strategies":
        return importlib.import_module("gradproof.strategies")
    if name not in _MODULES:
        raise AttributeError(f"module 'gradproof' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
