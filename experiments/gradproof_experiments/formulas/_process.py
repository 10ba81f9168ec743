"""One pytest process over a share of the checks: its command, its surroundings, and the events that it streams."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from gradproof_experiments._pytest_stream import SHARE, STREAM

__all__ = ["CheckProcess"]

_LOG_LINES = 30
# Read by the reader's own pytest runs; here they would change which checks run, or how.
_LEFT_OUT = {"CI", "PYTEST_ADDOPTS", "PYTEST_PLUGINS"}


class CheckProcess:
    """A running pytest, started by its construction.

    Parameters
    ----------
    folder : Path
        The checks; pytest runs in its parent's parent.
    share, shares : int
        Which part of the checks: every `shares`-th, from number `share` on.
    temporary : Path
        Where the stream, the log and Hypothesis's files go.
    profile : str
        Hypothesis's profile, a derandomised one.
    """

    def __init__(self, folder: Path, share: int, shares: int, temporary: Path, profile: str = "ci") -> None:
        self.events: list[dict[str, Any]] = []
        self._log = temporary / f"log-{share}.txt"
        stream = temporary / f"stream-{share}.jsonl"
        stream.touch()
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and arguments of our own
                _command(folder),
                cwd=folder.parent.parent,
                env=_environment(stream, f"{share}/{shares}", temporary / "hypothesis", profile),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._lines = stream.open("rb")
        self._rest = b""

    def poll(self) -> tuple[list[dict[str, Any]], bool]:
        """New events, and whether the process had ended before they were read: then they are the last."""
        ended = self._process.poll() is not None
        *whole, self._rest = (self._rest + self._lines.read()).split(b"\n")
        events = [json.loads(line) for line in whole]
        self.events += events
        return events, ended

    def stop(self) -> None:
        """End the process if it still runs, and let go of its files."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()
        self._lines.close()

    def problems(self) -> list[str]:
        """What went wrong outside the checks, once the process has ended."""
        found = [f"{event['where']}: {event['text']}" for event in self.events if event["event"] == "problem"]
        status = self._process.returncode
        if not any(event["event"] == "finished" for event in self.events):
            return [*found, f"pytest ended before its checks did, with status {status}:\n{self._tail()}"]
        # 1: a check failed, which the check tells; 5: no check fell to this share.
        if status not in {0, 1, 5} and not found:
            return [f"pytest stopped with status {status}:\n{self._tail()}"]
        return found

    def _tail(self) -> str:
        return "\n".join(
            self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-_LOG_LINES:]
        )


def _command(folder: Path) -> list[str]:
    # addopts that a reader's configuration adds (doctests, coverage, parallel runs) are left out.
    options = ["-p", "gradproof_experiments._pytest_stream", "-p", "no:cacheprovider", "-o", "addopts="]
    shown = ["--import-mode=importlib", "--continue-on-collection-errors", "--color=no", "-q", "--tb=short"]
    return [sys.executable, "-m", "pytest", *options, *shown, str(folder)]


def _environment(stream: Path, share: str, hypothesis: Path, profile: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    # The arrays are small: a thread of the BLAS for each would only get in the other processes' way.
    threads = {f"{library}_NUM_THREADS": "1" for library in ("MKL", "OMP", "OPENBLAS")}
    return (
        kept
        | threads
        | {
            STREAM: str(stream),
            SHARE: share,
            "HYPOTHESIS_PROFILE": profile,
            "HYPOTHESIS_STORAGE_DIRECTORY": str(
                hypothesis
            ),  # what an earlier run kept must not steer this one
            "PYTHONHASHSEED": "0",
            "PYTHONIOENCODING": "utf-8",
        }
    )
