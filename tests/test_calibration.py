"""The calibration of the bounds: a small run keeps its promises, and a bound that is too small is reported."""

from collections.abc import Callable
from typing import Any

import calibration
import numpy as np
import pytest
from calibration_corpus import KINDS, exact
from numpy.typing import NDArray

from gradproof._differences import Differences
from gradproof._noise import NoiseModel
from gradproof._self_check import _calibration
from gradproof._self_check._kinds import Kind

TRIPLES = 3_000


def test_no_bound_is_exceeded_in_a_small_run() -> None:
    """Some 70 functions of every kind, and the whole checker on 18 pairs of a model and a way to ask."""
    measured, cases = calibration.calibrate(TRIPLES, seed=5)
    assert cases == []
    assert calibration.missed(measured) == []
    assert sum(len(part.error) for part in measured.values()) >= TRIPLES
    assert all(len(part.error) for part in measured.values())


def with_bounds_too_small(differentiate: Callable[..., Differences]) -> Callable[..., Differences]:
    """Plant a fault: the bounds of differences are a thousandth of what they should be."""

    def planted(*args: Any) -> Differences:
        seen = differentiate(*args)
        seen.bound /= 1e3
        return seen

    return planted


def with_noise_ignored(_: Callable[..., NoiseModel]) -> Callable[..., NoiseModel]:
    """Plant a fault: only the rounding of f's value is taken for noise."""

    def planted(_: Any, values: NDArray[np.float64], unit: float) -> NoiseModel:
        size = np.maximum(np.abs(values), np.finfo(np.float64).tiny)
        return NoiseModel(unit * size, size, np.ones(len(size)), unit)

    return planted


@pytest.mark.parametrize(
    ("name", "plant"),
    [("differentiate", with_bounds_too_small), ("model_noises", with_noise_ignored)],
    ids=["bounds too small", "noise ignored"],
)
def test_planted_faults_are_reported(
    name: str,
    plant: Callable[[Any], Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command says which kinds exceed their bound, shows cases, and exits with 1."""
    monkeypatch.setattr(_calibration, name, plant(getattr(_calibration, name)))
    assert calibration.main(["--triples", "200", "--jobs", "1", "--only", "float32"]) == 1
    printed = capsys.readouterr().out
    assert "MISSED: the bound must hold but once in 100000" in printed
    assert "EXCEEDED: float32 sine at" in printed


def test_a_run_that_keeps_its_promises_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    """The table has a line for each kind and each way to ask, and one for all."""
    assert calibration.main(["--triples", "200", "--jobs", "1", "--only", "offset 1"]) == 0
    names = [line.split(" | ")[0].removeprefix("| ") for line in capsys.readouterr().out.splitlines()[2:]]
    ways = [f"offset 1…1e12, {way}" for way in ("complex step", "differences", "in batches")]
    assert names == ["offset 1…1e6", "offset 1e6…1e12", "offset 1e12…1e15", *ways, "all"]


def test_a_dear_entry_is_reported() -> None:
    """Where plain entries cost more than is promised, the command says so."""
    measured, _ = calibration.calibrate(100, seed=0, only="sine")
    measured["sine"].evaluations += 2
    assert calibration.missed(measured) == ["a plain entry must cost at most 8 evaluations; got 10 for sine."]


QUIET = [
    kind for kind in KINDS if not any(word in kind.name for word in ("float", "offset 1", "cancelling (1"))
]


@pytest.mark.parametrize("kind", QUIET, ids=[kind.name for kind in QUIET])
def test_exact_derivatives_are_those_of_the_functions(kind: Kind) -> None:
    """A plain quotient to each side comes close, where the function is quiet enough for one."""
    points = kind.draw(np.random.default_rng(11), 60)
    left, right, _, _ = exact(kind, points)
    x, *parameters = points
    size = np.maximum(np.abs(x), 1e-3 if "1e-12" not in kind.name else 0)
    with np.errstate(all="ignore"):
        for side, slope in ((-1, left), (1, right)):
            step = side * 1e-6 * size
            moved = x + step
            quotient = (kind.function(moved, *parameters) - kind.function(x, *parameters)) / (moved - x)
            close = np.abs(quotient - slope) <= 1e-3 * (1 + np.abs(slope))
            assert np.mean(close) > 0.3, kind.name
