"""JAX functions, transformed or with rules of their own, are examined as they are, without a gradient."""

import functools
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradproof as gp
from gradproof._frameworks import adapt

jax = pytest.importorskip("jax", reason="JAX is not installed: requirements/frameworks.txt")
jnp = jax.numpy

OPERATORS = {
    "tanh": jnp.tanh,
    "logistic": jax.nn.sigmoid,
    "softmax": jax.nn.softmax,
    "logsumexp": jax.nn.logsumexp,
    "gelu": jax.nn.gelu,
    "relu": jax.nn.relu,
    "norm": jnp.linalg.norm,
    "sort": jnp.sort,
    "cumsum": jnp.cumsum,
    "max": jnp.max,
    "var": jnp.var,
    "matrix": lambda x: x.reshape(2, 3) @ x.reshape(3, 2),
    "inverse": lambda x: jnp.linalg.inv(x[:4].reshape(2, 2)),
    "scan": lambda x: jax.lax.scan(lambda carry, item: (carry * item, carry), 1.0, x)[1],
    "cond": lambda x: jax.lax.cond(x[0] > 0, jnp.sin, jnp.cos, x),
    "vmap": jax.vmap(lambda item: item**2),
    "complex": jnp.fft.rfft,
}


def cube(factor: float) -> Any:
    """Cube with a hand-written reverse rule that is off by a factor."""

    @jax.custom_vjp
    def cubed(x: Any) -> Any:
        return x**3

    cubed.defvjp(lambda x: (x**3, x), lambda x, gradient: (factor * 3 * x**2 * gradient,))
    return cubed


def sine(factor: float) -> Any:
    """Sine with a hand-written forward rule that is off by a factor."""

    @jax.custom_jvp
    def wave(x: Any) -> Any:
        return jnp.sin(x)

    @wave.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        (x,), (step,) = primals, tangents
        return jnp.sin(x), factor * jnp.cos(x) * step

    return wave


@pytest.mark.parametrize("name", OPERATORS)
def test_what_jax_differentiates_passes(name: str) -> None:
    """No false alarm, in float64 although the array is float32 and jax_enable_x64 is off."""
    x = jnp.asarray([0.8, -0.4, 1.7, 0.3, -1.1, 0.6], dtype=jnp.float32)
    report = gp.check_gradient(OPERATORS[name], x)
    assert report.verdict == "pass"
    assert report.resolution < 1e-6
    assert not jax.config.jax_enable_x64


@pytest.mark.parametrize("rule", [cube, sine], ids=["custom_vjp", "custom_jvp"])
@pytest.mark.parametrize("wrap", [lambda f: f, jax.jit], ids=["plain", "jit"])
def test_a_planted_factor_in_a_custom_rule_is_found(rule: Any, wrap: Any) -> None:
    """The right rule passes, one that is off by a millionth fails."""
    x = jnp.asarray([0.5, -1.0, 2.0])
    assert gp.check_gradient(wrap(rule(1.0)), x).verdict == "pass"
    assert gp.examine_gradient(wrap(rule(1 + 1e-6)), x).verdict == "fail"
    assert gp.examine_gradient(wrap(rule(-1.0)), x).verdict == "fail"


def test_a_transformed_function_takes_numpy_arrays() -> None:
    """What jit or custom_vjp returned is JAX's, whatever its arguments are."""
    assert gp.check_gradient(jax.jit(lambda x: x**2), np.array([1.0, 2.0])).verdict == "pass"
    assert gp.examine_gradient(cube(2.0), np.array([1.0, 2.0])).verdict == "fail"


class Layer(NamedTuple):
    """A pytree."""

    weight: Any
    bias: Any


def test_pytrees_keep_their_paths() -> None:
    """What is wrong in a nest is named as one would write it."""

    def f(params: Any, scale: Any) -> Any:
        return cube(2.0)(params["layers"][0].weight).sum() + (params["layers"][0].bias * scale).sum()

    params = {"layers": [Layer(jnp.ones(2), jnp.arange(2.0))]}
    report = gp.examine_gradient(f, params, 3.0)
    assert {entry.path for entry in report.entries} == {
        "params['layers'][0].weight",
        "params['layers'][0].bias",
        "scale",
    }
    wrong = {entry.path for entry in report.entries if entry.status == "fail"}
    assert wrong == {"params['layers'][0].weight"}


def test_integers_and_random_keys_are_held_fixed() -> None:
    """A new and an old key, and labels, go in as they are."""

    def f(w: Any, labels: Any, key: Any, old: Any) -> Any:
        noise = jax.random.normal(key, w.shape) + jax.random.normal(old, w.shape)
        return jnp.sum((w + noise)[labels] ** 2)

    report = gp.check_gradient(f, jnp.ones(4), jnp.asarray([0, 2]), jax.random.key(0), jax.random.PRNGKey(1))
    assert {entry.path for entry in report.entries} == {"w"}


def test_a_complex_array_varies_by_its_real_and_its_imaginary_part() -> None:
    """|z|² has the derivatives 2a and 2b."""
    z = jnp.asarray([1.0 + 2.0j, -0.5 + 0.25j])
    adapted = adapt(lambda z: jnp.sum(jnp.abs(z) ** 2), None, (z,), seed=1)
    assert adapted.names == ("z.real", "z.imag")
    real, imaginary = adapted.grad(*adapted.args)
    np.testing.assert_allclose(real, [2.0, -1.0], rtol=1e-15)
    np.testing.assert_allclose(imaginary, [4.0, 0.5], rtol=1e-15)


def test_a_function_that_refuses_float64_is_examined_in_its_own_precision() -> None:
    """A loop whose carry is float32 takes no other; its name tells, and a factor of 2 still fails."""

    def f(x: Any) -> Any:
        start = jnp.float32(1.0)
        return jax.lax.fori_loop(0, 3, lambda _, carry: carry * jnp.sum(x), start)

    x = jnp.asarray([0.5, 0.75], dtype=jnp.float32)
    report = gp.check_gradient(f, x, resolution=1e-2)
    assert report.function.endswith("in float32")


def test_outputs_are_reduced_with_weights_of_the_seed() -> None:
    """All outputs take part, with weights in ±[1, 2)."""
    adapted = adapt(lambda x: {"a": x[0], "b": x[1:], "n": 3}, None, (jnp.ones(4),), seed=1)
    (weights,) = adapted.grad(np.zeros(4))
    assert np.all((np.abs(weights) >= 1) & (np.abs(weights) < 2))
    assert adapted.f(np.ones(4)) == pytest.approx(weights.sum())


def test_points_along_a_leading_axis_are_weighted_alike() -> None:
    """With vectorized=True the same function of many points passes."""
    assert gp.check_gradient(lambda x: jnp.tanh(x) * x, jnp.arange(3.0), vectorized=True).verdict == "pass"


def test_a_gradient_by_hand_is_called_with_jax_arrays() -> None:
    """Both get JAX arrays, in float64; a wrong gradient is found."""
    kinds = set()

    def f(x: Any) -> Any:
        kinds.add((isinstance(x, jax.Array), jnp.finfo(x.dtype).bits))
        return jnp.sum(x**3)

    x = jnp.asarray([1.0, -2.0])
    assert gp.check_gradient(f, lambda x: 3 * x**2, x).resolution < 1e-9
    assert (True, 64) in kinds
    assert gp.examine_gradient(f, lambda x: 3 * x, x).verdict == "fail"


@pytest.mark.parametrize(
    ("f", "args", "message"),
    [
        (jnp.argmax, (jnp.ones(3),), "must return a float array.*got"),
        (jax.jit(lambda i: 2.0 * i), (jnp.arange(3),), "at least one argument must hold floats.*int32"),
    ],
    ids=["integers", "no floats"],
)
def test_misuse_is_told(f: Any, args: Any, message: str) -> None:
    """Each has a text of its own that names what is wrong."""
    with pytest.raises(TypeError, match=message):
        gp.examine_gradient(f, *args)


def test_a_stopped_gradient_is_found() -> None:
    """stop_gradient where it does not belong makes the derivative too small."""
    report = gp.examine_gradient(lambda x: x * jax.lax.stop_gradient(x), jnp.arange(1.0, 3.0))
    assert report.verdict == "fail"


def test_a_function_that_branches_on_values_is_examined() -> None:
    """What cannot be compiled is called as it is."""
    report = gp.check_gradient(
        lambda x: x**2 if float(jax.lax.stop_gradient(x)[0]) > 0 else -x, np.ones(2) * jnp.ones(2)
    )
    assert report.verdict == "pass"


def test_a_function_that_draws_anew_is_told() -> None:
    """Compiling does not hide that f is no function of its arguments."""
    random = np.random.default_rng(0)
    report = gp.examine_gradient(lambda x: x * random.normal(), jnp.ones(2))
    assert report.verdict == "inconclusive"
    assert "not deterministic" in report.reason


def test_arguments_of_two_frameworks_are_refused() -> None:
    """A tensor beside a JAX array has no common derivative."""
    torch = pytest.importorskip("torch", reason="torch is not installed: requirements/frameworks.txt")
    with pytest.raises(TypeError, match="one framework; got jax and torch"):
        gp.examine_gradient(lambda x, _y: x, jnp.ones(2), torch.ones(2))


def test_a_partial_function_is_named() -> None:
    """What wraps a function gives it the name of its kind."""
    report = gp.check_gradient(functools.partial(jnp.power, jnp.asarray(2.0)), jnp.asarray([1.0, 2.0]))
    assert report.function == "partial"
