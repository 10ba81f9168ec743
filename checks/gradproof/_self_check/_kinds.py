"""Functions of one variable, drawn at random: what the calibration of the bounds stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradproof._nesting import Vector

Points = tuple[Vector, ...]  # the points, then one array for each parameter of the function
Draw = Callable[[np.random.Generator, int], Points]


@dataclass(frozen=True)
class Kind:
    """One kind of function; its exact derivative stands in benchmarks/calibration_corpus.py, in mpmath.

    Attributes
    ----------
    name : str
    function : callable
        ``function(x, *parameters)`` in NumPy, elementwise; computed as a user would write it.
    draw : callable
        ``draw(random, m)`` returns m points and parameters.
    plain : bool
        Smooth and well-scaled: here the evaluations per entry are held to the promise.
    """

    name: str
    function: Callable[..., Any]
    draw: Draw
    plain: bool = False


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


def _huber(z: Any) -> Any:
    return np.where(np.abs(z) < 1, 0.5 * z * z, np.abs(z) - 0.5)


normal = uniform(-2, 2)

KINDS = (
    Kind("polynomial", _polynomial, each(normal, *[normal] * 6), plain=True),
    Kind("polynomial, |x| 1e-3…1e3", _polynomial, each(signed(powers(-3, 3)), *[normal] * 5)),
    Kind("sine", lambda x, b: np.sin(x + b), each(signed(uniform(0.3, 2)), normal), plain=True),
    Kind("sin(50x)", lambda x, b: np.sin(50 * x + b), each(uniform(-3, 3), normal)),
    Kind("exp", np.exp, each(normal), plain=True),
    Kind("exp, |x| < 30", np.exp, each(uniform(-30, 30))),
    Kind("sigmoid", lambda x: 1 / (1 + np.exp(-x)), each(uniform(-4, 4)), plain=True),
    Kind("tanh to saturation", np.tanh, each(uniform(-25, 25))),
    Kind("softplus", lambda x: np.logaddexp(0, x), each(uniform(-4, 4)), plain=True),
    Kind("log, x 1e-12…1e12", np.log, each(powers(-12, 12))),
    Kind("power, x 1e-12…1e12", lambda x, p: x**p, each(powers(-12, 12), uniform(-3, 3))),
    Kind("sin(log x), x 1e-12…1e12", lambda x: np.sin(np.log(x)), each(powers(-12, 12))),
    Kind("sin(x + b), x 1e-12…1e-3", lambda x, b: np.sin(x + b), each(signed(powers(-12, -3)), normal)),
    Kind("pole 1e-6…1 away", lambda x, c: 1 / (x - c), beside(normal, signed(powers(-6, 0)))),
    Kind(
        "pole 1e-6…1 beside 1",
        lambda x, c, a: a * x / (x - c) + x,
        beside(uniform(0.5, 2), signed(powers(-6, 0)), powers(-8, 2)),
    ),
    Kind("quadratic minimum near", lambda x, c: (x - c) ** 2, beside(normal, signed(powers(-9, 0)))),
    Kind("cancelling sum 1e2…1e8", lambda x, a: (x + a) - a + x * x, each(normal, powers(2, 8))),
    Kind("cancelling (1 - cos x)/x²", lambda x: (1 - np.cos(x)) / (x * x), each(signed(powers(-5, 0)))),
    Kind("offset 1…1e6", lambda x, a: np.sin(x) + a, each(uniform(-3, 3), signed(powers(0, 6)))),
    Kind("offset 1e6…1e12", lambda x, a: np.sin(3 * x) + a, each(uniform(-3, 3), signed(powers(6, 12)))),
    Kind("offset 1e12…1e15", lambda x, a: np.exp(x) + a, each(uniform(-3, 3), signed(powers(12, 15)))),
    Kind(
        "steep on an offset",
        lambda x, a, k: np.tanh(k * x) * a + x,
        each(normal, powers(-4, 2), powers(0, 3)),
    ),
    Kind("float32 sine", lambda x: _low(x, np.float32, np.sin), each(signed(uniform(1e-3, 3)))),
    Kind(
        "float32 exp − 1 + x²",
        lambda x: _low(x, np.float32, lambda z: np.exp(z) - 1 + z * z),
        each(signed(powers(-3, 0.5))),
    ),
    Kind(
        "float32 on an offset, |x| > 0.01",
        lambda x, a: _low(x, np.float32, np.cos) * a + a * 10,
        each(signed(powers(-2, 0.3)), powers(-3, 3)),
    ),
    Kind("float16 tanh", lambda x: _low(x, np.float16, np.tanh), each(signed(uniform(1e-2, 2)))),
    Kind(
        "kink 1e-9…1e-1 away",
        lambda x, c, k: k * np.abs(x - c) + np.exp(x),
        beside(normal, nearby, signed(powers(-3, 2))),
    ),
    Kind("hinge 1e-9…1e-1 away", lambda x, c: np.maximum(0, 1 - (x - c + 1)) + x**3, beside(normal, nearby)),
    Kind(
        "maximum of two, near a tie",
        lambda x, c, a, b: np.maximum(a * (x - c), b * (x - c)) + np.sin(3 * x),
        beside(normal, nearby, normal, normal),
    ),
    Kind(
        "two kinks around",
        lambda x, c, d: np.abs(x - c) + 2 * np.abs(x - c - d) + x * x,
        beside(normal, nearby, nearby),
    ),
    Kind("|x| + cos x, |x| 1e-9…10", lambda x: np.abs(x) + np.cos(x), each(signed(powers(-9, 1)))),
    Kind(
        "kink at the point",
        lambda x, c, k: k * np.abs(x - c) + np.sin(x),
        beside(normal, nowhere, signed(powers(-3, 2))),
    ),
    Kind(
        "ReLU at 0",
        lambda x, a, b: np.where(x > 0, a * x, b * x),
        each(nowhere, signed(powers(-6, 6)), normal),
    ),
    Kind("squared ReLU near", lambda x, c: np.maximum(x - c, 0) ** 2 + x, beside(normal, nearby)),
    Kind("squared ReLU at 0", lambda x, c: np.maximum(x - c, 0) ** 2 + np.sin(x), beside(normal, nowhere)),
    Kind("Huber corner near", lambda x, c: 3 * _huber(x - c + 1) - x, beside(normal, nearby)),
    Kind("cubed ReLU near", lambda x, c: np.maximum(x - c, 0) ** 3 + np.cos(x), beside(normal, nearby)),
)
