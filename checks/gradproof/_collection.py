"""Where gradients are declared: modules, and collections of `Differentiable`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from gradproof._differentiable import Differentiable


def operations(source: ModuleType | Iterable[Differentiable]) -> tuple[Differentiable, ...]:
    """Return the declared gradients of a module or collection, each once, in order.

    Parameters
    ----------
    source : module or iterable of Differentiable
        Of a module, its public names and the lists, tuples and dicts that stand there.

    Raises
    ------
    TypeError
        Where a collection holds something else.
    ValueError
        Where there are none, or two go by one name.
    """
    found = list(_in_module(source) if isinstance(source, ModuleType) else source)
    where = source.__name__ if isinstance(source, ModuleType) else "the collection"
    for operation in found:
        if not isinstance(operation, Differentiable):
            raise TypeError(
                f"{where} must hold Differentiable; got {operation!r}. Wrap it: Differentiable(f, grad, args=…)."
            )
    unique = {operation.name: operation for operation in found}
    if not found:
        raise ValueError(f"{where} must hold at least one Differentiable; got none. Declare one there.")
    twice = [operation.name for operation in found if unique[operation.name] is not operation]
    if twice:
        raise ValueError(f"names must differ in {where}; got {twice[0]!r} twice. Pass name=.")
    return tuple(unique.values())


def _in_module(module: ModuleType) -> Iterator[Differentiable]:
    for name, value in list(vars(module).items()):
        if not name.startswith("_"):
            yield from (part for part in _parts(value) if isinstance(part, Differentiable))


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else (value,)


def load(name: str) -> ModuleType:
    """Import a module by its name, as seen from the current folder, or by the path of its file.

    Raises
    ------
    ImportError
        Where there is none.
    """
    folder = str(Path.cwd())
    if name.endswith(".py"):
        path = Path(name).resolve()
        folder, name = str(path.parent), path.stem
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module(name)
