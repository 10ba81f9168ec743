"""`gradproof check --jobs`: the same results from processes, whatever becomes of them, and no process left behind."""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gradproof._commands.check import command

HEAD = """
import os, signal, sys, time
import numpy as np
import gradproof as gp

point = (np.array([1.0, -2.0]),)
f = lambda w: np.sum(w**3)
right = gp.Differentiable(f, lambda w: 3 * w**2, point, "right")
"""
DRAWN = """
for number in range(2):
    globals()[f"rare{number}"] = gp.Differentiable(
        lambda w: np.sum(w**3) + 0.3125 * np.sum(w),
        lambda w, number=number: 3 * w**2 + 0.3125 + 1e-3 * (w > 0.75 + 100 * number),
        (gp.strategies.arrays(3),),
        f"rare{number}",
    )
wrong = gp.Differentiable(f, lambda w: 2 * w**2, point, "wrong")
raises = gp.Differentiable(f, lambda w: w.gone, point, "raises")
"""
DEADLY = """
exits = gp.Differentiable(f, lambda w: os._exit(7), point, "exits")
killed = gp.Differentiable(f, lambda w: os.kill(os.getpid(), signal.SIGKILL), point, "killed")
last = gp.Differentiable(f, lambda w: print("printed") or 3 * w**2, point, "last")
"""
_KEPT = {"PATH", "PYTHONPATH", "HOME", "SYSTEMROOT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
SLOW = """
def sleep(w):
    open(f"started-{os.getpid()}", "w").close()
    time.sleep(600)
slow = gp.Differentiable(f, sleep, point, "slow")
slower = gp.Differentiable(f, sleep, point, "slower")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def gradproof(*arguments: str) -> list[str]:
    """Return the command line."""
    return [sys.executable, "-m", "gradproof", *arguments]


def run(text: str, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    """Status, results without what a clock says, and stderr."""
    Path("jobs_here.py").write_text(HEAD + text, encoding="utf-8")
    line = gradproof("check", "jobs_here.py", "--format", "json", *arguments)
    # Outside of CI, where Hypothesis would draw the same inputs anyway.
    environment = {name: value for name, value in os.environ.items() if name in _KEPT}
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
    found = json.loads(done.stdout)
    listed = found if isinstance(found, list) else found["results"]
    return done.returncode, [result | {"seconds": 0} for result in listed], done.stderr


def test_results_are_the_same_from_one_process_and_from_two() -> None:
    """Names, order, verdicts and bits, of what is drawn too."""
    alone = run(DRAWN, "--seed", "3", "--examples", "10", "--jobs", "1")
    assert alone[:2] == run(DRAWN, "--seed", "3", "--examples", "10", "--jobs", "2")[:2]
    assert alone[0] == 1
    assert [result["name"] for result in alone[1]] == ["right", "rare0", "rare1", "wrong", "raises"]


def test_a_process_that_dies_takes_one_gradient_with_it() -> None:
    """It is unchecked, with how the process ended; the others are checked, and print to stderr."""
    status, results, said = run(DEADLY, "--jobs", "2")
    assert status == 2
    assert [(result["name"], result["outcome"]) for result in results] == [
        ("right", "right"),
        ("exits", "unchecked"),
        ("killed", "unchecked"),
        ("last", "right"),
    ]
    assert results[1]["reason"] == "the process that examined it ended with exit status 7"
    if os.name == "posix":
        assert results[2]["reason"] == "the process that examined it ended by signal SIGKILL"
    assert "printed" in said


def alive(pid: int) -> bool:
    """Tell whether a process is there; one that has ended and is not waited for is not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_whatever_ends_the_command_ends_its_processes(number: int, status: int, folder: Path) -> None:
    """Ctrl-C, which ends with 130 and one line, and the death of the first process."""
    Path("jobs_here.py").write_text(HEAD + SLOW, encoding="utf-8")
    line = gradproof("check", "jobs_here.py", "--jobs", "2")
    # A file, since a pipe would wait for a process that is left behind.
    with Path("said").open("w", encoding="utf-8") as said:
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True)
    pids: list[int] = []
    try:
        while len(pids) < 2 and process.poll() is None:
            time.sleep(0.02)
            pids = [int(file.name.partition("-")[2]) for file in folder.glob("started-*")]
        assert len(pids) == 2
        assert all(alive(pid) for pid in pids)
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # a terminal sends it to all processes of the command
        else:
            process.send_signal(number)
        assert process.wait(30) == status
        until = time.monotonic() + 30  # a process that lost the first one ends by itself
        while any(alive(pid) for pid in pids) and time.monotonic() < until:
            time.sleep(0.02)
        assert not any(alive(pid) for pid in pids)
    finally:
        for pid in [process.pid, *pids]:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
    told = "gradproof check: stopped.\n" if number == signal.SIGINT else ""
    assert Path("said").read_text(encoding="utf-8") == told


def test_auto_is_one_process_per_cpu() -> None:
    """As many as this process may use."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert parser.parse_args(["module", "--jobs", "auto"]).jobs == cpus


@pytest.mark.parametrize("name", ["random", "types"])
def test_a_file_named_like_a_module_of_python_is_not_taken_for_it(name: str, folder: Path) -> None:
    """By no process, as the installed command, which does not look into the current folder, takes it."""
    Path(f"{name}.py").write_text("raise SystemExit('taken')\n", encoding="utf-8")
    Path("jobs_here.py").write_text(
        f"{HEAD}assert 'PYTHONSAFEPATH' not in os.environ\nassert sys.path[0] == {str(folder)!r}\n", "utf-8"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONSAFEPATH"}
    script = folder / "bin" / "gradproof"  # as pip installs it
    script.parent.mkdir()
    script.write_text(
        "import sys\nfrom gradproof._command_line import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
    )
    line = [sys.executable, str(script), "check", "jobs_here.py", "--jobs", "2"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
