"""The function under examination, called point by point: counted, guarded, and silent while it is probed."""

from __future__ import annotations

import contextlib
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradproof._nesting import Vector
from gradproof._structure import Arguments

# What a function may raise where a step leaves its domain; anything else is a fault of its own and passes through.
_OUTSIDE_DOMAIN = (ValueError, ArithmeticError, AssertionError, RuntimeError)


class Objective:
    """A scalar function of the vector of all float entries of its arguments.

    Attributes
    ----------
    evaluations : int
        Calls of the function so far, complex ones included.
    unit : float
        Unit roundoff of the dtype in which the function returns its value.
    """

    def __init__(self, f: Callable[..., Any], arguments: Arguments) -> None:
        self._f = f
        self._arguments = arguments
        self.evaluations = 0
        self.unit = float(np.finfo(np.float64).eps) / 2

    def at_point(self) -> tuple[float, str | None]:
        """Return the value at the arguments, and the path of an argument that the call changed, if any.

        Errors and warnings of the function pass through.

        Raises
        ------
        TypeError
            Where the value is not a real scalar.
        """
        args = self._arguments.rebuild(self._arguments.vector)
        self.evaluations += 1
        value = np.asarray(self._f(*args))
        if value.shape != () or value.dtype.kind not in "fiub":
            message = (
                f"f must return a real scalar; got a {value.dtype} array of shape {value.shape}. "
                "Sum it, or check one component at a time."
            )
            raise TypeError(message)
        if value.dtype.kind == "f":
            self.unit = max(self.unit, float(np.finfo(value.dtype).eps) / 2)
        before = self._arguments.rebuild(self._arguments.vector)
        return float(value), self._arguments.changed(before, args, self._arguments.names)

    def value(self, vector: Vector) -> float:
        """Return the value at `vector`, or NaN where the function refuses the point."""
        self.evaluations += 1
        try:
            return float(self._f(*self._arguments.rebuild(vector)))
        except _OUTSIDE_DOMAIN:
            return float("nan")

    def complex_value(self, vector: NDArray[np.complex128]) -> complex:
        """Return the value at a complex point, or NaN where the function takes none."""
        self.evaluations += 1
        try:
            return complex(self._f(*self._arguments.rebuild(vector)))
        # Whatever f raises on complex input only says that it does not take any.
        except Exception:  # noqa: BLE001
            return complex("nan")


@contextlib.contextmanager
def probing() -> Iterator[None]:
    """Silence what a function says of points that only the examination visits.

    A cast that discards imaginary parts is an error instead: it is what makes a complex step wrong.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        yield


class Lines(ABC):
    """m straight lines through the point, along which the objective is a function of one number t.

    Parameters
    ----------
    objective : Objective
    point : float64 array, shape (n,)
    scales : float64 array, shape (m,)
        The natural size of t on each line, a power of two.
    """

    def __init__(self, objective: Objective, point: Vector, scales: Vector) -> None:
        self._objective = objective
        self._point = point
        self.scales = scales

    def values(self, rows: NDArray[np.intp], steps: Vector) -> tuple[Vector, Vector]:
        """Return the objective at steps[i] on line rows[i], and the step as it was realised in floating point."""
        values, realised = np.empty(len(rows)), np.empty(len(rows))
        for i, (row, step) in enumerate(zip(rows, steps, strict=True)):
            moved, realised[i] = self._moved(int(row), float(step))
            values[i] = self._objective.value(moved)
        return values, realised

    @abstractmethod
    def only(self, row: int) -> Lines:
        """Return line `row` by itself."""

    @abstractmethod
    def _moved(self, row: int, step: float) -> tuple[Vector, float]:
        """Return the point moved along a line, and the step as realised."""

    @abstractmethod
    def resolvable(self, row: int) -> float:
        """Return the smallest step on a line that floating point still realises to a few bits."""


class EntryLines(Lines):
    """Lines along single entries; the step that divides is the realised (x + h) - x."""

    def __init__(
        self, objective: Objective, point: Vector, entries: NDArray[np.intp], scales: Vector
    ) -> None:
        super().__init__(objective, point, scales)
        self._entries = entries

    def only(self, row: int) -> EntryLines:
        """Return line `row` by itself."""
        return EntryLines(self._objective, self._point, self._entries[[row]], self.scales[[row]])

    def _moved(self, row: int, step: float) -> tuple[Vector, float]:
        entry = self._entries[row]
        moved = self._point.copy()
        moved[entry] += step
        return moved, float(moved[entry] - self._point[entry])

    def resolvable(self, row: int) -> float:
        """Return eight units in the last place of the entry."""
        return 8 * float(np.spacing(abs(self._point[self._entries[row]])))


class DirectionLines(Lines):
    """Lines along whole directions, shape (m, n); rounding of x + t v is part of the measured noise."""

    def __init__(self, objective: Objective, point: Vector, directions: NDArray[np.float64]) -> None:
        super().__init__(objective, point, np.ones(len(directions)))
        self._directions = directions

    def only(self, row: int) -> DirectionLines:
        """Return line `row` by itself."""
        return DirectionLines(self._objective, self._point, self._directions[[row]])

    def _moved(self, row: int, step: float) -> tuple[Vector, float]:
        return self._point + step * self._directions[row], step

    def resolvable(self, row: int) -> float:
        """Return the step below which half of the entries hardly move."""
        del row
        return 2.0**-49
