"""The lowest point of a function of one number, by scans that get finer: it takes all points of a scan at once."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

__all__ = ["lowest"]

Floats = npt.NDArray[np.float64]

_POINTS = 41


def lowest(function: Callable[[Floats], Floats], scan: Floats, precision: float) -> float:
    """Where `function` is lowest near the lowest point of an equally spaced scan.

    The function may have kinks; between two points of the scan it must not have a second, lower valley.

    Examples
    --------
    >>> round(lowest(lambda x: abs(x - 0.3), np.linspace(0.0, 1.0, 5), 1e-6), 6)
    0.3
    """
    best, width = scan[np.argmin(function(scan))], scan[1] - scan[0]
    while width > precision:
        around = best + width * np.linspace(-1.0, 1.0, _POINTS)
        # Two spacings of this scan to either side are the next: the lowest point need not lie beside the best one.
        best, width = around[np.argmin(function(around))], width / 10
    return float(best)
