"""The command ``gradproof bench``. Nothing heavy loads before it is asked for."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

_EXAMPLES = """\
Head's benchmarks run over both commits, under this interpreter with its dependencies; only the project's code differs. Counts
(track_) fail at once, times (time_) and memory (peakmem_) only where interleaved rounds in fresh processes confirm them.

examples:
  gradproof bench gate                                  HEAD, against where it left the default branch
  gradproof bench gate --base v1.2 --bench 'track_'     the counts only
  gradproof bench gate --base HEAD~1 --summary gate.md --json gate.json

exit status:
  0    nothing became slower
  1    regression: a benchmark costs more on head
  2    nothing could be started: an unknown revision, no suite, no asv, a commit that does not install
  3    broken benchmark: it fails on head, or gives another number each time
  4    nothing measured on both commits
  130  stopped by Ctrl-C
"""


class _Bench:
    """``gradproof bench gate``: compare the speed of two commits."""

    help = "compare the speed of two commits"
    examples = _EXAMPLES

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        add = parser.add_argument
        add("action", choices=("gate",), metavar="gate", help="fail where head is slower than base")
        add("--base", metavar="REV", help="the fork from the default branch, or else HEAD~1, by default")
        add(
            "--head",
            metavar="REV",
            default="HEAD",
            help="HEAD by default; what is not committed is not measured",
        )
        add(
            "--config",
            metavar="FILE",
            default="benchmarks/asv.conf.json",
            help="from the top of the repository; benchmarks/asv.conf.json by default",
        )
        add(
            "--bench", metavar="REGEX", type=_regex, default="", help="only benchmarks that match, as for asv"
        )
        add(
            "--rounds",
            metavar="N",
            type=_rounds,
            default=6,
            help="interleaved rounds that confirm; 6 by default",
        )
        add(
            "--ratio",
            metavar="R",
            type=_ratio,
            default=1.5,
            help="of times and memory that fail; 1.5 by default",
        )
        add(
            "--floor-ms",
            metavar="MS",
            type=_positive,
            default=0.1,
            help="of a time's difference; 0.1 by default",
        )
        add(
            "--growth",
            metavar="G",
            type=_positive,
            default=0.02,
            help="of counts that is allowed; 0.02 by default",
        )
        add("--memory-floor", metavar="MIB", type=_positive, default=10.0, help="of memory; 10 by default")
        add(
            "--timeout",
            metavar="S",
            type=_positive,
            default=60.0,
            help="of one benchmark; 60 seconds by default",
        )
        add("--summary", metavar="FILE", type=Path, help="write what is printed, in Markdown")
        add("--json", metavar="FILE", type=Path, help="write the same facts as JSON")
        add(
            "--github-summary",
            action="store_true",
            help="append it to the file that GITHUB_STEP_SUMMARY names",
        )

    def run(self, options: argparse.Namespace) -> int:
        """Run the gate, and return its exit status."""
        from gradproof_benchmarks._errors import GateError  # noqa: PLC0415

        try:
            return _gated(options)
        except GateError as error:
            _say(f"gradproof bench gate: {error}")
            return 2


def _gated(options: argparse.Namespace) -> int:
    from gradproof_benchmarks import _summary  # noqa: PLC0415  loaded when used
    from gradproof_benchmarks._gate import Settings, gate  # noqa: PLC0415

    _refuse_unwritable(options)
    settings = Settings(
        folder=Path.cwd(),
        base=options.base,
        head=options.head,
        config=options.config,
        pattern=options.bench,
        rounds=options.rounds,
        ratio=options.ratio,
        floor_ms=options.floor_ms,
        growth=options.growth,
        memory_floor_mib=options.memory_floor,
        limit=options.timeout,
    )
    result = gate(settings, _say)
    _written(options, _summary.markdown(result), _summary.as_json(result))
    return result.status


def _refuse_unwritable(options: argparse.Namespace) -> None:
    """Refuse files that could not be written, before anything is measured."""
    from gradproof._files import fault_of  # noqa: PLC0415
    from gradproof_benchmarks._errors import GateError  # noqa: PLC0415

    for name, path in (("--summary", options.summary), ("--json", options.json)):
        fault = fault_of(path, str(path)) if path else None
        if fault:
            raise GateError(f"{name} {fault}")
    if options.github_summary and "GITHUB_STEP_SUMMARY" not in os.environ:
        raise GateError("--github-summary needs GITHUB_STEP_SUMMARY, which a GitHub job sets; it is not set.")


def _written(options: argparse.Namespace, markdown: str, json: str) -> None:
    from gradproof._files import write_whole  # noqa: PLC0415

    for path, text in ((options.summary, markdown), (options.json, json)):
        if path:
            write_whole(path, text)
    if options.github_summary:
        with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as file:
            file.write(markdown)
    sys.stdout.write(markdown)


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"must be a regular expression; got {text!r}: {error}") from error
    return text


def _rounds(text: str) -> int:
    if not text.isdecimal() or int(text) < 3:
        raise argparse.ArgumentTypeError(f"must be 3 or more; got {text!r}")
    return int(text)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a number, 0 or more; got {text!r}")
    return value


def _ratio(text: str) -> float:
    value = _positive(text)
    if value <= 1:
        raise argparse.ArgumentTypeError(f"must be above 1; got {text!r}")
    return value


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


command = _Bench()
