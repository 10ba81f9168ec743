"""A pytest plugin that plants one error in one gradient before any conftest.py or test module is imported.

`gradproof mutate MODULE --tests` runs pytest once for each error, with ``-p gradproof._mutate._plugin`` and the error
in the environment. The `grad` of every `Differentiable` that has the gradient becomes the wrong one, and so does every
name of a loaded module that is this very function; what tests import afterwards is wrong from the start. What a class,
a closure or a container took hold of before stays right.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from gradproof._collection import load, operations
from gradproof._mutate import _library, _stateful  # noqa: F401  they fill the register of errors
from gradproof._mutate._mutant import Mutant

VARIABLE = "GRADPROOF_MUTANT"
"""The environment variable that holds module, operation, error and the file for what was seen, as JSON."""

# Changing the names of a library would change whatever else uses it.
_NEVER = {"builtins", "gradproof", "numpy", "scipy"}


def plant(task: dict[str, str]) -> Mutant:
    """Plant the error of a task, and return the wrong gradient."""
    found = operations(load(task["module"]))
    right = next(operation for operation in found if operation.name == task["operation"]).grad
    if right is None:
        raise TypeError(f"errors are planted in a gradient; got grad=None of {task['operation']}. Pass one.")
    mutant = Mutant(right, task["error"])
    for operation in found:
        if operation.grad is right:
            # Declarations are frozen, and everyone who imports this one must get the wrong gradient.
            object.__setattr__(operation, "grad", mutant)
    if _root(getattr(right, "__module__", None)) not in _NEVER:
        for module in list(sys.modules.values()):
            for name in [name for name, value in list(_names(module).items()) if value is right]:
                setattr(module, name, mutant)
    return mutant


def _root(module: str | None) -> str:
    return (module or "builtins").partition(".")[0]


def _names(module: Any) -> dict[str, Any]:
    return {} if _root(getattr(module, "__name__", None)) in _NEVER else vars(module)


_task: dict[str, str] | None = json.loads(os.environ.get(VARIABLE, "null"))
# At import, not in a hook: pytest imports its first conftest.py before it calls one.
_mutant = None if _task is None else plant(_task)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write how often the wrong gradient was called, and how wrong it was."""
    del config
    if _task is not None and _mutant is not None:
        seen = {"calls": _mutant.calls, "size": _mutant.size}
        Path(_task["seen"]).write_text(json.dumps(seen), encoding="utf-8")
