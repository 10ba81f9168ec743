"""Minibatch SGD in place, over a stack of models that lie in one array: buffers are made once (F03, F09).

Most of what a step of small models costs is not arithmetic but new arrays and passes over memory. Here a model keeps
its buffers, multiplies its gradient by the learning rate while it is small (at the loss), and writes it for all
parameters into one array, so that an update is one subtraction.
"""

import mmap
import multiprocessing
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from ._stack import one_if_equal
from ._validation import FloatArray, IntArray, count, real_in


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

    def of_models(self, models: slice) -> "Schedule":
        """Return the schedule of some models of the stack."""
        return self._replace(momentum=self.momentum[models])

    def orders(self) -> Iterator[IntArray]:
        """Draw the order of the examples in each epoch, as `minibatches` does."""
        for _ in range(self.n_epochs):
            yield np.arange(self.n_examples) if self.rng is None else self.rng.permutation(self.n_examples)


class Model(Protocol):
    """What `descend` trains: the parameters of all models in one array, and the step that a minibatch asks for."""

    parameters: FloatArray
    """Shape (n_models, n_parameters), changed in place."""
    step: FloatArray
    """λ times the gradient, in the shape of `parameters`."""
    decay: FloatArray | None
    """2αλ, likewise; None where nothing is penalised."""

    def steps(self, order: IntArray, batch_size: int) -> Iterator[None]:
        """Write `step` for each minibatch of an epoch in turn, without the penalty."""
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


def descend(model: Model, plan: Schedule) -> None:
    """Train: v ← τv + λ(dl/dw + 2αw) and w ← w − v, where v is λ times the velocity of `momentum_step`."""
    update = _with_momentum(model, plan.momentum) if plan.momentum.any() else _without_momentum(model)
    # exp(−z) of a far negative z is inf, and 1/(1 + inf) the 0 that the sigmoid rounds to.
    with np.errstate(over="ignore"):
        for order in plan.orders():
            for _ in model.steps(order, plan.batch_size):
                update()


def _without_momentum(model: Model) -> Callable[[], None]:
    parameters, step = model.parameters, model.step
    kept = None if model.decay is None else 1 - model.decay

    def update() -> None:
        if kept is not None:
            np.multiply(parameters, kept, parameters)
        np.subtract(parameters, step, parameters)

    return update


def _with_momentum(model: Model, momentum: npt.NDArray[Any]) -> Callable[[], None]:
    parameters, step, decay = model.parameters, model.step, model.decay
    velocity, penalty = np.zeros_like(step), np.empty_like(step)
    momentum = one_if_equal(momentum)

    def update() -> None:
        np.multiply(velocity, momentum, velocity)
        np.add(velocity, step, velocity)
        if decay is not None:
            np.multiply(parameters, decay, penalty)
            np.add(velocity, penalty, velocity)
        np.subtract(parameters, velocity, parameters)

    return update


def in_processes(
    train_part: Callable[[slice, FloatArray], None], initial: FloatArray, processes: object
) -> FloatArray:
    """Train the models of a stack in several forked processes, each some of them.

    Parameters
    ----------
    train_part : callable
        ``train_part(models, parameters)`` trains the models of a slice, whose parameters it changes in place.
    initial : float array, shape (n_models, n_parameters)
        Never modified.
    processes : int
        At least 1. This process is one of them.

    Returns
    -------
    float array, shape (n_models, n_parameters)
    """
    n_models = len(initial)
    n_parts = min(count("processes", processes), max(n_models, 1))
    if n_parts == 1:
        trained = initial.copy()
        train_part(slice(0, n_models), trained)
        return trained
    if "fork" not in multiprocessing.get_all_start_methods():
        raise ValueError(
            f"processes must be 1 where the system cannot fork; got processes={processes}. Leave it out."
        )
    return _in_forks(train_part, initial, n_parts)


def _in_forks(
    train_part: Callable[[slice, FloatArray], None], initial: FloatArray, n_parts: int
) -> FloatArray:
    # Anonymous memory that the children share: what they write needs no copy back.
    shared: FloatArray = np.frombuffer(mmap.mmap(-1, initial.nbytes), initial.dtype)
    trained = shared[: initial.size].reshape(initial.shape)
    trained[...] = initial
    edges = [len(initial) * part // n_parts for part in range(n_parts + 1)]
    parts = [slice(start, stop) for start, stop in pairwise(edges)]
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=train_part, args=(part, trained[part])) for part in parts[1:]]
    try:
        for child in children:
            child.start()
        train_part(parts[0], trained[parts[0]])
    except BaseException:
        for child in children:
            if child.pid is not None:
                child.terminate()
        raise
    finally:
        for child in children:
            if child.pid is not None:
                child.join()
    failed = [child.exitcode for child in children if child.exitcode != 0]
    if failed:
        raise RuntimeError(
            f"every process must end with 0; got {failed[0]}. Its error stands above; try processes=1."
        )
    return trained.copy()
