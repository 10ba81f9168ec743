"""The slides' formulas that are wrong as printed, evaluated literally; each names the derived form beside it.

These are for showing what goes wrong, and where: use the derived forms. The errata of `ledger.LEDGER` point
here.
"""

import numpy as np
import numpy.typing as npt

from ._linear import transposed
from ._per_model import per_model
from ._validation import FloatArray, broadcast_leading, count, float_array, real_in, require_same_size
from .activations import SIGMOID, Activation, sigmoid, sigmoid_derivative
from .chain_rule import layer_jacobian
from .cross_entropy import softmax_cross_entropy_gradient
from .layer import Layer
from .mlp import Layers, mlp_forward
from .sigmoid_network import SigmoidNetwork, sigmoid_network_forward
from .softmax import softmax

__all__ = [
    "chain_rule_gradient",
    "hidden_pre_activation",
    "momentum_velocity",
    "output",
    "sgd_l2_bias_step",
    "sgd_l2_weight_step",
    "squared_error_loss",
    "two_layer_mlp",
    "x_gradient",
    "z_gradient",
]


def sgd_l2_weight_step(
    weight: npt.ArrayLike, gradient: npt.ArrayLike, learning_rate: npt.ArrayLike, l2_strength: npt.ArrayLike
) -> FloatArray:
    """Weights after the printed SGD step with L2 (F05).

    Printed: ``w − λ dl/dw − λαw``. Derived: ``w − λ (dl/dw + 2αw)``, `gradproof_reference.sgd_l2_step`.

    Parameters
    ----------
    weight, gradient : float arrays, shape (..., d_out, d_in)
        w, and dl/dw without the penalty.
    learning_rate, l2_strength : float or float array, shape (...)
        λ and α, finite and not negative.

    Returns
    -------
    float array, shape (..., d_out, d_in)

    Notes
    -----
    It is the step for the penalty (α/2) Σ w², half of what the slide adds to the loss.

    Examples
    --------
    >>> sgd_l2_weight_step([[2.0]], [[0.0]], 0.5, 0.25)
    array([[1.75]])
    """
    w, g = _weights(("weight", weight), ("gradient", gradient))
    rate = per_model(real_in("learning_rate", learning_rate, 0), w.dtype, 2)
    strength = per_model(real_in("l2_strength", l2_strength, 0), w.dtype, 2)
    return w - rate * g - rate * strength * w


def sgd_l2_bias_step(
    bias: npt.ArrayLike,
    gradient: npt.ArrayLike,
    weight: npt.ArrayLike,
    learning_rate: float,
    l2_strength: float,
) -> FloatArray:
    """Bias after the printed SGD step with L2 (F06).

    Printed: ``b − λ dl/db − λαw``. Derived: ``b − λ dl/db``, the bias of `gradproof_reference.sgd_l2_step`.

    Parameters
    ----------
    bias, gradient : float arrays, shape (d_out,)
        b and dl/db; of any shape, taken literally.
    weight : float array, shape (d_out, d_in)
        w; of any shape, taken literally.
    learning_rate, l2_strength : float
        λ and α, finite and not negative.

    Returns
    -------
    float array
        Of the shape that b and w broadcast to: not that of b, unless w has it too.

    Raises
    ------
    ValueError
        If b and w do not broadcast, as for most layers.

    Examples
    --------
    >>> sgd_l2_bias_step([1.0, 1.0], [0.0, 0.0], [[2.0, 4.0], [6.0, 8.0]], 0.5, 0.5)
    array([[ 0.5,  0. ],
           [-0.5, -1. ]])
    """
    b, g, w = float_array("bias", bias), float_array("gradient", gradient), float_array("weight", weight)
    rate = per_model(real_in("learning_rate", learning_rate, 0), b.dtype, 0)
    strength = per_model(real_in("l2_strength", l2_strength, 0), b.dtype, 0)
    try:
        np.broadcast_shapes(b.shape, g.shape, w.shape)
    except ValueError:
        raise ValueError(
            f"b and w must broadcast for b − λ dl/db − λαw; got bias.shape={b.shape}, "
            f"gradient.shape={g.shape}, weight.shape={w.shape}. Leave the weights out of the bias step."
        ) from None
    return b - rate * g - rate * strength * w


def momentum_velocity(
    velocity: npt.ArrayLike,
    gradient: npt.ArrayLike,
    weight: npt.ArrayLike,
    momentum: npt.ArrayLike,
    l2_strength: npt.ArrayLike,
) -> FloatArray:
    """Velocity of the weights after the printed momentum update with L2 (F09).

    Printed: ``v = τv + dl/dw + αw``. Derived: ``v = τv + dl/dw + 2αw``, the velocity of
    `gradproof_reference.momentum_l2_step`.

    Parameters
    ----------
    velocity, gradient, weight : float arrays, shape (..., d_out, d_in)
        v, dl/dw without the penalty, and w.
    momentum, l2_strength : float or float array, shape (...)
        τ in [0, 1), and α, finite and not negative.

    Returns
    -------
    float array, shape (..., d_out, d_in)

    Examples
    --------
    >>> momentum_velocity([[1.0]], [[0.0]], [[2.0]], 0.5, 0.25)
    array([[1.]])
    """
    v, g, w = _weights(("velocity", velocity), ("gradient", gradient), ("weight", weight))
    decay = per_model(real_in("momentum", momentum, 0, 1), v.dtype, 2)
    strength = per_model(real_in("l2_strength", l2_strength, 0), w.dtype, 2)
    return decay * v + g + strength * w


def two_layer_mlp(first: Layer, second: Layer, x: npt.ArrayLike) -> FloatArray:
    """Class probabilities of the printed two-layer network (F23, and F24 with two layers).

    Printed: ``a₁ = sigmoid(w[1] xᵀ + b[1]ᵀ)``, ``f = softmax(w[2] a₁ᵀ + b[2]ᵀ)``. Derived: ``f = softmax(w[2]
    a₁ + b[2]ᵀ)``, `gradproof_reference.two_layer_mlp`.

    Parameters
    ----------
    first, second : Layer
        w[1] (h, d) and b[1] (h,); w[2] (k, h) and b[2] (k,).
    x : float array, shape (n, d)
        One example per row, so that xᵀ has one per column, and a₁ (h, n) too.

    Returns
    -------
    float array, shape (n, k)
        Only where n = h: column j of the transposed a₁ is then hidden unit j over all examples, not example
        j.

    Raises
    ------
    ValueError
        If n ≠ h: w[2] (k, h) and a₁ᵀ (n, h) do not conform.

    Examples
    --------
    >>> first, second = Layer(np.eye(2), np.zeros(2)), Layer(np.eye(2), np.zeros(2))
    >>> two_layer_mlp(first, second, np.ones((3, 2)))
    Traceback (most recent call last):
    ...
    ValueError: w[2] and a₁ᵀ must conform; got w[2].shape=(2, 2), a₁ᵀ.shape=(3, 2). Do not transpose a₁.
    """
    inputs = float_array("x", x, axes="n, d")
    w1, b1, w2, b2 = (
        float_array(name, value, axes=axes)
        for name, value, axes in (
            ("first.weight", first.weight, "h, d"),
            ("first.bias", first.bias, "h"),
            ("second.weight", second.weight, "k, h"),
            ("second.bias", second.bias, "k"),
        )
    )
    require_same_size("d", ("x", inputs.shape, -1), ("first.weight", w1.shape, -1))
    a1 = sigmoid(w1 @ transposed(inputs) + b1[..., :, None])
    if w2.shape[-1] != a1.shape[-1]:
        raise ValueError(
            f"w[2] and a₁ᵀ must conform; got w[2].shape={w2.shape}, "
            f"a₁ᵀ.shape={transposed(a1).shape}. Do not transpose a₁."
        )
    return softmax(transposed(w2 @ transposed(a1) + b2[..., :, None]))


def hidden_pre_activation(
    hidden_weight: npt.ArrayLike, shared_bias: npt.ArrayLike, x: npt.ArrayLike
) -> FloatArray:
    """Pre-activations of the hidden units as printed: the weights transposed, one bias for all units (F25).

    Printed: ``z_i = Σ_i w_1ij x_i + b_1``, with i free and summed. As a sum over i it leaves j free: ``z_j =
    Σ_i w_1ij x_i + b_1``. Derived: ``z_i = Σ_j w_1ij x_j + b_1i``, the z of
    `gradproof_reference.sigmoid_network_forward`.

    Parameters
    ----------
    hidden_weight : float array, shape (..., h, d)
        w_1ij, unit i and input j, as the slide's ∂L/∂w_1ij = x_j ∂L/∂z_i has it.
    shared_bias : float array, shape (...)
        b_1, printed without a unit index.
    x : float array, shape (..., n, d)
        One example per row.

    Returns
    -------
    float array, shape (..., n, d)

    Raises
    ------
    ValueError
        If h ≠ d: the summed index i runs over units in w and over inputs in x.

    Examples
    --------
    >>> hidden_pre_activation([[0.0, 1.0], [0.0, 0.0]], 0.5, [[2.0, 3.0]])
    array([[0.5, 2.5]])
    """
    w, inputs = float_array("hidden_weight", hidden_weight, axes="h, d"), float_array("x", x, axes="n, d")
    bias = float_array("shared_bias", shared_bias)
    if w.shape[-2] != inputs.shape[-1]:
        raise ValueError(
            f"the summed index i must run over units and inputs alike; got hidden_weight.shape={w.shape}, "
            f"x.shape={inputs.shape}. Sum over the inputs j."
        )
    return inputs @ w + bias[..., None, None]


def output(network: SigmoidNetwork, x: npt.ArrayLike, i: int) -> FloatArray:
    """Output of the sigmoid network as printed, from pre-activation i of its only output unit (F25).

    Printed: ``y_1 = Sigmoid(p_i)``, where only p_1 exists. Derived: ``ŷ_1 = σ(p_1)``, the y_hat of
    `gradproof_reference.sigmoid_network_forward`.

    Parameters
    ----------
    network : SigmoidNetwork
        Its parameters, h hidden units.
    x : float array, shape (..., n, d)
        One example per row.
    i : int
        The slide's i, a hidden unit, 0-based; what it means here is not said on the slide.

    Returns
    -------
    float array, shape (..., n)

    Raises
    ------
    ValueError
        If i ≠ 0.

    Examples
    --------
    >>> network = SigmoidNetwork(np.zeros((2, 1)), np.zeros(2), np.ones(2), np.array(-1.0))
    >>> output(network, [[1.0]], 0)
    array([0.5])
    """
    p = sigmoid_network_forward(network, x).p
    if count("i", i, minimum=0) != 0:
        raise ValueError(f"p_i must be the only output, p_1; got i={i} (0-based). Use i=0.")
    return sigmoid(p)


def squared_error_loss(network: SigmoidNetwork, x: npt.ArrayLike, y: npt.ArrayLike) -> FloatArray:
    """Half the summed squared error with the output under the target's name, as printed (F25).

    Printed: ``y_1 = Sigmoid(p_i)``, ``Loss = L(y_1, ŷ_1)``. The output takes the target's name y_1, and ŷ_1
    is the output in the slide's picture: the loss compares the output with itself and is 0 whatever the
    target. Derived: ``ŷ_1 = σ(p_1)``, `gradproof_reference.squared_error_loss`.

    Parameters
    ----------
    network : SigmoidNetwork
        Its parameters.
    x : float array, shape (..., n, d)
        One example per row.
    y : float array, shape (..., n)
        The targets, which the printed assignment overwrites.

    Returns
    -------
    float array, shape (...)

    Examples
    --------
    >>> network = SigmoidNetwork(np.zeros((2, 1)), np.zeros(2), np.ones(2), np.array(-1.0))
    >>> squared_error_loss(network, [[1.0]], [1.0])
    np.float64(0.0)
    """
    y_hat = sigmoid_network_forward(network, x).y_hat
    y_1 = y_hat + np.zeros_like(float_array("y", y, axes="n"))
    total: FloatArray = np.sum((y_1 - y_hat) * (y_1 - y_hat), axis=-1)
    return 0.5 * total


def chain_rule_gradient(
    layers: Layers, x: npt.ArrayLike, labels: npt.ArrayLike, k: int, activation: Activation = SIGMOID
) -> Layer:
    """Gradient by one layer's parameters from the printed chain rule: zero (F27).

    Printed: ``∂l/∂a_{n−1} ⋯ ∂a_{k−2}/∂a_{k−1} · ∂a_{k−1}/∂w[k]``. Layer k is computed after a_{k−1}, which
    does not depend on w[k]: the last factor is 0, and so is the product. Derived: ``⋯ ∂a_{k+1}/∂a_k ·
    ∂a_k/∂w[k]``, `gradproof_reference.chain_rule_gradient`.

    Parameters
    ----------
    layers, x, labels, k, activation
        As for the derived form; k is 0-based.

    Returns
    -------
    Layer
        Zeros in the shapes of the gradient.

    Notes
    -----
    The printed ∂a_{k−2}/∂a_{k−1} stands for the last of the Jacobians, those that lead from a_{n−1} down to
    a_{k−1}: the product is ∂l/∂a_{k−1} times the derivative of a_{k−1} by the parameters.

    Examples
    --------
    >>> layers = [Layer(np.eye(2), np.zeros(2)), Layer(np.eye(2), np.zeros(2))]
    >>> chain_rule_gradient(layers, np.zeros((1, 2)), [1], k=0).bias
    array([0., 0.])
    """
    z, a = mlp_forward(layers, x, activation)
    if count("k", k, minimum=0) >= len(layers):
        raise ValueError(f"k must lie in [0, {len(layers)}), the layers; got k={k}. The first layer is 0.")
    by_z = softmax_cross_entropy_gradient(z[-1], labels)
    by_a = by_z[..., None, :] @ np.asarray(layers[-1][0])[..., None, :, :]  # ∂l/∂a_{n-1}, a row per example
    for m in range(len(layers) - 2, k - 1, -1):
        by_a = by_a @ layer_jacobian(layers[m], z[m], activation)
    # a[k], the slide's a_{k-1}, is what layer k is given: it does not depend on the layer's parameters.
    d_in, d_out = a[k].shape[-1], z[k].shape[-1]
    by_weight = np.zeros((d_in, d_out, d_in), by_a.dtype)
    by_bias = np.zeros((d_in, d_out), by_a.dtype)
    return Layer(
        weight=np.einsum("...nj,jpq->...pq", by_a[..., 0, :], by_weight),
        bias=np.einsum("...nj,jp->...p", by_a[..., 0, :], by_bias),
    )


def z_gradient(z: npt.ArrayLike, a_gradient: npt.ArrayLike, k: int) -> FloatArray:
    """Gradient by the hidden pre-activations as printed, every unit with the gradient of unit k (F28).

    Printed: ``∂L/∂z_i = σ′(z_i) ∂L/∂a_k``. Derived: ``∂L/∂z_i = σ′(z_i) ∂L/∂a_i``, the z of
    `gradproof_reference.squared_error_backward`.

    Parameters
    ----------
    z, a_gradient : float arrays, shape (..., n, h)
        z and ∂L/∂a of every hidden unit.
    k : int
        The unit that the printed index names, 0-based.

    Returns
    -------
    float array, shape (..., n, h)
        Right for unit k alone.

    Raises
    ------
    ValueError
        If k lies outside [0, h) or the shapes do not conform.

    Examples
    --------
    >>> z_gradient([[0.0, 0.0]], [[4.0, 8.0]], k=0)
    array([[1., 1.]])
    """
    pre, by_a = float_array("z", z, axes="n, h"), float_array("a_gradient", a_gradient, axes="n, h")
    require_same_size("h", ("z", pre.shape, -1), ("a_gradient", by_a.shape, -1))
    unit = _unit("k", k, by_a.shape[-1])
    return sigmoid_derivative(pre) * by_a[..., unit, None]


def x_gradient(hidden_weight: npt.ArrayLike, z_gradient: npt.ArrayLike, i: int) -> FloatArray:
    """Gradient by the inputs as printed, from hidden unit i alone (F28).

    Printed: ``∂L/∂x_k = (∂z_i/∂x_k) ∂L/∂z_i = w_1ik ∂L/∂z_i``. Derived: ``∂L/∂x_k = Σ_i w_1ik ∂L/∂z_i``, the
    x of `gradproof_reference.squared_error_backward`.

    Parameters
    ----------
    hidden_weight : float array, shape (..., h, d)
        w_1ij.
    z_gradient : float array, shape (..., n, h)
        ∂L/∂z of every hidden unit.
    i : int
        The unit that the printed index names, 0-based.

    Returns
    -------
    float array, shape (..., n, d)
        Right if the network has one hidden unit.

    Raises
    ------
    ValueError
        If i lies outside [0, h) or the shapes do not conform.

    Examples
    --------
    >>> x_gradient([[1.0, 2.0], [10.0, 20.0]], [[1.0, 1.0]], i=0)
    array([[1., 2.]])
    """
    w, by_z = (
        float_array("hidden_weight", hidden_weight, axes="h, d"),
        float_array("z_gradient", z_gradient, axes="n, h"),
    )
    require_same_size("h", ("hidden_weight", w.shape, -2), ("z_gradient", by_z.shape, -1))
    unit = _unit("i", i, w.shape[-2])
    return by_z[..., unit, None] * w[..., None, unit, :]


def _weights(*named: tuple[str, npt.ArrayLike]) -> list[FloatArray]:
    arrays = [float_array(name, value, axes="d_out, d_in") for name, value in named]
    for (name, _), array in zip(named[1:], arrays[1:], strict=True):
        if array.shape[-2:] != arrays[0].shape[-2:]:
            raise ValueError(
                f"{name} must have the trailing axes of {named[0][0]}; got {name}.shape={array.shape}, "
                f"{named[0][0]}.shape={arrays[0].shape}. Check d_out and d_in."
            )
    broadcast_leading(*((name, array.shape[:-2]) for (name, _), array in zip(named, arrays, strict=True)))
    return arrays


def _unit(name: str, value: int, n_units: int) -> int:
    if count(name, value, minimum=0) >= n_units:
        raise ValueError(
            f"{name} must lie in [0, {n_units}), the hidden units; got {name}={value}. Use 0-based units."
        )
    return value
