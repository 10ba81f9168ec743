"""Planted errors: each is one, those that are none are told apart, and what misses them is found out."""

import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradproof as gp
from declared import DECLARED
from gradproof._mutate._mutant import Mutant
from gradproof._mutate._planted import ERRORS
from gradproof._mutate._suite import SuiteError, mutate_suite
from gradproof_reference.ledger import LEDGER

# Each error is planted in every sixteenth gradient, to save time; `gradproof mutate` plants all in all.
SHARE = 16


class Parameters(NamedTuple):
    """A square matrix, another of its shape, an oblong one and a vector."""

    square: Any
    other: Any
    oblong: Any
    vector: Any


def quartic(parameters: Parameters) -> Any:
    """Σ w⁴."""
    return sum(np.sum(leaf**4) for leaf in parameters)


def by_quartic(parameters: Parameters) -> Parameters:
    """Its gradient."""
    return Parameters(*(4 * leaf**3 for leaf in parameters))


def rich_point(seed: int) -> Parameters:
    """Parameters of either sign and of sizes beyond 1, no two alike."""
    random = np.random.default_rng(seed)
    return Parameters(*(2 * random.standard_normal(shape) for shape in ((2, 2), (2, 2), (2, 3), (3,))))


RICH = gp.Differentiable(quartic, by_quartic, (rich_point(0),), "quartic")


def careless(operation: gp.Differentiable) -> None:
    """Call the gradient at two points, and look at nothing."""
    for seed in (0, 1):
        operation.grad(rich_point(seed))


def test_every_error_is_one() -> None:
    """On a rich gradient at two points each changes it, and a check without assertions catches none."""
    report = gp.mutate(RICH, caught_by=careless)
    assert len(report.errors) == len(ERRORS) >= 40
    assert report.of("equivalent") == report.of("caught") == ()
    assert [error.error for error in report.of("faint")] == ["rounded to float32"]
    assert report.score == 0
    assert not report.passed


def test_gradproof_catches_every_error_in_a_rich_gradient() -> None:
    """But the two that show only from the second point on, where an examination at one point sees no error."""
    report = gp.mutate(RICH, seed=0)
    assert report.score == 1
    assert {error.error for error in report.of("equivalent")} <= {
        "the gradient of the first call",
        "the gradient of the previous call",
    }
    assert all(error.how.startswith("fail") for error in report.of("caught"))


@pytest.mark.parametrize(
    ("error", "size"),
    [
        ("sign", 2.0),
        ("factor 2", 1.0),
        ("factor 1/2", 0.5),
        ("factor 1 + 1e-6", 1e-6),
        ("one entry off by 1e-6 of the scale", 1e-6),
        ("one entry off by 1e-3 of the scale", 1e-3),
        ("one entry zeroed", 1.0),
        ("missing 1/n: the sum for a mean", 1.0),
        ("one entry NaN", np.inf),
    ],
)
def test_the_size_of_an_error_is_relative_to_the_gradients_scale(error: str, size: float) -> None:
    """As the name of the error says: with two rows of data, a missing 1/n is a factor 2."""
    report = gp.mutate(RICH, caught_by=careless, errors=[error])
    assert report.errors[0].size == pytest.approx(size, rel=1e-6)


def test_an_error_that_changes_nothing_is_equivalent() -> None:
    """A symmetric gradient transposed, a positive one's absolute value; neither is counted."""
    point = np.array([[3.0, 1.0], [1.0, 2.0]])
    report = gp.mutate(
        lambda w: np.sum(w**4), lambda w: 4 * w**3, point, errors=["transposed", "absolute value", "sign"]
    )
    assert [error.outcome for error in report.errors] == ["equivalent", "equivalent", "caught"]
    assert (report.counted, report.score, report.passed) == (1, 1.0, True)


def test_nothing_to_catch_is_not_a_pass() -> None:
    """All errors equivalent: the score is no number."""
    report = gp.mutate(lambda w: np.sum(w**4), lambda w: 4 * w**3, np.ones((2, 2)), errors=["transposed"])
    assert np.isnan(report.score)
    assert not report.passed
    assert report.to_dict()["score"] is None


def test_your_own_check_has_to_catch_the_errors() -> None:
    """One that compares a single entry misses those elsewhere, and is not charged for what it never saw."""

    def one_entry(operation: gp.Differentiable) -> None:
        point = rich_point(0)
        assert operation.grad(point).square[0, 0] == pytest.approx(4 * point.square[0, 0] ** 3, rel=1e-9)

    report = gp.mutate(
        RICH, caught_by=one_entry, errors=["sign", "the last leaf negated", "the gradient of the first call"]
    )
    assert [error.outcome for error in report.errors] == ["caught", "survived", "equivalent"]
    assert report.checked_by == "one_entry"
    assert [error.error for error in report.survivors] == ["the last leaf negated"]


def test_a_check_that_refuses_the_right_gradient_is_refused() -> None:
    """It would catch everything."""

    def refuses(operation: gp.Differentiable) -> None:
        raise AssertionError(f"never {operation.name}")

    with pytest.raises(ValueError, match="must pass before errors are planted in it; got never quartic"):
        gp.mutate(RICH, caught_by=refuses)
    with pytest.raises(ValueError, match="got fail"):
        gp.mutate(lambda w: w @ w, lambda w: w, np.ones(2))


@pytest.mark.parametrize("errors", [["sgn"], []])
def test_unknown_errors_and_none_are_refused(errors: list[str]) -> None:
    """The message lists those that there are."""
    with pytest.raises(ValueError, match="errors must be some of 'sign', 'factor 2'"):
        gp.mutate(RICH, errors=errors)


def test_functions_without_arguments_are_refused() -> None:
    """There is no point to examine."""
    with pytest.raises(TypeError, match="got grad=None and 0 arguments"):
        gp.mutate(quartic)


def test_drawn_arguments_are_searched() -> None:
    """An error that shows only for negative entries is met."""
    operation = gp.Differentiable(
        lambda w: np.sum(w**3), lambda w: 3 * w**2, (gp.strategies.arrays(3, scales=(0, 0)),), "drawn"
    )
    report = gp.mutate(
        operation, errors=["doubled where the argument is negative", "factor 2", "one entry NaN"], seed=0
    )
    assert report.score == 1


@pytest.mark.parametrize(
    ("gradient", "args"),
    [
        (np.array([1.0, 2.0]), (np.zeros(2),)),
        ((np.array([1.0, 2.0], np.float32), None), (np.zeros(2, np.float32), np.array([0, 1]))),
        ({"b": 2.0, "a": [np.ones((2, 2))]}, ({"a": [np.zeros((2, 2))], "b": 1.0},)),
        (
            Parameters(1.0, np.float32(2), np.ones(1), [np.ones(2)]),
            (Parameters(0.0, np.float32(0), np.ones(1), [np.ones(2)]),),
        ),
    ],
)
def test_a_wrong_gradient_has_the_structure_of_the_right_one(gradient: Any, args: tuple[Any, ...]) -> None:
    """Containers, shapes, dtypes and what is no float stay; twice −1 is the right gradient, bit for bit."""
    once = Mutant(lambda *_: gradient, "sign")(*args)
    twice = Mutant(lambda *_: once, "sign")(*args)
    assert repr(twice) == repr(gradient)
    assert repr(once) != repr(gradient)


def test_an_error_finds_the_argument_of_each_leaf() -> None:
    """Also where the gradient is a dict in another order: the arguments in place of the gradient."""
    args = {"a": np.array([1.0, 2.0]), "b": np.array([3.0, 4.0])}
    wrong = Mutant(lambda w: {"b": w["b"] ** 2, "a": w["a"] ** 2}, "the arguments in place of the gradient")(
        args
    )
    assert list(wrong) == ["b", "a"]
    assert [wrong["a"].tolist(), wrong["b"].tolist()] == [[1.0, 2.0], [3.0, 4.0]]


def test_a_call_that_is_no_examination_stays_right() -> None:
    """A gradient by some of its float arguments only: an exception would pass for an error that was caught."""
    wrong = Mutant(lambda w, x: w * x, "sign")
    assert wrong(np.ones(2), x=np.ones(2)).tolist() == [1.0, 1.0]
    assert (wrong.calls, wrong.size) == (1, 0.0)


def test_the_report_is_a_table_json_and_a_frame() -> None:
    """With the survivors by name, and what the other columns mean."""
    report = gp.mutate(RICH, caught_by=careless, errors=["sign", "one entry NaN", "rounded to float32"])
    lines = str(report).splitlines()
    assert lines[0] == "3 planted errors, checked by careless"
    assert lines[2].split() == ["quartic", "0", "2", "0", "1"]
    assert "  survived: sign of quartic, relative size 2" in lines
    assert "  faint: smaller than what must be seen; not counted" in lines
    assert lines[-1] == "score 0/2 = 0.0 %"
    plain = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert [error["size"] for error in plain["errors"]][:2] == [2.0, None]
    frame = report.to_frame()
    assert list(frame.columns) == ["operation", "error", "size", "outcome", "how"]
    assert len(frame) == 3


# --- the reference -------------------------------------------------------------------------------------------------


def test_every_gradient_of_the_ledger_is_declared() -> None:
    """By its name, once."""
    assert sorted(operation.name for operation in DECLARED) == sorted(
        {name for row in LEDGER for name in row.gradient}
    )


test_declared = gp.gradient_tests(DECLARED, seed=0)


@pytest.mark.parametrize("operation", DECLARED, ids=lambda operation: operation.name)
def test_errors_in_the_reference_are_caught(operation: gp.Differentiable) -> None:
    """Every one that is none of rounding, by a verdict of "fail"."""
    names = list(ERRORS)[DECLARED.index(operation) % SHARE :: SHARE]
    report = gp.mutate(operation, errors=names, seed=0)
    assert report.survivors == ()
    assert all(error.how.startswith("fail") for error in report.of("caught"))


# --- a test suite --------------------------------------------------------------------------------------------------

SCRATCH = {
    "scratch_gradients.py": """
import numpy as np

def loss(w):
    return np.sum(w**3)

def gradient(w):
    return 3 * w**2

def untested(w):
    return 3 * w**2
""",
    "scratch_declared.py": """
import numpy as np
import gradproof as gp
from scratch_gradients import gradient, loss, untested

point = (np.array([1.0, -2.0]),)
declared = [
    gp.Differentiable(loss, gradient, point, "tested"),
    gp.Differentiable(loss, untested, point, "untested"),
]
""",
    "test_scratch.py": """
import numpy as np
from scratch_gradients import gradient

def test_gradient_is_positive():
    assert np.all(gradient(np.array([1.0, -1.0])) > 0)
""",
}


def test_a_test_suite_has_to_catch_the_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it imports is wrong from the start; a gradient that it never calls is not guarded by it."""
    for name, text in SCRATCH.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    report = mutate_suite("scratch_declared", ["--config-file=/dev/null", "test_scratch.py"], errors=["sign"])
    assert [(error.operation, error.outcome) for error in report.errors] == [
        ("tested", "caught"),
        ("untested", "survived"),
    ]
    assert re.match(r"1 failed in", report.errors[0].how)
    assert report.errors[1].how == "the gradient was never called"


def test_a_test_suite_that_does_not_run_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would seem to catch everything."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(SuiteError, match="the tests must pass before errors are planted; got exit status 4"):
        mutate_suite("scratch_declared", ["--config-file=/dev/null", "missing.py"])
