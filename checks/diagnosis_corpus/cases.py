"""What is planted: on the leaves of a right gradient, and of the argument, in the order of their paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from diagnosis_corpus.functions import (
    Function,
    convolution,
    elementwise,
    lasso,
    network,
    pair,
    ridge,
    softmax_regression,
    square,
    tensor,
)

Fault = Callable[[list[Any], list[Any]], list[Any]]


class Case(NamedTuple):
    """A fault in the gradient of a function, and the cause to be named; None where none may be, "!x" where not x."""

    cause: str | None
    fault: str
    function: Function
    plant: Fault


def _each(change: Callable[[Any, Any], Any], *only: int) -> Fault:
    """Change all leaves, or some."""
    return lambda g, x: [
        change(gi, xi) if not only or i in only else gi for i, (gi, xi) in enumerate(zip(g, x, strict=True))
    ]


def _at(index: Any, factor: float) -> Callable[[Any, Any], Any]:
    def change(g: Any, _: Any) -> Any:
        g = g.copy()
        g[index] *= factor
        return g

    return change


def _both(one: Fault, other: Fault) -> Fault:
    return lambda g, x: other(one(g, x), x)


_ALL = (
    softmax_regression(),
    network(),
    ridge(),
    lasso(),
    convolution(),
    tensor(),
    square(),
    elementwise(),
    pair(),
)
_SOFT, _NET, _RIDGE, _LASSO, _CONV, _TENSOR, _SQUARE, _RELU, _PAIR = _ALL
_ROWS = np.array([0.5, 2.0, 3.0, -1.0, 1.7, 0.3])


def _rows(axis: int) -> Callable[[Any, Any], Any]:
    return lambda g, _: g * _ROWS[: g.shape[axis]].reshape([-1 if i == axis else 1 for i in range(g.ndim)])


_EVERYWHERE: tuple[tuple[str, str, Fault], ...] = (
    ("sign", "descends instead of ascends", _each(lambda g, _: -g)),
    ("factor 2", "a square without its 1/2", _each(lambda g, _: 2 * g)),
    ("factor 0.5", "1/2 too many", _each(lambda g, _: g / 2)),
    ("factor 1.37", "a constant", _each(lambda g, _: 1.37 * g)),
    ("offset", "a constant added", _each(lambda g, _: g + 0.25)),
    ("L2 penalty", "a penalty too many", _each(lambda g, x: g + 0.1 * x)),
    ("absolute value", "no sign", _each(lambda g, _: np.abs(g))),
    ("precision of float16", "computed in float16", _each(lambda g, _: g.astype(np.float16).astype(float))),
    ("missing", "zeros", _each(lambda g, _: 0 * g)),
    ("times the argument", "by the logarithm of the argument", _each(lambda g, x: g * x)),
)

PLANTED: tuple[Case, ...] = (
    *(Case(cause, fault, function, plant) for function in _ALL for cause, fault, plant in _EVERYWHERE),
    Case("factor 8", "summed over the batch", _SOFT, _each(lambda g, _: 8 * g)),
    Case("factor 0.125", "averaged twice", _SOFT, _each(lambda g, _: g / 8)),
    Case("factor 2", "in one layer", _NET, _each(lambda g, _: 2 * g, 2, 3)),
    Case("factor 2", "in one weight", _NET, _each(lambda g, _: 2 * g, 2)),
    Case("sign", "in one bias", _SOFT, _each(lambda g, _: -g, 1)),
    Case("missing", "the bias forgotten", _SOFT, _each(lambda g, _: 0 * g, 1)),
    Case("missing", "a layer forgotten", _NET, _each(lambda g, _: 0 * g, 4)),
    Case("transposed", "square", _SQUARE, _each(lambda g, _: g.T.copy())),
    Case("transposed", "reshaped", _SOFT, _each(lambda g, _: g.T.reshape(g.shape), 0)),
    Case("transposed", "last axes", _TENSOR, _each(lambda g, _: g.swapaxes(1, 2).reshape(g.shape))),
    Case("order", "column-major", _SOFT, _each(lambda g, _: g.ravel().reshape(g.shape, order="F"), 0)),
    Case("order", "column-major", _NET, _each(lambda g, _: g.ravel().reshape(g.shape, order="F"), 0)),
    Case("order", "column-major", _TENSOR, _each(lambda g, _: g.ravel().reshape(g.shape, order="F"))),
    Case("reversed", "kernel not flipped", _CONV, _each(lambda g, _: g[::-1].copy())),
    Case("reversed", "rows", _SQUARE, _each(lambda g, _: g[::-1].copy())),
    Case("reversed", "last axis", _TENSOR, _each(lambda g, _: g[..., ::-1].copy())),
    Case("shifted", "by one", _CONV, _each(lambda g, _: np.roll(g, 1))),
    Case("shifted", "by one, back", _RIDGE, _each(lambda g, _: np.roll(g, -1))),
    Case("shifted", "rows", _SQUARE, _each(lambda g, _: np.roll(g, 1, axis=0))),
    Case("swapped", "two arguments", _PAIR, lambda g, _: [g[1], g[0]]),
    Case("L2 penalty", "missing", _RIDGE, _each(lambda g, x: g - 0.1 * x)),
    Case("L2 penalty", "twice", _RIDGE, _each(lambda g, x: g + 0.1 * x)),
    Case("L1 penalty", "missing", _LASSO, _each(lambda g, x: g - 0.3 * np.sign(x))),
    Case("L1 penalty", "too many", _SOFT, _each(lambda g, x: g + 0.01 * np.sign(x), 0)),
    Case("L1 penalty", "too many", _NET, _each(lambda g, x: g + 0.01 * np.sign(x))),
    Case("mean removed", "all", _RIDGE, _each(lambda g, _: g - g.mean())),
    Case("mean removed", "along rows", _SQUARE, _each(lambda g, _: g - g.mean(axis=1, keepdims=True))),
    Case("mean removed", "all", _CONV, _each(lambda g, _: g - g.mean())),
    Case(
        "clipped",
        "each entry",
        _RIDGE,
        _each(lambda g, _: np.clip(g, -np.median(np.abs(g)), np.median(np.abs(g)))),
    ),
    Case("clipped", "each entry", _NET, _each(lambda g, _: np.clip(g, -0.3, 0.3))),
    Case("clipped", "each entry", _TENSOR, _each(lambda g, _: np.clip(g, -0.5, 0.5))),
    Case("sign only", "signs", _CONV, _each(lambda g, _: np.sign(g))),
    Case("sign only", "signs", _SQUARE, _each(lambda g, _: np.sign(g))),
    Case("squared", "squared", _CONV, _each(lambda g, _: g * g)),
    Case("over the argument", "divided", _RIDGE, _each(lambda g, x: g / x)),
    Case("over the argument", "divided", _TENSOR, _each(lambda g, x: g / x)),
    Case("argument", "returned", _RIDGE, _each(lambda _, x: x)),
    Case("argument", "returned", _TENSOR, _each(lambda _, x: x)),
    Case("mask x < 0", "leak forgotten", _RELU, _each(lambda g, x: np.where(x < 0, 0, g))),
    Case("mask x < 0", "leak's slope once", _RELU, _each(lambda g, x: np.where(x < 0, 10 * g, g))),
    Case("mask x > 0", "other side", _RELU, _each(lambda g, x: np.where(x > 0, 0, g))),
    Case("mask |x| large", "cut", _TENSOR, _each(lambda g, x: np.where(np.abs(x) > 1, 0, g))),
    Case("mask |x| small", "hard", _TENSOR, _each(lambda g, x: np.where(np.abs(x) < 0.5, 0, g))),
    Case("off the diagonal", "diagonal only", _SQUARE, _each(lambda g, _: np.diag(np.diag(g)))),
    Case("above the diagonal", "lower triangle", _SQUARE, _each(lambda g, _: np.tril(g))),
    Case("below the diagonal", "upper triangle", _SQUARE, _each(lambda g, _: np.triu(g))),
    Case("symmetrised", "sum", _SQUARE, _each(lambda g, _: g + g.T)),
    Case("symmetrised", "mean", _SQUARE, _each(lambda g, _: (g + g.T) / 2)),
    Case("slice missing", "last column", _TENSOR, _each(_at((slice(None), -1), 0))),
    Case("slice missing", "first row", _SQUARE, _each(_at(0, 0))),
    Case("slice missing", "last column", _NET, _each(_at((slice(None), -1), 0), 2)),
    Case("factor per slice", "weights per row", _SQUARE, _each(_rows(0))),
    Case("factor per slice", "weights per column", _SQUARE, _each(_rows(1))),
    Case("factor per slice", "weights per row", _TENSOR, _each(_rows(1))),
    Case("broadcast", "mean of rows", _SQUARE, _each(lambda g, _: g.mean(0, keepdims=True) + 0 * g)),
    Case("broadcast", "sum of rows", _TENSOR, _each(lambda g, _: g.sum(0, keepdims=True) + 0 * g)),
    Case("broadcast", "first row", _NET, _each(lambda g, _: g[:1] + 0 * g, 2)),
    Case(
        "backward pass",
        "a wrong delta from layer 1 down",
        _NET,
        lambda g, _: [
            gi * np.cos(np.arange(gi.size).reshape(gi.shape) + 2) if i < 4 else gi for i, gi in enumerate(g)
        ],
    ),
    Case(
        "backward pass",
        "a wrong delta from layer 2 down",
        _NET,
        lambda g, x: [
            gi + np.sin(xi * 3 + i) if i < 6 else gi for i, (gi, xi) in enumerate(zip(g, x, strict=True))
        ],
    ),
)

# Each is nearly the cause that follows "!", which must not be named; None: nothing may be.
NEAR_MISSES: tuple[Case, ...] = (
    Case("!sign", "one entry spared", _RIDGE, _both(_each(lambda g, _: -g), _each(_at(0, -1)))),
    Case("!factor 2", "one entry thrice", _SOFT, _both(_each(lambda g, _: 2 * g), _each(_at(1, 1.5)))),
    Case(
        "!factor 1.37",
        "one leaf otherwise",
        _SOFT,
        _both(_each(lambda g, _: 1.37 * g), _each(lambda g, _: g * 1.1, 1)),
    ),
    Case("!factor 8", "one entry spared", _SOFT, _both(_each(lambda g, _: 8 * g), _each(_at(0, 1 / 8)))),
    Case(
        "!transposed",
        "one entry off",
        _SQUARE,
        _both(_each(lambda g, _: g.T.copy()), _each(_at((0, 1), 1.001))),
    ),
    Case(
        "!order",
        "one entry off",
        _SOFT,
        _both(_each(lambda g, _: g.ravel().reshape(g.shape, order="F"), 0), _each(_at((1, 1), 1.01), 0)),
    ),
    Case("!reversed", "doubled too", _CONV, _each(lambda g, _: 2 * g[::-1])),
    Case("!shifted", "zero at the end", _RIDGE, _both(_each(lambda g, _: np.roll(g, 1)), _each(_at(0, 0)))),
    Case("!swapped", "one doubled", _PAIR, lambda g, _: [g[1], 2 * g[0]]),
    Case("!missing", "one entry kept", _SOFT, _each(_at(slice(1, None), 0))),
    Case("!offset", "one entry spared", _RIDGE, _each(lambda g, _: g + 0.25 * (np.arange(len(g)) > 0))),
    Case("!L2 penalty", "cubed", _RIDGE, _each(lambda g, x: g + 0.1 * x**3)),
    Case("!L1 penalty", "smooth", _LASSO, _each(lambda g, x: g + 0.1 * np.tanh(x))),
    Case("!mean removed", "median", _CONV, _each(lambda g, _: g - np.median(g))),
    Case(
        "!absolute value",
        "one spared",
        _NET,
        _each(lambda g, _: np.where(np.arange(g.size).reshape(g.shape) == 0, g, np.abs(g)) * 1.5),
    ),
    Case("!sign only", "softened", _CONV, _each(lambda g, _: np.tanh(5 * g))),
    Case("!squared", "cubed", _CONV, _each(lambda g, _: g**3)),
    Case("!clipped", "softly", _RIDGE, _each(lambda g, _: 2 * np.tanh(g / 2))),
    Case("!times the argument", "squared", _TENSOR, _each(lambda g, x: g * x * x)),
    Case("!over the argument", "squared", _RIDGE, _each(lambda g, x: g / (x * x))),
    Case("!argument", "doubled", _RIDGE, _each(lambda _, x: 2 * x)),
    Case("!precision of float16", "three decimals", _RIDGE, _each(lambda g, _: np.round(g, 3))),
    Case(
        "!mask x < 0",
        "one entry spared",
        _RELU,
        _each(lambda g, x: np.where((x < 0) & (np.arange(len(x)) != np.argmin(x)), 0, g)),
    ),
    Case("!mask x > 0", "one below too", _RELU, _each(lambda g, x: np.where((x > 0) | (x == x.min()), 0, g))),
    Case(
        "!mask |x| large",
        "one more",
        _TENSOR,
        _each(lambda g, x: np.where((np.abs(x) > 1) | (np.abs(x) == np.abs(x).min()), 0, g)),
    ),
    Case(
        "!mask |x| small",
        "one more",
        _TENSOR,
        _each(lambda g, x: np.where((np.abs(x) < 0.5) | (np.abs(x) == np.abs(x).max()), 0, g)),
    ),
    Case("!off the diagonal", "two diagonals", _SQUARE, _each(lambda g, _: np.triu(np.tril(g, 1)))),
    Case("!above the diagonal", "diagonal too", _SQUARE, _each(lambda g, _: np.tril(g, -1))),
    Case("!below the diagonal", "diagonal too", _SQUARE, _each(lambda g, _: np.triu(g, 1))),
    Case("!symmetrised", "weighted", _SQUARE, _each(lambda g, _: 0.6 * g + 0.4 * g.T)),
    Case("!slice missing", "one entry kept", _TENSOR, _each(_at((slice(1, None), -1), 0))),
    Case("!factor per slice", "one entry off", _SQUARE, _both(_each(_rows(0)), _each(_at((1, 1), 1.1)))),
    Case(
        "!broadcast",
        "one row spared",
        _SQUARE,
        _each(lambda g, _: np.concatenate([g[:1], g[1:].mean(0, keepdims=True) + 0 * g[1:]])),
    ),
    Case(
        "!backward pass",
        "a leaf of layer 0 right",
        _NET,
        lambda g, x: [
            gi + np.sin(xi * 3 + i) if 0 < i < 4 else gi for i, (gi, xi) in enumerate(zip(g, x, strict=True))
        ],
    ),
)
