"""Arrays as text and back, bit for bit: the dtype, the shape, and the bytes, compressed."""

from __future__ import annotations

import base64
import hashlib
import math
import re
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Numbers, text and times; neither objects, which would have to be pickled, nor records.
_DTYPE = re.compile(r"[<>|=][biufcSUmM]\d+(\[\d*[a-z]+\])?")


class DamagedError(ValueError):
    """Evidence that cannot be read: what it says does not fit together."""


def digest_of(*parts: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return f"sha256:{hashlib.sha256(b''.join(parts)).hexdigest()}"


def is_storable(array: NDArray[Any]) -> bool:
    """Tell whether an array can be stored as bytes."""
    return _DTYPE.fullmatch(array.dtype.str) is not None


def packed(content: bytes) -> str:
    """Return bytes as text."""
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def unpacked(text: str, size: int) -> bytes:
    """Return the bytes that `packed` made a text of; never more than they should be."""
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(base64.b64decode(text, validate=True), size + 1)
    except (ValueError, zlib.error) as error:
        raise DamagedError(f"an array must be compressed bytes in base64; got {error}.") from error
    if len(content) != size or not unpacker.eof:
        raise DamagedError(f"an array must hold the {size} bytes of its shape; got {len(content)} or more.")
    return content


def described(array: NDArray[Any]) -> dict[str, Any]:
    """Return what an array is, without its values but for their digest."""
    described: dict[str, Any] = {"dtype": array.dtype.str, "shape": list(array.shape)}
    return described | {"digest": digest_of(array.tobytes())}


def encoded(array: NDArray[Any]) -> dict[str, Any]:
    """Return an array as plain values."""
    return {"dtype": array.dtype.str, "shape": list(array.shape), "data": packed(array.tobytes())}


def decoded(node: Mapping[str, Any]) -> NDArray[Any]:
    """Return the array that `encoded` made plain values of."""
    if not _DTYPE.fullmatch(node["dtype"]):
        raise DamagedError(f"an array must hold numbers, text or times; got dtype {node['dtype']!r}.")
    try:
        dtype = np.dtype(node["dtype"])
    except TypeError as error:
        raise DamagedError(f"NumPy here must know the dtype {node['dtype']!r}; got {error}.") from error
    shape = tuple(node["shape"])
    content = unpacked(node["data"], math.prod(shape) * dtype.itemsize)
    return np.frombuffer(content, dtype).reshape(shape).copy()
