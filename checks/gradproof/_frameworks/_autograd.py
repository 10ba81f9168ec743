"""HIPS autograd: the derivative that it computes from the rules of its primitives, as a gradient to examine."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradproof._frameworks._adapted import Adapted, name_of
from gradproof._frameworks._weights import Weights
from gradproof._nesting import walk
from gradproof._structure import argument_names
from gradproof._trees import leaves_of, rebuilt


def adapt_autograd(f: Any, args: tuple[Any, ...], seed: int) -> Adapted:
    """Return a function written with autograd.numpy as one of its float arrays, with its gradient.

    Parameters
    ----------
    f : callable
        Returns a float array of any shape, or containers of them. A real scalar that stands alone is taken as it is;
        else all are reduced to one number with fixed random weights.
    args : tuple
        NumPy arrays or containers of them. Floats vary, a complex array as two, its real and its imaginary part.
    seed : int
        Of the weights.

    Raises
    ------
    TypeError
        Where no argument holds floats, or autograd cannot differentiate f.
    """
    evaluation = _Evaluation(f, args, seed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            evaluation.gradient(*(array.copy() for array in evaluation.args))
    except Exception as error:
        raise TypeError(
            f"grad may be left out only where a framework can differentiate f; got {name_of(f)}, for which autograd "
            f"raised {type(error).__name__}: {error}. Pass grad, or write f with autograd.numpy."
        ) from error
    return Adapted(evaluation.value, evaluation.gradient, evaluation.args, evaluation.names, name_of(f))


class _Evaluation:
    """A function of nested NumPy arrays as one of its float arrays, with the gradient that autograd computes."""

    def __init__(self, f: Any, args: tuple[Any, ...], seed: int) -> None:
        self._f = f
        self._given = args
        self._leaves = leaves_of(args, argument_names(f, len(args)))
        self._varying = [i for i, (_, leaf) in enumerate(self._leaves) if _is_float(leaf)]
        if not self._varying:
            given = ", ".join(f"{path} of {type(leaf).__name__}" for path, leaf in self._leaves) or "none"
            raise TypeError(
                f"at least one argument must hold floats; got {given}. "
                "Only floats have derivatives: convert what is to vary with .astype(float)."
            )
        named = [
            part
            for i in self._varying
            for part in _real_parts(self._leaves[i][0], np.asarray(self._leaves[i][1]))
        ]
        self.names = tuple(name for name, _ in named)
        self.args = tuple(array for _, array in named)
        outputs = self._outputs(tuple(array.copy() for array in self.args))
        self._weights = Weights(
            [np.shape(output) for output in outputs], [np.iscomplexobj(output) for output in outputs], seed
        )

    def value(self, *arrays: NDArray[Any]) -> Any:
        """Return f; for a leading axis of points, one value for each."""
        return self._reduced(arrays)

    def gradient(self, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """Return the derivative by each array, as autograd computes it."""
        import autograd

        with warnings.catch_warnings():
            # Zeros are then what autograd answers, and what is examined.
            warnings.filterwarnings("ignore", message="Output seems independent of input")
            found = autograd.grad(self._reduced)(arrays)
        return tuple(np.asarray(gradient, array.dtype) for gradient, array in zip(found, arrays, strict=True))

    def _outputs(self, arrays: Any) -> list[Any]:
        """Call f; return the float and complex arrays in what it returns."""
        leaves = [leaf for _, leaf in self._leaves]
        remaining = iter([arrays[i] for i in range(len(self.args))])
        for i in self._varying:
            leaf = next(remaining)
            leaves[i] = leaf + 1j * next(remaining) if np.iscomplexobj(leaves[i]) else leaf
        output = self._f(*rebuilt(self._given, iter(leaves)))
        floats = [leaf for _, leaf in walk(output, "") if _is_float(leaf)]
        if not floats:
            raise TypeError(
                f"f must return a float array, or containers of them; got {type(output).__name__}. "
                "Return what autograd is to differentiate."
            )
        return floats

    def _reduced(self, arrays: Any) -> Any:
        """Make one number of what f returns."""
        import autograd.numpy as anp

        outputs = self._outputs(arrays)
        batch = np.shape(arrays[0])[0] if np.ndim(arrays[0]) > self.args[0].ndim else None
        axes = self._weights.leading_axes([anp.shape(output) for output in outputs], batch)
        total = 0.0
        for output, real, imaginary in zip(outputs, self._weights.real, self._weights.imaginary, strict=True):
            if real is None:
                return output
            over = tuple(range(axes, anp.ndim(output)))
            if imaginary is None:
                total = total + anp.sum(real * output, axis=over)
            else:
                total = total + anp.sum(real * anp.real(output) + imaginary * anp.imag(output), axis=over)
        return total


def _is_float(leaf: Any) -> bool:
    """Tell whether a leaf holds floats, boxed by autograd or not."""
    value = getattr(leaf, "_value", leaf)
    return isinstance(value, float | complex) or getattr(value, "dtype", np.dtype(int)).kind in "fc"


def _real_parts(path: str, array: NDArray[Any]) -> list[tuple[str, NDArray[Any]]]:
    if array.dtype.kind == "c":
        return [(f"{path}.real", array.real.copy()), (f"{path}.imag", array.imag.copy())]
    return [(path, array)]
