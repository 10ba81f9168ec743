"""Minibatch SGD in place, over a stack of models that lie in one array: buffers are made once (F03, F09).

Most of what a step of small models costs is not arithmetic but new arrays and passes over memory. Here a model keeps
its buffers, multiplies its gradient by the learning rate while it is small (at the loss), and writes it for all
parameters into one array, so that an update is one subtraction. A stack trains some models at a time, whose buffers stay
in the cache of a core.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from ._buffers import copied, empty
from ._forks import in_processes
from ._stack import one_if_equal, parts
from ._validation import FloatArray, IntArray, count, real_in

__all__ = ["Model", "Schedule", "Stack", "schedule", "train_stack"]

# What NumPy asks for a call counts beside the arithmetic of fewer models; more memory than this leaves the cache.
LEAST_MODELS_OF_A_PART = 12
BYTES_OF_A_PART = 2**18
# An order of few examples costs less than NumPy's calls for it, so several are drawn at once.
EXAMPLES_AT_ONCE = 1024

Minibatches = TypeVar("Minibatches")
Seen_contra = TypeVar("Seen_contra", contravariant=True)


class Schedule(NamedTuple):
    """Which examples each step sees, and what an update adds to the gradient.

    Attributes
    ----------
    n_examples, n_epochs, batch_size : int
    momentum : float array, shape (n_models, 1); as it was passed, until the stack is known
    rng : numpy.random.Generator or None
        Shuffles the examples anew for each epoch.
    """

    n_examples: int
    n_epochs: int
    batch_size: int
    momentum: npt.NDArray[Any]
    rng: np.random.Generator | None

    def orders(self) -> Iterator[IntArray]:
        """Draw the orders of the examples as `minibatches` does, those of several epochs at once: (epochs, n_examples)."""
        n = self.n_examples
        at_once = max(1, EXAMPLES_AT_ONCE // n)
        for start in range(0, self.n_epochs, at_once):
            epochs = range(start, min(start + at_once, self.n_epochs))
            yield np.array([np.arange(n) if self.rng is None else self.rng.permutation(n) for _ in epochs])


class Model(Protocol[Seen_contra]):
    """Models that train together: their parameters in one array, and the step that a minibatch asks for."""

    parameters: FloatArray
    """Shape (n_models, n_parameters), changed in place."""
    step: FloatArray
    """λ times the gradient, in the shape of `parameters`."""

    def decay(self) -> FloatArray | None:
        """Return a new array of 2αλ, likewise; None where nothing is penalised."""
        ...

    def steps(self, minibatches: Seen_contra) -> Iterator[None]:
        """Write `step` for each minibatch in turn, without the penalty."""
        ...


class Stack(Protocol[Minibatches]):
    """All models of a call, which see the same order of the examples, and what they learn from."""

    def of_models(self, models: slice) -> Self:
        """Take some of the models."""
        ...

    def minibatches(self, orders: IntArray, batch_size: int) -> Iterator[Minibatches]:
        """Gather the minibatches of one or more epochs, some at a time, for all models alike."""
        ...

    def model(self, part: slice, parameters: FloatArray) -> Model[Minibatches]:
        """Return some of the models, which change `parameters` in place."""
        ...


def schedule(
    n_examples: int,
    *,
    n_epochs: int,
    batch_size: int,
    momentum: npt.ArrayLike,
    rng: np.random.Generator | None,
) -> Schedule:
    """Check what says how to train."""
    if not (rng is None or isinstance(rng, np.random.Generator)):
        raise TypeError(
            f"rng must be a Generator or None; got rng={rng!r}. Use numpy.random.default_rng(seed)."
        )
    epochs, size = count("n_epochs", n_epochs, minimum=0), count("batch_size", batch_size)
    return Schedule(n_examples, epochs, size, real_in("momentum", momentum, 0, 1), rng)


def train_stack(
    stack: Stack[Minibatches], initial: FloatArray, plan: Schedule, processes: object
) -> FloatArray:
    """Train: v ← τv + λ(dl/dw + 2αw) and w ← w − v, where v is λ times the velocity of `momentum_step`.

    Parameters
    ----------
    stack : Stack
    initial : float array, shape (n_models, n_parameters)
        Never modified.
    plan : Schedule
    processes : int
        At least 1.

    Returns
    -------
    float array, shape (n_models, n_parameters)
    """
    most = max(LEAST_MODELS_OF_A_PART, BYTES_OF_A_PART // (initial.itemsize * initial.shape[1]))

    def train(models: slice, parameters: FloatArray) -> None:
        mine, momentum = stack.of_models(models), plan.momentum[models]
        trained = [
            (part, model, _update(model, momentum[part]))
            for part in parts(len(parameters), -(-len(parameters) // most))
            for model in [mine.model(part, copied(parameters[part]))]
        ]
        # exp(−z) of a far negative z is inf, and 1/(1 + inf) the 0 that the sigmoid rounds to.
        with np.errstate(over="ignore"):
            for orders in plan.orders():
                for minibatches in mine.minibatches(orders, plan.batch_size):
                    for _, model, update in trained:
                        for _ in model.steps(minibatches):
                            update()
        for part, model, _ in trained:
            parameters[part] = model.parameters

    return in_processes(train, initial, processes)


def _update(model: Model[Any], momentum: FloatArray) -> Callable[[], None]:
    return _with_momentum(model, momentum) if momentum.any() else _without_momentum(model)


def _without_momentum(model: Model[Any]) -> Callable[[], None]:
    parameters, step, kept = model.parameters, model.step, model.decay()
    if kept is not None:
        np.subtract(1, kept, kept)

    def update() -> None:
        if kept is not None:
            np.multiply(parameters, kept, parameters)
        np.subtract(parameters, step, parameters)

    return update


def _with_momentum(model: Model[Any], momentum: FloatArray) -> Callable[[], None]:
    parameters, step, decay = model.parameters, model.step, model.decay()
    velocity, penalty = copied(np.zeros_like(step)), empty(step.shape, step.dtype)
    momentum = one_if_equal(momentum)

    def update() -> None:
        np.multiply(velocity, momentum, velocity)
        np.add(velocity, step, velocity)
        if decay is not None:
            np.multiply(parameters, decay, penalty)
            np.add(velocity, penalty, velocity)
        np.subtract(parameters, velocity, parameters)

    return update
