"""The name that was meant, where one is misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a question after the nearest known name, with a blank before it, or nothing.

    Examples
    --------
    >>> did_you_mean("chekc", ["check", "mutate"])
    ' Did you mean check?'
    """
    found = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {found[0]}?" if found else ""
