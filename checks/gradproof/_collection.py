"""Where gradients are declared: modules, and collections of `Differentiable`."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from gradproof._differentiable import Differentiable


class NothingDeclaredError(ValueError):
    """A module or a collection that holds no gradient."""


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
        raise NothingDeclaredError(
            f"{where} must hold at least one Differentiable; got none. Declare one there."
        )
    twice = [operation.name for operation in found if unique[operation.name] is not operation]
    if twice:
        raise ValueError(f"names must differ in {where}; got {twice[0]!r} twice. Pass name=.")
    return tuple(unique.values())


def declared_by(value: Any) -> tuple[Differentiable, ...]:
    """Return the gradients that the value of one variable declares: itself, or what it collects."""
    return tuple(part for part in _parts(value) if isinstance(part, Differentiable))


def _in_module(module: ModuleType) -> Iterator[Differentiable]:
    for name, value in list(vars(module).items()):
        if not name.startswith("_"):
            yield from declared_by(value)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else (value,)


def load(name: str) -> ModuleType:
    """Import a module by its name, as seen from the current folder, or by the path of its file.

    A file is imported under the name by which other modules import it, so that both see the same functions; in a
    package that is its dotted name. Where that name is taken by another file it gets a name of its own.

    Raises
    ------
    ImportError
        Where there is none.
    """
    if not name.endswith(".py"):
        _see(Path.cwd())
        return importlib.import_module(name)
    path = Path(name).resolve()
    if not path.is_file():
        raise ModuleNotFoundError(
            f"a module must be there; got {name!r}, and there is no such file.", name=name
        )
    root, dotted = _dotted(path)
    _see(root)
    if _holds(sys.modules.get(dotted), path):
        return sys.modules[dotted]
    if "." not in path.stem and dotted not in sys.modules and _found_at(dotted) == path:
        return importlib.import_module(dotted)
    return _alone(path)


def _see(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def _dotted(path: Path) -> tuple[Path, str]:
    """Return the folder to import a file from, and its name from there, through the packages that it stands in."""
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts)


def _holds(module: ModuleType | None, path: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).resolve() == path


def _found_at(dotted: str) -> Path | None:
    """Return the file that an import of this name would read; None where it is another kind of module, or none."""
    importlib.invalidate_caches()
    spec = importlib.util.find_spec(dotted)
    return Path(spec.origin).resolve() if spec is not None and spec.has_location and spec.origin else None


def _alone(path: Path) -> ModuleType:
    """Import a file under a name that no other has: two folders may each hold a grads.py."""
    name = f"{path.stem}_{zlib.crc32(str(path).encode()):08x}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"a module must be a Python file; got {str(path)!r}.", name=name)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
