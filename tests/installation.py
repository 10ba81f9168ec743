"""gradproof as a user has it: built, installed by pip, called in a folder of their own."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[1]
# What pip says where no index answers; a package that an index does not have is another matter, and an error.
UNREACHABLE = re.compile(r"connection broken by|Could not fetch URL|Max retries exceeded", re.IGNORECASE)

GRADIENTS = """\
import numpy as np
import gradproof as gp


def loss(w):
    return np.sum(w**3)


def gradient(w):
    return 3 * w**2


def forgotten(w):
    return w**2


def unwritten(w):
    raise NotImplementedError("the gradient is not written yet")


POINT = (np.array([0.5, -1.0, 2.0]),)
"""
RIGHT = GRADIENTS + 'cube = gp.Differentiable(loss, gradient, args=POINT, name="cube")\n'
WRONG = RIGHT + 'bad = gp.Differentiable(loss, forgotten, args=POINT, name="bad")\n'
BROKEN = GRADIENTS + 'odd = gp.Differentiable(loss, unwritten, args=POINT, name="odd")\n'
FORGOTTEN_LINE = GRADIENTS.splitlines().index("def forgotten(w):") + 1


@dataclass(frozen=True)
class Environment:
    """A virtual environment and its commands."""

    folder: Path

    @property
    def commands(self) -> Path:
        """The folder of its commands."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.commands / "python")

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables of a user who has activated it: nothing of this checkout, nothing of pytest's."""
        ours = re.compile(r"PYTHON|PYTEST|HYPOTHESIS|COVERAGE|VIRTUAL_ENV|CI$|GITHUB_|GITLAB_")
        kept = {name: value for name, value in os.environ.items() if not ours.match(name)}
        path = f"{self.commands}{os.pathsep}{kept.get('PATH', os.defpath)}"
        return {**kept, "PATH": path, "PYTHONNOUSERSITE": "1"}

    def run(
        self, *command: str, folder: Path, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment, or another, in a folder."""
        own = self.commands / command[0]
        return subprocess.run(
            [str(own) if own.exists() else command[0], *command[1:]],
            cwd=folder,
            env={**self.variables, **(variables or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    def install(self, *arguments: str) -> None:
        """Install packages from the index, or skip the test where no index answers."""
        failed = _pip(self, *arguments)
        if failed and UNREACHABLE.search(failed):
            pytest.skip(f"the package index cannot be reached: {failed.strip().splitlines()[-1]}")
        assert not failed, failed

    def install_wheel(self, wheel: Path) -> None:
        """Install a wheel whose requirements are there already, and see that they are."""
        failed = _pip(self, "--no-deps", str(wheel)) or _pip(self, command="check")
        assert not failed, failed


def _pip(environment: Environment, *arguments: str, command: str = "install") -> str:
    options = ["--quiet", "--no-compile", "--retries", "1"] if command == "install" else []
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", environment.python]
    run = subprocess.run([*pip, command, *options, *arguments], capture_output=True, text=True, check=False)
    return run.stdout + run.stderr if run.returncode else ""


def new_environment(folder: Path, python: str = sys.executable) -> Environment:
    """Return an empty environment; even pip stays outside, since that of this interpreter can install into it."""
    subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True, capture_output=True)
    return Environment(folder)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Environment:
    """Return the environment that all processes of a test run share; the first to come makes it."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(f"{folder}.lock"):
        if not (folder / "complete").exists():
            make(folder)
            (folder / "complete").touch()
    return Environment(folder)


def build_wheel(folder: Path) -> Path:
    """Return a wheel of the working tree."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def locked(*names: str) -> list[str]:
    """The requirements that give these packages in the versions of the lock."""
    lock = (ROOT / "requirements" / "lock.txt").read_text(encoding="utf-8")
    return [
        f"{name}=={version}"
        for name in names
        for version in re.findall(rf"^{name}==(\S+)", lock, re.MULTILINE)
    ]


def lend(environment: Environment, other: Environment) -> None:
    """Let one environment see what is installed in another, its entry points included."""
    (theirs,) = environment.folder.glob("lib/python*/site-packages")
    (ours,) = other.folder.glob("lib/python*/site-packages")
    (ours / "lent.pth").write_text(f"{theirs}\n", encoding="utf-8")


def blocks(page: str, language: str) -> Sequence[str]:
    """The fenced blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
