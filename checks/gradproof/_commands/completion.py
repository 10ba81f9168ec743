"""``gradproof completion``: print the script that completes gradproof in a shell, made from the parser itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from gradproof._commands._shared import complain, one_of, say

_SHELLS = ("bash", "zsh", "tcsh")
# shtab's own words for what stands in each shell's way to complete paths.
_FILES = {"bash": "_shtab_compgen_files", "zsh": "_files", "tcsh": "f"}
_FOLDERS = {"bash": "_shtab_compgen_dirs", "zsh": "_files -/", "tcsh": "d"}


class _Completion:
    """``gradproof completion``."""

    help = "print the script that completes gradproof in a shell"
    examples = """\
It needs shtab: pip install 'gradproof[completion]'

examples:
  eval "$(gradproof completion bash)"                      in ~/.bashrc
  gradproof completion zsh > ~/.zfunc/_gradproof           a folder of $fpath
  gradproof completion tcsh > ~/.gradproof.completion.tcsh   sourced by ~/.tcshrc

exit status:
  0  the script is printed
  2  shtab is missing, or the usage is wrong
"""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("shell", choices=_SHELLS, type=one_of(_SHELLS), help="for which shell")

    def run(self, options: argparse.Namespace) -> int:
        """Print the script; 0 if it could be made, 2 where shtab is missing."""
        try:
            import shtab  # noqa: PLC0415  an extra
        except ImportError as error:
            complain(
                f"gradproof completion: shtab must be installed; got {error}. "
                "Install it: pip install 'gradproof[completion]'."
            )
            return 2
        from gradproof._command_line import whole_parser  # noqa: PLC0415  which loads all commands

        parser = whole_parser()
        for action in _actions(parser):
            _complete_paths(action)
        say(shtab.complete(parser, shell=options.shell))
        return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # noqa: SLF001  argparse offers no other way to see them; shtab looks there, too
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for below in action.choices.values():
                yield from _actions(below)


def _complete_paths(action: argparse.Action) -> None:
    """Let a shell complete what is a file or a folder, which its name in --help tells."""
    kinds = {"FILE": _FILES, "TARGET": _FILES, "FOLDER": _FOLDERS}
    if isinstance(action.metavar, str) and action.metavar in kinds:
        action.complete = kinds[action.metavar]  # type: ignore[attr-defined]  # shtab reads it


command = _Completion()
