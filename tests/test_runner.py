"""The runner: the same bits however it is driven, and nothing lost when a driver or a worker dies."""

import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import toy_experiment
from gradproof_experiments._errors import CannotRunError
from gradproof_experiments.runner import fingerprint as fingerprint_module
from gradproof_experiments.runner.driver import Outcome, Settings
from gradproof_experiments.runner.execute import compute
from gradproof_experiments.runner.plan import Run, plan
from gradproof_experiments.runner.results import tables
from gradproof_experiments.runner.settings import configured
from gradproof_experiments.runner.store import opened
from gradproof_experiments.runner.sweep import Sweep, items_of, sweep
from toy_experiment import EXPERIMENT, ToyConfig

_HERE = Path(__file__).parent
# A driver of its own, with the toy among the experiments.
_DRIVER = (
    "import sys; from gradproof_experiments import registry\n"
    "registry.EXPERIMENTS['toy'] = 'toy_experiment:EXPERIMENT'\n"
    "from gradproof._command_line import main; sys.exit(main(sys.argv[1:]))"
)
_LONG = ["--set", "points=10", "--set", "wait=0.1", "--seeds", "3"]


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """File in which the toy notes every run that it begins."""
    path = tmp_path / "log.txt"
    path.touch()
    monkeypatch.setenv("TOY_LOG", str(path))
    return path


def drive(path: Path, config: ToyConfig | None = None, **settings: Any) -> tuple[Outcome, Sweep]:
    """Drive the toy in this process."""
    planned = Sweep.of(EXPERIMENT, config or ToyConfig())
    with opened(path) as store:
        outcome = sweep([planned], store, path.parent, Settings(**settings), Console(file=io.StringIO()))
    return outcome, planned


def kept(path: Path) -> dict[str, Any]:
    """All columns in the store, by key."""
    with opened(path) as store:
        return store.columns(store.keys())


def command(*arguments: str) -> list[str]:
    """A driver as a process of its own."""
    return [sys.executable, "-c", _DRIVER, *arguments]


def environment() -> dict[str, str]:
    """The environment of a driver: it finds the toy, wherever it runs."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(_HERE), *sys.path])}


def begun(log: Path, at_least: int) -> None:
    """Wait until so many runs have begun."""
    deadline = time.monotonic() + 60
    while len(log.read_text(encoding="utf-8").splitlines()) < at_least:
        assert time.monotonic() < deadline, "the driver computes nothing"
        time.sleep(0.02)


# --- the same bits ----------------------------------------------------------------------------------------------------


def test_bits_do_not_depend_on_jobs_or_order(tmp_path: Path) -> None:
    """In this process, in two of loky's, and here in a random order."""
    drive(tmp_path / "one.sqlite", jobs=1)
    drive(tmp_path / "two.sqlite", jobs=2)
    runs = plan(EXPERIMENT, ToyConfig())
    random.Random(1).shuffle(runs)  # noqa: S311 - an order
    shuffled = {run.key: compute(run).columns for run in runs}
    assert kept(tmp_path / "one.sqlite") == kept(tmp_path / "two.sqlite") == shuffled


def test_a_seed_is_paired_over_all_points(tmp_path: Path) -> None:
    """Every point gets the same draws at the same seed, and other draws at another."""
    _, planned = drive(tmp_path / "runs.sqlite")
    frame = tables(planned.runs, kept(tmp_path / "runs.sqlite"))["products"]
    assert list(frame.columns) == ["seed", "root", "number", "wait", "failing", "size", "value"]
    assert len(frame) == 4 * 3 * 2
    draws = (frame["value"] - frame["number"]).round(9).groupby([frame["seed"], frame["size"]]).nunique()
    assert (draws == 1).all()
    assert frame.loc[frame["number"] == 0, "value"].nunique() == 6


def test_keys_follow_configuration_seed_and_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another root, another field, another version of a package: other keys. More seeds: the same, and new ones."""
    keys = {run.key for run in plan(EXPERIMENT, ToyConfig())}
    assert len(keys) == 12
    assert keys < {run.key for run in plan(EXPERIMENT, ToyConfig(seeds=4, points=5))}
    assert not keys & {run.key for run in plan(EXPERIMENT, ToyConfig(seed=8))}
    assert not keys & {run.key for run in plan(EXPERIMENT, ToyConfig(sizes=(20, 31)))}
    monkeypatch.setattr(fingerprint_module, "versions", lambda _: {"numpy": "1.0"})
    assert not keys & {run.key for run in plan(EXPERIMENT, ToyConfig())}


def test_changed_source_changes_the_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that an experiment names is part of what its runs hang on; one that is no module is an error."""
    before = fingerprint_module.fingerprint(("toy_experiment",))
    changed = tmp_path / "toy_experiment.py"
    changed.write_text(
        (_HERE / "toy_experiment.py").read_text(encoding="utf-8") + "# more\n", encoding="utf-8"
    )
    monkeypatch.setattr(fingerprint_module, "_source", _instead_of(fingerprint_module._source, changed))
    assert fingerprint_module.fingerprint(("toy_experiment",)) != before
    monkeypatch.undo()
    with pytest.raises(ModuleNotFoundError, match="got 'no_such_module'"):
        fingerprint_module.fingerprint(("no_such_module",))


def _instead_of(right: Any, changed: Path) -> Any:
    return lambda module: changed if module == "toy_experiment" else right(module)


# --- resuming ---------------------------------------------------------------------------------------------------------


def test_nothing_that_is_kept_is_computed_again(tmp_path: Path, log: Path) -> None:
    """The second time nothing begins; with more seeds only those; fresh, all of it."""
    path = tmp_path / "runs.sqlite"
    assert drive(path)[0].computed == 12
    again, _ = drive(path)
    assert (again.computed, again.kept_before, again.complete) == (0, 12, True)
    assert drive(path, ToyConfig(seeds=4))[0].computed == 4
    assert len(log.read_text(encoding="utf-8").splitlines()) == 16
    assert drive(path, fresh=True)[0].computed == 12


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_raises_is_told_and_takes_no_other_with_it(tmp_path: Path, jobs: int) -> None:
    """The other runs are kept; the next time only what failed is tried."""
    path = tmp_path / "runs.sqlite"
    outcome, _ = drive(path, ToyConfig(failing=2), jobs=jobs)
    assert (outcome.computed, len(outcome.failed), outcome.complete) == (9, 3, False)
    assert "planted" in outcome.failed[0].failure
    assert outcome.failed[0].run.point.number == 2
    assert drive(path, ToyConfig(failing=2), jobs=jobs)[0].kept_before == 9


def test_fail_fast_stops_at_the_first(tmp_path: Path) -> None:
    """Points are computed in order: those before the planted one are kept."""
    outcome, _ = drive(tmp_path / "runs.sqlite", ToyConfig(failing=2), fail_fast=True)
    assert (outcome.computed, len(outcome.failed)) == (6, 1)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [({"a": [1], "b": [1, 2]}, "equally long"), ({"a": [None]}, "numbers, strings or booleans")],
)
def test_a_result_that_is_no_table_is_a_failure(columns: dict[str, Any], problem: str) -> None:
    """Columns of two lengths, and what JSON would not give back as it was."""
    done = compute(Run("k", "toy", "part", ToyConfig(), 0, lambda _point, _seed: columns))
    assert done.columns is None
    assert problem in done.failure


# --- dying ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_kill_9_loses_the_runs_in_flight_alone(tmp_path: Path, log: Path, jobs: str) -> None:
    """Killed midway, then resumed: what was kept is not computed again, and all of it is there."""
    path = tmp_path / "runs.sqlite"
    arguments = ["run", "toy", *_LONG, "--jobs", jobs, "--store", str(path), "--root", str(tmp_path)]
    with subprocess.Popen(
        command(*arguments), env=environment(), stdout=subprocess.DEVNULL, start_new_session=True
    ) as driver:
        begun(log, 12)
        os.killpg(driver.pid, signal.SIGKILL)
    before = kept(path)
    started = len(log.read_text(encoding="utf-8").splitlines())
    assert 1 <= len(before) < 30
    # In flight: one for each process, and what loky had handed out ahead or not yet handed back.
    assert started - len(before) <= 2 * int(jobs) + 2
    log.write_text("", encoding="utf-8")
    done = subprocess.run(command(*arguments), env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(log.read_text(encoding="utf-8").splitlines()) == 30 - len(before)
    after = kept(path)
    assert len(after) == 30
    assert before.items() <= after.items()


def test_two_drivers_on_one_store_do_each_other_no_harm(tmp_path: Path) -> None:
    """Both end well, every run is kept once, and the file is whole."""
    path = tmp_path / "runs.sqlite"
    arguments = [
        "run",
        "toy",
        "--set",
        "points=30",
        "--jobs",
        "1",
        "--store",
        str(path),
        "--root",
        str(tmp_path),
    ]
    drivers = [
        subprocess.Popen(
            command(*arguments), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for _ in range(2)
    ]
    told = [driver.communicate(timeout=60)[0].decode() for driver in drivers]
    assert [driver.returncode for driver in drivers] == [0, 0], told
    assert len(kept(path)) == 90
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (90,)
    connection.close()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_stops_with_a_summary_and_leaves_no_process(tmp_path: Path, log: Path, jobs: str) -> None:
    """Status 130, no traceback, how to go on, and the whole group of processes gone."""
    path = tmp_path / "runs.sqlite"
    arguments = ["run", "toy", *_LONG, "--jobs", jobs, "--store", str(path), "--root", str(tmp_path)]
    with subprocess.Popen(
        command(*arguments),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as driver:
        begun(log, 8)
        os.killpg(driver.pid, signal.SIGINT)  # as a terminal does: to the driver and all its workers
        out, err = driver.communicate(timeout=60)
        group = driver.pid
    assert driver.returncode == 130, out + err
    assert "of 30 runs are kept" in out
    assert "goes on where this one left off" in out
    assert "Traceback" not in out + err
    deadline = time.monotonic() + 10
    while _alive(group) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _alive(group)
    assert 1 <= len(kept(path)) < 30


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


# --- more than one machine --------------------------------------------------------------------------------------------


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A real dask scheduler and two workers, on loopback."""
    file = folder / "scheduler.json"
    quiet: Any = {
        # A scheduler that asks a dead worker for a result gives up after this; by default after half a minute.
        "env": environment() | {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "3s"},
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "cwd": folder,
    }
    start = [sys.executable, "-m"]
    at = ["--scheduler-file", str(file), "--no-dashboard"]
    processes = [
        subprocess.Popen(
            [*start, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *at], **quiet
        )
    ]
    try:
        worker = [
            *start,
            "distributed.cli.dask_worker",
            *at,
            "--nthreads",
            "1",
            "--no-nanny",
            "--host",
            "127.0.0.1",
        ]
        processes += [subprocess.Popen(worker, **quiet) for _ in range(2)]
        deadline = time.monotonic() + 30
        while not file.exists() or not file.read_text(encoding="utf-8").strip():
            assert time.monotonic() < deadline, "no scheduler"
            time.sleep(0.05)
        yield json.loads(file.read_text(encoding="utf-8"))["address"], processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_worker_that_dies_takes_nothing_with_it(tmp_path: Path, log: Path) -> None:
    """A sweep on a scheduler and two workers, one of them killed midway: every run is kept, with the same bits."""
    pytest.importorskip("distributed", reason="distributed is not installed: the extra `distributed`")
    path = tmp_path / "runs.sqlite"
    with cluster(tmp_path) as (address, workers):
        arguments = ["run", "toy", *_LONG, "--backend", "dask", "--scheduler", address, "--store", str(path)]
        with subprocess.Popen(
            command(*arguments, "--root", str(tmp_path)),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as driver:
            begun(log, 8)
            workers[0].send_signal(signal.SIGKILL)
            out, err = driver.communicate(timeout=90)
    assert driver.returncode == 0, out + err
    assert "30 of 30 runs are kept" in out
    runs = plan(EXPERIMENT, ToyConfig(points=10, wait=0.1))
    few = runs[::9]
    found = kept(path)
    assert len(found) == 30
    assert {run.key: found[run.key] for run in few} == {run.key: compute(run).columns for run in few}


def test_a_scheduler_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Bad addresses are errors with a remedy, not tracebacks."""
    pytest.importorskip("distributed", reason="distributed is not installed: the extra `distributed`")
    with pytest.raises(CannotRunError, match=r"got --scheduler nonsense://1 .*Start one with"):
        drive(tmp_path / "runs.sqlite", backend="dask", scheduler="nonsense://1")


# --- configuration ----------------------------------------------------------------------------------------------------


def test_settings_reach_the_configuration() -> None:
    """JSON where it is JSON, with lists as tuples; by the name of the experiment, or for all that have the field."""
    (found,) = configured([EXPERIMENT], ["sizes=[5, 6]", "toy.wait=0.5"], seeds=9)
    assert found == ToyConfig(seeds=9, sizes=(5, 6), wait=0.5)
    assert configured([EXPERIMENT], quick=True) == [ToyConfig(seeds=2, points=2)]


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("pionts=3", r"must name one of seed, seeds, points, .*; got 'pionts'. Did you mean points\?"),
        ("points", "must be key=value; got --set points"),
        ("tyo.points=3", "must name an experiment that runs, toy; got 'tyo'"),
        ("seeds=0", "toy cannot run with seeds=0: seeds must be at least 1; got seeds=0"),
        ('seeds="many"', '--set seeds must be of the same kind as its default, 3; got "many"'),
    ],
)
def test_what_cannot_be_set_is_told(setting: str, problem: str) -> None:
    """With the near match, or in the configuration's own words."""
    with pytest.raises(CannotRunError, match=problem):
        configured([EXPERIMENT], [setting])


def test_items_are_made_from_the_store_alone(tmp_path: Path, log: Path) -> None:
    """Nothing is computed for them."""
    path = tmp_path / "runs.sqlite"
    _, planned = drive(path)
    before = log.read_text(encoding="utf-8")
    with opened(path) as store:
        (found,) = items_of([planned], store)
    assert found.claims[0].verdict == "holds"
    assert log.read_text(encoding="utf-8") == before
    assert toy_experiment.EXPERIMENT.name == found.name
