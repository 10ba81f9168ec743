"""Tensors: to NumPy and back, what of an output can be differentiated, what precision a dtype has."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradproof._nesting import walk

_NUMPY_SCALAR = {
    "torch.float64": np.float64,
    "torch.float32": np.float32,
    "torch.float16": np.float16,
    "torch.bfloat16": np.float32,
}


def as_numpy_scalar(number: float, dtype: Any) -> Any:
    """Return a number in NumPy's dtype of this name: it tells how far it was rounded."""
    return _NUMPY_SCALAR[str(dtype)](number)


def float_outputs(output: Any) -> list[Any]:
    """Return the float and complex tensors among what f returned, dense."""
    import torch

    tensors = [leaf for _, leaf in walk(output, "") if isinstance(leaf, torch.Tensor)]
    floats = [dense(tensor) for tensor in tensors if tensor.is_floating_point() or tensor.is_complex()]
    if not floats:
        raise TypeError(
            f"f must return a float tensor, or containers of them; got {type(output).__name__}"
            f"{' of ' + ', '.join(str(tensor.dtype) for tensor in tensors) if tensors else ''}. "
            "Return what autograd is to differentiate, before .item() or .numpy()."
        )
    return floats


def real_parts(path: str, tensor: Any) -> list[tuple[str, NDArray[Any]]]:
    """Return a tensor as one NumPy array, or as two where it is complex."""
    plain = tensor.detach()
    pairs = (
        [(f"{path}.real", plain.real), (f"{path}.imag", plain.imag)]
        if plain.is_complex()
        else [(path, plain)]
    )
    try:
        return [(name, np.array(part.numpy(force=True))) for name, part in pairs]
    except TypeError as error:  # bfloat16 and smaller
        raise TypeError(
            f"what varies must have a dtype that NumPy knows, or f must take float64; got {path} of {tensor.dtype}. "
            "Convert it with .float()."
        ) from error


def widened(value: Any) -> Any:
    """Return a float tensor in float64, anything else as it is."""
    import torch

    if not isinstance(value, torch.Tensor):
        return value
    if value.is_floating_point():
        return value.detach().to(torch.float64)
    return value.detach().to(torch.complex128) if value.is_complex() else value


def real_dtype(dtype: Any) -> Any:
    """Return the dtype of the real part."""
    return dtype.to_real() if dtype.is_complex else dtype


def coarsest(dtypes: set[Any]) -> str:
    """Return the name of the dtype with the fewest digits."""
    import torch

    fewest = max(dtypes, key=lambda dtype: torch.finfo(dtype).eps)
    return str(fewest).removeprefix("torch.")


def dense(tensor: Any) -> Any:
    """Return a sparse tensor, an output or a gradient, as a dense one."""
    import torch

    return tensor if tensor.layout == torch.strided else tensor.to_dense()


def version(leaf: Any) -> int:
    """Return how often a tensor was written to."""
    return int(getattr(leaf, "_version", 0))


def summed(tensor: Any, axes: int) -> Any:
    """Return the sum over all but the first axes."""
    return tensor.flatten(axes).sum(-1) if tensor.ndim > axes else tensor
