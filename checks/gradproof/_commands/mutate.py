"""``gradproof mutate``: plant errors in every declared gradient, and see which are caught."""

from __future__ import annotations

import argparse
import contextlib
import json
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from gradproof._commands._shared import (
    TARGETS,
    add_common,
    add_output,
    asked,
    complain,
    say,
    usable,
    writable,
)
from gradproof._options import DEFAULT_RESOLUTION

if TYPE_CHECKING:
    from gradproof._commands._targets import Source
    from gradproof._differentiable import Differentiable
    from gradproof._mutate import MutationReport


class _Mutate:
    """``gradproof mutate TARGET...``."""

    help = "plant errors in every declared gradient, and report which are caught"
    examples = f"""\
{TARGETS}
examples:
  gradproof mutate layers.py                        does gradproof catch them?
  gradproof mutate layers.py --tests "tests -q"     do your own tests?
  gradproof mutate layers.py:softmax --error sign --error "factor 2"
  gradproof mutate layers.py --format json --output mutants.json

exit status:
  0    every error is caught
  1    one survives, or there is none to catch
  2    the gradients or the tests do not pass as they are, or cannot be found; wrong usage
  130  stopped by Ctrl-C
"""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        add_common(parser)
        parser.add_argument(
            "--tests",
            type=_quoted,
            metavar="ARGUMENTS",
            help="arguments of pytest: your own tests have to catch the errors, once per error in a process of its "
            "own, in place of gradproof",
        )
        parser.add_argument(
            "--error",
            action="append",
            metavar="NAME",
            help="plant this error only; may be repeated",
        )
        add_output(parser, ("text", "json"))

    def run(self, options: argparse.Namespace) -> int:
        """Run the command.

        Returns
        -------
        int
            0 if every error is caught, 1 if one survives or there is none to catch, 2 if the gradients or the tests
            do not pass as they are, or cannot be found.
        """
        if not usable(options) or not writable("mutate", options.output):
            return 2
        from gradproof._commands import _users_output  # noqa: PLC0415  loads NumPy
        from gradproof._commands._targets import BrokenModuleError, TargetError  # noqa: PLC0415  as above
        from gradproof._commands._user_error import users_traceback  # noqa: PLC0415  as above

        try:
            with _users_output.on_stderr():
                report = _mutated(options)
        except (TargetError, TypeError, ValueError, RuntimeError) as error:
            complain(f"gradproof mutate: {error}")
            return 2
        except BrokenModuleError as broken:
            complain(users_traceback(broken.__cause__ or broken))
            complain(f"gradproof mutate: {broken} cannot be imported.")
            return 2
        text = json.dumps(report.to_dict(), indent=2) if options.format == "json" else str(report)
        return _told(text, options) or (0 if report.passed else 1)


def _quoted(text: str) -> str:
    """Return arguments that can be split as a shell does."""
    try:
        shlex.split(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"it must be quoted as in a shell ({error}); got {text!r}. Close the quotes, or put a backslash before one."
        ) from None
    return text


def _told(text: str, options: argparse.Namespace) -> int:
    from gradproof._files import write_whole  # noqa: PLC0415  beside the others

    if options.output is None:
        say(text)
        return 0
    try:
        write_whole(options.output, f"{text}\n")
    except OSError as error:
        complain(f"gradproof mutate: the report must be written; got {error}.")
        return 2
    return 0


def _mutated(options: argparse.Namespace) -> MutationReport:
    """Plant errors in what every target leads to."""
    from gradproof import _mutate  # noqa: PLC0415  loads Hypothesis

    found = [pair for target in options.targets for pair in _declared(target)]
    errors = []
    for source, declared in dict(found).items():
        for report in _of_module(source, declared, options):
            # Two modules may use one name, and each has a row of its own.
            before = f"{source.shown}:" if len(found) > 1 else ""
            errors += [replace(error, operation=f"{before}{error.operation}") for error in report.errors]
    by = "gradproof" if options.tests is None else f"pytest {options.tests}"
    return _mutate.MutationReport(by, tuple(errors))


def _declared(target: str) -> list[tuple[Source, tuple[Differentiable, ...]]]:
    """Return the modules that a target leads to with what they declare; a folder may hold some that declare nothing."""
    from gradproof._collection import NothingDeclaredError  # noqa: PLC0415  loads NumPy
    from gradproof._commands._targets import TargetError, declared_in, sources  # noqa: PLC0415  as above

    found = []
    for source in sources(target):
        with contextlib.suppress(NothingDeclaredError):
            found.append((source, declared_in(source)))
    if not found:
        raise TargetError(f"{target} must hold at least one Differentiable; got none. Declare one there.")
    return found


def _of_module(
    source: Source, declared: tuple[Differentiable, ...], options: argparse.Namespace
) -> list[MutationReport]:
    smallest = options.resolution or DEFAULT_RESOLUTION
    if options.tests is not None:
        from gradproof._mutate._suite import mutate_suite  # noqa: PLC0415  loads pytest

        arguments = shlex.split(options.tests)
        names = [operation.name for operation in declared]
        return [
            mutate_suite(
                source.module, arguments, smallest=smallest, errors=options.error, operations_named=names
            )
        ]
    from gradproof import _mutate  # noqa: PLC0415  loads Hypothesis

    return [
        _mutate.mutate(operation, smallest=smallest, errors=options.error, **asked(options))
        for operation in declared
    ]


command = _Mutate()
