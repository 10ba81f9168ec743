"""The command: its subcommands come from entry points, its exit status is never confused."""

import argparse
import subprocess
import sys

import pytest

import gradproof
from gradproof import _command_line


class Echo:
    """A command as another package would offer it."""

    help = "return the status given"

    @staticmethod
    def add_arguments(parser: argparse.ArgumentParser) -> None:
        """Take one number."""
        parser.add_argument("status", type=int)

    @staticmethod
    def run(options: argparse.Namespace) -> int:
        """Return it."""
        return int(options.status)


class Point:
    """An entry point that leads to Echo."""

    name = "echo"

    @staticmethod
    def load() -> type[Echo]:
        """Return the command."""
        return Echo


@pytest.fixture(autouse=True)
def _one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        _command_line, "entry_points", lambda group: [Point] if group == "gradproof.commands" else []
    )


@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_commands_status_is_the_exit_status(status: int) -> None:
    """0 right, 1 wrong, 2 could not: as the command says."""
    assert _command_line.main(["echo", str(status)]) == status


@pytest.mark.parametrize("arguments", [[], ["ecko"], ["echo", "x"], ["--unknown"]])
def test_bad_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing, a misspelt command, a bad value, an unknown option."""
    with pytest.raises(SystemExit) as stop:
        _command_line.main(arguments)
    assert stop.value.code == 2
    assert "usage: gradproof" in capsys.readouterr().err


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """With the sentence that each brings along."""
    with pytest.raises(SystemExit) as stop:
        _command_line.main(["--help"])
    assert stop.value.code == 0
    assert "return the status given" in capsys.readouterr().out


def test_the_installed_module_prints_its_version() -> None:
    """`python -m gradproof --version` in a fresh interpreter."""
    command = [sys.executable, "-m", "gradproof", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"gradproof {gradproof.__version__}\n"
