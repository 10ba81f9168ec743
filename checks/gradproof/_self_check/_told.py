"""A self-test as text and as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradproof._mutate._report import Outcome
from gradproof._self_check._calibration import Measured, joined
from gradproof._self_check._run import SelfTest

_OUTCOMES: tuple[Outcome, ...] = ("caught", "survived", "equivalent", "faint")
_CASES = 10
_SENT = (
    "This machine computes something that gradproof does not expect. Run it again with OPENBLAS_NUM_THREADS=1; then\n"
    "open an issue with the output of `gradproof self-test --format json`: it names no file, no host and no user."
)


def as_text(test: SelfTest) -> str:
    """Return the machine, a table of planted errors, one of bounds, and what is wrong."""
    lines = [*_machine(test), "", *_planted(test), "", *_bounds(test), ""]
    lines += [f"EXCEEDED: {case}." for case in test.cases[:_CASES]]
    faults = test.faults
    lines += [f"FAULT: {fault}" for fault in faults]
    if faults:
        return "\n".join([*lines, f"{len(faults)} faults in {test.seconds:.0f} s, seed={test.seed}.", _SENT])
    return "\n".join([*lines, f"all is as it must be, in {test.seconds:.0f} s, seed={test.seed}"])


def as_plain(test: SelfTest) -> dict[str, Any]:
    """Return the same as plain values for JSON."""
    return {
        "schema": 1,
        "passed": not test.faults,
        "faults": test.faults,
        "cases": list(test.cases),
        "seed": test.seed,
        "seconds": test.seconds,
        "versions": dict(test.versions),
        "machine": dict(test.machine),
        "planted": [
            {
                "function": one.name,
                "verdict": one.verdict,
                "errors": {outcome: one.counts.get(outcome, 0) for outcome in _OUTCOMES},
                "causes": {"planted": one.named[1], "named": one.named[0]},
            }
            for one in test.planted
        ],
        "bounds": [{"kind": name, **figures(part)} for name, part in test.measured.items()],
    }


def figures(part: Measured) -> dict[str, float]:
    """Return what a table says of some triples of a function, a point and an entry."""
    return {
        "triples": len(part.error),
        "exceeded": int(np.count_nonzero(part.exceeded)),
        "median_ratio": float(np.median(np.nan_to_num(part.ratios(), posinf=np.finfo(np.float64).max))),
        "unresolved": float(np.mean(part.unresolved)),
    }


def _machine(test: SelfTest) -> Iterator[str]:
    yield ", ".join(f"{name} {version}" for name, version in test.versions.items())
    here = test.machine
    blas = here["blas"]
    yield f"{here['platform']}, {here['processors']} processors"
    yield f"BLAS {blas['name']} {blas['version']}, kernels {blas['core'] or 'not told'}"
    yield f"CPU features {' '.join(here['cpu_features']) or 'not told'}"
    if here["environment"]:
        yield " ".join(f"{name}={value}" for name, value in here["environment"].items())


def _planted(test: SelfTest) -> Iterator[str]:
    width = max(len(one.name) for one in test.planted)
    yield f"{'right gradient':{width}}  {'verdict':17}  caught  missed  invisible  causes named"
    for one in test.planted:
        yield f"{one.name:{width}}  {one.verdict:17}{_errors(one.counts, one.named)}".rstrip()


def _errors(counts: Mapping[Outcome, int], named: tuple[int, int]) -> str:
    if not counts:
        return ""
    caught, missed = counts.get("caught", 0), counts.get("survived", 0)
    invisible = counts.get("equivalent", 0) + counts.get("faint", 0)
    causes = f"{named[0]} of {named[1]}" if named[1] else ""
    return f"{caught:8}{missed:8}{invisible:11}{causes:>14}"


def _bounds(test: SelfTest) -> Iterator[str]:
    lines = [(name, part) for name, part in test.measured.items() if name in test.of_one_variable]
    models = [row for row in test.measured.items() if row[0] not in test.of_one_variable]
    rows = [*lines, ("all of one variable", joined([part for _, part in lines])), *models]
    rows.append(("all", joined(list(test.measured.values()))))
    width = max(len(name) for name, _ in rows)
    yield f"{'kind of function':{width}}  triples  bound exceeded  bound/error, median  unresolved"
    for name, part in rows:
        seen = figures(part)
        yield (
            f"{name:{width}}{seen['triples']:9}{seen['exceeded']:16}{seen['median_ratio']:21.3g}"
            f"{seen['unresolved']:12.1%}"
        )
