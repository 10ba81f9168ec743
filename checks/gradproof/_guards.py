"""What must hold before a derivative is worth comparing: f and grad are functions of their arguments, and behave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradproof._elsewhere import contradicted_at, silenced
from gradproof._finding import Finding
from gradproof._handed import Handed
from gradproof._nesting import Table, Vector
from gradproof._noise import DERIVATIVE_SPACING, measure_noise
from gradproof._objective import Objective
from gradproof._structure import Arguments, StructureError, unit_roundoff

_FLOAT64 = unit_roundoff(np.dtype(np.float64))
# Units roundoff of a leaf's largest entry that are taken for granted in a gradient; fewer where each of them is large:
# what goes beyond is measured.
_ROUNDINGS = 2.0**8
_COARSE_ROUNDINGS = 2.0**5


class AnalyticGradient:
    """The gradient under examination, as a vector.

    Attributes
    ----------
    values, units : float64 array, shape (n,)
        The entries, and the unit roundoff of the dtype in which each came.
    calls : int
        Calls of grad so far.
    """

    def __init__(self, grad: Callable[..., Any], arguments: Arguments) -> None:
        self._grad = grad
        self._arguments = arguments
        self._other = arguments.vector
        self._unmoved: Vector | None = None
        self.calls = 0
        first, handed = self._call(arguments.vector)
        self.values, self.units = self._flatten(first)
        self._shared = handed.shared_with(first)
        self._first: Any = first

    def _call(self, vector: Vector) -> tuple[Any, Handed]:
        """Return what grad returns, and the arguments that it had; stop where it changed them."""
        handed = Handed(self._arguments, vector, own_dtypes=True)
        self.calls += 1
        gradient = handed.call(self._grad, "grad")
        mutated = handed.changed()
        if mutated:
            raise Finding("fail", f"grad changed its argument {mutated}. Let it work on a copy.", self.calls)
        return gradient, handed

    def _flatten(self, gradient: Any) -> tuple[Vector, Vector]:
        try:
            return self._arguments.flatten(gradient)
        except StructureError as error:
            raise Finding("fail", str(error), self.calls) from error

    @property
    def granted(self) -> Vector:
        """How far rounding in its own dtype may have moved each entry, relative to the largest of its leaf."""
        roundings = np.where(self.units > _FLOAT64, _COARSE_ROUNDINGS, _ROUNDINGS)
        granted: Vector = roundings * self.units
        return granted

    @property
    def unit(self) -> float:
        """The coarsest unit roundoff."""
        return float(self.units.max(initial=0.0))

    def at(self, vector: Vector) -> Vector:
        """Return the gradient at any point, shape (n,); what a call does to its arguments has been seen."""
        self.calls += 1
        return self._flatten(self._grad(*self._arguments.rebuild(vector, own_dtypes=True)))[0]

    def require_finite(self) -> None:
        """Stop at the first entry that is NaN or infinite."""
        if not np.all(np.isfinite(self.values)):
            entry = int(np.flatnonzero(~np.isfinite(self.values))[0])
            name = self._arguments.name(entry)
            raise Finding(
                "fail", f"the gradient is {self.values[entry]} at {name}, where f is finite.", self.calls
            )

    def there_and_back(self, other: Vector) -> Vector:
        """Call grad at another point and here again; stop where that changes what was returned before."""
        self._other = other
        found = self._called_at(other)
        before = self._flatten(self._first)[0]
        if not np.array_equal(before, self.values):
            entry = int(np.flatnonzero(before != self.values)[0])
            reason = (
                f"grad overwrites what it returned before: {float(self.values[entry])!r} at {self._arguments.name(entry)} "
                f"became {float(before[entry])!r} when it was called again. Return a new array from each call."
            )
            raise Finding("fail", reason, self.calls)
        self._first = None
        same = found is not None and np.array_equal(found, self.values)
        self._unmoved = other if same and self._differs(other) else None
        return self.at(self._arguments.vector)

    def _differs(self, other: Vector) -> bool:
        """Tell whether another point still is one in the dtypes that grad is given: subnormal numbers are far apart."""
        given = self._arguments.rebuild(other, own_dtypes=True)
        return not np.array_equal(self._arguments.flatten(given)[0], self._arguments.vector)

    def require_same(self, again: Vector, objective: Objective) -> None:
        """Stop where grad came back from another point with other bits than before; f is where it was at first."""
        if np.array_equal(self.values, again):
            return
        entry = int(np.flatnonzero(self.values != again)[0])
        values = (
            f"{float(self.values[entry])!r}, then {float(again[entry])!r} at {self._arguments.name(entry)}"
        )
        third, fourth = self.at(self._arguments.vector), self.at(self._arguments.vector)
        if not np.array_equal(third, fourth):
            reason = f"grad is not deterministic: {values} for the same arguments."
        elif np.array_equal(third, self.values) and self._follows(objective, again):
            reason = (
                f"grad keeps what f left behind: {values} after a call of f at another point. "
                "Let it compute all it needs from its arguments."
            )
        else:
            reason = (
                f"grad keeps state between calls: {values} after a call at another point. "
                "Let it depend on its arguments alone."
            )
        raise Finding("fail", reason, self.calls)

    def _follows(self, objective: Objective, again: Vector) -> bool:
        """Tell whether a call of f alone at the other point brings back what was seen after it."""
        with silenced():
            objective.visit(self._other)
        return np.array_equal(self.at(self._arguments.vector), again)

    def _called_at(self, other: Vector) -> Vector | None:
        """Return the gradient at a point that only this examination visits, None where there is none."""
        with silenced():
            try:
                return self._arguments.flatten(self._call(other)[0])[0]
            except Exception:  # noqa: BLE001  whatever grad raises there says nothing of the point that was given
                return None

    def fault(self, objective: Objective) -> str | None:
        """Say what is wrong with a gradient whose entries are right, or return None."""
        if self._shared:
            return (
                f"grad returns memory of its argument {self._shared}: who updates that in place changes the gradient as "
                "well. Return a copy."
            )
        if self._unmoved is None:
            return None
        ratio = contradicted_at(self._unmoved, objective, self._arguments.vector, self.values)
        if ratio is None:
            return None
        return (
            f"grad returned the same at another point, where f has {ratio:.3g} times that slope: it is right at the first "
            "point only. Compute it from the arguments of each call."
        )

    def rounding(self, entries: NDArray[np.intp], direction: Vector) -> Vector:
        """Return the noise of some entries: how they scatter when all arguments move a little along `direction`.

        None is granted where grad refuses the points beside its own.
        """
        point = self._arguments.vector

        def along(steps: Vector) -> Table:
            return np.array([self.at(point + step * direction)[entries] for step in steps])

        try:
            return measure_noise(along, DERIVATIVE_SPACING)
        except (ValueError, ArithmeticError, AssertionError):
            return np.zeros(len(entries))


def value_and_gradient(
    objective: Objective, grad: Callable[..., Any], arguments: Arguments, other: Vector
) -> tuple[float, AnalyticGradient]:
    """Return f and its gradient at the point, or stop where one of them is malformed, not finite, or no function.

    Both are called here, at another point, and here again: f before grad, as a training loop would, until the last call
    of grad, which finds f called elsewhere.
    """
    value, mutated = objective.at_point()
    if mutated:
        raise Finding("fail", f"f changed its argument {mutated}. Let it work on a copy.")
    if not np.isfinite(value):
        raise Finding("inconclusive", f"f is {value} at the point. Choose arguments inside its domain.")
    gradient = AnalyticGradient(grad, arguments)
    gradient.require_finite()
    with silenced():
        objective.visit(other)
    again = gradient.there_and_back(other)
    _require_same_value(objective, value, gradient.calls)
    gradient.require_same(again, objective)
    return value, gradient


def _require_same_value(objective: Objective, value: float, grad_calls: int) -> None:
    """Stop where f came back from another point with another value than before."""
    again = objective.again()
    if again == value:
        return
    third = objective.again()
    if third in {value, again}:
        reason = (
            f"f keeps state between calls: {value!r}, then {again!r} after a call at another point. "
            "Let it depend on its arguments alone."
        )
    else:
        reason = f"f is not deterministic: {value!r}, then {again!r} for the same arguments. Fix its seed."
    raise Finding("inconclusive", reason, grad_calls)
