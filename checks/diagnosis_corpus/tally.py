"""Count what a diagnosis names of the corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

import gradproof as gp
from diagnosis_corpus.cases import NEAR_MISSES, PLANTED, Case
from diagnosis_corpus.functions import Function, network, ridge, softmax_regression, square, tensor
from gradproof._diagnosis import Evidence, diagnose
from gradproof._structure import Arguments, argument_names

CORPUS_SEED = 20
Naming: TypeAlias = Callable[[Case], str | None]
_FUNCTIONS = (softmax_regression(), ridge(), tensor(), square(), network((3, 4, 2)))


class Tally(NamedTuple):
    """How many faults of one cause were planted, named rightly, and named wrongly."""

    planted: int
    named: int
    wrongly: int


def diagnosis_of(case: Case) -> str | None:
    """Return the cause that is named where the right gradient stands for the numerical one, up to its rounding."""
    found = diagnose(evidence_of(case))
    return None if found is None else found.cause


def evidence_of(case: Case) -> Evidence:
    """Return a planted fault beside the right gradient, scattered by what a complex step scatters."""
    function = case.function
    arguments = _arguments(function)
    right, _ = arguments.flatten(function.grad(*function.args))
    rng = np.random.default_rng(CORPUS_SEED)
    bound = 1e-13 * arguments.leafwise_max(np.abs(right))
    numeric = right + 0.1 * bound * rng.uniform(-1, 1, size=len(right))
    analytic = _planted(case, arguments, right)
    wrong = np.abs(analytic - numeric) > bound
    return Evidence(arguments, analytic, numeric, bound, wrong, np.ones_like(wrong))


def examined(case: Case, mode: Literal["entries", "directions"] = "entries") -> gp.GradientReport:
    """Return what an examination reports of a planted fault."""
    function = case.function

    def grad(*args: Any) -> Any:
        here = Arguments(args, argument_names(function.f, len(function.args)))
        right, _ = here.flatten(function.grad(*args))
        return tuple(here.rebuild(_planted(case, here, right)))

    return gp.examine_gradient(function.f, grad, *function.args, seed=CORPUS_SEED, mode=mode)


def cause_in(case: Case) -> str | None:
    """Return the cause that an examination names."""
    text = examined(case).diagnosis
    return None if text is None else text.partition(":")[0]


def _arguments(function: Function) -> Arguments:
    return Arguments(function.args, argument_names(function.f, len(function.args)))


def _planted(case: Case, arguments: Arguments, right: Any) -> Any:
    def leaves(vector: Any) -> list[Any]:
        return [vector[leaf.start : leaf.stop].reshape(leaf.shape) for leaf in arguments.leaves]

    return np.concatenate([np.ravel(leaf) for leaf in case.plant(leaves(right), leaves(arguments.vector))])


def tally(name: Naming = diagnosis_of) -> dict[str, Tally]:
    """Return the counts by cause, as `name` names it."""
    counts: dict[str, Tally] = {}
    for case in PLANTED:
        cause = str(case.cause)
        found = name(case)
        planted, named, wrongly = counts.get(cause, Tally(0, 0, 0))
        counts[cause] = Tally(
            planted + 1, named + (found == cause), wrongly + (found is not None and found != cause)
        )
    return counts


def near_misses_by_cause(name: Naming = diagnosis_of) -> dict[str, tuple[int, int]]:
    """Return for each cause how many near misses there are, and how many were not taken for it."""
    counts: dict[str, tuple[int, int]] = {}
    for case in NEAR_MISSES:
        cause = str(case.cause).removeprefix("!")
        planted, rejected = counts.get(cause, (0, 0))
        counts[cause] = (planted + 1, rejected + (name(case) != cause))
    return counts


def unstructured(count: int) -> Iterator[Case]:
    """Yield errors without a structure: single entries, some entries, noise, two causes at once."""
    rng = np.random.default_rng(CORPUS_SEED)
    for number in range(count):
        function = _FUNCTIONS[number % len(_FUNCTIONS)]
        kind = number // len(_FUNCTIONS) % 4
        yield _unstructured(function, kind, int(rng.integers(2**31)))


def _unstructured(function: Function, kind: int, seed: int) -> Case:
    def plant(g: list[Any], _: list[Any]) -> list[Any]:
        rng = np.random.default_rng(seed)
        leaf = int(rng.integers(len(g)))
        changed = [part.copy() for part in g]
        flat = changed[leaf].reshape(-1)
        if kind == 0:
            flat[rng.integers(flat.size)] *= rng.choice([-1.0, 0.0, 2.0, 1.3])
        elif kind == 1:
            chosen = rng.choice(flat.size, max(1, flat.size // 3), replace=False)
            flat[chosen] *= rng.uniform(0.5, 2, size=chosen.size)
        elif kind == 2:
            flat += rng.normal(size=flat.size)
        else:
            flat *= 2
            flat[rng.integers(flat.size)] += 1.0
        return changed

    return Case(None, f"unstructured {kind}", function, plant)
