"""The bound of a numerical derivative holds: over many kinds of functions, against exact derivatives."""

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradproof._kinks import LineDerivative, look_closely
from gradproof._ladder import Ladder
from gradproof._noise import measure_noise, model_noise, noise_level
from gradproof._objective import EntryLines, Objective, probing
from gradproof._structure import Arguments
from gradproof._surroundings import natural_scales

ROUNDING = 4 * np.finfo(float).eps  # of the exact derivative itself, rounded to float64


def differentiate(f: Callable[[float], float], x: float, claimed: float = 0.0) -> LineDerivative:
    """Look closely at one number's function, by differences alone."""
    arguments = Arguments((np.array([x]),), ("x",))
    objective = Objective(lambda v: f(float(v[0])), arguments)
    with probing():
        value, _ = objective.at_point()
        scale = natural_scales(arguments)
        noise = model_noise(
            lambda steps: np.array([f(float(x + t * scale[0])) for t in steps]), value, objective.unit
        )
        ladder = Ladder(EntryLines(objective, arguments.vector, np.array([0]), scale), value, noise)
        ladder.refine(np.array([1e-9 * (abs(claimed) or 1.0)]))
        return look_closely(ladder, 0, claimed)


def encloses(seen: LineDerivative, exact: float) -> bool:
    """Tell whether the stated bound, or the interval at a kink, holds the exact derivative."""
    if seen.kind == "kink":
        return bool(seen.low <= exact <= seen.high)
    return bool(abs(seen.value - exact) <= seen.bound + ROUNDING * abs(exact))


EXACT: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], Any]] = {
    "exp": (np.exp, mpmath.exp, st.floats(-30, 30)),
    "sin 50x": (lambda x: np.sin(50 * x), lambda x: 50 * mpmath.cos(50 * x), st.floats(-3, 3)),
    "log": (np.log, lambda x: 1 / x, st.floats(-12, 12).map(lambda p: 10.0**p)),
    "near a pole": (
        lambda x: 1 / (x - 1),
        lambda x: -1 / (x - 1) ** 2,
        st.floats(1e-4, 1).map(lambda d: 1 + d),
    ),
    "far from zero": (lambda x: np.sin(x) + 1e6, mpmath.cos, st.floats(-3, 3)),
    "cancelling": (lambda x: (x + 1e6) - 1e6 + x * x, lambda x: 1 + 2 * x, st.floats(1e-3, 3)),
    "tiny argument": (lambda x: np.sin(x + 0.3), lambda x: mpmath.cos(x + 0.3), st.floats(1e-12, 1e-3)),
    "float32 inside": (
        lambda x: float(np.sin(np.float32(x))),
        mpmath.cos,
        st.floats(-1.3, 1.3).filter(lambda x: abs(x) > 1e-3),
    ),
    "kink 1e-6 away": (lambda x: abs(x - 1 - 1e-6) + x, lambda _: 0, st.just(1.0)),
    "squared relu": (
        lambda x: max(x, 0.0) ** 2,
        lambda x: 2 * max(x, 0.0),
        st.sampled_from([0.0, 1e-7, -1e-7, 0.1]),
    ),
}


@pytest.mark.parametrize("name", EXACT)
@given(data=st.data())
def test_the_bound_holds_the_exact_derivative(name: str, data: st.DataObject) -> None:
    """The true error, with the derivative from mpmath at 50 digits, stays below the stated bound."""
    f, derivative, points = EXACT[name]
    x = data.draw(points)
    with mpmath.workdps(50):
        exact = float(derivative(mpmath.mpf(x)))
    seen = differentiate(f, x, claimed=exact)
    assert encloses(seen, exact), (x, exact, seen)
    # The same test must see a derivative that is off by more than the bound.
    assert seen.kind == "kink" or not encloses(
        seen._replace(value=seen.value + 3 * seen.bound + 1e-9 * abs(exact)), exact
    )


def test_noise_of_known_size_is_measured() -> None:
    """Uniform noise on a smooth function: the level comes out within a factor 4 of its standard deviation."""
    rng = np.random.default_rng(5)
    t = np.arange(9) * 1e-9
    levels = [noise_level((np.exp(t) + rng.uniform(-1e-12, 1e-12, 9))[:, np.newaxis])[0] for _ in range(200)]
    assert 0.25 < np.median(levels) / (1e-12 / np.sqrt(3)) < 4


def test_a_function_that_moves_in_steps_has_its_quantum_for_noise() -> None:
    """Values rounded to 1e-6 lie flat at small spacings: the scan widens until they move."""
    noise = measure_noise(lambda t: np.round(np.sin(1 + t), 6)[:, np.newaxis])
    assert 1e-7 < noise[0] < 1e-5


@pytest.mark.parametrize(
    "f", [abs, lambda t: float(t > 0), lambda t: abs(t) + 1.0], ids=["kink", "jump", "offset kink"]
)
def test_a_kink_at_the_point_is_not_taken_for_noise(f: Callable[[float], float]) -> None:
    """Each side by itself is smooth."""
    assert measure_noise(lambda steps: np.array([[f(t)] for t in steps]))[0] < 1e-15


@pytest.mark.parametrize(
    ("f", "kind"),
    [
        (abs, "kink"),
        (lambda x: max(x, 0.0) + np.sin(x), "kink"),
        (lambda x: float(x > 0), "jump"),
        (lambda x: float(x >= 0) + x, "jump"),
        (lambda x: max(x, 0.0) ** 2, "smooth"),
        (np.sin, "smooth"),
    ],
    ids=["abs", "relu", "step", "step and slope", "squared relu", "sine"],
)
def test_kinks_jumps_and_smooth_points_are_told_apart(f: Callable[[float], float], kind: str) -> None:
    """At 0, by the gap between the one-sided slopes."""
    assert differentiate(f, 0.0, claimed=float("inf")).kind in (
        {kind} if kind != "smooth" else {"smooth", "unconfirmed"}
    )


def test_the_interval_at_a_kink_is_that_of_the_one_sided_derivatives() -> None:
    """For 3 relu(x) - 2 relu(-x) the derivatives are 2 to the left and 3 to the right."""
    seen = differentiate(lambda x: 3 * max(x, 0.0) - 2 * max(-x, 0.0), 0.0)
    assert (seen.low, seen.high) == (pytest.approx(2, abs=1e-6), pytest.approx(3, abs=1e-6))
