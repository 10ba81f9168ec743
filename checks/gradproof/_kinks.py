"""What a function does on one line at the point: smooth, a kink, a kink nearby, or a jump.

The gap between the one-sided slopes tells. As the step h shrinks it vanishes like h where f is smooth, stays at a
kink, stays and then vanishes where the kink is nearby, and grows like 1/h at a jump.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from gradproof._ladder import CENTRAL, Estimate, Ladder, tableau

# A side must beat the central differences by this factor before it counts in their place.
_FAR_SHARPER = 1e-3
# Quotients that grow by this factor from each of the finest steps to the next, a quarter of it, follow a power of the step.
_GROWTH = 1.2
_GROWING = 4
# Noise of no more units roundoff than these is that of arithmetic, at steps of any size.
_QUIET = 64.0
# Slopes that differ by less than this share are the same.
_ALIKE = 1e-3

Kind = Literal["smooth", "kink", "jump", "unconfirmed"]


class LineDerivative(NamedTuple):
    """The derivative on one line, as differences alone show it.

    `value` and `bound` enclose the derivative. At a kink, [low, high] encloses the one-sided derivatives. The kind is
    "unconfirmed" where the differences disagree with the claimed derivative at fewer than three steps.
    """

    kind: Kind
    value: float
    bound: float
    low: float = float("nan")
    high: float = float("nan")


def look_closely(ladder: Ladder, row: int, claimed: float) -> LineDerivative:
    """Descend one line as far as it can be seen, and say what f does there.

    Parameters
    ----------
    ladder : Ladder
        Already refined; the finer rungs of this line are added.
    row : int
    claimed : float
        The derivative in question: what would be refuted must still be visible at the finest steps.
    """
    ladder, row = ladder.only(row), 0
    value, bound = _at(ladder.central(), row)
    kink, kink_bound = _at(ladder.gap(), row)
    residual = abs(claimed - value) if np.isfinite(bound) else np.inf
    suspicion = abs(kink) if abs(kink) > kink_bound else min(residual, _largest_slope(ladder, row))
    ladder.descend(row, suspicion / 8)
    while _is_jump(ladder, row):
        if not ladder.finer(row):
            return LineDerivative("jump", np.nan, np.inf)
    kink, kink_bound = _at(ladder.gap(), row)
    seen = abs(kink) > kink_bound
    if seen and _persists(ladder, row, kink):
        return _at_kink(ladder, row, kink, kink_bound)
    value, bound = _sharpest(ladder, row)
    if seen:
        # A gap that still shrinks is that of a kink in a higher derivative: no more is known than how small it gets.
        bound = max(bound, min(abs(kink) + kink_bound, _smallest_gap(ladder, row)))
    if abs(claimed - value) <= bound:
        return LineDerivative("smooth", value, bound)
    return _confirm(ladder, row, claimed, value, bound)


def _at(estimate: Estimate, row: int) -> tuple[float, float]:
    return float(estimate.value[row]), float(estimate.bound[row])


def _largest_slope(ladder: Ladder, row: int) -> float:
    slopes = np.abs(ladder.slopes()[row])
    largest = float(np.nanmax(slopes)) if np.isfinite(slopes).any() else 0.0
    # Where f is even about the point its slopes are 0 at every step, and say nothing of what must be visible.
    return largest or np.inf


def _is_jump(ladder: Ladder, row: int) -> bool:
    """Tell whether the change of f across the point stays while the step shrinks 16-fold."""
    change = np.fmax(
        np.abs(ladder.plus[row] - ladder.value[row]), np.abs(ladder.minus[row] - ladder.value[row])
    )
    known = np.flatnonzero(np.isfinite(change))[-3:]
    if len(known) < 3:
        return False
    noise = ladder.floors()[row, known[-1]] * ladder.step_plus[row, known[-1]]
    return bool(change[known[-1]] > 0.5 * change[known[0]] and change[known[-1]] > 2 * noise)


def _persists(ladder: Ladder, row: int, kink: float) -> bool:
    """Tell whether the gaps at the three finest steps that see the kink are of its size."""
    gaps, floors = ladder.gaps()[row], ladder.floors()[row]
    clear = np.flatnonzero(np.isfinite(gaps) & (8 * floors < abs(kink)))[-3:]
    return bool(clear.size == 3 and np.all(np.abs(gaps[clear] - kink) <= abs(kink) / 4 + 4 * floors[clear]))


def _smallest_gap(ladder: Ladder, row: int) -> float:
    """Return what the gap may be at most at two steps in a row: at one it may be 0 by chance."""
    gaps = np.abs(ladder.gaps()[row]) + 4 * ladder.floors()[row]
    pairs = np.maximum(gaps[1:], gaps[:-1])
    return float(np.nanmin(pairs)) if np.isfinite(pairs).any() else np.inf


def _at_kink(ladder: Ladder, row: int, kink: float, kink_bound: float) -> LineDerivative:
    """Return the interval of one-sided derivatives: each side by itself where it is smooth, else slope -+ half the kink."""
    middle, bound = _at(ladder.central(), row)
    sides = [_at(side, row) for side in ladder.one_sided()]
    halves = (middle - kink / 2, bound + kink_bound), (middle + kink / 2, bound + kink_bound)
    ends = [min(pair, key=lambda end: end[1]) for pair in zip(sides, halves, strict=True)]
    (low, low_bound), (high, high_bound) = sorted(ends)
    return LineDerivative("kink", middle, max(low_bound, high_bound), low - low_bound, high + high_bound)


def _sharpest(ladder: Ladder, row: int) -> tuple[float, float]:
    """Return the central derivative, or that of the one side which agrees with it and is far sharper.

    With a kink nearby only the finest steps see the slope at the point, through much rounding; the side without the
    kink is smooth at every step. What wide steps show may still differ from what happens at the point by less than
    the finest steps can tell, so the bound is the geometric mean of the two. The finest steps must at least tell the
    two slopes of the kink apart: else there may be one on each side.
    """
    value, bound = _at(ladder.central(), row)
    if not 8 * bound < np.nanmax(np.abs(ladder.gaps()[row]), initial=0.0):
        return value, bound
    agreeing = [
        (side, float(np.sqrt(side_bound * min(bound, _closeness(ladder, row, side, side_bound)))))
        for side, side_bound in (_at(estimate, row) for estimate in ladder.one_sided())
        if side_bound < _FAR_SHARPER * bound and abs(side - value) <= bound + side_bound
    ]
    # Both sides agreeing means that no kink explains the blur: then nothing was learned from either.
    return agreeing[0] if len(agreeing) == 1 else (value, bound)


def _closeness(ladder: Ladder, row: int, slope: float, bound: float) -> float:
    """Return how close to a slope the central quotients of two steps or more stay, down to the finest."""
    floors = ladder.floors()[row]
    apart = np.abs(ladder.slopes()[row] - slope)
    known = np.flatnonzero(np.isfinite(apart))
    off = known[apart[known] > floors[known] + bound]
    close = known[known > off[-1]] if off.size else known
    return float((apart + floors)[close[0]]) if close.size >= 2 else np.inf


def _confirm(ladder: Ladder, row: int, claimed: float, value: float, bound: float) -> LineDerivative:
    """Hold a claimed derivative against every step that can see the difference; at least three must refute it."""
    entries, bounds = tableau(ladder.slopes()[[row]], ladder.floors()[[row]], CENTRAL)
    order = bounds[:, 0].argmin(axis=0)
    rungs = np.arange(len(order))
    entry, limit = entries[order, 0, rungs], bounds[order, 0, rungs]
    residual = claimed - entry
    refutes = (np.abs(residual) > limit) & (np.sign(residual) == np.sign(claimed - value))
    refuted = np.count_nonzero(refutes) >= 3 and not (
        _grows_towards(ladder, row, claimed) or _holds_up_close(ladder, row, claimed, value)
    )
    return LineDerivative("smooth" if refuted else "unconfirmed", value, bound)


def _grows_towards(ladder: Ladder, row: int, claimed: float) -> bool:
    """Tell whether the quotients still grow towards a larger claim at the finest steps, as those of √x do close to 0.

    The steps are then wider than what f does at the point: no number of them refutes what finer ones might confirm.
    """
    slopes, floors = ladder.slopes()[row], ladder.floors()[row]
    finest = slopes[np.flatnonzero(np.abs(slopes) > 8 * floors)[-_GROWING:]] * np.sign(claimed)
    growing = finest.size == _GROWING and finest[0] > 0 and np.all(finest[1:] >= _GROWTH * finest[:-1])
    return bool(growing and abs(claimed) > finest[-1])


def _holds_up_close(ladder: Ladder, row: int, claimed: float, value: float) -> bool:
    """Tell whether f moves along the claimed derivative next to the point, where its noise shows only farther away.

    A phase that wraps many times within the differences looks like noise about another slope, and has its own between
    two wraps only. A wrong gradient agrees with the finest steps as well where an inner part of f stands still in a
    lower precision: neither reading is certain then. Where all of f stands still, no slope but 0 is seen.
    """
    level = float(np.broadcast_to(ladder.noise.level, len(ladder.value))[row])
    if claimed == 0 or level <= _QUIET * ladder.noise.unit * abs(ladder.value[row]):
        return False
    slopes, rounding = ladder.up_close(row, claimed)
    alike = _ALIKE * abs(claimed) + rounding
    # Only where the finest steps tell the claim from what the differences saw do they speak for it.
    apart = np.abs(slopes - value) > alike
    return slopes.size > 0 and bool(np.all((np.abs(slopes - claimed) <= alike) & apart))
