"""Plant every error in a gradient, and see which of them a check catches."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

from gradproof._differentiable import Differentiable
from gradproof._mutate import _library, _stateful  # noqa: F401  they fill the register of errors
from gradproof._mutate._mutant import Mutant
from gradproof._mutate._planted import ERRORS
from gradproof._mutate._report import MutationReport, Outcome, PlantedError
from gradproof._near import did_you_mean
from gradproof._observe import unheard
from gradproof._options import DEFAULT_RESOLUTION
from gradproof._report import GradientMismatch, GradientReport

# Where arguments are drawn, an error that this many inputs do not show has survived.
_EXAMPLES = 20
# An error planted with the size that must be seen may come out smaller by rounding.
_SLACK = 1 - 1e-3


def mutate(
    f: Callable[..., Any] | Differentiable,
    grad: Callable[..., Any] | None = None,
    *args: Any,
    caught_by: Callable[[Differentiable], object] | None = None,
    smallest: float = DEFAULT_RESOLUTION,
    errors: Iterable[str] | None = None,
    **options: Any,
) -> MutationReport:
    """Plant every usual error in a right gradient, and report which of them are caught.

    A check that cannot fail is found out: its score is the share of errors that it catches.

    Parameters
    ----------
    f, grad, *args
        As for `check_gradient`; or a `Differentiable` alone.
    caught_by : callable, optional
        Your own check. It is given a `Differentiable` whose gradient is wrong, and catches the error by raising
        anything. By default gradproof examines it, where it is declared.
    smallest : float
        The smallest relative error that must be caught, in units of the gradient's scale.
    errors : iterable of str, optional
        Which errors to plant, by the names that the report gives them; all by default.
    **options
        Of `examine_gradient`, for gradproof's own check.

    Returns
    -------
    MutationReport
        Errors that leave the gradient as it is, within rounding, at every point at which the check called it, are
        "equivalent": reported, and not counted. A transposed symmetric matrix is one.

    Raises
    ------
    ValueError
        Where the gradient does not pass before anything is planted, or there is no such error.

    Notes
    -----
    Errors are planted in what `grad` returns, so the gradient of a framework must be a function that returns NumPy
    arrays. A check that calls something else than the gradient it is given sees none of them: everything is then
    "equivalent", and the score is NaN.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> cube = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 3 * w**2, (np.array([1.0, -2.0]),), "cube")
    >>> gp.mutate(cube).score
    1.0
    >>> def careless(op):
    ...     assert op.grad(np.array([1.0, 1.0]))[0] > 0
    >>> report = gp.mutate(cube, caught_by=careless)
    >>> "sign" in [error.error for error in report.of("caught")]
    True
    >>> "factor 2" in [error.error for error in report.survivors]
    True
    """
    operation = f if isinstance(f, Differentiable) else _declared(f, grad, args)
    if operation.grad is None:
        raise TypeError(f"errors are planted in a gradient; got grad=None of {operation.name}. Pass one.")
    names = error_names(errors)
    check = Examination(options) if caught_by is None else caught_by
    how = _complaint(check, operation)
    if how is not None:
        raise ValueError(
            f"the gradient must pass before errors are planted in it; got {how} of {operation.name}. Mend it first."
        )
    return MutationReport(
        "gradproof" if caught_by is None else getattr(caught_by, "__name__", type(caught_by).__name__),
        tuple(plant(check, operation, name, smallest) for name in names),
    )


def error_names(wanted: Iterable[str] | None) -> tuple[str, ...]:
    """Return the names of the wanted errors, of all by default; refuse what is none."""
    names = tuple(ERRORS if wanted is None else wanted)
    unknown = [name for name in names if name not in ERRORS]
    if unknown or not names:
        near = did_you_mean(unknown[0], ERRORS) if unknown else ""
        raise ValueError(
            f"errors must be some of {', '.join(map(repr, ERRORS))}; got {unknown[0] if unknown else 'none'!r}.{near}"
        )
    return names


def _declared(
    f: Callable[..., Any], grad: Callable[..., Any] | None, args: tuple[Any, ...]
) -> Differentiable:
    if grad is None or not args:
        raise TypeError(
            f"mutate needs f, grad and arguments, or one Differentiable; got grad={grad!r} and {len(args)} arguments."
        )
    return Differentiable(f, grad, args)


class Examination:
    """gradproof's own check; `report` is that of its last examination, None where it did not come to an end."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self.report: GradientReport | None = None

    def __call__(self, operation: Differentiable) -> None:
        # One wrong input is enough here, however large.
        drawing = {"examples": _EXAMPLES, "shrink": False} if operation.draws else {}
        self.report = None
        self.report = operation.examine(**self._options, **drawing)
        if not self.report.passed:
            raise GradientMismatch(self.report)


def plant(
    check: Callable[[Differentiable], object], operation: Differentiable, name: str, smallest: float
) -> PlantedError:
    """Plant one error, and return what became of it."""
    assert operation.grad is not None  # noqa: S101  mutate has seen to it
    mutant = Mutant(operation.grad, name, examined=isinstance(check, Examination))
    how = _complaint(check, dataclasses.replace(operation, grad=mutant))
    return PlantedError(operation.name, name, mutant.size, outcome_of(mutant.size, how, smallest), how or "")


def outcome_of(size: float, how: str | None, smallest: float) -> Outcome:
    """Return what became of an error of that size, of which a check said something or None."""
    if size == 0:
        return "equivalent"
    if size < smallest * _SLACK:
        return "faint"
    return "survived" if how is None else "caught"


def _complaint(check: Callable[[Differentiable], object], operation: Differentiable) -> str | None:
    """Return what a check says against a gradient, in one line, or None where it is content."""
    try:
        with unheard():
            check(operation)
    except Exception as error:  # noqa: BLE001  a test fails by raising anything
        return next(iter(str(error).splitlines()), "") or type(error).__name__
    return None
