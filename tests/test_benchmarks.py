"""The asv suite covers the ledger, states what it measures, and `make bench` fails where a benchmark is broken or none ran."""

import importlib
import inspect
import math
import pkgutil
import subprocess
from pathlib import Path
from types import ModuleType, SimpleNamespace

import benchmarks
import pytest
import run_suite
from benchmarks.formulas import FORMULAS, Row
from run_suite import Outcome

from gradproof_reference.ledger import LEDGER, resolve

KINDS = ("time_", "timeraw_", "peakmem_", "track_")
# Training loops take a function or run for epochs: they have classes of their own in `training`.
LOOPS = {"train", "train_mlp", "train_polynomial"}
MODULES = [
    importlib.import_module(f"benchmarks.{found.name}") for found in pkgutil.iter_modules(benchmarks.__path__)
]


def missing(table: dict[str, Row]) -> set[str]:
    """Functions of the ledger that the table does not time."""
    named = {name for row in LEDGER for name in (*row.implementation, *row.gradient)}
    functions = {name for name in named if inspect.isfunction(resolve(name))}
    return (
        functions - LOOPS - {name for row in table.values() for name in (row.forward, row.gradient) if name}
    )


def benchmarks_of(module: ModuleType) -> list[type]:
    """Classes of a module that asv takes for benchmarks."""
    kinds = [kind for kind in vars(module).values() if inspect.isclass(kind)]
    return [
        kind
        for kind in kinds
        if kind.__module__ == module.__name__
        and not kind.__name__.startswith("_")
        and any(name.startswith(KINDS) for name in dir(kind))
    ]


CLASSES = [kind for module in MODULES for kind in benchmarks_of(module)]


def faults(kind: type) -> list[str]:
    """What a benchmark's class must state, and does not."""
    found = []
    if not isinstance(getattr(kind, "version", None), str):
        found.append("version")
    params, names = getattr(kind, "params", []), getattr(kind, "param_names", ())
    if len(params) != len(names) or not all(isinstance(values, tuple) for values in params):
        found.append("param_names")
    if any(name.startswith("track_") for name in dir(kind)) and not getattr(kind, "unit", ""):
        found.append("unit")
    return found


def test_every_formula_of_the_ledger_is_timed() -> None:
    """Forward and gradient; one row less is seen."""
    assert missing(FORMULAS) == set()
    fewer = {name: row for name, row in FORMULAS.items() if name != "affine"}
    assert missing(fewer) == {"affine", "affine_gradient"}


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_a_formula_runs_at_the_smallest_size(name: str) -> None:
    """With the arguments that the table draws."""
    benchmark = benchmarks.formulas.Formula()
    benchmark.setup(name, 10)
    benchmark.time_forward()
    if FORMULAS[name].gradient is not None:
        benchmark.time_gradient()


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_a_benchmark_states_version_names_and_unit(kind: type) -> None:
    """Else asv makes a version of the source's text, and numbers the parameters."""
    assert faults(kind) == []


def test_a_benchmark_that_states_nothing_is_seen() -> None:
    """Each of the three is missed by itself."""
    nothing = type("Planted", (), {"params": [(1, 2)], "track_cost": lambda _: 1})
    assert faults(nothing) == ["version", "param_names", "unit"]


def test_only_the_law_of_models_has_their_name() -> None:
    """The report finds a law by the name of its only parameter."""
    laws = {kind.param_names[0]: kind.__name__ for kind in CLASSES if kind.__module__ == "benchmarks.scaling"}
    assert laws == {name.lower(): name for name in ("Models", "Parameters", "Depth", "Batch", "Directions")}
    others = [kind for kind in CLASSES if kind.__module__ != "benchmarks.scaling"]
    assert not [kind for kind in others if "models" in getattr(kind, "param_names", ())]


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ([Outcome("a", 1.0), Outcome("b", math.nan)], 0),
        ([Outcome("a", 1.0), Outcome("b", None)], 1),
        ([Outcome("a", math.nan)], 4),
        ([], 4),
    ],
)
def test_the_status_tells_broken_from_nothing_measured(found: list[Outcome], status: int) -> None:
    """A skipped benchmark is neither."""
    assert run_suite.status(found, strict=True) == status


SUITE = """
class Sums:
    version = "1"
    number, repeat, warmup_time, unit = 1, 1, 0, "calls"

    def track_calls(self):
        return 1
"""
CONFIG = """{
    // Comments are taken out, as asv does.
    "version": 1, "project": "p", "repo": "..", "environment_type": "virtualenv", "benchmark_dir": "benchmarks",
    "env_dir": "e", "html_dir": "h", "results_dir": "r"
}"""


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a suite of one benchmark; the folder of its modules."""
    folder = tmp_path / "suite" / "benchmarks"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "sums.py").write_text(SUITE, encoding="utf-8")
    (folder.parent / "asv.conf.json").write_text(CONFIG, encoding="utf-8")
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "Begin"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)  # noqa: S607  the one on the path
    monkeypatch.setattr(run_suite, "HERE", folder.parent)
    return folder


@pytest.mark.parametrize(
    ("file", "text", "status"),
    [
        ("sums.py", SUITE, 0),
        ("sums.py", SUITE.replace("return 1", "raise KeyError"), 1),
        ("other.py", "import a_package_that_nobody_has", 1),
        ("sums.py", "", 4),
    ],
    ids=["whole", "broken", "module that does not load", "none"],
)
def test_the_quick_run_fails_with_a_broken_suite(suite: Path, file: str, text: str, status: int) -> None:
    """By itself asv leaves with 0 in three of these; nothing is written beside the suite but asv's own folder."""
    (suite / file).write_text(text, encoding="utf-8")
    assert run_suite.quick(".") == status
    assert not (suite.parent / "r").exists()


@pytest.mark.usefixtures("suite")
def test_the_history_counts_the_commits_that_were_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Results of other commits in the same folder are no measurement: here asv runs nothing."""
    monkeypatch.setattr(run_suite, "asv", lambda *_: 0)
    head = run_suite.revision("HEAD")
    results = [
        SimpleNamespace(commit_hash=commit, outcomes=[Outcome("a", 1.0)]) for commit in ("0" * 40, head)
    ]
    monkeypatch.setattr(run_suite, "results_in", lambda _: results)
    assert run_suite.history(["HEAD"], ".") == 0
    monkeypatch.setattr(run_suite, "results_in", lambda _: results[:1])
    assert run_suite.history(["HEAD"], ".") == 4
    assert "0 measured" in capsys.readouterr().out


@pytest.mark.usefixtures("suite")
def test_a_commit_that_does_not_exist_is_refused() -> None:
    """Before anything is measured."""
    with pytest.raises(SystemExit, match=r"COMMITS must name commits; got 'nowhere'"):
        run_suite.history(["nowhere"], ".")
