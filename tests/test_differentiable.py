"""Declared gradients: one by one, in modules and collections, and as parametrized tests."""

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import gradproof as gp
from gradproof._collection import operations

ROOT = Path(__file__).parents[1]


def cube(w: Any) -> Any:
    """Σ w³."""
    return np.sum(w**3)


def by_cube(w: Any) -> Any:
    """Its gradient."""
    return 3 * w**2


def wrong_above_1(w: Any) -> Any:
    """The same, a thousandth too large where w > 1."""
    return 3 * w**2 * np.where(w > 1, 1.001, 1)


POINT = gp.Differentiable(cube, by_cube, args=(np.array([1.0, -2.0]),))
DRAWN = gp.Differentiable(cube, by_cube, args=(gp.strategies.arrays(scales=(0, 0)),), name="drawn")
WRONG = gp.Differentiable(cube, wrong_above_1, args=DRAWN.args, name="wrong")


def test_a_declared_point_is_examined() -> None:
    """At itself, at another where one is given, with the options of the declaration and of the call."""
    assert POINT.name == "cube"
    assert POINT.examine().passed
    assert len(POINT.check(np.ones(5)).entries) == 5
    strict = gp.Differentiable(cube, by_cube, args=POINT.args, options={"seed": 3, "max_evaluations": 1})
    assert strict.examine().verdict == "inconclusive"
    assert strict.examine(max_evaluations=None).passed
    assert strict.examine(max_evaluations=None).seed == 3


def test_a_declared_strategy_is_searched() -> None:
    """For the worst input: the smallest wrong one where there is one, the nearest to its bound otherwise."""
    report = DRAWN.examine()
    assert report.passed
    assert report.worst is not None
    assert report.worst.error > 0
    found = WRONG.examine()
    assert found.verdict == "fail"
    assert len(found.entries) == 1
    with pytest.raises(gp.GradientMismatch) as refused:
        WRONG.check()
    assert f"from {__name__} import cube, wrong_above_1" in refused.value.__notes__[-1]


def test_a_search_that_sees_nothing_is_inconclusive() -> None:
    """As a point of which nothing can be seen, and it says how many inputs were so."""
    blind = gp.Differentiable(lambda w: float("nan") * float(np.sum(w)), by_cube, args=DRAWN.args)
    report = blind.examine()
    assert report.verdict == "inconclusive"
    assert "got 0 of" in report.reason
    with pytest.raises(gp.GradientMismatch):
        blind.check()


def test_args_that_are_no_tuple_are_refused() -> None:
    """A bare array is not taken for a tuple of its rows."""
    with pytest.raises(TypeError, match="args must be a tuple or a strategy of tuples"):
        gp.Differentiable(cube, by_cube, args=[1.0]).check()


def test_a_module_offers_what_stands_in_it() -> None:
    """By itself or in a collection, once; private names stay private, and the order is that of the module."""
    module = ModuleType("scratch")
    vars(module).update(
        {"first": DRAWN, "_private": WRONG, "number": 3, "several": [POINT, 4], "again": POINT}
    )
    assert operations(module) == (DRAWN, POINT)
    assert operations([WRONG]) == (WRONG,)


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        (ModuleType("scratch"), ValueError, "scratch must hold at least one Differentiable; got none"),
        ([], ValueError, "got none"),
        ([POINT, cube], TypeError, "must hold Differentiable; got <function cube"),
        ([POINT, gp.Differentiable(cube, wrong_above_1)], ValueError, "got 'cube' twice"),
    ],
)
def test_a_collection_of_nothing_or_of_one_name_is_refused(
    source: Any, kind: type[Exception], message: str
) -> None:
    """Nothing to check is not a pass, and a name must lead to one gradient."""
    with pytest.raises(kind, match=message):
        operations(source)


test_declared_gradients = gp.gradient_tests([POINT, DRAWN], seed=0)


@pytest.mark.parametrize(
    ("reasons", "message"),
    [
        ({"cube": " "}, r"must give its reason; got expected_failures\['cube'\]=' '"),
        ({"cubed": "typo"}, "got 'cubed'. There are cube, wrong"),
    ],
)
def test_an_expected_failure_needs_a_known_name_and_a_reason(reasons: dict[str, str], message: str) -> None:
    """Where the test is made, before anything runs."""
    with pytest.raises(ValueError, match=message):
        gp.gradient_tests([POINT, WRONG], expected_failures=reasons)


SCRATCH = """
import numpy as np
import gradproof as gp

def grad_of_another_kind(w):
    raise RuntimeError("no gradient at all")

point = (np.ones(2),)
declared = [
    gp.Differentiable(lambda w: w @ w, lambda w: 2 * w, args=point, name="right"),
    gp.Differentiable(lambda w: w @ w, lambda w: w, args=point, name="wrong"),
    gp.Differentiable(lambda w: w @ w, lambda w: 2 * w, args=point, name="mended"),
    gp.Differentiable(lambda w: w @ w, lambda w: w, args=point, name="known"),
    gp.Differentiable(lambda w: w @ w, grad_of_another_kind, args=point, name="broken"),
]
test_all = gp.gradient_tests(declared, expected_failures=dict.fromkeys(["mended", "known", "broken"], "a reason"))
"""


def test_expected_failures_are_strict(tmp_path: Path) -> None:
    """One that passes fails its test; one that raises another error does too; the reason is shown."""
    (tmp_path / "test_scratch.py").write_text(SCRATCH)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "-ra",
        "--config-file=/dev/null",
        f"--rootdir={tmp_path}",
    ]
    done = subprocess.run([*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    outcomes = dict(re.findall(r"::test_all\[(\w+)\] (\w+)", done.stdout))
    expected = {
        "right": "PASSED",
        "wrong": "FAILED",
        "mended": "FAILED",
        "known": "XFAIL",
        "broken": "FAILED",
    }
    assert outcomes == expected, done.stdout
    assert "[XPASS(strict)] a reason" in done.stdout


def test_a_lambda_goes_by_its_declared_name_and_a_strategy_is_not_printed() -> None:
    """In the report, so that a module of lambdas can be told apart; the replay does not take the name for a function's."""
    wrong = gp.Differentiable(lambda w: np.sum(w**2), lambda w: w, (np.array([1.0, 2.0]),), "half")
    report = wrong.examine(seed=0)
    assert report.function == "half (<lambda>)"
    assert "gp.check_gradient(f, grad, " in str(report)
    assert repr(wrong) == "<Differentiable 'half'>"
    with pytest.raises(gp.GradientMismatch, match=r"the gradient of half \(<lambda>\)"):
        wrong.check(seed=0)


def test_a_report_is_as_true_as_its_gradient() -> None:
    """`assert examine_gradient(…)` is no quiet pass."""
    point = np.array([1.0, 2.0])
    assert gp.examine_gradient(lambda w: np.sum(w**2), lambda w: 2 * w, point)
    assert not gp.examine_gradient(lambda w: np.sum(w**2), lambda w: w, point)
