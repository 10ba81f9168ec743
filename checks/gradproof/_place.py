"""Where the source of a function stands, for annotations in other people's CI."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gradproof._results import Place

# Where a wrapper keeps what it wraps: functools.wraps, JAX and torch; numba; NumPy's vectorize.
_INWARD = ("__wrapped__", "py_func", "pyfunc")
_DEEPEST = 50


def place_of(function: Callable[..., Any] | None) -> Place | None:
    """Return the file and line where a function is written, through decorators, partials, methods and callable objects.

    Parameters
    ----------
    function : callable or None
        Of an object that is called, its ``__call__``; of an autograd function of torch, its ``backward``; of a module of
        torch, its ``forward``; of a lambda, the line on which it begins.

    Returns
    -------
    Place or None
        None where there is no file: built in, compiled, typed in, or made by exec. It never raises.

    Examples
    --------
    >>> from gradproof import check_gradient
    >>> place_of(check_gradient).path.endswith("_examine.py")
    True
    >>> place_of(len) is None
    True
    """
    try:
        return next((place for step in _inward(function) if (place := _written_at(step))), None)
    except Exception:  # noqa: BLE001  a place is a courtesy: objects that raise at every touch have none
        return None


def _inward(function: Any) -> Iterator[Any]:
    """Yield, innermost first, what a wrapper wraps; where that has no source, the wrapper may have one."""
    steps: list[Any] = []
    while function is not None and len(steps) < _DEEPEST and all(function is not step for step in steps):
        steps.append(function)
        function = _wrapped(function)
    yield from reversed(steps)


def _wrapped(function: Any) -> Any:
    """Return what is one step further in, or None where this is the function itself."""
    if isinstance(function, functools.partial | functools.partialmethod):
        return function.func
    kept = _kept(function)
    if kept is not None:
        return kept
    if isinstance(function, types.MethodType):
        return _behind(function)
    if isinstance(function, type | types.FunctionType | types.BuiltinFunctionType):
        return None
    return _called(function)


def _kept(function: Any) -> Any:
    """Return the function that a wrapper keeps, or None."""
    for name in _INWARD:
        # Statically: an object that invents attributes wraps nothing.
        if inspect.getattr_static(function, name, None) is not None and callable(getattr(function, name)):
            return getattr(function, name)
    # autograd.extend.primitive; on any other object than a function the name may mean anything.
    return vars(function).get("fun") if isinstance(function, types.FunctionType) else None


def _behind(method: types.MethodType) -> Any:
    """Return the function of a method; of torch.autograd.Function.apply what the user's class does backwards."""
    if (
        isinstance(method.__self__, type)
        and method.__name__ == "apply"
        and hasattr(method.__self__, "backward")
    ):
        return method.__self__.backward
    return method.__func__


def _called(instance: Any) -> Any:
    """Return what calling an object runs: of a torch module the user's forward, not torch's own __call__."""
    kind = type(instance)
    call = getattr(kind, "__call__", None)  # noqa: B004  the function itself is wanted
    if getattr(call, "__module__", "").partition(".")[0] == "torch" and hasattr(kind, "forward"):
        return kind.forward
    return call


def _written_at(function: Any) -> Place | None:
    """Return the place of a function or class that has a file, without anything that it wraps."""
    code = getattr(function, "__code__", None)
    if isinstance(code, types.CodeType):
        return _place(code.co_filename, code.co_firstlineno)
    return _class_at(function) if isinstance(function, type) else None


def _class_at(kind: type) -> Place | None:
    """Return the place of a class, or of its first method where its module is not among those that are loaded."""
    try:
        return _place(inspect.getsourcefile(kind) or "", inspect.getsourcelines(kind)[1])
    except (OSError, TypeError):
        methods = (part for part in vars(kind).values() if isinstance(part, types.FunctionType))
        return next((place for method in methods if (place := _written_at(method))), None)


def _place(filename: str, line: int) -> Place | None:
    """Return the place, its path relative to the current folder where inside of it."""
    path = Path(filename)
    if not filename or not path.is_file():
        return None
    path, folder = path.resolve(), Path.cwd().resolve()
    return Place((path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix(), line)
