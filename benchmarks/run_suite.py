"""Run the asv suite: once on the code as it stands, or properly on commits, for the record.

    python benchmarks/run_suite.py [--bench REGEX]
    python benchmarks/run_suite.py --commits REV [REV ...]

asv leaves with 0 where a benchmark is broken, where a module cannot be imported, and where none ran; this does not. The status
is 1 where one is broken, 4 where none was measured. Commits of the past lack what later benchmarks measure: there, one that
fails is told, and is no fault. Without --commits nothing is written into the repository.
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
# Twenty seconds of valgrind, and whole commands of seconds each: for the record, and by name.
NOT_QUICK = r"^(?!instructions\.|whole_commands\.)"
# What asv does by itself for each of hundreds of benchmarks would take an hour for each commit.
SHORT = ("-a", "warmup_time=0.02", "-a", "repeat=(3, 5, 0.5)", "-a", "rounds=1")

LOAD = """
import importlib, sys, traceback
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    try:
        importlib.import_module(f"benchmarks.{name}")
    except Exception:
        traceback.print_exc()
        print(name)
"""


class Outcome(NamedTuple):
    """What became of one benchmark with one choice of parameters."""

    name: str
    value: float | None
    """None where it failed, NaN where it was skipped."""


class Measured(NamedTuple):
    """What asv wrote for one commit on one machine."""

    commit_hash: str
    outcomes: list[Outcome]


def results_in(folder: Path) -> Iterator[Measured]:
    """Read the results that asv wrote."""
    from asv.results import iter_results  # noqa: PLC0415  an extra

    for result in iter_results(str(folder)):
        found = [
            Outcome(name, value)
            for name in sorted(result.get_all_result_keys())
            for value in result.get_result_value(name, result.get_result_params(name))
        ]
        yield Measured(result.commit_hash, found)


def status(found: list[Outcome], *, strict: bool) -> int:
    """Tell what ran, and return the exit status."""
    failed = [outcome.name for outcome in found if outcome.value is None]
    skipped = sum(outcome.value is not None and math.isnan(outcome.value) for outcome in found)
    measured = len(found) - len(failed) - skipped
    for name in sorted(set(failed)):
        print(f"broken: {name} ({failed.count(name)} of its parameters)", file=sys.stderr)
    print(f"{measured} measured, {skipped} skipped, {len(failed)} broken")
    if strict and failed:
        return 1
    return 0 if measured else 4


def modules_that_do_not_load() -> list[str]:
    """Import each module of the suite: asv passes over those that cannot be, with all their benchmarks."""
    names = [path.stem for path in sorted((HERE / "benchmarks").glob("*.py"))]
    run = subprocess.run(  # noqa: S603  our own code
        [sys.executable, "-c", LOAD, str(HERE), *names], check=False, stdout=subprocess.PIPE, text=True
    )
    # Where a module ends the interpreter, what was printed before it is all there is.
    return run.stdout.split() or ([] if run.returncode == 0 else names)


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


def revision(name: str) -> str:
    """Return the hash of a commit."""
    found = subprocess.run(  # noqa: S603  git refuses what is no revision
        ["git", "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"],  # noqa: S607  the one on the path
        cwd=HERE,
        check=False,
        capture_output=True,
        text=True,
    )
    if found.returncode:
        sys.exit(f"COMMITS must name commits; got {name!r}. Give revisions that this repository has.")
    return found.stdout.strip()


def quick(bench: str) -> int:
    """Run every benchmark once on the code as it stands."""
    if unloaded := modules_that_do_not_load():
        print("broken:", *unloaded, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        config = str(configuration(Path(folder)))
        asv("machine", "--yes", "--config", config)
        # Forked from one process that has loaded the suite: no timing counts here, and each would start Python anew.
        how = ("--quick", "--launch-method", "forkserver", "--show-stderr")
        where = ("--environment", f"existing:{sys.executable}", "--set-commit-hash", revision("HEAD"))
        asv("run", "--config", config, "--bench", bench, *how, *where)
        return status([o for measured in results_in(Path(folder)) for o in measured.outcomes], strict=True)


def history(commits: list[str], bench: str) -> int:
    """Measure commits into benchmarks/results, each in an environment with a wheel of its own."""
    hashes = [revision(commit) for commit in commits]
    asv("machine", "--yes")
    for commit in hashes:
        how = ("run", "--skip-existing-successful", f"{commit}^!")
        asv(*how, "--bench", rf"^(?!whole_commands\.).*?(?:{bench})", *SHORT)
        asv(*how, "--bench", rf"^(?=whole_commands\.).*?(?:{bench})")  # as they say themselves
    asked = [measured for measured in results_in(HERE / "results") if measured.commit_hash in hashes]
    return status([outcome for measured in asked for outcome in measured.outcomes], strict=False)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--bench", metavar="REGEX", help="which benchmarks (default: all; without --commits, the quick ones)"
    )
    parser.add_argument("--commits", metavar="REV", nargs="+", help="measure these properly, for the record")
    options = parser.parse_args()
    if options.commits:
        return history(options.commits, options.bench or ".")
    return quick(options.bench or NOT_QUICK)


if __name__ == "__main__":
    sys.exit(main())
