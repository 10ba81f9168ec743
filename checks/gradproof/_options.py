"""What every examination can be asked for: how sharply to look, in which way, and at what cost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, get_args

Mode = Literal["auto", "entries", "directions"]

DEFAULT_RESOLUTION = 1e-6
DEFAULT_MEMORY_BUDGET = 2**28


@dataclass(frozen=True)
class Options:
    """The keyword arguments of an examination, checked.

    Parameters
    ----------
    resolution : float
        The relative error that must be visible for a gradient to pass, in units of the gradient's scale; by default that
        of `defaults`.
    seed : int or None
        Entropy of the random directions; None draws fresh entropy.
    mode : {"auto", "entries", "directions"}
    vectorized : bool
        f takes a leading axis of points.
    memory_budget : int
        Bytes that the points of one call of a vectorized f may fill, with what f makes of them.
    max_evaluations : int or None
        Calls of f after which an examination ends without a verdict.

    Raises
    ------
    ValueError
        Where one of them is outside of its range.
    """

    resolution: float = field(default_factory=lambda: defaults().resolution)
    seed: int | None = None
    mode: Mode = "auto"
    vectorized: bool = False
    memory_budget: int = DEFAULT_MEMORY_BUDGET
    max_evaluations: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.resolution < 1:
            raise ValueError(
                f"resolution must lie in (0, 1); got resolution={self.resolution}. The default is {DEFAULT_RESOLUTION}."
            )
        if self.mode not in get_args(Mode):
            raise ValueError(
                f"mode must be one of {get_args(Mode)}; got mode={self.mode!r}. The default is 'auto'."
            )
        if self.memory_budget < 1:
            raise ValueError(
                f"memory_budget must be a positive number of bytes; got memory_budget={self.memory_budget}. "
                f"The default is {DEFAULT_MEMORY_BUDGET}."
            )
        if self.max_evaluations is not None and self.max_evaluations < 1:
            raise ValueError(
                f"max_evaluations must be positive; got max_evaluations={self.max_evaluations}. None sets no bound."
            )

    def entropy(self) -> int:
        """Return the seed, else that of `defaults`, else a fresh one."""
        return default_seed() if self.seed is None else self.seed


@dataclass(frozen=True)
class Defaults:
    """What holds where the code that checks a gradient says nothing: a pytest run sets it, for all tests or for one.

    Parameters
    ----------
    resolution : float
    seed : int or None
        None draws fresh entropy for every check.
    examples : int or None
        Inputs that a search draws; None leaves it to Hypothesis's profile.

    Raises
    ------
    ValueError
        Where one of them is outside of its range.
    """

    resolution: float = DEFAULT_RESOLUTION
    seed: int | None = None
    examples: int | None = None

    def __post_init__(self) -> None:
        Options(resolution=self.resolution)
        if self.seed is not None and self.seed < 0:
            raise ValueError(f"seed must not be negative; got seed={self.seed}. The default is a fresh one.")
        if self.examples is not None and self.examples < 1:
            raise ValueError(
                f"examples must be at least 1; got examples={self.examples}. The default is what Hypothesis's profile says."
            )


_defaults = Defaults()


def defaults() -> Defaults:
    """Return what holds now where the code says nothing."""
    return _defaults


@contextmanager
def defaulting(new: Defaults) -> Iterator[None]:
    """Let other defaults hold meanwhile, in all threads."""
    global _defaults  # noqa: PLW0603  a context variable would not reach the threads that a test starts
    before, _defaults = _defaults, new
    try:
        yield
    finally:
        _defaults = before


def default_seed() -> int:
    """Return the seed that holds where the code names none, or a fresh one."""
    return fresh_seed() if _defaults.seed is None else _defaults.seed


def fresh_seed() -> int:
    """Return a seed from the system's entropy."""
    return int.from_bytes(os.urandom(8))
