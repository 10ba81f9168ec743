"""The cause of a wrong gradient, named only where the numbers leave no other reading."""

from __future__ import annotations

import numpy as np

from gradproof._nesting import Leaf, Vector
from gradproof._numeric import Numeric
from gradproof._structure import Arguments


def diagnose(arguments: Arguments, analytic: Vector, numeric: Numeric) -> str | None:
    """Return the cause with its evidence, or None.

    Named are a factor that all wrong leaves share (the sign, 2, 1/2, any other constant) and a transposed matrix.
    """
    wrong = [leaf for leaf in arguments.leaves if np.any(_off(leaf, analytic, numeric))]
    transposed = [leaf.path for leaf in wrong if _is_transposed(leaf, analytic, numeric)]
    if transposed and len(transposed) == len(wrong):
        return f"transposed: analytic equals the transpose of numeric in {', '.join(transposed)}"
    factors = [_common_factor(leaf, analytic, numeric) for leaf in wrong]
    known = [factor for factor in factors if factor is not None]
    if not known or len(known) < len(wrong) or max(known) - min(known) > 1e-6 * abs(known[0]):
        return None
    paths = ", ".join(leaf.path for leaf in wrong)
    if abs(known[0] - 1) < 1e-3:
        return None
    if abs(known[0] + 1) < 1e-6:
        return f"sign: analytic = -1 x numeric in every entry of {paths}"
    return f"factor {known[0]:.4g}: analytic = {known[0]:.6g} x numeric in every entry of {paths}"


def _off(leaf: Leaf, analytic: Vector, numeric: Numeric) -> np.ndarray[tuple[int, ...], np.dtype[np.bool]]:
    part = slice(leaf.start, leaf.stop)
    return np.abs(analytic[part] - numeric.value[part]) > numeric.bound[part]


def _common_factor(leaf: Leaf, analytic: Vector, numeric: Numeric) -> float | None:
    """Return analytic / numeric where it is one number in at least two sharply seen entries and no entry denies it."""
    part = slice(leaf.start, leaf.stop)
    ours, theirs, bound = analytic[part], numeric.value[part], numeric.bound[part]
    sharp = np.abs(theirs) > 1e6 * bound
    if np.count_nonzero(sharp) < 2:
        return None
    factor = float(np.median(ours[sharp] / theirs[sharp]))
    slack = bound * (1 + abs(factor)) + 1e-6 * np.abs(theirs)
    return factor if np.all(np.abs(ours - factor * theirs) <= slack) else None


def _is_transposed(leaf: Leaf, analytic: Vector, numeric: Numeric) -> bool:
    if len(leaf.shape) != 2 or leaf.shape[0] != leaf.shape[1]:
        return False
    part = slice(leaf.start, leaf.stop)
    ours, theirs, bound = (
        values[part].reshape(leaf.shape) for values in (analytic, numeric.value, numeric.bound)
    )
    return bool(np.all(np.abs(ours - theirs.T) <= bound + bound.T))
