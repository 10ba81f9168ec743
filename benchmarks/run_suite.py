"""Run the asv suite: once on the code as it stands, or properly on commits, for the record.

    python benchmarks/run_suite.py [--bench REGEX]
    python benchmarks/run_suite.py --commits REV [REV ...]

asv leaves with 0 where a benchmark is broken, and where none ran; this does not. The status is 1 where one is broken, 4 where none was measured.
Without --commits nothing is written into the repository.
"""

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
# The commits before a benchmark's subject lack it: on a commit of the past, a benchmark that fails is told, and no fault.
NOT_QUICK = r"^(?!instructions\.|whole_commands\.)"


class Outcome(NamedTuple):
    """What became of one benchmark with one choice of parameters."""

    name: str
    value: float | None
    """None where it failed, NaN where it was skipped."""


def outcomes(folder: Path) -> Iterator[Outcome]:
    """Read the results that asv wrote for one commit or several."""
    from asv.results import iter_results  # noqa: PLC0415  an extra

    for result in iter_results(str(folder)):
        for name in sorted(result.get_all_result_keys()):
            for value in result.get_result_value(name, result.get_result_params(name)):
                yield Outcome(name, value)


def status(found: list[Outcome], *, strict: bool) -> int:
    """Tell what ran, and return the exit status."""
    failed = [outcome.name for outcome in found if outcome.value is None]
    skipped = sum(outcome.value is not None and math.isnan(outcome.value) for outcome in found)
    measured = len(found) - len(failed) - skipped
    for name in sorted(set(failed)):
        print(f"broken: {name} ({failed.count(name)} of its parameters)", file=sys.stderr)
    print(f"{measured} measured, {skipped} skipped, {len(failed)} broken")
    if not measured:
        return 4
    return 1 if failed and strict else 0


def configuration(folder: Path) -> Path:
    """Write asv's configuration with its results in `folder`, and all paths absolute."""
    text = re.sub(r"^\s*//.*$", "", (HERE / "asv.conf.json").read_text("utf-8"), flags=re.MULTILINE)
    config = json.loads(text) | {"repo": str(HERE.parent), "results_dir": str(folder)}
    for name in ("benchmark_dir", "env_dir", "html_dir"):
        config[name] = str(HERE / config[name])
    path = folder / "asv.conf.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


def asv(*arguments: str) -> int:
    """Run asv beside this interpreter, with a HOME of its own: it describes the machine in a file there."""
    home = HERE / ".asv" / "home"
    home.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "HOME": str(home), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "asv", *arguments]
    return subprocess.run(command, cwd=HERE, env=environment, check=False).returncode  # noqa: S603  our own arguments


def quick(bench: str) -> int:
    """Run every benchmark once on the code as it stands."""
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"],  # noqa: S607  the one on the path
        cwd=HERE,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        config = str(configuration(Path(folder)))
        asv("machine", "--yes", "--config", config)
        asv(
            *("run", "--config", config, "--quick", "--show-stderr", "--bench", bench),
            *("--environment", f"existing:{sys.executable}", "--set-commit-hash", head),
        )
        return status(list(outcomes(Path(folder))), strict=True)


def history(commits: list[str], bench: str) -> int:
    """Measure commits into benchmarks/results, each in an environment with a wheel of its own."""
    asv("machine", "--yes")
    for commit in commits:
        asv(
            *("run", "--bench", bench, "--skip-existing-successful", f"{commit}^!"),
            *("-a", "warmup_time=0.02", "-a", "repeat=(3, 5, 0.5)", "-a", "rounds=1"),
        )
    return status(list(outcomes(HERE / "results")), strict=False)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bench", metavar="REGEX", default=NOT_QUICK, help="which benchmarks")
    parser.add_argument("--commits", metavar="REV", nargs="+", help="measure these properly, for the record")
    options = parser.parse_args()
    return history(options.commits, options.bench) if options.commits else quick(options.bench)


if __name__ == "__main__":
    sys.exit(main())
