"""The page of the documentation that holds what was found in the operators of torch and JAX."""

from collections.abc import Mapping

from operator_outcomes import VERDICTS, Known, Outcome, markdown_rows

_INTRODUCTION = """\
# Foreign code: torch and JAX

```{{note}}
`make operators` examines all of this, and fails where a verdict is not the expected one. The page is its output:
`python benchmarks/frameworks.py --markdown docs/foreign_frameworks.md`. Measured with {versions}.
```

Derivatives that other people wrote and test well are the hardest trial for a checker: nearly all are right, so that nearly
every failure would be a false alarm. Of torch, every operator of its own test suite is examined whose derivatives torch
compares with differences itself, on torch's own small samples. Of JAX, functions are declared in `benchmarks/jax_table.py`,
with the domain on which each is smooth, or the kink at which it stands.

- **margin**: the largest error of an entry in units of its bound; the gradient is wrong above 1. Empty where nothing could be seen.
- **evaluations**: calls of the function and of its gradient, over all samples.
- **verdict**: the worst of the samples. `nondifferentiable` is a kink at which the answer is a subgradient, `jump` a point at
  which no answer is right, `inconclusive` what could not be seen, `refused` what has no derivative or cannot be called: none is a pass.

Every verdict other than `pass` is listed beforehand with its reason in `benchmarks/foreign_faults.py`, and the list is strict
both ways: a fault that is no longer found ends `make operators` with an error as well as one that was not expected.
"""

_NOT_PASSED = """Faults of torch and JAX, points at which there is nothing to pass, and what cannot be seen. The tests prove the
faults by closed forms and at 30 digits, except the NaN at kinks and forward mode at jumps; the reason of an `inconclusive` is an
explanation that groups of operators share. One failure is gradproof's own: forward mode along a direction that crosses two kinks
of opposite bend (`jax.lax.clamp(edge)`), where no value lies between the one-sided derivatives of the sum.
"""

_MEANING = {
    "torch float64": "Backward, in float64: up to four samples an operator, the one of median size, the largest of the small "
    "ones, one that broadcasts, and the first with strides.",
    "torch float32": "Backward, values and derivatives both in float32, one sample an operator. Differences of such values "
    "show errors above 3 % of the gradient's scale.",
    "torch complex128": "Backward, in complex128: every entry by its real and its imaginary part, up to two samples an operator.",
    "torch twice": "The derivative of the backward pass, in float64, one small sample an operator.",
    "torch forward": "Forward mode (`torch.func.jvp`), in float64, one small sample an operator.",
    "torch modules, training": "`torch.nn` modules, by their parameters and inputs, up to two sets of arguments each.",
    "torch modules, evaluating": "Those that behave differently while training, in the other mode.",
    "jax float64": "`jax.grad`, in float64.",
    "jax float32": "`jax.grad`, values and derivatives both in float32: every fourth.",
    "jax forward": "`jax.jvp`, in float64.",
}


def page(seen: Mapping[str, list[Outcome]], known: Mapping[tuple[str, str], Known], *, versions: str) -> str:
    """Return the page in Markdown: counts, what is wrong or open and why, then every operator."""
    parts = [_INTRODUCTION.format(versions=versions), "## In short\n", *_counts(seen), ""]
    parts += ["## What is not a plain pass\n"]
    parts += [_NOT_PASSED]
    for corpus, outcomes in seen.items():
        odd = [outcome for outcome in outcomes if outcome.verdict != "pass"]
        if odd:
            parts += [f"### {corpus}: {len(odd)} of {len(outcomes)}\n", *markdown_rows(odd, known), ""]
    parts += ["## Every operator\n"]
    for corpus, outcomes in seen.items():
        parts += [f"### {corpus}\n", f"{_MEANING[corpus]}\n", *markdown_rows(outcomes, known), ""]
    return "\n".join(parts).rstrip() + "\n"


def _counts(seen: Mapping[str, list[Outcome]]) -> list[str]:
    lines = [
        f"| corpus | operators | samples | {' | '.join(VERDICTS)} |",
        f"|---|--:|--:|{'--:|' * len(VERDICTS)}",
    ]
    for corpus, outcomes in seen.items():
        counts = [sum(outcome.verdict == verdict for outcome in outcomes) for verdict in VERDICTS]
        samples = sum(outcome.samples for outcome in outcomes)
        lines.append(f"| {corpus} | {len(outcomes)} | {samples} | {' | '.join(map(str, counts))} |")
    return lines
