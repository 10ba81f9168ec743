"""Who may import whom: the reference knows NumPy only, and `import gradproof` stays light."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {
    *("pandas", "matplotlib", "torch", "jax", "hypothesis", "pytest", "rich", "scipy", "sklearn"),
    *("gradproof_experiments", "gradproof_reference"),
}
LOAD_ALL = """
import pkgutil, sys
before = set(sys.modules)
import gradproof_reference as package
for module in pkgutil.walk_packages(package.__path__, "gradproof_reference."):
    __import__(module.name)
found = {name.partition(".")[0] for name in set(sys.modules) - before if sys.modules[name].__spec__}
print(*found - sys.stdlib_module_names)  # without a spec: what Cython registers for itself
"""


def printed(code: str, *, folder: Path = ROOT) -> set[str]:
    """Words that `code` prints in a fresh interpreter whose path starts with `folder`."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def loaded_by(module: str, *, folder: Path = ROOT) -> set[str]:
    """Top-level names in sys.modules of a fresh interpreter that has run `import module` and nothing else."""
    code = f"import sys, {module}; print(*(name.partition('.')[0] for name in sys.modules))"
    return printed(code, folder=folder)


def import_faults(code: str, path: str) -> set[str]:
    """Rules on imports that ruff finds broken by `code`, if it stood in the file `path` of this repository."""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--output-format=json",
        f"--stdin-filename={ROOT / path}",
        "-",
    ]
    run = subprocess.run(command, cwd=ROOT, input=code, capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stderr
    broken = {found["code"] for found in json.loads(run.stdout)}
    return broken & {"TID251", "TID253", "PLC0415", "invalid-syntax"}


def test_every_module_of_the_reference_loads_numpy_and_nothing_else() -> None:
    """All of gradproof_reference, loaded in a fresh interpreter, brings in NumPy and the standard library."""
    assert printed(LOAD_ALL) == {"gradproof_reference", "numpy"}


def test_import_gradproof_is_light() -> None:
    """`import gradproof` loads no table, figure, framework, search or experiment library."""
    assert loaded_by("gradproof") & HEAVY == set()


def test_a_heavy_import_is_seen_in_a_fresh_interpreter(tmp_path: Path) -> None:
    """The planted fault of the test above: a module that imports pandas is seen to load it."""
    (tmp_path / "scratch.py").write_text("import pandas\n")
    assert "pandas" in loaded_by("scratch", folder=tmp_path) & HEAVY


@pytest.mark.parametrize(
    "banned", sorted(HEAVY - {"gradproof_reference"} | {"gradproof", "joblib", "mpmath"})
)
def test_ruff_rejects_every_other_library_in_the_reference(banned: str) -> None:
    """A module of the reference cannot import a banned name, at its top or inside a function."""
    path = "reference/gradproof_reference/scratch.py"
    assert "TID251" in import_faults(f"import {banned}\n", path)
    assert "TID251" in import_faults(f"def f():\n    from {banned}.some import thing\n", path)


@pytest.mark.parametrize("lazy", ["hypothesis", "jax", "matplotlib", "pandas", "torch"])
def test_ruff_lets_the_checker_load_libraries_only_when_used(lazy: str) -> None:
    """The checker may import a heavy library inside a function, and not at a module's top."""
    path = "checks/gradproof/scratch.py"
    assert import_faults(f"import {lazy}\n", path) == {"TID253"}
    assert import_faults(f"def f():\n    import {lazy}\n", path) == set()


@pytest.mark.parametrize("above", ["gradproof_reference", "gradproof_experiments"])
def test_ruff_keeps_the_checker_below_reference_and_experiments(above: str) -> None:
    """The checker imports neither the reference nor the experiments, not even inside a function."""
    assert "TID251" in import_faults(f"def f():\n    import {above}\n", "checks/gradproof/scratch.py")


@pytest.mark.parametrize(
    "banned", ["gradproof_reference", "gradproof_experiments", "benchmarks", "pandas", "scipy"]
)
def test_ruff_keeps_the_gate_from_what_it_measures(banned: str) -> None:
    """The gate runs any project's suite: it imports the checker's helpers, and neither the reference nor ours."""
    path = "benchmarks/gradproof_benchmarks/scratch.py"
    assert "TID251" in import_faults(f"def f():\n    import {banned}\n", path)
    assert import_faults("import gradproof\nimport numpy\n", path) == set()


@pytest.mark.parametrize("lazy", ["asv", "asv_runner"])
def test_ruff_lets_the_gate_load_asv_only_when_used(lazy: str) -> None:
    """`gradproof bench --help` works without asv."""
    path = "benchmarks/gradproof_benchmarks/scratch.py"
    assert import_faults(f"import {lazy}\n", path) == {"TID253"}
    assert import_faults(f"def f():\n    import {lazy}\n", path) == set()


def test_the_command_of_the_gate_is_light() -> None:
    """What `gradproof bench --help` loads brings in no asv, and no NumPy but the checker's."""
    assert loaded_by("gradproof_benchmarks.command_line") & (HEAVY | {"asv", "asv_runner"}) == set()


def test_ruff_lets_the_experiments_import_both() -> None:
    """The experiments stand on top: they may import the reference, the checker and pandas."""
    code = "import gradproof\nimport gradproof_reference\nimport pandas\n"
    assert import_faults(code, "experiments/gradproof_experiments/scratch.py") == set()
