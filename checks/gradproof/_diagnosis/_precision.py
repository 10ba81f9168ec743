"""Right numbers of too few digits: computed in float32 or float16, and handed over as float64."""

from __future__ import annotations

import numpy as np

from gradproof._diagnosis._evidence import Diagnosis, Evidence
from gradproof._nesting import Vector

_FEWEST = 4
# Units roundoff of the leaf's largest entry that a computation may have lost on its way.
_LOST = 2.0**6


def precision(evidence: Evidence) -> Diagnosis | None:
    """Return the narrower type that holds every entry exactly, where the errors are of its size."""
    for dtype in (np.float16, np.float32):
        if all(_narrow(side.analytic, dtype) for side in evidence.sides) and all(
            np.all(np.abs(side.analytic - side.numeric)[side.known] <= _allowed(side.numeric, dtype))
            for side in evidence.sides
        ):
            name = np.dtype(dtype).name
            values = {float(value) for side in evidence.sides for value in side.analytic[side.wrong]}
            if len(values) >= _FEWEST:
                return Diagnosis(
                    f"precision of {name}",
                    f"every entry of {evidence.paths} is a {name} number, and off by that type's rounding",
                )
    return None


def _narrow(values: Vector, dtype: type[np.floating]) -> bool:
    with np.errstate(over="ignore"):
        return bool(np.all(values.astype(dtype).astype(np.float64) == values))


def _allowed(numeric: Vector, dtype: type[np.floating]) -> float:
    return float(_LOST * np.finfo(dtype).eps * np.nanmax(np.abs(numeric), initial=0.0))
