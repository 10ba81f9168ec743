"""The tasks of benchmarks/peers.py are what they say, and a contestant that trains otherwise is seen."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradproof_reference as ref

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
from peer_tasks.numpy_loops import stacked, textbook
from peer_tasks.ours import ours
from peer_tasks.rounds import AGREEMENT, agreement
from peer_tasks.tasks import Data, tasks
from peer_tasks.verdicts import faults, ratio_row, table

RNG = np.random.default_rng(7)
ALL = tasks(Data(RNG.random(size=(69, 64)), RNG.integers(10, size=69)))
SHORT = [replace(part, n_epochs=1) for name in ("T1", "T2", "T4") for part in ALL[name]]
SHORT += [replace(part, n_epochs=1) for part in ALL["T3"][::5]]


def test_the_tasks_have_the_models_they_promise() -> None:
    """48 models of six strengths by eight seeds; depths 1 to 8 by three activations; 64 polynomials, 20,000 steps."""
    (many,), deep, (curve,) = ALL["T2"], ALL["T3"], ALL["T4"]
    assert many.n_models == len(set(zip(many.l2, many.seeds, strict=True))) == 48
    assert {(part.depth, part.activation) for part in deep} == {
        (depth, name) for depth in range(1, 9) for name in ("sigmoid", "tanh", "relu")
    }
    assert {part.n_models for part in deep} == {8}
    assert (curve.n_models, sum(1 for _ in curve.batches())) == (64, 20_000)


@pytest.mark.parametrize("part", [ALL["T1"][0], replace(ALL["T4"][0], n_epochs=3)], ids=["T1", "T4"])
def test_the_schedule_is_that_of_the_reference(part: Any) -> None:
    """The same batches as `minibatches` gives with the same generator."""
    rng, n = np.random.default_rng(part.schedule_seed), len(part.data.x)
    expected = [b for _ in range(part.n_epochs) for b in ref.minibatches(n, part.batch_size, rng)]
    assert all(np.array_equal(a, b) for a, b in zip(part.batches(), expected, strict=True))


def test_operations_are_counted_by_formula() -> None:
    """Two products per layer forward and for the weights, one more below each layer but the first."""
    assert ALL["T1"][0].flops == 20 * 69 * 2 * (2 * 64 * 32 + 3 * 32 * 10)
    assert ALL["T4"][0].flops == 64 * 20_000 * 2 * (5 * 10 + 10 * 5)


@pytest.mark.parametrize("part", SHORT, ids=str)
def test_contestants_agree_and_a_planted_rate_does_not(part: Any) -> None:
    """Textbook and stacked NumPy end where the reference does; with a rate 0.1 % larger they do not."""
    expected = [ours(part)()]
    wrong = replace(part, learning_rate=part.learning_rate * 1.001)
    for contestant in (textbook, stacked):
        assert agreement([contestant(part)()], expected) <= AGREEMENT
        assert agreement([contestant(wrong)()], expected) > 1000 * AGREEMENT


def test_parameters_that_are_not_finite_disagree() -> None:
    """NaN on either side is no agreement."""
    assert agreement([[np.array([[np.nan, 1.0]])]], [[np.array([[1.0, 1.0]])]]) == np.inf


def test_a_missed_target_and_a_disagreement_are_told() -> None:
    """Met at the target itself, missed above it; the share of DGEMM is missed below it."""
    met = ratio_row("T1", "textbook", [1.0], [0.75, 0.75, 0.9])
    slow = ratio_row("T1", "textbook", [1.0], [0.9], difference=1e-12)
    share = ratio_row("T2", "DGEMM", [1.0], [0.2])
    assert faults([met]) == []
    assert faults([slow, share]) == [
        "T1 against textbook must be <= 0.75; got 0.9, 20% off.",
        "T1 against textbook must agree within 5e-13; got 1e-12.",
        "T2 against DGEMM must be >= 0.3; got 0.2, 33% off.",
    ]
    assert [line.count("|") for line in table([met, slow]).splitlines()] == [10] * 4
