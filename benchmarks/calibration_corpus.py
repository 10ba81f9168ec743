"""Functions of one variable with exact derivatives, drawn at random: what the calibration of the bounds stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Points = tuple[Vector, ...]  # the points, then one array for each parameter of the function
Draw = Callable[[np.random.Generator, int], Points]


@dataclass(frozen=True)
class Kind:
    """One kind of function.

    Attributes
    ----------
    name : str
    function : callable
        ``function(x, *parameters)`` in NumPy, elementwise; computed as a user would write it.
    derivative : callable
        The same for the exact derivative, of mpmath numbers; a pair of one-sided ones where there is a kink.
    draw : callable
        ``draw(random, m)`` returns m points and parameters.
    plain : bool
        Smooth and well-scaled: here the evaluations per entry are held to the promise.
    """

    name: str
    function: Callable[..., Any]
    derivative: Callable[..., Any]
    draw: Draw
    plain: bool = False

    def exact(self, points: Points) -> tuple[Vector, Vector]:
        """Return the left and the right derivative at each point, correctly rounded (50 digits are carried)."""
        with mpmath.workdps(50):
            found = [
                self.derivative(*map(mpmath.mpf, numbers))
                for numbers in zip(*(p.tolist() for p in points), strict=True)
            ]
            pairs = [pair if isinstance(pair, tuple) else (pair, pair) for pair in found]
            left, right = np.array([[float(side) for side in pair] for pair in pairs]).T
        return left, right


def uniform(low: float, high: float) -> Callable[[np.random.Generator, int], Vector]:
    """Draw evenly."""
    return lambda random, m: random.uniform(low, high, m)


def powers(low: float, high: float) -> Callable[[np.random.Generator, int], Vector]:
    """Draw powers of ten with an even exponent."""
    return lambda random, m: 10.0 ** random.uniform(low, high, m)


def signed(
    draw: Callable[[np.random.Generator, int], Vector],
) -> Callable[[np.random.Generator, int], Vector]:
    """Give what is drawn a random sign."""
    return lambda random, m: draw(random, m) * random.choice([-1.0, 1.0], m)


def each(*draws: Callable[[np.random.Generator, int], Vector]) -> Draw:
    """Draw the point and every parameter by itself."""
    return lambda random, m: tuple(draw(random, m) for draw in draws)


def beside(
    centre: Callable[[np.random.Generator, int], Vector],
    distance: Callable[[np.random.Generator, int], Vector],
    *draws: Callable[[np.random.Generator, int], Vector],
) -> Draw:
    """Draw a point at some distance, as realised in floating point, from its first parameter."""

    def draw(random: np.random.Generator, m: int) -> Points:
        middle = centre(random, m)
        return (middle + distance(random, m), middle, *(further(random, m) for further in draws))

    return draw


def nearby(random: np.random.Generator, m: int) -> Vector:
    """Draw distances of 1e-9 to 1e-1 to either side."""
    return signed(powers(-9, -1))(random, m)


def nowhere(random: np.random.Generator, m: int) -> Vector:
    """Draw no distance: the point itself."""
    del random
    return np.zeros(m)


def _low(x: Vector, dtype: type[np.floating[Any]], g: Callable[[Any], Any]) -> Vector:
    """Compute in a lower precision and return float64, as a function with a cast inside does."""
    result: Vector = g(x.astype(dtype)).astype(np.float64)
    return result


def _polynomial(x: Any, *coefficients: Any) -> Any:
    value = coefficients[0]
    for coefficient in coefficients[1:]:
        value = value * x + coefficient
    return value


def _polynomial_slope(x: Any, *coefficients: Any) -> Any:
    degree = len(coefficients) - 1
    return _polynomial(x, *(c * (degree - i) for i, c in enumerate(coefficients[:-1])))


def _huber(z: Any) -> Any:
    return np.where(np.abs(z) < 1, 0.5 * z * z, np.abs(z) - 0.5)


def _huber_slope(z: Any) -> Any:
    return max(min(z, mpmath.mpf(1)), mpmath.mpf(-1))


def _side(z: Any, below: Any, above: Any) -> Any:
    """Return the slope on the side of a corner that z lies on, or both at the corner."""
    return below if z < 0 else above if z > 0 else (below, above)


def _sum(value: Any, slopes: Any) -> Any:
    return tuple(value + s for s in slopes) if isinstance(slopes, tuple) else value + slopes


m = mpmath
normal = uniform(-2, 2)

KINDS = (
    Kind("polynomial", _polynomial, _polynomial_slope, each(normal, *[normal] * 6), plain=True),
    Kind(
        "polynomial, |x| 1e-3…1e3", _polynomial, _polynomial_slope, each(signed(powers(-3, 3)), *[normal] * 5)
    ),
    Kind(
        "sine",
        lambda x, b: np.sin(x + b),
        lambda x, b: m.cos(x + b),
        each(signed(uniform(0.3, 2)), normal),
        plain=True,
    ),
    Kind(
        "sin(50x)",
        lambda x, b: np.sin(50 * x + b),
        lambda x, b: 50 * m.cos(50 * x + b),
        each(uniform(-3, 3), normal),
    ),
    Kind("exp", np.exp, m.exp, each(normal), plain=True),
    Kind("exp, |x| < 30", np.exp, m.exp, each(uniform(-30, 30))),
    Kind(
        "sigmoid",
        lambda x: 1 / (1 + np.exp(-x)),
        lambda x: m.exp(-x) / (1 + m.exp(-x)) ** 2,
        each(uniform(-4, 4)),
        plain=True,
    ),
    Kind("tanh to saturation", np.tanh, lambda x: m.sech(x) ** 2, each(uniform(-25, 25))),
    Kind(
        "softplus",
        lambda x: np.logaddexp(0, x),
        lambda x: 1 / (1 + m.exp(-x)),
        each(uniform(-4, 4)),
        plain=True,
    ),
    Kind("log, x 1e-12…1e12", np.log, lambda x: 1 / x, each(powers(-12, 12))),
    Kind(
        "power, x 1e-12…1e12",
        lambda x, p: x**p,
        lambda x, p: p * x ** (p - 1),
        each(powers(-12, 12), uniform(-3, 3)),
    ),
    Kind(
        "sin(log x), x 1e-12…1e12",
        lambda x: np.sin(np.log(x)),
        lambda x: m.cos(m.log(x)) / x,
        each(powers(-12, 12)),
    ),
    Kind(
        "sin(x + b), x 1e-12…1e-3",
        lambda x, b: np.sin(x + b),
        lambda x, b: m.cos(x + b),
        each(signed(powers(-12, -3)), normal),
    ),
    Kind(
        "pole 1e-6…1 away",
        lambda x, c: 1 / (x - c),
        lambda x, c: -1 / (x - c) ** 2,
        beside(normal, signed(powers(-6, 0))),
    ),
    Kind(
        "pole 1e-6…1 beside 1",
        lambda x, c, a: a * x / (x - c) + x,
        lambda x, c, a: 1 - a * c / (x - c) ** 2,
        beside(uniform(0.5, 2), signed(powers(-6, 0)), powers(-8, 2)),
    ),
    Kind(
        "quadratic minimum near",
        lambda x, c: (x - c) ** 2,
        lambda x, c: 2 * (x - c),
        beside(normal, signed(powers(-9, 0))),
    ),
    Kind(
        "cancelling sum 1e2…1e8",
        lambda x, a: (x + a) - a + x * x,
        lambda x, _: 1 + 2 * x,
        each(normal, powers(2, 8)),
    ),
    Kind(
        "cancelling (1 - cos x)/x²",
        lambda x: (1 - np.cos(x)) / (x * x),
        lambda x: (x * m.sin(x) - 2 * (1 - m.cos(x))) / x**3,
        each(signed(powers(-5, 0))),
    ),
    Kind(
        "offset 1…1e6",
        lambda x, a: np.sin(x) + a,
        lambda x, _: m.cos(x),
        each(uniform(-3, 3), signed(powers(0, 6))),
    ),
    Kind(
        "offset 1e6…1e12",
        lambda x, a: np.sin(3 * x) + a,
        lambda x, _: 3 * m.cos(3 * x),
        each(uniform(-3, 3), signed(powers(6, 12))),
    ),
    Kind(
        "offset 1e12…1e15",
        lambda x, a: np.exp(x) + a,
        lambda x, _: m.exp(x),
        each(uniform(-3, 3), signed(powers(12, 15))),
    ),
    Kind(
        "steep on an offset",
        lambda x, a, k: np.tanh(k * x) * a + x,
        lambda x, a, k: a * k * m.sech(k * x) ** 2 + 1,
        each(normal, powers(-4, 2), powers(0, 3)),
    ),
    Kind("float32 sine", lambda x: _low(x, np.float32, np.sin), m.cos, each(signed(uniform(1e-3, 3)))),
    Kind(
        "float32 exp − 1 + x²",
        lambda x: _low(x, np.float32, lambda z: np.exp(z) - 1 + z * z),
        lambda x: m.exp(x) + 2 * x,
        each(signed(powers(-3, 0.5))),
    ),
    Kind(
        "float32 on an offset, |x| > 0.01",
        lambda x, a: _low(x, np.float32, np.cos) * a + a * 10,
        lambda x, a: -a * m.sin(x),
        each(signed(powers(-2, 0.3)), powers(-3, 3)),
    ),
    Kind(
        "float16 tanh",
        lambda x: _low(x, np.float16, np.tanh),
        lambda x: m.sech(x) ** 2,
        each(signed(uniform(1e-2, 2))),
    ),
    Kind(
        "kink 1e-9…1e-1 away",
        lambda x, c, k: k * np.abs(x - c) + np.exp(x),
        lambda x, c, k: _sum(m.exp(x), _side(x - c, -k, k)),
        beside(normal, nearby, signed(powers(-3, 2))),
    ),
    Kind(
        "hinge 1e-9…1e-1 away",
        lambda x, c: np.maximum(0, 1 - (x - c + 1)) + x**3,
        lambda x, c: _sum(3 * x**2, _side(x - c, m.mpf(-1), m.mpf(0))),
        beside(normal, nearby),
    ),
    Kind(
        "maximum of two, near a tie",
        lambda x, c, a, b: np.maximum(a * (x - c), b * (x - c)) + np.sin(3 * x),
        lambda x, c, a, b: _sum(3 * m.cos(3 * x), _side(x - c, min(a, b), max(a, b))),
        beside(normal, nearby, normal, normal),
    ),
    Kind(
        "two kinks around",
        lambda x, c, d: np.abs(x - c) + 2 * np.abs(x - c - d) + x * x,
        lambda x, c, d: (
            _sum(2 * x, _side(x - c, m.mpf(-1) - 2 * m.sign(d), m.mpf(1) + 2 * (m.sign(x - c - d) or 1)))
            if x == c
            else 2 * x + m.sign(x - c) + 2 * m.sign(x - c - d)
        ),
        beside(normal, nearby, nearby),
    ),
    Kind(
        "|x| + cos x, |x| 1e-9…10",
        lambda x: np.abs(x) + np.cos(x),
        lambda x: m.sign(x) - m.sin(x),
        each(signed(powers(-9, 1))),
    ),
    Kind(
        "kink at the point",
        lambda x, c, k: k * np.abs(x - c) + np.sin(x),
        lambda x, _, k: (m.cos(x) - k, m.cos(x) + k),
        beside(normal, nowhere, signed(powers(-3, 2))),
    ),
    Kind(
        "ReLU at 0",
        lambda x, a, b: np.where(x > 0, a * x, b * x),
        lambda _, a, b: (b, a),
        each(nowhere, signed(powers(-6, 6)), normal),
    ),
    Kind(
        "squared ReLU near",
        lambda x, c: np.maximum(x - c, 0) ** 2 + x,
        lambda x, c: 1 + 2 * max(x - c, 0),
        beside(normal, nearby),
    ),
    Kind(
        "squared ReLU at 0",
        lambda x, c: np.maximum(x - c, 0) ** 2 + np.sin(x),
        lambda x, _: m.cos(x),
        beside(normal, nowhere),
    ),
    Kind(
        "Huber corner near",
        lambda x, c: 3 * _huber(x - c + 1) - x,
        lambda x, c: 3 * _huber_slope(x - c + 1) - 1,
        beside(normal, nearby),
    ),
    Kind(
        "cubed ReLU near",
        lambda x, c: np.maximum(x - c, 0) ** 3 + np.cos(x),
        lambda x, c: 3 * max(x - c, 0) ** 2 - m.sin(x),
        beside(normal, nearby),
    ),
)
