"""The command ``gradproof report``."""

import argparse
import importlib.util
import os
import sys
from pathlib import Path

from ._errors import CannotRunError

__all__ = ["report"]

# Needed by the report and the checks that it runs, beyond what `gradproof` itself installs. Named here, loaded later: --help must not wait for them.
_NEEDED = ("matplotlib", "mpmath", "pandas", "pytest", "rich")


class _Report:
    """``gradproof report``: verify every formula, run the experiments, write the reports."""

    help = "verify the lecture's formulas, run the experiments and write reports/"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        for option, kind, default, placeholder, text in (
            ("--root", Path, Path(), "FOLDER", "checkout that holds checks/formulas (default: .)"),
            ("--output", Path, None, "FOLDER", "where the report goes (default: reports, below the root)"),
            (
                "--jobs",
                int,
                _cpus(),
                "N",
                "processes that share the checks, whatever the result (default: one per CPU)",
            ),
        ):
            parser.add_argument(option, type=kind, default=default, metavar=placeholder, help=text)

    def run(self, options: argparse.Namespace) -> int:
        """Run the command.

        Returns
        -------
        int
            0 if every row and claim holds, 1 if one fails, 2 if the command cannot run, 130 after Ctrl-C.
        """
        try:
            root, output = _checked(options.root, options.output, options.jobs)
            from ._run import run_report  # noqa: PLC0415 - pandas and matplotlib load only when they are used

            return run_report(root, output, options.jobs)
        except CannotRunError as error:
            print(f"gradproof report: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its terminal
            return 2
        except KeyboardInterrupt:
            print("gradproof report: stopped; the old reports are as they were.", file=sys.stderr)  # noqa: T201
            return 130


def _cpus() -> int:
    """CPUs that this process may use, where the system tells; with more than 8, each has too little to do."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, 8)


def _checked(root: Path, output: Path | None, jobs: int) -> tuple[Path, Path]:
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise CannotRunError(
            f"the report needs {', '.join(missing)}. Install gradproof with its experiments: "
            "pip install 'gradproof[experiments]'."
        )
    if jobs < 1:
        raise CannotRunError(f"--jobs must be at least 1; got --jobs={jobs}. Leave it out for one per CPU.")
    if not (root / "checks" / "formulas").is_dir():
        raise CannotRunError(
            f"--root must hold the folder checks/formulas; got --root={root.resolve()}. Run it in a checkout of gradproof."
        )
    root = root.resolve()
    return root, root / "reports" if output is None else output.resolve()


report = _Report()
"""What gradproof's command line finds under the entry point ``gradproof.commands``."""
