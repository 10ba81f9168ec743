"""The training loops' buffers begin at a cache line, for any shape and type."""

import numpy as np
import pytest

from gradproof_reference._buffers import copied, empty


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("shape", [(), (3,), (12, 2410), (33, 12, 32)], ids=str)
def test_a_buffer_begins_at_a_cache_line(shape: tuple[int, ...], dtype: type) -> None:
    """Of several, since one may begin there by chance."""
    buffers = [empty(shape, np.dtype(dtype)) for _ in range(8)]
    assert all(buffer.ctypes.data % 64 == 0 for buffer in buffers)
    assert all(buffer.shape == shape and buffer.dtype == dtype for buffer in buffers)
    assert all(buffer.flags.c_contiguous and buffer.flags.writeable for buffer in buffers)


def test_a_copy_has_the_same_numbers_in_its_own_memory() -> None:
    """Whatever the order of the original."""
    array = np.arange(6.0).reshape(2, 3)[:, ::-1]
    copy = copied(array)
    assert copy.ctypes.data % 64 == 0
    assert not np.shares_memory(copy, array)
    np.testing.assert_array_equal(copy, array)
