"""Activation functions and their derivatives, elementwise functions of the pre-activation z (F21)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ._validation import FloatArray, float_array

__all__ = [
    "ACTIVATIONS",
    "RELU",
    "SIGMOID",
    "STEP",
    "TANH",
    "Activation",
    "relu",
    "relu_derivative",
    "sigmoid",
    "sigmoid_derivative",
    "step",
    "step_derivative",
    "tanh",
    "tanh_derivative",
]


@dataclass(frozen=True)
class Activation:
    """An activation function with its derivative, both as functions of the pre-activation z (F21).

    Attributes
    ----------
    name : str
        As in `ACTIVATIONS`.
    function, derivative : callable
        Float array of any shape to float array of that shape and dtype.

    Examples
    --------
    >>> TANH.function(0.0), TANH.derivative(0.0)
    (np.float64(0.0), np.float64(1.0))
    """

    name: str
    function: Callable[[npt.ArrayLike], FloatArray]
    derivative: Callable[[npt.ArrayLike], FloatArray]


def step(z: npt.ArrayLike) -> FloatArray:
    """Unit step: 1 if z > 0 else 0, so 0 at 0 (F21, F20).

    Parameters
    ----------
    z : float array, any shape
        Pre-activation. Of a complex one the real part decides, here and in every function of this module.

    Returns
    -------
    float array, shape and dtype of z
        Zeros and ones; NaN where z is NaN.

    Raises
    ------
    TypeError
        If z is not made of floats.

    Examples
    --------
    >>> step([-1.0, 0.0, 2.0])
    array([0., 0., 1.])
    """
    z = float_array("z", z)
    return np.maximum(np.sign(z.real), 0).astype(z.dtype, copy=False)


def step_derivative(z: npt.ArrayLike) -> FloatArray:
    """Derivative of the unit step: 0 away from 0, undefined at 0 and given as NaN there (F21).

    Parameters and errors are those of `step`.

    Examples
    --------
    >>> step_derivative([-1.0, 0.0, 2.0])
    array([ 0., nan,  0.])
    """
    z = float_array("z", z)
    return np.where(np.abs(z.real) > 0, z.dtype.type(0), np.nan)


def sigmoid(z: npt.ArrayLike) -> FloatArray:
    """Logistic sigmoid: σ(z) = 1/(1 + e⁻ᶻ) (F21).

    Parameters and errors are those of `step`.

    Notes
    -----
    With e = exp(−|z|) it is 1/(1 + e) for z ≥ 0 and e/(1 + e) below: nothing overflows, σ(800) is
    exactly 1 and the lower tail keeps its relative accuracy down to the smallest float.

    Examples
    --------
    >>> sigmoid([-800.0, 0.0, 800.0])
    array([0. , 0.5, 1. ])
    """
    z = float_array("z", z)
    e = _decay(z)
    return np.where(z.real < 0, e, 1) / (1 + e)


def sigmoid_derivative(z: npt.ArrayLike) -> FloatArray:
    """Derivative of the sigmoid by z: σ′(z) = σ(z)(1 − σ(z)) (F21).

    Parameters and errors are those of `step`.

    Notes
    -----
    A function of z, not of a = σ(z). It is computed as e/(1 + e)² with e = exp(−|z|): 1 − σ(z)
    would cancel in the upper tail and lose all digits from z = 37 on.

    Examples
    --------
    >>> sigmoid_derivative([0.0, 700.0])
    array([2.50000000e-001, 9.85967654e-305])
    """
    e = _decay(float_array("z", z))
    return e / np.square(1 + e)


def tanh(z: npt.ArrayLike) -> FloatArray:
    """Hyperbolic tangent: tanh z = (eᶻ − e⁻ᶻ)/(eᶻ + e⁻ᶻ) (F21).

    Parameters and errors are those of `step`.

    Examples
    --------
    >>> tanh([-800.0, 0.0, 800.0])
    array([-1.,  0.,  1.])
    """
    return np.tanh(float_array("z", z))


def tanh_derivative(z: npt.ArrayLike) -> FloatArray:
    """Derivative of tanh by z: 1 − tanh² z (F21).

    Parameters and errors are those of `step`.

    Notes
    -----
    Computed as 4e/(1 + e)² with e = exp(−2|z|), which does not cancel where tanh² z rounds to 1.

    Examples
    --------
    >>> tanh_derivative([0.0, 300.0])
    array([1.00000000e+000, 1.06015862e-260])
    """
    e = np.square(_decay(float_array("z", z)))
    return 4 * e / np.square(1 + e)


def relu(z: npt.ArrayLike) -> FloatArray:
    """Rectified linear unit: max(0, z) (F21).

    Parameters and errors are those of `step`.

    Examples
    --------
    >>> relu([-1.0, 0.0, 2.0])
    array([0., 0., 2.])
    """
    z = float_array("z", z)
    if z.dtype.kind == "f":
        return np.maximum(z, 0)
    # NumPy orders complex numbers by their imaginary parts too, and the complex step must not see that.
    return np.where(z.real <= 0, 0, z)


def relu_derivative(z: npt.ArrayLike) -> FloatArray:
    """Derivative of ReLU by z: 1 if z > 0 else 0 (F21).

    Parameters and errors are those of `step`.

    Notes
    -----
    At the kink z = 0 any value in [0, 1] is a subgradient; the convention here is 0.

    Examples
    --------
    >>> relu_derivative([-1.0, 0.0, 2.0])
    array([0., 0., 1.])
    """
    return step(z)


def _decay(z: FloatArray) -> FloatArray:
    """exp(−|z|), at most 1, where |z| is ±z by the sign of the real part: analytic on either side."""
    return np.exp(-np.abs(z) if z.dtype.kind == "f" else np.where(z.real < 0, z, -z))


STEP = Activation("step", step, step_derivative)
SIGMOID = Activation("sigmoid", sigmoid, sigmoid_derivative)
TANH = Activation("tanh", tanh, tanh_derivative)
RELU = Activation("relu", relu, relu_derivative)

ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation for activation in (STEP, SIGMOID, TANH, RELU)
}
"""The activations of the slides by name."""
