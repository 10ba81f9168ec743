"""Right gradients, which must be seen to be right, and errors planted in them, which must be caught and named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gradproof._differentiable import Differentiable
from gradproof._mutate._planted import ERRORS
from gradproof._mutate._report import Outcome, PlantedError
from gradproof._mutate._score import Examination, plant
from gradproof._options import DEFAULT_RESOLUTION
from gradproof._self_check._gradients import RIGHT, Right

# What was planted, and the cause that a diagnosis must name of it, in functions with entries enough that it is no
# chance.
_VECTORS = ("polynomial", "ridge regression", "convolution")
_MATRICES = ("softmax regression", "bilinear form")
_LARGE = ("chain of matmuls", "network, softmax cross-entropy")
CAUSES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sign": ("sign", (*_VECTORS, *_MATRICES, *_LARGE)),
    "factor 2": ("factor 2", (*_VECTORS, *_MATRICES, *_LARGE)),
    "factor 1/2": ("factor 0.5", (*_VECTORS, *_MATRICES, *_LARGE)),
    "missing 1/n: the sum for a mean": ("factor 16", ("softmax regression",)),
    "extra 1/n: the mean for a sum": ("factor 0.0625", ("softmax regression",)),
    "the last leaf negated": ("sign", (*_MATRICES, *_LARGE)),
    "a leaf zeroed": ("missing", (*_MATRICES, *_LARGE)),
    "a row zeroed": ("slice missing", _LARGE),
    "transposed": ("transposed", ("bilinear form",)),
    "only the diagonal kept": ("off the diagonal", ("log-determinant",)),
    "the first row in every row": ("broadcast", ("softmax regression",)),
    "rows shifted by one": ("shifted", ("ridge regression", "convolution")),
    "reversed": ("reversed", ("ridge regression", "convolution")),
    "a constant added": ("offset", (*_VECTORS, "softmax regression")),
    "weight decay added": ("L2 penalty", _VECTORS),
    "sign penalty added": ("L1 penalty", _VECTORS),
    "the arguments in place of the gradient": ("argument", (*_VECTORS, *_MATRICES)),
    "clipped at half of the largest": ("clipped", ("ridge regression",)),
    "mean removed": ("mean removed", ("ridge regression", "convolution")),
}


@dataclass
class Caught:
    """What became of one right gradient, and of the errors planted in it.

    Attributes
    ----------
    name, verdict : str
    counts : dict
        Of the errors, by outcome; empty where none were planted.
    named : tuple of int
        How many causes were named, of how many.
    faults : list of str
        What is not as it must be.
    """

    name: str
    verdict: str
    counts: dict[Outcome, int] = field(default_factory=dict)
    named: tuple[int, int] = (0, 0)
    faults: list[str] = field(default_factory=list)


def plant_errors(*, quick: bool, seed: int) -> Iterator[Caught]:
    """Yield what becomes of every right gradient; errors are planted in all that pass, or in a few."""
    for right in RIGHT:
        seen = _examined(right, seed)
        if not seen.faults and right.passed and (right.quick or not quick):
            _plant_all(right.operation, seen, seed)
        yield seen


def _examined(right: Right, seed: int) -> Caught:
    """Examine a right gradient: a false alarm, or a guess, is a fault."""
    report = right.operation.examine(seed=seed)
    seen = Caught(right.operation.name, report.verdict)
    if (report.verdict, report.passed) != (right.verdict, right.passed):
        wanted = right.verdict if right.passed else f"{right.verdict}, not passed"
        seen.faults.append(f"{seen.name}: a right gradient must be found {wanted}; got {report}")
    elif report.method != right.method:
        seen.faults.append(
            f"{seen.name}: its derivative must be seen by {right.method}; got {report.method}."
        )
    return seen


def _plant_all(operation: Differentiable, seen: Caught, seed: int) -> None:
    smallest = float(operation.options.get("resolution", DEFAULT_RESOLUTION))
    check = Examination({"seed": seed})
    named = wanted = 0
    for name in ERRORS:
        error = plant(check, operation, name, smallest)
        seen.counts[error.outcome] = seen.counts.get(error.outcome, 0) + 1
        if error.outcome == "survived":
            seen.faults.append(
                f"{seen.name}: {name} must be caught, of relative size {error.size:.2g}; it was not."
            )
        cause, functions = CAUSES.get(name, ("", ()))
        if seen.name in functions and _counts(error):
            wanted += 1
            found = _cause(check)
            named += found == cause
            if found != cause:
                seen.faults.append(f"{seen.name}: the cause of {name} must be named {cause}; got {found}.")
    seen.named = (named, wanted)


def _counts(error: PlantedError) -> bool:
    return error.outcome in {"caught", "survived"}


def _cause(check: Examination) -> str | None:
    found = None if check.report is None else check.report.diagnosis
    return None if found is None else found.partition(":")[0]
