"""The network of the back-propagation slides: sigmoid units into one sigmoid output (F25, F28)."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import _linear
from ._validation import (
    FloatArray,
    broadcast_leading,
    first_index,
    float_array,
    require_examples,
    require_fields,
    require_same_size,
    subscript,
)
from .activations import sigmoid, sigmoid_derivative

__all__ = [
    "SigmoidBackward",
    "SigmoidForward",
    "SigmoidNetwork",
    "binary_cross_entropy_backward",
    "binary_cross_entropy_loss",
    "sigmoid_network_forward",
    "squared_error_backward",
    "squared_error_loss",
]


class SigmoidNetwork(NamedTuple):
    """Parameters of the network, or anything shaped like them, such as their gradient.

    Attributes
    ----------
    hidden_weight : float array, shape (..., h, d)
        w_1ij.
    hidden_bias : float array, shape (..., h)
        b_1i; the slide prints one b_1 for all units.
    output_weight : float array, shape (..., h)
        w_2i.
    output_bias : float array, shape (...)
        b_2.
    """

    hidden_weight: FloatArray
    hidden_bias: FloatArray
    output_weight: FloatArray
    output_bias: FloatArray


class SigmoidForward(NamedTuple):
    """What the forward pass computes, in the slide's order: z, a (..., n, h), p, y_hat (..., n)."""

    z: FloatArray
    a: FloatArray
    p: FloatArray
    y_hat: FloatArray


class SigmoidBackward(NamedTuple):
    """Gradient of a loss by every quantity, in the slide's order: from the output back to the input.

    Those by y_hat, p (..., n), a, z (..., n, h) and x (..., n, d) are per example; those by the parameters
    are summed over the examples and have the parameters' shapes. All have the leading axes that the arguments
    broadcast to.
    """

    y_hat: FloatArray
    p: FloatArray
    a: FloatArray
    output_weight: FloatArray
    output_bias: FloatArray
    z: FloatArray
    hidden_weight: FloatArray
    hidden_bias: FloatArray
    x: FloatArray

    @property
    def network(self) -> SigmoidNetwork:
        """The gradient by the parameters alone, structured like them."""
        return SigmoidNetwork(self.hidden_weight, self.hidden_bias, self.output_weight, self.output_bias)


def sigmoid_network_forward(network: SigmoidNetwork, x: npt.ArrayLike) -> SigmoidForward:
    """Forward pass with every intermediate, up to the prediction in [0, 1] (F25).

    z_i = Σ_j w_1ij x_j + b_1i; a_i = σ(z_i); p = Σ_i w_2i a_i + b_2; ŷ = σ(p).

    Parameters
    ----------
    network : SigmoidNetwork
        The parameters.
    x : float array, shape (..., n, d)
        One example per row.

    Returns
    -------
    SigmoidForward
        z, a, p and y_hat.

    Raises
    ------
    TypeError
        If an argument is not made of floats.
    ValueError
        If shapes do not conform or there is no example.

    Notes
    -----
    The slide sums over i although i is the unit's own index, prints p_i for p_1, y_1 for ŷ_1, and
    b_1 without the unit: `as_printed` has it literally.

    Examples
    --------
    >>> network = SigmoidNetwork(np.zeros((2, 3)), np.zeros(2), np.ones(2), np.array(-1.0))
    >>> sigmoid_network_forward(network, np.ones((1, 3))).y_hat
    array([0.5])
    """
    return _forward(*_arrays(network, x))


def squared_error_loss(network: SigmoidNetwork, x: npt.ArrayLike, y: npt.ArrayLike) -> FloatArray:
    """Half the summed squared error, in squared units of y: ½ Σ (ŷ − y)² (F25).

    Parameters
    ----------
    network, x
        As for `sigmoid_network_forward`.
    y : float array, shape (..., n)
        Targets.

    Returns
    -------
    float array, shape (...)
        With the factor ½, as in Bishop, so that the gradient by ŷ is ŷ − y.

    Raises
    ------
    TypeError, ValueError
        As `sigmoid_network_forward`, of y too.

    Examples
    --------
    >>> network = SigmoidNetwork(np.zeros((2, 3)), np.zeros(2), np.ones(2), np.array(-1.0))
    >>> squared_error_loss(network, np.ones((1, 3)), [1.0])
    np.float64(0.125)
    """
    network, x = _arrays(network, x)
    p = _forward(network, x).p
    return np.square(_error(p, _targets(y, p))).sum(axis=-1) / 2


def squared_error_backward(network: SigmoidNetwork, x: npt.ArrayLike, y: npt.ArrayLike) -> SigmoidBackward:
    """Gradient of half the summed squared error by every quantity, from ∂L/∂ŷ = ŷ − y to ∂L/∂x (F28).

    Parameters and errors are those of `squared_error_loss`.

    Returns
    -------
    SigmoidBackward
        In the slide's order.

    Examples
    --------
    >>> network = SigmoidNetwork(np.zeros((2, 3)), np.zeros(2), np.ones(2), np.array(-1.0))
    >>> squared_error_backward(network, np.ones((1, 3)), [1.0]).p
    array([-0.125])
    """
    network, x = _arrays(network, x)
    forward = _forward(network, x)
    by_y_hat = _error(forward.p, _targets(y, forward.p))
    return _back_propagate(network, x, forward, by_y_hat, by_p=sigmoid_derivative(forward.p) * by_y_hat)


def binary_cross_entropy_loss(network: SigmoidNetwork, x: npt.ArrayLike, y: npt.ArrayLike) -> FloatArray:
    """Summed binary cross-entropy, in nats: −Σ (y log ŷ + (1 − y) log(1 − ŷ)) (F25).

    Parameters
    ----------
    network, x
        As for `sigmoid_network_forward`.
    y : float array, shape (..., n)
        Targets in [0, 1].

    Returns
    -------
    float array, shape (...)
        Finite also where ŷ rounds to 0 or 1.

    Raises
    ------
    TypeError
        As `sigmoid_network_forward`, of y too.
    ValueError
        As `sigmoid_network_forward`, of y too, or if a target lies outside [0, 1].

    Notes
    -----
    Taken from p: log(1 + e^{−|p|}) plus (1 − y) p for p ≥ 0 or −y p below, two terms of one sign.
    The logarithms of ŷ would be −inf at saturation.

    Examples
    --------
    >>> network = SigmoidNetwork(np.zeros((2, 3)), np.zeros(2), np.ones(2), np.array(-1.0))
    >>> binary_cross_entropy_loss(network, np.ones((1, 3)), [1.0])
    np.float64(0.6931471805599453)
    """
    network, x = _arrays(network, x)
    p = _forward(network, x).p
    y = _probabilities(y, p)
    negative = p.real < 0
    linear = np.where(negative, -y, 1 - y) * p
    with np.errstate(over="ignore"):  # a sum beyond the largest float is inf
        return (linear + np.log1p(np.exp(np.where(negative, p, -p)))).sum(axis=-1)


def binary_cross_entropy_backward(
    network: SigmoidNetwork, x: npt.ArrayLike, y: npt.ArrayLike
) -> SigmoidBackward:
    """Gradient of the summed binary cross-entropy by every quantity, from ∂L/∂ŷ to ∂L/∂x (F28).

    Parameters and errors are those of `binary_cross_entropy_loss`.

    Returns
    -------
    SigmoidBackward
        In the slide's order.

    Notes
    -----
    ∂L/∂ŷ = (1 − y)/(1 − ŷ) − y/ŷ. ∂L/∂p = σ′(p) ∂L/∂ŷ is computed as ŷ − y, which it equals: at
    saturation the product would be 0 · inf. ∂L/∂ŷ itself is infinite where it exceeds the largest float.

    Examples
    --------
    >>> network = SigmoidNetwork(np.zeros((2, 3)), np.zeros(2), np.ones(2), np.array(-1.0))
    >>> binary_cross_entropy_backward(network, np.ones((1, 3)), [1.0]).p
    array([-0.5])
    """
    network, x = _arrays(network, x)
    forward = _forward(network, x)
    y = _probabilities(y, forward.p)
    return _back_propagate(network, x, forward, _by_y_hat(forward.p, y), by_p=_error(forward.p, y))


def _by_y_hat(p: FloatArray, y: FloatArray) -> FloatArray:
    """(1 − y)/(1 − ŷ) − y/ŷ, where 1/(1 − ŷ) = 1 + e^p and 1/ŷ = 1 + e^{−p}; a weight of 0 drops its term."""
    with np.errstate(over="ignore", invalid="ignore"):
        by_rest = np.where(y == 1, 0, (1 - y) * (1 + np.exp(p)))
        by_hit = np.where(y == 0, 0, y * (1 + np.exp(-p)))
        return by_rest - by_hit


def _error(p: FloatArray, y: FloatArray) -> FloatArray:
    """ŷ − y as ŷ (1 − y) − y σ(−p), which keeps its digits where ŷ rounds to a target of 1."""
    return sigmoid(p) * (1 - y) - y * sigmoid(-p)


def _forward(network: SigmoidNetwork, x: FloatArray) -> SigmoidForward:
    z = _linear.scores(x, network.hidden_weight, network.hidden_bias)
    a = sigmoid(z)
    p = _linear.unit_scores(a, network.output_weight, network.output_bias)
    return SigmoidForward(z, a, p, sigmoid(p))


def _back_propagate(
    network: SigmoidNetwork, x: FloatArray, forward: SigmoidForward, by_y_hat: FloatArray, by_p: FloatArray
) -> SigmoidBackward:
    by_a = by_p[..., None] * network.output_weight[..., None, :]
    output = _linear.unit_parameter_gradient(forward.a, by_p)
    by_z = sigmoid_derivative(forward.z) * by_a
    hidden = _linear.parameter_gradient(x, by_z)
    # The slide has one term w_1ik ∂L/∂z_i; every hidden unit i contributes one.
    by_x = by_z @ network.hidden_weight
    return SigmoidBackward(
        by_y_hat, by_p, by_a, output.weight, output.bias, by_z, hidden.weight, hidden.bias, by_x
    )


def _arrays(network: SigmoidNetwork, x: npt.ArrayLike) -> tuple[SigmoidNetwork, FloatArray]:
    require_fields("network", network, SigmoidNetwork)
    hidden_weight = float_array("hidden_weight", network[0], axes="h, d")
    hidden_bias = float_array("hidden_bias", network[1], axes="h")
    output_weight = float_array("output_weight", network[2], axes="h")
    output_bias = float_array("output_bias", network[3])
    x = float_array("x", x, axes="n, d")
    require_same_size("d", ("x", x.shape, -1), ("hidden_weight", hidden_weight.shape, -1))
    require_same_size(
        "h",
        ("hidden_weight", hidden_weight.shape, -2),
        ("hidden_bias", hidden_bias.shape, -1),
        ("output_weight", output_weight.shape, -1),
    )
    require_examples("x", x.shape, -2)
    broadcast_leading(
        ("x", x.shape[:-2]),
        ("hidden_weight", hidden_weight.shape[:-2]),
        ("hidden_bias", hidden_bias.shape[:-1]),
        ("output_weight", output_weight.shape[:-1]),
        ("output_bias", output_bias.shape),
    )
    return SigmoidNetwork(hidden_weight, hidden_bias, output_weight, output_bias), x


def _targets(y: npt.ArrayLike, p: FloatArray) -> FloatArray:
    y = float_array("y", y, axes="n")
    require_same_size("n", ("y_hat", p.shape, -1), ("y", y.shape, -1))
    broadcast_leading(("y_hat", p.shape[:-1]), ("y", y.shape[:-1]))
    return y


def _probabilities(y: npt.ArrayLike, p: FloatArray) -> FloatArray:
    y = _targets(y, p)
    inside = (y.real >= 0) & (y.real <= 1)  # NaN is outside
    if not inside.all():
        where = first_index(~inside)
        raise ValueError(
            f"y must lie in [0, 1]; got y{subscript(where)}={y[where]}. Pass probabilities or 0 and 1."
        )
    return y
