"""Scalars of an update, one per model of a stack: learning rate, momentum, L2 strength."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ._validation import FloatArray, broadcast_leading, float_array
from .layer import Layer


def per_model(scalars: npt.NDArray[Any], dtype: np.dtype[Any], trailing: int) -> FloatArray:
    """Cast to the real dtype under `dtype` and append `trailing` axes of length 1.

    The cast keeps float32 models float32: NumPy's promotion with a float64 array would widen them.
    """
    real = np.finfo(dtype).dtype
    padded: FloatArray = scalars.astype(real, copy=False).reshape(scalars.shape + (1,) * trailing)
    return padded


def per_model_of_leaf(name: str, scalars: npt.NDArray[Any], leaf_name: str, leaf: FloatArray) -> FloatArray:
    """Pad `scalars` to the axes of `leaf`; its own must be the stack axes in front, or broadcast to them."""
    front = leaf.shape[: scalars.ndim]
    if scalars.shape != front and not _broadcasts_to(scalars.shape, front):
        raise ValueError(
            f"the axes of {name} must be the stack axes in front of {leaf_name}; got {name}.shape="
            f"{scalars.shape}, {leaf_name}.shape={leaf.shape}. Stack the models, or pass one {name}."
        )
    return per_model(scalars, leaf.dtype, leaf.ndim - scalars.ndim)


def require_shape_of_gradient(
    name: str, shape: tuple[int, ...], gradient_name: str, gradient: FloatArray
) -> None:
    """Require that `shape` is the gradient's, up to stack axes that the gradient has in front.

    A gradient is never stretched: it has every axis of its parameter already, so a shape that NumPy would
    broadcast silently (a bias of shape (3,) against a gradient of shape (3, 1)) is a gradient of something
    else.
    """
    if shape != gradient.shape and not _broadcasts_to(shape, gradient.shape):
        raise ValueError(
            f"{gradient_name} must have the shape of {name}, stack axes in front allowed; got "
            f"{gradient_name}.shape={gradient.shape}, {name}.shape={shape}. Sum it over the examples alone."
        )


def _broadcasts_to(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, target) == target
    except ValueError:
        return False


def stack_layers(layers: dict[str, Layer], scalars: dict[str, npt.NDArray[Any]]) -> list[Layer]:
    """Broadcast named layers of one shape, and the scalars that go with them, to one stack of models (views).

    A layer's own axes are known, two of the weight and one of the bias, so that the axes before them may
    broadcast.
    """
    first = next(iter(layers))
    arrays: dict[str, tuple[FloatArray, int]] = {}
    for name, layer in layers.items():
        for part, axes in (("weight", "d_out, d_in"), ("bias", "d_out")):
            array, own = float_array(f"{name}.{part}", getattr(layer, part), axes=axes), axes.count(",") + 1
            arrays[f"{name}.{part}"] = array, own
            expected = arrays[f"{first}.{part}"][0].shape[-own:]
            if array.shape[-own:] != expected:
                raise ValueError(
                    f"{name}.{part} must end in the axes ({axes}) of {first}.{part}, {expected}; got "
                    f"{name}.{part}.shape={array.shape}. Sum gradients over the examples alone."
                )
    leading = broadcast_leading(
        *((name, array.shape[: array.ndim - own]) for name, (array, own) in arrays.items()),
        *((name, scalar.shape) for name, scalar in scalars.items()),
    )
    stacked = [
        np.broadcast_to(array, leading + array.shape[array.ndim - own :]) for array, own in arrays.values()
    ]
    return [Layer(weight, bias) for weight, bias in zip(stacked[::2], stacked[1::2], strict=True)]
