"""The command: its subcommands come from entry points, its exit status is never confused, and it starts at once."""

import argparse
import json
import re
import shlex
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import gradproof
from gradproof import _command_line

ROOT = Path(__file__).parents[1]
OFFERED = [point for point in _command_line.entry_points() if point.value.startswith("gradproof")]


class Echo:
    """A command as another package would offer it."""

    help = "return the status given"
    examples = "examples:\n  gradproof echo 1    says 1"

    @staticmethod
    def add_arguments(parser: argparse.ArgumentParser) -> None:
        """Take one number, words and an option."""
        parser.add_argument("status", type=int)
        parser.add_argument("words", nargs="*")
        parser.add_argument("--loud", action="store_true")

    @staticmethod
    def run(options: argparse.Namespace) -> int:
        """Return it."""
        if "interrupt" in options.words:
            raise KeyboardInterrupt
        if "break" in options.words:
            raise ZeroDivisionError
        return int(options.status)


class Point:
    """An entry point that leads to Echo."""

    def __init__(self, name: str, value: str = "package:command", error: Exception | None = None) -> None:
        self.name, self.value, self.error = name, value, error
        self.loads = 0

    def load(self) -> type[Echo]:
        """Return the command, or fail as a package that is broken."""
        self.loads += 1
        if self.error is not None:
            raise self.error
        return Echo


@pytest.fixture(autouse=True)
def points(monkeypatch: pytest.MonkeyPatch) -> list[Point]:
    """Echo, and a command of a package that cannot be imported."""
    offered = [Point("echo"), Point("broken", error=ImportError("no module named 'gone'"))]
    monkeypatch.setattr(_command_line, "entry_points", lambda: offered)
    return offered


def fresh(*arguments: str, code: str = "") -> tuple[subprocess.CompletedProcess[str], set[str]]:
    """What gradproof does in a fresh interpreter, and the modules that it has loaded by then."""
    code = code or (
        "import sys\n"
        "from gradproof._command_line import main\n"
        "try:\n    status = main(sys.argv[1:])\n"
        "except SystemExit as stop:\n    status = stop.code\n"
        "print(*sys.modules, file=sys.stderr)\n"
        "sys.exit(status)"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return done, set(done.stderr.split())


@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_commands_status_is_the_exit_status(status: int) -> None:
    """0 right, 1 wrong, 2 could not: as the command says."""
    assert _command_line.main(["echo", str(status)]) == status


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "a command must be given; got none"),
        (["ecko"], "there is no command 'ecko'. Did you mean echo? There are broken, echo."),
        (["echo", "x"], "argument status: invalid int value: 'x'"),
        (["--versoin"], "unrecognized arguments: --versoin. Did you mean --version?"),
        (["echo", "0", "--luod"], "unrecognized arguments: --luod. Did you mean --loud?"),
        (["echo", "0", "--lou"], "unrecognized arguments: --lou. Did you mean --loud?"),
    ],
)
def test_bad_usage_exits_with_2_and_names_what_was_meant(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing, a misspelt command, a bad value, an unknown option, an abbreviation."""
    with pytest.raises(SystemExit) as stop:
        _command_line.main(arguments)
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert "usage: gradproof" in said
    assert complaint in said


def test_options_may_stand_between_the_arguments() -> None:
    """As `command FILE --option FILE` works for most commands."""
    assert _command_line.main(["echo", "1", "--loud", "word"]) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["1", "--", "-dash.py"], (["-dash.py"], False)),
        (["--loud", "--", "1", "--loud", "--output=x"], (["--loud", "--output=x"], True)),
        (["1", "a", "--loud", "--", "--louder"], (["a", "--louder"], True)),
    ],
)
def test_what_follows_two_dashes_is_no_option(
    arguments: list[str], expected: tuple[list[str], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever they stand, and whatever follows begins with."""
    seen = []

    def run(options: argparse.Namespace) -> int:
        seen.append((options.words, options.loud))
        return int(options.status)

    monkeypatch.setattr(Echo, "run", run)
    assert _command_line.main(["echo", *arguments]) == 1
    assert seen == [expected]


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """With the sentence that each brings along; one that is broken does not hide the others."""
    assert _command_line.main(["--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "return the status given" in said
    assert "not available: gradproof broken must be loadable from package:command; got ImportError" in said


def test_a_broken_entry_point_breaks_its_own_command_only(
    points: list[Point], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not even loaded for another command; its own says what is wrong, with status 2."""
    assert _command_line.main(["echo", "0"]) == 0
    assert points[1].loads == 0
    assert _command_line.main(["broken"]) == 2
    assert "no module named 'gone'" in capsys.readouterr().err


def test_no_other_package_takes_the_name_of_a_command(points: list[Point]) -> None:
    """Whatever the order in which they are found."""
    ours = Point("check", "gradproof._commands.check:command")
    for theirs in ([ours, Point("check")], [Point("check"), ours]):
        points[:] = theirs
        assert _command_line.commands() == {"check": ours}


def test_an_interrupt_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    """As a shell shows a program that Ctrl-C has ended."""
    assert _command_line.main(["echo", "0", "interrupt"]) == 130
    assert capsys.readouterr().err == "gradproof echo: stopped.\n"


def test_an_error_of_a_command_is_never_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    """Python would exit with 1, which says that a gradient is wrong."""
    assert _command_line.main(["echo", "0", "break"]) == 2
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_commands_help_ends_with_its_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """As they stand, not filled into one paragraph."""
    with pytest.raises(SystemExit) as stop:
        _command_line.main(["echo", "--help"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.endswith("examples:\n  gradproof echo 1    says 1\n")


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_installed_module_prints_its_version(option: str) -> None:
    """`python -m gradproof --version` in a fresh interpreter."""
    command = [sys.executable, "-m", "gradproof", option]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"gradproof {gradproof.__version__}\n"


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["check", "--help"], ["mutate", "--help"]])
def test_what_only_speaks_of_the_command_loads_nothing_heavy(arguments: list[str]) -> None:
    """Neither NumPy nor Hypothesis nor what the experiments use; --version does not look for entry points either."""
    done, loaded = fresh(*arguments)
    assert done.returncode == 0, done.stderr
    assert not {"numpy", "hypothesis", "pytest", "pandas", "rich", "scipy"} & loaded
    assert ("importlib.metadata" in loaded) == (arguments != ["--version"])


def test_a_command_loads_no_other() -> None:
    """`gradproof check` does not pay for mutate, nor for the experiments."""
    _, loaded = fresh("check", "--help")
    assert "gradproof._commands.check" in loaded
    assert not {"gradproof._commands.mutate", "gradproof_experiments"} & loaded


def test_import_gradproof_loads_no_numpy_and_finds_everything_on_first_use() -> None:
    """The planted fault is the first use itself: after it, NumPy is seen to be there."""
    code = (
        "import sys, json, gradproof\n"
        "before = 'numpy' in sys.modules\n"
        "listed = set(gradproof.__all__) <= set(dir(gradproof))\n"
        "gradproof.check_gradient\n"
        "print(json.dumps([before, listed, 'numpy' in sys.modules, 'hypothesis' in sys.modules]))"
    )
    done, _ = fresh(code=code)
    assert json.loads(done.stdout) == [False, True, True, False]


def test_an_unknown_name_of_gradproof_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="module 'gradproof' has no attribute 'chekc_gradient'"):
        gradproof.chekc_gradient  # type: ignore[attr-defined]  # noqa: B018  what is tested


def test_a_reader_that_stops_early_is_no_error() -> None:
    """`gradproof ... | head -1` says nothing of a broken pipe, and its own status is neither 0, 1 nor 2."""
    code = (
        "import sys\n"
        "from gradproof import _command_line\n"
        "def speak(arguments):\n    print('much ' * 100_000)\n    return 0\n"
        "_command_line._run = speak\n"
        "sys.exit(_command_line.main([]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """All options of a parser, but --help."""
    return {option for action in parser._actions for option in action.option_strings} - {"-h", "--help"}


def undocumented(page: str, name: str, parser: argparse.ArgumentParser) -> set[str]:
    """Options of a command that its section of a page does not name."""
    _, found, section = page.partition(f"\n## gradproof {name}\n")
    section = section.partition("\n## ")[0]
    words = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", section))
    return options_of(parser) - words if found else {name}


@pytest.mark.parametrize("name", ["check", "mutate", "completion"])
def test_the_page_names_every_option_of_a_command(name: str) -> None:
    """docs/command_line.md, in the section of the command; an option that is not there is found missing."""
    page = (ROOT / "docs" / "command_line.md").read_text(encoding="utf-8")
    command = __import__(f"gradproof._commands.{name}", fromlist=["command"]).command
    parser = argparse.ArgumentParser()
    _command_line.declare(parser, command)
    assert undocumented(page, name, parser) == set()
    parser.add_argument("--planted")
    assert undocumented(page, name, parser) == {"--planted"}


@pytest.mark.parametrize("point", OFFERED, ids=lambda point: str(point.name))
def test_the_help_of_every_command_shows_examples_and_exit_statuses(point: EntryPoint) -> None:
    """As `gradproof --help` says; each example is a line that the command's own parser takes."""
    parser = _command_line._Parser()
    _command_line.declare(parser, point.load())
    lines = (parser.epilog or "").splitlines()
    assert {"examples:", "exit status:"} <= set(lines)
    examples = [line for line in lines if line.startswith(f"  gradproof {point.name}")]
    assert examples or point.name == "completion"
    for example in examples:
        words = shlex.split(re.split(r"\s{2,}| >", example.strip())[0])
        parser.parse_all(words[2:])


# --- what the code under examination, and the world around, may do --------------------------------------------------

RIGHT = """
import sys
import numpy as np
import gradproof as gp

cube = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 3 * w**2, (np.array([1.0, 2.0]),), name="cube")
"""
EXITING = """
calls = []
def grad(w):
    calls.append(w)
    if len(calls) > 1:
        sys.exit(0)
    return 3 * w**2
leaving = gp.Differentiable(lambda w: np.sum(w**3), grad, (np.array([1.0, 2.0]),), name="leaving")
"""
TWICE = "one = gp.Differentiable(lambda w: np.sum(w), np.ones_like, (np.ones(2),), name='cube')\n"
WRONG = "wrong = gp.Differentiable(lambda w: np.sum(w), np.zeros_like, (np.ones(2),), name='wrong')\n"
UNSPEAKABLE = """
class Unspeakable(Exception):
    def __str__(self):
        raise ValueError("no")
def f(w):
    raise Unspeakable
bad = gp.Differentiable(f, np.ones_like, (np.ones(2),), name="bad")
"""


def shell(command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a line of sh in which `gradproof` is this one."""
    line = command.replace("gradproof", f"{sys.executable} -m gradproof", 1)
    return subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S607


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("gradproof mutate exiting.py:leaving", 2, "must not exit; got SystemExit(0)"),
        ("gradproof check exiting.py:leaving", 2, ""),
        ("gradproof check twice.py wrong.py:wrong", 1, ""),
        ("gradproof check unspeakable.py:bad", 2, ""),
        ("gradproof check ''", 2, "a target must name a module, a file or a folder; got ''"),
        ("gradproof check 'we:ird.py'", 0, ""),
        ("gradproof check folder", 0, ""),
        ("gradproof check links", 1, ""),
        ("gradproof check right.py >&-", 0, ""),
        ("gradproof --version >&-", 0, ""),
        ("gradproof explain fail >/dev/full", 2, "the output must be writable; got [Errno 28]"),
        ("gradproof check right.py >/dev/full", 2, "the output must be writable; got [Errno 28]"),
    ],
)
def test_nothing_around_the_command_is_taken_for_a_verdict(
    tmp_path: Path, command: str, status: int, said: str
) -> None:
    """Code that exits, names given twice, errors that cannot be shown, odd names of files, a closed or a full output."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "gone.py").symlink_to("nowhere")
    (tmp_path / "folder" / ".#right.py").symlink_to("nowhere")  # as Emacs leaves it beside a changed file
    files = {
        "links/wrong": WRONG,
        "right": "",
        "we:ird": "",
        "folder/right": "",
        "exiting": EXITING,
        "twice": TWICE,
        "wrong": WRONG,
    }
    for name, text in {**files, "unspeakable": UNSPEAKABLE}.items():
        (tmp_path / f"{name}.py").write_text(RIGHT + text)
    done = shell(command, tmp_path)
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert "Please report" not in done.stderr
