"""Arrays of torch and JAX as bytes and back; neither is loaded where it is not loaded already."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradproof._evidence._arrays import DamagedError, unpacked


def foreign(leaf: Any) -> tuple[dict[str, Any], bytes] | None:
    """Return what a dense array of a framework is, and its bytes; None where it is none."""
    torch, jax = sys.modules.get("torch"), sys.modules.get("jax")
    if torch is not None and isinstance(leaf, torch.Tensor):
        return _of_torch(leaf, torch)
    if jax is not None and isinstance(leaf, jax.Array):
        return _of_jax(leaf, jax)
    return None


def _of_torch(tensor: Any, torch: Any) -> tuple[dict[str, Any], bytes] | None:
    if type(tensor) not in {torch.Tensor, torch.nn.Parameter} or tensor.layout != torch.strided:
        return None
    if tensor.is_nested or tensor.is_quantized:
        return None
    plain = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous().reshape(-1)
    what = {
        "kind": "torch",
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "shape": list(tensor.shape),
        "requires_grad": tensor.requires_grad,
        "parameter": isinstance(tensor, torch.nn.Parameter),
        "device": tensor.device.type,
    }
    return what, plain.view(torch.uint8).numpy().tobytes()


def _of_jax(array: Any, jax: Any) -> tuple[dict[str, Any], bytes] | None:
    if jax.dtypes.issubdtype(array.dtype, jax.dtypes.extended):
        return None  # a random key: only JAX knows what is in it
    what = {"kind": "jax", "dtype": str(array.dtype), "shape": list(array.shape)}
    return what, np.asarray(array).tobytes()


def from_foreign(node: Mapping[str, Any]) -> Any:
    """Return the array of a framework that was stored."""
    try:
        return _to_torch(node) if node["kind"] == "torch" else _to_jax(node)
    except ImportError as error:
        raise DamagedError(
            f"{node['kind']} must be installed; got {error}. Install it to replay this."
        ) from error


def _to_torch(node: Mapping[str, Any]) -> Any:
    import torch

    dtype = getattr(torch, node["dtype"], None)
    if not isinstance(dtype, torch.dtype):
        raise DamagedError(f"torch here must know the dtype {node['dtype']!r}.")
    shape = tuple(node["shape"])
    content = unpacked(node["data"], math.prod(shape) * dtype.itemsize)
    # A buffer of its own: what shares the memory of bytes must not be written to.
    tensor = (
        torch.frombuffer(bytearray(content), dtype=dtype) if content else torch.empty(0, dtype=dtype)
    ).reshape(shape)
    try:
        tensor = tensor.to(node["device"])
    except (RuntimeError, AssertionError) as error:  # torch says either of a device that it lacks
        raise DamagedError(f"torch here must have a device {node['device']!r}; got {error}.") from error
    if node["parameter"]:
        return torch.nn.Parameter(tensor, requires_grad=node["requires_grad"])
    return tensor.requires_grad_(node["requires_grad"])


def _to_jax(node: Mapping[str, Any]) -> Any:
    import jax.numpy as jnp

    from gradproof._frameworks._jax_evaluation import in_double  # noqa: PLC0415  only where JAX is

    try:
        dtype = np.dtype(jnp.dtype(node["dtype"]))
    except TypeError as error:
        raise DamagedError(f"JAX here must know the dtype {node['dtype']!r}; got {error}.") from error
    shape = tuple(node["shape"])
    content = unpacked(node["data"], math.prod(shape) * dtype.itemsize)
    with in_double():  # else what was float64 would be cut to float32
        return jnp.asarray(np.frombuffer(content, dtype).reshape(shape), dtype=dtype)
