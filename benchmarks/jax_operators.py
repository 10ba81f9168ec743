"""JAX's functions, backwards and forwards in float64, and backwards in float32. Needs requirements/frameworks.txt."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax_table import Case, cases
from operator_outcomes import Chosen, Outcome, of_report, refused

import gradproof as gp

SEED = 1
FLOAT32_RESOLUTION = 3e-2  # differences of values that are right to 1e-7 show no more
EVERY_IN_FLOAT32 = 4


def backward(case: Case) -> Any:
    """Examine jax.grad, in float64."""
    return gp.examine_gradient(jax.jit(case.function), *case.arguments, seed=SEED)


def in_float32(case: Case) -> Any:
    """Examine jax.grad in float32, beside values in float32."""

    def narrow(*arrays: Any) -> Any:
        if any(array.dtype in (jnp.float64, jnp.complex128) for array in arrays):
            raise TypeError(
                "arguments must be in float32; got float64."
            )  # else they would be examined in that
        return case.function(*arrays)

    arguments = [x.astype(jnp.complex64 if jnp.iscomplexobj(x) else jnp.float32) for x in case.arguments]
    return gp.examine_gradient(narrow, *arguments, seed=SEED, resolution=FLOAT32_RESOLUTION)


def forward(case: Case) -> Any:
    """Examine jax.jvp, in float64."""

    def floats(*arrays: Any) -> Any:
        leaves = jax.tree_util.tree_leaves(case.function(*arrays))
        return [leaf for leaf in leaves if jnp.issubdtype(leaf.dtype, jnp.inexact)]

    compiled = jax.jit(floats)
    pushed = jax.jit(lambda point, along: jax.jvp(floats, point, along)[1])

    def value(*arrays: Any) -> Any:
        return [np.asarray(leaf) for leaf in compiled(*arrays)]

    def product(tangent: Any, *arrays: Any) -> Any:
        along = tangent if len(arrays) > 1 else (tangent,)
        return [np.asarray(leaf) for leaf in pushed(arrays, along)]

    return gp.examine_jvp(value, product, *map(np.asarray, case.arguments), seed=SEED)


WAYS: dict[str, Callable[[Case], Any]] = {"float64": backward, "float32": in_float32, "forward": forward}


def entries_of(case: Case) -> int:
    """Return how many entries vary; a complex one counts twice."""
    return sum(int(array.size) * (1 + bool(jnp.iscomplexobj(array))) for array in case.arguments)


def examine(corpus: str, case: Case, way: Callable[[Case], Any]) -> Outcome:
    """Examine JAX's derivative of a function at its point."""
    entries = entries_of(case)
    try:
        return of_report(corpus, case.name, entries, way(case))
    except Exception as error:  # noqa: BLE001  whatever it is, the table shows it
        return refused(corpus, case.name, entries, error)


def outcomes(label: str, chosen: Chosen) -> Iterator[Outcome]:
    """Examine the chosen functions in one of the ways; in float32 a part of them."""
    jax.config.update("jax_enable_x64", True)  # noqa: FBT003  JAX takes it by position only
    corpus = f"jax {label}"
    found = [case for _, case in cases()][:: EVERY_IN_FLOAT32 if label == "float32" else 1]
    for number, case in enumerate(found):
        if chosen(corpus, number, case.name):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield examine(corpus, case, WAYS[label])
