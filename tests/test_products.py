"""Products with derivatives, and derivatives of many outputs: right ones pass, and a planted error is named."""

import functools
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradproof as gp

A = np.array([[1.0, 2.0, -1.0], [3.0, -4.0, 0.5]])
X = np.array([0.3, -0.7, 1.1])


def f(x: Any) -> Any:
    """Two outputs of three parameters: A sin(x)."""
    return A @ np.sin(x)


def jacobian(x: Any) -> Any:
    """Its Jacobian, A diag(cos x)."""
    return A * np.cos(x)


def wrong_jacobian(x: Any) -> Any:
    """The same with one entry off by 1e-5 of itself."""
    right = jacobian(x)
    right[1, 2] *= 1 + 1e-5
    return right


def real_only(function: Any) -> Any:
    """Make a function refuse complex input, as most code does: differences must do."""

    @functools.wraps(function)
    def refusing(*args: Any) -> Any:
        if any(np.iscomplexobj(arg) for arg in args):
            raise TypeError("real input only")
        return function(*args)

    return refusing


class Layer(NamedTuple):
    """A namedtuple of arrays."""

    weight: Any
    bias: Any


def network(layer: Any, labels: Any, x: Any) -> Any:
    """Nested parameters, held-fixed labels, and a dict of two outputs."""
    hidden = np.tanh(x @ layer.weight + layer.bias)
    return {"hidden": hidden, "chosen": [np.sum(hidden[labels] ** 2, axis=1)]}


def network_jvp(u: Any, layer: Any, labels: Any, x: Any) -> Any:
    """Its derivative along tangents of the layer and of x."""
    (dweight, dbias), _, dx = u
    hidden = np.tanh(x @ layer.weight + layer.bias)
    dhidden = (1 - hidden**2) * (dx @ layer.weight + x @ dweight + dbias)
    return {"hidden": dhidden, "chosen": [np.sum(2 * hidden[labels] * dhidden[labels], axis=1)]}


def network_vjp(v: Any, layer: Any, labels: Any, x: Any) -> Any:
    """Its derivative against cotangents of both outputs."""
    hidden = np.tanh(x @ layer.weight + layer.bias)
    back = v["hidden"].copy()
    np.add.at(back, labels, 2 * hidden[labels] * v["chosen"][0][:, np.newaxis])
    back *= 1 - hidden**2
    return Layer(x.T @ back, back.sum(axis=0)), None, back @ layer.weight.T


RANDOM = np.random.default_rng(5)
NETWORK = (
    Layer(RANDOM.normal(size=(3, 2)), RANDOM.normal(size=2)),
    np.array([0, 0, 3]),
    RANDOM.normal(size=(4, 3)),
)


@pytest.mark.parametrize("wrap", [lambda g: g, real_only], ids=["complex step", "differences"])
def test_right_products_pass(wrap: Any) -> None:
    """Backward, forward and the whole matrix, by either numerical derivative."""
    assert gp.check_vjp(wrap(f), lambda v, x: v @ jacobian(x), X).passed
    assert gp.check_jvp(wrap(f), lambda u, x: jacobian(x) @ u, X).passed
    assert gp.check_jacobian(wrap(f), jacobian, X).passed


@pytest.mark.parametrize("wrap", [lambda g: g, real_only], ids=["complex step", "differences"])
@pytest.mark.parametrize("seed", range(3))
def test_one_wrong_entry_is_named_by_its_output_and_its_parameter(wrap: Any, seed: int) -> None:
    """An error of 1e-5 in J[1, 2], whichever product carries it."""
    backward = gp.examine_vjp(wrap(f), lambda v, x: v @ wrong_jacobian(x), X, seed=seed)
    forward = gp.examine_jvp(wrap(f), lambda u, x: wrong_jacobian(x) @ u, X, seed=seed)
    whole = gp.examine_jacobian(wrap(f), wrong_jacobian, X, seed=seed)
    assert (backward.verdict, backward.worst.name) == ("fail", "output[1] by x[2]")
    assert (forward.verdict, forward.worst.name) == ("fail", "output[1] along x[2]")
    assert (whole.verdict, whole.worst.name) == ("fail", "output[1] by x[2]")
    with pytest.raises(gp.GradientMismatch, match=r"output\[1\]"):
        gp.check_jacobian(f, wrong_jacobian, X)


def test_a_jacobian_is_compared_entry_by_entry() -> None:
    """Every entry stands in the report beside the closed form."""
    report = gp.check_jacobian(f, jacobian, X)
    np.testing.assert_allclose(
        [entry.numeric for entry in report.entries], (A * np.cos(X)).ravel(), rtol=1e-12
    )
    assert report.entries[5].name == "output[1] by x[2]"


def test_products_with_nested_arguments_and_outputs() -> None:
    """Dicts, namedtuples, labels held fixed: tangents in the structure of args, cotangents in that of the output."""
    assert gp.check_vjp(network, network_vjp, *NETWORK).passed
    assert gp.check_jvp(network, network_jvp, *NETWORK).passed
    assert gp.check_adjoint(network_jvp, network_vjp, *NETWORK).passed


def test_a_fault_in_a_nested_product_is_named_by_its_paths() -> None:
    """The bias of the second unit gets half of what one output passes back."""

    def wrong(v: Any, *args: Any) -> Any:
        half = {"hidden": v["hidden"], "chosen": [np.where([0, 0, 1], v["chosen"][0] / 2, v["chosen"][0])]}
        layer, _, x = network_vjp(v, *args)
        other, _, _ = network_vjp(half, *args)
        return Layer(layer.weight, np.stack([layer.bias[0], other.bias[1]])), None, x

    report = gp.examine_vjp(network, wrong, *NETWORK)
    assert report.worst.name == "output['chosen'][0][2] by layer.bias[1]"
    adjoint = gp.examine_adjoint(network_jvp, wrong, *NETWORK)
    assert adjoint.verdict == "fail"
    assert "jvp and vjp disagree" in adjoint.reason


def test_many_outputs_are_examined_as_few_sums() -> None:
    """One wrong entry among 200 × 5 is seen by two sums, and bisected to its row."""
    random = np.random.default_rng(0)
    matrix, x = random.normal(size=(200, 5)), random.normal(size=5)

    def wrong(x: Any) -> Any:
        jac = 3 * matrix * x**2
        jac[137, 3] *= 1.001
        return jac

    right = gp.check_jacobian(lambda x: matrix @ x**3, lambda x: 3 * matrix * x**2, x)
    assert len(right.entries) == 2 * 5
    report = gp.examine_jacobian(lambda x: matrix @ x**3, wrong, x)
    assert report.worst.name == "output[137] by x[3]"
    backward = gp.examine_vjp(lambda x: matrix @ x**3, lambda v, x: v @ wrong(x), x)
    assert backward.worst.name == "output[137] by x[3]"


def test_outputs_of_very_different_size_are_all_seen() -> None:
    """A wrong derivative of an output of 1e-6 does not hide behind one of 1e6."""

    def two(x: Any) -> Any:
        return 1e6 * np.exp(x), 1e-6 * np.sin(x)

    def vjp(v: Any, x: Any, fault: float = 1.0) -> Any:
        return 1e6 * np.exp(x) * v[0] + fault * 1e-6 * np.cos(x) * v[1]

    assert gp.check_vjp(two, vjp, X).passed
    report = gp.examine_vjp(two, lambda v, x: vjp(v, x, fault=1.01), X)
    assert report.verdict == "fail"
    assert report.worst.name.startswith("output[1][")


def test_a_product_of_zero_outputs_or_of_the_wrong_shape_is_named() -> None:
    """The words are those of a gradient, with the name of the product."""
    shape = gp.examine_jvp(f, lambda u, _: u, X)
    assert "what jvp returns for output must have its shape (2,); got shape (3,)" in shape.reason
    back = gp.examine_vjp(f, lambda v, _: v, X)
    assert "the gradient of x must have its shape (3,); got shape (2,)" in back.reason
    whole = gp.examine_jacobian(f, lambda x: jacobian(x).T, X)
    assert "the jacobian of output by x must have its shape (2, 3); got shape (3, 2)" in whole.reason
    with pytest.raises(TypeError, match="f must return floats, or containers of them; got int64 array"):
        gp.check_vjp(lambda _: np.arange(3), lambda v, _: v, X)


@pytest.mark.parametrize("what", ["vjp", "jvp", "f"])
def test_a_product_that_changes_what_it_is_given_is_named(what: str) -> None:
    """Cotangent, tangent and arguments are copies, and compared afterwards."""

    def changing_f(x: Any) -> Any:
        x[0] += 1
        return f(x)

    def changing(v: Any, x: Any) -> Any:
        v *= 1.0000001
        return v @ jacobian(x) if what == "vjp" else jacobian(x) @ v

    if what == "vjp":
        assert "vjp changed its argument v" in gp.examine_vjp(f, changing, X).reason
    elif what == "jvp":
        assert "jvp changed its argument u" in gp.examine_jvp(f, changing, X).reason
    else:
        assert (
            "f changed its argument x" in gp.examine_jvp(changing_f, lambda u, x: jacobian(x) @ u, X).reason
        )


# Second order -----------------------------------------------------------------------------------------------------------


def quartic(x: Any) -> Any:
    """A function with a full Hessian: Σ x⁴ + (Σ x)³."""
    return np.sum(x**4) + np.sum(x) ** 3


def quartic_gradient(x: Any) -> Any:
    """Its gradient."""
    return 4 * x**3 + 3 * np.sum(x) ** 2


def quartic_hessian(x: Any) -> Any:
    """Its Hessian, 12 diag(x²) + 6 Σx."""
    return np.diag(12 * x**2) + 6 * np.sum(x)


@pytest.mark.parametrize("wrap", [lambda g: g, real_only], ids=["complex step", "differences"])
def test_right_second_derivatives_pass(wrap: Any) -> None:
    """The Hessian and its product with vectors."""
    assert gp.check_hessian(wrap(quartic), quartic_hessian, X, grad=wrap(quartic_gradient)).passed
    report = gp.check_hvp(wrap(quartic), lambda v, x: quartic_hessian(x) @ v, X, grad=wrap(quartic_gradient))
    assert report.passed


def test_wrong_second_derivatives_fail() -> None:
    """One entry off; half of a symmetric pair off; a gradient that is itself wrong."""

    def wrong(x: Any) -> Any:
        right = quartic_hessian(x)
        right[0, 2] *= 1.001
        return right

    report = gp.examine_hessian(quartic, wrong, X, grad=quartic_gradient)
    assert (report.verdict, report.worst.name) == ("fail", "grad[0] by x[2]")
    product = gp.examine_hvp(quartic, lambda v, x: v @ wrong(x), X, grad=quartic_gradient)
    assert (product.verdict, product.worst.name) == ("fail", "grad[0] by x[2]")
    first = gp.examine_hessian(quartic, quartic_hessian, X, grad=lambda x: quartic_gradient(x) + 1)
    assert first.verdict == "fail"
    assert "grad, of which the Hessian is a derivative: the gradient differs" in first.reason


def test_the_path_of_a_gradient_keeps_its_name_in_what_is_said_of_a_hessian() -> None:
    """What is named after the callable changes, what is named after its output does not."""

    def power(x: Any, n: int) -> Any:
        return np.sum(x**n)

    def grad(x: Any, n: int) -> Any:
        return n * x ** (n - 1), None

    report = gp.examine_hessian(power, lambda x, n: np.diag(n * (n - 1) * x ** (n - 2)), X, 3, grad=grad)
    assert "the hessian must be structured like grad (parts [0], [1])" in report.reason
    with pytest.raises(TypeError, match="the outputs of a Hessian must be real"):
        gp.check_hessian(complex_loss, lambda z: 0 * z, Z, grad=complex_gradient)


def test_a_hessian_that_is_not_symmetric_is_named() -> None:
    """A derivative of a gradient whose parts are swapped in two blocks: no f has it, though grad does."""
    rotation = np.array([[0.0, 1e-3], [-1e-3, 0.0]])

    def grad(x: Any) -> Any:
        return 2 * x + rotation @ x

    # f is examined at a point where the rotation adds nothing that can be seen.
    report = gp.examine_hessian(lambda x: x @ x, lambda _: 2 * np.eye(2) + rotation, np.zeros(2), grad=grad)
    assert report.verdict == "fail"
    assert "the hessian is not symmetric: 0.001 for x[0] by x[1], -0.001 for x[1] by x[0]" in report.reason


# The adjoint identity -----------------------------------------------------------------------------------------------------


def test_adjoint_products_need_no_function_at_all() -> None:
    """One Jacobian forward and backward agrees, another does not, whatever f is."""
    calls = gp.check_adjoint(lambda u, x: jacobian(x) @ u, lambda v, x: v @ jacobian(x), X).evaluations
    assert calls.f == 0
    report = gp.examine_adjoint(lambda u, x: wrong_jacobian(x) @ u, lambda v, x: v @ jacobian(x), X)
    assert (report.verdict, report.worst.status) == ("fail", "fail")
    assert gp.check_adjoint(lambda u, x: wrong_jacobian(x) @ u, lambda v, x: v @ wrong_jacobian(x), X).passed


def test_products_that_are_not_linear_are_named() -> None:
    """A squared cotangent agrees with no Jacobian, nor does the size of a tangent, whichever signs are drawn."""
    for seed in range(20):
        report = gp.examine_adjoint(
            lambda u, x: jacobian(x) @ u, lambda v, x: v**2 @ jacobian(x), X, seed=seed
        )
        assert (report.verdict, report.reason.split(":")[0]) == ("fail", "vjp is not linear")
        report = gp.examine_adjoint(
            lambda u, x: jacobian(x) @ np.abs(u), lambda v, x: v @ jacobian(x), X, seed=seed
        )
        assert (report.verdict, report.reason.split(":")[0]) == ("fail", "jvp is not linear")


def test_rounding_of_float32_products_is_no_disagreement() -> None:
    """Products in float32 agree as far as they can be seen to."""
    x, a = X.astype(np.float32), A.astype(np.float32)
    products = (lambda u, x: a @ (np.cos(x) * u), lambda v, x: np.cos(x) * (v @ a))
    assert gp.examine_adjoint(*products, x).verdict == "inconclusive"
    assert gp.check_adjoint(*products, x, resolution=1e-3).passed


def test_a_forward_product_in_float32_is_held_to_the_rounding_of_float32() -> None:
    """The function is differentiated in float64, its product is rounded: that is no fault, and an error of 1e-2 is one."""
    x, a = X.astype(np.float32), A.astype(np.float32)

    def right(u: Any, x: Any) -> Any:
        return a @ (np.cos(x) * u)

    def single(x: Any) -> Any:
        return a @ np.sin(x)

    assert gp.check_jvp(single, right, x, resolution=1e-3, seed=0).passed
    wrong = np.array([1, 1.01, 1], dtype=np.float32)
    report = gp.examine_jvp(single, lambda u, x: right(u * wrong, x), x, resolution=1e-3, seed=0)
    assert report.verdict == "fail"
    assert report.worst.name.endswith("along x[1]")


def test_arguments_that_are_not_finite_are_refused_by_every_check() -> None:
    """A NaN is the fault of the arguments, not of a product with them."""
    x = np.array([1.0, np.nan, 2.0])
    for refused in (
        lambda: gp.check_vjp(f, lambda v, x: v @ jacobian(x), x),
        lambda: gp.check_jvp(f, lambda u, x: jacobian(x) @ u, x),
        lambda: gp.check_jacobian(f, jacobian, x),
        lambda: gp.check_adjoint(lambda u, x: jacobian(x) @ u, lambda v, x: v @ jacobian(x), x),
    ):
        with pytest.raises(ValueError, match=r"arguments must be finite; got a NaN or infinity at x\[1\]"):
            refused()


def test_empty_outputs_have_nothing_to_be_wrong() -> None:
    """Beside others they are passed over; alone they are refused."""
    both = gp.check_jacobian(lambda x: (x[:0], x**2), lambda x: (np.zeros((0, 3)), np.diag(2 * x)), X, seed=0)
    assert {entry.path for entry in both.entries} == {f"output[1][{i}] by x" for i in range(3)}
    assert gp.check_vjp(lambda x: (x[:0], x**2), lambda v, x: 2 * x * v[1], X, seed=0).passed
    with pytest.raises(ValueError, match="f must return at least one number; got only empty arrays"):
        gp.check_vjp(lambda x: x[:0], lambda _v, x: 0 * x, X)


# Values with gradients ----------------------------------------------------------------------------------------------------


def test_a_value_comes_with_its_gradient() -> None:
    """Right passes under its own name, wrong fails, and what is no pair is refused."""

    def energy(x: Any) -> Any:
        return quartic(x), quartic_gradient(x)

    report = gp.check_value_and_grad(energy, X)
    assert report.function.endswith("energy")
    assert report.worst.path == "x"
    assert gp.examine_value_and_grad(lambda x: (quartic(x), 2 * quartic_gradient(x)), X).verdict == "fail"
    with pytest.raises(TypeError, match="fg must return a pair of a value and its gradient; got float64"):
        gp.check_value_and_grad(quartic, X)


# Complex parameters -------------------------------------------------------------------------------------------------------

Z = np.array([1.0 + 2j, -0.5 + 0.3j])


def complex_loss(z: Any) -> Any:
    """|z₁² + i z₂|² of two complex parameters."""
    return abs(z[0] ** 2 + 1j * z[1]) ** 2


def complex_gradient(z: Any) -> Any:
    """∂f/∂x + i ∂f/∂y = 2 ∂f/∂z̄: for f = |h|² with h analytic, 2 h conj(∂h/∂z)."""
    h = z[0] ** 2 + 1j * z[1]
    return 2 * h * np.conj(np.array([2 * z[0], 1j]))


def test_complex_parameters_are_two_real_ones_each() -> None:
    """The real part of the gradient is the derivative by the real part, the imaginary part that by the imaginary part."""
    report = gp.check_gradient(complex_loss, complex_gradient, Z)
    assert [entry.name for entry in report.entries] == ["z.real[0]", "z.real[1]", "z.imag[0]", "z.imag[1]"]
    assert report.method == "differences"


def test_the_other_convention_fails() -> None:
    """∂f/∂x - i ∂f/∂y, which jax.grad returns, is the conjugate."""
    report = gp.examine_gradient(complex_loss, lambda z: np.conj(complex_gradient(z)), Z)
    assert report.verdict == "fail"
    assert report.worst.path == "z.imag"
    wrong = gp.examine_gradient(complex_loss, lambda z: complex_gradient(z).real, Z)
    assert "the gradient of z must be a complex array; got float64 array" in wrong.reason


def test_complex_numbers_nest_and_stand_alone() -> None:
    """A Python complex number, a complex64 array, and real ones beside them."""

    def loss(p: Any) -> Any:
        return abs(p["c"]) ** 2 * p["x"] + np.sum(np.abs(p["z"]) ** 2)

    def grad(p: Any) -> Any:
        return {"c": 2 * p["c"] * p["x"], "x": abs(p["c"]) ** 2, "z": 2 * p["z"]}

    point = {"c": 1.0 + 2.0j, "x": 3.0, "z": Z}
    report = gp.check_gradient(loss, grad, point)
    assert [entry.name for entry in report.entries][:3] == ["p['c'].real", "p['c'].imag", "p['x']"]


def test_products_of_complex_outputs() -> None:
    """⟨v, f⟩ is the real part of Σ conj(v) f: the backward product of z² is 2 conj(z) v, the forward one 2 z u."""
    assert gp.check_vjp(lambda z: z**2, lambda v, z: 2 * np.conj(z) * v, Z).passed
    assert gp.examine_vjp(lambda z: z**2, lambda v, z: 2 * z * v, Z).verdict == "fail"
    assert gp.check_jvp(lambda z: z**2, lambda u, z: 2 * z * u, Z).passed
    assert gp.check_adjoint(lambda u, z: 2 * z * u, lambda v, z: 2 * np.conj(z) * v, Z).passed
    with pytest.raises(TypeError, match="the outputs of a Jacobian must be real"):
        gp.check_jacobian(lambda z: z**2, lambda z: np.diag(2 * z), Z)


def test_every_call_of_f_is_counted() -> None:
    """Those of the search for the fault, and the first look at what f returns, as well."""
    calls = 0

    def counting(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return f(x)

    for examine, wrong in (
        (gp.examine_vjp, lambda v, x: v @ wrong_jacobian(x)),
        (gp.examine_jvp, lambda u, x: wrong_jacobian(x) @ u),
        (gp.examine_jacobian, wrong_jacobian),
    ):
        calls = 0
        assert examine(counting, wrong, X).evaluations.f == calls


# Options ------------------------------------------------------------------------------------------------------------------


def test_a_seed_repeats_a_product_bit_for_bit() -> None:
    """All weights and all directions come from it."""
    first, second = (gp.examine_vjp(f, lambda v, x: v @ wrong_jacobian(x), X, seed=11) for _ in range(2))
    assert first.to_dict() == second.to_dict()
    assert first.seed == 11


def test_products_of_vectorized_functions() -> None:
    """F takes a leading axis of points, and returns one output for each."""

    def batched(x: Any) -> Any:
        return np.sin(x) @ A.T

    for check, product in (
        (gp.check_vjp, lambda v, x: v @ jacobian(x)),
        (gp.check_jvp, lambda u, x: jacobian(x) @ u),
    ):
        assert check(batched, product, X, vectorized=True).passed
    assert gp.check_jacobian(batched, jacobian, X, vectorized=True).passed


@pytest.mark.parametrize("check", [gp.examine_vjp, gp.examine_jvp, gp.examine_jacobian])
@pytest.mark.parametrize("limit", [None, 1, 60])
def test_every_call_is_counted(check: Any, limit: int | None) -> None:
    """Those too that only found where the fault is; and no limit is exceeded."""
    calls = {"f": 0, "product": 0}

    def counted(x: Any) -> Any:
        calls["f"] += 1
        return f(x)

    def product(*given: Any) -> Any:
        calls["product"] += 1
        wrong = wrong_jacobian(given[-1])
        if check is gp.examine_jacobian:
            return wrong
        return given[0] @ wrong if check is gp.examine_vjp else wrong @ given[0]

    report = check(counted, product, X, max_evaluations=limit, seed=0)
    assert report.verdict == ("fail" if limit is None else "inconclusive")
    assert report.evaluations.f == calls["f"] <= (limit or np.inf)
    if limit is None:
        assert report.evaluations.grad == calls["product"]


def test_max_evaluations_bounds_all_parts_together() -> None:
    """What one part used is not there for the next."""
    report = gp.examine_jacobian(f, jacobian, X, max_evaluations=40)
    assert report.verdict == "inconclusive"
    assert report.evaluations.f <= 40
