"""The modules of torch's own test suite, their parameters and inputs, while training and while evaluating.

Needs requirements/frameworks.txt.
"""

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import torch
from operator_outcomes import Chosen, Outcome, of_report, refused, together
from torch.testing._internal.common_modules import ModuleInfo, module_db
from torch_operators import tensors_of

import gradproof as gp

LARGEST = 120  # entries of parameters and inputs
INPUTS = 2  # of a module, in each of its modes
SEED = 1
MODES = ("training", "evaluating")


class _Seeded(torch.nn.Module):
    """A module that draws the same each time it is called: dropout, and where it pools."""

    def __init__(self, module: torch.nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
        torch.manual_seed(SEED)
        return self.module(*inputs, **options)


def built(
    info: ModuleInfo, *, training: bool
) -> Iterator[tuple[torch.nn.Module, tuple[Any, ...], dict[str, Any]]]:
    """Return a module of each of torch's own sets of arguments, with its inputs."""
    torch.manual_seed(SEED)
    for given in info.module_inputs_func(info, "cpu", torch.float64, requires_grad=True, training=training):
        if given.forward_input is None:
            continue
        construct, forward = given.constructor_input, given.forward_input
        module = info.module_cls(*construct.args, **construct.kwargs).to(torch.float64).train(training)
        if info.is_lazy:
            module(*forward.args, **forward.kwargs)  # makes its parameters
        yield module, forward.args, forward.kwargs


def entries_of(module: torch.nn.Module, inputs: Any) -> int:
    """Return how many entries vary: of parameters, and of inputs that require a gradient."""
    varying = [*module.parameters(), *tensors_of(inputs)]
    return sum(tensor.numel() for tensor in varying if tensor.requires_grad)


def examine(corpus: str, info: ModuleInfo, *, training: bool) -> Outcome | None:
    """Examine torch's derivatives of a module by its parameters and inputs."""
    small = []
    for module, inputs, options in built(info, training=training):
        finite = all(bool(torch.isfinite(tensor).all()) for tensor in tensors_of((inputs, options)))
        if finite and 0 < entries_of(module, (inputs, options)) <= LARGEST:
            small.append((module, inputs, options))
    found = []
    for module, inputs, options in itertools.islice(small, INPUTS):
        entries = entries_of(module, (inputs, options))
        try:
            report = gp.examine_gradient(_Seeded(module), inputs, options, seed=SEED)
            found.append(of_report(corpus, info.name, entries, report))
        except (TypeError, ValueError, RuntimeError, NotImplementedError) as error:
            found.append(refused(corpus, info.name, entries, error))
    return together(found) if found else None


def outcomes(mode: str, chosen: Chosen) -> Iterator[Outcome]:
    """Examine the chosen modules while "training", or those that then differ while "evaluating"."""
    torch.set_num_threads(1)
    training, corpus = mode == "training", f"torch modules, {mode}"
    for number, info in enumerate(module_db):
        if not chosen(corpus, number, info.name) or not (training or info.train_and_eval_differ):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outcome = examine(corpus, info, training=training)
        if outcome is not None:
            yield outcome
