"""Functions that stand in a file of the user's: what goes wrong in them is shown there, and not in the checker."""

from __future__ import annotations

import ast
import inspect
import textwrap
import tokenize
from collections.abc import Callable
from typing import Any, NamedTuple


class Lines(NamedTuple):
    """Where a function is written: its file, its first line, decorators included, and the line of its name."""

    path: str
    first: int
    named: int


MARK = "_gradproof_test"
"""The attribute by which the pytest plugin knows a test that was made here, and marks it; the library loads no pytest."""

PLACED = "_gradproof_placed"
"""A global name of every function that `placed` makes, by which the plugin tells a stand-in from the user's own."""


def marked(test: Callable[..., Any]) -> Callable[..., Any]:
    """Return a test after it was made known to the pytest plugin."""
    setattr(test, MARK, True)
    return test


def lines_of(function: Callable[..., Any]) -> Lines | None:
    """Return where a function is written, or None where it is no Python function."""
    code = getattr(function, "__code__", None)
    if code is None:
        return None
    first: int = code.co_firstlineno
    try:
        (written,) = ast.parse(textwrap.dedent(inspect.getsource(code))).body
    except (
        OSError,
        SyntaxError,
        ValueError,
        tokenize.TokenError,
    ):  # typed at a prompt, or a lambda amid a call
        return Lines(code.co_filename, first, first)
    named = written.lineno if isinstance(written, ast.FunctionDef | ast.AsyncFunctionDef) else 1
    return Lines(code.co_filename, first, first + named - 1)


def placed(
    run: Callable[..., Any], name: str, lines: Lines, signature: inspect.Signature
) -> Callable[..., Any]:
    """Return a function that calls another and whose frame, in a traceback, stands at given lines.

    Parameters
    ----------
    run : callable
    name : str
        Of the frame.
    lines : Lines
    signature : inspect.Signature
        What it takes, where all of it is plain; else it takes whatever it is given.

    Notes
    -----
    Python shows the line that a code object says it is at, so this one says so: as templates are compiled.
    """
    takes, passes = _arguments(signature)
    down = max(lines.named - lines.first, 0)
    source = "\n" * (lines.first - 1) + f"def test({takes}):" + "\n" * down + f" return {_RUN}({passes})\n"
    tree: Any = ast.parse(source)
    node: Any
    for node in ast.walk(tree):
        if hasattr(node, "col_offset"):
            node.col_offset = node.end_col_offset = -1  # the columns would be those of this source
    names: dict[str, Any] = {_RUN: run, "__name__": __name__, PLACED: True}
    exec(compile(tree, lines.path, "exec"), names)  # noqa: S102  names of parameters and line breaks
    test: Any = names["test"]
    test.__code__ = test.__code__.replace(co_name=name, co_qualname=name)
    stand_in: Callable[..., Any] = test
    return stand_in


_RUN = "_gradproof_run"


def _arguments(signature: inspect.Signature) -> tuple[str, str]:
    """Return the parameters to declare, and how to pass them on: pytest shows them by name, as those of any test."""
    found = signature.parameters.values()
    plain = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}
    if any(part.kind not in plain or part.default is not part.empty for part in found):
        return "*fixed, **passed", "*fixed, **passed"
    names = [part.name for part in found]
    return ", ".join(names), ", ".join(
        name if i == 0 and name == "self" else f"{name}={name}" for i, name in enumerate(names)
    )
