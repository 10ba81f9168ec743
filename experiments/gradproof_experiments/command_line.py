"""The commands ``gradproof run``, ``list``, ``show``, ``verify`` and ``report``. Nothing heavy loads before one is asked for."""

import argparse
import importlib.util
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ._errors import CannotRunError

__all__ = ["experiment_list", "report", "run", "show", "verify"]

# Needed by the report and the checks that it runs, beyond what `gradproof` itself installs. Named here, loaded later: --help
# must not wait for them.
_NEEDED = (
    "jinja2",
    "joblib",
    "matplotlib",
    "mpmath",
    "pandas",
    "pyarrow",
    "pytest",
    "rich",
    "scipy",
    "sklearn",
)

Action = Callable[[argparse.Namespace], int]


class _Command:
    """One subcommand: its options, and an action that loads what it needs."""

    def __init__(
        self, name: str, text: str, add: Callable[[argparse.ArgumentParser], None], action: Action
    ) -> None:
        self.help, self.examples = text, _EXAMPLES[name]
        self._name, self._add, self._action = name, add, action

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        self._add(parser)

    def run(self, options: argparse.Namespace) -> int:
        """Run the command.

        Returns
        -------
        int
            0 if nothing fails, 1 if a claim or a run fails, 2 if the command cannot run, 130 after Ctrl-C.
        """
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A terminal without α shows ?, and everything is done all the same.
            sys.stdout.reconfigure(errors="replace")
        try:
            _require_packages()
            return self._action(options)
        except CannotRunError as error:
            print(f"gradproof {self._name}: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its terminal
            return 2
        except KeyboardInterrupt:
            print(f"gradproof {self._name}: stopped; {_KEPT[self._name]}", file=sys.stderr)  # noqa: T201
            return 130


_KEPT = {
    "report": "the old reports are as they were, and the same command goes on with the runs that are kept.",
    "run": "every finished run is kept, and the same command goes on.",
    "list": "nothing was changed.",
    "show": "nothing was changed.",
    "verify": "nothing was changed.",
}


_EXAMPLES = {
    "report": """\
examples:
  gradproof report                    verify, run what is not kept yet, and write reports/
  gradproof report --quick --jobs 2   small configurations, into reports/.run/quick

exit status:
  0    the report is written, and nothing in it fails
  1    a formula, a claim or a run fails
  2    the report cannot be made, or the usage is wrong
  130  stopped by Ctrl-C
""",
    "run": """\
examples:
  gradproof run --quick               every experiment, in seconds
  gradproof run depth --seeds 5       one, with five paired seeds
  gradproof run depth --dry-run       what would be computed

exit status:
  0    nothing fails
  1    a claim or a run fails
  2    the experiments cannot be run, or the usage is wrong
  130  stopped by Ctrl-C; what is finished is kept
""",
    "list": """\
examples:
  gradproof list                      all experiments
  gradproof list depth --quick        one, in its small configuration

exit status:
  0    the experiments are listed
  2    they cannot be listed, or the usage is wrong
  130  stopped by Ctrl-C
""",
    "show": """\
examples:
  gradproof show 3fa9                 the run whose key begins so

exit status:
  0    the run is shown
  2    no run or more than one has such a key, or the usage is wrong
  130  stopped by Ctrl-C
""",
    "verify": """\
examples:
  gradproof verify --quick            ten kept runs of the small configurations
  gradproof verify depth --all        every kept run of one experiment

exit status:
  0    everything is as it was
  1    a run or a report differs
  2    the runs cannot be compared, or the usage is wrong
  130  stopped by Ctrl-C
""",
}


def _require_packages() -> None:
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise CannotRunError(
            f"the experiments need {', '.join(missing)}. Install gradproof with them: "
            "pip install '.[experiments]' in the checkout."
        )


def _cpus() -> int:
    """CPUs that this process may use, where the system tells; with more than 8, each has too little to do."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, 8)


# --- options ----------------------------------------------------------------------------------------------------------


def _add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help="where finished runs are kept (default: reports/.run/runs.sqlite)",
    )


def _add_root(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--root",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="checkout that holds checks/formulas (default: .)",
    )


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs",
        type=int,
        default=_cpus(),
        metavar="N",
        help="processes that share the work, whatever the result (default: one per CPU)",
    )


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names", nargs="*", metavar="experiment", help="experiments (default: all; see `gradproof list`)"
    )
    parser.add_argument(
        "--seeds", type=int, metavar="N", help="paired seeds (default: those of the configuration)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="one field of the configuration, as JSON; EXPERIMENT.KEY=VALUE where several have it",
    )
    parser.add_argument("--quick", action="store_true", help="the small configuration, which takes seconds")
    _add_root(parser)
    _add_store(parser)


def _add_run(parser: argparse.ArgumentParser) -> None:
    _add_selection(parser)
    _add_jobs(parser)
    parser.add_argument(
        "--backend", choices=("local", "dask"), default="local", help="where to compute (default: local)"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="dask scheduler (default: one of its own, on this machine)"
    )
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="compute what is not kept yet (the default)")
    again.add_argument(
        "--fresh", action="store_true", help="compute everything anew, and replace what is kept"
    )
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first run that fails")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be computed, and compute nothing"
    )


def _add_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="RUN", help="key of a run, or how it begins")
    _add_root(parser)
    _add_store(parser)


def _add_verify(parser: argparse.ArgumentParser) -> None:
    _add_selection(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--sample", type=int, default=10, metavar="N", help="runs to compute again (default: 10)"
    )
    which.add_argument("--all", action="store_true", help="compute every run again")


def _add_report(parser: argparse.ArgumentParser) -> None:
    _add_root(parser)
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        help="where the report goes (default: reports, below the root)",
    )
    _add_jobs(parser)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="small configurations, into reports/.run/quick unless --output is given",
    )
    parser.add_argument("--fresh", action="store_true", help="make everything anew, whatever is kept")
    _add_store(parser)


# --- actions ----------------------------------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> int:
    from .runner.commands import run_sweeps  # noqa: PLC0415 - pandas and matplotlib load only when they are used

    if options.scheduler is not None and options.backend != "dask":
        raise CannotRunError(
            f"--scheduler needs --backend dask; got --backend {options.backend}. Add --backend dask."
        )
    return run_sweeps(_located(options))


def _list(options: argparse.Namespace) -> int:
    from .runner.commands import list_experiments  # noqa: PLC0415 - as above

    return list_experiments(_located(options))


def _show(options: argparse.Namespace) -> int:
    from .runner.commands import show_run  # noqa: PLC0415 - as above

    return show_run(_located(options))


def _verify(options: argparse.Namespace) -> int:
    from .runner.verify import verify_runs  # noqa: PLC0415 - as above

    if options.sample < 1:
        raise CannotRunError(
            f"--sample must be at least 1; got --sample={options.sample}. --all takes every run."
        )
    return verify_runs(_located(options))


def _report(options: argparse.Namespace) -> int:
    if not (options.root / "checks" / "formulas").is_dir():
        raise CannotRunError(
            f"--root must hold the folder checks/formulas; got --root={options.root.resolve()}. "
            "Run it in a checkout of gradproof."
        )
    from ._report_command import make_report  # noqa: PLC0415 - light, and loads the rest only where something is to do

    return make_report(_located(options))


def _located(options: argparse.Namespace) -> argparse.Namespace:
    """Options with absolute paths, and the numbers of them checked."""
    found: dict[str, Any] = vars(options) | {"root": options.root.resolve()}
    jobs = found.get("jobs", 1)
    if jobs < 1:
        raise CannotRunError(f"--jobs must be at least 1; got --jobs={jobs}. Leave it out for one per CPU.")
    found["store"] = (options.store or found["root"] / "reports" / ".run" / "runs.sqlite").resolve()
    if "output" in found:
        usual = found["root"] / "reports"
        usual = usual / ".run" / "quick" if options.quick else usual
        found["output"] = usual if options.output is None else options.output.resolve()
    return argparse.Namespace(**found)


report = _Command(
    "report", "verify the lecture's formulas, run the experiments and write reports/", _add_report, _report
)
"""What gradproof's command line finds under the entry points ``gradproof.commands``, as the others below."""
run = _Command(
    "run", "run experiments: every run that finishes is kept, and none is computed twice", _add_run, _run
)
experiment_list = _Command(
    "list", "list the experiments, their sweeps, and how much of them is kept", _add_selection, _list
)
show = _Command("show", "show a kept run: configuration, result, and what made it", _add_show, _show)
verify = _Command(
    "verify",
    "compute kept runs again and compare them, and the committed reports with them",
    _add_verify,
    _verify,
)
