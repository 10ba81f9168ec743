"""How many planted errors checks catch: gradproof beside central differences with a fixed tolerance.

Errors are planted in every gradient of the reference, at the natural size of its loss and with the loss in units a
million times larger. The tolerances are the defaults of torch.autograd.gradcheck: steps of 1e-6, rtol 1e-3, atol 1e-5;
what lies below them such a check does not claim to see.

    python benchmarks/mutation.py

prints the table, and exits with 1 where gradproof misses an error of 1e-6 or more.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

import gradproof as gp
from gradproof._structure import Arguments
from gradproof._trees import map_leaves

ROOT = Path(__file__).parents[1]
STEP, RTOL, ATOL = 1e-6, 1e-3, 1e-5
SCALES = (1.0, 1e-6)


def fixed_tolerance(operation: gp.Differentiable) -> None:
    """Compare every entry with a central difference."""
    arguments = Arguments(operation.args, tuple(f"args[{i}]" for i in range(len(operation.args))))
    gradient, _ = arguments.flatten(operation.grad(*operation.args))
    for i, analytic in enumerate(gradient):
        step = np.zeros(len(gradient))
        step[i] = STEP
        ahead, behind = (operation.f(*arguments.rebuild(arguments.vector + s)) for s in (step, -step))
        assert np.isclose(analytic, (ahead - behind) / (2 * STEP), rtol=RTOL, atol=ATOL)  # noqa: S101  a check


def scaled(operation: gp.Differentiable, scale: float) -> gp.Differentiable:
    """Return the same loss in other units."""

    def times(leaf: Any) -> Any:
        return scale * leaf if isinstance(leaf, float | np.floating | np.ndarray) else leaf

    return gp.Differentiable(
        lambda *args: scale * operation.f(*args),
        lambda *args: map_leaves(times, operation.grad(*args)),
        operation.args,
        operation.name,
    )


def score(check: Any, scale: float) -> gp.MutationReport:
    """Plant every error in every declared gradient."""
    from declared import DECLARED  # noqa: PLC0415  found once checks/formulas is on the path

    reports = [gp.mutate(scaled(operation, scale), caught_by=check, seed=0) for operation in DECLARED]
    return gp.MutationReport("", tuple(error for report in reports for error in report.errors))


def main() -> int:
    """Print the table."""
    sys.path.insert(0, str(ROOT / "checks" / "formulas"))
    complete = True
    print("loss times  check            caught            missed most often")
    for scale in SCALES:
        for name, check in (("gradproof", None), ("fixed tolerance", fixed_tolerance)):
            report = score(check, scale)
            missed = Counter(error.error for error in report.survivors).most_common(3)
            caught = report.counted - len(report.survivors)
            print(
                f"{scale:<10g}  {name:15}  {caught:3} of {report.counted} {report.score:7.1%}  "
                f"{', '.join(error for error, _ in missed)}"
            )
            complete &= check is not None or report.passed
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
