"""What users install, in environments that take longer to make: `make installed` runs this file, `make test` does not.

The oldest NumPy and Hypothesis that pyproject.toml allows, on the oldest and the newest Python; the pre-commit hook in the
environment that pre-commit makes for it; the action from the folder that GitHub puts it into.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import test_ci_recipes
from installation import RIGHT, ROOT, WRONG, Environment, blocks, locked, new_environment, once

# Of the tests of the checker those that NumPy or Hypothesis could break and that do not take long.
ON_NUMPY = ["check_gradient", "guards", "structure"]
ON_BOTH = [*ON_NUMPY, "gradient_test", "literal", "precision", "products", "strategies"]
# The first NumPy with wheels for 3.13 is 2.1. Hypothesis is the same on both, so one of them tries it.
CORE = {"3.11": ON_BOTH, "3.13": ON_NUMPY}
FLOORS = {"3.11": {}, "3.13": {"numpy": "2.1.0"}}
SETTINGS = """\
[pytest]
strict = true
addopts = --import-mode=importlib
filterwarnings = error
markers = formula(id): a row of the ledger
"""


def python_of(version: str) -> str:
    """A Python of a version, as `.ci/run` finds it: this one, on PATH, or from pyenv; the test is skipped where there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{version}"), *map(str, pyenv.glob(f"{version}.*/bin/python3"))]
    for candidate in [sys.executable, *filter(None, found)]:
        code = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
        run = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)
        if run.stdout.strip() == version:
            return candidate
    return pytest.skip(f"no Python {version} here")


def floors(version: str) -> list[str]:
    """The requirements of pyproject.toml, each at its oldest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pairs = [requirement.split(">=") for requirement in project["dependencies"]]
    return [f"{name}=={FLOORS[version].get(name, f'{floor}.0')}" for name, floor in pairs]


@pytest.fixture(scope="session", params=FLOORS)
def version(request: pytest.FixtureRequest) -> str:
    """A version of Python."""
    return str(request.param)


@pytest.fixture(scope="session")
def oldest(version: str, installed: Environment, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel with the oldest NumPy and Hypothesis, and pytest to try it with."""
    python = python_of(version)

    def make(folder: Path) -> None:
        environment = new_environment(folder, python)
        environment.install(*floors(version), *locked("pytest", "mpmath"))
        environment.install_wheel(*(installed.folder / "wheel").glob("*.whl"))

    return once(tmp_path_factory, f"oldest-{version}", make)


@pytest.mark.parametrize("source", [RIGHT, WRONG], ids=["right", "wrong"])
def test_the_oldest_versions_tell_right_from_wrong(oldest: Environment, tmp_path: Path, source: str) -> None:
    """`gradproof check`, with warnings as errors."""
    (tmp_path / "grads.py").write_text(source, encoding="utf-8")
    run = oldest.run("python", "-W", "error", "-m", "gradproof", "check", "grads.py", folder=tmp_path)
    assert run.returncode == (source is WRONG), run.stdout + run.stderr


def test_the_oldest_versions_print_what_readme_says(oldest: Environment, tmp_path: Path) -> None:
    """README's first example, to the letter."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (tmp_path / "example.py").write_text(blocks(readme, "python")[0], encoding="utf-8")
    run = oldest.run("python", "-W", "error", "example.py", folder=tmp_path)
    assert run.stdout == blocks(readme, "text")[0], run.stderr


def test_the_oldest_versions_pass_the_tests_of_the_checker(
    oldest: Environment, version: str, tmp_path: Path
) -> None:
    """The tests of the checker's core run against the wheel, with warnings as errors."""
    for name in CORE[version]:
        shutil.copy(ROOT / "tests" / f"test_{name}.py", tmp_path)
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text(SETTINGS, encoding="utf-8")
    run = oldest.run(
        *("python", "-m", "pytest", "--quiet", "--tb=short"),
        folder=tmp_path,
        variables={"HYPOTHESIS_PROFILE": "ci", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert run.returncode == 0, run.stdout
    assert int(re.findall(r"(\d+) passed", run.stdout)[-1]) > 100


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree as a repository of its own, as those who call the action or the hook get it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no checkout of git")
    folder = tmp_path_factory.mktemp("repository")
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file() and not name.startswith("reports/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    test_ci_recipes.git(folder, "init", "--quiet")
    test_ci_recipes.git(folder, "add", ".")
    test_ci_recipes.git(folder, "commit", "--quiet", "-m", "the working tree")
    return folder


def test_the_hook_works_in_the_environment_that_pre_commit_makes(
    installed: Environment, repository: Path, tmp_path: Path
) -> None:
    """pre-commit builds gradproof from its repository and runs it: a right file passes, a wrong one does not."""
    test_ci_recipes.git(tmp_path, "init", "--quiet")
    for name, source in {"right.py": RIGHT, "wrong.py": WRONG, "setup.py": "raise SystemExit(3)\n"}.items():
        (tmp_path / name).write_text(source, encoding="utf-8")
    test_ci_recipes.git(tmp_path, "add", ".")
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(repository), "gradproof", "--files"]
    for files, status in ((["right.py", "setup.py"], 0), (["right.py", "wrong.py"], 1)):
        run = subprocess.run(
            [*command, *files],
            cwd=tmp_path,
            env={**installed.variables, "PRE_COMMIT_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == status, run.stdout + run.stderr
    assert "diagnosis: factor 0.333" in run.stdout


@test_ci_recipes.needs_bash
def test_the_action_installs_itself(repository: Path, tmp_path: Path) -> None:
    """From its own folder, into a Python that has NumPy and Hypothesis and no gradproof."""
    environment = new_environment(tmp_path / "environment")
    environment.install(*locked("numpy", "hypothesis"), "pip")
    project = tmp_path / "project"
    project.mkdir()
    (project / "grads.py").write_text(WRONG, encoding="utf-8")
    job = test_ci_recipes.run_action(project, environment.variables, repository, targets="grads.py")
    assert job.outputs == {"status": "1", "right": "1", "wrong": "1", "unchecked": "0"}, job.printed
