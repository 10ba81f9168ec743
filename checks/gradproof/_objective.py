"""The function under examination, called at many points: counted, guarded, and silent while it is probed."""

from __future__ import annotations

import contextlib
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradproof._finding import Finding
from gradproof._handed import Handed
from gradproof._nesting import Table, Vector
from gradproof._options import Options
from gradproof._structure import Arguments, unit_roundoff

# What a function may raise where a step leaves its domain; anything else is a fault of its own and passes through.
_OUTSIDE_DOMAIN = (ValueError, ArithmeticError, AssertionError, RuntimeError)
# f makes arrays of its own from the points; so many times the size of the points is left for both.
_ROOM = 4
# More points at once are no faster: they leave the cache.
_CACHED = 2**19

Points: TypeAlias = Callable[[slice], NDArray[Any]]


class Objective:
    """A scalar function of the vector of all float entries of its arguments.

    Attributes
    ----------
    evaluations : int
        Points at which the function was called so far, complex ones included.
    unit : float
        Unit roundoff of the dtype in which the function returns its value.
    vectorized : bool
        The function takes many points in one call.
    """

    def __init__(self, f: Callable[..., Any], arguments: Arguments, options: Options | None = None) -> None:
        self._f = f
        self._arguments = arguments
        self._options = Options() if options is None else options
        self.vectorized = self._options.vectorized
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
        handed = Handed(self._arguments, self._arguments.vector)
        self._count(1)
        value = np.asarray(handed.call(self._f, "f"))
        if value.shape != () or value.dtype.kind not in "fiub":
            message = (
                f"f must return a real scalar; got a {value.dtype} array of shape {value.shape}. "
                f"{'Take its real part' if value.dtype.kind == 'c' else 'Sum it, or use check_jacobian'}."
            )
            raise TypeError(message)
        if value.dtype.kind == "f":
            self.unit = max(self.unit, unit_roundoff(value.dtype))
        return float(value), handed.changed()

    def again(self) -> float:
        """Return the value at the arguments once more; what the call does to them has been seen."""
        self._count(1)
        return float(self._f(*self._arguments.rebuild(self._arguments.vector)))

    def value(self, vector: Vector) -> float:
        """Return the value at `vector`, or NaN where the function refuses the point."""
        return float(self.values(1, lambda _: vector[np.newaxis].copy())[0])

    def visit(self, vector: Vector) -> None:
        """Call the function elsewhere for what that leaves behind: what it returns or raises there says nothing."""
        self._count(1)
        with contextlib.suppress(Exception):
            self._f(*self._arguments.rebuild(vector))

    def values(self, count: int, points: Points) -> Vector:
        """Return the values at many points, NaN where the function refuses one.

        Parameters
        ----------
        count : int
        points : callable
            ``points(chunk)`` returns a fresh float64 array, shape (m, n), of the points numbered by that slice. No
            more are made at a time than the memory budget allows.
        """
        return self._in_chunks(count, points, np.dtype(np.float64), _OUTSIDE_DOMAIN)

    def complex_values(self, count: int, points: Points) -> NDArray[np.complex128]:
        """Return the values at many complex points, NaN where the function takes none, or has complex arguments."""
        if self._arguments.is_complex:
            return np.full(count, np.nan, dtype=np.complex128)
        # Whatever f raises on complex input only says that it does not take any.
        return self._in_chunks(count, points, np.dtype(np.complex128), (Exception,))

    def _in_chunks(
        self, count: int, points: Points, dtype: np.dtype[Any], refusals: tuple[type[Exception], ...]
    ) -> NDArray[Any]:
        values = np.empty(count, dtype=dtype)
        size = self._chunk(dtype)
        for start in range(0, count, size):
            chunk = slice(start, min(start + size, count))
            batch = points(chunk)
            if self.vectorized:
                values[chunk] = self._batch(batch, refusals)
            else:
                values[chunk] = [self._single(point, refusals) for point in batch]
        return values

    def _chunk(self, dtype: np.dtype[Any]) -> int:
        """Return how many points are made at a time."""
        row = dtype.itemsize * max(1, len(self._arguments.vector))
        return max(1, min(self._options.memory_budget // _ROOM, _CACHED) // row)

    def _single(self, point: NDArray[Any], refusals: tuple[type[Exception], ...]) -> Any:
        self._count(1)
        try:
            value = self._f(*self._arguments.view(point))
            if point.dtype.kind != "c":
                return float(value)
            # A real answer has dropped the imaginary part, whatever it would have been.
            return complex(value) if np.iscomplexobj(value) else float("nan")
        except refusals:
            return float("nan")

    def _batch(self, batch: NDArray[Any], refusals: tuple[type[Exception], ...]) -> NDArray[Any]:
        """Return the values at a batch; where f refuses it, point by point, since one outside its domain is enough."""
        self._count(len(batch))
        try:
            values = np.asarray(self._f(*self._arguments.view(batch)))
            if batch.dtype.kind == "c" and values.dtype.kind != "c":
                return np.full(len(batch), np.nan)
        except refusals:
            if len(batch) == 1:
                return np.full(1, np.nan)
            return np.concatenate([self._batch(batch[i : i + 1], refusals) for i in range(len(batch))])
        if values.shape != batch.shape[:1]:
            raise TypeError(
                f"with vectorized=True f must return one value for each of its {len(batch)} points, shape "
                f"({len(batch)},); got shape {values.shape}. Keep the leading axis, or leave vectorized out."
            )
        if values.dtype.kind == "c" and batch.dtype.kind != "c":
            raise TypeError(f"f must return real values; got {values.dtype}. Return the real part.")
        return values

    def _count(self, points: int) -> None:
        limit = self._options.max_evaluations
        if limit is not None and self.evaluations + points > limit:
            raise Finding(
                "inconclusive",
                f"max_evaluations={limit} does not suffice: {self.evaluations} were made, {points} more are needed at "
                "once. Raise it, or examine fewer parameters at a time.",
            )
        self.evaluations += points


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
        values = self._objective.values(len(rows), lambda chunk: self._points(rows[chunk], steps[chunk]))
        return values, self._realised(rows, steps)

    @abstractmethod
    def only(self, row: int) -> Lines:
        """Return line `row` by itself."""

    @abstractmethod
    def _points(self, rows: NDArray[np.intp], steps: Vector) -> Table:
        """Return the points at steps[i] on line rows[i], shape (len(rows), n)."""

    @abstractmethod
    def _realised(self, rows: NDArray[np.intp], steps: Vector) -> Vector:
        """Return the steps as realised in floating point."""

    def widest(self) -> Vector:
        """Return the widest step on each line that still is about f at the point."""
        return widest_steps(self.scales)

    @abstractmethod
    def resolvable(self) -> Vector:
        """Return the smallest step on each line that floating point still realises to a few bits."""


def widest_steps(scales: Vector) -> Vector:
    """Return each scale, but at least 1/8: where the arguments are tiny, f need not vary on their scale."""
    steps: Vector = np.maximum(scales, 2.0**-3)
    return steps


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

    def _points(self, rows: NDArray[np.intp], steps: Vector) -> Table:
        points = np.empty((len(rows), len(self._point)))
        points[:] = self._point
        points[np.arange(len(rows)), self._entries[rows]] += steps
        return points

    def _realised(self, rows: NDArray[np.intp], steps: Vector) -> Vector:
        at = self._point[self._entries[rows]]
        realised: Vector = (at + steps) - at
        return realised

    def resolvable(self) -> Vector:
        """Return eight units in the last place of each entry."""
        smallest: Vector = 8 * np.spacing(np.abs(self._point[self._entries]))
        return smallest


class DirectionLines(Lines):
    """Lines along whole directions, shape (m, n); rounding of x + t v is part of the measured noise."""

    def __init__(self, objective: Objective, point: Vector, directions: NDArray[np.float64]) -> None:
        super().__init__(objective, point, np.ones(len(directions)))
        self._directions = directions

    def only(self, row: int) -> DirectionLines:
        """Return line `row` by itself."""
        return DirectionLines(self._objective, self._point, self._directions[[row]])

    def _points(self, rows: NDArray[np.intp], steps: Vector) -> Table:
        points = self._directions[rows]
        points *= steps[:, np.newaxis]
        points += self._point
        return points

    def _realised(self, rows: NDArray[np.intp], steps: Vector) -> Vector:
        del rows
        return steps

    def widest(self) -> Vector:
        """Return the step at which the entry that moves most has gone as far as it may."""
        reach = np.abs(self._directions).max(axis=1, initial=0.0)
        steps: Vector = widest_steps(reach) / np.where(reach > 0, reach, 1.0)
        return steps

    def resolvable(self) -> Vector:
        """Return the step below which half of the entries hardly move."""
        return np.full(len(self._directions), 2.0**-49)
