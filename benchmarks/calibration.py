"""Hold the stated bounds of numerical derivatives against exact derivatives, over many random functions and points.

Run as ``python benchmarks/calibration.py``. The exit status is 1 where a figure that the project promises is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from calibration_corpus import exact

from gradproof._self_check import _calibration
from gradproof._self_check._calibration import (
    Measured,
    exceeded_cases,
    exceeded_too_often,
    joined,
    too_wide,
)
from gradproof._self_check._kinds import KINDS
from gradproof._self_check._models import ENTRIES, MODELS, WAYS, measure_model

BATCH = 500
_SHOWN = 20

# What is promised beside the bounds. The cost by complex step includes what is evaluated around the point.
PLAIN_EVALUATIONS = 8
COMPLEX_EVALUATIONS = 2


def _task(task: tuple[int, int, int, int]) -> tuple[Measured, list[str]]:
    kind_number, batch, count, seed = task
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(kind_number, batch)))
    kind = KINDS[kind_number]
    points = kind.draw(random, count)
    seen, measured = _calibration.measure(kind.function, points, exact(kind, points), random)
    return measured, exceeded_cases(kind.name, points, seen, measured)


def _model_task(task: tuple[int, int, int, int]) -> tuple[Measured, list[str]]:
    """Examine the exact gradients of one model in one way, `repeats` times; the cost counts all that was evaluated."""
    model, way, repeats, seed = task
    parts, cases = [], []
    for repeat in range(repeats):
        random = np.random.default_rng(
            np.random.SeedSequence(seed, spawn_key=(len(KINDS) + model, way, repeat))
        )
        part, case = measure_model(MODELS[model], WAYS[way], random)
        parts.append(part)
        cases += [f"{case}, number {repeat}"] * bool(part.exceeded.any())
    return joined(parts), cases


def calibrate(
    triples: int, seed: int, jobs: int = 1, only: str = ""
) -> tuple[dict[str, Measured], list[str]]:
    """Measure the corpus, or the kinds and models whose names contain `only`: `triples` in all.

    A tenth of the triples are entries of gradients that the whole checker examines.

    Returns
    -------
    measured : dict of str to Measured
        By kind, and by model and way to ask.
    cases : list of str
        In which a bound was exceeded.
    """
    kinds = [i for i, kind in enumerate(KINDS) if only in kind.name]
    pairs = [(i, way) for i, model in enumerate(MODELS) if only in model.name for way in range(len(WAYS))]
    lines = 0.9 * triples / max(1, len(kinds))
    batches = max(1, round(lines / BATCH))
    repeats = max(1, round(0.1 * triples / (max(1, len(pairs)) * ENTRIES)))
    tasks = [(kind, batch, min(BATCH, int(lines) + 1), seed) for kind in kinds for batch in range(batches)]
    examinations = [(*pair, repeats, seed) for pair in pairs]
    with ProcessPoolExecutor(jobs) if jobs > 1 else contextlib.nullcontext() as pool:
        run = map if pool is None else pool.map
        results, further = list(run(_task, tasks)), list(run(_model_task, examinations))
    parts = [part for part, _ in results]
    measured = {
        KINDS[kind].name: joined(parts[i * batches : (i + 1) * batches]) for i, kind in enumerate(kinds)
    }
    for (model, way), (part, _) in zip(pairs, further, strict=True):
        measured[f"{MODELS[model].name}, {WAYS[way].name}"] = part
    return measured, [case for _, found in [*results, *further] for case in found]


def table(measured: dict[str, Measured]) -> str:
    """Return one line per kind, and one for all."""
    lines = [
        "| kind of function | triples | bound exceeded | bound/error, median | error/bound, 99 % | evaluations, median | 95 % | unresolved |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for name, part in [*measured.items(), ("all", joined(list(measured.values())))]:
        ratios = part.ratios()
        finite = np.isfinite(part.bound)
        used = np.where(part.bound > 0, part.error / part.bound, 0.0)[finite]
        costs = np.nanpercentile(part.evaluations, [50, 95])
        cell = name.replace("|", "\\|")  # a bar would end the cell
        lines.append(
            f"| {cell} | {len(ratios)} | {np.count_nonzero(part.exceeded)} | {np.median(ratios):.3g} "
            f"| {np.percentile(used, 99) if used.size else 0:.2g} | {costs[0]:.0f} | {costs[1]:.0f} | {np.mean(part.unresolved):.1%} |"
        )
    return "\n".join(lines)


def missed(measured: dict[str, Measured]) -> list[str]:
    """Return the promises that were not kept."""
    faults = exceeded_too_often(measured) + too_wide(measured)
    dear = {kind.name: PLAIN_EVALUATIONS for kind in KINDS if kind.plain}
    dear |= {f"{model.name}, {WAYS[0].name}": COMPLEX_EVALUATIONS for model in MODELS if model.plain}
    for name, most in dear.items():
        cost = float(np.nanmedian(measured[name].evaluations)) if name in measured else 0.0
        if cost > most:
            faults.append(f"a plain entry must cost at most {most} evaluations; got {cost:g} for {name}.")
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and what it shows to be wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=120_000, help="functions with a point, in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="measure only what has this in its name")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    options = parser.parse_args(arguments)
    measured, cases = calibrate(options.triples, options.seed, options.jobs, options.only)
    faults = missed(measured)
    print(table(measured))
    for case in cases[:_SHOWN]:
        print(f"EXCEEDED: {case}.")
    for fault in faults:
        print(f"MISSED: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
