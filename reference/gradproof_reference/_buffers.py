"""Arrays whose memory begins at the beginning of a cache line, where `numpy.empty` promises an eighth or a quarter of that.

A wide load or store that touches two lines costs twice, and every second one of 32 bytes, or each of 64, does in an array that begins
elsewhere: a pass over three such arrays takes up to twice as long.
"""

from typing import Any

import numpy as np

from ._validation import FloatArray

__all__ = ["copied", "empty"]

CACHE_LINE = 64  # bytes


def empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> FloatArray:
    """Return an array of any numbers."""
    n_bytes = int(np.prod(shape)) * dtype.itemsize
    memory = np.empty(n_bytes + CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE
    return memory[start : start + n_bytes].view(dtype).reshape(shape)


def copied(array: FloatArray) -> FloatArray:
    """Return the same numbers in such an array."""
    copy = empty(array.shape, array.dtype)
    copy[...] = array
    return copy
