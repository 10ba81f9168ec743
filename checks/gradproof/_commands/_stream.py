"""A run as text while it goes on: the blocks and the last line of the text format, as much of them as is wanted."""

from __future__ import annotations

from dataclasses import replace

from gradproof._outputs import _text
from gradproof._results import Result, Run


def told(result: Result, *, several: bool, verbosity: int) -> str:
    """Return what to print of one gradient; nothing where it is right and only the rest is wanted.

    Parameters
    ----------
    result : Result
    several : bool
        The run covers more than one module, so that each name needs its own.
    verbosity : int
        Below 0 what is right is left out, above 0 every block ends with how it was seen.
    """
    if verbosity < 0 and result.outcome == "right":
        return ""
    block = _text.block(_qualified(result, several=several))
    return f"{block}\n  {_how(result)}" if verbosity > 0 else block


def closing(run: Run, seed: int | None) -> str:
    """Return the last line, with the seed that was not asked for."""
    several = len({result.where for result in run.results}) > 1
    named = replace(run, results=tuple(_qualified(result, several=several) for result in run.results))
    again = "" if seed is None else f"; --seed {seed} repeats this"
    return f"{_text.closing(named)}{again}"


def _qualified(result: Result, *, several: bool) -> Result:
    """Return a result whose name has its module before it, where there is more than one."""
    alone = not several or result.is_module
    return result if alone else replace(result, name=f"{result.where}:{result.name}")


def _how(result: Result) -> str:
    place = [f"{result.place.path}:{result.place.line}"] if result.place else []
    calls = [f"{number} evaluations of {what}" for what, number in result.evaluations.items()]
    how = [f"by {result.method}", f"seed {result.seed}"] if result.verdict else []
    kept = [f"evidence {result.evidence}"] if result.evidence else []
    return ", ".join([*place, *how, *calls, *kept])
