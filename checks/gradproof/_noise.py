"""The noise of a computed function, measured from a difference table.

Moré and Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011), algorithm ECnoise: in the table of
differences of equispaced values the smooth part dies out and the noise stays, so that its columns agree on one level.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from math import factorial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradproof._nesting import Table, Vector

# A float or a Vector; annotated as either, it could be used as neither.
Noise: TypeAlias = Any

_VALUES = 9
_UNIT = float(np.finfo(np.float64).eps) / 2
# No power of two: steps that floating point represents exactly would round the same way each time, and hide the noise.
_FIRST_SPACING = 1.618 * 2.0**-32
# A quantum that happens to equal the spacing makes a straight line of steps; a second spacing does not fall for it too.
_INCOMMENSURATE = 0.37
_WIDEST_SPACING = 2.0**-7
_WIDEN = 2.0**4
# Steps of a quantum that happen to fit one spacing evenly must not fit the next as well.
_WIDEN_UNEVENLY = 8.37
# Levels of noise that differ by no more than this are the same.
_ALIKE = 4.0
# On the other side of the point there is none where it is so much less.
_ONE_SIDED = 8.0
# Values that bend smoothly have a level so much smaller than those farther apart; with a single jump among them, more.
_RAGGED = 64.0
# Normal noise has a median second difference of 1.65 levels, and a third smallest of six third differences of 2.5;
# the level is taken for twice what these say, at most.
_OUTLYING = 2.0
_OUTLYING_THIRD = 1.3
_TYPICAL_SECOND, _TYPICAL_THIRD = 3, 2
# Noise that hides at small spacings is looked for up to this one; wider, too much of f is taken for noise.
_WIDEST_HIDDEN = 2.0**-10
# A derivative that is constant around the point has no noise; what it does farther away, beyond a kink, is none either.
DERIVATIVE_SPACING = 2.0**-24
_AWAY = 2.0**-3


class NoiseModel(NamedTuple):
    """The noise of a scalar function as it grows with the size of its values.

    Near a minimum of a sum of squares f is tiny and so is its noise, but a step away both are far larger, the noise
    like the square root of f. The exponent says what was measured.

    Each of the first three is a number, or has one for each of m functions, shape (m,).
    """

    level: Noise
    size: Noise
    exponent: Noise
    unit: float

    def at(self, size: Table) -> Table:
        """Return the noise of values of the given size, one row per function."""
        level, nearby, exponent = (np.asarray(part)[..., np.newaxis] for part in self[:3])
        grown = level * np.maximum(size / nearby, 1.0) ** exponent
        least = np.maximum(self.unit * size, np.finfo(np.float64).smallest_subnormal)
        model: Table = np.maximum(grown, least)
        return model

    def of(self, rows: NDArray[np.intp]) -> NoiseModel:
        """Return the model of some of the functions, in their order."""
        level, nearby, exponent = (
            part if np.ndim(part) == 0 else np.asarray(part)[rows] for part in self[:3]
        )
        return NoiseModel(level, nearby, exponent, self.unit)


def model_noise(
    along: Callable[[Vector], Vector], value: float, unit: float, *, hidden: bool = True
) -> NoiseModel:
    """Measure the noise of f at the point and a wide step away from it.

    Parameters
    ----------
    along : callable
        ``along(t)`` returns f at the distances t from the point, as for `measure_noise`.
    value : float
        f at the point.
    unit : float
        Unit roundoff of f's values: relative noise is at least that.
    hidden : bool
        Whether to look for noise that shows only at wider spacings.
    """
    models = model_noises(lambda t: along(t)[:, np.newaxis], np.array([value]), unit, hidden=hidden)
    return NoiseModel(float(models.level[0]), float(models.size[0]), float(models.exponent[0]), unit)


def model_noises(
    along: Callable[[Vector], Table], values: Vector, unit: float, *, hidden: bool = True
) -> NoiseModel:
    """Measure the noise of n functions at once, as `model_noise` does: ``along`` is that of `measure_noise`."""
    sizes = np.abs(values)
    level = np.maximum(measure_noise(along, hidden=hidden), unit * sizes)
    # Where f is 0 at the point, its noise is that of the values around.
    *around, away = np.abs(along(np.array([-_VALUES * _FIRST_SPACING, _VALUES * _FIRST_SPACING, _AWAY])))
    nearby = np.maximum(sizes, np.finfo(np.float64).tiny)
    for side in around:
        nearby = np.where(np.isfinite(side), np.maximum(nearby, side), nearby)
    exponent = np.ones(len(values))
    grows = (level > 0) & (away > 2 * nearby)
    if grows.any():
        far = _one_side(lambda t: along(_AWAY + t)[:, grows], 1.0, _WIDEST_SPACING)
        least, near, there = level[grows], nearby[grows], away[grows]
        growth = np.log(np.maximum(np.maximum(far, unit * there), least) / least) / np.log(there / near)
        exponent[grows] = np.clip(growth, 0.0, 1.0)
    return NoiseModel(level, nearby, exponent, unit)


def measure_noise(
    along: Callable[[Vector], Table], widest: float = _WIDEST_SPACING, *, hidden: bool = True
) -> Vector:
    """Return the standard deviation of the noise of some values near a point, in their unit; 0 where none shows.

    Parameters
    ----------
    along : callable
        ``along(t)`` returns the values, shape (m, n), at the distances t, shape (m,), from the point on a line along
        which all arguments move by t times their scale.
    widest : float
        Spacing at which values that still do not move count as free of noise.
    hidden : bool
        Whether to look for noise that shows only at wider spacings.

    Returns
    -------
    float64 array, shape (n,)

    Notes
    -----
    Each side of the point is measured by itself, without the point, and the quieter one counts: a kink or a jump at
    the point, or close to one side of it, would otherwise pass for noise. Values computed in a lower precision than
    they are returned in do not change at all at small spacings, so the spacing widens until they differ. Where only
    an inner part of f stands still, as the numerator of (1 - cos x) / x**2 does, values move smoothly at small
    spacings, on a wrong slope: so wider ones are looked at too.
    """
    left, right = (
        np.maximum(_one_side(along, side, widest), _one_side(along, side * _INCOMMENSURATE, widest))
        for side in (-1.0, 1.0)
    )
    seen = np.where((left > 0) & (right > 0), np.minimum(left, right), np.maximum(left, right))
    return np.maximum(seen, _hidden(along, widest)) if hidden else seen


def measure_stairs(along: Callable[[Vector], Table]) -> Vector:
    """Return the noise of values that stand still close to a point and move in steps on both sides of it, shape (n,).

    0 where they move on one side alone, as they do beside a kink. `along` is that of `measure_noise`.
    """
    return np.minimum(*(_one_side(along, side, _WIDEST_SPACING) for side in (-1.0, 1.0)))


def _one_side(along: Callable[[Vector], Table], side: float, widest: float) -> Vector:
    spacing = _FIRST_SPACING
    noise = np.zeros(0)
    settled = np.zeros(0, dtype=bool)
    while spacing <= widest and not (settled.size and settled.all()):
        table = along(side * spacing * np.arange(1.0, _VALUES + 1))
        if not settled.size:
            noise, settled = np.zeros(table.shape[1]), np.zeros(table.shape[1], dtype=bool)
        finite = np.isfinite(table).all(axis=0)
        moving = finite & (table != table[0]).any(axis=0) & ~settled
        if moving.any():
            noise[moving] = np.maximum(
                noise_level(table[:, moving]), _quantum(table[:, moving], widened=spacing > _FIRST_SPACING)
            )
        settled |= moving | ~finite
        spacing *= _WIDEN
    return noise


def _hidden(along: Callable[[Vector], Table], widest: float) -> Vector:
    """Return the noise that shows only at wider spacings; 0 where there is none.

    Where few of the values see a jump of a quantum, it looks like a kink. But a quantum is as large at all spacings,
    and on both sides of the point.
    """
    sides = [_levels(along, side, widest) for side in (-1.0, 1.0)]
    noise = np.zeros(sides[0].level.shape[1])
    seen = []
    for side, other in zip(sides, reversed(sides), strict=True):
        counts = side.counts & (side.level < _ONE_SIDED * other.level.max(axis=0))
        levels, typical = np.where(counts, side.level, 0.0), np.where(counts, side.scattered, 0.0)
        noise = np.maximum(noise, np.minimum(levels.max(axis=0), typical.max(axis=0)))
        seen.append(levels)
    # Two kinks nearby are rarely as large at three spacings.
    ordered = np.sort(np.concatenate(seen), axis=0)
    alike = np.where(ordered[2:] <= _ALIKE * ordered[:-2], ordered[:-2], 0.0)
    return np.maximum(noise, alike.max(axis=0, initial=0.0))


class Levels(NamedTuple):
    """Noise levels at some spacings, whether they count, and what bounds them beside a kink; shape (spacings, n)."""

    level: Table
    counts: NDArray[np.bool_]
    scattered: Table


def _levels(along: Callable[[Vector], Table], side: float, widest: float) -> Levels:
    """Return the noise levels on one side at wider and wider spacings.

    What is narrow among the features of f looks like noise as well. But values an eighth as far apart then bend
    smoothly, and by as much: it does not count.
    """
    spacing = _FIRST_SPACING
    steps = side * np.arange(1.0, _VALUES + 1)
    featured: Any = False
    closer, bend = np.array(np.inf), np.array(0.0)
    found = []
    while spacing <= min(widest, _WIDEST_HIDDEN):
        table = along(spacing * steps)
        level, agree = _agreeing(table)
        with np.errstate(invalid="ignore"):
            featured = featured | ((_RAGGED * closer < level) & (level < 1.5 * bend))
            # What rounding does to values that grow away from the point is known without measuring.
            counts = agree & ~featured & (level > 8 * _UNIT * np.abs(table).max(axis=0))
        level = np.where(np.isfinite(level), level, 0.0)
        found.append((level, counts, _scattered(table)))
        closer, bend = level, _bend(table)
        spacing *= _WIDEN_UNEVENLY
    return Levels(*map(np.array, zip(*found, strict=True)))


def _bend(values: Table) -> Vector:
    """Return how far equispaced values are from the straight line through their ends."""
    share = np.linspace(0, 1, len(values))[:, np.newaxis]
    bend: Vector = np.abs(values - (values[0] + share * (values[-1] - values[0]))).max(axis=0)
    return bend


def _quantum(values: Table, *, widened: bool) -> Vector:
    """Return half the smallest step of each column that moves in steps: that lay flat before, or partly does now."""
    steps = np.abs(np.diff(values, axis=0))
    smallest = np.where(steps > 0, steps, np.inf).min(axis=0)
    return np.where(widened | (steps == 0).any(axis=0), smallest / 2, 0.0)


def noise_level(values: Table) -> Vector:
    """Return the noise level of equispaced values, shape (values, n).

    That is the level of the first three columns of the difference table that agree within a factor 4. Where none do,
    the smooth part still shows in the low columns, and the highest see the least of it.
    """
    return np.minimum(_agreeing(values)[0], _scattered(values))


def _agreeing(values: Table) -> tuple[Vector, NDArray[np.bool_]]:
    """Return the noise level, and where it rests on columns that agree."""
    size = np.abs(values).max(axis=0)
    # Squares of tiny differences would underflow: the table is made of values of size 1. Of values close together the
    # first can be subtracted without rounding, so that binomial sums of them are as exact as repeated differences.
    scaled = values / np.where(size > 0, size, 1.0)
    weights, starts, gammas = _difference_table(len(values))
    table = weights @ (scaled - scaled[0])
    levels = np.sqrt(gammas * np.add.reduceat(table**2, starts, axis=0))
    mixed = (np.minimum.reduceat(table, starts, axis=0) < 0) & (
        np.maximum.reduceat(table, starts, axis=0) > 0
    )
    largest = np.maximum(np.maximum(levels[:-2], levels[1:-1]), levels[2:])
    smallest = np.minimum(np.minimum(levels[:-2], levels[1:-1]), levels[2:])
    agree: NDArray[np.bool_] = mixed[:-2] & (largest <= 4 * smallest)
    found: NDArray[np.bool_] = agree.max(axis=0)
    first = agree.argmax(axis=0)
    level: Vector = np.where(found, levels[first, np.arange(len(first))], levels.min(axis=0))
    return level * size, found


@functools.cache
def _difference_table(count: int) -> tuple[Table, NDArray[np.intp], Table]:
    """Return what makes all columns of the difference table of so many values but the last, one below the other.

    Returns
    -------
    weights : float64 array, shape (entries, count)
        Binomial weights of each entry.
    starts : intp array, shape (columns,)
        The first entry of each column.
    gammas : float64 array, shape (columns, 1)
        What makes a variance of the sum of squares of a column of noise.
    """
    table, columns, gammas = np.eye(count), [], []
    for k in range(1, count - 1):
        table = np.diff(table, axis=0)
        columns.append(table)
        gammas.append([factorial(k) ** 2 / factorial(2 * k) / len(table)])
    starts = np.cumsum([0, *map(len, columns[:-1])])
    return np.concatenate(columns), starts, np.array(gammas)


def _scattered(values: Table) -> Vector:
    """Return a bound of the noise level that a kink or a jump among the values does not raise.

    It makes few of the second and third differences large, noise makes most of them so.
    """
    bend = values[2:] - 2 * values[1:-1] + values[:-2]
    second, third = np.sort(np.abs(bend), axis=0), np.sort(np.abs(bend[1:] - bend[:-1]), axis=0)
    bound: Vector = np.minimum(_OUTLYING * second[_TYPICAL_SECOND], _OUTLYING_THIRD * third[_TYPICAL_THIRD])
    return bound
