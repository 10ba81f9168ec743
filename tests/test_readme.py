"""README and CONTRIBUTING say what is so: their examples run, their commands and folders exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FENCED = r"^```{}\n(.*?)^```$\n?"
PROSE = r"(?:(?!^```).)*"
PYTHON_AND_OUTPUT = re.compile(
    FENCED.format("python") + f"(?:{PROSE}{FENCED.format('text')})?", re.DOTALL | re.MULTILINE
)
SHELL = re.compile(FENCED.format("(?:sh|console)"), re.DOTALL | re.MULTILINE)
MAKE = re.compile(r"(?:[A-Z_]+=\S+ )*make ([a-z-]+)(?: [A-Z_]+=\S+)*")
SETUP = ("git clone", "cd ")


def examples(text: str) -> list[tuple[str, str]]:
    """Python blocks of a page, each with the text block that follows it as its output."""
    return [match.groups("") for match in PYTHON_AND_OUTPUT.finditer(text)]


def output_of(code: str, folder: Path) -> str:
    """What `code` prints in a fresh interpreter, with warnings as errors."""
    script = folder / "example.py"
    script.write_text(code, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-W", "error", script.name], cwd=folder, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def commands(text: str) -> list[str]:
    """Lines of the shell blocks of a page, without their comments."""
    lines = [line for block in SHELL.findall(text) for line in block.splitlines()]
    return [line for line in (re.sub(r"\s*#.*", "", line).removeprefix("$ ") for line in lines) if line]


def unknown(lines: list[str], makefile: str) -> list[str]:
    """Commands that neither set up a clone nor are targets of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    made = {line: match[1] for line in lines if (match := MAKE.fullmatch(line))}
    return [line for line in lines if made.get(line) not in targets and not line.startswith(SETUP)]


@pytest.mark.parametrize(("code", "output"), examples(README))
def test_the_example_prints_what_readme_says(code: str, output: str, tmp_path: Path) -> None:
    """Each Python block of README runs, and prints the text block that follows it."""
    assert output_of(code, tmp_path) == output


def test_readme_shows_an_example_of_ten_lines() -> None:
    """README has a Python example with its output, and it fits in ten lines."""
    code, output = examples(README)[0]
    assert output
    assert len([line for line in code.splitlines() if line]) <= 10


@pytest.mark.parametrize("page", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_the_commands_are_make_targets(page: str) -> None:
    """Each command shown is a target of the Makefile, or sets up the clone."""
    assert commands(page)
    assert unknown(commands(page), (ROOT / "Makefile").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("folder", re.findall(r"^\| `([^`]+/)`", README, re.MULTILINE))
def test_the_map_names_folders_that_exist(folder: str) -> None:
    """Each folder on README's map is there."""
    assert (ROOT / folder).is_dir()


def test_planted_faults_are_seen(tmp_path: Path) -> None:
    """An example with wrong output and a command that does not exist are told apart from true ones."""
    page = "```python\nprint(1 + 1)\n```\n\nprints\n\n```text\n3\n```\n\n```sh\nmake report\nmake coffee  # now\n```\n"
    ((code, output),) = examples(page)
    assert output == "3\n"
    assert output_of(code, tmp_path) == "2\n"
    assert unknown(commands(page), "report: .venv\n") == ["make coffee"]
