"""One evaluation of torch code: NumPy arrays to tensors, a call, and back."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradproof._frameworks._tensors import (
    as_numpy_scalar,
    coarsest,
    dense,
    float_outputs,
    real_dtype,
    real_parts,
    summed,
    version,
    widened,
)
from gradproof._frameworks._torch_target import Target
from gradproof._frameworks._weights import Weights


class _Part(NamedTuple):
    """A real array that varies: the tensor in slot `position`, or its real or imaginary part."""

    position: int
    path: str
    ndim: int
    dtype: Any
    device: Any


class TorchEvaluation:
    """A call on leaves as a function of NumPy arrays, with the gradient that autograd computes.

    Parameters
    ----------
    target : Target
    varying : list of int
        Positions of the slots that vary.
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

    def __init__(self, target: Target, varying: list[int], seed: int, *, widen: bool) -> None:
        self._call = target.call
        self._slots = target.slots
        self._held = [widened(slot.value) if widen else slot.value for slot in target.slots]
        self._varying = varying
        self._parts: list[_Part] = []
        arrays: list[NDArray[Any]] = []
        for position in varying:
            for path, array in real_parts(target.slots[position].path, self._held[position]):
                tensor = self._held[position]
                self._parts.append(_Part(position, path, array.ndim, real_dtype(tensor.dtype), tensor.device))
                arrays.append(array)
        self.args = tuple(arrays)
        self.names = tuple(part.path for part in self._parts)
        self.precision = coarsest({part.dtype for part in self._parts})
        # What f may overwrite beside what varies: the running statistics of a normalisation, say.
        self._copied = {position for position in range(len(self._held)) if position not in varying}
        self._kept, self._weights = self._probe(seed)
        self._cast: dict[Any, Any] = {}
        self._tracked = True
        self._tracked = not self._needs_no_graph()

    @classmethod
    def in_double(cls, target: Target, varying: list[int], seed: int) -> TorchEvaluation | None:
        """Return the evaluation in float64, or None where the call does not take that."""
        try:
            return cls(target, varying, seed, widen=True)
        except Exception:  # noqa: BLE001  whatever it is, it is raised again in the dtypes that were given
            return None

    def value(self, *arrays: NDArray[Any]) -> Any:
        """Return f as a NumPy scalar of its own dtype; for a leading axis of points, one value for each."""
        import torch

        with torch.set_grad_enabled(self._tracked):
            total = self._reduced(self._tensors(arrays, track=self._tracked), arrays)
            if total.ndim:
                return total.numpy(force=True)
            number = total.item()
        return number if isinstance(number, complex) else as_numpy_scalar(number, total.dtype)

    def gradient(self, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """Return the derivative by each array, as autograd computes it; zeros where f does not depend on one."""
        import torch

        with torch.enable_grad():
            tensors = self._tensors(arrays, track=True)
            total = self._reduced(tensors, arrays)
            if not total.requires_grad:
                return tuple(np.zeros_like(array) for array in arrays)
            found = torch.autograd.grad(total, tensors, allow_unused=True)
        return tuple(
            np.zeros_like(array) if gradient is None else dense(gradient).numpy(force=True)
            for array, gradient in zip(arrays, found, strict=True)
        )

    def _tensors(self, arrays: tuple[NDArray[Any], ...], *, track: bool) -> list[Any]:
        """Return the arrays as tensors, in memory of torch's own: where it begins may change the last bits."""
        import torch

        tensors = []
        for array, part in zip(arrays, self._parts, strict=True):
            dtype = part.dtype.to_complex() if array.dtype.kind == "c" else part.dtype
            tensor = torch.from_numpy(array).to(device=part.device, dtype=dtype, copy=True)
            tensors.append(tensor.requires_grad_() if track else tensor)
        return tensors

    def _leaves(self, tensors: list[Any]) -> list[Any]:
        """Return the leaves of a call: those that vary made of `tensors`, those that f overwrites as copies."""
        import torch

        leaves = [
            value.clone() if position in self._copied and isinstance(value, torch.Tensor) else value
            for position, value in enumerate(self._held)
        ]
        remaining = iter(tensors)
        for position in self._varying:
            tensor = next(remaining)
            if self._held[position].is_complex():
                tensor = torch.complex(tensor, next(remaining))
            if tensor.requires_grad:
                for hook in (self._slots[position].value._backward_hooks or {}).values():  # noqa: SLF001  no public list
                    tensor.register_hook(hook)
            leaves[position] = tensor
        return leaves

    def _reduced(self, tensors: list[Any], arrays: tuple[NDArray[Any], ...]) -> Any:
        """Call f, and make one number of what it returns."""
        outputs = float_outputs(self._call(self._leaves(tensors)))
        kept = [outputs[i] for i in self._kept if i < len(outputs)]
        batch = arrays[0].shape[0] if arrays and arrays[0].ndim > self._parts[0].ndim else None
        axes = self._weights.leading_axes([tuple(output.shape) for output in kept], batch)
        terms = [self._term(i, output, axes) for i, output in enumerate(kept)]
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return total

    def _term(self, i: int, output: Any, axes: int) -> Any:
        """Return the weighted sum over all but the first `axes` axes of output `i`."""
        real, imaginary = self._weights.real[i], self._weights.imaginary[i]
        if real is None:
            return output
        if imaginary is None:
            return summed(self._as_tensor(real, output) * output, axes)
        return summed(
            self._as_tensor(real, output.real) * output.real
            + self._as_tensor(imaginary, output.imag) * output.imag,
            axes,
        )

    def _as_tensor(self, weights: NDArray[Any], like: Any) -> Any:
        import torch

        dtype = real_dtype(like.dtype)
        key = (id(weights), dtype, like.device)
        if key not in self._cast:
            self._cast[key] = torch.from_numpy(weights).to(device=like.device, dtype=dtype)
        return self._cast[key]

    def _probe(self, seed: int) -> tuple[list[int], Weights]:
        """Call f once, and see which outputs depend on what varies, and that it leaves its arguments as they are."""
        import torch

        copies = tuple(array.copy() for array in self.args)
        with torch.enable_grad():
            # f may write into copies, which no leaf that requires a gradient would allow.
            tensors = [tensor.clone() for tensor in self._tensors(copies, track=True)]
            leaves = self._leaves(tensors)
            before = [version(leaf) for leaf in leaves]
            outputs = float_outputs(self._call(leaves))
        changed = {i for i, leaf in enumerate(leaves) if version(leaf) != before[i]}
        for position in self._varying:
            if position in changed:
                path = self._slots[position].path
                raise ValueError(
                    f"f must leave its arguments as they are; got {path} changed in place. Let it work on {path}.clone()."
                )
        self._copied = changed
        kept = [i for i, output in enumerate(outputs) if output.requires_grad]
        if not kept:
            raise TypeError(
                "f must return a tensor that depends on its arguments through autograd; got outputs with "
                "requires_grad=False. Return them without .detach(), .item(), .numpy() or torch.no_grad()."
            )
        shapes = [tuple(outputs[i].shape) for i in kept]
        return kept, Weights(shapes, [outputs[i].is_complex() for i in kept], seed)

    def _needs_no_graph(self) -> bool:
        """Tell whether values are the same without a graph, which is cheaper: f may differentiate inside."""
        with_graph = self.value(*(array.copy() for array in self.args))
        self._tracked = False
        try:
            return bool(with_graph == self.value(*(array.copy() for array in self.args)))
        except Exception:  # noqa: BLE001  whatever it is, it does not happen with a graph
            return False
