"""The gate: each of its rules fails when broken, and it measures the commits that it names."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from gradproof._command_line import main
from gradproof_benchmarks import _decision, _gate, _verdicts
from gradproof_benchmarks._decision import Rule
from gradproof_benchmarks._errors import GateError
from gradproof_benchmarks._repository import Repository
from gradproof_benchmarks._side import Side

TIME = Rule(ratio=1.5, floor=1e-4, suspicion=1.25)
COUNT = Rule(ratio=1.02, suspicion=1.02)
RULES = {"time": TIME, "memory": TIME, "count": COUNT}


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        ([1.0, 1.1, 1.0, 1.2], [1.6, 1.7, 1.6, 1.9], True),
        ([1.0, 1.1, 1.0, 1.2], [1.4, 1.5, 1.45, 1.6], False),  # the ratio
        ([1e-5, 1.1e-5, 1e-5, 1e-5], [1.6e-5, 1.7e-5, 1.8e-5, 1.6e-5], False),  # the floor
        ([1.0, 2.0, 2.0, 2.0], [1.6, 1.7, 1.8, 1.9], False),  # one lucky round of base
        ([1.0, 1.5, 1.5, 1.5], [1.6, 1.7, 1.7, 1.7], False),  # the same, and head dearer in each
        ([1.0, 1.0, 1.0, 9.0], [1.6, 1.6, 1.6, 1.6], True),  # one disturbed round of base
        ([1.0, 1.0, 1.0, 1.0], [9.0, 9.0, 9.0, 1.0], False),  # a load on head's rounds, but for one
    ],
)
def test_a_time_is_worse_by_ratio_floor_and_rounds(
    before: list[float], after: list[float], *, worse: bool
) -> None:
    """Each of the three rules alone acquits."""
    assert _decision.compared(TIME, before, after).worse is worse


@pytest.mark.parametrize(("after", "worse"), [(102.0, False), (103.0, True), (90.0, False)])
def test_a_count_may_grow_by_two_percent(after: float, *, worse: bool) -> None:
    """And not by three."""
    found = _decision.deterministic(COUNT, [100.0, 100.0], [after, after])
    assert found is not None
    assert found.worse is worse


def row(name: str, kind: str = "track", version: str = "1", **rest: object) -> dict[str, object]:
    """What the worker says of a benchmark."""
    return {"name": name, "index": 0, "parameters": "", "type": kind, "version": version} | rest


@pytest.mark.parametrize(
    ("base", "head", "outcome"),
    [
        ({"samples": [1.0]}, {"error": "KeyError"}, "broken"),
        ({"error": "x"}, {"error": "x"}, "broken"),
        ({"samples": [1.0]}, {"skipped": True}, "broken"),
        ({"error": "x"}, {"samples": [1.0]}, "new"),
        ({"skipped": True}, {"skipped": True}, "skipped"),
        ({"samples": [1.0]}, {"samples": [9.0], "version": "2"}, "version differs"),
        ({"samples": [2.0]}, {"samples": [1.0]}, "improvement"),
        ({"samples": [1.0]}, {"samples": [1.0]}, "unchanged"),
    ],
)
def test_an_outcome_follows_from_what_ran(
    base: dict[str, object], head: dict[str, object], outcome: str
) -> None:
    """Without another run."""
    found = _verdicts.judged([row("b") | base], [row("b") | head], RULES, 4, lambda *_: [])
    assert [finding.outcome for finding in found] == [outcome]


@pytest.mark.parametrize(
    ("head", "suspect"),
    [(1.24, False), (1.26, True), (1 / 1.4, False), (1 / 1.6, True)],
)
def test_the_screening_asks_for_what_it_cannot_decide(head: float, *, suspect: bool) -> None:
    """Half of the excess is a suspicion; a gain is confirmed where it is as large as a regression."""
    asked: list[str] = []

    def rerun(rows: list[dict[str, object]], rounds: int) -> list[tuple[list[object], list[object]]]:
        asked.extend(str(found["name"]) for found in rows)
        same = ([row("b", "time", samples=[1.0])], [row("b", "time", samples=[1.0])])
        return [same] * rounds

    base, after = [row("b", "time", samples=[1.0])], [row("b", "time", samples=[head])]
    (found,) = _verdicts.judged(base, after, RULES, 4, rerun)
    assert asked == ["b"] * suspect
    assert found.outcome == "unchanged"


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [(1.6, 1.6, "regression"), (1.6, 1.0, "unchanged"), (1.6, 1.45, "unchanged"), (1.0, 1.6, "unchanged")],
)
def test_a_slower_time_is_confirmed_by_two_series(first: float, second: float, outcome: str) -> None:
    """One series of rounds that falls out one way by chance accuses nobody."""
    series = [
        [([row("b", "time", samples=[1.0])], [row("b", "time", samples=[cost])])] * 4
        for cost in (first, second)
    ]
    base, head = [row("b", "time", samples=[1.0])], [row("b", "time", samples=[1.6])]
    (found,) = _verdicts.judged(base, head, RULES, 4, lambda *_: series.pop(0))
    assert found.outcome == outcome


def test_a_gain_needs_the_rounds_too() -> None:
    """An improvement is what the same rule says of the two commits in turn."""
    rounds = [([row("b", "time", samples=[1.6])], [row("b", "time", samples=[1.0])])] * 4
    base, head = [row("b", "time", samples=[1.6])], [row("b", "time", samples=[1.0])]
    (found,) = _verdicts.judged(base, head, RULES, 4, lambda *_: rounds)
    assert found.outcome == "improvement"


def test_times_are_screened_twice_and_counts_once() -> None:
    """The second pass begins with head; what a disturbance hid from one pass, the other sees."""
    passes: list[tuple[str, list[str]]] = []

    class Counted:
        def __init__(self, name: str) -> None:
            self.name = name

        def measured(self, tasks: list[dict[str, object]], *_: object) -> list[dict[str, object]]:
            passes.append((self.name, [str(task["name"]) for task in tasks]))
            return [task | {"samples": [float(len(passes))]} for task in tasks]

    tasks = [row("count"), row("clock", "time")]
    found = _gate.screened((Counted("base"), Counted("head")), (tasks, tasks), 1.0)  # type: ignore[arg-type]  # what it needs
    both = ["count", "clock"]
    assert passes == [("base", both), ("head", both), ("head", ["clock"]), ("base", ["clock"])]
    assert [[row["samples"] for row in rows] for rows in found] == [[[1.0], [1.0, 4.0]], [[2.0], [2.0, 3.0]]]


def test_a_count_that_does_not_repeat_is_a_broken_benchmark() -> None:
    """Growth is no evidence where the same commit gives two numbers."""
    base, head = [row("b", samples=[100.0])], [row("b", samples=[110.0])]
    again = ([row("b", samples=[100.0])], [row("b", samples=[99.0])])
    (found,) = _verdicts.judged(base, head, RULES, 4, lambda *_: [again])
    assert found.outcome == "broken"


PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "tiny"
version = "1"
"""
CODE = """\
COMMIT, COST, LESS, PAUSE, MIB = {commit}, {cost}, {less}, {pause}, {mib}
"""
SUITE = """\
import time
import tiny

def track_commit(): return tiny.COMMIT
track_commit.unit = "commit"
def track_cost(): return tiny.COST
def track_less(): return tiny.LESS
def track_new(): return tiny.NEW
def track_lost(): return tiny.LOST
def track_skipped(): return 1
def skip(): raise NotImplementedError
track_skipped.setup = skip
def time_pause(): time.sleep(tiny.PAUSE)
def peakmem_text(): return b"x" * (tiny.MIB * 2**20)

class Cached:
    params, param_names = [1, 2], ["factor"]
    def setup_cache(self): return tiny.COST
    def track_cached(self, cost, factor): return cost * factor
"""
OUTCOMES = {
    ("broken", ""): "broken",
    ("costs.Cached.track_cached", "1"): "regression",
    ("costs.Cached.track_cached", "2"): "regression",
    ("costs.peakmem_text", ""): "regression",
    ("costs.time_pause", ""): "regression",
    ("costs.track_commit", ""): "regression",
    ("costs.track_cost", ""): "regression",
    ("costs.track_less", ""): "improvement",
    ("costs.track_lost", ""): "broken",
    ("costs.track_new", ""): "new",
    ("costs.track_skipped", ""): "skipped",
}


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *who, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, code: str) -> str:
    """Commit the code of the project, with whatever else is there."""
    (folder / "tiny" / "__init__.py").write_text(code)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x | y")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def commits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A repository with a cheap and a dear commit, and one without a benchmark that runs."""
    folder = tmp_path_factory.mktemp("tiny")
    git(folder, "init", "--quiet")
    (folder / "tiny").mkdir()
    (folder / "suite").mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "asv.conf.json").write_text('{"version": 1, // a comment\n "benchmark_dir": "suite"}')
    (folder / "suite" / "__init__.py").write_text("")
    (folder / "suite" / "costs.py").write_text(SUITE)
    cheap = CODE.format(commit=1, cost=100, less=10, pause=0.001, mib=1)
    found = {"folder": str(folder), "cheap": commit(folder, f"{cheap}LOST = 1\n")}
    found["broken"] = commit(folder, "")
    (folder / "suite" / "broken.py").write_text("import nothing_of_that_name\n")
    dear = CODE.format(commit=2, cost=105, less=5, pause=0.003, mib=90)
    found["dear"] = commit(folder, f"{dear}NEW = 1\n")
    return found


def run(commits: dict[str, str], base: str, head: str, *more: str) -> int:
    """Run the command, and return its exit status."""
    chosen = ["--base", commits.get(base, base), "--head", commits.get(head, head)]
    return main(["bench", "gate", "--config", "asv.conf.json", *chosen, *more])


@pytest.fixture
def copied(commits: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The repository as the current folder, and its commits copied rather than installed, which takes seconds."""
    monkeypatch.chdir(commits["folder"])
    monkeypatch.setattr(
        _gate, "install", lambda source, code: shutil.copytree(source / "tiny", code / "tiny")
    )
    return commits


def test_each_kind_of_benchmark_comes_to_its_outcome(
    commits: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One real run: both commits installed, three rounds of confirmation, a module that cannot be imported."""
    monkeypatch.chdir(commits["folder"])
    monkeypatch.setitem(_gate._CONFIRMING, "repeat", [3, 5, 0.05])  # sleeps need no longer
    page = tmp_path / "job.md"
    page.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    files = [
        "--summary",
        str(tmp_path / "gate.md"),
        "--json",
        str(tmp_path / "gate.json"),
        "--github-summary",
    ]
    assert run(commits, "cheap", "dear", "--rounds", "3", *files) == 1
    found = json.loads((tmp_path / "gate.json").read_text())
    outcomes = {(row["name"], row["parameters"]): row["outcome"] for row in found["benchmarks"]}
    outcomes = {(name.removeprefix("suite."), point): outcome for (name, point), outcome in outcomes.items()}
    assert outcomes == OUTCOMES
    assert (found["verdict"], found["status"]) == ("regression", 1)
    assert found["commits"]["base"]["commit"] == commits["cheap"]
    # Each commit's code names itself: nothing was measured twice on the same one.
    numbers = {row["name"]: (row["before"], row["after"]) for row in found["benchmarks"]}
    assert numbers["costs.track_commit"] == (1.0, 2.0)
    summary = (tmp_path / "gate.md").read_text()
    assert page.read_text() == f"before\n{summary}"
    assert (
        "| regression | `costs.track_cost` |  | 100 unit | 105 unit | 1.050 | the same number twice"
        in summary
    )
    assert f"`{commits['cheap'][:10]}` x \\| y" in summary


@pytest.mark.parametrize(
    ("base", "head", "more", "status", "said"),
    [
        ("cheap", "cheap", ("--bench", "track_cost|less"), 0, "nothing became slower"),
        ("cheap", "broken", ("--bench", "track_cost"), 3, "it ran on base and fails on head"),
        ("cheap", "cheap", ("--bench", "nothing"), 4, "nothing measured"),
        ("nowhere", "dear", (), 2, "must be a commit of this repository; got 'nowhere'"),
        ("cheap", "dear", ("--config", "no.json"), 2, "must name a file of head"),
    ],
)
def test_each_exit_status(
    copied: dict[str, str],
    base: str,
    head: str,
    more: tuple[str, ...],
    status: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A script can tell a broken benchmark, nothing at all and wrong usage apart; status 1 is shown above."""
    assert run(copied, base, head, *more) == status
    told = capsys.readouterr()
    assert said in told.out + told.err


def test_what_is_not_committed_is_told(copied: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A changed file is not measured, and the summary says so."""
    config = Path("asv.conf.json")
    before = config.read_text()
    assert run(copied, "cheap", "cheap", "--bench", "nothing") == 4
    assert "uncommitted" not in capsys.readouterr().out
    config.write_text(f"{before}\n")
    try:
        assert run(copied, "cheap", "cheap", "--bench", "nothing") == 4
        assert "uncommitted changes are not measured" in capsys.readouterr().out
    finally:
        config.write_text(before)


@pytest.mark.parametrize("option", ["--summary", "--json"])
def test_a_file_that_cannot_be_written_is_refused_at_once(
    copied: dict[str, str], option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is measured for a summary that would be lost."""
    assert run(copied, "cheap", "dear", option, "tiny/__init__.py/gate.md") == 2
    told = capsys.readouterr().err
    assert option in told
    assert "installing" not in told


def side(folder: Path, checkout: Path, suite: str) -> Side:
    """A side whose code is empty so far, with a suite of one module."""
    (folder / "code").mkdir()
    (folder / "suite").mkdir()
    (folder / "suite" / "__init__.py").write_text("")
    (folder / "suite" / "one.py").write_text(suite)
    return Side(folder / "code", folder / "suite", checkout, folder / "work")


def measured(where: Side, limit: float = 30.0) -> dict[str, object]:
    """What becomes of the suite's only benchmark."""
    (row,) = where.measured([{"name": "one.track_it", "index": 0}], {}, limit)
    return row


# What an editable install leaves behind: a path, as hatchling's, or a finder, as setuptools'.
PATH = "import sys\nsys.path.insert(0, {checkout!r})\n"
FINDER = """\
import importlib.machinery, sys

class _EditableFinder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return importlib.machinery.PathFinder.find_spec(name, [{checkout!r}]) if name == "lent" else None

_EditableFinder.__module__ = "__editable___tiny_finder"
sys.meta_path.insert(0, _EditableFinder)
"""


@pytest.mark.parametrize("installed", [PATH, FINDER], ids=["path", "finder"])
def test_an_editable_install_of_the_checkout_lends_nothing(tmp_path: Path, installed: str) -> None:
    """A module that only the checkout has is not there under measurement."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "lent.py").write_text("COST = 1\n")
    found = side(tmp_path, checkout, "def track_it():\n    import lent\n    return lent.COST\n")
    (found.code / "sitecustomize.py").write_text(installed.format(checkout=str(checkout)))
    assert "No module named 'lent'" in str(measured(found)["error"])


def test_a_path_that_is_not_the_checkouts_stays(tmp_path: Path) -> None:
    """The planted fault of the test above: what is not taken away is indeed found."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "lent.py").write_text("COST = 1\n")
    found = side(tmp_path, tmp_path / "checkout", "def track_it():\n    import lent\n    return lent.COST\n")
    (found.code / "sitecustomize.py").write_text(PATH.format(checkout=str(other)))
    assert measured(found)["samples"] == [1.0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import time; time.sleep(60)", "must end within 0.5 seconds"),
        ("import os; os._exit(7)", "ended with status 7"),
        ("raise KeyError('gone')", "KeyError: 'gone'"),
    ],
)
def test_a_benchmark_that_hangs_or_dies_is_told(tmp_path: Path, body: str, said: str) -> None:
    """It takes no other with it."""
    found = side(tmp_path, tmp_path / "checkout", f"def track_it(): {body}\n")
    assert said in str(measured(found, limit=0.5 if "sleep" in body else 30.0)["error"])


def test_the_default_base_is_where_the_branch_began(tmp_path: Path) -> None:
    """On the default branch it is the parent; a first commit has none, and the message says so."""
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    made = []
    for branch in ("main", "main", "topic", "topic"):
        if branch == "topic" and len(made) == 2:
            git(tmp_path, "checkout", "--quiet", "-b", "topic")
        git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "x")
        made.append(git(tmp_path, "rev-parse", "HEAD"))
    repository = Repository(tmp_path)
    assert repository.default_base(made[3]) == made[1]
    assert repository.default_base(made[1]) == made[0]
    with pytest.raises(GateError, match="must be a commit of this repository"):
        repository.default_base(made[0])
