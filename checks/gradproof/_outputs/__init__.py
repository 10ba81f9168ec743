"""A run of many gradients as text, or in the format of another program. The command line and the pytest plugin share it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from gradproof._results import Run

FORMATS = ("text", "json", "junit", "sarif", "github", "markdown", "html")
"""What `--format` takes; one module of this package each."""

_SUFFIXES = {
    ".json": "json",
    ".xml": "junit",
    ".sarif": "sarif",
    ".md": "markdown",
    ".html": "html",
    ".txt": "text",
}


def format_of(path: str | Path) -> str:
    """Return the format that the suffix of a file stands for.

    Raises
    ------
    ValueError
        Where it stands for none.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _SUFFIXES:
        raise ValueError(f"a report must end in one of {', '.join(_SUFFIXES)}; got {str(path)!r}. Rename it.")
    return _SUFFIXES[suffix]


def render(run: Run, format: str) -> str:  # noqa: A002  the name of the option
    """Return a run in one of FORMATS, ending in a newline; the same run gives the same text.

    Every format but "github" and "markdown" is pure ASCII; these two are UTF-8.

    Raises
    ------
    ValueError
        Where there is no such format.

    Examples
    --------
    >>> from gradproof._results import Result, Run
    >>> run = Run((Result("cube", "shapes", "right", verdict="pass", resolution=1e-12, seconds=0.02),))
    >>> print(render(run, "text"), end="")
    pass              cube: resolution 1e-12, 0.020 s
    1 of 1 gradients are right
    """
    if format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}; got format={format!r}. Choose one.")
    text: str = import_module(f"gradproof._outputs._{format}").render(run)
    return text
