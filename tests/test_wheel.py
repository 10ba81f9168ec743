"""What is built holds the three packages, typed, and nothing else at the top level."""

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("gradproof", "gradproof_experiments", "gradproof_reference")


def build(source: Path, target: Path, kind: str) -> Path:
    """Build `kind` (wheel or sdist) of `source` into `target` with the installed hatchling, offline."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (built,) = target.iterdir()
    return built


def files_of(wheel: Path) -> set[str]:
    """Names of the files in a wheel, without its own metadata."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def faults(files: set[str]) -> list[str]:
    """Files that no wheel of gradproof may hold, and the py.typed markers that one lacks."""
    foreign = [name for name in files if name.partition("/")[0] not in PACKAGES or not is_code(name)]
    missing = [f"{name}/py.typed is missing" for name in PACKAGES if f"{name}/py.typed" not in files]
    return sorted(foreign) + missing


def is_code(name: str) -> bool:
    """Whether a file belongs in a package: code, templates with their style and script, and the marker, no caches or settings of tools."""
    return name.endswith((".py", ".j2", ".css", ".js", "/py.typed")) and "__pycache__" not in name


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the working tree."""
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "wheel")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source distribution of the working tree, unpacked."""
    archive = build(ROOT, tmp_path_factory.mktemp("sdist"), "sdist")
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (unpacked,) = folder.iterdir()
    return unpacked


def test_the_wheel_holds_only_the_three_packages_each_typed(wheel: Path) -> None:
    """The wheel's top level is gradproof*, and a py.typed stands in each."""
    assert faults(files_of(wheel)) == []


def test_the_wheel_holds_every_module_of_the_three_packages(wheel: Path) -> None:
    """No module of a package is left behind, nor a template with its style and script."""
    roots = [ROOT / "reference", ROOT / "checks", ROOT / "experiments"]
    packages = [(root, package) for root in roots for package in root.glob("gradproof*")]
    modules = {
        path.relative_to(root).as_posix()
        for root, package in packages
        for path in package.rglob("*")
        if is_code(path.name) and "__pycache__" not in path.parts
    }
    assert modules <= files_of(wheel)


def test_the_wheel_bears_the_version_of_the_package(wheel: Path) -> None:
    """The wheel's version is the one that `gradproof.__version__` states."""
    code = "import gradproof; print(gradproof.__version__)"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert wheel.name.startswith(f"gradproof-{run.stdout.strip()}-")


def test_the_sdist_builds_the_same_wheel_and_holds_the_tests(
    wheel: Path, sdist: Path, tmp_path: Path
) -> None:
    """Whoever packages gradproof from the sdist gets the same files, and the checks to try them with."""
    assert files_of(build(sdist, tmp_path, "wheel")) == files_of(wheel)
    for path in ("tests/test_wheel.py", "checks/formulas", "conftest.py", "requirements/lock.txt"):
        assert (sdist / path).exists(), path


@pytest.mark.parametrize("stray", ["formulas/test_softmax.py", "conftest.py", "gradproof/ruff.toml"])
def test_a_stray_file_is_named(wheel: Path, tmp_path: Path, stray: str) -> None:
    """A wheel that a stray file got into is told apart from a clean one."""
    planted = tmp_path / wheel.name
    shutil.copy(wheel, planted)
    with zipfile.ZipFile(planted, "a") as archive:
        archive.writestr(stray, "")
    assert faults(files_of(planted)) == [stray]


def test_a_missing_marker_is_named(wheel: Path) -> None:
    """A wheel whose reference is not marked as typed is told apart from a clean one."""
    files = files_of(wheel) - {"gradproof_reference/py.typed"}
    assert faults(files) == ["gradproof_reference/py.typed is missing"]


def test_core_dependencies_are_numpy_and_hypothesis() -> None:
    """Checking a gradient needs no more than NumPy and Hypothesis; the rest are extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [requirement.partition(">=")[0] for requirement in project["dependencies"]] == [
        "numpy",
        "hypothesis",
    ]
