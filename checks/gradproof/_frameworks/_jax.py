"""JAX: the derivative that jax.grad computes, custom rules included, as a gradient to examine."""

from __future__ import annotations

import contextlib
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradproof._frameworks._adapted import Adapted, name_of
from gradproof._frameworks._given import Bridge
from gradproof._frameworks._jax_evaluation import JaxEvaluation, in_double


def adapt_jax(f: Any, args: tuple[Any, ...], seed: int) -> Adapted:
    """Return a function of JAX arrays as one of NumPy arrays, with its gradient.

    Parameters
    ----------
    f : callable
        Plain, transformed (jit, vmap) or with a rule of its own (custom_vjp, custom_jvp). Returns a float array of any
        shape, or a pytree of them. A real scalar that stands alone is taken as it is; else all are reduced to one
        number with fixed random weights.
    args : tuple
        Pytrees. Float arrays and Python floats in them vary, a complex array as two, its real and its imaginary part;
        integers, booleans and random keys are held fixed.
    seed : int
        Of the weights.

    Raises
    ------
    TypeError
        Where no argument holds floats, or f returns none.

    Notes
    -----
    Everything is computed in float64, whether or not jax_enable_x64 is set, unless f refuses that: then in the dtypes
    that were given, which the name of the function tells.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what f has to say, it says again when it is examined
        evaluation = JaxEvaluation.in_double(f, args, seed)
        if evaluation is None:
            evaluation = JaxEvaluation(f, args, seed, widen=False)
    name = name_of(f) if evaluation.precision == "float64" else f"{name_of(f)} in {evaluation.precision}"
    return Adapted(evaluation.value, evaluation.gradient, evaluation.args, evaluation.names, name)


def jax_bridge() -> Bridge:
    """Return the way from JAX arrays to NumPy arrays and back."""
    import jax
    import jax.numpy as jnp

    def is_varying(leaf: Any) -> bool:
        return isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, np.inexact)

    def to_numpy(leaf: Any) -> Any:
        return np.asarray(leaf) if isinstance(leaf, jax.Array) else leaf

    def like(array: NDArray[Any], template: Any, *, widen: bool) -> Any:
        return jnp.asarray(array, dtype=None if widen else template.dtype)

    return Bridge(
        is_varying, to_numpy, like, lambda widen: in_double() if widen else contextlib.nullcontext()
    )
