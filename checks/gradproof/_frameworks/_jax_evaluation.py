"""One evaluation of JAX code: NumPy arrays to JAX arrays, a call, and back."""

from __future__ import annotations

import contextlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradproof._frameworks._weights import Weights
from gradproof._structure import argument_names


def in_double() -> contextlib.AbstractContextManager[Any]:
    """Return a context in which JAX computes in float64."""
    import jax

    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)  # noqa: FBT003  JAX takes it by position only
    from jax.experimental import enable_x64  # until JAX 0.8

    return enable_x64()


class _Part(NamedTuple):
    """An array that varies: leaf number `position`, which takes a second array for its imaginary part if complex."""

    position: int
    dtype: Any
    is_complex: bool


class JaxEvaluation:
    """A function of pytrees as one of NumPy arrays, with the gradient that jax.grad computes.

    Parameters
    ----------
    f : callable
    args : tuple of pytrees
    seed : int
        Of the weights of outputs that are no real scalar.
    widen : bool
        Compute in float64 what was given in less.

    Attributes
    ----------
    args : tuple of NumPy arrays
    names : tuple of str
    precision : str
        The coarsest dtype of what varies.
    """

    def __init__(self, f: Any, args: tuple[Any, ...], seed: int, *, widen: bool) -> None:
        import jax

        self._f = f
        self._widen = widen
        self._treedef = jax.tree_util.tree_structure(args)
        self._parts: list[_Part] = []
        arrays: list[NDArray[Any]] = []
        names: list[str] = []
        with self._precision():
            self._held = []
            for position, (path, leaf) in enumerate(_leaves(f, args)):
                self._held.append(_widened(leaf) if widen else leaf)
                if not _is_float(leaf):
                    continue
                found = np.asarray(self._held[position])
                is_complex = found.dtype.kind == "c"
                self._parts.append(_Part(position, found.dtype, is_complex))
                pairs = [(".real", found.real), (".imag", found.imag)] if is_complex else [("", found)]
                arrays += [np.array(array) for _, array in pairs]
                names += [path + suffix for suffix, _ in pairs]
            if not arrays:
                given = (
                    ", ".join(f"{path} of {_described(leaf)}" for path, leaf in _leaves(f, args)) or "none"
                )
                raise TypeError(
                    f"at least one argument must hold floats; got {given}. "
                    "Only floats have derivatives: convert what is to vary with .astype(float)."
                )
            self.args = tuple(arrays)
            self.names = tuple(names)
            self.precision = max(
                (array.dtype for array in arrays), key=lambda dtype: np.finfo(dtype).eps
            ).name
            outputs = self._outputs(self.args)
            self._weights = Weights(
                [output.shape for output in outputs], [np.iscomplexobj(output) for output in outputs], seed
            )
            self._value, self._gradient = self._reduced, jax.grad(self._reduced)
            if self._can_be_compiled():
                self._value, self._gradient = jax.jit(self._value), jax.jit(self._gradient)

    @classmethod
    def in_double(cls, f: Any, args: tuple[Any, ...], seed: int) -> JaxEvaluation | None:
        """Return the evaluation in float64, or None where f does not take that."""
        try:
            return cls(f, args, seed, widen=True)
        except Exception:  # noqa: BLE001  whatever it is, it is raised again in the dtypes that were given
            return None

    def value(self, *arrays: NDArray[Any]) -> Any:
        """Return f as a NumPy scalar of its own dtype; for a leading axis of points, one value for each."""
        with self._precision():
            return np.asarray(self._value(arrays))[()]

    def gradient(self, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """Return the derivative by each array, as JAX computes it."""
        with self._precision():
            return tuple(np.asarray(gradient) for gradient in self._gradient(arrays))

    def _can_be_compiled(self) -> bool:
        """Tell whether f is a function, without branches on values: traced anew at each call, loops cost seconds."""
        import jax

        try:
            jax.eval_shape(self._reduced, self.args)
        except Exception:  # noqa: BLE001  whatever it is, f does not take tracers of values
            return False
        # One that is compiled would no longer be seen to draw anew at each call.
        return bool(self._reduced(self.args) == self._reduced(self.args))

    def _precision(self) -> contextlib.AbstractContextManager[Any]:
        return in_double() if self._widen else contextlib.nullcontext()

    def _outputs(self, arrays: tuple[Any, ...]) -> list[Any]:
        """Call f; return the float and complex arrays in what it returns."""
        import jax
        import jax.numpy as jnp

        leaves = list(self._held)
        remaining = iter(arrays)
        for position, dtype, is_complex in self._parts:
            leaf = next(remaining)
            if is_complex:
                leaf = jax.lax.complex(leaf, next(remaining))
            leaves[position] = jnp.asarray(leaf, dtype=dtype)
        output = self._f(*jax.tree_util.tree_unflatten(self._treedef, leaves))
        floats = [jnp.asarray(leaf) for leaf in jax.tree_util.tree_leaves(output) if _is_float(leaf)]
        if not floats:
            raise TypeError(
                f"f must return a float array, or a pytree of them; got {type(output).__name__}. "
                "Return what JAX is to differentiate."
            )
        return floats

    def _reduced(self, arrays: tuple[Any, ...]) -> Any:
        """Make one number of what f returns."""
        outputs = self._outputs(arrays)
        first = self.args[0].ndim
        batch = arrays[0].shape[0] if arrays[0].ndim > first else None
        axes = self._weights.leading_axes([output.shape for output in outputs], batch)
        return sum(self._term(i, output, axes) for i, output in enumerate(outputs))

    def _term(self, i: int, output: Any, axes: int) -> Any:
        """Return the weighted sum over all but the first `axes` axes of output `i`."""
        real, imaginary = self._weights.real[i], self._weights.imaginary[i]
        over = tuple(range(axes, output.ndim))
        if real is None:
            return output
        if imaginary is None:
            return (real.astype(output.dtype) * output).sum(over)
        parts = output.real, output.imag
        weights = (w.astype(parts[0].dtype) for w in (real, imaginary))
        return sum((w * part).sum(over) for w, part in zip(weights, parts, strict=True))


def _leaves(f: Any, args: tuple[Any, ...]) -> list[tuple[str, Any]]:
    """Return the leaves of the arguments, with paths that begin with their names."""
    import jax

    names = argument_names(f, len(args))
    return [
        (name + jax.tree_util.keystr(path), leaf)
        for name, arg in zip(names, args, strict=True)
        for path, leaf in jax.tree_util.tree_flatten_with_path(arg)[0]
    ]


def _is_float(leaf: Any) -> bool:
    import jax.numpy as jnp

    if isinstance(leaf, float | complex):
        return True
    dtype = getattr(leaf, "dtype", None)
    return dtype is not None and bool(jnp.issubdtype(dtype, np.inexact))


def _widened(leaf: Any) -> Any:
    """Return a float array in float64, anything else as it is."""
    import jax.numpy as jnp

    if not _is_float(leaf):
        return leaf
    is_complex = isinstance(leaf, complex) or (not isinstance(leaf, float) and jnp.iscomplexobj(leaf))
    return jnp.asarray(leaf, dtype=np.complex128 if is_complex else np.float64)


def _described(leaf: Any) -> str:
    return str(getattr(leaf, "dtype", type(leaf).__name__))
