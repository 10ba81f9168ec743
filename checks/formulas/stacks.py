"""Stacks of models as one scalar function, which is what the checker examines."""

import numpy as np

from harness import Array, Shape


def weighted_total(losses: Array, coefficients: Array) -> Array:
    """Σ_e c_e l_e over the members e of a stack."""
    total: Array = np.sum(coefficients * losses)
    return total


def pull_back(gradient: Array, coefficients: Array, shape: Shape) -> Array:
    """Gradient of Σ_e c_e l_e by an argument of that shape, from the gradient of each l_e.

    Every member's gradient is weighted by its c_e; members that share the argument add up.
    """
    own = gradient.ndim - coefficients.ndim
    weighted: Array = gradient * coefficients.reshape(coefficients.shape + (1,) * own)
    missing = weighted.ndim - len(shape)
    weighted = weighted.sum(axis=tuple(range(missing)))
    shared = tuple(axis for axis, size in enumerate(shape) if size == 1 and weighted.shape[axis] > 1)
    return weighted.sum(axis=shared, keepdims=True)
