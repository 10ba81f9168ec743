"""torch's own operators and hand-written functions: no false alarm, and what is wrong among them is found."""

import importlib.util
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import gradproof as gp

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/frameworks.txt")
pytest.importorskip("expecttest", reason="torch's test suite needs it: requirements/frameworks.txt")

# Written for torch's tests of composability, with derivatives that are wrong on purpose, or that those tests do not see.
WRONG = {
    "CubeGenVmapAutogradFunction": "backward leaves the gradient of the second output out of the product",
    "NumpyCubeNotComposableAutogradFunction": "backward leaves out the gradient that it is given",
    "NumpySortAutogradFunction": "forward returns its argument as it was, backward the derivative of sorting",
    "ScaleGradGenVmapAutogradFunction": "the identity, with 3.14 as its derivative",
    "ZeroGradientsGenVmapAutogradFunction": "the identity, with 0 as its derivative",
}
FUNCTIONS = 14
# Known to be too hard for the checker: a step that leaves one piece of a piecewise constant function is taken for its slope.
FALSE_ALARMS = {"round.decimals_0"}


@pytest.fixture(scope="module")
def table() -> Iterator[ModuleType]:
    """The command that prints the table of operators, as a module."""
    path = Path(__file__).parents[1] / "benchmarks" / "frameworks.py"
    spec = importlib.util.spec_from_file_location("frameworks_table", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's test suite imports what is deprecated
        spec.loader.exec_module(module)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small arrays are slower with more
    yield module
    torch.set_num_threads(threads)


def test_no_operator_of_torch_raises_a_false_alarm(table: ModuleType) -> None:
    """Of some 450 operators, each on a sample of torch's own, none that is right is failed, and few stay open."""
    outcomes = list(table.outcomes())
    assert len(outcomes) >= 400
    alarms = {outcome.operator: str(outcome) for outcome in outcomes if outcome.false_alarm}
    assert set(alarms) <= FALSE_ALARMS, "\n".join(alarms.values())
    undecided = [outcome.operator for outcome in outcomes if outcome.verdict == "inconclusive"]
    assert len(undecided) <= len(outcomes) / 100, undecided
    kinked = [outcome.operator for outcome in outcomes if outcome.verdict == "nondifferentiable"]
    assert len(kinked) <= len(outcomes) / 100, kinked


def test_hardsigmoid_of_torch_is_off_by_the_rounding_of_a_sixth() -> None:
    """Its derivative is float32's 1/6 in float64 as well: the error of 3e-8 is found, as is its size."""
    x = torch.tensor([0.5, -1.0], dtype=torch.float64)
    report = gp.examine_gradient(lambda x: torch.nn.functional.hardsigmoid(x).sum(), x)
    assert report.verdict == "fail"
    rounded = torch.tensor(1 / 6, dtype=torch.float32).item()
    assert report.worst.error == pytest.approx(rounded - 1 / 6, rel=1e-3)


def hand_written() -> list[Any]:
    """Return torch's hand-written functions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's test suite imports what is deprecated
        from torch.testing._internal.autograd_function_db import autograd_function_db  # noqa: PLC0415  may be missing
    return list(autograd_function_db)


def test_the_hand_written_functions_are_told_right_from_wrong() -> None:
    """All 14 are examined; the 5 whose derivatives are not those of their values fail, as in torch's own gradcheck."""
    verdicts, opinions = {}, {}
    for function in hand_written():
        torch.manual_seed(0)
        (sample,) = function.sample_inputs("cpu", torch.float64, requires_grad=True)

        def call(x: Any, rest: Any, options: Any, f: Any = function.op) -> Any:
            return f(x, *rest, **options)

        verdicts[function.name] = gp.examine_gradient(
            call, sample.input, sample.args, sample.kwargs, seed=1
        ).verdict
        opinions[function.name] = torch.autograd.gradcheck(
            lambda x, *rest, f=call, options=sample.kwargs: f(x, rest, options),
            (sample.input, *sample.args),
            raise_exception=False,
        )
    assert len(verdicts) == FUNCTIONS
    assert {name for name, verdict in verdicts.items() if verdict == "fail"} == set(WRONG), verdicts
    assert {verdict for name, verdict in verdicts.items() if name not in WRONG} == {"pass"}, verdicts
    assert {name for name, agrees in opinions.items() if not agrees} == set(WRONG), opinions


def test_a_planted_operator_is_called_a_false_alarm(table: ModuleType) -> None:
    """The table would show a failure of what torch has right, and the pass of what it has wrong."""
    assert table.Outcome("sin", 1, "fail", 9, "").false_alarm
    assert table.Outcome("nn.functional.hardsigmoid", 1, "pass", 9, "").false_alarm
    assert not table.Outcome("sin", 1, "pass", 9, "").false_alarm
    assert not table.Outcome("sin", 1, "inconclusive", 9, "").false_alarm
