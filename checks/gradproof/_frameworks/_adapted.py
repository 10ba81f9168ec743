"""What an adapter makes of a framework's function: one of NumPy arrays, with its gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Adapted:
    """A function of NumPy arrays and its gradient, both computed by a framework.

    Attributes
    ----------
    f : callable
        ``f(*args)`` returns a real NumPy scalar of the dtype in which the framework computed it.
    grad : callable
        ``grad(*args)`` returns NumPy arrays in the structure of `args`.
    args : tuple
        Arrays that vary; everything else is held fixed inside of f. Where a gradient was given, the user's own
        arguments with NumPy arrays in the place of the framework's.
    names : tuple of str
        Where each argument stands among those of the user: ``params['w']``, ``0.weight``, ``z.real``.
    name : str
        The function, and its precision where that is not float64.
    """

    f: Callable[..., Any]
    grad: Callable[..., Any]
    args: tuple[Any, ...]
    names: tuple[str, ...]
    name: str


def name_of(f: Any) -> str:
    """Return what a report calls a function."""
    wrapped = getattr(f, "__wrapped__", f)
    return str(getattr(wrapped, "__qualname__", type(f).__qualname__))
