"""Faults around the runner: files that are someone else's, workers of other code, threads of the BLAS, drivers that are killed."""

import io
import json
import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import toy_experiment
from gradproof_experiments._errors import CannotRunError
from gradproof_experiments.runner.driver import Settings
from gradproof_experiments.runner.execute import compute_elsewhere, finished_runs
from gradproof_experiments.runner.plan import Run, plan
from gradproof_experiments.runner.settings import configured
from gradproof_experiments.runner.store import opened
from gradproof_experiments.runner.sweep import Sweep, sweep
from toy_experiment import EXPERIMENT, ToyConfig

_HERE = Path(__file__).parent
_DRIVER = """
import argparse, sys
from gradproof_experiments import command_line, registry
registry.EXPERIMENTS["toy"] = "toy_experiment:EXPERIMENT"
parser = argparse.ArgumentParser()
command_line.run.add_arguments(parser)
sys.exit(command_line.run.run(parser.parse_args(["toy", *sys.argv[1:]])))
"""
_OPENS_MANY = """
import sys, time
from pathlib import Path
from gradproof_experiments.runner.store import opened
while time.time() < float(sys.argv[2]):
    pass
for i in range(50):
    with opened(Path(sys.argv[1]) / f"{i}.sqlite") as store:
        store.keys()
"""


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """File in which the toy notes every run that it begins; processes of its own find the toy."""
    monkeypatch.setenv("TOY_LOG", str(tmp_path / "log.txt"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(_HERE), *sys.path]))
    (tmp_path / "log.txt").touch()
    return tmp_path / "log.txt"


def lines(log: Path) -> int:
    """How many runs have begun."""
    return len(log.read_text(encoding="utf-8").splitlines())


def driver(folder: Path, *arguments: str, store: str = "runs.sqlite") -> "subprocess.Popen[bytes]":
    """A driver as a process and a process group of its own."""
    where = ["--root", str(folder), "--store", str(folder / store)]
    return subprocess.Popen(
        [sys.executable, "-c", _DRIVER, *where, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )


def kept(path: Path) -> dict[str, str]:
    """What is kept, to the last bit."""
    with opened(path) as store:
        return {key: json.dumps(found) for key, found in store.columns(store.keys()).items()}


@pytest.mark.parametrize("table", ["thesis", "runs"])
def test_a_database_of_another_program_is_left_alone(tmp_path: Path, table: str) -> None:
    """Even one with a table of the same name: no byte of it changes, and the message says what to do."""
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE {table} (a)")
    before = path.read_bytes()
    with (
        pytest.raises(CannotRunError, match=r"got --store=.*other.sqlite .*no run store: name another"),
        opened(path),
    ):
        pass
    assert path.read_bytes() == before


def test_what_goes_wrong_beside_an_open_store_is_not_put_down_to_it(tmp_path: Path) -> None:
    """A full disk elsewhere, or a pipe that nobody reads, is told as what it is."""
    with pytest.raises(BrokenPipeError), opened(tmp_path / "runs.sqlite"):
        raise BrokenPipeError


@pytest.mark.skipif(os.name != "posix", reason="processes that begin at one moment")
def test_many_drivers_may_make_a_store_at_one_moment(tmp_path: Path) -> None:
    """Six open and close 50 new stores as fast as they can: none is told that it is locked."""
    command = [sys.executable, "-c", _OPENS_MANY, str(tmp_path), str(time.time() + 2.5)]
    with ThreadPoolExecutor(6) as pool:
        done = list(
            pool.map(lambda _: subprocess.run(command, capture_output=True, text=True, check=False), range(6))
        )
    assert [each.stderr for each in done] == [""] * 6


def test_a_worker_of_other_code_is_refused() -> None:
    """Its numbers would be kept under a key that names the code of the driver."""
    run = plan(EXPERIMENT, ToyConfig())[0]
    assert compute_elsewhere(run).columns is not None
    done = compute_elsewhere(replace(run, code="another"))
    assert done.columns is None
    assert "must have the code and the versions of the driver" in done.failure


def test_bits_do_not_depend_on_the_threads_of_the_blas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver whose BLAS would take four threads for a product computes the same bits as one that takes one."""
    arguments = ("--set", "sizes=[200, 300, 500]", "--set", "points=2", "--seeds", "1", "--jobs", "1")
    for threads in ("1", "4"):
        for library in ("OPENBLAS", "OMP", "MKL"):
            monkeypatch.setenv(f"{library}_NUM_THREADS", threads)
        assert driver(tmp_path, *arguments, store=threads).wait(60) == 0
    assert kept(tmp_path / "1") == kept(tmp_path / "4")
    assert len(kept(tmp_path / "1")) == 2


def test_fail_fast_stops_other_processes_without_a_warning(tmp_path: Path, log: Path) -> None:
    """Of 40 runs in two processes most are never begun."""
    planned = Sweep.of(EXPERIMENT, ToyConfig(failing=0, points=40, seeds=1, wait=0.1))
    settings, console = Settings(jobs=2, fail_fast=True), Console(file=io.StringIO())
    with opened(tmp_path / "runs.sqlite") as store:
        outcome = sweep([planned], store, tmp_path, settings, console)
    assert len(outcome.failed) == 1
    assert lines(log) < 20


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
def test_workers_end_with_a_driver_that_is_killed(tmp_path: Path, log: Path) -> None:
    """Nothing tells them; they see that it is gone."""
    killed = driver(tmp_path, "--set", "wait=0.2", "--set", "points=8", "--jobs", "2")
    deadline = time.monotonic() + 60
    while lines(log) < 4:
        assert time.monotonic() < deadline, "the driver computes nothing"
        time.sleep(0.02)
    killed.kill()
    killed.wait()
    while _alive(killed.pid):
        assert time.monotonic() < deadline, "workers outlive their driver"
        time.sleep(0.1)


def _alive(group: int) -> bool:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of_group = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if state != "Z" and int(of_group) == group:
            return True
    return False


@pytest.mark.parametrize("setting", ["points=2.5", "points=true", "seeds=x", "wait=[1]", "sizes=3"])
def test_a_value_of_another_kind_is_refused_with_the_default(setting: str) -> None:
    """Before the configuration compares it with a number, or a sweep counts up to it."""
    with pytest.raises(
        CannotRunError, match=r"must be of the same kind as its default, .*; got .* Write it as JSON"
    ):
        configured([EXPERIMENT], [setting])


def test_a_whole_number_may_stand_for_a_float() -> None:
    """And becomes one: the key of a run is made from its JSON."""
    found: list[Any] = configured([EXPERIMENT], ["wait=1", "sizes=[4]", "failing=2"])
    assert found == [ToyConfig(wait=1.0, sizes=(4,), failing=2)]
    assert json.dumps(found[0].wait) == "1.0"


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_worker_process_that_is_killed_is_told() -> None:
    """As for want of memory: an error that says what is kept and how to go on, not a traceback of loky's."""
    runs = [
        Run(f"{number}", "toy", "part", ToyConfig(seed=number), 0, toy_experiment.die) for number in range(4)
    ]
    with (
        pytest.raises(CannotRunError, match=r"was killed.*The same command goes on"),
        finished_runs(runs, "local", 2, None) as finished,
    ):
        list(finished)
