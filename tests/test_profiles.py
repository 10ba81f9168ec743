"""The Hypothesis profiles of the root conftest.py: what each does, and who chooses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRATCH = """
from hypothesis import settings

def test_show():
    s = settings.default
    print("profile:", settings.get_current_profile_name(), s.derandomize, s.max_examples, s.database is not None)
"""


def run(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a scratch test under the root conftest.py, in an environment that chooses no profile by itself."""
    (folder / "test_scratch.py").write_text(SCRATCH)
    bare = {name: value for name, value in os.environ.items() if name not in ("CI", "HYPOTHESIS_PROFILE")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-s",
        "-p",
        "conftest",
        f"--rootdir={folder}",
        "--config-file=/dev/null",
    ]
    return subprocess.run(
        [*command, *options, str(folder)],
        cwd=ROOT,
        env=bare | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "options", "shown"),
    [
        ({}, [], "dev False 50 True"),
        ({"CI": "true"}, [], "ci True 100 False"),
        ({"HYPOTHESIS_PROFILE": "ci"}, [], "ci True 100 False"),
        ({"CI": "true", "HYPOTHESIS_PROFILE": "nightly"}, [], "nightly False 2000 True"),
        ({"HYPOTHESIS_PROFILE": "nightly"}, ["--hypothesis-profile=dev"], "dev False 50 True"),
    ],
)
def test_the_profile_is_chosen_by_option_then_variable_then_ci(
    environment: dict[str, str], options: list[str], shown: str, tmp_path: Path
) -> None:
    """The option of pytest has the last word, then HYPOTHESIS_PROFILE, then CI; dev otherwise."""
    finished = run(tmp_path, *options, **environment)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert f"profile: {shown}\n" in finished.stdout


def test_an_unknown_profile_is_rejected_with_the_known_ones(tmp_path: Path) -> None:
    """A misspelt HYPOTHESIS_PROFILE stops the run, and names what there is."""
    finished = run(tmp_path, HYPOTHESIS_PROFILE="nightlly")
    assert finished.returncode == pytest.ExitCode.USAGE_ERROR
    assert "must be one of dev, ci, quick, nightly; got HYPOTHESIS_PROFILE=nightlly" in finished.stderr
