"""Minibatches: the batch loss is a sum over the batch, and what that costs in noise (F02, F07, F08)."""

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ._tree import map_leaves
from ._validation import BoolArray, FloatArray, IntArray, count, float_array, label_array, require_examples

__all__ = ["minibatch_cost", "minibatch_cost_gradient", "minibatches", "rescale_to_full", "unlearns"]


Parameters = TypeVar("Parameters")


def minibatches(
    n_examples: int, batch_size: int, rng: np.random.Generator | None = None
) -> Iterator[IntArray]:
    """Split one epoch into the index sets B of its minibatches (F02).

    Parameters
    ----------
    n_examples : int
        Number of examples n, at least 1.
    batch_size : int
        Number of examples m in a batch, at least 1. The last batch is short where m does not divide n.
    rng : numpy.random.Generator, optional
        Shuffles the examples; without it they keep their order.

    Returns
    -------
    iterator of int64 arrays, shape (m,)
        Every example is in exactly one batch.

    Raises
    ------
    TypeError
        If a size is not an integer or `rng` is not a Generator.
    ValueError
        If a size is below 1.

    Examples
    --------
    >>> [batch.tolist() for batch in minibatches(5, 2)]
    [[0, 1], [2, 3], [4]]
    """
    n_examples, batch_size = count("n_examples", n_examples), count("batch_size", batch_size)
    if not (rng is None or isinstance(rng, np.random.Generator)):
        raise TypeError(
            f"rng must be a Generator or None; got rng={rng!r}. Use numpy.random.default_rng(seed)."
        )
    order = np.arange(n_examples) if rng is None else rng.permutation(n_examples)
    return (order[start : start + batch_size] for start in range(0, n_examples, batch_size))


def minibatch_cost(costs: npt.ArrayLike, batch: npt.ArrayLike) -> FloatArray:
    """Cost of a minibatch, in the unit of the costs: l = Σ_{i∈B} Cost_i (F02).

    Parameters
    ----------
    costs : float array, shape (..., n)
        Cost of each example of the full data.
    batch : integer array, shape (m,)
        The examples B, 0-based. One that occurs twice counts twice.

    Returns
    -------
    float array, shape (...)
        A sum, not a mean: the costs of the batches of an epoch add up to the total cost.

    Raises
    ------
    TypeError
        If the costs are not floats or the batch not integers.
    ValueError
        If the batch is empty or an index lies outside [0, n).

    Examples
    --------
    >>> float(minibatch_cost([0.5, 1.0, 2.0], [0, 2]))
    2.5
    """
    costs, batch = _costs_and_batch(costs, batch)
    return costs[..., batch].sum(axis=-1)


def minibatch_cost_gradient(costs: npt.ArrayLike, batch: npt.ArrayLike) -> FloatArray:
    """Gradient of the minibatch cost: ∂l/∂Cost_i is 1 for i in B (its number of occurrences), else 0 (F02).

    Parameters and errors are those of `minibatch_cost`.

    Returns
    -------
    float array, shape (..., n)
        The batch's indicator.

    Examples
    --------
    >>> minibatch_cost_gradient([0.5, 1.0, 2.0], [0, 2])
    array([1., 0., 1.])
    """
    costs, batch = _costs_and_batch(costs, batch)
    gradient = np.empty_like(costs)
    gradient[...] = np.bincount(batch, minlength=costs.shape[-1])
    return gradient


def rescale_to_full(batch_gradient: Parameters, n_examples: int, batch_size: int) -> Parameters:
    """Estimate the full gradient from that of one minibatch: (n/m) ∇l_B (F07).

    Parameters
    ----------
    batch_gradient : nested float arrays
        Gradient of the cost summed over the batch.
    n_examples, batch_size : int
        Number of examples n in the data and m in the batch, 1 <= m <= n.

    Returns
    -------
    nested float arrays
        Unbiased: its mean over all batches of m examples is the gradient of the total cost.

    Raises
    ------
    TypeError
        If a size is not an integer or the gradient not made of floats.
    ValueError
        If a size is below 1 or the batch larger than the data.

    Examples
    --------
    >>> rescale_to_full({"weight": np.array([1.0, 2.0])}, n_examples=6, batch_size=2)
    {'weight': array([3., 6.])}
    """
    n_examples, batch_size = count("n_examples", n_examples), count("batch_size", batch_size)
    if batch_size > n_examples:
        raise ValueError(
            f"batch_size must be at most n_examples={n_examples}; got batch_size={batch_size}. Check their order."
        )

    def rescale(_path: str, gradient: FloatArray) -> FloatArray:
        # n/m in the gradient's own precision, which may exceed that of a Python float.
        return gradient * (gradient.dtype.type(n_examples) / batch_size)

    return map_leaves(rescale, ("batch_gradient",), batch_gradient)


def unlearns(
    batch_loss_before: npt.ArrayLike,
    batch_loss_after: npt.ArrayLike,
    full_loss_before: npt.ArrayLike,
    full_loss_after: npt.ArrayLike,
) -> BoolArray:
    """Whether a step lowered the loss of its minibatch and raised that of the full data (F08).

    Parameters
    ----------
    batch_loss_before, batch_loss_after : float array
        l_B before and after the step.
    full_loss_before, full_loss_after : float array
        L before and after the step. All four broadcast. Of complex losses the real part counts.

    Returns
    -------
    bool array
        False where a loss is NaN.

    Raises
    ------
    TypeError
        If a loss is not a float.

    Examples
    --------
    >>> unlearns([2.0, 2.0], [1.0, 1.0], 9.0, [9.5, 8.0])
    array([ True, False])
    """
    batch_before = float_array("batch_loss_before", batch_loss_before).real
    batch_after = float_array("batch_loss_after", batch_loss_after).real
    full_before = float_array("full_loss_before", full_loss_before).real
    full_after = float_array("full_loss_after", full_loss_after).real
    return (batch_after < batch_before) & (full_after > full_before)


def _costs_and_batch(costs: npt.ArrayLike, batch: npt.ArrayLike) -> tuple[FloatArray, IntArray]:
    costs = float_array("costs", costs, axes="n")
    indices = np.asarray(batch)
    if indices.ndim != 1:
        raise ValueError(
            f"batch must have the shape (m,); got batch.shape={indices.shape}. Pass one batch at a time."
        )
    require_examples("batch", indices.shape, 0)
    return costs, label_array("batch", indices, costs.shape[-1])
