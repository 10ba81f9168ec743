"""torch: the derivative that autograd computes, as a gradient to examine."""

from __future__ import annotations

import warnings
from typing import Any

from numpy.typing import NDArray

from gradproof._frameworks._adapted import Adapted
from gradproof._frameworks._given import Bridge
from gradproof._frameworks._torch_evaluation import TorchEvaluation
from gradproof._frameworks._torch_target import Slot, torch_target


def adapt_torch(f: Any, args: tuple[Any, ...], seed: int) -> Adapted:
    """Return a function of tensors, a module or an autograd.Function as one of NumPy arrays, with its gradient.

    Parameters
    ----------
    f : callable
        Returns a tensor of any shape, or a nest of them. A real scalar that stands alone is taken as it is; else all
        that require a gradient are reduced to one number with fixed random weights.
    args : tuple
        Those tensors (and parameters of a module) vary that require a gradient; where none does, all float tensors
        among the arguments do. A complex one varies as two, its real and its imaginary part.
    seed : int
        Of the weights.

    Raises
    ------
    TypeError
        Where nothing can vary, f returns no tensor, or none that depends on its arguments through autograd.
    ValueError
        Where f changes its arguments.

    Notes
    -----
    Everything is computed in float64, parameters and buffers of a module included, unless f refuses that (because its
    own constants are float32, say): then in the dtypes that were given, which the name of the function tells.
    """
    target = torch_target(f, args)
    varying = _varying(target.slots)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what f has to say, it says again when it is examined
        evaluation = TorchEvaluation.in_double(target, varying, seed)
        if evaluation is None:
            evaluation = TorchEvaluation(target, varying, seed, widen=False)
    name = target.name if evaluation.precision == "float64" else f"{target.name} in {evaluation.precision}"
    return Adapted(evaluation.value, evaluation.gradient, evaluation.args, evaluation.names, name)


def _varying(slots: list[Slot]) -> list[int]:
    """Return the positions of the tensors that vary."""
    import torch

    floats = [
        i
        for i, slot in enumerate(slots)
        if isinstance(slot.value, torch.Tensor)
        and (slot.value.is_floating_point() or slot.value.is_complex())
    ]
    asked = [i for i in floats if slots[i].value.requires_grad]
    chosen = asked or [i for i in floats if slots[i].role == "argument"]
    if not chosen:
        given = ", ".join(f"{slot.path} of {_described(slot.value)}" for slot in slots) or "none"
        raise TypeError(
            f"at least one argument must be a float tensor; got {given}. "
            "Only float tensors have derivatives: convert what is to vary with .double()."
        )
    for i in chosen:
        if slots[i].value.layout != torch.strided or slots[i].value.is_nested:
            raise TypeError(
                f"tensors that vary must be dense; got {slots[i].path} of {_described(slots[i].value)}. "
                "Make it sparse inside of f, or let another argument require a gradient."
            )
    return chosen


def _described(value: Any) -> str:
    dtype = getattr(value, "dtype", None)
    layout = getattr(value, "layout", None)
    return type(value).__name__ if dtype is None else f"{dtype}, {layout}"


def torch_bridge() -> Bridge:
    """Return the way from tensors to NumPy arrays and back."""
    import torch

    def is_varying(leaf: Any) -> bool:
        return isinstance(leaf, torch.Tensor) and (leaf.is_floating_point() or leaf.is_complex())

    def to_numpy(leaf: Any) -> Any:
        return leaf.numpy(force=True) if isinstance(leaf, torch.Tensor) else leaf

    def like(array: NDArray[Any], template: Any, *, widen: bool) -> Any:
        dtype = None if widen else template.dtype
        made = torch.from_numpy(array).to(device=template.device, dtype=dtype)
        return made.requires_grad_(template.requires_grad)

    return Bridge(is_varying, to_numpy, like)
