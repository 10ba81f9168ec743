"""`gradproof mutate`, what it prints and its exit statuses; `gradproof completion`; and that all commands are entry points."""

import argparse
import importlib
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import gradproof as gp
from gradproof._command_line import GROUP

ROOT = Path(__file__).parents[1]
HEAD = """
import numpy as np
import gradproof as gp

point = (np.array([1.0, -2.0]),)
right = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 3 * w**2, point, "right")
"""
WRONG = 'wrong = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 2 * w**2, point, "wrong")\n'
RAISES = 'raises = gp.Differentiable(lambda w: np.sum(w**3), lambda w: w.gone, point, "raises")\n'
GIVEN = 'given = gp.Differentiable(lambda w: np.sum(w**3), None, point, "given")\n'
FLAT = (
    'flat = gp.Differentiable(lambda w: np.sum(w), lambda w: np.ones_like(w), (np.ones((2, 2)),), "flat")\n'
)


def run(name: str, *arguments: str) -> int:
    """Run a command in this process."""
    command = importlib.import_module(f"gradproof._commands.{name}").command
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    status: int = command.run(parser.parse_args(arguments))
    return status


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder; what is imported from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    assert (
        gp.Differentiable
    )  # loaded before the copy: a second copy of the class would not be told from the first
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    return tmp_path


def write(text: str, path: str = "scratch_mutated.py") -> str:
    """Put a module into the current folder, and return its path."""
    Path(path).write_text(HEAD + text, encoding="utf-8")
    return path


def test_mutate_plants_errors(capsys: pytest.CaptureFixture[str]) -> None:
    """0 where every error is caught; a table, or JSON, printed or written."""
    target = write("print('from the module')\n")
    assert run("mutate", target, "--error", "sign", "--error", "factor 2", "--seed", "0") == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1] == "score 2/2 = 100.0 %"
    assert captured.err == "from the module\n"
    assert run("mutate", target, "--error", "sign", "--format", "json") == 0
    printed = capsys.readouterr().out
    assert json.loads(printed)["score"] == 1.0
    assert run("mutate", target, "--error", "sign", "--format", "json", "--output", "out.json") == 0
    assert capsys.readouterr().out == ""
    assert json.loads(Path("out.json").read_text(encoding="utf-8")) == json.loads(printed)


def test_mutate_takes_many_targets(capsys: pytest.CaptureFixture[str]) -> None:
    """Each gradient of each module has a row of its own; :name plants in that one only."""
    one, two = write(FLAT), write("", "scratch_other.py")
    assert run("mutate", f"{one}:right", two, "--error", "sign", "--seed", "0") == 0
    said = capsys.readouterr().out
    assert "scratch_mutated.py:right" in said
    assert "scratch_other.py:right" in said
    assert said.splitlines()[-1] == "score 2/2 = 100.0 %"


def test_mutate_fails_where_nothing_is_caught(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to catch is status 1: a transposed vector, and a transposed constant, are as before."""
    assert run("mutate", write(FLAT), "--error", "transposed") == 1
    assert capsys.readouterr().out.splitlines()[-1] == "score 0/0 = nan %"


@pytest.mark.parametrize(
    ("text", "arguments", "complaint"),
    [
        (WRONG, ["--error", "sign"], "the gradient must pass before errors are planted in it"),
        (WRONG, ["--error", "sgn"], "got 'sgn'. Did you mean sign?"),
        (RAISES, ["--error", "sign"], "got 'numpy.ndarray' object has no attribute 'gone' of raises"),
        (GIVEN, ["--error", "sign"], "errors are planted in a gradient; got grad=None of given"),
        ("1 / 0", [], "scratch_mutated.py cannot be imported"),
        ("", ["--resolution", "2"], "resolution must lie in (0, 1); got resolution=2.0"),
        ("", ["gradproof_gone"], "a target must be a module that can be imported from here"),
        ("", ["json"], "json must hold at least one Differentiable; got none"),
        ("", ["--output", "scratch_mutated.py/out.json"], "must stand in a folder that can be written to"),
    ],
)
def test_mutate_says_what_it_could_not_do(
    text: str, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2: nothing was found out, and stdout is empty."""
    assert run("mutate", write(text), *arguments) == 2
    captured = capsys.readouterr()
    assert complaint in captured.err
    assert captured.out == ""


def test_mutate_runs_a_test_suite_for_the_gradients_that_were_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests reach one of two gradients: an error in the other would survive, and status would be 1."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # two pytest runs that start at once
    target = write(FLAT, "scratch_suite.py")
    Path("test_scratch_suite.py").write_text(
        "import scratch_suite\n\ndef test_right():\n    scratch_suite.right.check()\n", encoding="utf-8"
    )
    asked = ["--tests", "-p no:cacheprovider test_scratch_suite.py", "--error", "sign"]
    assert run("mutate", f"{target}:right", *asked) == 0


def test_the_commands_are_entry_points() -> None:
    """pyproject.toml names each, and each is what it names."""
    points = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][
        GROUP
    ]
    for name, point in points.items():
        module, attribute = point.split(":")
        assert getattr(importlib.import_module(module), attribute).help, name


COMPLETES = """
source ./script
ask() {
  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
  "$(complete -p gradproof | sed 's/.* -F \\([^ ]*\\) .*/\\1/')"
  echo "${COMPREPLY[*]}"
}
ask gradproof ch
ask gradproof check --fo
ask gradproof check --format ''
ask gradproof check --format zz
ask gradproof check scratch_
ask gradproof completion ''
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_commands_options_and_choices(capsys: pytest.CaptureFixture[str]) -> None:
    """A real bash, with the script that the command prints; what is no choice completes to nothing."""
    pytest.importorskip("shtab", reason="needs shtab, of the extra completion")
    write("")
    assert run("completion", "bash") == 0
    Path("script").write_text(capsys.readouterr().out, encoding="utf-8")
    done = subprocess.run(["bash", "-c", COMPLETES], capture_output=True, text=True, check=True)  # noqa: S607  any bash
    assert done.stdout.splitlines() == [
        "check",
        "--format",
        "text json junit sarif github markdown html",
        "",
        "scratch_mutated.py",
        "bash zsh tcsh",
    ]


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
def test_other_shells_get_a_script_of_all_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the options of one, and no path function of another shell."""
    pytest.importorskip("shtab", reason="needs shtab, of the extra completion")
    assert run("completion", shell) == 0
    script = capsys.readouterr().out
    assert "exitfirst" in script
    assert "mutate" in script
    assert "_shtab_compgen" not in script


def test_completion_without_shtab_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2."""
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert run("completion", "bash") == 2
    assert "pip install 'gradproof[completion]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["replay", "a.json", "--format", "jsn"], "must be one of text, json; got 'jsn'. Did you mean json?"),
        (["explain", "--format", "markdwn"], "got 'markdwn'. Did you mean markdown?"),
        (["self-test", "--format", "jsno"], "got 'jsno'. Did you mean json?"),
        (
            ["check", "a.py", "--resolution", "abc"],
            "must be a number between 0 and 1; got 'abc'. Write it like",
        ),
        (
            ["mutate", "a.py", "--tests", "'tests -q"],
            "must be quoted as in a shell (No closing quotation); got",
        ),
    ],
)
def test_a_value_that_is_none_is_told_with_what_is_one(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong usage: status 2, with the value that was given."""
    with pytest.raises(SystemExit) as stop:
        run(arguments[0].replace("-", "_"), *arguments[1:])
    assert stop.value.code == 2
    assert complaint in capsys.readouterr().err
