"""Run the examples of a page as a reader would, from top to bottom, and compare what they print.

`python -W error tests/page_examples.py docs/index.md` does it by hand. Three kinds of blocks are run:

- ``python``, all of a page in one session; the ``text`` block that follows is what the block prints. A block whose first
  line is a comment with a file name is saved under that name as well. Where it holds ``>>>``, doctest runs it.
- ``console``: each command after ``$``, in the folder of those files. The lines below it must appear in its output; ``...``
  stands for any number of lines, and behind a space for the rest of its line. `fails` behind the language says that the command is to fail.

A block below the line ``<!-- not run: REASON -->`` is left out. A heading or a table between a block and a
``text`` says that they are apart.
"""

from __future__ import annotations

import contextlib
import difflib
import doctest
import io
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

_FENCE = re.compile(r"^```([^\s`]*)(?: ([^\n`]*))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NOT_RUN = re.compile(r"<!-- not run: \S.* -->\n\Z")
_FILE = re.compile(r"# (\w+\.py)\n")
_OURS = {"python", "pytest", "gradproof"}
_NUMBER = re.compile(r"(?<![\w.])([+-]?\d+\.?\d*(?:e[+-]?\d+)?)(?![\w.]*\w)")
# Other processors round otherwise in the last place of a sum; that shows fully in numbers of many digits, ...
_ROUNDING = 1e-9
# ... and may turn the last digit of a rounded one.
_FULL = 7


class Example(NamedTuple):
    """One block of a page: its language, what is said of it, its text, its output, and the line it begins on."""

    language: str
    mark: str
    text: str
    output: str
    line: int


def examples(page: str) -> list[Example]:
    """Return the blocks of a page that are to be run, each with the output that the page shows."""
    found: list[Example] = []
    end = 0
    for match in _FENCE.finditer(page):
        between, end = page[end : match.start()], match.end()
        language, mark, text = match[1], match[2] or "", match[3]
        line = page.count("\n", 0, match.start()) + 2
        apart = re.search(r"^[#|]", between, re.MULTILINE) or _NOT_RUN.search(between)
        if language == "text" and not apart and found and found[-1].language == "python":
            found[-1] = found[-1]._replace(output=text)
        found.append(Example("" if _NOT_RUN.search(between) else language, mark, text, "", line))
    return [one for one in found if one.language in {"python", "console"}]


def mistakes(page: str, folder: Path, name: str = "page") -> list[str]:
    """Run the examples of a page in `folder`, and return how their output differs from what the page shows."""
    session: dict[str, Any] = {"__name__": "__main__"}
    found = []
    for one in examples(page):
        run = _console if one.language == "console" else _doctest if ">>> " in one.text else _python
        found += [f"{name}, line {one.line}: {mistake}" for mistake in run(one, session, folder)]
    return found


def _python(one: Example, session: dict[str, Any], folder: Path) -> list[str]:
    named = _FILE.match(one.text)
    file = folder / (named[1] if named else f"line_{one.line}.py")
    file.write_text(one.text, encoding="utf-8")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(one.text, str(file), "exec"), session)  # noqa: S102  examples are there to be run
    return [] if alike(one.output, printed.getvalue()) else [_difference(one.output, printed.getvalue())]


def alike(shown: str, printed: str) -> bool:
    """Tell whether two texts are the same but for the rounding of their decimal numbers; integers must be equal."""
    ours, theirs = _NUMBER.split(shown), _NUMBER.split(printed)
    if ours[::2] != theirs[::2]:
        return False
    return all(_equal(one, other) for one, other in zip(ours[1::2], theirs[1::2], strict=True))


def _equal(shown: str, printed: str) -> bool:
    if shown == printed or not {"e", "."} & set(shown) or not {"e", "."} & set(printed):
        return shown == printed
    mantissa, _, exponent = shown.partition("e")
    decimals = len(mantissa.partition(".")[2])
    digits = len(re.sub(r"\D", "", mantissa).lstrip("0"))
    last = 10.0 ** (int(exponent or 0) - decimals)
    allowed = _ROUNDING * abs(float(shown)) if digits >= _FULL else 1.5 * last
    return abs(float(shown) - float(printed)) <= allowed


def _doctest(one: Example, session: dict[str, Any], folder: Path) -> list[str]:
    del folder
    printed = io.StringIO()
    test = doctest.DocTestParser().get_doctest(one.text, session, "page", None, one.line)
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(test, out=printed.write, clear_globs=False)
    session.update(test.globs)
    return [printed.getvalue()] if runner.failures else []


def _console(one: Example, session: dict[str, Any], folder: Path) -> list[str]:
    del session
    found = []
    for block in re.split(r"^\$ ", one.text, flags=re.MULTILINE)[1:]:
        command, _, shown = block.partition("\n")
        words = shlex.split(command)
        if words[0] not in _OURS:
            found.append(f"{words[0]} is no command that an example may run")
            continue
        start = [sys.executable] if words[0] == "python" else [sys.executable, "-m", words[0]]
        run = subprocess.run([*start, *words[1:]], cwd=folder, capture_output=True, text=True, check=False)
        if (run.returncode != 0) != (one.mark == "fails"):
            found.append(f"{command} exits with {run.returncode}\n{run.stdout}{run.stderr}")
        elif not _matches(shown, run.stdout + run.stderr):
            found.append(_difference(shown, run.stdout + run.stderr))
    return found


def _matches(shown: str, printed: str) -> bool:
    """Tell whether the output is what is shown, where lines of `...` stand for anything."""
    lines = [
        re.escape(line[:-4]) + ".*\n" if line.endswith(" ...\n") else re.escape(line)
        for line in shown.splitlines(keepends=True)
    ]
    pattern = "".join("(?:.*\n)*?" if line == re.escape("...\n") else line for line in lines)
    return not shown or re.fullmatch(pattern, printed) is not None


def _difference(shown: str, printed: str) -> str:
    lines = difflib.unified_diff(
        shown.splitlines(), printed.splitlines(), "the page", "the output", lineterm=""
    )
    return "\n".join(["not what is printed", *lines])


if __name__ == "__main__":
    wrong = []
    for path in map(Path, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as scratch:
            sys.path.insert(0, scratch)  # a page imports the files that it has shown
            wrong += mistakes(path.read_text(encoding="utf-8"), Path(scratch), path.name)
    sys.exit("\n".join(wrong) or 0)
