"""What every check of the formulas is written with: marks, comparisons that are recorded, and small strategies.

A check is marked with the rows it holds, compares through `verify`, `agree` or `identical`, and draws its
arguments with the strategies below. What it compared is left in `recorder`; conftest.py puts it on the report.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradproof as gp

Test = TypeVar("Test", bound=Callable[..., object])
Array = npt.NDArray[Any]
Shape = tuple[int, ...]

formula = pytest.mark.formula
"""Mark a check with the rows that it holds: ``@formula("F14", "F15")``."""

EPS = float(np.finfo(np.float64).eps)
"""The spacing of float64 at 1; rounding to nearest errs by half of it, relative to the result."""


# --- what was compared ---------------------------------------------------------------------------------------------


@dataclass
class Recorder:
    """What the running check has compared.

    Attributes
    ----------
    comparisons : int
        Calls of `verify`, `agree` and `identical`.
    worst : (error, bound) or None
        Of the entry with the largest error in units of its bound, of all that agreed.
    failure : (error, bound) or None
        Of the last entry that did not agree. It may be a planted fault, so it counts only if the check fails.
    counterexamples : list of str
        One JSON object for each erratum that was shown.
    """

    comparisons: int = 0
    worst: tuple[float, float] | None = None
    failure: tuple[float, float] | None = None
    counterexamples: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Forget everything: another check starts."""
        self.comparisons, self.worst, self.failure, self.counterexamples = 0, None, None, []

    def record(self, error: float, bound: float, *, agrees: bool) -> None:
        """Note one comparison by the error and the bound of its worst entry."""
        self.comparisons += 1
        if not agrees:
            self.failure = error, bound
        elif self.worst is None or (_excess(error, bound), bound) > (_excess(*self.worst), self.worst[1]):
            self.worst = error, bound


recorder = Recorder()


def counterexample(row: str, printed: str, **values: Any) -> None:
    """Leave the input on which a printed form is wrong: `input`, `printed_value`, `derived_value` and the like."""
    plain = {name: _plain(value) for name, value in values.items()}
    recorder.counterexamples.append(json.dumps({"row": row, "printed": printed, **plain}, ensure_ascii=False))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


# --- comparisons ---------------------------------------------------------------------------------------------------


def verify(f: Callable[..., Any], grad: Callable[..., Any], *args: Any, **options: Any) -> gp.GradientReport:
    """Examine a gradient with `gp.examine_gradient`, record its worst entry, and require that it passes.

    Parameters
    ----------
    f, grad, *args, **options
        As for `gp.examine_gradient`. The seed is fixed where Hypothesis derandomizes (profile ci), fresh elsewhere.

    Raises
    ------
    AssertionError
        With the text of the report.
    """
    __tracebackhide__ = True
    options.setdefault("seed", fixed_seed())
    report = gp.examine_gradient(f, grad, *args, **options)
    error, bound = (report.worst.error, report.worst.bound) if report.worst else (np.inf, 0.0)
    recorder.record(error, bound, agrees=report.passed)
    if not report.passed:
        raise AssertionError(str(report))
    return report


def known_at(point: Any, gradient: Any) -> Callable[[Any], Any]:
    """Return a gradient that is known at one point only: a function that refuses every other."""

    def grad(arg: Any) -> Any:
        if not _equal(arg, point):
            raise ValueError("the gradient is known at one point only; got another.")
        return gradient

    return grad


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, tuple | list):
        return all(map(_equal, left, right))
    return np.array_equal(left, right)


def agree(actual: Any, expected: Any, bound: npt.ArrayLike = 0.0) -> None:
    """Require |actual − expected| ≤ bound for every entry, and record the worst one.

    Parameters
    ----------
    actual : array
        What the code under test gave.
    expected : array, of the same shape
        From an independent derivation. Fractions and mpmath numbers keep their own precision.
    bound : float or array that broadcasts to the shape
        The error that rounding explains, finite and not negative; 0 asks for equality.

    Raises
    ------
    AssertionError
        If an entry is off (NaN always is), or the shapes differ.
    ValueError
        If the bound is none, or there is nothing to compare.
    """
    __tracebackhide__ = True
    got, wanted = np.asarray(actual), np.asarray(expected)
    if got.shape != wanted.shape:
        recorder.record(np.inf, 0.0, agrees=False)
        raise AssertionError(
            f"shapes must agree; got actual.shape={got.shape}, expected.shape={wanted.shape}."
        )
    if got.size == 0:
        raise ValueError(
            f"actual must hold something to compare; got actual.shape={got.shape}. Draw one more."
        )
    limit = np.broadcast_to(np.asarray(bound, dtype=np.float64), got.shape)
    if not np.all((limit >= 0) & (limit < np.inf)):
        raise ValueError(f"bound must be finite and not negative; got bound={bound!r}. Derive one.")
    error = np.reshape([_distance(*pair) for pair in zip(got.flat, wanted.flat, strict=True)], got.shape)
    excess = np.reshape([_excess(*pair) for pair in zip(error.flat, limit.flat, strict=True)], got.shape)
    at = np.unravel_index(int(np.argmax(excess)), got.shape)
    wrong = int(np.count_nonzero(error > limit))
    recorder.record(float(error[at]), float(limit[at]), agrees=not wrong)
    if wrong:
        where = f"[{', '.join(map(str, at))}]" if at else ""
        raise AssertionError(
            f"actual{where} must lie within {limit[at]:.3g} of expected{where}; got {got[at]!r}, expected "
            f"{wanted[at]!r}: error {error[at]:.3g}, {excess[at]:.3g} times the bound. "
            f"{wrong} of {got.size} entries do not agree."
        )


def identical(actual: npt.ArrayLike, expected: npt.ArrayLike) -> None:
    """Require the same dtype, shape and bits: the sign of a zero counts, and a NaN equals itself."""
    __tracebackhide__ = True
    got, wanted = np.asarray(actual), np.asarray(expected)
    same = got.dtype == wanted.dtype and all(
        np.array_equal(one, other, equal_nan=True) and np.array_equal(np.signbit(one), np.signbit(other))
        for one, other in ((got.real, wanted.real), (got.imag, wanted.imag))
    )
    recorder.record(0.0 if same else np.inf, 0.0, agrees=same)
    if not same:
        raise AssertionError(
            f"bits must be the same; got {got!r} ({got.dtype}), expected {wanted!r} ({wanted.dtype})."
        )


def _distance(actual: Any, expected: Any) -> float:
    """|actual − expected| in the wider precision of the two: 0 if equal (infinities too), inf for a NaN."""
    if actual == expected:
        return 0.0
    got, wanted = _number(actual), _number(expected)
    if isinstance(wanted, Fraction) and isinstance(got, float) and np.isfinite(got):
        got = Fraction(got)
    with np.errstate(over="ignore", invalid="ignore"):
        distance = float(abs(got - wanted))
    return np.inf if np.isnan(distance) else distance


def _number(value: Any) -> Any:
    """Return Python's number for NumPy's, which would subtract in the narrower precision (extended ones stay)."""
    return (
        value
        if isinstance(value, np.longdouble | np.clongdouble)
        else getattr(value, "item", lambda: value)()
    )


def _excess(error: float, bound: float) -> float:
    if bound > 0:
        return error / bound
    return 0.0 if error == 0 else np.inf


def fixed_seed() -> int | None:
    """Return 0 where Hypothesis derandomizes (profile ci), None for fresh entropy elsewhere."""
    return 0 if settings().derandomize else None


# --- what is expected ----------------------------------------------------------------------------------------------


def exact(array: npt.ArrayLike) -> Array:
    """Return the same numbers as Fractions, in an object array: NumPy's sums and products of those are exact."""
    fractions: Array = np.vectorize(Fraction, otypes=[object])(np.asarray(array, dtype=np.float64))
    return fractions


def gamma(roundings: npt.ArrayLike, eps: float = EPS) -> Any:
    """Bound the relative error of that many roundings in a row: γₖ = k u / (1 − k u) with u = eps/2.

    References
    ----------
    N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., SIAM, 2002, lemma 3.1.
    """
    product = np.asarray(roundings) * (eps / 2)
    return product / (1 - product)


def summed_to(gradient: npt.ArrayLike, shape: Shape) -> Array:
    """Sum the gradients of a stack over the leading axes that their parameter, of that shape, does not have."""
    total = np.asarray(gradient)
    total = total.sum(axis=tuple(range(total.ndim - len(shape))))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1 != total.shape[axis])
    summed: Array = total.sum(axis=stretched, keepdims=True)
    return summed


# --- what is drawn -------------------------------------------------------------------------------------------------


def expensive(test: Test) -> Test:
    """Draw a quarter of the profile's examples: for checks that take milliseconds each."""
    return settings(max_examples=max(1, settings().max_examples // 4))(test)


def split(ways: int) -> Callable[[Test], Test]:
    """Share the examples of an expensive check among its parameters, or among several checks of one fault."""
    return settings(max_examples=max(1, settings().max_examples // (4 * ways)))


def numbers(largest: float = 2.0) -> st.SearchStrategy[float]:
    """Draw numbers of few bits in [−largest, largest]: 0, or at least 6e-5, so that entries stay comparable."""
    return st.floats(-largest, largest, width=16, allow_subnormal=False)


def scales(smallest: int = -8, largest: int = 8) -> st.SearchStrategy[float]:
    """Draw powers of ten, 1e-8 to 1e8 by default; shrinks towards 1."""
    return st.integers(smallest, largest).map(lambda exponent: float(f"1e{exponent}"))


def sizes(largest: int = 4, smallest: int = 1) -> st.SearchStrategy[int]:
    """Draw the length of an axis."""
    return st.integers(smallest, largest)


def leading_axes(max_dims: int = 2) -> st.SearchStrategy[Shape]:
    """Draw the axes of a stack, at most two models along each; shrinks towards none."""
    return hnp.array_shapes(min_dims=0, max_dims=max_dims, max_side=2)


def broadcastable_axes(count: int, max_dims: int = 2) -> st.SearchStrategy[tuple[Shape, ...]]:
    """Draw leading axes of several arguments that broadcast against each other."""
    shapes = hnp.mutually_broadcastable_shapes(num_shapes=count, min_dims=0, max_dims=max_dims, max_side=2)
    return shapes.map(lambda drawn: drawn.input_shapes)


@st.composite
def arrays(
    draw: st.DrawFn, shape: Shape, scale: float | st.SearchStrategy[float] = 1.0, *, largest: float = 2.0
) -> Array:
    """Draw float64 arrays: numbers of few bits, times a scale (a number, or drawn once for the array)."""
    factor = draw(scale) if isinstance(scale, st.SearchStrategy) else scale
    drawn: Array = draw(hnp.arrays(np.float64, shape, elements=numbers(largest), fill=st.nothing()))
    return drawn * factor


def labels(shape: Shape, n_classes: int) -> st.SearchStrategy[Array]:
    """Draw 0-based classes."""
    return hnp.arrays(np.int64, shape, elements=st.integers(0, n_classes - 1), fill=st.nothing())
