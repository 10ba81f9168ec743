"""Values as Python source that evaluates to the same bits, and the lines that import what the source names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradproof._nesting import children_of

_DEFAULT_DTYPES = {np.dtype(np.float64), np.dtype(np.int64), np.dtype(np.bool_), np.dtype(np.complex128)}


class Source:
    """Source text that is being written, and the names that it needs."""

    def __init__(self) -> None:
        self._needed: dict[str, set[str]] = {}

    @property
    def imports(self) -> list[str]:
        """The lines that import what the text names."""
        return [f"from {module} import {', '.join(sorted(names))}" for module, names in self._needed.items()]

    def literal(self, value: Any) -> str:
        """Return an expression for `value`: exact for numbers, arrays and containers of them, repr for the rest."""
        if isinstance(value, np.ndarray):
            return _array(value)
        if isinstance(value, np.generic):
            return f"np.{type(value).__name__}({_number(value.item())})"
        if isinstance(value, float | complex):
            return _number(value)
        return repr(value) if children_of(value) is None else self._container(value)

    def name(self, function: Callable[..., Any]) -> str | None:
        """Return the name by which a function can be imported, or None where it has none of its own."""
        name, module = getattr(function, "__name__", ""), getattr(function, "__module__", None)
        if not module or getattr(sys.modules.get(module), name, None) is not function:
            return None
        self._import(module, name)
        return name

    def _container(self, value: Any) -> str:
        if isinstance(value, Mapping):
            items = ", ".join(f"{key!r}: {self.literal(part)}" for key, part in value.items())
            return f"{{{items}}}" if type(value) is dict else f"{self._class(value)}({{{items}}})"
        parts = [(step[1:], self.literal(part)) for step, part in children_of(value) or ()]
        if type(value) is list:
            return f"[{', '.join(part for _, part in parts)}]"
        if type(value) is tuple:
            return f"({', '.join(part for _, part in parts)}{',' if len(parts) == 1 else ''})"
        return f"{self._class(value)}({', '.join(f'{name}={part}' for name, part in parts)})"

    def _class(self, value: Any) -> str:
        kind = type(value)
        if "." not in kind.__qualname__:
            self._import(kind.__module__, kind.__name__)
        return kind.__name__

    def _import(self, module: str, name: str) -> None:
        self._needed.setdefault(module, set()).add(name)


def _array(array: NDArray[Any]) -> str:
    dtype = "" if array.dtype in _DEFAULT_DTYPES else f', dtype="{array.dtype}"'
    if array.size == 0:
        shown = f', dtype="{array.dtype}"' if array.dtype != np.float64 else ""
        return f"np.zeros({array.shape}{shown})"
    return f"np.array({_nested(array.tolist())}{dtype})"


def _nested(values: Any) -> str:
    return f"[{', '.join(map(_nested, values))}]" if isinstance(values, list) else _number(values)


def _number(value: Any) -> str:
    if isinstance(value, complex):
        return f"complex({_number(value.real)}, {_number(value.imag)})"
    if isinstance(value, float) and not np.isfinite(value):
        return f"{'-' if value < 0 else ''}np.{'nan' if np.isnan(value) else 'inf'}"
    return repr(value)
