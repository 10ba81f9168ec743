"""Stochastic gradient descent: one update, plain (F03) and with the L2 penalty (F05, F06)."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ._per_model import per_model_of_leaf, require_shape_of_gradient, stack_layers
from ._tree import map_leaves
from ._validation import FloatArray, real_in
from .layer import Layer
from .penalties import l2_penalty_gradient

__all__ = ["sgd_l2_step", "sgd_step"]

Parameters = TypeVar("Parameters")


def sgd_step(parameters: Parameters, gradients: object, learning_rate: npt.ArrayLike) -> Parameters:
    """Step against the gradient; returns new parameters in their own unit (F03).

    ``w ← w − λ dl/dw`` for every array of `parameters`.

    Parameters
    ----------
    parameters : nested float arrays
        Arrays in dicts, lists, tuples, named tuples or dataclasses, at any depth; never modified.
    gradients : nested float arrays
        One for each array of `parameters`, of its shape; stack axes in front are allowed (one gradient per
        model).
    learning_rate : float or float array, shape (...)
        The slide's λ (0.01 there), finite and not negative. An array holds one per model of a stack, with one
        axis for each stack axis: they are the leading axes of *every* array of `gradients`.

    Returns
    -------
    nested float arrays
        The structure of `parameters`; new arrays, in the dtype of the parameters and gradients.

    Raises
    ------
    TypeError
        If an array does not hold floats; the message names its path.
    ValueError
        If the structures or shapes do not conform (the message names the path), or `learning_rate` is
        negative, NaN or infinite.

    Notes
    -----
    With λ = 0 and finite gradients the parameters come back bit for bit, the sign of a zero included. The
    gradient is that of a *sum* over the minibatch (F02): the step grows with the batch.

    Examples
    --------
    >>> sgd_step({"w": np.array([1.0, 2.0])}, {"w": np.array([10.0, -10.0])}, 0.01)
    {'w': array([0.9, 2.1])}
    """
    rates = real_in("learning_rate", learning_rate, 0)

    def descend(path: str, parameter: FloatArray, gradient: FloatArray) -> FloatArray:
        require_shape_of_gradient("parameters" + path, parameter.shape, "gradients" + path, gradient)
        rate = per_model_of_leaf("learning_rate", rates, "gradients" + path, gradient)
        # 0 · g is -0.0 for g < 0, and -0.0 - -0.0 would be +0.0; adding 0.0 makes the zero step positive.
        return parameter - (rate * gradient + 0.0)

    return map_leaves(descend, ("parameters", "gradients"), parameters, gradients)


def sgd_l2_step(
    layer: Layer, gradient: Layer, learning_rate: npt.ArrayLike, l2_strength: npt.ArrayLike
) -> Layer:
    """Step against the gradient of loss plus L2 penalty; returns a new layer (F05, F06).

    ``w ← w − λ (dl/dw + 2αw)`` and ``b ← b − λ dl/db``, where dl/dw and dl/db leave the penalty out.

    Parameters
    ----------
    layer : Layer
        weight (..., d_out, d_in) and bias (..., d_out); never modified.
    gradient : Layer
        dl/dw and dl/db, without the penalty, of the same shapes.
    learning_rate, l2_strength : float or float array, shape (...)
        The slide's λ and α, finite and not negative; arrays hold one per stacked model.

    Returns
    -------
    Layer
        New arrays; all leading axes broadcast against each other.

    Raises
    ------
    TypeError
        If an array does not hold floats.
    ValueError
        If shapes do not conform, or `learning_rate` or `l2_strength` is negative, NaN or infinite.

    Notes
    -----
    The slide prints ``w − λ dl/dw − λαw`` and ``b − λ dl/db − λαw``. The first is the step for the penalty
    (α/2) Σ w², not for the slide's α Σ w²; the second takes the weights from the bias. Both are in
    `as_printed`.

    Examples
    --------
    >>> from gradproof_reference.layer import Layer
    >>> layer, gradient = Layer(np.array([[2.0]]), np.array([1.0])), Layer(np.array([[0.0]]), np.array([0.0]))
    >>> sgd_l2_step(layer, gradient, 0.5, 0.25)
    Layer(weight=array([[1.5]]), bias=array([1.]))
    """
    scalars = {
        "learning_rate": real_in("learning_rate", learning_rate, 0),
        "l2_strength": real_in("l2_strength", l2_strength, 0),
    }
    layer, gradient = stack_layers({"layer": layer, "gradient": gradient}, scalars)
    # One rate for each model: sgd_step cannot tell stack axes from others and aligns rates in front.
    rates = np.broadcast_to(scalars["learning_rate"], layer.bias.shape[:-1])
    penalty_gradient = l2_penalty_gradient(layer.weight, l2_strength)
    return sgd_step(layer, gradient._replace(weight=gradient.weight + penalty_gradient), rates)
