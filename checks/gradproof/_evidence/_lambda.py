"""The source of a lambda by itself: `inspect` knows no more than the lines on which it begins."""

from __future__ import annotations

import ast
import functools
import linecache
import types

Place = tuple[int, int]


def lambda_source(function: types.FunctionType) -> str | None:
    """Return the text of a lambda expression; None where it cannot be told from others on its line."""
    code = function.__code__
    text = "".join(linecache.getlines(code.co_filename, function.__globals__))
    found = [node for node in _lambdas(text) if node.lineno == code.co_firstlineno]
    if len(found) > 1:
        # All that is computed stands in the body: in its own, and in those of the lambdas around it.
        parts = _computed(code)
        found = [node for node in found if parts and all(_holds(node.body, *part) for part in parts)]
    # The one that begins last is the innermost.
    innermost = max(found, key=lambda node: node.col_offset, default=None)
    return None if innermost is None else ast.get_source_segment(text, innermost)


@functools.lru_cache(maxsize=8)
def _lambdas(text: str) -> tuple[ast.Lambda, ...]:
    try:
        return tuple(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Lambda))
    except (SyntaxError, ValueError):
        return ()


def _computed(code: types.CodeType) -> list[tuple[Place, Place]]:
    """Return where the parts of a function begin and end; what Python adds by itself has no width."""
    return [
        ((line, column), (last_line, last_column))
        for line, last_line, column, last_column in code.co_positions()
        if line is not None and last_line is not None and column is not None and last_column
    ]


def _holds(node: ast.expr, begin: Place, end: Place) -> bool:
    return (node.lineno, node.col_offset) <= begin and end <= (node.end_lineno or 0, node.end_col_offset or 0)
