"""Functions with right gradients, of the kinds that people write by hand, and what an examination must say of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradproof._differentiable import Differentiable
from gradproof._report import Verdict

Array = NDArray[Any]


class Right(NamedTuple):
    """A right gradient.

    `verdict` is what an examination must say: "inconclusive" where f hides its derivative, and a pass would be a guess.
    `method` is where the numerical derivative must come from: the checker does without a complex step that is wrong.
    A quick self-test plants errors in those that are `quick` only.
    """

    operation: Differentiable
    verdict: Verdict = "pass"
    passed: bool = True
    method: str = "complex step"
    quick: bool = False


def _draw(number: int) -> np.random.Generator:
    return np.random.default_rng([17, number])


def polynomial() -> Differentiable:
    """A cubic in each entry."""
    return Differentiable(
        lambda w: np.sum(w**3 - 2 * w**2 + w),
        lambda w: 3 * w**2 - 4 * w + 1,
        (_draw(0).normal(size=6),),
        "polynomial",
    )


def matmul_chain(n: int = 20) -> Differentiable:
    """Half the squared entries of a product of three matrices: large enough for the kernels of a BLAS."""

    def grad(a: Array, b: Array, c: Array) -> tuple[Array, Array, Array]:
        product = a @ b @ c
        return product @ (b @ c).T, a.T @ product @ c.T, (a @ b).T @ product

    draw = _draw(1)
    matrices = tuple(draw.normal(size=(n, n)) / np.sqrt(n) for _ in range(3))
    return Differentiable(lambda a, b, c: 0.5 * np.sum((a @ b @ c) ** 2), grad, matrices, "chain of matmuls")


def softmax_regression(
    dtype: Any = np.float64, name: str = "softmax regression", **options: Any
) -> Differentiable:
    """Mean cross-entropy of a linear softmax with labels."""
    draw = _draw(2)
    features, labels = draw.normal(size=(16, 4)).astype(dtype), draw.integers(3, size=16)
    rows = np.arange(16)

    def f(weight: Array, bias: Array, labels: Array) -> Any:
        logits = features @ weight + bias
        return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - logits[rows, labels])

    def grad(weight: Array, bias: Array, labels: Array) -> tuple[Array, Array]:
        powers = np.exp(features @ weight + bias)
        delta = powers / powers.sum(axis=1, keepdims=True)
        delta[rows, labels] -= 1
        return features.T @ delta / dtype(16), delta.sum(axis=0) / dtype(16)

    weights = (draw.normal(size=(4, 3)).astype(dtype), draw.normal(size=3).astype(dtype), labels)
    return Differentiable(f, grad, weights, name, options)


def network(sizes: tuple[int, int, int] = (16, 24, 10), batch: int = 32) -> Differentiable:
    """Summed cross-entropy of a network with one hidden layer of tanh; parameters in a dict."""
    draw = _draw(3)
    features, labels = draw.normal(size=(batch, sizes[0])), draw.integers(sizes[2], size=batch)
    rows = np.arange(batch)

    def f(layers: dict[str, Array]) -> Any:
        logits = np.tanh(features @ layers["w1"] + layers["b1"]) @ layers["w2"] + layers["b2"]
        shift = logits.real.max(axis=1, keepdims=True)
        return np.sum(np.log(np.sum(np.exp(logits - shift), axis=1)) + shift[:, 0] - logits[rows, labels])

    def grad(layers: dict[str, Array]) -> dict[str, Array]:
        hidden = np.tanh(features @ layers["w1"] + layers["b1"])
        logits = hidden @ layers["w2"] + layers["b2"]
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        delta = powers / powers.sum(axis=1, keepdims=True)
        delta[rows, labels] -= 1
        back = (delta @ layers["w2"].T) * (1 - hidden**2)
        return {"w1": features.T @ back, "b1": back.sum(0), "w2": hidden.T @ delta, "b2": delta.sum(0)}

    layers = {
        "w1": draw.normal(size=sizes[:2]) / 4,
        "b1": draw.normal(size=sizes[1]) / 8,
        "w2": draw.normal(size=sizes[1:]) / 5,
        "b2": draw.normal(size=sizes[2]) / 8,
    }
    return Differentiable(f, grad, (layers,), "network, softmax cross-entropy", {"mode": "directions"})


def log_sum_exp() -> Differentiable:
    """The logarithm of summed exponentials, weighted, shifted by the largest."""
    weights = _draw(4).uniform(0.5, 2, size=5)

    def f(x: Array) -> Any:
        shift = x.real.max()
        return np.log(np.sum(weights * np.exp(x - shift))) + shift

    def grad(x: Array) -> Array:
        powers = weights * np.exp(x - x.max())
        return powers / powers.sum()

    return Differentiable(f, grad, (_draw(5).normal(size=5),), "log-sum-exp")


def norm() -> Differentiable:
    """A Euclidean norm."""
    x = _draw(6).normal(size=5)
    return Differentiable(
        lambda x: np.sqrt(np.sum(x * x)), lambda x: x / np.sqrt(np.sum(x * x)), (x,), "norm"
    )


def log_determinant(n: int = 5) -> Differentiable:
    """The logarithm of a determinant, by LAPACK."""
    matrix = _draw(7).normal(size=(n, n)) + 3 * np.eye(n)
    return Differentiable(
        lambda a: np.linalg.slogdet(a)[1], lambda a: np.linalg.inv(a).T, (matrix,), "log-determinant"
    )


def ridge(n: int = 6) -> Differentiable:
    """Squared residuals and a penalty."""
    draw = _draw(8)
    features, targets = draw.normal(size=(11, n)), draw.normal(size=11)
    return Differentiable(
        lambda w: 0.5 * np.sum((features @ w - targets) ** 2) + 0.05 * np.sum(w * w),
        lambda w: features.T @ (features @ w - targets) + 0.1 * w,
        (draw.normal(size=n),),
        "ridge regression",
    )


def convolution() -> Differentiable:
    """A filter that is slid over a signal."""
    draw = _draw(9)
    windows = np.lib.stride_tricks.sliding_window_view(draw.normal(size=24), 5)
    return Differentiable(
        lambda kernel: np.sum(np.sin(windows @ kernel)),
        lambda kernel: windows.T @ np.cos(windows @ kernel),
        (draw.normal(size=5),),
        "convolution",
    )


def square(n: int = 3) -> Differentiable:
    """A function of a square matrix, whose gradient is not symmetric, and of a vector."""
    draw = _draw(10)
    left, right = draw.normal(size=n), draw.normal(size=n)

    def grad(m: Array, v: Array) -> tuple[Array, Array]:
        slope = np.cos(left @ m @ (right + v))
        return slope * np.outer(left, right + v) + m**2, slope * (left @ m)

    arguments = (draw.normal(size=(n, n)), draw.normal(size=n))
    return Differentiable(
        lambda m, v: np.sin(left @ m @ (right + v)) + np.sum(m**3) / 3, grad, arguments, "bilinear form"
    )


def rectifier(x: Array, name: str) -> Differentiable:
    """A weighted sum of rectified entries and their squares, with the slope 0 at 0."""
    weights = _draw(11).uniform(0.5, 2, size=len(x))
    return Differentiable(
        lambda x: np.sum(weights * (np.maximum(x, 0) + x * x)),
        lambda x: weights * ((x > 0) + 2 * x),
        (x,),
        name,
    )


def offset(size: float, name: str, **options: Any) -> Differentiable:
    """A loss beside which its changes are small; it takes no complex step."""
    return Differentiable(
        lambda x: float(np.sum(np.sin(x) * x) + size),
        lambda x: np.cos(x) * x + np.sin(x),
        (_draw(12).normal(size=5),),
        name,
        options,
    )


def visible_offset() -> Differentiable:
    """The same where a complex step shows every digit."""
    return Differentiable(
        lambda x: np.sum(np.sin(x) * x) + 1e12,
        lambda x: np.cos(x) * x + np.sin(x),
        (_draw(12).normal(size=5),),
        "offset 1e12, complex step",
    )


def jump() -> Differentiable:
    """A function that jumps at the point: no value of the gradient is right there."""
    return Differentiable(
        lambda x: np.sum(np.floor(x)), lambda x: 0 * x, (np.array([1.0, 2.5]),), "jump at the point"
    )


def noise() -> Differentiable:
    """A function whose last seven digits are noise, but the same at the same point."""
    return Differentiable(
        lambda x: float(np.sum(x) + 1e-9 * np.sum(np.sin(1e12 * np.asarray(x, float)))),
        np.ones_like,
        (_draw(13).normal(size=3),),
        "noise of 1e-9",
    )


_NEAR = np.array([1e-9, -1e-7, 1e-4, 0.4, -0.7, 1.3])
_AT = np.array([0.0, 0.0, 0.3, -0.8, 1.1, 0.9])

RIGHT: tuple[Right, ...] = (
    Right(polynomial()),
    Right(matmul_chain(), quick=True),
    Right(softmax_regression()),
    Right(network(), quick=True),
    Right(log_sum_exp()),
    Right(norm()),
    Right(log_determinant(), method="differences"),
    Right(ridge(), quick=True),
    Right(convolution()),
    Right(square()),
    Right(rectifier(_NEAR, "ReLU near 0")),
    Right(rectifier(_AT, "ReLU at 0"), "nondifferentiable"),
    Right(softmax_regression(np.float32, "softmax regression, float32", resolution=1e-3)),
    Right(visible_offset()),
    Right(offset(1e6, "offset 1e6", resolution=1e-2), method="differences"),
    Right(offset(1e15, "offset 1e15"), "inconclusive", passed=False, method="differences"),
    Right(noise(), "inconclusive", passed=False, method="differences"),
    Right(jump(), "nondifferentiable", passed=False, method="differences"),
)
