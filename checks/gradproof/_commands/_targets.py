"""What the commands are asked to look at: modules, files and folders, and single gradients in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from gradproof._collection import NothingDeclaredError, declared_by, load, operations
from gradproof._differentiable import Differentiable
from gradproof._near import did_you_mean

# A file below a folder is imported only if its text has this word: importing any other may do anything.
_WORD = b"Differentiable"
# Folders that hold no code of the project.
_NOT_ENTERED = {"__pycache__", "node_modules", "build", "dist", "venv"}
_LISTED = 20


class TargetError(Exception):
    """A target that leads to nothing: no such module, no such name in it, or none declared."""


class BrokenModuleError(Exception):
    """A module that is there and cannot be imported; its cause is the user's own error."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.shown)
        self.source = source


class AmbiguousNameError(TargetError):
    """A module that declares two gradients under one name."""


class Source(NamedTuple):
    """A module that declares gradients.

    Attributes
    ----------
    shown : str
        As it was asked for.
    module : str
        What `load` takes, from any folder.
    name : str
        A variable or a declared name; empty for all that it declares.
    """

    shown: str
    module: str
    name: str = ""


def sources(target: str, *, only_declaring: bool = False) -> tuple[Source, ...]:
    """Return the modules that a target names.

    Parameters
    ----------
    target : str
        package.module, folder/file.py or a folder, and :name after a module or a file.
    only_declaring : bool
        Leave out a file that does not speak of Differentiable, as is done within a folder.

    Raises
    ------
    TargetError
        Where there is no such file or folder, or a folder has no file that declares.
    """
    if not target.strip():
        raise TargetError(
            f"a target must name a module, a file or a folder; got {target!r}. For this folder write `.`."
        )
    place, name = (target, "") if Path(target).is_file() else _split(target)
    path = Path(place)
    if place.endswith(".py"):
        if not path.is_file():
            raise TargetError(f"a target must be there; got {target!r}, and there is no such file.")
        left_out = only_declaring and not _speaks_of_gradients(path)
        return () if left_out else (Source(place, str(path.resolve()), name),)
    if not _is_folder(place, path):
        return (Source(place, place, name),)
    if name:
        raise TargetError(f"only a module or a file can be followed by :name; got {target!r}. Name the file.")
    if not path.is_dir():
        raise TargetError(f"a target must be there; got {target!r}, and there is no such folder.")
    found = tuple(Source(file.as_posix(), str(file.resolve())) for file in _declaring_files(path))
    if not found and not only_declaring:
        raise TargetError(f"a folder must hold a file that declares a Differentiable; got {target!r}.")
    return found


def declared_in(source: Source) -> tuple[Differentiable, ...]:
    """Import a module and return what it declares, or what goes by the name that was asked for.

    Raises
    ------
    TargetError
        Where there is no such module, nothing in it by that name, or two gradients go by one.
    NothingDeclaredError
        Where it declares none.
    BrokenModuleError
        Where importing it raises; the cause is the error.
    """
    module = _imported(source)
    if source.name:
        return _named(module, source)
    try:
        return operations(module)
    except NothingDeclaredError:
        raise
    except ValueError as error:
        raise AmbiguousNameError(f"{source.shown}: {error}") from error


def _split(target: str) -> tuple[str, str]:
    """Part folder/file.py:name at its colon: not that of a drive, and two colons count as one, as for pytest."""
    drive = target[:2] if target[1:3] in {":\\", ":/"} else ""
    place, _, name = target[len(drive) :].partition(":")
    return drive + place, name.removeprefix(":")


def _is_folder(place: str, path: Path) -> bool:
    """Tell a folder from a module: a package named without a slash is the module."""
    separators = {"/", os.sep}
    if any(separator in place for separator in separators) or place in {".", ".."}:
        return True
    return path.is_dir() and not (path / "__init__.py").is_file()


def _declaring_files(folder: Path) -> Iterator[Path]:
    for place, inside, files in os.walk(folder):
        inside[:] = sorted(name for name in inside if _is_entered(Path(place, name)))
        for name in sorted(files):
            path = Path(place, name)
            if _is_code(path) and _speaks_of_gradients(path):
                yield path


def _is_code(path: Path) -> bool:
    """Tell code from what an editor leaves, hidden, beside a file that is being changed, and from links to nowhere."""
    return path.suffix == ".py" and not path.name.startswith(".") and path.is_file()


def _is_entered(folder: Path) -> bool:
    hidden = folder.name.startswith(".") or folder.name in _NOT_ENTERED
    return not hidden and not (folder / "pyvenv.cfg").is_file()


def _speaks_of_gradients(path: Path) -> bool:
    try:
        return _WORD in path.read_bytes()
    except OSError:
        return True  # importing it will say why it cannot be read


def _imported(source: Source) -> ModuleType:
    try:
        return load(source.module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the module is the user's: it may raise anything, or exit
        if isinstance(error, ModuleNotFoundError) and _is_missing(source.module, error.name):
            raise TargetError(
                f"a target must be a module that can be imported from here; got {source.shown!r}: {error}. "
                "For a file write folder/file.py."
            ) from error
        raise BrokenModuleError(source) from error


def _is_missing(module: str, missing: str | None) -> bool:
    """Tell a module that is not there from one that imports something that is not."""
    return missing is not None and (module == missing or module.startswith(f"{missing}."))


def _named(module: ModuleType, source: Source) -> tuple[Differentiable, ...]:
    variable = declared_by(vars(module).get(source.name))
    if variable:
        return variable
    try:
        declared = operations(module)
    except ValueError:
        declared = ()
    named = tuple(operation for operation in declared if operation.name == source.name)
    if named:
        return named
    raise TargetError(_unknown(module, source, declared))


def _unknown(module: ModuleType, source: Source, declared: Iterable[Differentiable]) -> str:
    variables = [name for name, value in vars(module).items() if declared_by(value)]
    known = list(dict.fromkeys([*variables, *(operation.name for operation in declared)]))
    near = did_you_mean(source.name, known)
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    there = f"There are {', '.join(known[:_LISTED])}{more}." if known else "It declares no gradient at all."
    return f"a name must be declared in {source.shown}; got {source.name!r}.{near} {there}"
