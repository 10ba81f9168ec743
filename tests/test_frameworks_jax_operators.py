"""JAX's functions: no false alarm inside of their domains and at their kinks, and what is wrong among them is found."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

import gradproof as gp

jax = pytest.importorskip("jax", reason="JAX is not installed: requirements/frameworks.txt")
pytest.importorskip("torch", reason="torch is not installed: requirements/frameworks.txt")
pytest.importorskip("expecttest", reason="torch's test suite needs it: requirements/frameworks.txt")
jnp = jax.numpy

ROOT = Path(__file__).parents[1]
COMMAND = ROOT / "benchmarks" / "frameworks.py"


def test_a_part_of_the_functions_is_told_right_from_wrong() -> None:
    """Backward, every 200th, and all that is known to deviate: each verdict is the expected one."""
    corpora = [f"--corpus=jax {way}" for way in ("float64",)]
    command = [sys.executable, str(COMMAND), "--every", "200", *corpora]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr + run.stdout
    functions, unexpected = re.search(r"(\d+) operators, \d+ samples, (\d+) unexpected", run.stdout).groups()
    assert int(functions) >= 40
    assert int(unexpected) == 0


def test_a_wrong_rule_in_the_table_is_an_unexpected_verdict() -> None:
    """jax.numpy.tanh with a rule of 1 - tanh(x): the command names it and ends with an error."""
    code = f"""
import runpy, sys, jax, jax.numpy as jnp
sys.path.insert(0, {str(COMMAND.parent)!r})
@jax.custom_jvp
def tanh(x):
    return jax.lax.tanh(x)
tanh.defjvp(lambda primals, tangents: (tanh(*primals), (1 - jax.lax.tanh(*primals)) * tangents[0]))
jnp.tanh = tanh
sys.argv = ["frameworks.py", "--corpus", "jax float64", "--corpus", "jax forward", "jax.numpy.tanh"]
runpy.run_path({str(COMMAND)!r}, run_name="__main__")
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stdout
    assert "jax float64 jax.numpy.tanh must be pass; got fail" in run.stderr
    assert "jax forward jax.numpy.tanh must be pass; got fail" in run.stderr


def in_double(f: Any, *args: Any) -> Any:
    """Call a function of JAX in float64."""
    with jax.enable_x64(True):  # noqa: FBT003  JAX takes it by position only
        return np.asarray(f(*map(jnp.asarray, args)))


def test_the_forward_rule_of_eigh_tridiagonal_is_wrong() -> None:
    """By d_i, lambda_k has the derivative v_ik ** 2; JAX differentiates its bisection instead, which is another number altogether."""
    diagonal, beside = np.array([1.0, 2.5, -0.75, 0.25]), np.array([0.5, 0.75, 0.25])

    def eigenvalues(d: Any) -> Any:
        return jax.scipy.linalg.eigh_tridiagonal(d, jnp.asarray(beside), eigvals_only=True)

    values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))
    np.testing.assert_allclose(in_double(eigenvalues, diagonal), values, atol=1e-14)
    assert np.abs(in_double(jax.jacfwd(eigenvalues), diagonal) - vectors.T**2).max() > 0.1


@pytest.mark.parametrize("name", ["cholesky", "solve"])
def test_rules_for_symmetric_matrices_are_right_along_symmetric_changes_only(name: str) -> None:
    """The value ignores one triangle, its derivative does not: symmetric changes pass, a change of one entry fails."""
    b = jnp.asarray([1.0, -1.0, 0.5])
    f = {
        "cholesky": lambda a: jax.scipy.linalg.cholesky(a, lower=True),
        "solve": lambda a: jax.scipy.linalg.solve(a, b, assume_a="pos"),
    }[name]
    a = np.array([[2.0, 0.25, -0.5], [0.25, 1.5, 0.25], [-0.5, 0.25, 1.0]])
    ignored = [(0, 1), (1, 0)][name == "solve"]
    moved = a.copy()
    moved[ignored] += 0.125
    assert np.array_equal(in_double(f, moved), in_double(f, a))
    assert np.abs(in_double(jax.jacrev(f), a)[(..., *ignored)]).max() > 0.01
    assert gp.examine_gradient(f, jnp.asarray(a)).verdict == "fail"
    assert gp.examine_gradient(lambda a: f((a + a.T) / 2), jnp.asarray(a)).verdict == "pass"


def test_the_backward_rule_of_spence_has_no_number_between_1_and_2() -> None:
    """The derivative is log(x) / (1 - x), which the forward rule finds: the backward rule answers NaN."""
    x = np.array([0.5, 1.25, 1.75, 2.5])
    spence = jax.scipy.special.spence
    exact = np.log(x) / (1 - x)
    backward = in_double(jax.grad(lambda x: jnp.sum(spence(x))), x)
    assert np.isnan(backward).tolist() == [False, True, True, False]
    forward = in_double(lambda x: jax.jvp(spence, (x,), (jnp.ones_like(x),))[1], x)
    np.testing.assert_allclose(forward, exact, rtol=1e-12)


def test_the_derivative_of_log_ndtr_has_nine_digits_far_to_the_left() -> None:
    """The ratio of density and distribution function at 30 digits: the value is right to 1e-11, the derivative to 1e-9."""
    x = -22.75
    with mpmath.workdps(30):
        exact = mpmath.npdf(x) / mpmath.ncdf(x)
        error = float(float(in_double(jax.grad(jax.scipy.special.log_ndtr), x)) / exact - 1)
        value = float(float(in_double(jax.scipy.special.log_ndtr, x)) / mpmath.log(mpmath.ncdf(x)) - 1)
    assert abs(value) < 1e-10
    assert 1e-10 < abs(error) < 1e-8
