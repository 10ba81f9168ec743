"""Functions of torch, JAX and HIPS autograd as functions of NumPy arrays, their own derivatives as gradients.

A framework is looked for among what is loaded already, and never loaded: what a user passes comes from somewhere.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from gradproof._frameworks._adapted import Adapted
from gradproof._nesting import children_of, describe

__all__ = ["Adapted", "adapt"]

_PLAIN = (np.ndarray, np.generic, float, int, complex, str, bytes, type(None))


def adapt(f: Any, grad: Any, args: tuple[Any, ...], *, seed: int) -> Adapted | None:
    """Return f and its gradient on NumPy arrays, or None where nothing here belongs to a framework.

    Parameters
    ----------
    f : callable
        Also a torch module or an autograd.Function.
    grad : callable or None
        None asks for the derivative of the framework to which f or its arguments belong; else both are called with
        that framework's arrays, and only converted.
    args : tuple
    seed : int
        Of the weights with which outputs that are no real scalar become one.

    Raises
    ------
    TypeError
        Where grad is None and no framework is there to differentiate f, or the arguments belong to two.
    """
    found = _frameworks(f, args)
    if len(found) > 1:
        raise TypeError(
            f"f and its arguments must belong to one framework; got {' and '.join(sorted(found))}. Convert one into the other."
        )
    if grad is not None:
        return _adapt_given(f, grad, args, found)
    if "torch" in found:
        from gradproof._frameworks._torch import adapt_torch  # noqa: PLC0415  only where torch is

        return adapt_torch(f, args, seed)
    if "jax" in found:
        from gradproof._frameworks._jax import adapt_jax  # noqa: PLC0415  only where JAX is

        return adapt_jax(f, args, seed)
    if "autograd" in sys.modules:
        from gradproof._frameworks._autograd import adapt_autograd  # noqa: PLC0415  only where autograd is

        return adapt_autograd(f, args, seed)
    raise TypeError(
        f"grad may be left out only where a framework can differentiate f; got {describe(args)}. "
        "Pass grad, or pass torch tensors or JAX arrays, or write f with autograd.numpy."
    )


def _adapt_given(f: Any, grad: Any, args: tuple[Any, ...], found: set[str]) -> Adapted | None:
    from gradproof._frameworks._given import adapt_given  # noqa: PLC0415  only where a framework is

    if "torch" in found:
        from gradproof._frameworks._torch import torch_bridge  # noqa: PLC0415  only where torch is

        return adapt_given(f, grad, args, torch_bridge())
    if "jax" in found:
        from gradproof._frameworks._jax import jax_bridge  # noqa: PLC0415  only where JAX is

        return adapt_given(f, grad, args, jax_bridge())
    return None


def _frameworks(f: Any, args: tuple[Any, ...]) -> set[str]:
    """Return which of torch and JAX f or an argument belongs to."""
    torch, jax = sys.modules.get("torch"), sys.modules.get("jax")
    if torch is None and jax is None:
        return set()
    foreign = _foreign(args)
    found = set()
    if torch is not None and (_is_torch(f, torch) or any(isinstance(leaf, torch.Tensor) for leaf in foreign)):
        found.add("torch")
    if jax is not None and (
        _is_jax(f) or any(isinstance(leaf, jax.Array) for leaf in jax.tree_util.tree_leaves(foreign))
    ):
        found.add("jax")
    return found


def _foreign(tree: Any) -> list[Any]:
    """Return the leaves that belong to a framework, or are containers that only a framework knows."""
    if isinstance(tree, _PLAIN):
        return []
    children = tree if isinstance(tree, (tuple, list)) else [child for _, child in children_of(tree) or []]
    if not children and children_of(tree) is None:
        return [tree]
    return [leaf for child in children for leaf in _foreign(child)]


def _is_torch(f: Any, torch: Any) -> bool:
    """Tell modules, and autograd.Functions by themselves or by their `apply`."""
    owner = f if isinstance(f, type) else getattr(f, "__self__", None)
    is_function = isinstance(owner, type) and issubclass(owner, torch.autograd.Function)
    return is_function or isinstance(f, torch.nn.Module)


def _is_jax(f: Any) -> bool:
    """Tell what jit, custom_vjp and custom_jvp return, which also take NumPy arrays."""
    return type(f).__module__.partition(".")[0] in {"jax", "jaxlib"}
