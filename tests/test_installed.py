"""What works in a checkout works where the wheel was installed, in an empty folder far from any checkout."""

import importlib.metadata
import json
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from installation import (
    BROKEN,
    FORGOTTEN_LINE,
    GRADIENTS,
    RIGHT,
    ROOT,
    UNREACHABLE,
    WRONG,
    Environment,
    blocks,
    new_environment,
)

STATUS = {"right": (RIGHT, 0), "wrong": (WRONG, 1), "broken": (BROKEN, 2), "empty": (GRADIENTS, 2)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds one module, with a right gradient and one that forgets its factor."""
    (tmp_path / "grads.py").write_text(WRONG, encoding="utf-8")
    return tmp_path


def test_nothing_of_the_checkout_is_in_reach(installed: Environment, tmp_path: Path) -> None:
    """The package comes from the environment, whose packages are NumPy, Hypothesis and what these need."""
    code = (
        "import gradproof, importlib.metadata as m; print(gradproof.__file__);"
        "print(*sorted({d.name for d in m.distributions()} - {'attrs', 'sortedcontainers'}))"
    )
    run = installed.run("python", "-W", "error", "-c", code, folder=tmp_path)
    place, packages = run.stdout.splitlines()
    assert Path(place).is_relative_to(installed.folder)
    assert packages == "gradproof hypothesis numpy"


def test_the_example_prints_what_readme_says(installed: Environment, tmp_path: Path) -> None:
    """README's first example runs where nothing but gradproof was installed, and prints the block that follows."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (tmp_path / "example.py").write_text(blocks(readme, "python")[0], encoding="utf-8")
    run = installed.run("python", "-W", "error", "example.py", folder=tmp_path)
    assert run.stdout == blocks(readme, "text")[0], run.stderr


@pytest.mark.parametrize("command", [["gradproof"], ["python", "-m", "gradproof"]], ids=["script", "module"])
def test_the_command_tells_its_version_and_its_subcommands(
    installed: Environment, tmp_path: Path, command: list[str]
) -> None:
    """As a script and as a module; each subcommand that an entry point promises is listed."""
    version = installed.run(*command, "--version", folder=tmp_path)
    assert version.stdout.split() == ["gradproof", importlib.metadata.version("gradproof")]
    listed = installed.run(*command, "--help", folder=tmp_path)
    assert listed.returncode == 0
    for point in importlib.metadata.entry_points(group="gradproof.commands"):
        assert f" {point.name} " in listed.stdout.replace("\n", " "), point.name


@pytest.mark.parametrize("case", STATUS)
def test_the_exit_status_says_what_became_of_the_gradients(
    installed: Environment, tmp_path: Path, case: str
) -> None:
    """0 where all are right, 1 where one is wrong, 2 where one could not be checked or there is none."""
    source, status = STATUS[case]
    (tmp_path / "grads.py").write_text(source, encoding="utf-8")
    run = installed.run("gradproof", "check", "grads", folder=tmp_path)
    assert run.returncode == status, run.stdout + run.stderr
    assert "site-packages" not in run.stderr


def test_one_run_writes_every_format(installed: Environment, folder: Path) -> None:
    """All formats come from the wheel alone: no template, schema or style was left behind."""
    suffixes = (".json", ".xml", ".sarif", ".md", ".html", ".txt")
    reports = [part for suffix in suffixes for part in ("--report", f"report{suffix}")]
    run = installed.run(
        "gradproof", "check", "grads.py", "--format", "github", "--seed", "0", *reports, folder=folder
    )
    assert run.returncode == 1, run.stderr
    assert f"::error file=grads.py,line={FORGOTTEN_LINE}," in run.stdout
    texts = {suffix: (folder / f"report{suffix}").read_text(encoding="utf-8") for suffix in suffixes}
    assert json.loads(texts[".json"])["counts"] == {"right": 1, "wrong": 1, "unchecked": 0, "expected": 0}
    assert len(ET.fromstring(texts[".xml"]).findall(".//testcase/failure")) == 1  # noqa: S314  our own
    (result,) = json.loads(texts[".sarif"])["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == FORGOTTEN_LINE
    assert "| bad" in texts[".md"].replace("`", "")
    assert texts[".html"].lower().startswith("<!doctype html")
    assert "1 of 2 gradients are right" in texts[".txt"]


def test_evidence_holds_until_the_gradient_is_mended(installed: Environment, folder: Path) -> None:
    """What `check` keeps, `replay` computes again: it holds, and no longer once the gradient is another."""
    installed.run("gradproof", "check", "grads.py", "--evidence", "kept", folder=folder)
    again = installed.run("gradproof", "replay", "kept", folder=folder)
    assert again.returncode == 0, again.stdout + again.stderr
    mended = WRONG.replace("return w**2", "return 3 * w**2")
    (folder / "grads.py").write_text(mended, encoding="utf-8")
    again = installed.run("gradproof", "replay", "kept", folder=folder)
    assert again.returncode == 1, again.stdout + again.stderr


def test_planted_errors_are_caught(installed: Environment, tmp_path: Path) -> None:
    """`mutate` plants its errors in the user's gradient, and each is caught."""
    (tmp_path / "grads.py").write_text(RIGHT, encoding="utf-8")
    run = installed.run("gradproof", "mutate", "grads.py", folder=tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_cause_is_explained(installed: Environment, tmp_path: Path) -> None:
    """The words that a report uses are explained, and a word that it does not use is refused."""
    run = installed.run("gradproof", "explain", "factor", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "factor" in run.stdout
    assert installed.run("gradproof", "explain", "luck", folder=tmp_path).returncode == 2


def test_the_self_test_runs(installed: Environment, tmp_path: Path) -> None:
    """The planted errors and exact derivatives of the self-test are in the wheel."""
    run = installed.run("gradproof", "self-test", "--quick", folder=tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("command", ["run", "list", "verify", "report"])
def test_what_needs_an_extra_says_which(installed: Environment, tmp_path: Path, command: str) -> None:
    """The experiments' commands end with 2 and the way to install what they need, without a traceback."""
    run = installed.run("gradproof", command, folder=tmp_path)
    assert run.returncode == 2
    assert "[experiments]" in run.stderr
    assert "Traceback" not in run.stderr


def test_completion_needs_its_extra(installed: Environment, equipped: Environment, tmp_path: Path) -> None:
    """With shtab there is a script for bash; without it, the way to install it."""
    without = installed.run("gradproof", "completion", "bash", folder=tmp_path)
    assert without.returncode == 2
    assert "[completion]" in without.stderr
    script = equipped.run("python", "-m", "gradproof", "completion", "bash", folder=tmp_path)
    assert script.returncode == 0, script.stderr
    assert "complete " in script.stdout


def test_the_pytest_plugin_is_there_and_quiet(equipped: Environment, tmp_path: Path) -> None:
    """A run that checks no gradient shows no more than the plugin's name; the marker is known."""
    (tmp_path / "test_nothing.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
    run = equipped.run("python", "-m", "pytest", "-W", "error", folder=tmp_path)
    assert run.returncode == 0, run.stdout
    (head,) = [line for line in run.stdout.splitlines() if "gradproof" in line and "rootdir" not in line]
    assert head.startswith("plugins: ")
    markers = equipped.run("python", "-m", "pytest", "--markers", folder=tmp_path)
    assert "@pytest.mark.gradproof" in markers.stdout


def test_a_wrong_gradient_fails_its_test(equipped: Environment, folder: Path) -> None:
    """In a test a wrong gradient fails, and a right one passes."""
    test = "import grads\nimport gradproof as gp\n\ntest_gradients = gp.gradient_tests(grads)\n"
    (folder / "test_grads.py").write_text(test, encoding="utf-8")
    run = equipped.run("python", "-m", "pytest", "-W", "error", folder=folder)
    assert run.returncode == 1, run.stdout
    assert "1 failed, 1 passed" in run.stdout
    assert "diagnosis: factor 0.333" in run.stdout


def test_an_index_that_does_not_answer_is_told_from_a_package_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first skips these tests and says why; the second would be a fault of the requirements, and fails them."""
    environment = new_environment(tmp_path / "environment", sys.executable)
    with pytest.raises(AssertionError, match="No matching distribution"):
        environment.install("numpy==0.0.0.dev0")
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(pytest.skip.Exception, match="the package index cannot be reached"):
        environment.install("numpy==0.0.0.dev0")
    assert not UNREACHABLE.search("ERROR: No matching distribution found for numpy==0.0.0.dev0")
