"""Every formula: a stack of models equals as many separate calls, to rounding."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradproof_reference as gr
from harness import Array, agree, formula
from public_calls import (
    CALLS,
    WITHOUT_ARRAYS,
    Call,
    bound,
    drawn_arguments,
    leaves,
    member_of,
    rows_of,
    stack_of,
    without_nan,
)

STACKS = hnp.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=2)
FORMULAS = [pytest.param(call, id=name, marks=formula(*rows_of(name))) for name, call in CALLS.items()]


def compare(call: Call, arguments: list[Array]) -> None:
    """Require that the call on a stack gives, member by member, what it gives on the members."""
    stack = stack_of(call, arguments)
    together = leaves(call.run(*arguments))
    for index in np.ndindex(stack):
        separate = leaves(call.run(*member_of(call, arguments, stack, index)))
        for stacked, single in zip(together, separate, strict=True):
            if not call.partly:
                assert stacked.shape == stack + single.shape
            member = np.broadcast_to(stacked, stack + single.shape)[index]
            agree(without_nan(member), without_nan(single), bound(call))


@pytest.mark.parametrize("call", FORMULAS)
@settings(max_examples=max(1, settings().max_examples // 10))
@given(data=st.data())
def test_a_stack_equals_separate_calls(call: Call, data: st.DataObject) -> None:
    """Arguments with all axes of the stack, some or none, in any combination that broadcasts."""
    compare(call, data.draw(drawn_arguments(call, data.draw(STACKS))))


def missing_formulas(calls: dict[str, Call]) -> set[str]:
    """Return the public functions that are not in a table."""
    public = {name for name in gr.__all__ if hasattr(getattr(gr, name), "__code__")}
    return public.symmetric_difference(calls.keys() | WITHOUT_ARRAYS)


def test_no_public_formula_is_missing() -> None:
    """The table holds every public function, and nothing else."""
    assert missing_formulas(CALLS) == set()


def test_a_missing_formula_is_noticed() -> None:
    """A table without softmax, and one with a formula that does not exist."""
    assert missing_formulas({name: call for name, call in CALLS.items() if name != "softmax"}) == {"softmax"}
    assert missing_formulas(CALLS | {"softmin": CALLS["softmax"]}) == {"softmin"}


SCORES = np.array([[[0.5, -1.0]], [[1.0, 0.25]], [[-0.5, 0.5]]])


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda scores: gr.softmax(scores - scores.mean(axis=0)), "must lie within"),
        (lambda scores: gr.softmax(scores)[::-1], "must lie within"),
        (lambda scores: np.broadcast_to(gr.softmax(scores[:1]), scores.shape), "must lie within"),
        (lambda scores: gr.softmax(scores).sum(axis=0), "assert"),
        (lambda scores: gr.softmax(scores) * (1 + 1e-12 * (scores.ndim > 2)), "must lie within"),
    ],
    ids=["mixed", "reversed", "the first for all", "unstacked", "1e-12 off"],
)
def test_planted_stacks_are_rejected(run: Any, message: str) -> None:
    """Members that see each other, change places, are all the first, are summed, or differ by more than rounding."""

    def wrong(scores: Array) -> Array:
        return run(scores) if scores.ndim > 2 else gr.softmax(scores)

    compare(Call("scores", gr.softmax), [SCORES])
    with pytest.raises(AssertionError, match=message):
        compare(Call("scores", wrong), [SCORES])
