"""gradproof on torch's own operators: a gradient that torch has right must not be called wrong.

    python benchmarks/frameworks.py [--all] [NAME ...]

Examines operators of torch's test suite, in float64 on a CPU, on one of its own small samples each: every operator with
a derivative that torch compares with differences itself. Prints those without a plain pass, with --all every one; with
names only those. Needs requirements/frameworks.txt. The exit status is 1 where a gradient that is right was failed.
"""

import argparse
import collections
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.opinfo.core import DecorateInfo, OpInfo, SampleInput, UnaryUfuncInfo

import gradproof as gp

LARGEST = 150  # entries of a sample, where torch has one as small as that
SAMPLES = 12  # of an operator are looked at, for the one of median size
SEED = 1

# What torch has wrong: a failure is then what must be found. Its own gradient check is content with a relative error of 1e-3.
WRONG_IN_TORCH = {
    "nn.functional.hardsigmoid": "the derivative is 1/6 rounded to float32, in float64 too: off by 3e-8 of itself",
}


@dataclass(frozen=True)
class Outcome:
    """What came of one operator on one sample; `verdict` is "refused" where no examination took place."""

    operator: str
    entries: int
    verdict: str
    evaluations: int
    remark: str

    @property
    def false_alarm(self) -> bool:
        """True where a gradient that is right was failed, or a wrong one was not."""
        return self.verdict == "refused" or (self.verdict == "fail") != (self.operator in WRONG_IN_TORCH)

    def __str__(self) -> str:
        return f"{self.operator:40} {self.entries:4} {self.verdict:18} {self.evaluations:5}  {self.remark}"


def operators() -> list[tuple[str, OpInfo]]:
    """Return what torch compares with differences in its own tests, by name."""
    named = [(f"{op.name}.{op.variant_test_name}".rstrip("."), op) for op in op_db]
    return sorted(((name, op) for name, op in named if _is_compared_by_torch(op)), key=lambda pair: pair[0])


def _is_compared_by_torch(op: OpInfo) -> bool:
    """Tell whether torch's own test of first derivatives runs for an operator: random ones are skipped there, say."""
    if not op.supports_autograd or torch.float64 not in op.supported_backward_dtypes("cpu"):
        return False
    where = ("TestBwdGradients", "test_fn_grad", "cpu", torch.float64, {})
    active = [d for d in op.decorators if isinstance(d, DecorateInfo) and d.is_active(*where)]
    # unittest.skip() and expectedFailure are functions; what else stands there sets tolerances.
    names = {getattr(inner, "__qualname__", "") for d in active for inner in d.decorators}
    return not any("skip" in name or "expectedFailure" in name for name in names)


def sample_of(op: OpInfo) -> SampleInput | None:
    """Return the sample of median size among the small ones of the first, a part of the smallest where none is, or None."""
    torch.manual_seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002  torch's samples draw from the global state
    first = [sample for _, sample in zip(range(SAMPLES), _samples(op), strict=False)]
    usable = sorted((sample for sample in first if entries_of(sample)), key=entries_of)
    small = [sample for sample in usable if entries_of(sample) <= LARGEST]
    if not small and usable:
        return _corner(usable[0]) if isinstance(op, UnaryUfuncInfo) else usable[0]
    return small[len(small) // 2] if small else None


def _corner(sample: SampleInput) -> SampleInput:
    """Return the sample of an elementwise function, which torch has with 20 by 20 entries, cut to 5 by 5."""
    part = sample.input.detach()[:5, :5].clone().requires_grad_()
    return SampleInput(
        part,
        args=sample.args,
        kwargs=sample.kwargs,
        output_process_fn_grad=sample.output_process_fn_grad,
    )


def _samples(op: OpInfo) -> Iterator[SampleInput]:
    for sample in op.sample_inputs("cpu", torch.float64, requires_grad=True):
        if all(bool(torch.isfinite(tensor).all()) for tensor in _varying(sample)):
            yield sample


def entries_of(sample: SampleInput) -> int:
    """Return how many entries of a sample vary."""
    return sum(tensor.numel() for tensor in _varying(sample))


def _varying(sample: SampleInput) -> list[torch.Tensor]:
    leaves = torch.utils._pytree.tree_leaves((sample.input, sample.args, sample.kwargs))  # noqa: SLF001  torch has no public one
    return [leaf for leaf in leaves if isinstance(leaf, torch.Tensor) and leaf.requires_grad]


def examine(name: str, op: OpInfo, sample: SampleInput) -> Outcome:
    """Examine torch's derivative of an operator at a sample."""

    def call(inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
        return sample.output_process_fn_grad(op.gradcheck_wrapper(op.op, *inputs, **options))

    entries = entries_of(sample)
    try:
        report = gp.examine_gradient(call, (sample.input, *sample.args), sample.kwargs, seed=SEED)
    except (TypeError, ValueError, RuntimeError) as error:
        return Outcome(name, entries, "refused", 0, str(error))
    remark = WRONG_IN_TORCH.get(name, report.reason)
    return Outcome(name, entries, report.verdict, report.evaluations.f, remark)


def outcomes(names: list[str] | None = None) -> Iterator[Outcome]:
    """Examine the operators of these names, or all."""
    for name, op in operators():
        if names and name not in names:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecated operators say so
            sample = sample_of(op)
            if sample is not None:
                yield examine(name, op, sample)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--all", action="store_true", help="print the passes as well")
    parser.add_argument("names", nargs="*", metavar="NAME", help="operators, as torch's tests call them")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, NumPy {np.__version__}")
    print(f"{'operator':40} {'n':>4} {'verdict':18} {'calls':>5}")
    seen = []
    for outcome in outcomes(options.names):
        seen.append(outcome)
        if options.all or options.names or outcome.verdict != "pass":
            print(outcome)
    counts = collections.Counter(outcome.verdict for outcome in seen)
    print(", ".join(f"{verdict} {count}" for verdict, count in counts.most_common()))
    alarms = [outcome.operator for outcome in seen if outcome.false_alarm]
    print(
        f"{len(seen)} operators, {len(seen)} samples, {len(alarms)} false alarms {' '.join(alarms)}".rstrip()
    )
    return int(bool(alarms) or not seen)


if __name__ == "__main__":
    sys.exit(main())
