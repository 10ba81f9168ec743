"""The activations of a training loop: written into buffers, and differentiated by their values (F21).

The derivative of a = σ(z) is a − a², of a = tanh z it is 1 − a², and of a ReLU the sign of a: nothing but a is kept.
`activations` differentiates by z instead, and keeps the relative accuracy of the tails, which an update cannot see.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ._validation import FloatArray
from .activations import RELU, SIGMOID, TANH, Activation


class InPlace(NamedTuple):
    """One activation on buffers of one shape.

    Attributes
    ----------
    forward : callable
        ``forward(z, a)`` writes the activation of z into a; z may be overwritten.
    backward : callable
        ``backward(z, a, gradient)`` multiplies the gradient by the derivative; z, as `forward` left it, may be overwritten.
    """

    forward: Callable[[FloatArray, FloatArray], object]
    backward: Callable[[FloatArray, FloatArray, FloatArray], object]


def in_place(activation: Activation) -> InPlace:
    """Return the pair of an activation; one that is not of the slides goes by its own functions."""
    return _OF_THE_SLIDES.get(activation) or _by_its_functions(activation)


def _sigmoid(z: FloatArray, a: FloatArray) -> None:
    np.negative(z, z)
    np.exp(z, z)
    np.add(z, 1, z)
    np.reciprocal(z, a)


def _sigmoid_backward(z: FloatArray, a: FloatArray, gradient: FloatArray) -> None:
    np.multiply(a, a, z)
    np.subtract(a, z, z)
    np.multiply(gradient, z, gradient)


def _tanh_backward(z: FloatArray, a: FloatArray, gradient: FloatArray) -> None:
    np.multiply(a, a, z)
    np.subtract(1, z, z)
    np.multiply(gradient, z, gradient)


def _relu(z: FloatArray, a: FloatArray) -> None:
    np.maximum(z, 0, out=a)


def _relu_backward(z: FloatArray, a: FloatArray, gradient: FloatArray) -> None:
    np.sign(a, z)
    np.multiply(gradient, z, gradient)


_OF_THE_SLIDES: dict[Activation, InPlace] = {
    SIGMOID: InPlace(_sigmoid, _sigmoid_backward),
    TANH: InPlace(np.tanh, _tanh_backward),
    RELU: InPlace(_relu, _relu_backward),
}


def _by_its_functions(activation: Activation) -> InPlace:
    def forward(z: FloatArray, a: FloatArray) -> None:
        a[...] = activation.function(z)

    def backward(z: FloatArray, _: FloatArray, gradient: FloatArray) -> None:
        np.multiply(gradient, activation.derivative(z), gradient)

    return InPlace(forward, backward)
