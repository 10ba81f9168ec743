"""One self-test: everything that it does, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradproof._machine import machine, versions
from gradproof._self_check._calibration import (
    Exact,
    Measured,
    exceeded_cases,
    exceeded_too_often,
    joined,
    measure,
    too_wide,
)
from gradproof._self_check._exact import known
from gradproof._self_check._kinds import KINDS, Points
from gradproof._self_check._models import MODELS, WAYS, measure_model
from gradproof._self_check._planted import Caught, plant_errors

# Points of each kind, of those that are known, and examinations of each model in each way.
_QUICK, _ALL = (20, 1), (100, 3)


@dataclass(frozen=True)
class SelfTest:
    """The outcome of a self-test.

    Attributes
    ----------
    planted : tuple of Caught
    measured : mapping of str to Measured
        By kind of function, and by model and way to examine it.
    cases : tuple of str
        In which a bound was exceeded.
    seed : int
    versions, machine : mapping
    seconds : float
    """

    planted: tuple[Caught, ...]
    measured: Mapping[str, Measured]
    cases: tuple[str, ...]
    seed: int
    versions: Mapping[str, str]
    machine: Mapping[str, Any]
    seconds: float

    @property
    def faults(self) -> list[str]:
        """What is not as it must be."""
        faults = [fault for one in self.planted for fault in one.faults]
        # The models are examined by the complex step too, whose bound is what rounding may do, hardly ever what it does.
        return faults + exceeded_too_often(self.measured) + too_wide(self.of_one_variable)

    @property
    def of_one_variable(self) -> dict[str, Measured]:
        """What was measured of functions of one variable, which are differentiated by differences."""
        return {kind.name: self.measured[kind.name] for kind in KINDS}


def self_test(*, quick: bool = False, seed: int = 0) -> SelfTest:
    """Plant errors, and hold bounds against exact derivatives.

    Parameters
    ----------
    quick : bool
        Plant errors in a few functions only, and take a fifth of the points.
    seed : int
        Of what is claimed at the points, of the models, and of the directions of examinations.
    """
    begun = time.perf_counter()
    planted = tuple(plant_errors(quick=quick, seed=seed))
    points, repeats = _QUICK if quick else _ALL
    measured, cases = _calibrate(points, repeats, seed)
    took = time.perf_counter() - begun
    return SelfTest(planted, measured, tuple(cases), seed, versions(), machine(), took)


def _calibrate(points: int, repeats: int, seed: int) -> tuple[dict[str, Measured], list[str]]:
    measured: dict[str, Measured] = {}
    cases: list[str] = []
    everything = known()
    for number, kind in enumerate(KINDS):
        at, exact = _first(points, *everything[kind.name])
        seen, measured[kind.name] = measure(kind.function, at, exact, _random(seed, number))
        cases += exceeded_cases(kind.name, at, seen, measured[kind.name])
    for number, model in enumerate(MODELS, len(KINDS)):
        for place, way in enumerate(WAYS):
            parts = [measure_model(model, way, _random(seed, number, place, i)) for i in range(repeats)]
            measured[f"{model.name}, {way.name}"] = joined([part for part, _ in parts])
            cases += [case for part, case in parts if part.exceeded.any()]
    return measured, cases


def _first(count: int, points: Points, exact: Exact) -> tuple[Points, Exact]:
    return tuple(part[:count] for part in points), Exact(*(part[:count] for part in exact))


def _random(seed: int, *key: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
