"""Hold the stated bounds of numerical derivatives against exact derivatives, over many random functions and points.

Run as ``python benchmarks/calibration.py``. The exit status is 1 where a figure that the project promises is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
from calibration_corpus import KINDS, Kind, Points, Vector
from calibration_models import MODELS, WAYS, examine
from numpy.typing import NDArray

from gradproof._differences import Differences, Sought, differentiate
from gradproof._ladder import Ladder
from gradproof._noise import model_noises
from gradproof._objective import probing, widest_steps
from gradproof._report import STATUSES
from gradproof._surroundings import GOAL, scales_of

RESOLUTION = 1e-6
UNIT = float(np.finfo(np.float64).eps) / 2
BATCH = 500
_SHOWN = 20
# Of a model, about.
_ENTRIES = 35

# What is promised. The cost by complex step includes what is evaluated around the point.
EXCEEDED_ONE_IN = 100_000
MEDIAN_RATIO = 100.0
PLAIN_EVALUATIONS = 8
COMPLEX_EVALUATIONS = 2


class ManyLines:
    """One line for each point: function i moves along its own variable, all of them evaluated in one call."""

    def __init__(self, function: Callable[..., Vector], points: Points) -> None:
        self._function = function
        self.points = points
        size = np.abs(points[0])
        self.scales = scales_of(size, size)
        self.evaluations = np.zeros(len(size), dtype=np.intp)

    def values(self, rows: NDArray[np.intp], steps: Vector) -> tuple[Vector, Vector]:
        """Return the functions at steps[i] on line rows[i], and the steps as realised."""
        np.add.at(self.evaluations, rows, 1)
        at, *parameters = (part[rows] for part in self.points)
        moved = at + steps
        return self._function(moved, *parameters), moved - at

    def along(self, steps: Vector) -> NDArray[np.float64]:
        """Return all functions at the given multiples of their scales, shape (len(steps), lines)."""
        every = np.arange(len(self.scales))
        return np.array([self.values(every, step * self.scales)[0] for step in steps])

    def resolvable(self) -> Vector:
        """Return the smallest step that floating point still realises to a few bits."""
        smallest: Vector = 8 * np.spacing(np.abs(self.points[0]))
        return smallest

    def widest(self) -> Vector:
        """Return the widest step that still is about f at the point."""
        return widest_steps(self.scales)

    def only(self, row: int) -> ManyLines:
        """Return one line, whose evaluations count for the whole."""
        part = ManyLines(self._function, tuple(p[row : row + 1] for p in self.points))
        part.evaluations = self.evaluations[row : row + 1]
        return part


@dataclass
class Measured:
    """One value per triple: error, bound and cost of the derivative by differences, and what became of it."""

    error: Vector
    bound: Vector
    exact: Vector
    exceeded: NDArray[np.bool_]
    unresolved: NDArray[np.bool_]
    evaluations: Vector

    def ratios(self) -> Vector:
        """Return bound / error; an error is at least the rounding of the exact derivative."""
        floor = np.maximum(UNIT * np.abs(self.exact), np.finfo(np.float64).tiny)
        ratios: Vector = self.bound / np.maximum(self.error, floor)
        return ratios


def joined(parts: Sequence[Measured]) -> Measured:
    """Return the triples of several batches as one."""
    return Measured(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Measured)))


def claims_for(random: np.random.Generator, exact: Vector, estimate: Vector) -> Vector:
    """Return the derivative that is claimed at each point: right for half, off for a quarter, unquestioned for one.

    A claim decides how closely is looked. The hardest to be honest against is one that agrees with whatever the
    first few steps show.
    """
    size = np.where(exact == 0, 1.0, np.abs(exact))
    off = exact + size * 10.0 ** random.uniform(-8, 1, len(exact)) * random.choice([-1.0, 1.0], len(exact))
    choice = random.integers(0, 4, len(exact))
    return np.select([choice < 2, choice == 2], [exact, off], estimate)


def measure(kind: Kind, random: np.random.Generator, count: int) -> tuple[Points, Differences, Measured]:
    """Differentiate `count` functions of one kind as the checker does, beside their exact derivatives."""
    points = kind.draw(random, count)
    left, right = kind.exact(points)
    lines = ManyLines(kind.function, points)
    every = np.arange(count)
    with probing():
        value = lines.values(every, np.zeros(count))[0]
        noise = model_noises(lines.along, value, UNIT)
        around = Ladder(lines, value, noise)  # type: ignore[arg-type]  # stands in for Lines
        around.refine(np.full(count, np.inf))
        around.refine(GOAL * RESOLUTION * around.secants())
        moves = around.secants()
        lines.evaluations[:] = 0
        ladder = Ladder(lines, value, noise)  # type: ignore[arg-type]  # same
        sought = Sought(RESOLUTION, moves, np.copy)
        sought.refine(ladder)
        claimed = claims_for(random, (left + right) / 2, np.nan_to_num(ladder.central().value))
        seen = differentiate(ladder, sought, claimed, lambda d: 2**8 * UNIT * np.abs(d))
    # What a close look at a wrong claim costs is no cost of a derivative.
    right_claim = np.abs(claimed - (left + right) / 2) <= seen.bound
    return points, seen, compare(seen, left, right, moves, np.where(right_claim, lines.evaluations, np.nan))


def compare(seen: Differences, left: Vector, right: Vector, moves: Vector, evaluations: Vector) -> Measured:
    """Hold what was seen against the exact one-sided derivatives."""
    kinds = np.array(seen.kind)
    slack = 4 * UNIT * np.maximum(np.abs(left), np.abs(right))
    low, high = np.minimum(left, right), np.maximum(left, right)
    error = np.maximum(np.abs(seen.value - left), np.abs(seen.value - right))
    outside = np.maximum(seen.low - low, high - seen.high)
    kinked = kinds == "kink"
    exceeded = np.where(kinked, outside > slack, ~(error <= seen.bound + slack)) & (kinds != "jump")
    # A jump where there is none is as wrong as a bound can be.
    exceeded |= kinds == "jump"
    error = np.where(kinked, np.maximum(np.abs(seen.low - low), np.abs(high - seen.high)), error)
    bound = np.where(kinked, 2 * seen.bound, seen.bound)
    visible = RESOLUTION * np.maximum(np.abs(seen.value), moves * 2.0**-10)
    unresolved = (kinds == "unconfirmed") | ~(seen.bound <= visible)
    return Measured(error, bound, (left + right) / 2, exceeded, unresolved, evaluations)


def _task(task: tuple[int, int, int, int]) -> tuple[Measured, list[str]]:
    kind, batch, count, seed = task
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(kind, batch)))
    points, seen, measured = measure(KINDS[kind], random, count)
    cases = [
        f"{KINDS[kind].name} at {tuple(float(part[i]) for part in points)}: {seen.kind[i]}, "
        f"{seen.value[i]:.17g} ± {seen.bound[i]:.3g} in [{seen.low[i]:.3g}, {seen.high[i]:.3g}], "
        f"exact {measured.exact[i]:.17g}"
        for i in np.flatnonzero(measured.exceeded)
    ]
    return measured, cases


def _model_task(task: tuple[int, int, int, int]) -> tuple[Measured, list[str]]:
    """Examine the exact gradients of one model in one way, `repeats` times; the cost counts all that was evaluated."""
    model, way, repeats, seed = task
    parts, cases = [], []
    for repeat in range(repeats):
        random = np.random.default_rng(
            np.random.SeedSequence(seed, spawn_key=(len(KINDS) + model, way, repeat))
        )
        report, exact = examine(MODELS[model], WAYS[way], random)
        seen = report.compared
        exceeded = ~(seen.error <= seen.bound + 4 * UNIT * np.abs(exact)) | (report.verdict == "fail")
        cost = np.full(len(exact), report.evaluations.f / len(exact))
        unresolved = np.array([STATUSES[code] == "unresolved" for code in seen.status])
        parts.append(Measured(seen.error, seen.bound, exact, exceeded, unresolved, cost))
        cases += [f"{MODELS[model].name}, {WAYS[way].name}, number {repeat}: {report}"] * bool(exceeded.any())
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
    repeats = max(1, round(0.1 * triples / (max(1, len(pairs)) * _ENTRIES)))
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
        lines.append(
            f"| {name} | {len(ratios)} | {np.count_nonzero(part.exceeded)} | {np.median(ratios):.3g} "
            f"| {np.percentile(used, 99) if used.size else 0:.2g} | {costs[0]:.0f} | {costs[1]:.0f} | {np.mean(part.unresolved):.1%} |"
        )
    return "\n".join(lines)


def missed(measured: dict[str, Measured]) -> list[str]:
    """Return the promises that were not kept."""
    every = joined(list(measured.values()))
    exceeded, count = np.count_nonzero(every.exceeded), len(every.error)
    faults = []
    if exceeded * EXCEEDED_ONE_IN >= max(count, 1) and exceeded:
        names = ", ".join(name for name, part in measured.items() if part.exceeded.any())
        faults.append(
            f"the bound must hold but once in {EXCEEDED_ONE_IN}; got {exceeded} in {count}: {names}."
        )
    median = float(np.median(every.ratios()))
    if median > MEDIAN_RATIO:
        faults.append(
            f"the median bound must stay within {MEDIAN_RATIO:g} times the error; got {median:.3g}."
        )
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
