"""The examination of one declared gradient for a report: whatever it does becomes a result."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gradproof import _evidence
from gradproof._commands._targets import BrokenModuleError, Source, TargetError, declared_in
from gradproof._commands._user_error import one_line, users_traceback
from gradproof._differentiable import Differentiable, Examination, examination
from gradproof._place import place_of
from gradproof._results import CANNOT_LOAD, Result


@dataclass(frozen=True)
class Task:
    """One gradient to examine, as another process can find it: where it is declared, and its name."""

    source: Source
    name: str


@dataclass(frozen=True)
class Manner:
    """How all gradients of a run are examined.

    Attributes
    ----------
    seed : int
        Of every gradient that declares none.
    asked : mapping
        Keyword arguments of `examine_gradient` that go before the declared ones.
    examples : int or None
        Inputs to draw per gradient.
    evidence : Path or None
        The folder to keep evidence in.
    """

    seed: int
    asked: Mapping[str, Any] = field(default_factory=dict)
    examples: int | None = None
    evidence: Path | None = None

    def options(self, operation: Differentiable) -> dict[str, Any]:
        """Return the keyword arguments for a gradient, without those that it declares itself."""
        fresh = {} if operation.options.get("seed") is not None else {"seed": self.seed}
        return {**fresh, **self.asked}


def carried_out(task: Task, manner: Manner) -> Result:
    """Find a declared gradient, here or in a process of its own, and examine it."""
    try:
        found = declared_in(task.source)
        operation = next(operation for operation in found if operation.name == task.name)
    except BrokenModuleError as error:
        _forget(task.source, task.name, manner)
        return cannot_load(error)
    except (TargetError, ValueError, StopIteration) as error:
        _forget(task.source, task.name, manner)
        reason = "it must be declared under the same name each time its module is imported; it was not."
        return Result(task.name, task.source.shown, "unchecked", f"{reason} {error}".rstrip(), reason=reason)
    return examined(operation, task.source, manner)


def examined(operation: Differentiable, source: Source, manner: Manner) -> Result:
    """Examine a gradient, and make a result also of an error that its functions raise."""
    start = time.perf_counter()
    options = manner.options(operation)
    place = place_of(operation.grad or operation.f)
    # Before the examination: it may end in an error, or end the process, and then no older proof may be left.
    _forget(source, operation.name, manner)
    try:
        seen = examination(operation, options, examples=manner.examples)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  the functions are the user's: they may raise anything, or exit
        reason = one_line(error)
        message = f"{operation.name} cannot be examined: {reason}\n{users_traceback(error)}"
        seconds = time.perf_counter() - start
        return Result(
            operation.name, source.shown, "unchecked", message, place, reason=reason, seconds=seconds
        )
    result = Result.of_report(
        seen.report,
        name=operation.name,
        where=source.shown,
        place=place,
        notes=seen.notes,
        seconds=time.perf_counter() - start,
    )
    return (
        result
        if manner.evidence is None
        else _kept(result, operation, source, seen, options, manner.evidence)
    )


def cannot_load(broken: BrokenModuleError) -> Result:
    """Return the result of a module that raises when it is imported."""
    error = broken.__cause__ or broken
    reason = f"{CANNOT_LOAD}: {one_line(error)}"
    message = f"{broken.source.shown} cannot be imported: {one_line(error)}\n{users_traceback(error)}"
    return Result(broken.source.shown, broken.source.shown, "unchecked", message, reason=reason)


def _forget(source: Source, name: str, manner: Manner) -> None:
    if manner.evidence is not None:
        _evidence.forget(manner.evidence, source.shown, name)


def _kept(
    result: Result,
    operation: Differentiable,
    source: Source,
    seen: Examination,
    options: Mapping[str, Any],
    folder: Path,
) -> Result:
    """Keep evidence; where that fails, a right gradient is not proven to who asked for it."""
    try:
        path = _evidence.save(folder, source.shown, operation, seen.args, seen.report, options)
    except Exception as error:  # noqa: BLE001  the arguments are the user's: writing them down may raise anything
        reason = f"the evidence cannot be written: {one_line(error)}"
        if result.outcome == "right":
            # No verdict: whoever reads "pass" takes the gradient for proven.
            message = f"{operation.name} is right, but {reason}"
            return replace(
                result, outcome="unchecked", verdict=None, worst=None, message=message, reason=reason
            )
        message = "\n".join(filter(None, [result.message, reason]))
        return replace(result, message=message, reason=result.reason or reason)
    return replace(result, evidence=str(path))
