"""torch's own operators and hand-written functions: no false alarm, and what is wrong among them is found."""

import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import mpmath
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


def test_a_part_of_the_operators_is_told_right_from_wrong() -> None:
    """Of torch backward and forward every 200th, and all that is known to deviate: each verdict is the expected one."""
    # By its command, in a process of its own: torch's samples walk the whole stack of calls, which is deep in pytest.
    corpora = [f"--corpus=torch {way}" for way in ("float64", "complex128", "forward")]
    modules = [f"--corpus=torch modules, {mode}" for mode in ("training", "evaluating")]
    run = examined("--every", "200", *corpora, *modules)
    assert run.returncode == 0, run.stderr + run.stdout
    operators, unexpected = re.search(r"(\d+) operators, \d+ samples, (\d+) unexpected", run.stdout).groups()
    assert int(operators) >= 30
    assert int(unexpected) == 0
    assert re.search(r"^nn.functional.hardsigmoid .* fail ", run.stdout, re.MULTILINE)


def examined(*options: str) -> Any:
    """Run the command in a process of its own."""
    command = [sys.executable, str(ROOT / "benchmarks" / "frameworks.py"), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_hardsigmoid_of_torch_is_off_by_the_rounding_of_a_sixth() -> None:
    """Its derivative is float32's 1/6 in float64 as well: the error of 3e-8 is found, as is its size."""
    x = torch.tensor([0.5, -1.0], dtype=torch.float64)
    report = gp.examine_gradient(lambda x: torch.nn.functional.hardsigmoid(x).sum(), x)
    assert report.verdict == "fail"
    rounded = torch.tensor(1 / 6, dtype=torch.float32).item()
    assert report.worst.error == pytest.approx(rounded - 1 / 6, rel=1e-3)


def test_the_forward_rule_of_cholesky_inverse_is_wrong_and_its_backward_rule_is_not() -> None:
    """-A^-1 (dL L^T + L dL^T) A^-1 at 30 digits: the forward rule is off by a tenth, the backward rule by nothing."""
    rows, along = (
        [[1.0, 0, 0], [0.5, 2, 0], [-0.25, 0.75, 1.5]],
        [[0.25, 0, 0], [-0.75, 0.5, 0], [1, 0.5, -1]],
    )
    with mpmath.workdps(30):
        factor, change = mpmath.matrix(rows), mpmath.matrix(along)
        inverse = (factor * factor.T) ** -1
        exact = -inverse * (change * factor.T + factor * change.T) * inverse
    exact = torch.tensor([[float(exact[i, j]) for j in range(3)] for i in range(3)], dtype=torch.float64)
    lower, tangent = (torch.tensor(part, dtype=torch.float64) for part in (rows, along))
    forward = along_tangent(torch.cholesky_inverse, lower, tangent)
    backward = torch.autograd.functional.jacobian(torch.cholesky_inverse, lower)
    assert (forward - exact).abs().max() > 0.1
    torch.testing.assert_close(torch.einsum("ijkl,kl->ij", backward, tangent), exact, rtol=0, atol=1e-13)


def test_the_forward_rule_of_logcumsumexp_is_below_1_where_1_is_exact() -> None:
    """The first of the outputs is the first input itself; backward it is 1, forward less, the more so the smaller it is."""
    x = torch.tensor([-9.0, 8.0], dtype=torch.float64)
    first = torch.tensor([1.0, 0.0], dtype=torch.float64)
    forward = along_tangent(lambda x: torch.logcumsumexp(x, 0), x, first)
    assert torch.logcumsumexp(x, 0)[0] == x[0]
    assert 1e-7 < 1 - forward[0].item() < 1e-5
    assert torch.autograd.functional.jacobian(lambda x: torch.logcumsumexp(x, 0), x)[0, 0] == 1


def along_tangent(f: Any, x: Any, tangent: Any) -> Any:
    """Return torch's forward derivative."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch loads its decompositions by what it deprecates
        return torch.func.jvp(f, (x,), (tangent,))[1]


def test_trigamma_of_torch_is_right_to_nine_digits_only() -> None:
    """At 30 digits: its series ends some 1e-9 too early near 0, which second derivatives of lgamma inherit."""
    points = [0.25, 1.5, 2.25]
    found = torch.polygamma(1, torch.tensor(points, dtype=torch.float64)).tolist()
    with mpmath.workdps(30):
        errors = [abs(float(value - mpmath.psi(1, x))) for x, value in zip(points, found, strict=True)]
    assert all(1e-10 < error < 1e-8 for error in errors), errors


def test_the_second_derivative_of_binary_cross_entropy_keeps_a_guard_of_its_denominator() -> None:
    """The exact t / x^2 + (1 - t) / (1 - x)^2 is missed by 2e-12 / (x (1 - x)) of itself; the first derivative is exact."""
    x, target = 0.0625, 0.25
    point = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy(point, torch.tensor(target, dtype=torch.float64))
    (first,) = torch.autograd.grad(loss, point, create_graph=True)
    (second,) = torch.autograd.grad(first, point)
    assert first.item() == pytest.approx((x - target) / (x * (1 - x)), rel=1e-15)
    exact = target / x**2 + (1 - target) / (1 - x) ** 2
    assert second.item() / exact - 1 == pytest.approx(-2e-12 / (x * (1 - x)), rel=1e-3)


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


def test_a_planted_factor_in_an_operator_is_an_unexpected_verdict() -> None:
    """The command ends with an error where a gradient it takes for right is failed: sin with twice its derivative."""
    run = planted("sine.op = lambda x: 2 * torch.sin(x) - torch.sin(x).detach()", "sin")
    assert "torch float64 sin must be pass; got fail" in run.stderr
    assert re.search(r"\n1 operators, \d+ samples, 1 unexpected verdicts\n$", run.stdout), run.stderr
    assert run.returncode == 1


def test_a_known_fault_that_is_mended_is_an_unexpected_verdict() -> None:
    """The list is strict both ways: what it holds must be found, or be struck out."""
    run = planted("KNOWN['torch float64', 'sin'] = Known('fail', 'a test')", "sin")
    assert "torch float64 sin must be fail; got pass" in run.stderr
    assert run.returncode == 1


def planted(fault: str, name: str) -> Any:
    """Run the command on one operator of torch with a fault planted."""
    code = f"""
import runpy, sys, torch
sys.path.insert(0, {str(ROOT / "benchmarks")!r})
from foreign_faults import KNOWN
from operator_outcomes import Known
from torch.testing._internal.common_methods_invocations import op_db
(sine,) = (op for op in op_db if op.name == "sin")
{fault}
sys.argv = ["frameworks.py", "--corpus", "torch float64", {name!r}]
runpy.run_path({str(ROOT / "benchmarks" / "frameworks.py")!r}, run_name="__main__")
"""
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
