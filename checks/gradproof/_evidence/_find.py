"""The gradient that evidence is about: its module, from where one is now, and the declaration of its name."""

from __future__ import annotations

import difflib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from gradproof._collection import declared_by, load, operations
from gradproof._differentiable import Differentiable
from gradproof._evidence._arrays import DamagedError

# One of these stands in the folder of a project, and in none above it.
_ROOTS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")


def declared(target: str, name: str, beside: Path) -> tuple[Differentiable, str]:
    """Return the declared gradient of a name, and the file of its module, which may be another than it was.

    Parameters
    ----------
    target : str
        The module, as it was asked for.
    name : str
    beside : Path
        The evidence file: where the current folder holds no such module, it is looked for in the folders above,
        up to that of the project; where no folder is one of a project, in the folder of the file and the one above.

    Raises
    ------
    DamagedError
        Where there is none.
    """
    module = _loaded(_module_of(target), beside)
    private = _private(module)
    try:
        found = {operation.name: operation for operation in operations(module)}
    except (TypeError, ValueError) as error:
        if name in private:
            return private[name], _file(module)
        raise DamagedError(f"{target} must declare {name}; got {error}{_at(module)}") from error
    found = {**private, **found}
    if name not in found:
        near = difflib.get_close_matches(name, found, 1, 0.0)
        raise DamagedError(
            f"{target} must declare {name!r}; got none of that name{_at(module)}. The nearest is {near[0]!r}."
        )
    return found[name], _file(module)


def _private(module: ModuleType) -> dict[str, Differentiable]:
    """Return what stands under private names, which `check` examines where it is asked for by its name."""
    private = [value for name, value in vars(module).items() if name.startswith("_")]
    return {operation.name: operation for value in private for operation in declared_by(value)}


def _at(module: ModuleType) -> str:
    """Return where a module was loaded from, to be put behind a sentence: another may go by the name."""
    return f" (loaded from {_file(module)})" if _file(module) else ""


def _file(module: ModuleType) -> str:
    return str(getattr(module, "__file__", None) or "")


def _module_of(target: str) -> str:
    """Return a target without the name of a declaration that may follow after a colon; `C:` is none."""
    module, colon, name = target.rpartition(":")
    return module if colon and not set(name) & set("/\\") else target


def _loaded(target: str, beside: Path) -> ModuleType:
    try:
        return _from_path(target, beside) if target.endswith(".py") else _from_name(target, beside)
    except DamagedError:
        raise
    except (Exception, SystemExit) as error:  # the module is the user's: it may raise anything
        origin = _origin(target, beside)
        where = f" from {origin}" if origin else ""
        raise DamagedError(f"{target} must be a module that loads; got {error!r}{where}.") from error


def _origin(target: str, beside: Path) -> str | None:
    """Return the file of a module that does not load, or of the package that it is in."""
    if target.endswith(".py"):
        return next((str(path) for path in _candidates(target, beside) if path.is_file()), None)
    try:
        spec = importlib.util.find_spec(target.partition(".")[0])
    except (ImportError, ValueError):
        return None
    return spec.origin if spec else None


def _from_path(target: str, beside: Path) -> ModuleType:
    for path in _candidates(target, beside):
        if path.is_file():
            module = load(str(path))
            loaded = Path(str(module.__file__)).resolve()
            if loaded != path.resolve():
                raise DamagedError(
                    f"{target} must be loaded by itself; got {loaded}, a module of the same name. Replay it by itself."
                )
            return module
    raise DamagedError(
        f"{target} must be a file, as seen from {_looked_in(beside)}; got none. "
        "Change to where it is, or name it with --module."
    )


def _from_name(target: str, beside: Path) -> ModuleType:
    top = target.partition(".")[0]
    try:
        return load(target)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{target}.".startswith(f"{error.name}."):
            raise  # something that the module itself imports
        for folder in _folders(beside):
            if (folder / top).is_dir() or (folder / f"{top}.py").is_file():
                sys.path.insert(0, str(folder))
                return load(target)
        raise DamagedError(
            f"{target} must be a module, as seen from {_looked_in(beside)}; got none. "
            "Change to where it is, or name it with --module."
        ) from error


def _candidates(target: str, beside: Path) -> Iterator[Path]:
    return (folder / target for folder in _folders(beside))


def _looked_in(beside: Path) -> str:
    return " or ".join(dict.fromkeys(map(str, _folders(beside))))


def _folders(beside: Path) -> Iterator[Path]:
    """Yield where a module is looked for; what stands above the project of the evidence is another's, and not imported."""
    yield Path.cwd()
    above = beside.resolve().parents
    root = next((i for i, folder in enumerate(above) if _is_root(folder)), 1)
    yield from above[: root + 1]


def _is_root(folder: Path) -> bool:
    return any((folder / name).exists() for name in _ROOTS)
