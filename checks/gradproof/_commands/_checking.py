"""The work of ``gradproof check``: find what is declared, examine it here or in processes, and report."""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import time
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TextIO

from gradproof import _evidence
from gradproof._collection import NothingDeclaredError
from gradproof._commands import _users_output
from gradproof._commands._shared import asked, complain, say
from gradproof._commands._stream import closing, told
from gradproof._commands._targets import (
    AmbiguousNameError,
    BrokenModuleError,
    Source,
    TargetError,
    declared_in,
    sources,
)
from gradproof._commands._task import Manner, Task, cannot_load, examined
from gradproof._commands._workers import examine_in_processes
from gradproof._differentiable import Differentiable
from gradproof._files import write_whole
from gradproof._machine import versions
from gradproof._options import fresh_seed
from gradproof._outputs import format_of, render
from gradproof._results import Result, Run


class Declared(NamedTuple):
    """A gradient to examine, and where it is declared."""

    source: Source
    operation: Differentiable

    @property
    def where(self) -> str:
        """The module, as it was asked for."""
        return self.source.shown


def check(options: argparse.Namespace) -> int:
    """Examine what the targets declare, report it, and return the exit status."""
    # The user's code may change the folder.
    folder, output = Path.cwd(), options.output and options.output.absolute()
    reports = [path.absolute() for path in options.report]
    manner = Manner(
        options.seed if options.seed is not None else fresh_seed() >> 32,
        asked(options),
        options.examples,
        options.evidence and options.evidence.absolute(),
    )
    with _users_output.on_stderr() as stdout:
        try:
            found = collected(options.targets, allow_none=options.allow_none)
        except TargetError as error:
            complain(f"gradproof check: {error}")
            return 2
        _forget_what_cannot_be_imported(found, manner.evidence)
        streams = options.format == "text" and output is None
        run = _examined(found, manner, options, stdout if streams else None)
    run = replace(run, results=tuple(_shown(result, folder) for result in run.results))
    last = closing(run, None if options.seed is not None or not run.results else manner.seed)
    written = _report(run, options.format, output, reports)
    if streams:
        say(last)
    elif not options.quiet:
        complain(last)
    status = 0 if options.allow_none and not run.results else run.status
    return status if written else status or 2


def collected(targets: Sequence[str], *, allow_none: bool) -> list[Declared | Result]:
    """Return every gradient that the targets lead to, once; in place of a module that cannot be imported, that result.

    Raises
    ------
    TargetError
        Where targets lead to nothing; the message names them all.
    """
    found: dict[int | str, Declared | Result] = {}
    faults: list[str] = []
    for target in targets:
        try:
            declared = _behind(target, allow_none=allow_none)
        except TargetError as error:
            faults.append(str(error))
            continue
        for part in declared:
            found.setdefault(part.where if isinstance(part, Result) else id(part.operation), part)
    if faults:
        raise TargetError("\ngradproof check: ".join(faults))
    return list(found.values())


def _behind(target: str, *, allow_none: bool) -> list[Declared | Result]:
    """Return what one target leads to; a folder may hold files that declare nothing."""
    modules = sources(target, only_declaring=allow_none)
    found = [part for source in modules for part in _in_source(source)]
    if found or allow_none:
        return found
    raise TargetError(f"{target} must hold at least one Differentiable; got none. Declare one there.")


def _in_source(source: Source) -> list[Declared | Result]:
    try:
        return [Declared(source, operation) for operation in declared_in(source)]
    except NothingDeclaredError:
        return []
    except AmbiguousNameError as error:
        return [Result(source.shown, source.shown, "unchecked", str(error), reason=str(error))]
    except BrokenModuleError as broken:
        return [cannot_load(broken)]


def _forget_what_cannot_be_imported(found: Sequence[Declared | Result], evidence: Path | None) -> None:
    """Remove the evidence of modules that no longer load: an older run's proof would be taken for one of this run."""
    if evidence is not None:
        for part in found:
            if isinstance(part, Result):
                _evidence.forget(evidence, part.where)


def _examined(
    found: Sequence[Declared | Result], manner: Manner, options: argparse.Namespace, stdout: TextIO | None
) -> Run:
    """Examine all, and print each as soon as those before it are done, where there is something to print to."""
    start = time.perf_counter()
    several = len({part.where for part in found}) > 1
    verbosity = options.verbose - options.quiet
    results = []
    with contextlib.closing(_in_order(found, manner, options.jobs)) as coming:
        for result in coming:
            results.append(result)
            text = told(result, several=several, verbosity=verbosity)
            if stdout is not None and text:
                stdout.write(f"{text}\n")
                stdout.flush()
            if options.exitfirst and result.outcome != "right":
                break
    return Run(tuple(results), versions(), time.perf_counter() - start)


def _in_order(found: Sequence[Declared | Result], manner: Manner, jobs: int) -> Generator[Result]:
    """Yield the results in the order of the declarations, whichever process is done first."""
    if jobs == 1:
        for part in found:
            yield part if isinstance(part, Result) else examined(part.operation, part.source, manner)
        return
    declared = [part for part in found if isinstance(part, Declared)]
    tasks = [Task(part.source, part.operation.name) for part in declared]
    modules = list(dict.fromkeys(part.source for part in declared))
    done: dict[int, Result] = {}
    with contextlib.closing(examine_in_processes(tasks, manner, modules, jobs)) as coming:
        place = 0
        for part in found:
            if isinstance(part, Result):
                yield part
                continue
            while place not in done:
                index, result = next(coming)
                done[index] = result
            yield done.pop(place)
            place += 1


def _report(run: Run, shape: str, output: Path | None, reports: Sequence[Path]) -> bool:
    """Write a finished run where it is wanted, and tell whether all of it could be written."""
    if output is None and shape != "text":
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # which is what these formats are written in
        sys.stdout.write(render(run, shape))
    files = [(path, format_of(path)) for path in reports]
    for path, its_shape in [(output, shape), *files] if output else files:
        try:
            write_whole(path, render(run, its_shape))
        except OSError as error:
            complain(f"gradproof check: a report must be written; got {error}.")
            return False
    return True


def _shown(result: Result, folder: Path) -> Result:
    """Return a result whose evidence is told relative to the current folder, where inside of it."""
    if result.evidence is None or not Path(result.evidence).is_relative_to(folder):
        return result
    return replace(result, evidence=Path(result.evidence).relative_to(folder).as_posix())
