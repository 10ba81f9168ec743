"""A function of any outputs at one point, and the examination of scalars that are made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradproof._examine import examine_gradient
from gradproof._finding import Finding
from gradproof._nesting import Vector, is_float, walk
from gradproof._options import Options
from gradproof._products._outputs import Outputs, name_of, named_like
from gradproof._report import Evaluations, GradientReport, Verdict
from gradproof._structure import Arguments, argument_names


class Point:
    """A function at its arguments.

    Parameters
    ----------
    f : callable
        Returns floats or complex numbers of any shape, or containers of them.
    args : tuple
    options : dict
        The keyword arguments of `examine_gradient`.
    output : str, optional
        With which the paths of outputs begin.
    names : tuple of str, optional
        Of the arguments, where they are not those of f.

    Attributes
    ----------
    arguments, outputs : Arguments
    seed : int
    resolution : float
    evaluations : Evaluations
        Calls of f and of what is examined beside it so far, those that only narrowed a failure down included.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        options: dict[str, Any],
        output: str = "output",
        names: tuple[str, ...] | None = None,
    ) -> None:
        checked = Options(**options)
        self.f, self.args = f, args
        self.seed, self.resolution = checked.entropy(), checked.resolution
        self._options, self._limit = options, checked.max_evaluations
        self.arguments = Arguments(args, argument_names(f, len(args)) if names is None else names)
        self.arguments.require_finite()
        before, given = (self.arguments.rebuild(self.arguments.vector, own_dtypes=True) for _ in range(2))
        self.outputs = Outputs(f(*given), output)
        self.evaluations = Evaluations(1, 0)
        self.mutation = before, given
        self.random = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(2**32 - 2,)))
        self._examinations = 0

    def tangent(self, vector: Vector) -> Any:
        """Return a vector in the structure of the arguments: bare where only one of them holds floats."""
        return bare(self.arguments, self.arguments.rebuild(vector, own_dtypes=True))

    def cotangent(self, vector: Vector) -> Any:
        """Return a vector in the structure of the output."""
        return self.outputs.rebuild(vector, own_dtypes=True)[0]

    def examine(
        self, f: Callable[..., Any], grad: Callable[..., Any], args: tuple[Any, ...]
    ) -> GradientReport:
        """Examine a scalar, with directions of its own, within what is left of `max_evaluations`."""
        changed = Arguments.changed(*self.mutation, self.arguments.names)
        if changed:
            return self._unseen("fail", f"f changed its argument {changed}. Let it work on a copy.")
        options = {**self._options, "seed": self.seed + self._examinations}
        if self._limit is not None:
            options["max_evaluations"] = self._limit - self.evaluations.f
            if options["max_evaluations"] < 1:
                reason = f"max_evaluations={self._limit} does not suffice for all outputs. Raise it."
                return self._unseen("inconclusive", reason)
        self._examinations += 1
        report = examine_gradient(named_like(self.f, f), grad, *args, **options)
        so_far, more = self.evaluations, report.evaluations
        self.evaluations = Evaluations(so_far.f + more.f, so_far.grad + more.grad)
        return report

    def _unseen(self, verdict: Verdict, reason: str) -> GradientReport:
        return GradientReport(name_of(self.f), verdict, reason, np.inf, Evaluations(0, 0), "none", self.seed)


def bare(arguments: Arguments, parts: tuple[Any, ...]) -> Any:
    """Return the only part that holds floats, or all parts where several do."""
    varying = [
        part
        for part, name in zip(parts, arguments.names, strict=True)
        if any(is_float(leaf, path) for path, leaf in walk(part, name))
    ]
    return varying[0] if len(varying) == 1 else parts


def guarded(
    name: str, names: tuple[str, ...], before: tuple[Any, ...], after: tuple[Any, ...], calls: int = 1
) -> None:
    """Stop where a call of `name` changed what it was given."""
    changed = Arguments.changed(before, after, names)
    if changed:
        raise Finding("fail", f"{name} changed its argument {changed}. Let it work on a copy.", calls)
