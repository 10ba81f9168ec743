"""``gradproof check``: examine every gradient that modules, files and folders declare."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from gradproof._commands._shared import TARGETS, add_common, add_output, complain, positive, usable, writable
from gradproof._outputs import FORMATS, format_of


class _Check:
    """``gradproof check TARGET...``."""

    help = "examine every gradient that is declared as gradproof.Differentiable"
    examples = f"""\
{TARGETS}
examples:
  gradproof check package.gradients           everything that a module declares
  gradproof check models/ layers.py:softmax   a folder, and one gradient of a file
  gradproof check models/ --jobs auto --format junit --output gradients.xml
  gradproof check models/ --format github --report gradients.sarif --report gradients.md
  gradproof check layers.py --seed 7          the run of seed 7 again, bit for bit

exit status:
  0    every gradient is right
  1    at least one is wrong
  2    none is wrong, but one could not be checked, there is none, or the usage is wrong
  130  stopped by Ctrl-C
"""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        add_common(parser)
        parser.add_argument(
            "--examples",
            type=positive,
            metavar="N",
            help="inputs to draw for each gradient whose arguments are drawn (default: Hypothesis's profile)",
        )
        parser.add_argument(
            "-j",
            "--jobs",
            type=_jobs,
            default=1,
            metavar="N",
            help="processes that share the work, or auto for one per CPU; the results are the same (default: 1, none beside this)",
        )
        add_output(parser, FORMATS)
        parser.add_argument(
            "--report",
            type=Path,
            action="append",
            default=[],
            metavar="FILE",
            help="write a report beside it, of the format that .json .xml .sarif .md .html or .txt stands for; may be repeated",
        )
        parser.add_argument(
            "--evidence",
            type=Path,
            metavar="FOLDER",
            help="keep one file per gradient there, for `gradproof replay`",
        )
        parser.add_argument(
            "-x", "--exitfirst", action="store_true", help="stop at the first gradient that is not right"
        )
        parser.add_argument(
            "--allow-none",
            action="store_true",
            help="let a target declare nothing, and import no file that does not speak of Differentiable",
        )
        how_much = parser.add_mutually_exclusive_group()
        how_much.add_argument("-q", "--quiet", action="store_true", help="print what is not right, only")
        how_much.add_argument("-v", "--verbose", action="store_true", help="print more of each gradient")

    def run(self, options: argparse.Namespace) -> int:
        """Run the command.

        Returns
        -------
        int
            0 if every gradient is right, 1 if one is wrong, 2 if one could not be checked or there is none.
        """
        if not usable(options) or not writable("check", options.output, *options.report):
            return 2
        try:
            for path in options.report:
                format_of(path)
        except ValueError as error:
            complain(f"gradproof check: {error}")
            return 2
        if options.evidence is not None and not _takes_files(options.evidence):
            return 2
        from gradproof._commands._checking import check  # noqa: PLC0415  loads NumPy

        return check(options)


def _takes_files(folder: Path) -> bool:
    """Tell whether a folder can be made and written to, before anything is computed, or say why not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError as error:
        complain(
            f"gradproof check: the evidence folder must be one that can be made and written to; got {str(folder)!r}: "
            f"{error.strerror or error}. Name another with --evidence."
        )
        return False


def _jobs(text: str) -> int:
    if text == "auto":
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        return positive(text)
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"{error} Or auto, for one per CPU.") from None


command = _Check()
