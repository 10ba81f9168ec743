"""Arguments that what was called has changed, also where it raised."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from gradproof._structure import Arguments


@contextlib.contextmanager
def noting_changes(
    name: str, before: tuple[Any, ...], args: tuple[Any, ...], names: tuple[str, ...]
) -> Iterator[None]:
    """Add to whatever is raised inside that `args` are no longer what they were `before`."""
    try:
        yield
    except Exception as error:
        changed = Arguments.changed(before, args, names)
        if changed:
            error.add_note(
                f"{name} also changed its argument {changed} before it raised. Let it work on a copy."
            )
        raise
