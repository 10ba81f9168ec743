"""What several subcommands share: their options, and how they speak."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gradproof._files import fault_of
from gradproof._near import did_you_mean
from gradproof._options import DEFAULT_RESOLUTION, Options

TARGETS = """\
a target is one of
  package.module     a module, as it is imported from the current folder
  folder/file.py     a file
  folder/            the files in a folder, and below, that speak of Differentiable
and a module or a file may be followed by :name, a variable (which may hold a
list, tuple or dict of gradients) or the name that a gradient was declared with.
"""


def add_common(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of every command that examines."""
    parser.add_argument(
        "targets",
        nargs="+",
        metavar="TARGET",
        help="package.module, folder/file.py or folder/; the first two may be followed by :name",
    )
    parser.add_argument(
        "--resolution",
        type=_number,
        metavar="R",
        help=f"the relative error that must be seen (default: what is declared, else {DEFAULT_RESOLUTION:g})",
    )
    parser.add_argument(
        "--seed",
        type=not_negative,
        metavar="N",
        help="seed of the directions and of what is drawn: the same seed repeats a run (default: fresh)",
    )


def add_output(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """Declare in which format a command reports, and where to."""
    parser.add_argument(
        "--format",
        choices=formats,
        type=one_of(formats),
        default=formats[0],
        help=f"of what is printed (default: {formats[0]})",
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="write it to this file instead; whole or not at all"
    )


def one_of(known: Sequence[str]) -> Callable[[str], str]:
    """Return the type of an option that takes one of several words, and names the nearest to another."""

    def word(text: str) -> str:
        if text not in known:
            raise argparse.ArgumentTypeError(
                f"it must be one of {', '.join(known)}; got {text!r}.{did_you_mean(text, known)}"
            )
        return text

    return word


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"it must be a number between 0 and 1; got {text!r}. Write it like {DEFAULT_RESOLUTION:g}."
        ) from None


def not_negative(text: str) -> int:
    """Return a whole number from 0."""
    return _at_least(0, text)


def positive(text: str) -> int:
    """Return a whole number from 1."""
    return _at_least(1, text)


def _at_least(least: int, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise argparse.ArgumentTypeError(f"it must be a whole number from {least}; got {text!r}.")
    return int(text)


def usable(options: argparse.Namespace) -> bool:
    """Tell whether the numbers that were given are in range, or say what is wrong with them."""
    try:
        Options(**asked(options))
    except ValueError as error:
        complain(f"gradproof: {error}")
        return False
    return True


def asked(options: argparse.Namespace) -> dict[str, Any]:
    """Return the options of an examination that were given."""
    given = {"resolution": options.resolution, "seed": options.seed}
    return {name: value for name, value in given.items() if value is not None}


def writable(command: str, *paths: Path | None) -> bool:
    """Tell whether files can be written, before anything is computed, or say which cannot."""
    for path in paths:
        fault = None if path is None else fault_of(path, str(path))
        if fault is not None:
            complain(f"gradproof {command}: a report {fault}")
            return False
    return True


def say(text: str) -> None:
    """Print to the terminal."""
    print(text)  # noqa: T201  a command speaks to its terminal


def complain(text: str) -> None:
    """Print to the terminal's error stream."""
    print(text, file=sys.stderr)  # noqa: T201  a command speaks to its terminal
