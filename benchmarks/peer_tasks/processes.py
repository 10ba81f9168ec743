"""T2 in processes of its own: from a fresh interpreter to the result, and on one core against two."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from .tasks import Data, digits

__all__ = ["fresh", "two_cores"]

SETUP = """
import sys
sys.path[:0] = {path!r}
from peer_tasks.pins import pin
pin({cores!r})
import numpy as np
from dataclasses import replace
from peer_tasks.tasks import Data, tasks
with np.load({file!r}) as saved:
    part = replace(tasks(Data(saved["x"], saved["y"]))["T2"][0], n_epochs={epochs})
"""
FRESH = {
    "ours": "from peer_tasks.ours import ours; ours(part)()",
    "jax": "from peer_tasks.jax_loops import jax_loop; jax_loop(part)()",
}
TWO = """
import json, time
from peer_tasks.ours import ours
pairs = []
for number in range({rounds}):
    pair = [0.0, 0.0]
    for processes in ((1, 2), (2, 1))[number % 2]:
        run = ours(part, processes=processes)
        start = time.perf_counter(); run(); pair[processes - 1] = time.perf_counter() - start
    pairs.append(pair)
print(json.dumps(pairs))
"""


def _run(code: str, cores: list[int], epochs: int) -> tuple[float, str]:
    data: Data = digits()
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "digits.npz")
        np.savez(file, x=data.x, y=data.y)
        setup = SETUP.format(path=sys.path, cores=cores, file=file, epochs=epochs)
        start = time.perf_counter()
        command = [sys.executable, "-c", setup + code]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  our own code
        return time.perf_counter() - start, done.stdout


def fresh(cores: list[int], epochs: int, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of whole processes, imports and compiling included, paired by round."""
    seconds: dict[str, list[float]] = {name: [] for name in FRESH}
    for number in range(rounds):
        for name in sorted(FRESH, reverse=bool(number % 2)):
            seconds[name].append(_run(FRESH[name], cores, epochs)[0])
    return seconds


def two_cores(cores: list[int], epochs: int, rounds: int) -> list[list[float]]:
    """Return pairs of seconds, of one process and of two, on the same two cores."""
    pairs: list[list[float]] = json.loads(_run(TWO.format(rounds=rounds), cores, epochs)[1])
    return pairs
