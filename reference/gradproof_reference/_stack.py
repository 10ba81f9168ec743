"""Models along any leading axes as models along one, the first: what a loop that trains in place works on."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ._validation import FloatArray

Array = npt.NDArray[Any]


def one_axis(array: Array, leading: tuple[int, ...], own: int) -> Array:
    """Broadcast `array` to the stack `leading`, and give its models one axis: (n_models, own axes)."""
    own_shape = array.shape[array.ndim - own :]
    stacked = np.broadcast_to(array, leading + own_shape)
    return stacked.reshape((int(np.prod(leading)), *own_shape))


def shared_or_one_axis(array: Array, leading: tuple[int, ...], own: int) -> Array:
    """Return data that all models share as they are, and data of their own on one axis of models."""
    return array if array.ndim == own else one_axis(array, leading, own)


def of_models(array: Array, models: slice, own: int) -> Array:
    """Take the data of some models; what all share is theirs as well."""
    return array if array.ndim == own else array[models]


def parts(n_models: int, n_parts: int) -> list[slice]:
    """Divide the models into parts, none of which has two more than another."""
    return [slice(n_models * k // n_parts, n_models * (k + 1) // n_parts) for k in range(n_parts)]


def require_real(dtype: np.dtype[Any]) -> None:
    """Refuse complex numbers: a descent orders losses, and there is no order among complex ones."""
    if dtype.kind != "f":
        raise TypeError(
            f"parameters and data must be real to be trained; got dtype={dtype}. Pass their real parts."
        )


def scalars(array: Array, leading: tuple[int, ...], dtype: np.dtype[Any]) -> FloatArray:
    """One value per model, shape (n_models, 1): λ, τ and α keep float32 models float32."""
    return one_axis(array, leading, 0).astype(dtype)[:, None]


def one_if_equal(values: FloatArray) -> FloatArray:
    """Return (1, 1) where all models have one value: NumPy multiplies by it in one loop, not in one for each model."""
    return values[:1] if (values == values[:1]).all() else values
