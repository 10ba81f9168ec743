"""The operators of torch's own test suite, on its own samples: in float64, float32 and complex128, twice, and forwards.

Those are taken that torch compares with differences itself. Needs requirements/frameworks.txt.
"""

import itertools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from operator_outcomes import Chosen, Outcome, of_report, refused, together
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.opinfo.core import DecorateInfo, OpInfo, SampleInput, UnaryUfuncInfo

import gradproof as gp

LARGEST = 150  # entries of a sample, where torch has one as small as that
SAMPLES = 12  # of an operator are looked at
SEED = 1
# Their samples count in the storage of a tensor, which strides change.
OF_STORAGE = {"as_strided", "as_strided_copy", "as_strided_scatter"}


@dataclass(frozen=True)
class Way:
    """A way to examine all operators: their dtype, torch's own test that must run for one, how many samples, how large.

    `only_small` leaves operators out of which torch has no small sample: a second derivative of thousands of entries
    says no more than one of ten, and takes minutes.
    """

    dtype: torch.dtype
    own_test: tuple[str, str]
    examine: Callable[[OpInfo, SampleInput], Any]
    samples: int = 1
    only_small: bool = True


def call_of(op: OpInfo, sample: SampleInput) -> Callable[..., Any]:
    """Return an operator as a function of its inputs and options."""

    def call(inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
        return sample.output_process_fn_grad(op.gradcheck_wrapper(op.op, *inputs, **options))

    return call


def first_derivatives(op: OpInfo, sample: SampleInput) -> Any:
    """Examine what autograd computes backwards, in float64 or complex128."""
    return gp.examine_gradient(call_of(op, sample), (sample.input, *sample.args), sample.kwargs, seed=SEED)


def in_float32(op: OpInfo, sample: SampleInput) -> Any:
    """Examine what autograd computes in float32, beside values in float32."""
    call = call_of(op, sample)

    def narrow(inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if any(tensor.dtype == torch.float64 for tensor in tensors_of((inputs, options))):
            raise TypeError("inputs must be in float32; got float64.")  # else they would be examined in that
        return call(inputs, options)

    return gp.examine_gradient(
        narrow, (sample.input, *sample.args), sample.kwargs, seed=SEED, resolution=FLOAT32_RESOLUTION
    )


FLOAT32_RESOLUTION = 3e-2  # of values that are right to 1e-7, and sums of those, differences show no more


def second_derivatives(op: OpInfo, sample: SampleInput) -> Any:
    """Examine the derivative of what autograd computes backwards."""
    call = call_of(op, sample)

    def gradient(inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
        asked = [tensor for tensor in tensors_of((inputs, options)) if tensor.requires_grad]
        outputs = [t for t in tensors_of(call(inputs, options)) if t.requires_grad]
        torch.manual_seed(SEED)
        weights = [torch.rand_like(output) + 1 for output in outputs]
        found = torch.autograd.grad(outputs, asked, weights, create_graph=True, allow_unused=True)
        # Where nothing depends on an input, a sum that is 0 keeps the graph whole.
        return [
            0 * tensor if part is None else part + 0 * tensor
            for part, tensor in zip(found, asked, strict=True)
        ]

    return gp.examine_gradient(gradient, (sample.input, *sample.args), sample.kwargs, seed=SEED)


def forwards(op: OpInfo, sample: SampleInput) -> Any:
    """Examine what torch computes forwards."""
    call = call_of(op, sample)
    leaves, tree = torch.utils._pytree.tree_flatten(((sample.input, *sample.args), sample.kwargs))  # noqa: SLF001  torch has no public one
    places = [i for i, leaf in enumerate(leaves) if isinstance(leaf, torch.Tensor) and leaf.requires_grad]

    def function(*tensors: torch.Tensor) -> Any:
        filled = list(leaves)
        for place, tensor in zip(places, tensors, strict=True):
            filled[place] = tensor
        inputs, options = torch.utils._pytree.tree_unflatten(filled, tree)  # noqa: SLF001  as above
        return [t for t in tensors_of(call(inputs, options)) if t.is_floating_point() or t.is_complex()]

    def value(*arrays: Any) -> Any:
        with torch.no_grad():
            return [t.numpy(force=True) for t in function(*map(torch.tensor, arrays))]

    def product(tangent: Any, *arrays: Any) -> Any:
        along = tangent if isinstance(tangent, tuple) else (tangent,)
        _, found = torch.func.jvp(function, tuple(map(torch.tensor, arrays)), tuple(map(torch.tensor, along)))
        return [t.numpy(force=True) for t in found]

    return gp.examine_jvp(value, product, *(leaves[i].numpy(force=True) for i in places), seed=SEED)


BACKWARD, TWICE, FORWARD = (
    ("TestBwdGradients", "test_fn_grad"),
    ("TestBwdGradients", "test_fn_gradgrad"),
    ("TestFwdGradients", "test_forward_mode_AD"),
)
WAYS = {
    "float64": Way(torch.float64, BACKWARD, first_derivatives, samples=4, only_small=False),
    "float32": Way(torch.float32, BACKWARD, in_float32),
    "complex128": Way(torch.complex128, BACKWARD, first_derivatives, samples=2, only_small=False),
    "twice": Way(torch.float64, TWICE, second_derivatives),
    "forward": Way(torch.float64, FORWARD, forwards),
}


def operators(way: Way) -> list[tuple[str, OpInfo]]:
    """Return what torch compares with differences in its own tests, by name."""
    named = [(f"{op.name}.{op.variant_test_name}".rstrip("."), op) for op in op_db]
    return sorted(
        ((name, op) for name, op in named if _is_compared_by_torch(op, way)), key=lambda pair: pair[0]
    )


def _is_compared_by_torch(op: OpInfo, way: Way) -> bool:
    """Tell whether torch's own test of these derivatives runs for an operator: random ones are skipped there, say."""
    if not op.supports_autograd or way.dtype not in op.supported_backward_dtypes("cpu"):
        return False
    if (way.own_test == TWICE and not op.supports_gradgrad) or (
        way.own_test == FORWARD and not op.supports_forward_ad
    ):
        return False
    # torch compares in float64 and complex128 only; what it skips in float64 is not for us in float32 either.
    dtype = torch.float64 if way.dtype == torch.float32 else way.dtype
    where = (*way.own_test, "cpu", dtype, {})
    active = [d for d in op.decorators if isinstance(d, DecorateInfo) and d.is_active(*where)]
    # unittest.skip() and expectedFailure are functions; what else stands there sets tolerances.
    names = {getattr(inner, "__qualname__", "") for d in active for inner in d.decorators}
    return not any("skip" in name or "expectedFailure" in name for name in names)


def samples_of(op: OpInfo, way: Way) -> list[SampleInput]:
    """Return up to `way.samples` of the first samples, no two alike.

    The first is of median size among the small ones; then come the largest of those, one whose inputs broadcast, and
    the first again with strides. Where none is small, the smallest is all, cut to a corner if that can be.
    """
    torch.manual_seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002  torch's samples draw from the global state
    first = list(itertools.islice(_samples(op, way.dtype), SAMPLES))
    usable = sorted((s for s in first if entries_of(s) and _says_something(op, s)), key=entries_of)
    small = [sample for sample in usable if entries_of(sample) <= LARGEST]
    if not small:
        return (
            []
            if way.only_small and not isinstance(op, UnaryUfuncInfo)
            else [_corner(s) if isinstance(op, UnaryUfuncInfo) else s for s in usable[:1]]
        )
    median = small[len(small) // 2]
    broadcasting = [sample for sample in small if _broadcasts(sample)]
    chosen = [median, small[-1], *broadcasting[len(broadcasting) // 2 :][:1]]
    distinct = [sample for i, sample in enumerate(chosen) if all(sample is not other for other in chosen[:i])]
    if way.samples > len(distinct) and op.name not in OF_STORAGE:
        distinct.append(median.noncontiguous())
    return distinct[: way.samples]


def _says_something(op: OpInfo, sample: SampleInput) -> bool:
    """Tell whether an operator returns any number: many samples of torch's make it return an empty tensor."""
    outputs = tensors_of(call_of(op, sample)((sample.input, *sample.args), sample.kwargs))
    return any(output.numel() for output in outputs)


def _broadcasts(sample: SampleInput) -> bool:
    return len({tensor.shape for tensor in _varying(sample)}) > 1


def _corner(sample: SampleInput) -> SampleInput:
    """Return the sample of an elementwise function, which torch has with 20 by 20 entries, cut to 5 by 5."""
    part = sample.input.detach()[:5, :5].clone().requires_grad_()
    return SampleInput(
        part,
        args=sample.args,
        kwargs=sample.kwargs,
        output_process_fn_grad=sample.output_process_fn_grad,
    )


def _samples(op: OpInfo, dtype: torch.dtype) -> Iterator[SampleInput]:
    for sample in op.sample_inputs("cpu", dtype, requires_grad=True):
        if all(bool(torch.isfinite(tensor).all()) for tensor in _varying(sample)):
            yield sample


def entries_of(sample: SampleInput) -> int:
    """Return how many entries of a sample vary; a complex one counts twice."""
    return sum(tensor.numel() * (1 + tensor.is_complex()) for tensor in _varying(sample))


def _varying(sample: SampleInput) -> list[torch.Tensor]:
    return [
        tensor for tensor in tensors_of((sample.input, sample.args, sample.kwargs)) if tensor.requires_grad
    ]


def tensors_of(tree: Any) -> list[torch.Tensor]:
    """Return the tensors in a nest."""
    leaves = torch.utils._pytree.tree_leaves(tree)  # noqa: SLF001  torch has no public one
    return [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]


def examine(corpus: str, name: str, op: OpInfo, way: Way) -> Outcome | None:
    """Examine torch's derivative of an operator at its samples."""
    found = []
    for sample in samples_of(op, way):
        entries = entries_of(sample)
        try:
            found.append(of_report(corpus, name, entries, way.examine(op, sample)))
        except (TypeError, ValueError, RuntimeError, NotImplementedError) as error:
            found.append(refused(corpus, name, entries, error))
    return together(found) if found else None


def outcomes(label: str, chosen: Chosen) -> Iterator[Outcome]:
    """Examine the chosen operators in one of the ways."""
    torch.set_num_threads(1)
    way, corpus = WAYS[label], f"torch {label}"
    for number, (name, op) in enumerate(operators(way)):
        if not chosen(corpus, number, name):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecated operators say so
            outcome = examine(corpus, name, op, way)
        if outcome is not None:
            yield outcome
