"""Right numbers of too few digits: computed in float32 or float16, and handed over as float64."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from gradproof._diagnosis._evidence import Diagnosis, Evidence
from gradproof._nesting import Vector

_Narrow: TypeAlias = type[np.float16] | type[np.float32]

_FEWEST = 4
# Units roundoff of the leaf's largest entry that a computation may have lost on its way.
_LOST = 2.0**6
# Numbers that do without the last bits, as small integers do, were not rounded to the type.
_LAST_BITS = 3


def precision(evidence: Evidence) -> Diagnosis | None:
    """Return the narrower type that holds every entry exactly, where the errors are of its size."""
    dtypes: tuple[_Narrow, ...] = (np.float16, np.float32)
    for dtype in dtypes:
        if all(_narrow(side.analytic, dtype) for side in evidence.sides) and all(
            np.all(np.abs(side.analytic - side.numeric)[side.known] <= _allowed(side.numeric, dtype))
            for side in evidence.sides
        ):
            name = np.dtype(dtype).name
            values = {float(value) for side in evidence.sides for value in side.analytic[side.wrong]}
            if len(values) >= _FEWEST and 2 * _full(values, dtype) >= len(values):
                return Diagnosis(
                    f"precision of {name}",
                    f"every entry of {evidence.paths} is a {name} number, and off by that type's rounding",
                )
    return None


def _narrow(values: Vector, dtype: _Narrow) -> bool:
    with np.errstate(over="ignore"):
        return bool(np.all(values.astype(dtype).astype(np.float64) == values))


def _full(values: set[float], dtype: _Narrow) -> int:
    """Count the values that need the last bits of the type."""
    mantissas, _ = np.frexp(np.array(sorted(values)))
    coarse = np.ldexp(mantissas, np.finfo(dtype).nmant + 1 - _LAST_BITS)
    return int(np.count_nonzero(coarse != np.round(coarse)))


def _allowed(numeric: Vector, dtype: _Narrow) -> float:
    return float(_LOST * np.finfo(dtype).eps * np.nanmax(np.abs(numeric), initial=0.0))
