"""The source of a function: where it stands, and a digest that tells whether it was changed since."""

from __future__ import annotations

import functools
import inspect
import linecache
import textwrap
from collections.abc import Callable
from typing import Any

from gradproof._evidence._arrays import digest_of
from gradproof._evidence._lambda import lambda_source
from gradproof._place import place_of


def source_of(function: Callable[..., Any] | None) -> dict[str, Any] | None:
    """Return the name, the place and the digest of a function's source, None where there is no function."""
    if function is None:
        return None
    written = _written(function)
    place = place_of(function)
    return {
        "name": f"{getattr(written, '__module__', '')}.{getattr(written, '__qualname__', type(written).__qualname__)}",
        "path": None if place is None else place.path,
        "line": None if place is None else place.line,
        "digest": _digest(written),
    }


def _written(function: Any) -> Any:
    """Return what someone wrote: past partials, decorators and bindings; the class of an object that can be called."""
    while True:
        inner = (
            function.func
            if isinstance(function, functools.partial)
            else getattr(function, "__func__", function)
        )
        inner = inspect.unwrap(inner)
        if inner is function:
            break
        function = inner
    owner = getattr(function, "__self__", None)
    if isinstance(owner, type):
        return owner  # as of an autograd.Function's apply
    if inspect.isroutine(function) or isinstance(function, type):
        return function
    return type(function)


def _digest(written: Any) -> str | None:
    linecache.checkcache()  # the file may have been edited since it was read
    text = lambda_source(written) if getattr(written, "__name__", "") == "<lambda>" else None
    if text is None:
        try:
            text = inspect.getsource(written)
        except (OSError, TypeError, IndexError, SyntaxError):
            return None
    return digest_of(textwrap.dedent(text).strip().encode("utf-8", "backslashreplace"))
