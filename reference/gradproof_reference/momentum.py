"""Momentum: a velocity that accumulates past gradients, plain and with the L2 penalty (F09)."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ._per_model import per_model_of_leaf, require_shape_of_gradient, stack_layers
from ._tree import map_leaves
from ._validation import FloatArray, real_in
from .layer import Layer
from .penalties import l2_penalty_gradient
from .sgd import sgd_step

__all__ = ["momentum_l2_step", "momentum_step", "zero_velocity"]

Parameters = TypeVar("Parameters")


def zero_velocity(parameters: Parameters) -> Parameters:
    """Velocity before the first step: zeros in the structure, shapes and dtypes of the parameters (F09).

    Parameters
    ----------
    parameters : nested float arrays
        Arrays in dicts, lists, tuples, named tuples or dataclasses, at any depth.

    Returns
    -------
    nested float arrays
        The slide's v before its first update, v₀ = 0.

    Raises
    ------
    TypeError
        If an array does not hold floats; the message names its path.

    Examples
    --------
    >>> zero_velocity([np.array([1.0, 2.0])])
    [array([0., 0.])]
    """

    def zeros(_path: str, parameter: FloatArray) -> FloatArray:
        return np.zeros_like(parameter)

    return map_leaves(zeros, ("parameters",), parameters)


def momentum_step(
    parameters: Parameters,
    velocity: object,
    gradients: object,
    learning_rate: npt.ArrayLike,
    momentum: npt.ArrayLike,
) -> tuple[Parameters, Parameters]:
    """Step along the accumulated gradient; returns the new parameters and velocity, in gradient units (F09).

    ``v ← τv + dl/dw``, then ``w ← w − λv``, for every array of `parameters`.

    Parameters
    ----------
    parameters : nested float arrays
        Arrays in dicts, lists, tuples, named tuples or dataclasses, at any depth; never modified.
    velocity : nested float arrays
        What the last step returned, or `zero_velocity`; never modified.
    gradients : nested float arrays
        One for each array of `parameters`, of its shape; stack axes in front are allowed (one gradient per
        model).
    learning_rate, momentum : float or float array, shape (...)
        The slide's λ, finite and not negative, and τ (0.9 there), in [0, 1). An array holds one per model of
        a stack, with one axis for each stack axis: they are the leading axes of *every* array of `gradients`.

    Returns
    -------
    tuple of nested float arrays
        The parameters after the step, and the velocity that the next step needs.

    Raises
    ------
    TypeError
        If an array does not hold floats; the message names its path.
    ValueError
        If the structures or shapes do not conform (the message names the path), `learning_rate` is negative,
        NaN or infinite, or `momentum` lies outside [0, 1).

    Notes
    -----
    With τ = 0 the parameters are those of `sgd_step`, bit for bit. The slide calls v a "weighted average" of
    past gradients, but its weights τ and 1 do not sum to 1: under a constant gradient g, v tends to g/(1 −
    τ), ten times g at τ = 0.9, and the step grows by the same factor. Every array has a velocity of its own,
    the biases too, which the slide leaves out.

    References
    ----------
    G. Goh, "Why Momentum Really Works", Distill, 2017, https://doi.org/10.23915/distill.00006.

    Examples
    --------
    >>> w, v = np.array([1.0]), np.array([0.0])
    >>> for _ in range(2):
    ...     w, v = momentum_step(w, v, np.array([2.0]), learning_rate=0.25, momentum=0.5)
    >>> w, v
    (array([-0.25]), array([3.]))
    """
    decays = real_in("momentum", momentum, 0, 1)

    def accumulate(
        path: str, parameter: FloatArray, previous: FloatArray, gradient: FloatArray
    ) -> FloatArray:
        require_shape_of_gradient("parameters" + path, parameter.shape, "gradients" + path, gradient)
        require_shape_of_gradient("velocity" + path, previous.shape, "gradients" + path, gradient)
        return per_model_of_leaf("momentum", decays, "gradients" + path, gradient) * previous + gradient

    names = ("parameters", "velocity", "gradients")
    accumulated = map_leaves(accumulate, names, parameters, velocity, gradients)
    return sgd_step(parameters, accumulated, learning_rate), accumulated


def momentum_l2_step(
    layer: Layer,
    velocity: Layer,
    gradient: Layer,
    learning_rate: npt.ArrayLike,
    momentum: npt.ArrayLike,
    l2_strength: npt.ArrayLike,
) -> tuple[Layer, Layer]:
    """Momentum step on loss plus L2 penalty; returns the new layer and its new velocity (F09).

    ``v ← τv + dl/dw + 2αw``, ``w ← w − λv`` for the weights; ``u ← τu + dl/db``, ``b ← b − λu`` for the bias.

    Parameters
    ----------
    layer : Layer
        weight (..., d_out, d_in) and bias (..., d_out); never modified.
    velocity : Layer
        v and u, of the same shapes: what the last step returned, or ``zero_velocity(layer)``; never modified.
    gradient : Layer
        dl/dw and dl/db, without the penalty, of the same shapes.
    learning_rate, momentum, l2_strength : float or float array, shape (...)
        The slide's λ, τ and α: λ and α finite and not negative, τ in [0, 1); arrays hold one per stacked
        model.

    Returns
    -------
    tuple of Layer
        The layer after the step and its velocity; all leading axes broadcast against each other.

    Raises
    ------
    TypeError
        If an array does not hold floats.
    ValueError
        If shapes do not conform or a scalar lies outside its range.

    Notes
    -----
    The slide prints ``v = τv + dl/dw + αw``, the gradient of the penalty (α/2) Σ w², and no update of b; the
    printed form is in `as_printed`.

    Examples
    --------
    >>> from gradproof_reference.layer import Layer
    >>> layer, gradient = Layer(np.array([[2.0]]), np.array([1.0])), Layer(np.array([[0.0]]), np.array([4.0]))
    >>> momentum_l2_step(layer, zero_velocity(layer), gradient, 0.5, 0.9, 0.25)[0]
    Layer(weight=array([[1.5]]), bias=array([-1.]))
    """
    scalars = {
        "learning_rate": real_in("learning_rate", learning_rate, 0),
        "momentum": real_in("momentum", momentum, 0, 1),
        "l2_strength": real_in("l2_strength", l2_strength, 0),
    }
    layers = {"layer": layer, "velocity": velocity, "gradient": gradient}
    layer, velocity, gradient = stack_layers(layers, scalars)
    rates, decays = (
        np.broadcast_to(scalars[name], layer.bias.shape[:-1]) for name in ("learning_rate", "momentum")
    )
    penalty_gradient = l2_penalty_gradient(layer.weight, l2_strength)
    penalised = gradient._replace(weight=gradient.weight + penalty_gradient)
    return momentum_step(layer, velocity, penalised, rates, decays)
