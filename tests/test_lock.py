"""The lock: one version of everything for all supported Pythons, hashed, without the frameworks."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements" / "lock.txt").read_text(encoding="utf-8")
PINNED = re.compile(r"^([a-z0-9.-]+)==(\S+)(.*?)(?=^\S|\Z)", re.DOTALL | re.MULTILINE)


def faults(lock: str) -> list[str]:
    """What in a lock would install differently from one machine to another."""
    pins = [(name, rest) for name, _, rest in PINNED.findall(lock)]
    names = [name for name, _ in pins]
    return [
        *(f"{name} has two versions" for name in sorted(set(names)) if names.count(name) > 1),
        *(f"{name} has no hash" for name, rest in pins if "--hash=sha256:" not in rest),
        *(f"{name} is a framework" for name in names if name in ("torch", "jax", "jaxlib")),
        *(f"{line} names a place" for line in lock.splitlines() if "://" in line or line.startswith("--")),
    ]


def test_the_lock_pins_and_hashes_everything_once() -> None:
    """Each distribution has one version and its hashes, and no index stands in the file."""
    assert len(PINNED.findall(LOCK)) > 20
    assert faults(LOCK) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("numpy==1.26.4 \\\n    --hash=sha256:00\n", "numpy has two versions"),
        ("scratch==1.0\n", "scratch has no hash"),
        ("torch==2.13.0 \\\n    --hash=sha256:00\n", "torch is a framework"),
        ("--extra-index-url somewhere\n", "--extra-index-url somewhere names a place"),
    ],
)
def test_a_planted_fault_is_named(line: str, fault: str) -> None:
    """A lock with a second version, a missing hash, a framework or an index is told apart from a clean one."""
    assert fault in faults(LOCK + line)


def test_benchmarks_of_commits_run_on_the_locked_versions() -> None:
    """The versions in asv's matrix are those of the lock, so that a new NumPy is not taken for a faster gradproof."""
    locked = {name: version for name, version, _ in PINNED.findall(LOCK)}
    configuration = (ROOT / "benchmarks" / "asv.conf.json").read_text(encoding="utf-8")
    (matrix,) = re.findall(r'"req": \{(.*?)\}', configuration)
    environment = (ROOT / "benchmarks" / "environment.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r'"(\w+)": \["([^"]+)"\]', matrix)) | dict(
        re.findall(r"^([\w-]+)==(\S+)$", environment, re.MULTILINE)
    )
    for name, version in pinned.items():
        assert version == locked[name], name
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    experiments = extras["optional-dependencies"]["experiments"]
    assert {re.split(r"[^\w-]", requirement)[0] for requirement in experiments} <= set(pinned)
