"""Floats as JSON has them: finite ones by repr, which gives the same bits back; the others by name."""

from __future__ import annotations

import math

_NAMES = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def number(value: float) -> float | str:
    """Return a float for strict JSON, which has no infinity and no NaN."""
    value = float(value)
    return value if math.isfinite(value) else repr(value)


def from_number(value: float | str) -> float:
    """Return the float that `number` made something of."""
    return _NAMES[value] if isinstance(value, str) else float(value)


def same(one: float, other: float) -> bool:
    """Tell whether two floats have the same bits; a NaN is a NaN."""
    return repr(one) == repr(other)
