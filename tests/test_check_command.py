"""`gradproof check`: what it prints and writes, and its exit status."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from gradproof import _evidence
from gradproof._commands import _checking
from gradproof._commands.check import command
from gradproof._files import write_whole
from gradproof._results import Run

HEAD = """
import numpy as np
import gradproof as gp

point = (np.array([1.0, -2.0]),)
right = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 3 * w**2, point, "right")
"""
WRONG = 'wrong = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 2 * w**2, point, "wrong")\n'
BROKEN = 'broken = gp.Differentiable(lambda w: np.sum(w**3), lambda w: w.gone, point, "broken")\n'
EXITS = 'exits = gp.Differentiable(lambda w: np.sum(w**3), lambda w: exit(), point, "exits")\n'
LOUD = """
import os
def shout(w):
    print("from print")
    os.write(1, b"from the system\\n")
    return 3 * w**2
loud = gp.Differentiable(lambda w: np.sum(w**3), shout, point, "loud")
"""
# An error that only some inputs show, near numbers that Hypothesis may find in the text.
DRAWN = """
rare = gp.Differentiable(
    lambda w: np.sum(w**3) + 0.3125 * np.sum(w),
    lambda w: 3 * w**2 + 0.3125 + 1e-3 * (w > 0.75),
    (gp.strategies.arrays(3),),
    "rare",
)
fine = gp.Differentiable(lambda w: np.sum(np.exp(w)), lambda w: np.exp(w), (gp.strategies.arrays((2, 2), scales=(-2, 0)),), "fine")
"""


def check(*arguments: str) -> int:
    """Run the command in this process."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder; what is imported from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    return tmp_path


def write(text: str, path: str = "scratch_grads.py") -> str:
    """Put a module into the current folder, and return its path."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(HEAD + text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "status", "last"),
    [
        ("", 0, "1 of 1 gradients are right"),
        (WRONG, 1, "1 of 2 gradients are right, 1 wrong: wrong"),
        (BROKEN, 2, "1 of 2 gradients are right, 1 unchecked: broken"),
        (EXITS, 2, "1 of 2 gradients are right, 1 unchecked: exits"),
        (BROKEN + WRONG, 1, "1 of 3 gradients are right, 1 wrong: wrong, 1 unchecked: broken"),
    ],
)
def test_the_status_tells_right_wrong_and_unchecked_apart(
    text: str, status: int, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 where all are right, 1 where one is wrong, 2 where one cannot be called or exits; the others are checked all the same."""
    assert check(write(text), "--seed", "0") == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("pass              right: worst error ")
    assert lines[-1] == last
    assert any(line.startswith("  fail: the gradient of") for line in lines) == (WRONG in text)


def test_an_error_of_the_user_is_shown_without_our_frames(capsys: pytest.CaptureFixture[str]) -> None:
    """Where arguments are drawn neither gradproof's nor Hypothesis's files stand in the traceback."""
    drawn = BROKEN.replace("point, ", "(gp.strategies.arrays(2),), ")
    for text in (BROKEN, drawn):
        assert check(write(text)) == 2
        said = capsys.readouterr().out
        assert "AttributeError: 'numpy.ndarray' object has no attribute 'gone'" in said
        assert 'scratch_grads.py", line' in said
        assert "gradproof/_" not in said
        assert "hypothesis/" not in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import gone_for_good", "No module named 'gone_for_good'"),
        ("x = 1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_module_that_raises_is_unchecked_and_the_others_are_checked(
    text: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the user's own traceback."""
    assert check(write(text, "broken_grads.py"), write(WRONG)) == 1
    said = capsys.readouterr().out
    assert told in said
    assert 'broken_grads.py", line' in said
    assert "importlib" not in said
    assert "1 of 2 gradients are right, 1 wrong: scratch_grads.py:wrong, 1 unchecked: broken_grads.py" in said


def test_a_module_that_raises_is_not_counted_as_a_gradient(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody knows how many it declares."""
    assert check(write("1 / 0")) == 2
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("no gradient was found, 1 unchecked: scratch_grads.py")


def test_a_gradient_may_be_called_like_its_module(capsys: pytest.CaptureFixture[str]) -> None:
    """It is counted all the same."""
    write("", "right.py")
    assert check("right") == 0
    assert "1 of 1 gradients are right" in capsys.readouterr().out


def test_the_program_that_replays_a_failure_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a gradient whose arguments are drawn, at the smallest of them."""
    assert (
        check(write(WRONG.replace("point, ", "(gp.strategies.arrays(2, scales=(0, 0)),), ")), "--seed", "0")
        == 1
    )
    assert "gp.check_gradient(f, grad, np.array([0.0, 1.0]), seed=0)" in capsys.readouterr().out


def results(*arguments: str) -> list[dict[str, Any]]:
    """All results of a run, without what a clock says."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    options = parser.parse_args(arguments)
    kept: list[Run] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_checking, "_report", lambda run, *_: kept.append(run) or True)
        command.run(options)
    return [result.to_dict() | {"seconds": 0} for result in kept[0].results]


@pytest.fixture
def _at_random() -> Iterator[None]:
    """Hypothesis as outside of CI: it draws the same again only where it is told to."""
    before = hypothesis.settings.get_current_profile_name()
    hypothesis.settings.register_profile("at random", derandomize=False, database=None)
    hypothesis.settings.load_profile("at random")
    yield
    hypothesis.settings.load_profile(before)


@pytest.mark.usefixtures("_at_random")
def test_a_seed_repeats_a_run_bit_for_bit() -> None:
    """What Hypothesis draws included: the worst of the inputs on which all is right. Another seed draws others."""
    target = write(DRAWN)

    def worst(seed: str) -> dict[str, Any]:
        return results(f"{target}:fine", "--seed", seed, "--examples", "10")[0]["worst"]

    assert worst("3") == worst("3")
    assert worst("3")["analytic"] != worst("4")["analytic"]
    whole = results(target, "--seed", "3", "--examples", "10")
    assert whole == results(target, "--seed", "3", "--examples", "10")
    assert whole[1]["outcome"] == "wrong"


def test_wrong_on_one_input_and_an_error_on_another_is_wrong() -> None:
    """Both are found by one search; what is known is that the gradient is wrong."""
    target = write(
        "def both(w):\n"
        "    if w[0] < -0.5:\n        raise ArithmeticError('here')\n"
        "    return 3 * w**2 + (w > 0.5)\n"
        'both = gp.Differentiable(lambda w: np.sum(w**3), both, (gp.strategies.arrays(1),), "both")\n'
    )
    (result,) = results(f"{target}:both", "--seed", "1")
    assert result["outcome"] == "wrong"
    assert result["worst"]["name"] == "w[0]"


def test_the_fresh_seed_is_printed_and_repeats_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    """It is the last thing said."""
    target = write("")
    assert check(target) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    _, _, seed = last.removesuffix(" repeats this").partition("; --seed ")
    assert results(target, "--seed", seed)[0]["seed"] == int(seed)


def test_a_declared_seed_and_resolution_hold_until_others_are_asked_for() -> None:
    """The fresh seed of a run goes behind a declared one, --seed before it."""
    target = write('own = gp.Differentiable(np.sum, np.ones_like, point, "own", {"seed": 5})\n')
    assert results(f"{target}:own")[0]["seed"] == 5
    assert results(f"{target}:own", "--seed", "6")[0]["seed"] == 6


def test_examples_is_how_many_inputs_are_drawn() -> None:
    """Each is examined once, and its gradient called with it."""
    calls = 'drawn = []\nkept = gp.Differentiable(lambda w: np.sum(w), lambda w: drawn.append(w.tobytes()) or np.ones_like(w), (gp.strategies.arrays(2),), "kept")\n'
    target = write(calls)
    few, many = (
        (results(f"{target}:kept", "--seed", "1", "--examples", n), len(sys.modules["scratch_grads"].drawn))[
            1
        ]
        for n in ("2", "20")
    )
    assert many - few > 3 * few > 0


def test_what_the_user_prints_spoils_no_format() -> None:
    """print, and what compiled code writes to the system's stdout: both go to stderr."""
    target = write(LOUD)
    line = [sys.executable, "-m", "gradproof", "check", target, "--format", "json"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    json.loads(done.stdout)
    assert {"from print", "from the system"} <= set(done.stderr.splitlines())
    assert "2 of 2 gradients are right" in done.stderr


def test_every_format_is_printed_or_written(capsys: pytest.CaptureFixture[str]) -> None:
    """To stdout or --output, with further reports of their own formats in the same run."""
    target = write(WRONG)
    reports = [f"out.{suffix}" for suffix in ("json", "xml", "sarif", "md", "html", "txt")]
    asked = [part for report in reports for part in ("--report", report)]
    assert check(target, "--format", "json", "--output", "main.json", *asked) == 1
    assert capsys.readouterr().out == ""
    assert all(Path(report).read_text(encoding="utf-8").strip() for report in ["main.json", *reports])
    assert Path("main.json").read_bytes() == Path("out.json").read_bytes()
    assert check(target, "--format", "json") == 1
    json.loads(capsys.readouterr().out)


def test_folders_of_reports_and_of_evidence_are_made() -> None:
    """As pytest's --gradproof-report makes them."""
    asked = ("--output", "new/a/out.txt", "--report", "new/b/out.json", "--evidence", "new/c/kept")
    assert check(write(WRONG), *asked) == 1
    assert Path("new/a/out.txt").is_file()
    assert Path("new/b/out.json").is_file()
    assert list(Path("new/c/kept").iterdir())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["scratch_grads.py", "--report", "out.pdf"], "a report must end in one of"),
        (
            ["scratch_grads.py", "--report", "scratch_grads.py/out.xml"],
            "must stand in a folder that can be written to",
        ),
        (["scratch_grads.py", "--output", "."], "a report must be a file; got the folder '.'"),
        (
            ["scratch_grads.py", "--evidence", "scratch_grads.py"],
            "the evidence folder must be one that can be made",
        ),
        (["scratch_grads.py", "--resolution", "2"], "resolution must lie in (0, 1); got resolution=2.0"),
        (
            ["gradproof_gone"],
            "a target must be a module that can be imported from here; got 'gradproof_gone'",
        ),
        (["json"], "json must hold at least one Differentiable; got none"),
        (["scratch_grads.py:rigth"], "Did you mean right?"),
        (["gone.py", "gradproof_gone"], "gradproof check: a target must be a module"),
    ],
)
def test_what_cannot_be_done_is_status_2_before_anything_is_examined(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """All faults of the targets at once; stdout stays empty."""
    write("")
    assert check(*arguments) == 2
    captured = capsys.readouterr()
    assert complaint in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--format", "jsn"], "got 'jsn'. Did you mean json?"),
        (["--examples", "0"], "it must be a whole number from 1; got '0'"),
        (["--jobs", "many"], "it must be a whole number from 1; got 'many'. Or auto"),
        (["--seed", "-1"], "it must be a whole number from 0; got '-1'"),
    ],
)
def test_a_bad_value_is_refused_with_what_it_must_be(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Usage errors exit with 2."""
    with pytest.raises(SystemExit) as stop:
        check("module", *arguments)
    assert stop.value.code == 2
    assert complaint in capsys.readouterr().err


def test_allow_none_takes_files_that_declare_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """As pre-commit passes them; what is declared is checked as ever."""
    Path("plain.py").write_text("raise SystemExit('not to be imported')\n", encoding="utf-8")
    assert check("plain.py", "--allow-none") == 0
    assert capsys.readouterr().out == "no gradients were found: nothing is proven\n"
    assert check("plain.py", write(WRONG), "--allow-none") == 1
    assert check("plain.py") == 2


def test_exitfirst_stops_at_the_first_that_is_not_right() -> None:
    """Those behind it are not in the report."""
    target = write(WRONG + WRONG.replace("wrong", "late"))
    assert [result["name"] for result in results(target, "-x")] == ["right", "wrong"]
    assert [result["name"] for result in results(target)] == ["right", "wrong", "late"]


def test_quiet_and_verbose_print_less_and_more(capsys: pytest.CaptureFixture[str]) -> None:
    """Quiet names what is not right; verbose says how each was seen."""
    target = write(WRONG)
    check(target, "-q", "--seed", "0")
    assert "pass " not in capsys.readouterr().out
    check(target, "-v", "--seed", "0")
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("pass              right:")
    assert "by complex step, seed 0" in said[1]


def test_a_gradient_is_checked_once_whatever_leads_to_it() -> None:
    """A file, its folder, and one name of it."""
    target = write("", "many/scratch_many.py")
    assert len(results(target, "many/", f"{target}:right")) == 1


def test_evidence_is_kept_of_every_examination(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the point that was found; where it cannot be written, what is right is not proven."""
    saved: list[tuple[Any, ...]] = []

    def save(folder: Path, module: str, operation: Any, args: Any, report: Any, options: Any) -> Path:
        saved.append((module, operation.name, args, report.seed, dict(options)))
        if operation.name == "right":
            raise OSError("no space")
        return folder / f"{operation.name}.json"

    monkeypatch.setattr(_evidence, "save", save)
    target = write(DRAWN)
    right, rare, _ = results(target, "--evidence", "kept", "--seed", "3", "--examples", "10")
    assert right["outcome"] == "unchecked"
    assert right["message"] == "right is right, but the evidence cannot be written: OSError: no space"
    assert right["verdict"] is None
    assert rare["evidence"] == "kept/rare.json"
    module, name, args, seed, options = saved[1]
    assert (module, name, seed, options) == (target, "rare", 3, {"seed": 3})
    assert args[0].shape == (3,)
    assert (args[0] > 0.75).any()


BECAME = [
    ("lambda w: 1 / 0", ""),
    ("lambda w: exit()", ""),
    ("lambda w: 3 * w**2", "import gone_for_good"),
]


@pytest.mark.parametrize(("grad", "more"), BECAME)
def test_no_older_proof_is_left_of_a_gradient_that_cannot_be_examined(
    grad: str, more: str, folder: Path
) -> None:
    """Whoever keeps the folder would hand on that it is right; the evidence of other modules stays."""
    target, other = write(""), write("", "other_grads.py")
    assert check(target, other, "--evidence", "kept") == 0
    assert len(list((folder / "kept").glob("*.right.json"))) == 2
    Path(target).write_text(HEAD.replace("lambda w: 3 * w**2", grad) + more, encoding="utf-8")
    sys.modules.pop("scratch_grads", None)
    assert check(target, "--evidence", "kept") == 2
    assert [path.name.partition("-")[0] for path in (folder / "kept").iterdir()] == ["other_grads_py"]


def test_evidence_that_cannot_be_written_does_not_read_as_a_pass(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither on the line of the gradient nor in what to look up."""

    def save(*_: Any) -> Path:
        raise OSError("no space")

    monkeypatch.setattr(_evidence, "save", save)
    assert check(write(""), "--evidence", "kept") == 2
    said = capsys.readouterr().out
    assert said.startswith("error             right: ")
    assert "the evidence cannot be written: OSError: no space" in said
    assert "explain pass" not in said


def test_a_folder_that_takes_no_evidence_is_told_before_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, and nothing is examined."""

    def refuse(**_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert check(write(""), "--evidence", "kept") == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "must be one that can be made and written to; got 'kept': Permission denied." in captured.err


def test_a_report_that_cannot_be_written_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """2 where all is right, still 1 where one is wrong."""

    def full(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(_checking, "write_whole", full)
    target = write(WRONG)
    assert check(f"{target}:right", "--report", "out.json") == 2
    assert check(target, "--report", "out.json") == 1
    assert "a report must be written; got no space" in capsys.readouterr().err


def test_a_file_is_written_whole_or_not_at_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old one stays as it was where writing fails, and no scratch file is left."""
    path = folder / "report.json"
    write_whole(path, "old\n")
    assert path.stat().st_mode & 0o600 == 0o600
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "new \ud800")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("no")))
    with pytest.raises(OSError, match="no"):
        write_whole(path, "new\n")
    assert [(file.name, file.read_text()) for file in folder.iterdir()] == [("report.json", "old\n")]
