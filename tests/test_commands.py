"""`gradproof check` and `gradproof mutate`: what they print, and their exit statuses."""

import argparse
import importlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gradproof import _commands, _report
from gradproof._command_line import GROUP

ROOT = Path(__file__).parents[1]
HEAD = """
import numpy as np
import gradproof as gp

point = (np.array([1.0, -2.0]),)
right = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 3 * w**2, point, "right")
"""
WRONG = 'wrong = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 2 * w**2, point, "wrong")\n'
BROKEN = 'broken = gp.Differentiable(lambda w: np.sum(w**3), lambda w: w.gone, point, "broken")\n'
FLAT = (
    'flat = gp.Differentiable(lambda w: np.sum(w), lambda w: np.ones_like(w), (np.ones((2, 2)),), "flat")\n'
)


def run(name: str, *arguments: str) -> int:
    """Run a command in this process."""
    command = getattr(_commands, name)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    status: int = command.run(parser.parse_args(arguments))
    return status


@pytest.fixture
def module(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Path of a module that holds what the test is parametrized with, under a name of its own."""
    path = tmp_path / f"scratch_{abs(hash(request.node.name))}.py"
    path.write_text(HEAD + request.param)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return str(path)


@pytest.mark.parametrize(
    ("module", "status", "last"),
    [
        ("", 0, "1 of 1 gradients are right"),
        (WRONG, 1, "1 of 2 gradients are right"),
        (BROKEN, 1, "1 of 2 gradients are right"),
    ],
    indirect=["module"],
)
def test_check_examines_what_a_module_declares(
    module: str, status: int, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 where every gradient passes; 1 where one is wrong or cannot be called, with its report."""
    assert run("check", module, "--seed", "0") == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("pass              right: worst error ")
    assert lines[-1] == last
    assert any(line.startswith("fail: the gradient of") for line in lines) == (
        "wrong" in Path(module).read_text()
    )


@pytest.mark.parametrize(
    "module", [WRONG.replace("point, ", "(gp.strategies.arrays(2, scales=(0, 0)),), ")], indirect=True
)
def test_check_prints_the_program_that_replays_a_failure(
    module: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a gradient whose arguments are drawn, at the smallest of them."""
    assert run("check", module, "--seed", "0") == 1
    assert "gp.check_gradient(f, grad, np.array([0.0, 1.0]), seed=0)" in capsys.readouterr().out


@pytest.mark.parametrize("module", [WRONG], indirect=True)
def test_check_prints_json(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One report per gradient, by its name, with the resolution and the seed asked for."""
    assert run("check", module, "--json", "--seed", "4") == 1
    reports = json.loads(capsys.readouterr().out)
    assert {name: report["verdict"] for name, report in reports.items()} == {"right": "pass", "wrong": "fail"}
    assert reports["right"]["seed"] == 4


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["gradproof_gone"], "must be a module that declares gradients; got ModuleNotFoundError"),
        (["json"], "json must hold at least one Differentiable; got none"),
        (["declared", "--resolution", "2"], "resolution must lie in (0, 1); got resolution=2.0"),
    ],
)
@pytest.mark.parametrize("name", ["check", "mutate"])
def test_what_cannot_be_checked_is_status_2(
    name: str, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No module, a module that declares nothing, a number out of range."""
    assert run(name, *arguments) == 2
    captured = capsys.readouterr()
    assert complaint in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("module", [""], indirect=True)
def test_mutate_plants_errors(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    """0 where every error is caught; a table, or JSON."""
    assert run("mutate", module, "--error", "sign", "--error", "factor 2", "--seed", "0") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "score 2/2 = 100.0 %"
    assert run("mutate", module, "--error", "sign", "--json") == 0
    assert json.loads(capsys.readouterr().out)["score"] == 1.0


@pytest.mark.parametrize("module", [FLAT], indirect=True)
def test_mutate_fails_where_nothing_is_caught(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to catch is status 1: a transposed vector, and a transposed constant, are as before."""
    assert run("mutate", module, "--error", "transposed") == 1
    assert capsys.readouterr().out.splitlines()[-1] == "score 0/0 = nan %"


@pytest.mark.parametrize("module", [WRONG], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--error", "sign"], "the gradient must pass before errors are planted in it"),
        (["--error", "sgn"], "errors must be some of"),
    ],
)
def test_mutate_needs_right_gradients_and_known_errors(
    module: str, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2: nothing was found out."""
    assert run("mutate", module, *arguments) == 2
    assert complaint in capsys.readouterr().err


def test_the_commands_are_entry_points() -> None:
    """pyproject.toml names each, and each is what it names."""
    points = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][
        GROUP
    ]
    for name in ("check", "mutate"):
        module, attribute = points[name].split(":")
        assert getattr(importlib.import_module(module), attribute) is getattr(_commands, name)


def test_help_loads_no_hypothesis() -> None:
    """The commands are imported wherever `gradproof` runs, so they load what they need when they run."""
    code = "import sys; from gradproof import _commands; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"hypothesis", "pytest"} & set(done.stdout.split())
    assert _report.__name__ in done.stdout.split()
