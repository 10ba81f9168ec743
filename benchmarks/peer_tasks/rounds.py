"""Contestants take turns: once each per round, in an order that rotates; what counts is the ratio within a round."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

__all__ = ["Entry", "agreement", "dgemm_rate", "measure", "prepare"]

AGREEMENT = 5e-13


@dataclass
class Entry:
    """One contestant on one task; `scale` is the task's epochs over those that it runs."""

    run: Callable[[], list[Any]]
    scale: float
    difference: float | None
    first: float
    seconds: list[float] = field(default_factory=list)


def agreement(found: Any, expected: Any) -> float:
    """Return the largest difference of two final parameters, by model, over that model's largest parameter."""
    worst = 0.0
    for part, other in zip(found, expected, strict=True):
        flat, flat_other = (
            np.concatenate([a.reshape(len(a), -1) for a in arrays], 1) for arrays in (part, other)
        )
        gap = np.abs(flat - flat_other).max(axis=1) / np.abs(flat_other).max(axis=1)
        worst = max(worst, float(gap.max())) if np.isfinite(gap).all() else np.inf
    return worst


def prepare(factory: Any, expected: Any, parts: Any, n_epochs: int, full: int) -> Entry:
    """Build a contestant, call it once (which compiles), and compare its result with `expected`'s."""
    shortened = [replace(part, n_epochs=n_epochs) for part in parts]
    runs = [factory(part) for part in shortened]
    start = time.perf_counter()
    found = [run() for run in runs]
    first = time.perf_counter() - start
    silent = any(part is None for part in found)
    difference = None if silent else agreement(found, [expected(part)() for part in shortened])
    return Entry(lambda: [run() for run in runs], full / n_epochs, difference, first)


def measure(entries: Mapping[str, Entry], rounds: int) -> list[float]:
    """Time all entries in each round; returns the rate of DGEMM of each round, in GFLOP/s."""
    rates, names = [], list(entries)
    for number in range(rounds):
        rates.append(dgemm_rate())
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            start = time.perf_counter()
            entries[name].run()
            entries[name].seconds.append((time.perf_counter() - start) * entries[name].scale)
    return rates


def dgemm_rate(size: int = 1024, repeats: int = 4) -> float:
    """Return the best rate of a square float64 product in GFLOP/s."""
    a = np.random.default_rng(0).normal(size=(size, size))
    best = np.inf
    for _ in range(repeats):
        start = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - start)
    return 2 * size**3 / best / 1e9
