"""What a pytest run, or one of its tests, can ask of the checker: options, ini values, and the marker."""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gradproof._options import Defaults

MARKER = (
    "gradproof(resolution=R, examples=N, seed=S): checks gradients; the options hold for what the code of the test leaves open. "
    "Tests made by gradproof.gradient_test and gradient_tests carry it by themselves."
)
_NAMES = tuple(field.name for field in dataclasses.fields(Defaults))

_IN_INI = ("examples", "resolution")  # a seed that holds for good would look at the same directions for good


def declare(parser: pytest.Parser) -> None:
    """Declare the options of the command line and of the ini file."""
    group = parser.getgroup("gradproof", "gradients (gradproof)")
    group.addoption(
        "--gradproof-examples", metavar="N", help="inputs that each search for a wrong gradient draws"
    )
    group.addoption(
        "--gradproof-resolution",
        metavar="R",
        help="the relative error that must be seen for a gradient to pass (default: 1e-6)",
    )
    group.addoption(
        "--gradproof-seed", metavar="S", help="seed of all directions and searches (default: fresh)"
    )
    group.addoption(
        "--gradproof-report",
        metavar="FILE",
        action="append",
        default=[],
        help="write what became of each gradient to a .json .xml .sarif .md .html or .txt file; repeatable",
    )
    for name in _IN_INI:
        parser.addini(f"gradproof_{name}", help=f"as --gradproof-{name}, which has the last word")


@dataclass(frozen=True)
class RunOptions:
    """The options of a run, checked.

    Attributes
    ----------
    defaults : Defaults
        What holds for every test.
    reports : tuple of Path
        Files to write, absolute.
    """

    defaults: Defaults
    reports: tuple[Path, ...]

    @classmethod
    def of(cls, config: pytest.Config) -> RunOptions:
        """Return the options of a configuration; raise UsageError where one is not usable."""
        ini = [(name, f"gradproof_{name}", config.getini(f"gradproof_{name}")) for name in _IN_INI]
        given = [(name, f"--gradproof-{name}", config.getoption(f"gradproof_{name}")) for name in _NAMES]
        asked: dict[str, Any] = {}
        for name, source, text in [*ini, *given]:  # the later has the last word
            if text not in (None, ""):
                asked |= _checked(source, {name: text})
        reports = [] if hasattr(config, "workerinput") else config.getoption("gradproof_report")
        return cls(
            Defaults(**asked), tuple(_writable(text, config.invocation_params.dir) for text in reports)
        )

    def for_item(self, item: pytest.Item) -> Defaults:
        """Return what holds in one test, whose markers have the last word, the closest one first.

        Raises
        ------
        pytest.UsageError
            Where a marker is not usable.
        """
        asked: dict[str, Any] = {}
        for mark in reversed(list(item.iter_markers("gradproof"))):
            source = f"{item.nodeid}: @pytest.mark.gradproof"
            if mark.args:
                raise pytest.UsageError(
                    f"{source} takes {', '.join(_NAMES)} by name only; got {', '.join(map(repr, mark.args))}. "
                    f"Write {_NAMES[0]}=."
                )
            asked.update(_checked(source, mark.kwargs))
        return dataclasses.replace(self.defaults, **asked) if asked else self.defaults


_KINDS: Mapping[str, tuple[type, str]] = {
    "resolution": (float, "a number in (0, 1), as 1e-6"),
    "seed": (int, "a whole number from 0"),
    "examples": (int, "a whole number from 1"),
}


def _checked(source: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as numbers; raise UsageError at the first that is unknown or out of range."""
    numbers: dict[str, Any] = {}
    for name, value in options.items():
        if name not in _KINDS:
            near = difflib.get_close_matches(name, _KINDS, n=1, cutoff=0.5)
            raise pytest.UsageError(
                f"{source} must name {', '.join(_KINDS)}; got {name}={value!r}."
                + (f" Did you mean {near[0]}=?" if near else "")
            )
        kind, meaning = _KINDS[name]
        try:
            # int() takes True and 2.5, which are no counts; a float as text is read as it is.
            numbers[name] = kind(
                value if isinstance(value, int | float) and type(value) is kind else str(value)
            )
            Defaults(**{name: numbers[name]})
        except (TypeError, ValueError):
            shown = f"{name}={value!r}" if "@" in source else repr(value)
            raise pytest.UsageError(
                f"{source} must be {meaning}; got {shown}. Change or remove it."
            ) from None
    return numbers


def _writable(text: str, folder: Path) -> Path:
    """Return the path of a report that can be written; raise UsageError otherwise."""
    from gradproof._files import fault_of  # noqa: PLC0415  only where a report is asked for
    from gradproof._outputs import format_of  # noqa: PLC0415  same

    try:
        format_of(text)
    except ValueError as error:
        raise pytest.UsageError(f"--gradproof-report: {error}") from None
    path = Path(os.path.abspath(folder / text))  # noqa: PTH100  resolve would follow a link that is to be replaced
    fault = fault_of(path, text)
    if fault is not None:
        raise pytest.UsageError(f"--gradproof-report {fault}")
    return path
