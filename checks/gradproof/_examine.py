"""The two ways to ask: `examine_gradient` reports, `check_gradient` raises."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import numpy as np

from gradproof._guards import Finding, analytic_gradient, value_at_point
from gradproof._numeric import NumericalDerivative
from gradproof._objective import Objective, probing
from gradproof._report import Evaluations, GradientMismatch, GradientReport
from gradproof._structure import Arguments, argument_names
from gradproof._surroundings import Surroundings
from gradproof._verdict import judge

DEFAULT_RESOLUTION = 1e-6


def check_gradient(
    f: Callable[..., Any],
    grad: Callable[..., Any],
    *args: Any,
    resolution: float = DEFAULT_RESOLUTION,
    seed: int | None = None,
) -> GradientReport:
    """Examine the gradient of a scalar function, and raise where it is not right.

    Parameters
    ----------
    f, grad, *args, resolution, seed
        As for `examine_gradient`.

    Returns
    -------
    GradientReport
        Of a gradient that passed.

    Raises
    ------
    GradientMismatch
        Where the gradient is wrong or could not be seen to be right; the message is the report.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> gp.check_gradient(lambda w: np.sum(w**3), lambda w: 3 * w**2, np.array([1.0, -2.0])).verdict
    'pass'
    """
    report = examine_gradient(f, grad, *args, resolution=resolution, seed=seed)
    if not report.passed:
        raise GradientMismatch(report)
    return report


def examine_gradient(
    f: Callable[..., Any],
    grad: Callable[..., Any],
    *args: Any,
    resolution: float = DEFAULT_RESOLUTION,
    seed: int | None = None,
) -> GradientReport:
    """Examine the gradient of a scalar function at one point, entry by entry.

    Parameters
    ----------
    f : callable
        ``f(*args)`` returns a real scalar.
    grad : callable
        ``grad(*args)`` returns the structure of `args`, or a bare gradient where only one argument holds floats.
        Arguments that hold none may be left out or answered by None.
    *args
        Float arrays or scalars, or nested dicts, lists, tuples, namedtuples, dataclasses of them. Integers, booleans,
        strings and None are held fixed.
    resolution : float, optional
        The relative error that must be visible for a gradient to pass, in units of the gradient's scale: the largest
        derivative of the array that an entry belongs to, or, where the whole array hardly matters, the change of f
        per relative change of its arguments.
    seed : int, optional
        Seed of the random directions; fresh entropy by default, so that no fixed set of directions can be fooled.

    Returns
    -------
    GradientReport

    Raises
    ------
    TypeError
        Where f is no real scalar, or the arguments hold no floats.
    ValueError
        Where the arguments are not finite, or resolution is not in (0, 1).

    Notes
    -----
    There is no tolerance to tune: each entry is held to a bound on the numerical derivative's own error. The numerical
    derivative is the complex step where f takes complex input and agrees with central differences along random
    directions; else the differences, extrapolated. A gradient is failed only where its error exceeds the bound at
    three separated steps.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> report = gp.examine_gradient(lambda w: w @ w, lambda w: w, np.array([3.0, 4.0]))
    >>> report.verdict, report.worst.name, report.worst.analytic, round(report.worst.numeric, 6)
    ('fail', 'w[1]', 4.0, 8.0)
    """
    if not 0 < resolution < 1:
        message = f"resolution must lie in (0, 1); got resolution={resolution}. The default is {DEFAULT_RESOLUTION}."
        raise ValueError(message)
    arguments = Arguments(args, argument_names(f, len(args)))
    if not np.all(np.isfinite(arguments.vector)):
        path, index = arguments.locate(int(np.flatnonzero(~np.isfinite(arguments.vector))[0]))
        message = f"arguments must be finite; got a NaN or infinity at {path}{list(index)}. Remove it."
        raise ValueError(message)
    seed = secrets.randbits(64) if seed is None else seed
    name = getattr(f, "__qualname__", type(f).__qualname__)
    objective = Objective(f, arguments)
    try:
        value = value_at_point(objective)
        gradient = analytic_gradient(grad, arguments)
        with probing():
            around = Surroundings(objective, arguments, value, resolution, np.random.default_rng(seed))
            numeric = NumericalDerivative(around).beside(gradient)
            judgement = judge(arguments, gradient, numeric, resolution)
    except Finding as found:
        evaluations = Evaluations(objective.evaluations, found.grad_calls)
        return GradientReport(name, found.verdict, found.reason, np.inf, evaluations, "none", seed)
    return GradientReport(
        name,
        judgement.verdict,
        judgement.reason,
        judgement.resolution,
        Evaluations(objective.evaluations, gradient.calls),
        numeric.method,
        seed,
        judgement.diagnosis,
        judgement.entries,
    )
