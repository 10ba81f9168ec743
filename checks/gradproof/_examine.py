"""The two ways to ask: `examine_gradient` reports, `check_gradient` raises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from gradproof._by_directions import compare_by_directions
from gradproof._direction_verdict import judge_directions
from gradproof._elsewhere import another_point
from gradproof._finding import Finding
from gradproof._frameworks import adapt
from gradproof._guards import AnalyticGradient, value_and_gradient
from gradproof._numeric import NumericalDerivative
from gradproof._objective import Objective, probing
from gradproof._observe import watch
from gradproof._options import DEFAULT_MEMORY_BUDGET, Mode, Options, default_seed, defaults
from gradproof._plain import plain_derivatives
from gradproof._report import Evaluations, GradientMismatch, GradientReport
from gradproof._structure import Arguments, argument_names
from gradproof._surroundings import Surroundings
from gradproof._verdict import Judgement, judge

# Arguments of up to so many entries are compared entry by entry in mode "auto".
_ENTRIES_UP_TO = 1000


def check_gradient(
    f: Callable[..., Any],
    grad: Any = None,
    *args: Any,
    resolution: float | None = None,
    seed: int | None = None,
    mode: Mode = "auto",
    vectorized: bool = False,
    memory_budget: int = DEFAULT_MEMORY_BUDGET,
    max_evaluations: int | None = None,
) -> GradientReport:
    """Examine the gradient of a scalar function, and raise where it is not right.

    Parameters
    ----------
    f, grad, *args, resolution, seed, mode, vectorized, memory_budget, max_evaluations
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
    report = examine_gradient(
        f,
        grad,
        *args,
        resolution=resolution,
        seed=seed,
        mode=mode,
        vectorized=vectorized,
        memory_budget=memory_budget,
        max_evaluations=max_evaluations,
    )
    if not report.passed:
        raise GradientMismatch(report)
    return report


def examine_gradient(
    f: Callable[..., Any],
    grad: Any = None,
    *args: Any,
    resolution: float | None = None,
    seed: int | None = None,
    mode: Mode = "auto",
    vectorized: bool = False,
    memory_budget: int = DEFAULT_MEMORY_BUDGET,
    max_evaluations: int | None = None,
) -> GradientReport:
    """Examine the gradient of a scalar function at one point: every entry, or random directions through all of them.

    Parameters
    ----------
    f : callable
        ``f(*args)`` returns a real scalar.
    grad : callable
        ``grad(*args)`` returns the structure of `args`, or a bare gradient where only one argument holds floats.
        Arguments that hold none may be left out or answered by None. Left out, the derivative of the framework is
        examined to which f or its arguments belong: torch (functions, modules, autograd.Functions), JAX, or HIPS
        autograd where that is imported and the arguments are NumPy's. f may then return anything with floats in it:
        what is no real scalar becomes one by fixed random weights.
    *args
        Float arrays or scalars, or nested dicts, lists, tuples, namedtuples, dataclasses of them. Integers, booleans,
        strings and None are held fixed.
    resolution : float, optional
        The relative error that must be visible for a gradient to pass, in units of the gradient's scale: the largest
        derivative of the array that an entry belongs to, or, where the whole array hardly matters, the change of f
        per relative change of its arguments; 1e-6 by default.
    seed : int, optional
        Seed of the random directions; fresh entropy by default, so that no fixed set of directions can be fooled.
    mode : {"auto", "entries", "directions"}, optional
        "entries" compares every entry by itself, "directions" all of them at once along random directions and then
        names those that are wrong; "auto" takes the first for up to 1000 parameters.
    vectorized : bool, optional
        f accepts a leading axis of points in every float argument and then returns one value for each, shape (m,).
    memory_budget : int, optional
        Bytes to which the points of one call of f, with what f makes of them, are to be held where f is vectorized.
    max_evaluations : int, optional
        Points at which f may be evaluated; beyond that the verdict is "inconclusive".

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
    options = Options(
        defaults().resolution if resolution is None else resolution,
        default_seed() if seed is None else seed,
        mode,
        vectorized,
        memory_budget,
        max_evaluations,
    )
    with watch(f, grad) as seen:
        return seen.saw(_adapted(f, grad, args, options))


def _adapted(f: Callable[..., Any], grad: Any, args: tuple[Any, ...], options: Options) -> GradientReport:
    """Examine in NumPy's arrays what may be a framework's."""
    if grad is not None and not callable(grad):
        grad, args = None, (grad, *args)
    adapted = adapt(f, grad, args, seed=options.entropy())
    names, name = argument_names(f, len(args)), getattr(f, "__qualname__", type(f).__qualname__)
    if adapted is not None:
        f, grad, args, names, name = adapted.f, adapted.grad, adapted.args, adapted.names, adapted.name
    arguments = Arguments(args, names)
    arguments.require_finite()
    report = _examine(name, Objective(f, arguments, options), grad, arguments, options)
    return report if adapted is None else replace(report, framework=True)


def _examine(
    name: str, objective: Objective, grad: Callable[..., Any], arguments: Arguments, options: Options
) -> GradientReport:
    seed = options.entropy()
    try:
        other = another_point(arguments, seed)
        value, gradient = value_and_gradient(objective, grad, arguments, other)
        del other
        compare = _by_directions if _many(arguments, options) else _entry_by_entry
        with probing():
            judgement = compare(objective, arguments, gradient, value, options.resolution, seed)
            fault = gradient.fault(objective) if judgement.verdict == "pass" else None
        if fault is not None:
            judgement = judgement._replace(verdict="fail", reason=fault)
    except Finding as found:
        evaluations = Evaluations(objective.evaluations, found.grad_calls)
        return GradientReport(name, found.verdict, found.reason, np.inf, evaluations, "none", seed)
    return GradientReport(
        name,
        judgement.verdict,
        judgement.reason,
        judgement.resolution,
        Evaluations(objective.evaluations, gradient.calls),
        judgement.method,
        seed,
        judgement.diagnosis,
        "directions" if judgement.along else "entries",
        judgement.along,
        judgement.compared,
        arguments,
    )


def _many(arguments: Arguments, options: Options) -> bool:
    """Tell whether directions are to be compared, rather than every entry by itself."""
    if options.mode == "auto":
        return len(arguments.vector) > _ENTRIES_UP_TO
    return options.mode == "directions"


def _entry_by_entry(
    objective: Objective,
    arguments: Arguments,
    gradient: AnalyticGradient,
    value: float,
    resolution: float,
    seed: int,
) -> Judgement:
    """Compare every entry by itself: at little cost where all is plain and agrees, else as closely as it takes."""
    random = np.random.default_rng(seed)
    for plain in plain_derivatives(objective, arguments, gradient, value, resolution, random):
        judgement = judge(arguments, gradient, plain, resolution)
        if judgement.verdict == "pass":
            return judgement
    around = Surroundings(objective, arguments, value, resolution, np.random.default_rng(seed))
    numeric = NumericalDerivative(around).beside(gradient)
    return judge(arguments, gradient, numeric, resolution)


def _by_directions(
    objective: Objective,
    arguments: Arguments,
    gradient: AnalyticGradient,
    value: float,
    resolution: float,
    seed: int,
) -> Judgement:
    """Compare all entries at once along random directions, then those that are wrong by themselves."""
    findings = compare_by_directions(objective, arguments, gradient, value, resolution, seed)
    return judge_directions(arguments, gradient, findings, resolution)
