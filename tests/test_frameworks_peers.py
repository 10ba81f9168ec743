"""The contestants written in torch and JAX train what the reference trains."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
from peer_tasks.ours import ours
from peer_tasks.rounds import AGREEMENT, agreement
from peer_tasks.tasks import Data, tasks

jax = pytest.importorskip("jax", reason="jax is not installed: requirements/frameworks.txt")
pytest.importorskip("torch", reason="torch is not installed: requirements/frameworks.txt")
RNG = np.random.default_rng(7)
ALL = tasks(Data(RNG.random(size=(69, 64)), RNG.integers(10, size=69)))
PARTS = [replace(ALL[name][-1], n_epochs=2) for name in ("T2", "T3", "T4")]


@pytest.fixture(autouse=True)
def float64() -> Any:
    """JAX computes in float64 here, and as before afterwards."""
    with jax.enable_x64(new_val=True):
        yield


@pytest.mark.parametrize("part", PARTS, ids=["T2", "T3", "T4"])
def test_jax_agrees_and_a_planted_rate_does_not(part: Any) -> None:
    """Within 5e-13; not with a rate 0.1 % larger."""
    from peer_tasks.jax_loops import jax_loop  # noqa: PLC0415  needs jax

    expected = [ours(part)()]
    assert agreement([jax_loop(part)()], expected) <= AGREEMENT
    wrong = replace(part, learning_rate=part.learning_rate * 1.001)
    assert agreement([jax_loop(wrong)()], expected) > 1000 * AGREEMENT


@pytest.mark.parametrize("name", ["torch_bmm", "torch_eager", "torch_func"])
@pytest.mark.parametrize("part", PARTS[:2], ids=["T2", "T3"])
def test_torch_agrees_and_a_planted_rate_does_not(part: Any, name: str) -> None:
    """Within 5e-13; not with a rate 0.1 % larger."""
    from peer_tasks import torch_loops  # noqa: PLC0415  needs torch

    contestant, expected = getattr(torch_loops, name), [ours(part)()]
    assert agreement([contestant(part)()], expected) <= AGREEMENT
    wrong = replace(part, learning_rate=part.learning_rate * 1.001)
    assert agreement([contestant(wrong)()], expected) > 1000 * AGREEMENT
