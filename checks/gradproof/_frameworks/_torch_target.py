"""What of torch's can be called: functions, modules, and the classes of hand-written derivatives."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from gradproof._frameworks._adapted import name_of
from gradproof._structure import argument_names
from gradproof._trees import leaves_of, rebuilt


class Slot(NamedTuple):
    """A leaf of the call's arguments. `role` is what it was given as: an argument, a parameter or a buffer."""

    path: str
    value: Any
    role: str


class Target(NamedTuple):
    """A call that takes its leaves one by one, in the order of `slots`."""

    call: Callable[[list[Any]], Any]
    slots: list[Slot]
    name: str


def torch_target(f: Any, args: tuple[Any, ...]) -> Target:
    """Return a function, a module or an autograd.Function as a call on a list of leaves."""
    import torch

    if isinstance(f, torch.nn.Module):
        return _module_target(f, args)
    function = _function_class(f)
    call = f if function is None else function.apply
    names = argument_names(f, len(args)) if function is None else _forward_names(function, len(args))
    slots = [Slot(path, value, "argument") for path, value in leaves_of(args, names)]
    name = name_of(f if function is None else function)
    return Target(lambda leaves: call(*rebuilt(args, iter(leaves))), slots, name)


def _module_target(module: Any, args: tuple[Any, ...]) -> Target:
    """Return a module as a function of its parameters, its buffers and its inputs; the module itself stays as it is."""
    import torch

    held = {
        "parameter": dict(module.named_parameters()),
        "buffer": dict(module.named_buffers()),
    }
    slots = [Slot(path, value, role) for role, tensors in held.items() for path, value in tensors.items()]
    own = [slot.path for slot in slots]
    names = argument_names(module.forward, len(args))
    slots += [Slot(path, value, "argument") for path, value in leaves_of(args, names)]

    def call(leaves: list[Any]) -> Any:
        state = dict(zip(own, leaves, strict=False))
        inputs = rebuilt(args, iter(leaves[len(own) :]))
        return torch.func.functional_call(module, state, inputs)

    return Target(call, slots, type(module).__qualname__)


def _function_class(f: Any) -> Any:
    """Return the autograd.Function that f is, or whose `apply` it is; else None."""
    import torch

    owner = getattr(f, "__self__", None) if getattr(f, "__name__", "") == "apply" else f
    is_function = isinstance(owner, type) and issubclass(owner, torch.autograd.Function)
    return owner if is_function else None


def _forward_names(function: Any, count: int) -> tuple[str, ...]:
    """Return the names of forward's arguments, without the context that only older ones take."""
    import torch

    takes_context = function.setup_context is torch.autograd.Function.setup_context
    names = argument_names(function.forward, count + takes_context)
    first_is_named = bool(inspect.signature(function.forward).parameters)
    return names[1:] if takes_context and first_is_named else names[:count]
