"""The `gradproof` command: its subcommands are entry points, so that nothing heavy loads before it is asked for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Protocol

from gradproof._version import __version__

GROUP = "gradproof.commands"


class Command(Protocol):
    """What an entry point of the group must offer; its module should import nothing heavy."""

    help: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options of the command."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it, and return the exit status: 0 right, 1 wrong, 2 could not."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; bad usage exits with 2."""
    parser = argparse.ArgumentParser(
        prog="gradproof", description="Prove gradients right, or show the input on which they are wrong."
    )
    parser.add_argument("--version", action="version", version=f"gradproof {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        command: Command = point.load()
        subparser = commands.add_parser(point.name, help=command.help, description=command.help)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    options = parser.parse_args(arguments)
    status: int = options.run(options)
    return status
