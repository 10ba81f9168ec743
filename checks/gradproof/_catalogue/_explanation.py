"""One word of a report, explained."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import dedent
from typing import Literal

# Lines that begin with four blanks, as a block.
_CODE = re.compile(r"((?:^ {4}.*(?:\n|\Z))+)", re.MULTILINE)

Kind = Literal["verdict", "outcome", "status", "cause", "guard"]


@dataclass(frozen=True)
class Explanation:
    """One word of a report, explained.

    Attributes
    ----------
    name : str
        As the report prints it: a verdict, or the head of a diagnosis; the name of a guard.
    kind : {"verdict", "outcome", "status", "cause", "guard"}
    summary : str
        One line.
    text : str
        What it means, how it is seen and the usual mistake: paragraphs, code indented by four blanks, as in Markdown.
    remedy : str
        What to do.
    """

    name: str
    kind: Kind
    summary: str
    text: str
    remedy: str

    def __post_init__(self) -> None:
        for part in ("text", "remedy"):
            object.__setattr__(self, part, _set_apart(dedent(getattr(self, part)).strip()))


def _set_apart(text: str) -> str:
    """Return text with an empty line around each block of code, without which Markdown sees none."""
    return "\n\n".join(block.strip("\n") for block in _CODE.split(text) if block.strip())
