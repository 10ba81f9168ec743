"""``gradproof replay``: compute the examination of an evidence file again, and say whether it still holds."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gradproof._commands import _users_output
from gradproof._commands._shared import complain, one_of, say

if TYPE_CHECKING:
    from gradproof._evidence import Replayed

_FORMATS = ("text", "json")


class _Replay:
    """``gradproof replay FILE...``: compute examinations again."""

    help = "compute the examination of an evidence file again, and say whether it still holds"
    examples = """\
A file is replayed at the inputs, the seed and the options that it records. The module that it names is imported, and so
run; nothing else in the file is. It is looked for from the current folder, then from the folders above the
file, up to the first with a pyproject.toml, setup.py, setup.cfg or .git; where none has one, in that of the file and the next.

examples:
  gradproof replay evidence/                                      every file of a folder
  gradproof replay evidence/softmax.json --module new/layers.py   declared elsewhere by now
  gradproof replay evidence/ --format json

exit status:
  0    every file holds
  1    one no longer does
  2    one could not be replayed and none is refuted, there is none, or the usage is wrong
  130  stopped by Ctrl-C
"""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="an evidence file, or a folder of them")
        parser.add_argument(
            "--module",
            metavar="TARGET",
            help="where the gradients are declared now: package.module or folder/file.py",
        )
        parser.add_argument(
            "--format", choices=_FORMATS, type=one_of(_FORMATS), default="text", help="text by default"
        )

    def run(self, options: argparse.Namespace) -> int:
        """Run the command.

        Returns
        -------
        int
            0 if every file holds, 1 if one no longer does, 2 if one could not be replayed and none is refuted.
        """
        from gradproof._evidence import replay  # noqa: PLC0415  loads the checker

        paths = list(_files(options.files))
        if not paths:
            complain(
                f"gradproof replay: the folders must hold evidence; got none in {', '.join(options.files)}."
            )
            return 2
        with _users_output.on_stderr():  # what f prints would spoil the JSON
            found = [replay(path, options.module) for path in paths]
        status = _status(found)
        say(_json(found, status) if options.format == "json" else _text(found))
        return status


def _files(names: Iterable[str]) -> Iterable[Path]:
    for name in names:
        path = Path(name)
        if path.is_dir():
            yield from sorted(path.glob("*.json"))
        else:
            yield path


def _status(found: Sequence[Replayed]) -> int:
    states = {one.state for one in found}
    if "no longer holds" in states:
        return 1
    return 2 if "could not be replayed" in states else 0


def _text(found: Sequence[Replayed]) -> str:
    lines = []
    for one in found:
        about = f": {one.name} of {one.module}" if one.name else ""
        verdict = f", {one.recorded}" if one.holds else ""
        lines.append(f"{'holds' if one.holds else one.state:21} {one.path}{about}{verdict}")
        if one.file and not Path(one.file).is_relative_to(Path.cwd()):
            lines.append(f"    loaded from {one.file}")
        lines += [f"    {text}" for text in (*one.differences, *one.notes)]
    lines.append(f"{sum(one.holds for one in found)} of {len(found)} still hold")
    return "\n".join(lines)


def _json(found: Sequence[Replayed], status: int) -> str:
    return json.dumps({"schema": 1, "status": status, "files": [one.to_dict() for one in found]}, indent=2)


command = _Replay()
