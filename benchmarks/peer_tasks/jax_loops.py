"""jax as its users write it: grad, vmap over the models, scan over the steps, all in one jit, float64.

Examples are gathered once per epoch and scanned over; the short last batch is a step of its own shape, so that nothing is padded. `pins` switches float64 on.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .tasks import Curve, Sweep

__all__ = ["jax_loop"]

ACTIVATIONS = {"sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "relu": lambda z: jnp.maximum(z, 0)}


def jax_loop(task: Sweep | Curve) -> Any:
    """Return a function that trains the task; its first call compiles. Data and parameters are on the device before."""
    return _curve(task) if isinstance(task, Curve) else _sweep(task)


def _sweep(task: Sweep) -> Any:
    act, rate, size = ACTIVATIONS[task.activation], task.learning_rate, task.batch_size

    def loss(parameters: Any, alpha: Any, x: Any, y: Any) -> Any:
        *hidden, (last, bias) = parameters
        a = x
        for w, b in hidden:
            a = act(a @ w.T + b)
        scores = jax.nn.log_softmax(a @ last.T + bias)
        return -(y * scores).sum() + alpha * sum((w**2).sum() for w, _ in parameters)

    gradient = jax.vmap(jax.grad(loss), in_axes=(0, 0, None, None))

    @jax.jit
    def train(parameters: Any, alpha: Any, x: Any, y: Any, orders: Any) -> Any:
        def step(p: Any, batch: Any) -> Any:
            return jax.tree.map(lambda w, g: w - rate * g, p, gradient(p, alpha, *batch)), None

        def epoch(p: Any, order: Any) -> Any:
            shuffled, whole = (x[order], y[order]), len(x) // size * size
            p, _ = jax.lax.scan(step, p, [a[:whole].reshape(-1, size, a.shape[1]) for a in shuffled])
            return step(p, [a[whole:] for a in shuffled]) if whole < len(x) else (p, None)

        return jax.lax.scan(epoch, parameters, orders)[0]

    arrays = task.initial()
    layers = list(zip(arrays[::2], arrays[1::2], strict=True))
    given = jax.device_put((layers, np.array(task.l2), task.data.x, np.eye(10)[task.data.y], task.orders()))
    return lambda: [np.asarray(a) for a in jax.tree.leaves(jax.block_until_ready(train(*given)))]


def _curve(task: Curve) -> Any:
    def loss(w: Any, phi: Any, t: Any) -> Any:
        return 0.5 * ((phi @ w - t) ** 2).sum()

    gradient = jax.vmap(jax.grad(loss), in_axes=(0, None, None))

    @jax.jit
    def train(w: Any, phi: Any, t: Any, batches: Any) -> Any:
        def step(carry: Any, batch: Any) -> Any:
            w, v = carry
            v = task.momentum * v + gradient(w, *batch)
            return (w - task.learning_rate * v, v), None

        return jax.lax.scan(step, (w, jnp.zeros_like(w)), (phi[batches], t[batches]))[0][0]

    phi = np.vander(task.data.x, task.degree + 1, increasing=True)
    given = jax.device_put((task.initial()[0], phi, task.data.y, np.array(list(task.batches()))))
    return lambda: [np.asarray(jax.block_until_ready(train(*given)))]
