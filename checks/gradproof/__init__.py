"""gradproof: proves gradients right, or shows the input on which they are wrong."""

import importlib
import typing

from gradproof._version import __version__

if typing.TYPE_CHECKING:
    from gradproof import strategies
    from gradproof._differentiable import Differentiable
    from gradproof._examine import check_gradient, examine_gradient
    from gradproof._gradient_test import gradient_test
    from gradproof._mutate import MutationReport, PlantedError, mutate
    from gradproof._parametrize import gradient_tests
    from gradproof._products import (
        check_adjoint,
        check_hessian,
        check_hvp,
        check_jacobian,
        check_jvp,
        check_value_and_grad,
        check_vjp,
        examine_adjoint,
        examine_hessian,
        examine_hvp,
        examine_jacobian,
        examine_jvp,
        examine_value_and_grad,
        examine_vjp,
    )
    from gradproof._report import Entry, Evaluations, GradientMismatch, GradientReport

__all__ = [
    "Differentiable",
    "Entry",
    "Evaluations",
    "GradientMismatch",
    "GradientReport",
    "MutationReport",
    "PlantedError",
    "__version__",
    "check_adjoint",
    "check_gradient",
    "check_hessian",
    "check_hvp",
    "check_jacobian",
    "check_jvp",
    "check_value_and_grad",
    "check_vjp",
    "examine_adjoint",
    "examine_gradient",
    "examine_hessian",
    "examine_hvp",
    "examine_jacobian",
    "examine_jvp",
    "examine_value_and_grad",
    "examine_vjp",
    "gradient_test",
    "gradient_tests",
    "mutate",
    "strategies",
]

# Found on first use: `gradproof --version`, a shell's completion and the pytest plugin must not wait for NumPy.
_MODULES = {
    **dict.fromkeys([n for n in __all__ if n.startswith(("check_", "examine_"))], "gradproof._products"),
    **dict.fromkeys(["check_gradient", "examine_gradient"], "gradproof._examine"),
    **dict.fromkeys(["Entry", "Evaluations", "GradientMismatch", "GradientReport"], "gradproof._report"),
    **dict.fromkeys(["MutationReport", "PlantedError", "mutate"], "gradproof._mutate"),
    "Differentiable": "gradproof._differentiable",
    "gradient_test": "gradproof._gradient_test",
    "gradient_tests": "gradproof._parametrize",
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
