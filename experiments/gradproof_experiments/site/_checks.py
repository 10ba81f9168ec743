"""What must be so before a page is made of items, and after."""

import re
from collections import Counter
from collections.abc import Sequence

from gradproof_experiments.item import Item

__all__ = ["check_ids", "check_item"]

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


def check_item(item: Item) -> None:
    """Check that names can be links, stand for one thing each, and that figures and tables have their words.

    Raises
    ------
    ValueError
        With the name and the words that are wrong.
    """
    pictures, tables = [p.name for p in item.pictures], [table.name for table in item.tables]
    for name in (item.name, *pictures, *tables):
        if not _NAME.fullmatch(name):
            raise ValueError(
                "names must be lower-case letters, digits, _ and -, for they become links; "
                f"got {name!r} in item {item.name!r}. Rename it."
            )
    _check_unique(f"picture of {item.name}", pictures)
    _check_unique(f"table of {item.name}", tables)
    for picture in item.pictures:
        if not picture.alt.strip() or not picture.caption.strip():
            raise ValueError(
                f"a picture must have alt text and a caption; got alt={picture.alt!r}, caption={picture.caption!r} "
                f"for {item.name}/{picture.name}. Say what a reader who does not see it must know."
            )
    for table in item.tables:
        if not table.caption.strip():
            raise ValueError(
                f"a table must have a caption; got caption={table.caption!r} for {item.name}/{table.name}. Say what it holds."
            )


def check_ids(page: str) -> None:
    """Check that no two elements of the page have the same id.

    Raises
    ------
    ValueError
        With the ids that are there twice.
    """
    _check_unique("element of the page", re.findall(r' id="([^"]*)"', page))


def _check_unique(what: str, names: Sequence[str]) -> None:
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise ValueError(
            f"every {what} must have a name of its own; got {twice} more than once. Rename one of them."
        )
