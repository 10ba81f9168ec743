"""What the templates show of items: text that is ready to be set, and the places of links."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gradproof_experiments._tables import cell_text, headings, is_numeric
from gradproof_experiments.claim import Claim
from gradproof_experiments.item import Item, Picture, Table

from ._checks import check_item
from ._inline import Inliner
from ._strip import Strip, strip
from ._text import typeset

__all__ = ["ClaimView", "Column", "ItemView", "PictureView", "TableView", "view_of"]

_LONG = 36  # characters, from which on a cell needs room to break its lines in


@dataclass(frozen=True)
class ClaimView:
    """A claim, where it stands, and its numbers as text."""

    id: str
    claim: Claim
    value: str
    expected: str
    strip: Strip | None


@dataclass(frozen=True)
class Column:
    """A column: heading, class of its cells, whether they are code, and for each cell its text and its number."""

    heading: str
    kind: str
    code: bool
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TableView:
    """A table, where it stands, and its cells as text."""

    id: str
    table: Table
    columns: tuple[Column, ...]

    @property
    def rows(self) -> list[tuple[tuple[Column, str, str], ...]]:
        """Cells row by row, each with its column, its text and, where it is written otherwise, its number."""
        return [
            tuple((column, *column.cells[place]) for column in self.columns)
            for place in range(len(self.table.frame))
        ]


@dataclass(frozen=True)
class PictureView:
    """A figure, where it stands, and the element that shows it."""

    id: str
    picture: Picture
    svg: str


@dataclass(frozen=True)
class ItemView:
    """An item with all that it shows."""

    item: Item
    claims: tuple[ClaimView, ...]
    pictures: tuple[PictureView, ...]
    tables: tuple[TableView, ...]
    configuration: Mapping[str, str]

    @property
    def holding(self) -> int:
        """How many of its claims hold."""
        return sum(view.claim.verdict == "holds" for view in self.claims)


def view_of(item: Item, drawn: Mapping[str, bytes], inliner: Inliner) -> ItemView:
    """View of an item; `drawn` holds the SVG of each picture.

    Raises
    ------
    ValueError
        If a name cannot be part of a link, or stands for two things, or a figure or table has no words.
    """
    check_item(item)
    return ItemView(
        item,
        tuple(_claim(f"{item.name}-claim-{n}", claim) for n, claim in enumerate(item.claims, 1)),
        tuple(
            PictureView(f"{item.name}-figure-{p.name}", p, inliner.inline(drawn[p.name], p.alt))
            for p in item.pictures
        ),
        tuple(_table(f"{item.name}-table-{table.name}", table) for table in item.tables),
        {key: _json(value) for key, value in item.configuration.items()},
    )


def _claim(identifier: str, claim: Claim) -> ClaimView:
    return ClaimView(identifier, claim, typeset(claim.value), typeset(str(claim.expected)), strip(claim))


def _table(identifier: str, table: Table) -> TableView:
    names = zip(headings(table), table.frame.columns, strict=True)
    columns = tuple(_column(heading, table.frame[name], code=name in table.code) for heading, name in names)
    return TableView(identifier, table, columns if table.shown else ())


def _column(heading: str, column: "pd.Series[Any]", *, code: bool) -> Column:
    texts = [cell_text(value) for value in column]
    if code:
        cells = [(text, "") for text in texts]
    else:
        # A number in a column of text, like the power of ten 1e-4, is set and sorted as one, too.
        set_texts = [typeset(text) if _is_number(text) else text for text in texts]
        cells = [(shown, text if shown != text else "") for shown, text in zip(set_texts, texts, strict=True)]
    return Column(heading, _kind(column, texts), code, tuple(cells))


def _kind(column: "pd.Series[Any]", texts: Sequence[str]) -> str:
    """Class of the cells: "number" to the right, "long" with room to break its lines in, or "text"."""
    if is_numeric(column) or (any(texts) and all(_is_number(text) for text in texts if text)):
        return "number"
    return "long" if max(map(len, texts), default=0) > _LONG else "text"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
