"""The `gradproof` command: its subcommands are entry points, and only the one that is asked for is loaded."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import sys
import textwrap
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from gradproof._near import did_you_mean
from gradproof._version import __version__

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "gradproof.commands"

# What a shell shows of a program that Ctrl-C or a closed pipe has ended: 128 and the signal's number.
_INTERRUPTED, _PIPE_CLOSED = 130, 141

_USAGE = "gradproof [-h] [-V] command ..."
_DESCRIPTION = "Prove gradients right, or show the input on which they are wrong."
_EPILOG = """\
`gradproof COMMAND --help` shows the options, examples and exit statuses of a command.
"""


class Command(Protocol):
    """What an entry point of the group must offer; its module should import nothing heavy.

    An attribute `examples` is optional: text that --help shows last, as it stands: examples and exit statuses.
    """

    help: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options of the command."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it, and return the exit status: 0 right, 1 wrong, 2 could not."""


class CommandUnavailableError(Exception):
    """A command whose entry point cannot be loaded."""


class _Literal(str):
    """An argument that stands after --: no option, whatever it begins with."""

    __slots__ = ()


class _Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviations, which would stand in scripts and break with the next option."""

    def __init__(self, prog: str | None = None, **settings: object) -> None:
        settings = {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False} | settings
        super().__init__(prog, **settings)  # type: ignore[arg-type]  # as the base class takes them

    @property
    def options(self) -> list[str]:
        """All options, as one types them."""
        return [option for action in self._actions for option in action.option_strings]

    def refuse(self, rest: Sequence[str]) -> NoReturn:
        """Say what was not understood, and exit."""
        unknown = [argument.partition("=")[0] for argument in rest if argument.startswith("-")]
        near = did_you_mean(unknown[0], self.options) if unknown else ""
        self.error(f"unrecognized arguments: {' '.join(rest)}.{near}")

    def parse_all(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse, with options before, between and after the targets."""
        mixed = not any(action.nargs in {argparse.PARSER, argparse.REMAINDER} for action in self._actions)
        if mixed:
            options, rest = self.parse_known_intermixed_args(_without_dashes(arguments))
        else:
            options, rest = self.parse_known_args(arguments)
        if rest:
            self.refuse(rest)
        return options

    def _parse_optional(self, arg_string: str) -> Any:
        # argparse parses an intermixed line twice, and forgets between that -- stood there.
        return None if isinstance(arg_string, _Literal) else super()._parse_optional(arg_string)


def _without_dashes(arguments: Sequence[str]) -> list[str]:
    """Return the arguments without the first --, and what follows it marked."""
    before = list(itertools.takewhile("--".__ne__, arguments))
    return [*before, *map(_Literal, arguments[len(before) + 1 :])]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; bad usage exits with 2."""
    with contextlib.ExitStack() as stack:
        if sys.stdout is None:  # closed by the shell, as by `>&-`
            nowhere = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123  no need of pathlib
            stack.enter_context(contextlib.redirect_stdout(nowhere))
        try:
            try:
                return _run(sys.argv[1:] if arguments is None else list(arguments))
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            # Who reads has seen enough.
            _discard_output()
            return _PIPE_CLOSED
        except OSError as error:
            _discard_output()
            _complain(f"gradproof: the output must be writable; got {error}. Write it elsewhere.")
            return 2


def _discard_output() -> None:
    """Lead stdout nowhere: Python would flush it once more when it ends, and complain."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def commands() -> dict[str, EntryPoint]:
    """Return the entry points of all commands by name; no other package can take the name of one of ours."""
    found = sorted(entry_points(), key=lambda point: (point.name, point.value.startswith("gradproof")))
    return {point.name: point for point in found}


def whole_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands, for --help and for completion; what cannot be loaded is left without options."""
    parser = _top()
    below = parser.add_subparsers(prog="gradproof", dest="command", metavar="command")
    for name, point in commands().items():
        try:
            command = loaded(point)
        except CommandUnavailableError as error:
            below.add_parser(name, help=f"not available: {error}".replace("%", "%%"))
        else:
            declare(below.add_parser(name, help=command.help), command)
    return parser


def loaded(point: EntryPoint) -> Command:
    """Return the command of an entry point.

    Raises
    ------
    CommandUnavailableError
        Where it cannot be loaded, whatever it raises: it may belong to any package.
    """
    try:
        command: Command = point.load()
    except Exception as error:
        raise CommandUnavailableError(
            f"gradproof {point.name} must be loadable from {point.value}; got {error!r}. "
            "Reinstall the package that offers it, or remove it."
        ) from error
    return command


def declare(parser: argparse.ArgumentParser, command: Command) -> None:
    """Put what a command says of itself into its parser."""
    parser.description = textwrap.fill(command.help[:1].upper() + command.help[1:] + ".", 79)
    parser.epilog = getattr(command, "examples", None)
    command.add_arguments(parser)


def entry_points() -> list[EntryPoint]:
    """Return what all packages offer as commands."""
    from importlib import metadata  # noqa: PLC0415  takes as long as all the rest, and --version does without

    return list(metadata.entry_points(group=GROUP))


def _run(arguments: list[str]) -> int:
    if not arguments or arguments[0].startswith("-"):
        return _without_command(arguments)
    name, points = arguments[0], commands()
    if name not in points:
        near = did_you_mean(name, points)
        _top().error(
            f"there is no command {name!r}.{near} There are {', '.join(points) or 'none: install gradproof'}."
        )
    try:
        command = loaded(points[name])
    except CommandUnavailableError as error:
        _complain(str(error))
        return 2
    parser = _Parser(f"gradproof {name}")
    declare(parser, command)
    return _performed(name, command, parser.parse_all(arguments[1:]))


def _performed(name: str, command: Command, options: argparse.Namespace) -> int:
    """Run a command, and return a status that says what came of it, whatever it raises."""
    try:
        return command.run(options)
    except KeyboardInterrupt:
        _complain(f"gradproof {name}: stopped.")
        return _INTERRUPTED
    except SystemExit as stop:
        # The user's code has ended the command: whatever status it asked for would be taken for a verdict.
        _complain(
            f"gradproof {name}: the code that was examined must not exit; got SystemExit({stop.code!r})."
        )
        return 2
    except OSError as error:
        if error.filename is not None:
            return _own_error(name)
        raise  # of the output
    except Exception:  # noqa: BLE001  Python's own status for an error is 1, which would say that a gradient is wrong
        return _own_error(name)


def _own_error(name: str) -> int:
    """Show an error that is no one else's, inside of its `except`."""
    traceback.print_exc()
    _complain(f"gradproof {name}: an error of the command itself. Please report it with what stands above.")
    return 2


def _without_command(arguments: list[str]) -> int:
    """Answer --version and --help, or refuse."""
    parser = _top()
    if {"-h", "--help"} & set(arguments):
        whole_parser().print_help()
        return 0
    options, rest = parser.parse_known_args(arguments)
    if options.version:
        sys.stdout.write(f"gradproof {__version__}\n")
        return 0
    if rest:
        parser.refuse(rest)
    return parser.error("a command must be given; got none. `gradproof --help` lists them.")


def _top() -> _Parser:
    parser = _Parser("gradproof", usage=_USAGE, description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument("-V", "--version", action="store_true", help="show the version and exit")
    return parser


def _complain(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201  a command speaks to its terminal
