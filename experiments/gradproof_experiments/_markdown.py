"""Plain text, code and tables as Markdown shows them."""

import re
from collections.abc import Iterable

from ._tables import cell_text, headings, is_numeric
from .item import Table

__all__ = ["markdown_row", "plain", "table_markdown"]


def table_markdown(table: Table) -> str:
    r"""Table for a Markdown page; numbers stand to the right, code in backticks.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"degree": [1], "name": ["a|b"], "formula": ["w_i * x_i"]})
    >>> print(table_markdown(Table("t", frame, "", {"degree": "M"}, code=("formula",))))
    | M | name | formula |
    | ---: | :--- | :--- |
    | 1 | a\|b | `w_i * x_i` |
    """
    frame = table.frame
    rules = ["---:" if is_numeric(frame[name]) else ":---" for name in frame.columns]
    lines = [markdown_row(map(plain, headings(table))), markdown_row(rules)]
    columns = [
        [_code(cell_text(v)) if name in table.code else plain(cell_text(v)) for v in frame[name]]
        for name in frame.columns
    ]
    return "\n".join([*lines, *map(markdown_row, zip(*columns, strict=True))])


def plain(text: str) -> str:
    r"""Plain text such that Markdown shows it as it is.

    Examples
    --------
    >>> print(plain("a*b, learning_rate, _x_, <p>, [1]"))
    a\*b, learning_rate, \_x\_, \<p>, \[1]
    """
    # An underscore inside a word starts no emphasis. A bracket opens a link, an interval does no harm but looks like one.
    return re.sub(r"[\\`*<\[~$]|(?<!\w)_|_(?!\w)", lambda found: "\\" + found[0], text)


def _code(text: str) -> str:
    if not text:
        return ""
    fence, gap = ("``", " ") if "`" in text else ("`", "")
    return f"{fence}{gap}{text}{gap}{fence}"


def markdown_row(cells: Iterable[str]) -> str:
    """Row of a table; a bar or a line break inside a cell does not break it."""
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
