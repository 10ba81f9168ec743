"""The score of a whole test suite: pytest runs once for every planted error, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from gradproof._collection import load, operations
from gradproof._differentiable import Differentiable
from gradproof._mutate._plugin import VARIABLE
from gradproof._mutate._report import MutationReport, PlantedError
from gradproof._mutate._score import error_names, outcome_of
from gradproof._options import DEFAULT_RESOLUTION

# pytest's own exit statuses: tests failed, and all passed.
_PASSED, _FAILED = 0, 1


class SuiteError(RuntimeError):
    """A test suite that says nothing about a gradient: it does not pass, or pytest cannot run it."""


def mutate_suite(
    module: str,
    pytest_arguments: Sequence[str],
    *,
    smallest: float = DEFAULT_RESOLUTION,
    errors: Iterable[str] | None = None,
    operations_named: Collection[str] | None = None,
) -> MutationReport:
    """Plant every error in every declared gradient of a module, and run a test suite on each.

    Parameters
    ----------
    module : str
        Name, or path of the file, of the module that declares the gradients.
    pytest_arguments : sequence of str
        What to run; ``-x`` is added, since one failure is enough.
    smallest, errors
        As for `mutate`.
    operations_named : collection of str, optional
        The declared gradients to plant errors in; all by default.

    Raises
    ------
    SuiteError
        Where the suite does not pass before anything is planted, or pytest cannot run it.
    """
    names = error_names(errors)
    done = _pytest(pytest_arguments, {})
    if done.returncode != _PASSED:
        raise SuiteError(
            f"the tests must pass before errors are planted; got exit status {done.returncode} of pytest "
            f"{' '.join(pytest_arguments)}. Mend them first.\n{_tail(done)}"
        )
    planted = [
        _planted(module, operation, name, pytest_arguments, smallest)
        for operation in operations(load(module))
        if operations_named is None or operation.name in operations_named
        for name in names
    ]
    return MutationReport(f"pytest {' '.join(pytest_arguments)}", tuple(planted))


def _planted(
    module: str, operation: Differentiable, name: str, arguments: Sequence[str], smallest: float
) -> PlantedError:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seen.json"
        task = {"module": module, "operation": operation.name, "error": name, "seen": str(path)}
        done = _pytest(["-p", "gradproof._mutate._plugin", *arguments], {VARIABLE: json.dumps(task)})
        seen = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if done.returncode not in {_PASSED, _FAILED} or not seen:
        raise SuiteError(
            f"pytest must run with {name!r} planted in {operation.name}; got exit status {done.returncode}.\n{_tail(done)}"
        )
    caught = done.returncode == _FAILED
    if not seen["calls"]:
        # The tests do not reach the gradient at all, so nothing in them guards it.
        return PlantedError(operation.name, name, float("nan"), "survived", "the gradient was never called")
    how = _tail(done, 1) if caught else None
    return PlantedError(
        operation.name, name, seen["size"], outcome_of(seen["size"], how, smallest), how or ""
    )


def _pytest(arguments: Sequence[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    # The other process must import the very modules that this one found.
    path = os.pathsep.join([str(Path.cwd()), *filter(None, sys.path)])
    return subprocess.run(  # noqa: S603  the arguments are the user's own, on the user's own command line
        [sys.executable, "-m", "pytest", "-x", "-q", *arguments],
        env=os.environ | {"PYTHONPATH": path} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _tail(done: subprocess.CompletedProcess[str], lines: int = 20) -> str:
    return "\n".join((done.stdout + done.stderr).strip().splitlines()[-lines:])
