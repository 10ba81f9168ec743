"""Functions of HIPS autograd, and primitives with rules of their own, are examined as they are, without a gradient."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import gradproof as gp
from gradproof._frameworks import adapt

autograd = pytest.importorskip("autograd", reason="autograd is not installed: requirements/frameworks.txt")
anp = pytest.importorskip("autograd.numpy", reason="autograd is not installed: requirements/frameworks.txt")

OPERATORS = {
    "tanh": anp.tanh,
    "logsumexp": lambda x: anp.log(anp.sum(anp.exp(x))),
    "norm": anp.linalg.norm,
    "sort": anp.sort,
    "cumsum": anp.cumsum,
    "max": anp.max,
    "var": anp.var,
    "absolute": anp.abs,
    "matrix": lambda x: anp.dot(x.reshape(2, 3), x.reshape(3, 2)),
    "inverse": lambda x: anp.linalg.inv(x[:4].reshape(2, 2)),
    "fft": anp.fft.fft,
    "tuple": lambda x: (anp.sin(x), {"n": 3, "cube": x**3}),
}


def cube(factor: float) -> Any:
    """Cube as a primitive whose rule is off by a factor."""

    @autograd.extend.primitive
    def cubed(x: Any) -> Any:
        return x**3

    autograd.extend.defvjp(cubed, lambda _answer, x: lambda gradient: factor * 3 * x**2 * gradient)
    return cubed


@pytest.mark.parametrize("name", OPERATORS)
def test_what_autograd_differentiates_passes(name: str) -> None:
    """No false alarm."""
    x = np.array([0.8, -0.4, 1.7, 0.3, -1.1, 0.6])
    assert gp.check_gradient(OPERATORS[name], x).verdict == "pass"


@pytest.mark.parametrize("factor", [2.0, -1.0, 1 + 1e-6])
def test_a_planted_factor_in_a_primitive_is_found(factor: float) -> None:
    """The right rule passes, a wrong one fails."""
    x = np.array([0.5, -1.0, 2.0])
    assert gp.check_gradient(cube(1.0), x).verdict == "pass"
    assert gp.examine_gradient(cube(factor), x).verdict == "fail"


def test_nested_arguments_keep_their_paths() -> None:
    """What is wrong in a nest is named as one would write it, and labels are held fixed."""

    def f(params: Any, labels: Any) -> Any:
        return anp.sum(cube(2.0)(params["w"])[labels]) + params["b"][0]

    report = gp.examine_gradient(f, {"w": np.ones(3), "b": [2.0]}, np.array([0, 2]))
    assert {entry.path for entry in report.entries} == {"params['w']", "params['b'][0]"}
    assert {entry.path for entry in report.entries if entry.status == "fail"} == {"params['w']"}


def test_a_complex_array_varies_by_its_real_and_its_imaginary_part() -> None:
    """|z|² has the derivatives 2a and 2b."""
    z = np.array([1.0 + 2.0j, -0.5 + 0.25j])
    adapted = adapt(lambda z: anp.sum(anp.abs(z) ** 2), None, (z,), seed=1)
    assert adapted.names == ("z.real", "z.imag")
    real, imaginary = adapted.grad(*adapted.args)
    np.testing.assert_allclose(real, [2.0, -1.0], rtol=1e-15)
    np.testing.assert_allclose(imaginary, [4.0, 0.5], rtol=1e-15)


def test_a_value_cut_off_from_the_graph_is_found() -> None:
    """An output that autograd takes for independent of the input has gradient 0, which is wrong."""
    report = gp.examine_gradient(lambda x: np.sum(getattr(x, "_value", x) ** 2), np.array([1.0, 2.0]))
    assert report.verdict == "fail"


def test_a_function_autograd_cannot_follow_is_refused() -> None:
    """The text says what autograd raised, and what to do."""
    with pytest.raises(TypeError, match=r"autograd raised .*Pass grad"):
        gp.examine_gradient(lambda x: float(np.asarray(x, dtype=float).sum()), np.array([1.0, 2.0]))


def test_a_gradient_of_numpy_arrays_is_left_alone() -> None:
    """With grad given nothing here belongs to a framework."""
    assert adapt(np.sum, np.ones_like, (np.ones(2),), seed=1) is None


def test_no_framework_is_loaded_and_none_is_asked_for() -> None:
    """Where none is loaded, grad cannot be left out, and asking loads none."""
    code = """
import sys, numpy as np, gradproof as gp
gp.check_gradient(lambda x: x @ x, lambda x: 2 * x, np.ones(2))
try:
    gp.check_gradient(lambda x: x @ x, np.ones(2))
except TypeError as error:
    print(error)
print(sorted(set(sys.modules) & {"torch", "jax", "autograd"}))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("grad may be left out only where a framework can differentiate f; got")
    assert run.stdout.endswith("[]\n")
