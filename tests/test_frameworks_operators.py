"""torch's own operators and hand-written functions: no false alarm, and what is wrong among them is found."""

import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

import gradproof as gp

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/frameworks.txt")
pytest.importorskip("expecttest", reason="torch's test suite needs it: requirements/frameworks.txt")

ROOT = Path(__file__).parents[1]
# Written for torch's tests of composability, with derivatives that are wrong on purpose, or that those tests do not see.
WRONG = {
    "CubeGenVmapAutogradFunction": "backward leaves the gradient of the second output out of the product",
    "NumpyCubeNotComposableAutogradFunction": "backward leaves out the gradient that it is given",
    "NumpySortAutogradFunction": "forward returns its argument as it was, backward the derivative of sorting",
    "ScaleGradGenVmapAutogradFunction": "the identity, with 3.14 as its derivative",
    "ZeroGradientsGenVmapAutogradFunction": "the identity, with 0 as its derivative",
}
FUNCTIONS = 14


def test_no_operator_of_torch_raises_a_false_alarm() -> None:
    """Of some 500 operators, each on a sample of torch's own, none that is right is failed, and few stay open."""
    # By its command, in a process of its own: torch's samples walk the whole stack of calls, which is deep in pytest.
    command = [sys.executable, str(ROOT / "benchmarks" / "frameworks.py")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    counts, last = run.stdout.splitlines()[-2:]
    (operators,) = re.fullmatch(r"(\d+) operators, \1 samples, 0 false alarms", last).groups()
    assert int(operators) >= 500
    not_passed = re.findall(r"\b(?:inconclusive|nondifferentiable) (\d+)", counts)
    assert sum(map(int, not_passed)) <= int(operators) * 0.03, run.stdout


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


def test_a_planted_factor_in_an_operator_is_a_false_alarm() -> None:
    """The command ends with an error where a gradient it takes for right is failed: sin with twice its derivative."""
    code = f"""
import runpy, sys, torch
from torch.testing._internal.common_methods_invocations import op_db
(sine,) = (op for op in op_db if op.name == "sin")
sine.op = lambda x: 2 * torch.sin(x) - torch.sin(x).detach()
sys.argv = ["frameworks.py", "sin"]
runpy.run_path({str(ROOT / "benchmarks" / "frameworks.py")!r}, run_name="__main__")
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout.endswith("1 operators, 1 samples, 1 false alarms sin\n"), run.stderr
    assert run.returncode == 1
