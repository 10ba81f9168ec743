"""The commands ``gradproof check`` and ``gradproof mutate``: what a module declares, from the command line."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import traceback
from typing import TYPE_CHECKING, Any

from gradproof._collection import load, operations
from gradproof._differentiable import Differentiable
from gradproof._options import DEFAULT_RESOLUTION, Options
from gradproof._report import GradientMismatch, GradientReport

if TYPE_CHECKING:
    from gradproof._mutate import MutationReport


class _Check:
    """``gradproof check MODULE``: examine every gradient that a module declares."""

    help = "examine every gradient that a module declares as gradproof.Differentiable"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        _add_common(parser)

    def run(self, options: argparse.Namespace) -> int:
        """Run the command.

        Returns
        -------
        int
            0 if every gradient passes, 1 if one does not or cannot be called, 2 if there is nothing to check.
        """
        found = _found(options.module)
        if found is None or not _usable(options):
            return 2
        reports = {operation.name: _examined(operation, options) for operation in found}
        right = sum(report is not None and report.passed for report in reports.values())
        if options.json:
            plain = {name: report and report.to_dict() for name, report in reports.items()}
            _say(json.dumps(plain, indent=2))
        else:
            _say(f"{right} of {len(reports)} gradients are right")
        return 0 if right == len(reports) else 1


def _examined(operation: Differentiable, options: argparse.Namespace) -> GradientReport | None:
    """Examine one gradient and say what came out; None where it could not be called."""
    notes: list[str] = []
    try:
        report = operation.check(**_asked(options))
    except GradientMismatch as mismatch:
        report, notes = mismatch.report, getattr(mismatch, "__notes__", [])
    except Exception:  # noqa: BLE001  the functions are the user's: they may raise anything
        traceback.print_exc()
        _complain(f"gradproof check: {operation.name} cannot be examined.")
        return None
    if not options.json:
        seen = "" if report.worst is None else f"worst error {report.worst.excess:.2g} of its bound, "
        _say(f"{report.verdict:17} {operation.name}: {seen}resolution {report.resolution:.2g}")
        if not report.passed:
            _say("\n".join([str(report), *notes]))
    return report


class _Mutate:
    """``gradproof mutate MODULE``: plant errors in every gradient that a module declares."""

    help = "plant errors in every gradient that a module declares, and report which are caught"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        _add_common(parser)
        parser.add_argument(
            "--tests",
            metavar="ARGUMENTS",
            help="arguments of pytest: your own tests have to catch the errors, once per error in a process of its "
            "own, in place of gradproof",
        )
        parser.add_argument(
            "--error",
            action="append",
            metavar="NAME",
            help="plant this error only; may be given several times",
        )

    def run(self, options: argparse.Namespace) -> int:
        """Run the command.

        Returns
        -------
        int
            0 if every error is caught, 1 if one survives or there is none to catch, 2 if the gradients or the tests
            do not pass as they are, or cannot be found.
        """
        found = _found(options.module)
        if found is None or not _usable(options):
            return 2
        try:
            report = _mutated(found, options)
        except (ValueError, RuntimeError) as error:
            _complain(f"gradproof mutate: {error}")
            return 2
        _say(json.dumps(report.to_dict(), indent=2) if options.json else str(report))
        return 0 if report.passed else 1


def _mutated(found: tuple[Differentiable, ...], options: argparse.Namespace) -> MutationReport:
    smallest = options.resolution or DEFAULT_RESOLUTION
    if options.tests is not None:
        from gradproof._mutate._suite import mutate_suite  # noqa: PLC0415  loads pytest

        arguments = shlex.split(options.tests)
        return mutate_suite(options.module, arguments, smallest=smallest, errors=options.error)
    from gradproof import _mutate  # noqa: PLC0415  loads Hypothesis

    reports = [
        _mutate.mutate(operation, smallest=smallest, errors=options.error, **_asked(options))
        for operation in found
    ]
    return _mutate.MutationReport("gradproof", tuple(error for report in reports for error in report.errors))


def _usable(options: argparse.Namespace) -> bool:
    """Tell whether the numbers that were given are in range, or say what is wrong with them."""
    try:
        Options(**_asked(options))
    except ValueError as error:
        _complain(f"gradproof: {error}")
        return False
    return True


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    """Return the options of an examination that were given."""
    asked = {"resolution": options.resolution, "seed": options.seed}
    return {name: value for name, value in asked.items() if value is not None}


def _found(module: str) -> tuple[Differentiable, ...] | None:
    """Return what a module declares, or say why there is nothing and return None."""
    try:
        return operations(load(module))
    except Exception as error:  # noqa: BLE001  the module is the user's: it may raise anything
        if not isinstance(error, ImportError | ValueError):
            traceback.print_exc()
        _complain(f"gradproof: {module} must be a module that declares gradients; got {error!r}.")
        return None


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("module", help="name or path of the module, as package.module or folder/file.py")
    parser.add_argument(
        "--resolution",
        type=float,
        help=f"the relative error that must be seen (default: what is declared, else {DEFAULT_RESOLUTION:g})",
    )
    parser.add_argument("--seed", type=int, help="seed of the directions (default: fresh)")
    parser.add_argument("--json", action="store_true", help="print the reports as JSON")


def _say(text: str) -> None:
    print(text)  # noqa: T201  a command speaks to its terminal


def _complain(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201  a command speaks to its terminal


check = _Check()
mutate = _Mutate()
