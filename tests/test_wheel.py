"""What is built holds the four packages, typed, and nothing else at the top level."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EMPTY = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"  # of no bytes, as a wheel records it
PACKAGES = ("gradproof", "gradproof_benchmarks", "gradproof_experiments", "gradproof_reference")


def build(source: Path, target: Path, kind: str) -> Path:
    """Build `kind` (wheel or sdist) of `source` into `target` with the installed hatchling, offline."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(target)]
    dated = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    subprocess.run(command, cwd=source, check=True, capture_output=True, env=dated)
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
    """Whether a file belongs in a package: code, templates with their style and script, the schema and the values that two packages read, and the marker, no caches or settings of tools."""
    kinds = (".py", ".j2", ".css", ".js", "/py.typed", "_evidence/schema.json", "_self_check/exact.txt")
    return name.endswith(kinds) and "__pycache__" not in name


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


def description_of(wheel: Path) -> str:
    """The page that a package index shows of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return archive.read(metadata).decode("utf-8").partition("\n\n")[2]


def dead_links(page: str) -> list[str]:
    """Targets of links that lead nowhere outside of a checkout."""
    return [target for target in re.findall(r"\]\(([^)]*)\)", page) if not target.startswith(("https:", "#"))]


def test_the_wheel_holds_only_the_four_packages_each_typed(wheel: Path) -> None:
    """The wheel's top level is gradproof*, and a py.typed stands in each."""
    assert faults(files_of(wheel)) == []


def test_the_wheel_holds_every_module_of_the_four_packages(wheel: Path) -> None:
    """No module of a package is left behind, nor a template with its style and script."""
    roots = [ROOT / "reference", ROOT / "checks", ROOT / "experiments", ROOT / "benchmarks"]
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
    """Whoever packages gradproof from the sdist gets the same bytes, and the checks to try them with."""
    assert build(sdist, tmp_path, "wheel").read_bytes() == wheel.read_bytes()
    for path in ("tests/test_wheel.py", "checks/formulas", "conftest.py", "requirements/lock.txt"):
        assert (sdist / path).exists(), path


def test_an_sdist_is_the_same_bytes_when_it_is_built_again(sdist: Path, tmp_path: Path) -> None:
    """Neither the hour of the build nor the dates of the files get into an sdist."""
    built = []
    for date in (1.0e9, 1.5e9):
        for path in sdist.rglob("*"):
            os.utime(path, (date, date))
        built.append(build(sdist, tmp_path / str(date), "sdist").read_bytes())
    assert built[0] == built[1]


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_what_is_built_passes_the_checks_of_a_release(kind: str, tmp_path: Path) -> None:
    """Twine finds metadata and description as an index wants them, check-wheel-contents no file too many or few."""
    built = build(ROOT, tmp_path, kind)
    checks = [["twine", "check", "--strict", str(built)]]
    if kind == "wheel":
        checks += [["check_wheel_contents", str(built)]]
    for check in checks:
        run = subprocess.run(
            [sys.executable, "-m", *check], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr


def test_a_stray_file_does_not_pass_the_checks_of_a_release(wheel: Path, tmp_path: Path) -> None:
    """check-wheel-contents runs with the settings of pyproject.toml, and these leave it teeth."""
    planted = tmp_path / wheel.name
    with zipfile.ZipFile(wheel) as archive, zipfile.ZipFile(planted, "w") as more:
        for name in archive.namelist():
            recorded = f"gradproof/stray.py,{EMPTY},0\n".encode() if name.endswith("/RECORD") else b""
            more.writestr(name, archive.read(name) + recorded)
        more.writestr("gradproof/stray.py", "")
    command = [sys.executable, "-m", "check_wheel_contents", str(planted)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "gradproof/stray.py" in run.stdout


def test_the_page_of_an_index_is_readme_without_links_into_the_repository(wheel: Path) -> None:
    """README's links to files lead nowhere on an index: their words stay, the links go."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    page = description_of(wheel)
    assert dead_links(readme)
    assert dead_links(page) == []
    words = re.compile(r"\w+")
    assert words.findall(page) == words.findall(re.sub(r"\]\([^)]*\)", "", readme))


def test_links_that_lead_somewhere_stay() -> None:
    """Addresses and anchors are left in the description; relative targets, with or without an anchor, are not."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = "[a](https://example.org/x) [b](#b) [`c`](docs/c.md) [d](d.md#top)"
    assert module.description(page) == "[a](https://example.org/x) [b](#b) `c` d"


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
