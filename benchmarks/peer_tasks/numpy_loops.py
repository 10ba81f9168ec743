"""What a lecture shows: one model, one step at a time; and the same formulas on stacked arrays."""

from typing import Any

import numpy as np

from .tasks import Array, Curve, Parameters, Sweep

__all__ = ["stacked", "textbook"]

FORWARD = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
}
# By the value of the activation.
SLOPE = {
    "sigmoid": lambda a: a * (1 - a),
    "tanh": lambda a: 1 - a**2,
    "relu": lambda a: (a > 0).astype(float),
}


def mlp_step(task: Sweep, parameters: Parameters, x: Array, y: Array, alpha: Any) -> None:
    """Take one step of SGD in place, of one model or of a stack: only the leading axes differ."""
    weights, biases = parameters[::2], parameters[1::2]
    a = [x]
    for w, b in zip(weights[:-1], biases, strict=False):
        a.append(FORWARD[task.activation](a[-1] @ w.swapaxes(-1, -2) + b[..., None, :]))
    z = a[-1] @ weights[-1].swapaxes(-1, -2) + biases[-1][..., None, :]
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    delta = e / e.sum(axis=-1, keepdims=True) - y
    for k in reversed(range(len(weights))):
        weight_gradient = delta.swapaxes(-1, -2) @ a[k] + 2 * alpha * weights[k]
        bias_gradient = delta.sum(axis=-2)
        if k:
            delta = delta @ weights[k] * SLOPE[task.activation](a[k])
        weights[k] -= task.learning_rate * weight_gradient
        biases[k] -= task.learning_rate * bias_gradient


def curve_step(task: Curve, w: Array, v: Array, phi: Array, t: Array) -> tuple[Array, Array]:
    """Take one step of momentum SGD on one polynomial or a stack."""
    gradient = (w @ phi.T - t) @ phi
    v = task.momentum * v + gradient
    return w - task.learning_rate * v, v


def textbook(task: Sweep | Curve) -> Any:
    """Return a function that trains model after model."""

    def run() -> Parameters:
        models = [
            _train(task, [array[i].copy() for array in task.initial()], getattr(task, "l2", {i: 0.0})[i])
            for i in range(task.n_models)
        ]
        return [np.stack(arrays) for arrays in zip(*models, strict=True)]

    return run


def stacked(task: Sweep | Curve) -> Any:
    """Return a function that trains all models at once, with plain expressions and no buffers."""
    alpha = np.reshape(getattr(task, "l2", 0.0), (-1, 1, 1))
    return lambda: _train(task, task.initial(), alpha)


def _train(task: Sweep | Curve, parameters: Parameters, alpha: Any) -> Parameters:
    if isinstance(task, Curve):
        (w,), phi = parameters, np.vander(task.data.x, task.degree + 1, increasing=True)
        v = np.zeros_like(w)
        for batch in task.batches():
            w, v = curve_step(task, w, v, phi[batch], task.data.y[batch])
        return [w]
    one_hot = np.eye(10)[task.data.y]
    for batch in task.batches():
        mlp_step(task, parameters, task.data.x[batch], one_hot[batch], alpha)
    return parameters
