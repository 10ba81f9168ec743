"""Docstrings as Sphinx is to read them: numpydoc's manners where napoleon or reStructuredText have others."""

import re
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

_BEFORE_NAPOLEON, _AFTER_NAPOLEON = 400, 600
# Literals stay as they are: ``|x|``.
_LITERAL_OR_SIGN = re.compile(r"``.*?``|`[^`]*`|(\||(?<=[(\s])\*{1,2}(?=\w+(?:[),]|$)))")
# Footnotes inside of {eval-rst} find each other no more: they become a list of fields.
_REFERENCE, _CITED = re.compile(r"^\.\. (\[\d+\]) "), re.compile(r"(\[\d+\])_")
_COLON, _NO_COLON = ":", "\ue000"


def setup(app: Sphinx) -> dict[str, Any]:
    """Listen to what autodoc reads, and to what finds no target."""
    app.connect("autodoc-process-docstring", _prepare, _BEFORE_NAPOLEON)
    app.connect("autodoc-process-docstring", _finish, _AFTER_NAPOLEON)
    app.connect("missing-reference", _code)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _prepare(_app: Sphinx, what: str, _name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    r"""Bars become \|, `f(*args)` is no emphasis, and references are no footnotes."""
    for number, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            plain = _LITERAL_OR_SIGN.sub(_escaped, line)
            lines[number] = _CITED.sub(r"\1", _REFERENCE.sub(r":\1: ", plain))
    if what in {"property", "attribute", "data"} and lines:
        lines[0] = lines[0].replace(_COLON, _NO_COLON)  # what stands before it is no type


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"\\{sign}" for sign in found[1]) if found[1] else found[0]


def _finish(_app: Sphinx, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    lines[:] = [line.replace(_NO_COLON, _COLON) for line in lines]


def _code(
    _app: Sphinx, _env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.Node | None:
    """Leave as code what stands in single backticks and nobody describes: a parameter, an expression, a file.

    Pages write {py:func} or {py:class}; those that lead nowhere fail the build.
    """
    return content if (node.get("refdomain"), node.get("reftype")) == ("py", "obj") else None
