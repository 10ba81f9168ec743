"""The gate: two commits, one suite, one interpreter, and a verdict."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradproof_benchmarks import _verdicts
from gradproof_benchmarks._decision import Rule
from gradproof_benchmarks._errors import GateError
from gradproof_benchmarks._repository import Repository
from gradproof_benchmarks._side import Row, Side, install
from gradproof_benchmarks._verdicts import Finding, Runs

FINE, REGRESSION, BROKEN, NOTHING = 0, 1, 3, 4
WORDS = {
    FINE: "nothing became slower",
    REGRESSION: "regression",
    BROKEN: "broken benchmark",
    NOTHING: "nothing measured",
}
# asv's attributes: samples of about 10 ms, for at most a fifth of a second once the code is warm.
_SCREENING = {"sample_time": 0.01, "warmup_time": 0.02, "repeat": [3, 20, 0.2], "rounds": 1}
_CONFIRMING = {"sample_time": 0.01, "warmup_time": 0.05, "repeat": [5, 30, 0.3], "rounds": 1}


@dataclass(frozen=True)
class Settings:
    """What the gate compares, and how strictly."""

    folder: Path
    base: str | None = None
    head: str = "HEAD"
    config: str = "benchmarks/asv.conf.json"
    pattern: str = ""
    rounds: int = 6
    ratio: float = 1.5
    floor_ms: float = 0.1
    growth: float = 0.02
    memory_floor_mib: float = 10.0
    limit: float = 60.0

    def rules(self) -> dict[str, Rule]:
        """Return the rule of each kind of cost; half of the excess over 1 is enough for a suspicion."""
        suspicion = 1 + (self.ratio - 1) / 2
        return {
            "time": Rule(self.ratio, self.floor_ms / 1e3, suspicion),
            "memory": Rule(self.ratio, self.memory_floor_mib * 2**20, suspicion),
            "count": Rule(1 + self.growth, 0.0, 1 + self.growth),
        }


@dataclass(frozen=True)
class Result:
    """What the gate found."""

    commits: dict[str, dict[str, str]]
    findings: list[Finding]
    settings: Settings
    dirty: bool
    seconds: float

    @property
    def counts(self) -> dict[str, int]:
        """Number of benchmarks, at each point of their parameters, by outcome."""
        return dict(sorted(Counter(found.outcome for found in self.findings).items()))

    @property
    def measured(self) -> int:
        """Number of benchmarks that were measured on both commits."""
        return sum(found.before is not None and found.after is not None for found in self.findings)

    @property
    def status(self) -> int:
        """The exit status: a regression goes before a broken benchmark, and that before nothing measured."""
        if self.counts.get(_verdicts.WORSE):
            return REGRESSION
        if self.counts.get(_verdicts.BROKEN):
            return BROKEN
        return FINE if self.measured else NOTHING


def gate(settings: Settings, say: Callable[[str], None]) -> Result:
    """Compare two commits.

    Raises
    ------
    GateError
        Where a revision, the suite or a tool is not there, or a commit does not install.
    """
    start = time.monotonic()
    repository = Repository(settings.folder)
    head = repository.commit(settings.head)
    base = repository.commit(settings.base) if settings.base else repository.default_base(head)
    commits = {
        side: {"commit": commit, "subject": repository.subject(commit)}
        for side, commit in (("base", base), ("head", head))
    }
    dirty = repository.dirty()
    with tempfile.TemporaryDirectory(prefix="gradproof-gate-") as folder:
        sides = _sides(repository, settings, base, head, Path(folder), say)
        findings = _findings(sides, settings, say)
    return Result(commits, findings, settings, dirty, time.monotonic() - start)


def _sides(
    repository: Repository, settings: Settings, base: str, head: str, folder: Path, say: Callable[[str], None]
) -> tuple[Side, Side]:
    """Install both commits; head's suite runs over both, so that only the code differs."""
    found = []
    for name, commit in (("base", base), ("head", head)):
        say(f"installing {name} {commit[:10]}")
        repository.export(commit, folder / name)
    suite = suite_of(folder / "head", settings.config)
    for name in ("base", "head"):
        install(folder / name, folder / f"{name}-code")
        found.append(Side(folder / f"{name}-code", suite, repository.root, folder / f"{name}-work"))
    return found[0], found[1]


def suite_of(source: Path, config: str) -> Path:
    """Return the folder of the benchmarks that an asv.conf.json names."""
    try:
        from asv.util import load_json
    except ImportError as error:
        raise GateError(
            "the gate needs asv; it is not installed. `pip install 'gradproof[bench]'`."
        ) from error
    path = source / config
    if not path.is_file():
        raise GateError(
            f"--config must name a file of head, from the top of the repository; got {config!r}. Commit it first."
        )
    try:
        settings: dict[str, Any] = load_json(str(path), js_comments=True)
    except Exception as error:
        raise GateError(
            f"--config must be JSON, with // comments; got {config!r}: {error}. Mend it."
        ) from error
    suite = path.parent / settings.get("benchmark_dir", "benchmarks")
    if not suite.is_dir():
        raise GateError(f"benchmark_dir of {config} must be a folder; got {suite.name!r}. Commit it first.")
    return suite.resolve()


def _findings(sides: tuple[Side, Side], settings: Settings, say: Callable[[str], None]) -> list[Finding]:
    listings = [side.listed(settings.pattern) for side in sides]
    modules = [[row for row in rows if "error" in row] for rows in listings]
    tasks = {_verdicts.key_of(row): row for rows in listings for row in rows if "error" not in row}
    say(f"screening {len(tasks)} benchmarks on both commits")
    mine = [{_verdicts.key_of(row): row for row in rows} for rows in listings]
    wanted = [[own[key] for key in sorted(tasks) if key in own] for own in mine]
    rows = [
        failing + found
        for failing, found in zip(modules, screened(sides, wanted, settings.limit), strict=True)
    ]

    def rerun(suspects: Sequence[Row], rounds: int) -> list[Runs]:
        say(f"confirming {len(suspects)} in {rounds} interleaved rounds")
        return interleaved(sides, suspects, rounds, settings.limit)

    # A module that base alone cannot import is news of head, not a fault.
    rows[0] = [row for row in rows[0] if "index" in row or _verdicts.key_of(row) in mine[1]]
    return _verdicts.judged(rows[0], rows[1], settings.rules(), settings.rounds, rerun)


def screened(sides: tuple[Side, Side], wanted: Sequence[Sequence[Row]], limit: float) -> list[list[Row]]:
    """Run both commits once, and their times once more in the other order.

    A single pass would miss a slowdown whenever something else ran beside base: what a disturbance must hide twice, at
    two times some seconds apart, it seldom hides. Counts and memory are not disturbed.
    """
    found: list[dict[tuple[str, int], Row]] = [{}, {}]
    for order in ((0, 1), (1, 0)):
        for side in order:
            todo = wanted[side]
            if found[side]:
                todo = [row for row in todo if _verdicts.kind_of(row) == "time"]
            for row in sides[side].measured(todo, _SCREENING, limit):
                key = _verdicts.key_of(row)
                found[side][key] = _both(found[side].get(key, row), row)
    return [list(rows.values()) for rows in found]


def _both(first: Row, second: Row) -> Row:
    """Return the samples of two passes, or what went wrong in one of them."""
    if first is second or "samples" not in first:
        return first
    return first | {"samples": first["samples"] + second["samples"]} if "samples" in second else second


def interleaved(sides: tuple[Side, Side], suspects: Sequence[Row], rounds: int, limit: float) -> list[Runs]:
    """Run both commits in turn, each time in a fresh process; every other round begins with head."""
    wanted = [{name: row[name] for name in row if name not in {"samples", "skipped"}} for row in suspects]
    passes: list[Runs] = []
    for number in range(rounds):
        order = (0, 1) if number % 2 == 0 else (1, 0)
        found = {side: sides[side].measured(wanted, _CONFIRMING, limit) for side in order}
        passes.append((found[0], found[1]))
    return passes
