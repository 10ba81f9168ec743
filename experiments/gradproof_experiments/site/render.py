"""From items to the bytes of the page."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gradproof_experiments.item import Item
from gradproof_experiments.page import MARKS, tally

from ._checks import check_ids
from ._inline import Inliner
from ._text import typeset
from .views import view_of

__all__ = ["render_page"]

_TEMPLATES = Path(__file__).parent / "templates"
_DIGITS = 16  # of a digest: enough to compare by eye; the manifest has all of them


def render_page(
    items: Sequence[Item], drawn: Mapping[str, Mapping[str, bytes]], provenance: Mapping[str, Any]
) -> bytes:
    """Make the page of all items.

    Parameters
    ----------
    items : sequence of Item
    drawn : mapping of str to mapping of str to bytes
        Name of the item, then of its picture, to the SVG file of it.
    provenance : mapping
        The manifest's ``items``, ``lock`` and ``packages``.

    Raises
    ------
    ValueError
        If an item has no words where a reader needs them, or a name stands for two things.
    """
    inliner = Inliner()
    views = [view_of(item, drawn[item.name], inliner) for item in items]
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["words"] = typeset
    environment.filters["markup"] = Markup  # for what this package has escaped itself
    script = (_TEMPLATES / "sort.js").read_text(encoding="utf-8")
    page = environment.get_template("index.html.j2").render(
        views=views,
        tally=tally(claim for item in items for claim in item.claims),
        marks=MARKS,
        letters=inliner.letters(),
        css=(_TEMPLATES / "style.css").read_text(encoding="utf-8"),
        figure_css=inliner.css(),
        script=script,
        # The page says itself that it loads nothing, and which script may run; the browser holds it to that.
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        provenance=provenance,
        digits=_DIGITS,
    )
    check_ids(page)
    return page.encode()
