"""The exact derivatives of the functions of the calibration, in mpmath."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np

from gradproof._self_check._calibration import Exact
from gradproof._self_check._kinds import KINDS, Kind, Points, _polynomial

__all__ = ["DERIVATIVES", "KINDS", "exact"]


def exact(kind: Kind, points: Points) -> Exact:
    """Return the left and the right derivative at each point to 106 bits (50 digits are carried)."""
    with mpmath.workdps(50):
        found = [
            DERIVATIVES[kind.name](*map(mpmath.mpf, numbers))
            for numbers in zip(*(p.tolist() for p in points), strict=True)
        ]
        pairs = [pair if isinstance(pair, tuple) else (pair, pair) for pair in found]
        left, right = np.array([[float(side) for side in pair] for pair in pairs]).T
        rest = [[_rest(side) for side in pair] for pair in pairs]
        left_rest, right_rest = np.array(rest).T
    return Exact(left, right, left_rest, right_rest)


def _rest(value: Any) -> float:
    """Return what rounding to float64 leaves of a number, itself in float32."""
    rest = value - mpmath.mpf(float(value))
    with np.errstate(all="ignore"):
        return float(np.float32(float(rest)))


def _polynomial_slope(x: Any, *coefficients: Any) -> Any:
    degree = len(coefficients) - 1
    return _polynomial(x, *(c * (degree - i) for i, c in enumerate(coefficients[:-1])))


def _huber_slope(z: Any) -> Any:
    return max(min(z, mpmath.mpf(1)), mpmath.mpf(-1))


def _side(z: Any, below: Any, above: Any) -> Any:
    """Return the slope on the side of a corner that z lies on, or both at the corner."""
    return below if z < 0 else above if z > 0 else (below, above)


def _sum(value: Any, slopes: Any) -> Any:
    return tuple(value + s for s in slopes) if isinstance(slopes, tuple) else value + slopes


m = mpmath

# One number, or a pair of one-sided derivatives where there is a kink.
DERIVATIVES: dict[str, Any] = {
    "polynomial": _polynomial_slope,
    "polynomial, |x| 1e-3…1e3": _polynomial_slope,
    "sine": lambda x, b: m.cos(x + b),
    "sin(50x)": lambda x, b: 50 * m.cos(50 * x + b),
    "exp": m.exp,
    "exp, |x| < 30": m.exp,
    "sigmoid": lambda x: m.exp(-x) / (1 + m.exp(-x)) ** 2,
    "tanh to saturation": lambda x: m.sech(x) ** 2,
    "softplus": lambda x: 1 / (1 + m.exp(-x)),
    "log, x 1e-12…1e12": lambda x: 1 / x,
    "power, x 1e-12…1e12": lambda x, p: p * x ** (p - 1),
    "sin(log x), x 1e-12…1e12": lambda x: m.cos(m.log(x)) / x,
    "sin(x + b), x 1e-12…1e-3": lambda x, b: m.cos(x + b),
    "pole 1e-6…1 away": lambda x, c: -1 / (x - c) ** 2,
    "pole 1e-6…1 beside 1": lambda x, c, a: 1 - a * c / (x - c) ** 2,
    "quadratic minimum near": lambda x, c: 2 * (x - c),
    "cancelling sum 1e2…1e8": lambda x, _: 1 + 2 * x,
    "cancelling (1 - cos x)/x²": lambda x: (x * m.sin(x) - 2 * (1 - m.cos(x))) / x**3,
    "offset 1…1e6": lambda x, _: m.cos(x),
    "offset 1e6…1e12": lambda x, _: 3 * m.cos(3 * x),
    "offset 1e12…1e15": lambda x, _: m.exp(x),
    "steep on an offset": lambda x, a, k: a * k * m.sech(k * x) ** 2 + 1,
    "float32 sine": m.cos,
    "float32 exp − 1 + x²": lambda x: m.exp(x) + 2 * x,
    "float32 on an offset, |x| > 0.01": lambda x, a: -a * m.sin(x),
    "float16 tanh": lambda x: m.sech(x) ** 2,
    "kink 1e-9…1e-1 away": lambda x, c, k: _sum(m.exp(x), _side(x - c, -k, k)),
    "hinge 1e-9…1e-1 away": lambda x, c: _sum(3 * x**2, _side(x - c, m.mpf(-1), m.mpf(0))),
    "maximum of two, near a tie": lambda x, c, a, b: _sum(
        3 * m.cos(3 * x), _side(x - c, min(a, b), max(a, b))
    ),
    "two kinks around": lambda x, c, d: (
        _sum(2 * x, _side(x - c, m.mpf(-1) - 2 * m.sign(d), m.mpf(1) + 2 * (m.sign(x - c - d) or 1)))
        if x == c
        else 2 * x + m.sign(x - c) + 2 * m.sign(x - c - d)
    ),
    "|x| + cos x, |x| 1e-9…10": lambda x: m.sign(x) - m.sin(x),
    "kink at the point": lambda x, _, k: (m.cos(x) - k, m.cos(x) + k),
    "ReLU at 0": lambda _, a, b: (b, a),
    "squared ReLU near": lambda x, c: 1 + 2 * max(x - c, 0),
    "squared ReLU at 0": lambda x, _: m.cos(x),
    "Huber corner near": lambda x, c: 3 * _huber_slope(x - c + 1) - 1,
    "cubed ReLU near": lambda x, c: 3 * max(x - c, 0) ** 2 - m.sin(x),
}
