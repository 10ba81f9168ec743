"""The self-test passes on a machine that computes rightly, and tells of every fault that is planted in the checker."""

from __future__ import annotations

import argparse
import dataclasses
import decimal
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import calibration_corpus
import mpmath
import numpy as np
import pytest

from gradproof import _examine, _plain
from gradproof._commands.self_test import command
from gradproof._differentiable import Differentiable
from gradproof._ladder import Ladder
from gradproof._mutate._planted import ERRORS
from gradproof._self_check import _exact, _planted, _run, _wide
from gradproof._self_check._gradients import RIGHT
from gradproof._self_check._kinds import KINDS
from gradproof._self_check._models import MODELS


def run(*arguments: str) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments))


def with_rights(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Leave only some right gradients, to save time."""
    kept = tuple(right._replace(quick=True) for right in RIGHT if right.operation.name in names)
    assert len(kept) == len(names)
    monkeypatch.setattr(_planted, "RIGHT", kept)


def with_kinds(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Leave only some kinds of functions, and no models."""
    monkeypatch.setattr(_run, "KINDS", tuple(kind for kind in KINDS if kind.name in names))
    monkeypatch.setattr(_run, "MODELS", ())


# --- what passes ---------------------------------------------------------------------------------------------------


def test_a_quick_self_test_passes_here(capsys: pytest.CaptureFixture[str]) -> None:
    """Every right gradient, every kind and every model has its line, and the machine is named."""
    assert run("--quick", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert told["passed"]
    assert told["faults"] == []
    assert [one["function"] for one in told["planted"]] == [right.operation.name for right in RIGHT]
    planted = [one["errors"] for one in told["planted"] if sum(one["errors"].values())]
    assert len(planted) >= 3
    assert all(sum(errors.values()) == len(ERRORS) and errors["survived"] == 0 for errors in planted)
    assert sum(one["causes"]["named"] for one in told["planted"]) >= 15
    assert len(told["bounds"]) == len(KINDS) + 3 * len(MODELS)
    assert sum(one["triples"] for one in told["bounds"]) > 1000
    assert {"blas", "cpu_features", "platform"} <= told["machine"].keys()


def test_the_text_has_tables_and_the_machine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As docs/evidence.md shows it."""
    with_rights(monkeypatch, "norm", "jump at the point")
    with_kinds(monkeypatch, "exp")
    assert run("--quick", "--seed", "3") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("python ")
    assert any(line.startswith("BLAS ") for line in lines)
    assert lines[-1].startswith("all is as it must be")
    assert lines[-1].endswith("seed=3")
    assert any(line.split()[:3] == ["exp", "20", "0"] for line in lines)
    assert any(line.split() == ["norm", "pass", "31", "0", "14"] for line in lines)


def test_the_values_need_no_more_than_numpy_and_hypothesis() -> None:
    """Nothing else is loaded by it."""
    program = (
        "import sys, gradproof._self_check\n"
        "from gradproof._self_check._exact import known\n"
        "known()\n"
        "assert not {'mpmath', 'scipy', 'torch', 'pandas', 'pytest'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env=os.environ.copy())


@pytest.mark.parametrize("seed", ["-1", "one"])
def test_a_seed_is_a_whole_number(seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Bad usage exits with 2."""
    with pytest.raises(SystemExit, match="2"):
        run(f"--seed={seed}")
    assert "seed must be a whole number" in capsys.readouterr().err


# --- what must fail ------------------------------------------------------------------------------------------------


def bounds_too_small(central: Callable[..., Any]) -> Callable[..., Any]:
    """Plant a fault: bounds of central differences are a thousandth of what they should be."""
    return lambda ladder: (seen := central(ladder))._replace(bound=seen.bound / 1e3)


def differences_off(central: Callable[..., Any]) -> Callable[..., Any]:
    """Plant a fault: central differences are off by 1e-6 of themselves."""
    return lambda ladder: (seen := central(ladder))._replace(value=seen.value * (1 + 1e-6))


@pytest.mark.parametrize("plant", [bounds_too_small, differences_off])
def test_a_wrong_bound_or_derivative_is_told(
    plant: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Deep in the checker, and seen by its exact derivatives."""
    with_rights(monkeypatch, "jump at the point")
    with_kinds(monkeypatch, "polynomial", "sine", "float32 sine")
    monkeypatch.setattr(Ladder, "central", plant(Ladder.central))
    assert run("--quick") == 1
    printed = capsys.readouterr().out
    assert "FAULT: the bound must hold but once in 100000; got" in printed
    assert "EXCEEDED: " in printed
    assert "open an issue" in printed


def test_bounds_that_say_nothing_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bound that is a million times the error never fails, and never helps."""
    with_rights(monkeypatch, "jump at the point")
    with_kinds(monkeypatch, "polynomial", "sine")
    measure = _run.measure

    def wide(*args: Any) -> Any:
        seen, measured = measure(*args)
        return seen, dataclasses.replace(measured, bound=1e6 * measured.bound)

    monkeypatch.setattr(_run, "measure", wide)
    assert run("--quick") == 1
    assert "FAULT: the median bound must stay within 100 times the error" in capsys.readouterr().out


def test_an_error_that_is_not_caught_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The checker says "pass" of everything that it compares."""
    with_rights(monkeypatch, "norm")
    with_kinds(monkeypatch, "exp")
    judge = _examine.judge
    monkeypatch.setattr(
        _examine, "judge", lambda *args: judge(*args)._replace(verdict="pass", reason="", diagnosis=None)
    )
    assert run("--quick") == 1
    assert "FAULT: norm: sign must be caught, of relative size 2; it was not." in capsys.readouterr().out


def test_one_error_that_is_not_caught_among_many_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The checker is blind to the sign."""
    with_rights(monkeypatch, "norm")
    with_kinds(monkeypatch, "exp")
    examine = Differentiable.examine

    def blind_to_signs(self: Differentiable, **options: Any) -> Any:
        report = examine(self, **options)
        is_sign = (report.diagnosis or "").startswith("sign:")
        return dataclasses.replace(report, verdict="pass") if is_sign else report

    monkeypatch.setattr(Differentiable, "examine", blind_to_signs)
    assert run("--quick") == 1
    faults = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAULT")]
    assert faults == ["FAULT: norm: sign must be caught, of relative size 2; it was not."]


def test_a_false_alarm_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A LAPACK whose inverses are off by 1e-6: a right gradient is found wrong."""
    with_rights(monkeypatch, "log-determinant")
    with_kinds(monkeypatch, "exp")
    inverse = np.linalg.inv
    monkeypatch.setattr(np.linalg, "inv", lambda a: inverse(a) * (1 + 1e-6))
    assert run("--quick") == 1
    assert "FAULT: log-determinant: a right gradient must be found pass; got fail" in capsys.readouterr().out


def test_a_wrong_complex_step_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Off by 1e-6: an examination does without it and comes to the right verdict, the self-test says so."""
    with_rights(monkeypatch, "norm")
    with_kinds(monkeypatch, "exp")
    entries = _plain._complex_step.entries
    monkeypatch.setattr(
        _plain._complex_step, "entries", lambda *args, **chosen: entries(*args, **chosen) * (1 + 1e-6)
    )
    assert run("--quick") == 1
    said = "FAULT: norm: its derivative must be seen by complex step; got differences."
    assert said in capsys.readouterr().out


def test_a_guess_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A checker that passes what it cannot see."""
    with_rights(monkeypatch, "offset 1e15")
    with_kinds(monkeypatch, "exp")
    judge = _examine.judge
    monkeypatch.setattr(_examine, "judge", lambda *args: judge(*args)._replace(verdict="pass"))
    assert run("--quick") == 1
    assert "must be found inconclusive, not passed; got pass" in capsys.readouterr().out


@pytest.mark.parametrize("found", [None, "factor 3: analytic = 3 x numeric"])
def test_a_cause_that_is_not_named_is_told(
    found: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """None, or another."""
    with_rights(monkeypatch, "ridge regression")
    with_kinds(monkeypatch, "exp")
    judge = _examine.judge
    monkeypatch.setattr(
        _examine,
        "judge",
        lambda *args: (
            judged._replace(diagnosis=found) if (judged := judge(*args)).verdict == "fail" else judged
        ),
    )
    assert run("--quick") == 1
    assert "the cause of sign must be named sign; got " in capsys.readouterr().out


def test_what_cannot_be_run_exits_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where the values are missing from an installation."""
    with_rights(monkeypatch, "jump at the point")

    def missing() -> Any:
        raise FileNotFoundError(_exact.FILE)

    monkeypatch.setattr(_run, "known", missing)
    assert run("--quick") == 2
    assert "could not be run" in capsys.readouterr().err


# --- the values ----------------------------------------------------------------------------------------------------


def test_the_values_are_those_of_mpmath() -> None:
    """The derivatives at all points, computed again, to the last bit of both parts; no kind is missing."""
    known = _exact.known()
    assert list(known) == [kind.name for kind in KINDS]
    for kind in KINDS:
        points, exact = known[kind.name]
        assert len(points[0]) == 100
        again = calibration_corpus.exact(kind, points)
        for stored, computed in zip(exact, again, strict=True):
            assert np.array_equal(stored, computed), kind.name


def test_the_file_is_what_is_written() -> None:
    """Reading and writing are inverse, to the byte."""
    stored = (Path(str(_exact.__file__)).parent / _exact.FILE).read_text(encoding="utf-8")
    assert _exact.written(_exact.known()) == stored


def test_the_derivatives_fit_the_functions() -> None:
    """A value that belongs to another point is seen: the benchmark's derivative there is another."""
    points, exact = _exact.known()["sine"]
    again = calibration_corpus.exact(KINDS[2], tuple(np.roll(part, 1) for part in points))
    assert not np.array_equal(exact.left, again.left)


@pytest.mark.parametrize("name", ["exp", "tanh", "sin", "cos"])
def test_decimal_functions_are_those_of_mpmath(name: str) -> None:
    """To 40 digits, from tiny arguments to those that the models reach."""
    points = np.array([0.0, 1e-12, -1e-3, 0.5, -1.0, 3.0, -7.5, 12.0])
    with decimal.localcontext(prec=_wide.DIGITS), mpmath.workdps(60):
        for found, x in zip(getattr(_wide, name)(_wide.widen(points)), points, strict=True):
            expected = getattr(mpmath, name)(mpmath.mpf(x))
            assert abs(mpmath.mpf(str(found)) - expected) <= mpmath.mpf(10) ** -40 * max(1, abs(expected))


@pytest.mark.parametrize("model", MODELS, ids=[model.name for model in MODELS])
def test_gradients_of_the_models_are_those_of_the_functions(model: Any) -> None:
    """A plain quotient comes close in every entry."""
    f, gradient, point = model.build(np.random.default_rng(4))
    with decimal.localcontext(prec=_wide.DIGITS):
        exact, rest = _wide.narrow(gradient(_wide.widen(point)))
    assert np.all(np.abs(rest) <= np.spacing(np.abs(exact)))
    scale = np.abs(point) if "sizes" in model.name else np.ones(len(point))
    for i in range(len(point)):
        step = np.zeros(len(point))
        step[i] = 1e-5 * scale[i]
        quotient = (f(point + step) - f(point - step)) / (2 * step[i])
        noise = 1e-16 * abs(f(point)) / step[i]
        assert abs(quotient - exact[i]) <= 1e-5 * np.abs(exact).max() + 20 * noise
