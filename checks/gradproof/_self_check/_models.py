"""Functions of many parameters with gradients in 50 decimal digits: the whole checker beside the truth."""

from __future__ import annotations

from collections.abc import Callable
from decimal import localcontext
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradproof._examine import examine_gradient
from gradproof._report import STATUSES
from gradproof._self_check._calibration import UNIT, Measured
from gradproof._self_check._wide import DIGITS, cos, exp, narrow, sin, tanh, widen

Array = NDArray[Any]
# Of a model, about.
ENTRIES = 35


class Model(NamedTuple):
    """A scalar function of one array, shape (..., n), and its gradient, of arrays of decimal numbers.

    `plain` is True where f is smooth and well-scaled, and the cost is held to what is promised.
    """

    name: str
    plain: bool
    build: Callable[[np.random.Generator], tuple[Callable[[Array], Array], Callable[[Array], Array], Array]]


class Way(NamedTuple):
    """How the checker is asked."""

    name: str
    wrap: Callable[[Callable[[Array], Array]], Callable[[Array], Any]]
    options: dict[str, Any]


def _quadratic(random: np.random.Generator) -> tuple[Any, Any, Array]:
    a = random.normal(size=(40, 40))

    def f(x: Array) -> Array:
        return np.sum((x @ a) * x, axis=-1)

    def gradient(x: Array) -> Array:
        wide = widen(a)
        return (wide + wide.T) @ x

    return f, gradient, random.normal(size=40)


def _log_sum_exp(random: np.random.Generator) -> tuple[Any, Any, Array]:
    def f(x: Array) -> Array:
        shift = np.max(np.real(x), axis=-1, keepdims=True)
        return np.log(np.sum(np.exp(x - shift), axis=-1)) + shift[..., 0]

    def gradient(x: Array) -> Array:
        powers = exp(x - np.max(x))
        return powers / np.sum(powers)

    return f, gradient, 5 * random.normal(size=40)


def _network(random: np.random.Generator) -> tuple[Any, Any, Array]:
    inputs, target = random.normal(size=(8, 3)), np.eye(4)[random.integers(0, 4, 8)]

    def f(w: Array) -> Array:
        first = w[..., :15].reshape(*w.shape[:-1], 3, 5)
        second = w[..., 15:].reshape(*w.shape[:-1], 5, 4)
        logits = np.tanh(inputs @ first) @ second
        shift = np.max(np.real(logits), axis=-1, keepdims=True)
        log_total = np.log(np.sum(np.exp(logits - shift), axis=-1)) + shift[..., 0]
        return np.sum(log_total - np.sum(target * logits, axis=-1), axis=-1)

    def gradient(w: Array) -> Array:
        first, second = w[:15].reshape(3, 5), w[15:].reshape(5, 4)
        wide, hot = widen(inputs), widen(target)
        hidden = tanh(wide @ first)
        powers = exp(hidden @ second)
        delta = powers / np.sum(powers, axis=-1, keepdims=True) - hot
        back = (delta @ second.T) * (1 - hidden**2)
        return np.concatenate([(wide.T @ back).ravel(), (hidden.T @ delta).ravel()])

    return f, gradient, random.normal(size=35) * 10.0 ** random.uniform(-2, 0.5)


def _offset_loss(random: np.random.Generator) -> tuple[Any, Any, Array]:
    offset = 10.0 ** random.uniform(0, 12)
    return (
        lambda x: np.sum(np.sin(x) * x, axis=-1) + offset,
        lambda x: cos(x) * x + sin(x),
        3 * random.normal(size=40),
    )


def _mixed_scales(random: np.random.Generator) -> tuple[Any, Any, Array]:
    sizes = 10.0 ** random.uniform(-4, 4, size=40)
    return lambda x: np.sum(np.log(x), axis=-1), lambda x: 1 / x, sizes


def _rectified(random: np.random.Generator) -> tuple[Any, Any, Array]:
    a = random.normal(size=(10, 40))

    def f(x: Array) -> Array:
        z = x @ a
        return np.sum(np.where(np.real(z) > 0, z, 0) ** 2 + np.where(np.real(z) > 0, z, 0), axis=-1)

    def gradient(x: Array) -> Array:
        wide = widen(a)
        z = x @ wide
        return wide @ np.where(z > 0, 2 * z + 1, 0)

    return f, gradient, random.normal(size=10)


MODELS = (
    Model("quadratic form", plain=True, build=_quadratic),
    Model("log-sum-exp", plain=True, build=_log_sum_exp),
    Model("network", plain=True, build=_network),
    Model("offset 1…1e12", plain=False, build=_offset_loss),
    Model("sizes 1e-4…1e4 in one array", plain=False, build=_mixed_scales),
    Model("rectified", plain=False, build=_rectified),
)


def _real(f: Callable[[Array], Array]) -> Callable[[Array], float]:
    return lambda x: float(f(x))


WAYS = (
    Way("complex step", lambda f: f, {}),
    Way("differences", _real, {}),
    Way("in batches", lambda f: f, {"vectorized": True}),
)


def measure_model(model: Model, way: Way, random: np.random.Generator) -> tuple[Measured, str]:
    """Examine the exact gradient of one model, and return what came of its entries, and the report.

    The cost counts all that was evaluated.
    """
    f, gradient, point = model.build(random)

    def exact(x: Array) -> tuple[Array, Array]:
        with localcontext(prec=DIGITS):
            return narrow(gradient(widen(x)))

    report = examine_gradient(
        way.wrap(f),
        lambda x: exact(x)[0],
        point,
        mode="entries",
        seed=int(random.integers(2**32)),
        **way.options,
    )
    right, rest = exact(point)
    seen = report.compared
    if len(seen.positions) < len(point):  # a guard ended it: nothing was compared
        nothing, everything = np.full(len(point), np.inf), np.ones(len(point), np.bool_)
        return Measured(nothing, 0 * right, right, everything, everything, nothing), str(report)
    error = np.abs(seen.numeric - right - rest)
    measured = Measured(
        error,
        seen.bound,
        right,
        ~(error <= seen.bound + 4 * UNIT * np.abs(right)) | (report.verdict == "fail"),
        np.array([STATUSES[code] == "unresolved" for code in seen.status]),
        np.full(len(right), report.evaluations.f / len(right)),
    )
    return measured, f"{model.name}, {way.name}: {report}"
