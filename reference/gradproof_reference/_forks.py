"""Share the models of a stack out to forked processes, which write what they trained into the memory of the first."""

import mmap
import multiprocessing
from collections.abc import Callable

import numpy as np

from ._stack import parts
from ._validation import FloatArray, count

__all__ = ["in_processes"]


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
    mine, *others = parts(len(initial), n_parts)
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=train_part, args=(part, trained[part])) for part in others]
    try:
        for child in children:
            child.start()
        train_part(mine, trained[mine])
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
