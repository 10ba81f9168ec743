"""The slides' formulas written out: one number at a time, explicit indices, 50 digits.

What the checks expect comes from here and never from the reference. A `Computed` carries, beside the value, a
bound on the error of the same formula in float64 (a running error analysis, to first order in `UNIT`); the slack
of the second order is in the constants.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np

from harness import EPS, Array

mp = mpmath.MPContext()
"""Arithmetic of 50 digits, apart from mpmath's global precision. Quotients that cancel ask `mp.workdps` for more."""
mp.dps = 50

UNIT = EPS / 2
"""Unit roundoff of float64."""
TINY = float(np.finfo(np.float64).smallest_subnormal)
ELEMENTARY = 8
"""Rounding errors allowed to one exp, log1p or tanh of NumPy (its own tests hold it to 4 ulp)."""

Number = Any
"""A number of mpmath: it ships no types."""


Layers = Sequence[tuple[Array, Array]]
"""Weight (d_k, d_{k−1}) and bias (d_k,) of each layer of one model."""


@dataclass(frozen=True)
class Computed:
    """A number, and how far float64 may end up from it."""

    value: Number
    error: float = 0.0


def exact(values: Array) -> list[Any]:
    """Nest the entries of an array as `Computed` numbers without error."""
    if values.ndim == 0:
        return [Computed(mp.mpf(float(values)))]
    return [exact(part) if part.ndim else Computed(mp.mpf(float(part))) for part in values]


def values_of(numbers: Sequence[Computed]) -> Array:
    """Put the values in an array of objects, for `agree`."""
    array = np.empty(len(numbers), dtype=object)
    array[:] = [number.value for number in numbers]
    return array


def errors_of(numbers: Sequence[Computed]) -> Array:
    """Put the error bounds in an array of floats, for `agree`."""
    return np.array([number.error for number in numbers])


def affine(
    weight: Sequence[Sequence[Computed]], bias: Sequence[Computed], x: Sequence[Computed]
) -> list[Computed]:
    """a_j = Σ_k w_jk x_k + b_j; float64 sums d + 1 terms, in any order, within (d + 1) UNIT Σ |terms|."""
    scores = []
    for j in range(len(weight)):
        a_j, size, carried = bias[j].value, abs(bias[j].value), bias[j].error
        for k in range(len(x)):
            a_j += weight[j][k].value * x[k].value
            size += abs(weight[j][k].value * x[k].value)
            carried += float(abs(weight[j][k].value)) * x[k].error
        scores.append(Computed(a_j, carried + float((len(x) + 2) * UNIT * (size + carried))))
    return scores


def softmax(a: Sequence[Computed]) -> list[Computed]:
    """f_j = e^{a_j} / Σ_k e^{a_k}."""
    # The shift by the largest score only keeps mpmath's exponents short: both sides of the fraction have it.
    top = max(entry.value for entry in a)
    exps = [mp.exp(a_k.value - top) for a_k in a]
    total = mp.fsum(exps)
    errors = shifted_errors(a)
    return [
        Computed(e / total, float(e / total * r) + 8 * len(a) * TINY)
        for e, r in zip(exps, errors, strict=True)
    ]


def shifted_errors(a: Sequence[Computed]) -> list[Number]:
    """Relative errors of the probabilities computed from scores minus the largest.

    Each exponential inherits the absolute error of its score and of the subtraction, the total the mean of
    those; on top come two exponentials, k additions and a division.
    """
    top = max(entry.value for entry in a)
    spread = [entry.error + UNIT * abs(entry.value - top) for entry in a]
    exps = [mp.exp(entry.value - top) for entry in a]
    mean = mp.fsum(e * error for e, error in zip(exps, spread, strict=True)) / mp.fsum(exps)
    shared = mean + 2 * max(entry.error for entry in a) + (2 * len(a) + 2 * ELEMENTARY + 4) * UNIT
    return [mp.expm1(error + shared) for error in spread]


def cross_entropy(a: Sequence[Computed], label: int) -> Computed:
    """−log f_label, as log Σ_k e^{a_k − a_label}; float64 forms a_label − a_top − log1p(Σ_{k≠top} e^{a_k − a_top})."""
    top = max(entry.value for entry in a)
    shifted = [entry.value - top for entry in a]
    first = shifted.index(0)
    rest = mp.fsum(mp.exp(s) for k, s in enumerate(shifted) if k != first)
    loss = mp.log1p(rest) - shifted[label]  # log(1 + rest) would need 300 digits at saturation
    carried = sum(
        mp.exp(s) / (1 + rest) * (UNIT * (abs(s) + len(a) + ELEMENTARY) + 2 * entry.error)
        for s, entry in zip(shifted, a, strict=True)
        if s < 0
    )
    rounding = UNIT * (
        abs(shifted[label]) + ELEMENTARY * mp.log1p(rest) + (len(a) + ELEMENTARY) * rest / (1 + rest) + loss
    )
    inherited = a[label].error + max(entry.error for entry in a)
    return Computed(loss, float(carried + rounding) + inherited + (len(a) + ELEMENTARY) * TINY)


def score_gradient(a: Sequence[Computed], label: int) -> list[Computed]:
    """∂ℓ/∂a_j = f_j − y_j, with f_label − 1 as −Σ_{k≠label} f_k: where f_label is the largest, float64 sums too."""
    f = softmax(a)
    others = [f[k] for k in range(len(a)) if k != label]
    minus_one = -mp.fsum(f_k.value for f_k in others)
    largest = all(a[label].value >= entry.value for entry in a)
    error = sum(f_k.error for f_k in others) if largest else f[label].error
    gradient = list(f)
    gradient[label] = Computed(minus_one, error + float(4 * UNIT * abs(minus_one)) + 8 * len(a) * TINY)
    return gradient


def sigmoid(z: Computed) -> Computed:
    """1/(1 + e^{−z}); its slope is at most a quarter, and an exponential, an addition and a division round."""
    value = 1 / (1 + mp.exp(-z.value))
    slope = min(0.25, float(value) * 2)  # σ′ = σ(1 − σ), a little beyond the point as well
    return Computed(value, slope * z.error * 2 + float((ELEMENTARY + 4) * UNIT * value) + TINY)


def tanh(z: Computed) -> Computed:
    """(e^z − e^{−z})/(e^z + e^{−z}); its slope is at most 1."""
    value = mp.tanh(z.value)
    return Computed(value, z.error + float(ELEMENTARY * UNIT * abs(value)) + TINY)


def relu(z: Computed) -> Computed:
    """max(0, z)."""
    return Computed(max(mp.mpf(0), z.value), z.error)


def step(z: Computed) -> Computed:
    """1 if z > 0 else 0, for z on a known side."""
    if 0 < abs(z.value) <= z.error:
        raise ValueError(f"z must lie on a known side of 0; got z={z}. Draw scores away from 0.")
    return Computed(mp.mpf(1 if z.value > 0 else 0))


def sigmoid_derivative(z: Computed) -> Computed:
    """e^{−|z|}/(1 + e^{−|z|})²; an error of z changes it by as much, relatively, as |σ″| ≤ σ′."""
    e = mp.exp(-abs(z.value))
    value = e / (1 + e) ** 2
    return Computed(value, float(value * (mp.expm1(z.error) + (ELEMENTARY + 6) * UNIT)) + 2 * TINY)


def tanh_derivative(z: Computed) -> Computed:
    """1/cosh² z; an error of z changes it by at most twice as much, relatively, as |tanh″| ≤ 2 tanh′."""
    value = 1 / mp.cosh(z.value) ** 2
    return Computed(value, float(value * (mp.expm1(2 * z.error) + (2 * ELEMENTARY + 8) * UNIT)) + 8 * TINY)


def relu_derivative(z: Computed) -> Computed:
    """1 if z > 0 else 0, for z on a known side."""
    return step(z)


def step_derivative(z: Computed) -> Computed:
    """0 off the jump."""
    step(z)
    return Computed(mp.mpf(0))


DERIVATIVES: dict[str, Callable[[Computed], Computed]] = {
    "step": step_derivative,
    "sigmoid": sigmoid_derivative,
    "tanh": tanh_derivative,
    "relu": relu_derivative,
}
ACTIVATIONS: dict[str, Callable[[Computed], Computed]] = {
    "step": step,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
}


def product_sum(factors: Sequence[tuple[Computed, Computed]]) -> Computed:
    """Σ_n u_n v_n; each product inherits both errors, and float64 sums n terms."""
    total, error = mp.mpf(0), 0.0
    for u, v in factors:
        total += u.value * v.value
        size = float(abs(u.value * v.value))
        carried = float(abs(u.value)) * v.error + float(abs(v.value)) * u.error + u.error * v.error
        error += carried + (len(factors) + 1) * UNIT * (size + carried)
    return Computed(total, error)


def product(*factors: Computed) -> Computed:
    """Multiply numbers; first order in their errors, the second covered by doubling."""
    value, error = mp.mpf(1), 0.0
    for factor in factors:
        size = float(abs(value * factor.value))
        error = float(abs(factor.value)) * error + float(abs(value)) * factor.error + error * factor.error
        error += UNIT * size + TINY
        value *= factor.value
    return Computed(value, 2 * error)


def forward(
    layers: Layers, x: Array, activation: Callable[[Computed], Computed] = sigmoid
) -> tuple[list[list[Computed]], list[list[Computed]]]:
    """Return z_1 … z_n and a_0 … a_{n−1} of one example: z_k = w[k] a_{k−1} + b[k], a_k = activation(z_k), a_0 = x."""
    zs, activations = [], [exact(x)]
    for number, (weight, bias) in enumerate(layers):
        zs.append(affine(exact(weight), exact(bias), activations[-1]))
        if number < len(layers) - 1:
            activations.append([activation(z) for z in zs[-1]])
    return zs, activations


def logits(layers: Layers, x: Array, activation: Callable[[Computed], Computed] = sigmoid) -> list[Computed]:
    """Return the scores of one example."""
    return forward(layers, x, activation)[0][-1]


def gradient_of_layer(
    layers: Layers, x: Array, label: int, k: int, name: str
) -> tuple[list[list[Computed]], list[Computed]]:
    """∂ℓ/∂w[k]_ij and ∂ℓ/∂b[k]_i of one example, by the chain rule with explicit indices (k 0-based).

    ∂ℓ/∂z_m,j = Σ_i ∂ℓ/∂z_{m+1},i w[m+1]_ij activation′(z_m,j) from the scores down to z_k; then times a_{k−1}.
    """
    zs, activations = forward(layers, x, ACTIVATIONS[name])
    by_z = score_gradient(zs[-1], label)
    for m in range(len(layers) - 1, k, -1):
        weight = exact(layers[m][0])
        by_z = [
            product(
                product_sum([(by_z[i], weight[i][j]) for i in range(len(weight))]),
                DERIVATIVES[name](zs[m - 1][j]),
            )
            for j in range(len(weight[0]))
        ]
    return [[product(by_z[i], a_j) for a_j in activations[k]] for i in range(len(by_z))], by_z
