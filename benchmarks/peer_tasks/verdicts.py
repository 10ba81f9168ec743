"""The table's rows, and which targets they meet."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .rounds import AGREEMENT, Entry

__all__ = ["MEASURES", "TARGETS", "faults", "ratio_row", "rows", "table"]

# The largest ratio of ours to the contestant, or the least share of DGEMM.
TARGETS = {
    ("T1", "textbook"): 0.75,
    ("T2", "jax"): 0.85,
    ("T2", "textbook"): 0.25,
    ("T2", "DGEMM"): 0.30,
    ("T2", "jax, fresh process"): 0.5,
    ("T2", "two cores"): 0.55,
    ("T3", "jax"): 1.05,
    ("T3", "jax, compile counted"): 0.15,
    ("T4", "jax"): 3.5,
    ("T4", "textbook"): 0.03,
}
MEASURES = ("ours over theirs", "share of DGEMM")


def ratio_row(
    task: str, contestant: str, seconds: Sequence[float], ratios: Sequence[float], **extra: Any
) -> dict[str, Any]:
    """Return one row: the medians of the seconds and of the ratios, the ratios' range, and the target's fate."""
    target, ratio = TARGETS.get((task, contestant)), float(np.median(ratios))
    at_least = contestant == "DGEMM"
    met = None if target is None else bool(ratio >= target if at_least else ratio <= target)
    return {
        "task": task,
        "contestant": contestant,
        "seconds": float(np.median(seconds)),
        "ratio": ratio,
        "ratio_range": [float(min(ratios)), float(max(ratios))],
        "measure": MEASURES[at_least],
        "target": target,
        "met": met,
        **extra,
    }


def rows(
    task: str, flops: float, entries: Mapping[str, Entry], rates: Sequence[float]
) -> list[dict[str, Any]]:
    """Return the rows of one task; `flops` are those of all its epochs, as are the seconds."""
    ours, found = np.array(entries["ours"].seconds), []
    for name, entry in entries.items():
        seconds = np.array(entry.seconds)
        more = {"gflops": float(np.median(flops / seconds / 1e9)), "scale": entry.scale}
        found.append(ratio_row(task, name, seconds, ours / seconds, difference=entry.difference, **more))
        if name == "jax":
            counted = seconds + max(0.0, entry.first - float(np.median(seconds)) / entry.scale)
            found.append(ratio_row(task, "jax, compile counted", counted, ours / counted))
    found.append(
        ratio_row(task, "DGEMM", ours, flops / ours / 1e9 / np.array(rates), gflops=float(np.median(rates)))
    )
    return found


def faults(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the targets that are missed, by how much, and the contestants that disagree."""
    said = []
    for row in found:
        name = f"{row['task']} against {row['contestant']}"
        if row["met"] is False:
            sign = ">=" if row["contestant"] == "DGEMM" else "<="
            off = abs(row["ratio"] / row["target"] - 1)
            said.append(f"{name} must be {sign} {row['target']}; got {row['ratio']:.3g}, {off:.0%} off.")
        difference = row.get("difference")
        if difference is not None and not difference <= AGREEMENT:
            said.append(f"{name} must agree within {AGREEMENT:g}; got {difference:.2g}.")
    return said


def table(found: Sequence[Mapping[str, Any]]) -> str:
    """Return the rows in markdown; × tells how many times fewer epochs ran than the seconds are for."""
    lines = [
        "| task | contestant | seconds | ours / theirs | range | GFLOP/s | difference | target | |",
        "| --- | --- | --: | --: | --: | --: | --: | --: | --- |",
    ]
    for row in found:
        scale, gflops, difference = row.get("scale", 1), row.get("gflops"), row.get("difference")
        scaled = "" if math.isclose(scale, 1) else f" (×{scale:g})"
        low, high = row["ratio_range"]
        cells = (
            row["task"],
            row["contestant"] + scaled,
            f"{row['seconds']:.3g}",
            f"{row['ratio']:.3g}",
            f"{low:.2g} to {high:.2g}",
            "" if gflops is None else f"{gflops:.3g}",
            "" if difference is None else f"{difference:.1e}",
            "" if row["target"] is None else f"{row['target']:g}",
            {True: "met", False: "missed", None: ""}[row["met"]],
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
