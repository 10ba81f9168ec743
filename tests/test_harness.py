"""The harness of checks/formulas: it rejects what is wrong, and what it saw arrives on the pytest report."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from harness import (
    Recorder,
    agree,
    counterexample,
    exact,
    fixed_seed,
    gamma,
    identical,
    recorder,
    summed_to,
    verify,
)

CHECKS = Path(__file__).parents[1] / "checks" / "formulas"
NAN = float("nan")


@pytest.fixture(autouse=True)
def _fresh_recorder() -> None:
    """Start every test with nothing recorded."""
    recorder.clear()


# --- comparisons ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "expected", "bound"),
    [
        (1.0, 1.0, 0.0),
        ([1.0, 2.0], [1.0, 2.5], 0.5),
        ([1.0, 2.0], [1.0, 2.5], [0.0, 0.5]),
        (np.inf, np.inf, 0.0),
        (np.float32(0.1), 0.1, 2e-9),
        (0.1, Fraction(1, 10), 6e-18),
        (0.1, mpmath.mpf("0.1"), 6e-18),
        (1 + 1j, 1 - 1j, 2.0),
        (np.True_, True, 0.0),
    ],
)
def test_agreement_within_the_bound_passes(actual: Any, expected: Any, bound: Any) -> None:
    """Equality at bound 0, the bound itself, infinities of one sign, and every kind of number."""
    agree(actual, expected, bound)


@pytest.mark.parametrize(
    ("actual", "expected", "bound", "message"),
    [
        (
            1.0,
            1.5,
            0.25,
            r"actual must lie within 0\.25 of expected; got .*1\.0.*error 0\.5, 2 times the bound",
        ),
        ([[1.0, 2.0]], [[1.0, 2.5]], 0.25, r"actual\[0, 1\].*1 of 2 entries"),
        ([1.0, 2.0], [1.5, 2.5], [0.5, 0.25], r"actual\[1\].*1 of 2 entries"),
        (1.0, np.nextafter(1.0, 2.0), 0.0, "error 2.22e-16, inf times the bound"),
        (NAN, NAN, 1.0, "1 of 1 entries"),
        (1.0, NAN, 1.0, "1 of 1 entries"),
        (NAN, Fraction(1), 1.0, "1 of 1 entries"),
        (np.inf, -np.inf, 1.0, "1 of 1 entries"),
        (np.inf, 1.0, 1.0, "1 of 1 entries"),
        (1e308, -1e308, 1.0, "1 of 1 entries"),
        (0.1, Fraction(1, 10), 0.0, "error 5.55e-18"),
        (np.float32(0.1), 0.1, 0.0, "error 1.49e-09"),
        (2**63 - 1, 2**63 - 2, 0.0, "error 1,"),
        (np.True_, np.False_, 0.0, "error 1,"),
        ([1.0], 1.0, 1.0, r"shapes must agree; got actual.shape=\(1,\), expected.shape=\(\)"),
        ([[1.0], [1.0]], [1.0, 1.0], 1.0, "shapes must agree"),
    ],
)
def test_disagreement_is_rejected_with_the_entry_that_shows_it(
    actual: Any, expected: Any, bound: Any, message: str
) -> None:
    """Wrong values, NaN on either side, opposite infinities, narrower precision, and shapes that would broadcast."""
    with pytest.raises(AssertionError, match=message):
        agree(actual, expected, bound)
    assert recorder.worst is None
    assert recorder.failure is not None


@pytest.mark.parametrize("bound", [-1.0, NAN, np.inf, [0.0, -1.0]])
def test_a_bound_that_is_none_is_refused(bound: Any) -> None:
    """Negative, NaN, or infinite, which would accept anything."""
    with pytest.raises(ValueError, match="bound must be finite and not negative; got bound="):
        agree([1.0, 2.0], [1.0, 2.0], bound)


def test_nothing_to_compare_is_refused() -> None:
    """Empty arrays agree with everything."""
    with pytest.raises(ValueError, match=r"something to compare; got actual.shape=\(0,\)"):
        agree([], [])


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ([1.0, NAN], [1.0, NAN]),
        (-0.0, -0.0),
        (np.longdouble(1) / 3, np.longdouble(1) / 3),
        (complex(1, -0.0), complex(1, -0.0)),
        (3, 3),
    ],
)
def test_the_same_bits_are_identical(actual: Any, expected: Any) -> None:
    """A NaN equals itself; the padding of extended precision does not count."""
    identical(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (0.0, -0.0),
        (1.0, np.nextafter(1.0, 2.0)),
        (np.float32(1), 1.0),
        ([1.0], 1.0),
        (NAN, 1.0),
        (complex(1, 0.0), complex(1, -0.0)),
    ],
)
def test_other_bits_are_rejected(actual: Any, expected: Any) -> None:
    """The sign of a zero, one unit in the last place, dtype and shape."""
    with pytest.raises(AssertionError, match="bits must be the same"):
        identical(actual, expected)


def cube(w: Any) -> Any:
    """Sum of cubes."""
    return np.sum(w**3)


def test_a_right_gradient_is_verified() -> None:
    """It passes, and leaves its worst entry."""
    report = verify(cube, lambda w: 3 * w**2, np.array([1.0, -2.0]))
    assert report.verdict == "pass"
    assert report.worst is not None
    assert recorder.worst == (report.worst.error, report.worst.bound)


@pytest.mark.parametrize(
    "gradient",
    [
        lambda w: -3 * w**2,
        lambda w: 6 * w**2,
        lambda w: 3 * w**2 / w.size,
        lambda w: 3 * w**2 * (1 + 1e-6 * np.arange(2)),
        lambda w: (3 * w**2)[::-1],
    ],
    ids=["sign", "factor 2", "missing sum", "one entry by 1e-6", "reversed"],
)
def test_a_planted_gradient_is_rejected_with_the_report(gradient: Callable[[Any], Any]) -> None:
    """The error is the text of the report."""
    with pytest.raises(AssertionError, match=r"(?s)fail: the gradient of cube.*worst entry w\[\d\]"):
        verify(cube, gradient, np.array([1.0, -2.0]))
    assert recorder.worst is None


def test_what_could_not_be_seen_is_rejected() -> None:
    """An inconclusive examination is no pass."""
    noise = np.random.default_rng(0)
    with pytest.raises(AssertionError):
        verify(lambda w: np.sum(w) + 1e3 * noise.normal(), np.ones_like, np.array([1.0, 2.0]))


# --- what is recorded ----------------------------------------------------------------------------------------------


def test_the_worst_entry_is_the_largest_error_in_units_of_its_bound() -> None:
    """Of all comparisons; equality beats nothing, and a planted fault does not count among those that agree."""
    agree([1.0, 2.0], [1.0, 2.0])
    assert recorder.worst == (0.0, 0.0)
    agree([1.0, 2.0], [1.5, 2.25], [1.0, 0.25])
    agree([1.0, 2.0], [1.5, 2.5], 4.0)
    with pytest.raises(AssertionError):
        agree(1.0, 9.0, 1.0)
    assert recorder == Recorder(comparisons=4, worst=(0.25, 0.25), failure=(8.0, 1.0))


def test_a_counterexample_is_left_as_json() -> None:
    """Arrays, named tuples and numbers of NumPy become plain values; signs of the formulas stay."""
    counterexample("F05", "w − λαw", input={"w": np.array([1.0, 2.0])}, printed_value=np.float64(0.5))
    assert json.loads(recorder.counterexamples[0]) == {
        "row": "F05",
        "printed": "w − λαw",
        "input": {"w": [1.0, 2.0]},
        "printed_value": 0.5,
    }
    assert "λ" in recorder.counterexamples[0]


# --- what is expected ----------------------------------------------------------------------------------------------


def test_sums_and_products_of_fractions_are_exact() -> None:
    """0.1 + 0.2 − 0.3 of the floats themselves, not of the decimals."""
    tenths = exact([0.1, 0.2, -0.3])
    assert np.sum(tenths) == Fraction(0.1) + Fraction(0.2) - Fraction(0.3) != 0


def test_gamma_is_highams() -> None:
    """K u/(1 − k u): 0 without roundings, more than k u with them."""
    assert gamma(0) == 0
    assert gamma(10) == 10 * 2.0**-53 / (1 - 10 * 2.0**-53)
    assert gamma(1, eps=0.5) == 0.25 / 0.75


@pytest.mark.parametrize(
    ("shape", "total"),
    [
        ((2, 3), [[1, 1, 1], [1, 1, 1]]),
        ((3,), [2, 2, 2]),
        ((1, 3), [[2, 2, 2]]),
        ((), 6),
        ((2, 1), [[3], [3]]),
    ],
)
def test_gradients_are_summed_over_the_axes_that_the_parameter_lacks(
    shape: tuple[int, ...], total: Any
) -> None:
    """Leading axes go, stretched ones stay with length 1."""
    agree(summed_to(np.ones((2, 3)), shape), total)


# --- what arrives on the report ------------------------------------------------------------------------------------

SCRATCH = """
import numpy as np
import pytest
from harness import agree, counterexample, formula, verify
from hypothesis import assume, given, settings
from hypothesis import strategies as st

@formula("F14", "F15")
@formula("F17")
@settings(max_examples=7)
@given(st.integers())
def test_drawn(k):
    agree(float(k), float(k), 1.0)

@formula("F14")
@settings(max_examples=9)
@given(st.integers(0, 10**6))
def test_some_are_rejected(k):
    assume(k % 2 == 0)

@pytest.mark.parametrize("m", [3, 5])
@settings(max_examples=4)
@given(k=st.integers())
def test_of_parameters(m, k):
    pass

@formula("F03")
def test_by_hand():
    agree([1.0, 2.0], [1.0, 2.25], 0.5)
    agree(1.0, 1.0)
    with pytest.raises(AssertionError):
        agree(1.0, 2.0)

def test_without_comparison():
    assert True

@formula("F05")
def test_erratum():
    counterexample("F05", "printed", input=[1.0])

@formula("F02")
def test_fails():
    agree(1.0, 1.5, 1.0)
    agree(1.0, 3.0, 1.0)

@formula("F01")
def test_verified():
    verify(lambda w: w * w, lambda w: 2 * w, np.float64(3.0))
"""

PLUGIN = """
import json

def pytest_runtest_logreport(report):
    if report.when == "call":
        print("PROPERTIES", json.dumps([report.nodeid.split("::")[1], report.outcome, report.user_properties]))
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[Any]]]:
    """Run checks of each kind in a folder of their own, and collect what is on their reports."""
    folder = tmp_path_factory.mktemp("checks")
    (folder / "conftest.py").write_text(
        (CHECKS / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (folder / "test_scratch.py").write_text(SCRATCH, encoding="utf-8")
    (folder / "show_properties.py").write_text(PLUGIN, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = formula(id): row\n", encoding="utf-8")
    paths = os.pathsep.join([str(CHECKS), str(folder)])
    finished = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-s",
            "-p",
            "show_properties",
            "-p",
            "no:cacheprovider",
            str(folder),
        ],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    lines = [line.split("PROPERTIES ")[1] for line in finished.stdout.splitlines() if "PROPERTIES " in line]
    assert lines, finished.stdout + finished.stderr
    return {name: [outcome, properties] for name, outcome, properties in map(json.loads, lines)}


def test_every_row_of_a_check_arrives(reports: dict[str, list[Any]]) -> None:
    """All arguments of all marks."""
    rows = {value for key, value in reports["test_drawn"][1] if key == "formula"}
    assert rows == {"F14", "F15", "F17"}


@pytest.mark.parametrize(
    ("name", "examples"),
    [
        ("test_drawn", 7),
        ("test_some_are_rejected", 9),
        ("test_of_parameters[3]", 4),
        ("test_of_parameters[5]", 4),
        ("test_by_hand", 3),
        ("test_without_comparison", 1),
    ],
)
def test_examples_are_counted(reports: dict[str, list[Any]], name: str, examples: int) -> None:
    """Those that ran to the end, for each parameter anew; without Hypothesis, the comparisons."""
    assert reports[name][0] == "passed"
    assert ["examples", examples] in reports[name][1]


def test_the_worst_entry_arrives(reports: dict[str, list[Any]]) -> None:
    """Of a check that passed the worst that agreed, a planted fault apart; of one that failed what failed it."""
    assert ["worst_error", 0.25] in reports["test_by_hand"][1]
    assert ["worst_bound", 0.5] in reports["test_by_hand"][1]
    assert reports["test_fails"][0] == "failed"
    assert ["worst_error", 2.0] in reports["test_fails"][1]
    assert not any(key.startswith("worst") for key, _ in reports["test_without_comparison"][1])
    assert any(key == "worst_bound" and value > 0 for key, value in reports["test_verified"][1])


def test_a_counterexample_arrives(reports: dict[str, list[Any]]) -> None:
    """And stays with its check: the next one starts with none."""
    texts = [value for key, value in reports["test_erratum"][1] if key == "counterexample"]
    assert [json.loads(text) for text in texts] == [{"row": "F05", "printed": "printed", "input": [1.0]}]
    assert not any(key == "counterexample" for key, _ in reports["test_fails"][1])


def test_seeds_are_fixed_where_hypothesis_derandomizes() -> None:
    """Zero under the profile ci, none elsewhere."""
    code = "import harness; from hypothesis import settings; settings.load_profile({!r}); print(harness.fixed_seed())"
    for profile, expected in (("ci", "0"), ("default", "None")):
        bare = {name: value for name, value in os.environ.items() if name != "CI"}
        shown = subprocess.check_output(
            [sys.executable, "-c", code.format(profile)], env=bare | {"PYTHONPATH": str(CHECKS)}, text=True
        )
        assert shown.strip() == expected
    assert fixed_seed() in {0, None}
