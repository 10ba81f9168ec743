"""The cost of a data set: the sum over its examples (F11)."""

import numpy as np
import numpy.typing as npt

from ._validation import FloatArray, float_array, require_examples

__all__ = ["total_cost", "total_cost_gradient"]


def total_cost(costs: npt.ArrayLike) -> FloatArray:
    """Sum of the examples' costs, in their unit: L = Σ_i Cost(ŷ_i, y_i) (F11).

    Parameters
    ----------
    costs : float array, shape (..., n)
        Cost of each example.

    Returns
    -------
    float array, shape (...)
        A sum, not a mean: it is additive over any split of the data.

    Raises
    ------
    TypeError
        If the costs are not floats.
    ValueError
        If there is no example.

    Examples
    --------
    >>> float(total_cost([0.5, 1.0, 2.0]))
    3.5
    """
    costs = _costs(costs)
    return costs.sum(axis=-1)


def total_cost_gradient(costs: npt.ArrayLike) -> FloatArray:
    """Gradient of the total cost by each example's cost: ∂L/∂Cost_i = 1 (F11).

    Parameters and errors are those of `total_cost`.

    Returns
    -------
    float array, shape (..., n)
        Ones.

    Examples
    --------
    >>> total_cost_gradient([0.5, 1.0, 2.0])
    array([1., 1., 1.])
    """
    return np.ones_like(_costs(costs))


def _costs(costs: npt.ArrayLike) -> FloatArray:
    array = float_array("costs", costs, axes="n")
    require_examples("costs", array.shape, -1)
    return array
