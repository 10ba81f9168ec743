"""The commands run, list, show and verify: what they say, and what their status means."""

import json
import sqlite3
from pathlib import Path

import pytest

from gradproof._command_line import main
from gradproof_experiments import registry


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run in, with the toy as the only experiment."""
    monkeypatch.setattr(registry, "EXPERIMENTS", {"toy": "toy_experiment:EXPERIMENT"})
    monkeypatch.setenv("TOY_LOG", str(tmp_path / "log.txt"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ran(capsys: pytest.CaptureFixture[str]) -> None:
    """All runs of the toy are kept."""
    assert main(["run", "toy", "--jobs=1"]) == 0
    capsys.readouterr()


def test_run_computes_once_and_tells_its_claims(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Plain lines where there is no terminal; the second time nothing is left to compute."""
    assert main(["run", "--jobs=1"]) == 0
    first = capsys.readouterr().out
    assert "toy: 12 runs to compute" in first
    assert "toy: 12 of 12 runs" in first
    assert "12 of 12 runs are kept, 12 of them computed now" in first
    assert "1 of 1 claims hold" in first
    assert (root / "reports" / ".run" / "runs.sqlite").is_file()
    assert main(["run", "--jobs=1", "--resume"]) == 0
    assert "0 of them computed now" in capsys.readouterr().out
    assert len((root / "log.txt").read_text(encoding="utf-8").splitlines()) == 12


def test_a_failing_claim_is_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    """Planted: the claim expects more than there is."""
    assert main(["run", "toy", "--jobs=1", "--set", "least=99"]) == 1
    assert "0 of 1 claims hold; fails: It runs far." in capsys.readouterr().out


def test_a_failing_run_is_status_1_and_is_told_with_its_point(capsys: pytest.CaptureFixture[str]) -> None:
    """Planted: one point raises, at every seed."""
    assert main(["run", "toy", "--jobs=1", "--set", "failing=2"]) == 1
    shown = capsys.readouterr().out
    assert "9 of 12 runs are kept" in shown
    assert "3 failed" in shown
    assert "toy/products, seed 0 (root=7, number=2" in shown
    assert "ArithmeticError: planted" in shown


def test_dry_run_computes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It names what would be computed."""
    assert main(["run", "toy", "--quick", "--dry-run"]) == 0
    assert "4 of 4 runs would be computed" in capsys.readouterr().out
    assert list(root.iterdir()) == []


def test_an_experiment_that_is_named_twice_runs_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Its claims are told once, too."""
    assert main(["run", "toy", "toy", "--jobs=1"]) == 0
    assert "1 of 1 claims hold" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["run", "tyo"], "an experiment must be one of toy; got 'tyo'. Did you mean toy?"),
        (["run", "--set", "pionts=3"], "Did you mean points?"),
        (["run", "--jobs=0"], "got --jobs=0"),
        (["run", "--set", "sizes=[20, 2.5]"], "must be of the same kind as its default, 20; got 2.5"),
        (["run", "--set", "seeds=5", "--seeds=4"], "seeds must be set once"),
        (["run", "--scheduler", "tcp://somewhere:1"], "--scheduler needs --backend dask"),
        (["run", "--seeds=0"], "seeds must be at least 1; got seeds=0"),
        (["verify", "--sample=0"], "got --sample=0"),
        (["verify"], "where nothing is"),
        (["show", "abc"], "where nothing is"),
    ],
)
def test_what_cannot_run_is_status_2(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the value and the remedy, before anything is computed."""
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert problem in shown.err
    assert "Traceback" not in shown.err


@pytest.mark.usefixtures("ran")
def test_list_counts_what_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """Of other seeds, some."""
    assert main(["list", "--seeds", "5"]) == 0
    row = capsys.readouterr().out.splitlines()[1].split()
    assert row[:6] == ["toy", "products", "4", "5", "20", "12"]


@pytest.mark.usefixtures("ran")
def test_show_tells_result_and_provenance_apart(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the beginning of a key that is no other's."""
    with sqlite3.connect(root / "reports" / ".run" / "runs.sqlite") as connection:
        key, columns = connection.execute("SELECT key, columns FROM runs ORDER BY key").fetchone()
    connection.close()
    assert main(["show", key[:16]]) == 0
    shown = capsys.readouterr().out
    assert key in shown
    for name in ("point", "provenance", "commit", "dirty", "cpu", "blas", "seed_entropy", "versions"):
        assert name in shown
    assert f"{json.loads(columns)['value'][0]:.4f}"[:5] in shown
    assert main(["show", ""]) == 2
    assert "several begin so" in capsys.readouterr().err
    assert main(["show", "no key"]) == 2
    assert "none begins so" in capsys.readouterr().err


@pytest.mark.usefixtures("ran")
def test_verify_sees_a_number_that_was_changed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same bits at first; then one number in the store is off by 1e-3, and only in one run."""
    assert main(["verify", "--all", "--set", "points=4"]) == 0
    shown = capsys.readouterr().out
    assert "12 runs computed again: the same bits" in shown
    assert "these are not compared" in shown
    with sqlite3.connect(root / "reports" / ".run" / "runs.sqlite") as connection:
        key, columns = connection.execute("SELECT key, columns FROM runs ORDER BY key").fetchone()
        changed = json.loads(columns)
        changed["value"][0] += 1e-3
        connection.execute("UPDATE runs SET columns = ? WHERE key = ?", (json.dumps(changed), key))
    connection.close()
    assert main(["verify", "--all", "--set", "points=4"]) == 1
    shown = capsys.readouterr().out
    assert f"{key[:12]}  toy/products" in shown
    assert shown.count("differs by") == 1


@pytest.mark.usefixtures("ran")
def test_verify_holds_the_committed_tables_against_the_store(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table that is missing, one that agrees, one with a planted number, one with a row less."""
    assert main(["verify"]) == 1
    assert "products.csv is missing" in capsys.readouterr().out
    from gradproof_experiments.runner.store import opened  # noqa: PLC0415 - for this test alone
    from gradproof_experiments.runner.sweep import Sweep, items_of  # noqa: PLC0415 - same
    from toy_experiment import EXPERIMENT, ToyConfig  # noqa: PLC0415 - same

    with opened(root / "reports" / ".run" / "runs.sqlite") as store:
        (item,) = items_of([Sweep.of(EXPERIMENT, ToyConfig())], store)
    frame = item.tables[0].frame
    path = root / "reports" / "toy" / "products.csv"
    path.parent.mkdir()
    frame.to_csv(path, index=False)
    assert main(["verify"]) == 0
    assert "toy: 1 committed tables agree" in capsys.readouterr().out
    frame.assign(value=frame["value"] + 1e-3).to_csv(path, index=False)
    assert main(["verify"]) == 1
    frame.iloc[1:].to_csv(path, index=False)
    assert main(["verify"]) == 1


def test_verify_of_what_is_not_kept_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was compared, so nothing is said to agree."""
    assert main(["run", "toy", "--jobs=1", "--seeds=2"]) == 0
    assert main(["verify", "toy"]) == 2
    assert "4 of 12 runs are not kept" in capsys.readouterr().out
    assert main(["verify", "toy", "--set", "seed=8"]) == 2
    said = capsys.readouterr().out
    assert "no kept run is of this code and this configuration" in said
    assert "the same bits" not in said


def test_help_has_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that scripts rely on."""
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    shown = capsys.readouterr().out
    for option in (
        "seeds",
        "jobs",
        "backend",
        "scheduler",
        "set",
        "quick",
        "resume",
        "fresh",
        "fail-fast",
        "dry-run",
    ):
        assert f"--{option}" in shown
