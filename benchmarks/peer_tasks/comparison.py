"""All contestants on all tasks in one run, and where its figures come from."""

import argparse
import datetime as dt
import json
import subprocess
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from gradproof._machine import machine, versions

from .jax_loops import jax_loop
from .numpy_loops import stacked, textbook
from .ours import ours
from .pins import SETTINGS
from .processes import fresh, two_cores
from .rounds import measure, prepare
from .sklearn_loop import sklearn_loop
from .tasks import digits, tasks
from .torch_loops import torch_bmm, torch_eager, torch_func
from .verdicts import faults, ratio_row, rows, table

__all__ = ["CONTESTANTS", "main"]

DESCRIPTION = """Compare the reference's training loops with what a user would pick instead, in one run on one core.
The exit status is 1 where a target is missed or a contestant disagrees."""
# The epochs that the seconds are for. Those of T3 are few, as in a sweep that looks for a depth: "compile counted" hangs on them.
FULL = {"T1": 20, "T2": 20, "T3": 5, "T4": 10_000}
# Contestants with the epochs that the slow ones run of a task; None: as many as ours.
CONTESTANTS: dict[str, tuple[Any, dict[str, int | None]]] = {
    "ours": (ours, dict.fromkeys(FULL)),
    "textbook": (textbook, {"T1": None, "T2": 2, "T3": 1, "T4": 250}),
    "stacked": (stacked, {"T1": None, "T2": 4, "T3": 1, "T4": None}),
    "jax": (jax_loop, dict.fromkeys(FULL)),
    "torch bmm": (torch_bmm, {"T1": None, "T2": 4, "T3": 1}),
    "torch eager": (torch_eager, {"T1": 4, "T2": 1}),
    "torch.func": (torch_func, {"T1": 4, "T2": 1}),
    "scikit-learn": (sklearn_loop, {"T1": 4, "T2": 1}),
}


def compare(name: str, parts: Any, rounds: int) -> list[dict[str, Any]]:
    """Measure all contestants of one task."""
    epochs, full = parts[0].n_epochs, FULL[name]
    entries = {
        who: prepare(factory, ours, parts, min(wanted[name] or epochs, epochs), full)
        for who, (factory, wanted) in CONTESTANTS.items()
        if name in wanted
    }
    rates = measure(entries, rounds)
    return rows(name, sum(part.flops for part in parts) * full / epochs, entries, rates)


def processes(cores: list[int], epochs: int, rounds: int) -> list[dict[str, Any]]:
    """Measure fresh processes on one core, and one process against two on two cores."""
    seconds = fresh(cores[-1:], epochs, rounds)
    ratios = [a / b for a, b in zip(seconds["ours"], seconds["jax"], strict=True)]
    found = [
        ratio_row("T2", "ours, fresh process", seconds["ours"], [1.0]),
        ratio_row("T2", "jax, fresh process", seconds["jax"], ratios),
    ]
    if len(cores) > 1:
        pairs = two_cores(cores[-2:], epochs, rounds)
        found.append(ratio_row("T2", "two cores", [b for _, b in pairs], [b / a for a, b in pairs]))
    return found


def provenance() -> dict[str, Any]:
    """Return what the figures hang on: versions, machine, commit, date and settings."""
    root = Path(__file__).parents[2]
    asked = ["git", "-C", str(root), "rev-parse", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    names = ("jax", "jaxlib", "torch", "scikit-learn", "scipy")
    return {
        "versions": versions() | {name: metadata.version(name) for name in names},
        "machine": machine(),
        "commit": commit or None,
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "settings": SETTINGS,
        "left_out": {"numba": "not among the locked packages"},
    }


def main(cores: list[int], arguments: Sequence[str] | None = None) -> int:
    """Print the table and what it shows to be missed; `cores` are those that this process had at its start."""
    options = _options(arguments)
    rounds, found = options.rounds or (2 if options.quick else 3), []
    for name, parts in tasks(digits(), quick=options.quick).items():
        if name in options.only:
            found += compare(name, parts, rounds)
    if "T2" in options.only:
        found += processes(cores, 2 if options.quick else FULL["T2"], rounds)
    about = provenance() | {"quick": options.quick, "rounds": rounds}
    print(
        ", ".join(f"{name} {version}" for name, version in about["versions"].items()),
        table(found),
        sep="\n\n",
    )
    for fault in faults(found):
        print(f"MISSED: {fault}")
    if options.json:
        _write(options.json, {**about, "rows": found})
    return 1 if faults(found) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer epochs and two rounds")
    parser.add_argument("--rounds", type=int, default=0, help="default: 3, with --quick 2")
    parser.add_argument("--only", nargs="*", default=list(FULL), choices=list(FULL), help="tasks to run")
    parser.add_argument("--json", type=Path, help="write rows and provenance to this file")
    return parser.parse_args(arguments)


def _write(file: Path, content: dict[str, Any]) -> None:
    unfinished = file.with_suffix(".part")
    unfinished.write_text(json.dumps(content, indent=1) + "\n")
    unfinished.replace(file)
