"""Functions with right gradients, of the kinds that people write by hand."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

import gradproof_reference as ref


class Function(NamedTuple):
    """A scalar function with its gradient, and the point at which to look."""

    name: str
    f: Callable[..., Any]
    grad: Callable[..., Any]
    args: tuple[Any, ...]


def softmax_regression(batch: int = 8, inputs: int = 5, classes: int = 3) -> Function:
    """Mean cross-entropy of a linear softmax; the labels, held fixed, tell the batch size."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(batch, inputs))
    labels = rng.integers(classes, size=batch)

    def f(weight: Any, bias: Any, labels: Any) -> Any:
        logits = features @ weight.T + bias
        return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - logits[np.arange(batch), labels])

    def grad(weight: Any, bias: Any, labels: Any) -> Any:
        logits = features @ weight.T + bias
        error = np.exp(logits) / np.sum(np.exp(logits), axis=1, keepdims=True)
        error[np.arange(batch), labels] -= 1
        return error.T @ features / batch, error.sum(axis=0) / batch

    return Function(
        "softmax", f, grad, (rng.normal(size=(classes, inputs)), rng.normal(size=classes), labels)
    )


def network(sizes: tuple[int, ...] = (4, 6, 5, 4, 3), batch: int = 7) -> Function:
    """Summed cross-entropy of a tanh network of the reference."""
    rng = np.random.default_rng(2)
    features, labels = rng.normal(size=(batch, sizes[0])), rng.integers(sizes[-1], size=batch)
    layers = [
        ref.Layer(rng.normal(size=(m, n)) / np.sqrt(n), 0.1 * rng.normal(size=m)) for n, m in pairwise(sizes)
    ]
    return Function(
        "network",
        lambda layers: ref.mlp_loss(layers, features, labels, ref.TANH),
        lambda layers: list(ref.mlp_gradient(layers, features, labels, ref.TANH)),
        (layers,),
    )


def ridge(n: int = 6) -> Function:
    """Squared residuals and a penalty."""
    rng = np.random.default_rng(3)
    features, targets = rng.normal(size=(9, n)), rng.normal(size=9)
    return Function(
        "ridge",
        lambda w: 0.5 * np.sum((features @ w - targets) ** 2) + 0.05 * np.sum(w * w),
        lambda w: features.T @ (features @ w - targets) + 0.1 * w,
        (rng.normal(size=n),),
    )


def lasso(n: int = 7) -> Function:
    """Squared residuals and a sum of absolute values, away from its kinks."""
    rng = np.random.default_rng(4)
    features, targets = rng.normal(size=(9, n)), rng.normal(size=9)
    return Function(
        "lasso",
        lambda w: 0.5 * np.sum((features @ w - targets) ** 2) + 0.3 * np.sum(w * np.sign(w.real)),
        lambda w: features.T @ (features @ w - targets) + 0.3 * np.sign(w),
        (rng.normal(size=n),),
    )


def convolution(width: int = 5) -> Function:
    """A filter that is slid over a signal."""
    rng = np.random.default_rng(5)
    windows = np.lib.stride_tricks.sliding_window_view(rng.normal(size=20), width)
    return Function(
        "convolution",
        lambda kernel: np.sum(np.sin(windows @ kernel)),
        lambda kernel: windows.T @ np.cos(windows @ kernel),
        (rng.normal(size=width),),
    )


def tensor(shape: tuple[int, int, int] = (3, 4, 2)) -> Function:
    """A contraction of a tensor with three others."""
    rng = np.random.default_rng(6)
    weights = rng.normal(size=shape)
    return Function(
        "tensor",
        lambda t: np.sum(np.sin(np.einsum("ijk,ijk->i", weights, t))),
        lambda t: weights * np.cos(np.einsum("ijk,ijk->i", weights, t))[:, np.newaxis, np.newaxis],
        (rng.normal(size=shape),),
    )


def square(n: int = 4) -> Function:
    """A function of a square matrix, whose gradient is not symmetric."""
    rng = np.random.default_rng(7)
    left, right = rng.normal(size=n), rng.normal(size=n)
    return Function(
        "square",
        lambda m: np.sin(left @ m @ right) + np.sum(m**3) / 3,
        lambda m: np.cos(left @ m @ right) * np.outer(left, right) + m**2,
        (rng.normal(size=(n, n)),),
    )


def elementwise(n: int = 14) -> Function:
    """A leaky rectifier on each entry, away from its kink, with weights."""
    rng = np.random.default_rng(8)
    weights = rng.normal(size=n)
    return Function(
        "elementwise",
        lambda x: np.sum(weights * np.where(x.real > 0, x, 0.1 * x) ** 3),
        lambda x: 3 * weights * np.where(x > 0, x**2, 0.001 * x**2),
        (rng.normal(size=n),),
    )


def pair(n: int = 6) -> Function:
    """Two vectors of the same shape."""
    rng = np.random.default_rng(9)
    weights = rng.normal(size=n)
    return Function(
        "pair",
        lambda mean, scale: np.sum(weights * np.sin(mean) * np.exp(scale)),
        lambda mean, scale: (
            weights * np.cos(mean) * np.exp(scale),
            weights * np.sin(mean) * np.exp(scale),
        ),
        (rng.normal(size=n), rng.normal(size=n)),
    )
