"""``gradproof explain``: say what a verdict or a cause means, and what to do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from gradproof._commands._shared import complain, one_of, say

if TYPE_CHECKING:
    from gradproof._catalogue import Explanation

_FORMATS = ("text", "markdown", "json")
_TITLES = {
    "verdict": "Verdicts",
    "outcome": "Outcomes of a run",
    "status": "Entries",
    "cause": "Causes of a wrong gradient",
    "guard": "What is noticed before any derivative is compared",
}


class _Explain:
    """``gradproof explain WORD...``: print what a word of a report means; all words by kind where none is given."""

    help = "say what a verdict or a cause means, and what to do"
    examples = """\
examples:
  gradproof explain                     all words, by kind
  gradproof explain inconclusive        a verdict
  gradproof explain factor 4            a cause, as a report prints it
  gradproof explain --format markdown   all of it, as a page

exit status:
  0    every word is explained
  2    a word is not known, or the usage is wrong
  130  stopped by Ctrl-C
"""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "word",
            nargs="*",
            help='a verdict, a cause or a guard as a report prints it, such as fail or "factor 4"; all where left out',
        )
        parser.add_argument(
            "--format",
            choices=_FORMATS,
            type=one_of(_FORMATS),
            default="text",
            help="how to print it (default: text)",
        )

    def run(self, options: argparse.Namespace) -> int:
        """Run the command.

        Returns
        -------
        int
            0, or 2 where a word is not known.
        """
        from gradproof._catalogue import explain, explanations  # noqa: PLC0415  loads NumPy

        try:
            found = _found(options.word, explain) if options.word else explanations()
        except KeyError as error:
            complain(f"gradproof explain: {error.args[0]}")
            return 2
        if options.format == "json":
            say(json.dumps([asdict(entry) for entry in found], indent=2))
        elif options.word or options.format == "markdown":
            show = _markdown if options.format == "markdown" else _text
            say("\n\n".join(map(show, found)))
        else:
            say(_index(found))
        return 0


def _found(words: Sequence[str], explain: Callable[[str], Explanation]) -> list[Explanation]:
    """Return what the words mean together, as in `explain slice missing`, else what each of them means."""
    try:
        return [explain(" ".join(words))]
    except KeyError:
        if len(words) == 1:
            raise
        return [explain(word) for word in words]


def _text(entry: Explanation) -> str:
    return f"{entry.name} ({entry.kind}): {entry.summary}\n\n{entry.text}\n\nWhat to do: {entry.remedy}"


def _markdown(entry: Explanation) -> str:
    return f"### {entry.name}\n\n*{entry.kind}*: {entry.summary}\n\n{entry.text}\n\n**What to do.** {entry.remedy}"


def _index(entries: Sequence[Explanation]) -> str:
    """Return the first line of each, by kind."""
    width = max(len(entry.name) for entry in entries)
    lines = []
    for kind, title in _TITLES.items():
        lines += [title, *(f"  {e.name:{width}}  {e.summary}" for e in entries if e.kind == kind), ""]
    return "\n".join([*lines, "gradproof explain WORD says more about one of them."])


command = _Explain()
