"""Count what a diagnosis names of the corpus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

import gradproof as gp
from diagnosis_corpus.cases import NEAR_MISSES, PLANTED, Case
from diagnosis_corpus.functions import Function, network, ridge, softmax_regression, square, tensor
from gradproof._structure import Arguments, argument_names

CORPUS_SEED = 20
_FUNCTIONS = (softmax_regression(), ridge(), tensor(), square(), network((3, 4, 2)))


class Tally(NamedTuple):
    """How many faults of one cause were planted, named rightly, and named wrongly."""

    planted: int
    named: int
    wrongly: int


def diagnosis_of(case: Case, mode: str = "entries") -> str | None:
    """Return what an examination says of a planted fault: its cause, without the evidence."""
    text = text_of(case, mode)
    return None if text is None else text.partition(":")[0]


def text_of(case: Case, mode: str = "entries") -> str | None:
    """Return the whole diagnosis of a planted fault."""
    function = case.function
    arguments = Arguments(function.args, argument_names(function.f, len(function.args)))
    parts = [slice(leaf.start, leaf.stop) for leaf in arguments.leaves]

    def grad(*args: Any) -> Any:
        here = Arguments(args, arguments.names)
        right, _ = here.flatten(function.grad(*args))
        leaves = [right[part].reshape(leaf.shape) for part, leaf in zip(parts, here.leaves, strict=True)]
        points = [here.vector[part].reshape(leaf.shape) for part, leaf in zip(parts, here.leaves, strict=True)]
        planted = np.concatenate([np.ravel(leaf) for leaf in case.plant(leaves, points)])
        return tuple(here.rebuild(planted))

    report = gp.examine_gradient(function.f, grad, *function.args, seed=CORPUS_SEED, mode=mode)  # type: ignore[arg-type]
    return report.diagnosis


def tally() -> dict[str, Tally]:
    """Return the counts by cause."""
    counts: dict[str, Tally] = {}
    for case in PLANTED:
        cause = str(case.cause)
        found = diagnosis_of(case)
        planted, named, wrongly = counts.get(cause, Tally(0, 0, 0))
        counts[cause] = Tally(
            planted + 1, named + (found == cause), wrongly + (found is not None and found != cause)
        )
    return counts


def near_misses_by_cause() -> dict[str, tuple[int, int]]:
    """Return for each cause how many near misses there are, and how many were not taken for it."""
    counts: dict[str, tuple[int, int]] = {}
    for case in NEAR_MISSES:
        cause = str(case.cause).removeprefix("!")
        planted, rejected = counts.get(cause, (0, 0))
        counts[cause] = (planted + 1, rejected + (diagnosis_of(case) != cause))
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
