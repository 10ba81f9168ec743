"""The gate's own test: HEAD against itself must raise no alarm, and planted slowdowns must be caught.

``python benchmarks/gate_self_test.py`` writes ``benchmarks/results/gate.json``: each rate as two counts.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gradproof._files import write_whole
from gradproof._machine import machine
from gradproof_benchmarks._gate import FINE, Settings, gate

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "gate.json"
# Planted faults are sought where they must show, among others that they leave alone.
PLANTED = r"track_evaluations\((10|100|13, True|133, False)\)|time_loss_and_gradient\((1, 256|48, 32)\)"
SLOWED = Path("reference/gradproof_reference/__init__.py")
DEARER = Path("checks/gradproof/_objective.py")
# 1.6 times the time, whatever the machine: half as much work again would cost less or more where the caches say so.
SLOWER = """

def _slowed(plain):
    import time

    def slower(*arguments, **named):
        start = time.perf_counter()
        result = plain(*arguments, **named)
        end = start + 1.6 * (time.perf_counter() - start)
        while time.perf_counter() < end:
            pass
        return result

    return slower


mlp_loss_and_gradient = _slowed(mlp_loss_and_gradient)
"""
# 5 % more evaluations, made and counted where the checker makes and counts its own.
DEARER_BY_5_PERCENT = """

def _dearer(count):
    def dearer(self, points):
        count(self, points)
        self._owed = getattr(self, "_owed", 0) + points
        while self._owed >= 20:
            self._owed -= 20
            count(self, 1)
            self._f(*self._arguments.rebuild(self._arguments.vector))
    return dearer


Objective._count = _dearer(Objective._count)
"""


def git(folder: Path, *arguments: str) -> str:
    """Return what git says."""
    named = ["-c", "user.name=gate", "-c", "user.email=gate@example.org", "-c", "commit.gpgsign=false"]
    run = subprocess.run(  # noqa: S603  arguments stand in this file
        ["git", *named, *arguments],  # noqa: S607  whichever git the user has
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return run.stdout.strip()


def planted(clone: Path, start: str, file: Path, fault: str) -> str:
    """Commit a fault on top of `start`, and return the commit."""
    git(clone, "checkout", "--quiet", "--detach", start)
    with (clone / file).open("a", encoding="utf-8") as module:
        module.write(fault)
    git(clone, "commit", "--quiet", "--all", "--message", f"Plant a fault in {file}")
    return git(clone, "rev-parse", "HEAD")


def alarms(
    clone: Path, commits: tuple[str, str], pattern: str, expected: str, times: int
) -> Iterator[dict[str, float]]:
    """Run the gate `times` times, and count how often it fails, and how often with a benchmark that matches."""
    rate = dict.fromkeys(("runs", "alarms", "caught", "measured", "suspected", "seconds"), 0.0)
    for _ in range(times):
        result = gate(Settings(clone, base=commits[0], head=commits[1], pattern=pattern), lambda _: None)
        worse = [found.name for found in result.findings if found.outcome == "regression"]
        rate["runs"] += 1
        rate["alarms"] += result.status != FINE
        rate["caught"] += any(re.search(expected, name) for name in worse)
        rate["measured"] += result.measured
        rate["suspected"] += sum(bool(found.rounds) for found in result.findings)
        rate["seconds"] = round(rate["seconds"] + result.seconds, 1)
        closest = max((found.ratio or 1 for found in result.findings if found.rounds), default=1)
        print(
            f"{commits[1][:10]}: status {result.status}, {result.measured} measured, in {result.seconds:.0f} s; "
            f"worse: {worse}; largest ratio of those confirmed {closest:.3f}",
            flush=True,
        )
        for found in result.findings:
            if found.kind == "time" and found.outcome in {"regression", "improvement"}:
                print("   ", found.name, found.parameters, found.how, found.rounds, flush=True)
        yield {name: value if name == "seconds" else int(value) for name, value in rate.items()}


def main() -> int:
    """Run all three, write the rates, and fail where one is not as promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--same", type=int, default=20, help="runs of HEAD against HEAD")
    parser.add_argument("--planted", type=int, default=5, help="runs of each planted fault")
    parser.add_argument("--bench", default="", help="what `make gate` selects, for HEAD against HEAD")
    parser.add_argument("--output", type=Path, default=RESULT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clone, start = Path(folder) / "clone", git(ROOT, "rev-parse", "HEAD")
        git(ROOT, "clone", "--quiet", str(ROOT), str(clone))
        slow = planted(clone, start, SLOWED, SLOWER)
        dear = planted(clone, start, DEARER, DEARER_BY_5_PERCENT)
        faults = ("slowdown_1.6", "evaluations_5_percent")
        series = {
            faults[0]: alarms(clone, (start, slow), PLANTED, "time_loss_and_gradient", options.planted),
            faults[1]: alarms(clone, (start, dear), PLANTED, "track_evaluations", options.planted),
            "head_against_head": alarms(clone, (start, start), options.bench, ".", options.same),
        }
        found: dict[str, object] = {
            "format": "gradproof-gate-self-test/1",
            "commit": start,
            "bench": {"head_against_head": options.bench, "planted": PLANTED},
            "machine": machine(),
        }
        rates: dict[str, dict[str, float]] = {}
        for name, rate in series.items():
            for rates[name] in rate:  # an interrupted test leaves the counts so far
                write_whole(options.output, json.dumps(found | {"rates": rates}, indent=1) + "\n")
    print(json.dumps(rates, indent=1))
    missed = [name for name in faults if rates[name]["caught"] < rates[name]["runs"]]
    return 1 if rates["head_against_head"]["alarms"] or missed else 0


if __name__ == "__main__":
    sys.exit(main())
