"""The document of one examination: the gradient, its inputs, how it was asked, what was found, and on what machine."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gradproof._differentiable import Differentiable
from gradproof._evidence._arrays import digest_of
from gradproof._evidence._document import FORMAT, SCHEMA, Document
from gradproof._evidence._inputs import encode
from gradproof._evidence._leaves import UNKNOWN, arguments_digest
from gradproof._evidence._numbers import number
from gradproof._evidence._source import source_of
from gradproof._machine import machine, versions
from gradproof._options import Options
from gradproof._report import _RANK, Entry, GradientReport

WORST = 100
"""So many entries, and directions, are kept; of all there is a digest."""

_OPTIONS = {field.name for field in dataclasses.fields(Options)} - {"seed"}


def document_of(
    module: str,
    operation: Differentiable,
    args: tuple[Any, ...],
    report: GradientReport,
    options: Mapping[str, Any],
) -> Document:
    """Return what there is to say of one examination, as plain values."""
    return {
        "format": FORMAT,
        "schema": SCHEMA,
        "module": portable(module),
        "name": operation.name,
        "sources": {"f": source_of(operation.f), "grad": source_of(operation.grad)},
        "inputs": inputs_of(operation, args, report),
        "options": plain_options({**operation.options, **options}),
        "report": plain_report(report),
        "versions": versions(),
        "machine": machine(),
    }


def inputs_of(operation: Differentiable, args: tuple[Any, ...], report: GradientReport) -> dict[str, Any]:
    """Return the arguments, and the digest of all that varied, which may stand in f itself."""
    declared = operation.args if isinstance(operation.args, tuple) else UNKNOWN
    args = tuple(args)
    point = None if report.arguments is None else digest_of(report.arguments.vector.tobytes())
    return {
        "drawn": operation.draws,
        "args": encode(args, declared),
        "digest": arguments_digest(args),
        "point": point,
    }


def plain_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of an examination without its seed, which the report tells; those of a search are none."""
    known = {name: value for name, value in options.items() if name in _OPTIONS}
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in known.items()}


def plain_report(report: GradientReport) -> dict[str, Any]:
    """Return a report as plain values: the worst of its entries, and a digest of all of them."""
    return {
        "function": report.function,
        "verdict": report.verdict,
        "passed": report.passed,
        "reason": report.reason,
        "diagnosis": report.diagnosis,
        "resolution": number(report.resolution),
        "evaluations": report.evaluations._asdict(),
        "method": report.method,
        "mode": report.mode,
        "seed": report.seed,
        "framework": report.framework,
        "entries": _entries(report),
        "along": _along(report.along),
    }


def plain_entry(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain values."""
    values = {name: number(getattr(entry, name)) for name in ("analytic", "numeric", "error", "bound")}
    return {"path": entry.path, "index": list(entry.index), **values, "status": entry.status}


def _entries(report: GradientReport) -> dict[str, Any]:
    compared = report.compared
    worst = compared.ranked()[:WORST]
    return {
        "count": len(compared.positions),
        "digest": digest_of(*(column.tobytes() for column in compared)),
        "worst": [
            # `entries` would make all of them.
            {"number": int(compared.positions[i]), **plain_entry(report._entry(int(i)))}  # noqa: SLF001
            for i in worst
        ],
    }


def _along(directions: Sequence[Entry]) -> dict[str, Any]:
    every = [plain_entry(entry) for entry in directions]
    order = sorted(range(len(every)), key=lambda i: (-_RANK[directions[i].status], -directions[i].excess))
    return {
        "count": len(every),
        "digest": digest_of(json.dumps(every, allow_nan=False).encode("ascii")),
        "worst": [{"number": i, **every[i]} for i in order[:WORST]],
    }


def entry_now(report: GradientReport, part: str, number: int) -> dict[str, Any] | None:
    """Return the entry, or the direction, of a report that goes by a number of evidence; None where it was not compared."""
    if part == "along":
        return plain_entry(report.along[number]) if number < len(report.along) else None
    found = np.flatnonzero(report.compared.positions == number)
    return plain_entry(report._entry(int(found[0]))) if found.size else None  # noqa: SLF001  as above


def portable(module: str) -> str:
    """Return a path as seen from the current folder where inside of it, with slashes; the name of a module as it is."""
    if not module.endswith(".py"):
        return module
    path = Path(module)
    folder = Path.cwd()
    if path.is_absolute():
        # The second also past links: the current folder is told without any.
        seen = (one.relative_to(folder) for one in (path, path.resolve()) if one.is_relative_to(folder))
        path = next(seen, path)
    return path.as_posix()
