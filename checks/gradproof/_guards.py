"""What must hold before a derivative is worth comparing: f and grad are functions of their arguments, and behave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradproof._finding import Finding
from gradproof._nesting import Table, Vector
from gradproof._noise import DERIVATIVE_SPACING, measure_noise
from gradproof._objective import Objective
from gradproof._structure import Arguments, StructureError


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
        self.calls = 0
        self.values, self.units = self._at(arguments.vector)

    def _at(self, vector: Vector) -> tuple[Vector, Vector]:
        args = self._arguments.rebuild(vector, own_dtypes=True)
        before = self._arguments.rebuild(vector, own_dtypes=True)
        self.calls += 1
        gradient = self._grad(*args)
        mutated = Arguments.changed(before, args, self._arguments.names)
        if mutated:
            raise Finding("fail", f"grad changed its argument {mutated}. Let it work on a copy.", self.calls)
        try:
            return self._arguments.flatten(gradient)
        except StructureError as error:
            raise Finding("fail", str(error), self.calls) from error

    @property
    def unit(self) -> float:
        """The coarsest unit roundoff."""
        return float(self.units.max(initial=0.0))

    def at(self, vector: Vector) -> Vector:
        """Return the gradient at another point, shape (n,)."""
        return self._at(vector)[0]

    def require_finite(self) -> None:
        """Stop at the first entry that is NaN or infinite."""
        if not np.all(np.isfinite(self.values)):
            entry = int(np.flatnonzero(~np.isfinite(self.values))[0])
            name = self._arguments.name(entry)
            raise Finding(
                "fail", f"the gradient is {self.values[entry]} at {name}, where f is finite.", self.calls
            )

    def require_repeatable(self) -> None:
        """Stop where a second call at the same point returns other bits."""
        again, _ = self._at(self._arguments.vector)
        if not np.array_equal(self.values, again):
            entry = int(np.flatnonzero(self.values != again)[0])
            reason = (
                f"grad is not deterministic: {float(self.values[entry])!r}, then {float(again[entry])!r} "
                f"at {self._arguments.name(entry)} for the same arguments."
            )
            raise Finding("fail", reason, self.calls)

    def rounding(self, entries: NDArray[np.intp], direction: Vector) -> Vector:
        """Return the noise of some entries: how they scatter when all arguments move a little along `direction`."""
        point = self._arguments.vector

        def along(steps: Vector) -> Table:
            return np.array([self._at(point + step * direction)[0][entries] for step in steps])

        return measure_noise(along, DERIVATIVE_SPACING)


def value_at_point(objective: Objective) -> float:
    """Return f at the point, or stop where f changes its arguments, is not finite or not deterministic."""
    value, mutated = objective.at_point()
    if mutated:
        raise Finding("fail", f"f changed its argument {mutated}. Let it work on a copy.")
    if not np.isfinite(value):
        raise Finding("inconclusive", f"f is {value} at the point. Choose arguments inside its domain.")
    again, _ = objective.at_point()
    if again != value:
        reason = f"f is not deterministic: {value!r}, then {again!r} for the same arguments. Fix its seed."
        raise Finding("inconclusive", reason)
    return value


def analytic_gradient(grad: Callable[..., Any], arguments: Arguments) -> AnalyticGradient:
    """Return the gradient at the point, or stop where it is malformed, not finite or not deterministic."""
    gradient = AnalyticGradient(grad, arguments)
    gradient.require_finite()
    gradient.require_repeatable()
    return gradient
