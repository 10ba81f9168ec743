"""Every formula: precision in is precision out, complex numbers pass through, and nothing finite overflows on the way."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradproof_reference as gr
from harness import Array, Shape, agree, formula, identical
from public_calls import (
    CALLS,
    Call,
    as_dtype,
    bound,
    drawn_arguments,
    leaves,
    rows_of,
    without_nan,
)

STACKS: st.SearchStrategy[Shape] = st.sampled_from([(), (2,)])

# No floats go in or come out, or the dtype is an argument (tested apart).
WITHOUT_FLOATS = {"decode", "momentum_converges", "one_hot", "unlearns"}
# Real numbers of any kind: scores to compare, and what describes a quadratic.
TAKES_INTEGERS = {
    "decode",
    "convergence_rate",
    "momentum_converges",
    "optimal_gradient_descent_rate",
    "optimal_learning_rate",
    "optimal_momentum",
    "optimal_momentum_rate",
}


def formulas(*without: set[str]) -> list[Any]:
    """Return the table's calls as parameters marked with their rows, but for those named."""
    names = [name for name in CALLS if not any(name in some for some in without)]
    return [pytest.param(CALLS[name], id=name, marks=formula(*rows_of(name))) for name in names]


REAL_ONLY = {name for name, call in CALLS.items() if not call.takes_complex}
few = settings(max_examples=max(1, settings().max_examples // 20))
fewer = settings(max_examples=max(1, settings().max_examples // 50))  # whose outcome rests on types alone


def check_dtype(call: Call, arguments: list[Array], dtype: Any) -> None:
    """Require that a call on that dtype gives that dtype, and the values of float64 to the rounding of the coarser."""
    eps = max(float(np.finfo(dtype).eps), float(np.finfo(np.float64).eps))
    doubles = leaves(call.run(*arguments))
    for got, double in zip(leaves(call.run(*as_dtype(call, arguments, dtype))), doubles, strict=True):
        assert got.dtype == dtype, f"got {got.dtype}, expected {np.dtype(dtype)}"
        agree(without_nan(got), without_nan(double), bound(call, eps))


@pytest.mark.parametrize("call", formulas(WITHOUT_FLOATS))
@few
@given(data=st.data())
def test_the_precision_in_is_the_precision_out(call: Call, data: st.DataObject) -> None:
    """float32, float64 and longdouble stay, with the same values to rounding; a float64 learning rate widens nothing."""
    arguments = data.draw(drawn_arguments(call, data.draw(STACKS)))
    check_dtype(call, arguments, np.float32)
    check_dtype(call, arguments, np.float64)
    if call is not CALLS["fit_polynomial"]:  # LAPACK has no extended precision
        check_dtype(call, arguments, np.longdouble)


@pytest.mark.parametrize("call", formulas(WITHOUT_FLOATS, REAL_ONLY))
@few
@given(data=st.data())
def test_complex_numbers_pass_through(call: Call, data: st.DataObject) -> None:
    """Real ones give the real values; a tiny imaginary part, as of a complex step, leaves the real part alone.

    With 1e-200 the square underflows: no real part changes at all, not even across a step.
    """
    arguments = data.draw(drawn_arguments(call, data.draw(STACKS)))
    for dtype in (np.complex64, np.complex128):
        check_dtype(call, arguments, dtype)
    converted = as_dtype(call, arguments, np.complex128)
    stepped = [array + 1e-200j if array.dtype.kind == "c" else array for array in converted]
    for got, real in zip(leaves(call.run(*stepped)), leaves(call.run(*arguments)), strict=True):
        agree(without_nan(got).real, without_nan(real), bound(call))


@pytest.mark.parametrize("call", formulas({"one_hot"}, TAKES_INTEGERS))
@fewer
@given(data=st.data())
def test_integers_in_place_of_floats_are_refused(call: Call, data: st.DataObject) -> None:
    """Any one argument of integers is a TypeError: in-place updates and quotients would truncate."""
    arguments = data.draw(drawn_arguments(call))
    for i, kind in enumerate(call.kinds):
        if kind.is_data:
            planted = [*arguments[:i], arguments[i].astype(np.int64), *arguments[i + 1 :]]
            with pytest.raises(TypeError, match=r"must (hold floats|be float32 or float64)"):
                call.run(*planted)


@pytest.mark.parametrize("call", formulas(set(CALLS) - REAL_ONLY))
@fewer
@given(data=st.data())
def test_complex_numbers_are_refused_where_there_is_no_continuation(call: Call, data: st.DataObject) -> None:
    """Eigenvalues, comparisons and least squares of complex data are a TypeError, not something else's answer."""
    arguments = data.draw(drawn_arguments(call))
    with pytest.raises(TypeError, match="must be"):
        call.run(*as_dtype(call, arguments, np.complex128))


@formula("F12")
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble, np.complex128, np.int8])
def test_one_hot_rows_have_the_dtype_asked_for(dtype: Any) -> None:
    """Float64 unless asked."""
    identical(gr.one_hot([1, 0], 2, dtype), np.array([[0, 1], [1, 0]], dtype))
    assert gr.one_hot([1, 0], 2).dtype == np.float64


# --- what is finite ------------------------------------------------------------------------------------------------

# Functions of scores: no sum or product of the arguments comes before the exponential that could leave the range.
OF_SCORES = [
    name
    for name, call in CALLS.items()
    if call.arguments.split()[0] == "scores"
    and set(call.arguments.split()) <= {"scores", "labels", "targets"}
]
UNDEFINED_AT_ZERO = {"step_derivative"}


@st.composite
def huge(draw: st.DrawFn, call: Call, dtype: Any, largest: float) -> list[Array]:
    """Draw the arguments of a call with any finite numbers up to a size in place of the small ones."""
    arguments = draw(drawn_arguments(call))
    wide = st.floats(-largest, largest, width=32 if dtype == np.float32 else 64) | st.sampled_from(
        [largest, -largest, 0.0]
    )
    return [
        draw(hnp.arrays(dtype, array.shape, elements=wide, fill=st.nothing())) if kind.can_be_huge else array
        for kind, array in zip(call.kinds, as_dtype(call, arguments, dtype), strict=True)
    ]


@pytest.mark.parametrize("name", [pytest.param(n, id=n, marks=formula(*rows_of(n))) for n in OF_SCORES])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@few
@given(data=st.data())
def test_no_finite_score_overflows(name: str, dtype: Any, data: st.DataObject) -> None:
    """Up to the largest float: no warning (they are errors here), no NaN, and no infinity but in a sum of losses."""
    call = CALLS[name]
    expect_no_overflow(
        call, data.draw(huge(call, dtype, float(np.finfo(dtype).max))), undefined=name in UNDEFINED_AT_ZERO
    )


def expect_no_overflow(call: Call, arguments: list[Array], *, undefined: bool = False) -> None:
    """Require finite results without a warning; infinite may be a sum of several losses."""
    for result in leaves(call.run(*arguments)):
        if not undefined:
            assert not np.any(np.isnan(result))
            assert np.all(np.isfinite(result)) or (result.ndim == 0 and arguments[0].shape[0] > 1)


@pytest.mark.parametrize("call", formulas(set(OF_SCORES)))
@few
@given(data=st.data())
def test_nothing_overflows_below_1e70(call: Call, data: st.DataObject) -> None:
    """No warning and no NaN where the products of four arguments are finite; saturation comes from the scores.

    Infinite is only what is: the derivative of a logarithm by a probability that underflows.
    """
    arguments = data.draw(huge(call, np.float64, 1e70))
    result = call.run(*arguments)
    if call is CALLS["binary_cross_entropy_backward"]:
        assert not np.any(np.isnan(result.y_hat))
        result = result._replace(y_hat=np.zeros_like(result.y_hat))
    for leaf in leaves(result):
        assert not np.any(np.isnan(leaf)) or call is CALLS["perceptron_gradient"]
        assert np.all(np.isfinite(without_nan(leaf)))


@formula("F14", "F15", "F17", "F18", "F21")
@given(st.floats(746, float(np.finfo(np.float64).max)))
def test_saturation_is_exact(z: float) -> None:
    """From 746 on e^{−z} is 0 in float64: probabilities, derivatives and losses take their limits to the bit."""
    ends = np.array([-z, z])
    agree(gr.sigmoid(ends), [0.0, 1.0])
    agree(gr.sigmoid_derivative(ends), [0.0, 0.0])
    agree(gr.tanh(ends), [-1.0, 1.0])
    agree(gr.tanh_derivative(ends), [0.0, 0.0])
    agree(gr.relu(ends), [0.0, z])
    scores = np.array([[0.0, z]])
    agree(gr.softmax(scores), [[0.0, 1.0]])
    agree(gr.log_softmax(scores), [[-z, 0.0]])
    agree(gr.softmax_jacobian(scores), np.zeros((1, 2, 2)))
    agree(gr.softmax_cross_entropy(scores, [0]), z)
    agree(gr.softmax_cross_entropy(scores, [1]), 0.0)
    agree(gr.softmax_cross_entropy_gradient(scores, [0]), [[-1.0, 1.0]])
    agree(gr.softmax_cross_entropy_gradient(scores, [1]), [[0.0, 0.0]])


@formula("F14", "F15", "F17", "F18")
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_infinite_scores_give_the_limit_of_large_ones(dtype: Any) -> None:
    """Scores equal to the top share the probability evenly, all others have none: no NaN, and no warning."""
    inf, least = np.inf, float(np.finfo(dtype).min)
    scores = np.array([[inf, 0.0, -inf], [inf, inf, 0.0], [-inf, -inf, -inf], [0.0, -inf, 0.0]], dtype)
    expected = np.array([[1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3], [1 / 2, 0, 1 / 2]])
    near = 4 * float(np.finfo(dtype).eps)
    agree(gr.softmax(scores), expected, near)
    jacobian = [np.diag(row) - np.outer(row, row) for row in expected]
    agree(gr.softmax_jacobian(scores), np.array(jacobian), near)
    agree(gr.log_softmax(scores[:1]), [[0.0, least, least]])  # saturated, not −inf
    agree(gr.log_softmax(scores)[1:3, 0], -np.log([2.0, 3.0]), near)
    labels = np.array([0, 1, 2, 0])
    targets = np.eye(3)[labels]
    for loss in (
        gr.softmax_cross_entropy(scores, labels),
        gr.softmax_cross_entropy_of_targets(scores, targets.astype(dtype)),
    ):
        agree(loss, np.log(12.0), 4 * near)
    for gradient in (
        gr.softmax_cross_entropy_gradient(scores, labels),
        gr.softmax_cross_entropy_of_targets_gradient(scores, targets.astype(dtype)),
    ):
        agree(gradient, expected - targets, near)


@formula("F14")
def test_a_complex_step_through_a_tie_stays_beside_infinite_scores() -> None:
    """The first score of a tie of two, moved by ih, moves the probabilities by ±ih/4, whatever the other rows hold."""
    scores = np.array([[1 + 1e-200j, 1], [np.inf, np.inf]])
    agree(gr.softmax(scores)[0].imag, [0.25e-200, -0.25e-200], 1e-215)


@formula("F15", "F22", "F26")
def test_products_that_overflow_leave_a_loss() -> None:
    """Scores of 1e400 are infinite in float64: a tie costs log 2, whichever label, and the gradient is ŷ − y."""
    layer = gr.Layer(np.array([[1e200], [1e200]]), np.zeros(2))
    x, labels = np.array([[1e200]]), np.array([1])
    with np.errstate(over="ignore"):  # of the matrix product
        agree(gr.linear_softmax_loss(*layer, x, labels), np.log(2.0), np.finfo(float).eps)
        agree(gr.linear_softmax_gradient(*layer, x, labels).bias, [0.5, -0.5])
        for activation in (gr.SIGMOID, gr.TANH):  # the hidden units saturate at 1
            agree(
                gr.mlp_loss([layer, layer._replace(weight=np.eye(2))], x, labels, activation),
                np.log(2.0),
                1e-15,
            )
        relu = gr.mlp_loss([layer, gr.Layer(np.ones((2, 2)), np.zeros(2))], x, labels, gr.RELU)
    agree(relu, np.log(2.0), 1e-15)


@formula("F25", "F28")
@given(st.floats(746, 1e300))
def test_saturation_of_the_sigmoid_network_is_exact(p: float) -> None:
    """An output score of ±p predicts 0 or 1; a wrong target costs p in cross-entropy and ½ in squared error."""
    hidden = np.zeros((1, 1)), np.zeros(1)
    for score, prediction in ((p, 1.0), (-p, 0.0)):
        network = gr.SigmoidNetwork(*hidden, np.zeros(1), np.array(score))
        x, wrong, right = np.zeros((1, 1)), np.array([1 - prediction]), np.array([prediction])
        agree(gr.sigmoid_network_forward(network, x).y_hat, [prediction])
        agree(gr.binary_cross_entropy_loss(network, x, wrong), p)
        agree(gr.binary_cross_entropy_loss(network, x, right), 0.0)
        agree(gr.binary_cross_entropy_backward(network, x, wrong).p, [2 * prediction - 1])
        agree(gr.squared_error_loss(network, x, wrong), 0.5)
        agree(gr.squared_error_backward(network, x, wrong).p, [0.0])


# --- planted faults ------------------------------------------------------------------------------------------------

SCORES = np.array([[0.5, -1.0, 0.25]])


@pytest.mark.parametrize(
    ("run", "dtype", "message"),
    [
        (lambda scores: gr.softmax(scores.astype(np.float64)), np.float32, "expected float32"),
        (lambda scores: gr.softmax(scores.astype(np.float32)), np.float64, "expected float64"),
        (lambda scores: gr.softmax(scores.real), np.complex128, "expected complex128"),
        (
            lambda scores: (
                gr.softmax(scores.astype(np.float32)).astype(scores.dtype)
                if scores.dtype == np.longdouble
                else gr.softmax(scores)
            ),
            np.longdouble,
            "must lie within",
        ),
    ],
    ids=["widened", "narrowed", "real part", "narrowed inside"],
)
def test_planted_dtypes_are_rejected(run: Any, dtype: Any, message: str) -> None:
    """A wider result, a narrower one, a real one of complex numbers, and a detour through float32."""
    check_dtype(Call("scores", gr.softmax), [SCORES], dtype)
    with pytest.raises(AssertionError, match=message):
        check_dtype(Call("scores", run), [SCORES], dtype)


def test_a_softmax_without_the_shift_is_rejected() -> None:
    """e^800 overflows, and the warning is an error; from a function that hides the warning, NaN comes."""
    huge_scores = [np.array([[800.0, 0.0]])]

    def unshifted(scores: Array) -> Array:
        return np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)

    expect_no_overflow(Call("scores", gr.softmax), huge_scores)
    with pytest.raises(RuntimeWarning, match="overflow"):
        expect_no_overflow(Call("scores", unshifted), huge_scores)
    with pytest.raises(AssertionError), np.errstate(over="ignore", invalid="ignore"):
        expect_no_overflow(Call("scores", unshifted), huge_scores)


@formula("F14", "F15", "F18", "F22")
def test_scores_that_overflowed_saturate() -> None:
    """Products beyond the largest float give infinite scores: probabilities and losses of their limit, never NaN."""
    weight, x = np.array([[1e200], [1e200], [-1e200]]), np.array([[1e200]])
    with np.errstate(over="ignore"):
        logits = gr.affine(x, weight, np.zeros(3))
    assert not np.isfinite(logits).any()
    agree(gr.softmax(logits), np.array([[0.5, 0.5, 0.0]]))
    agree(gr.softmax_cross_entropy(logits, [1]), np.log(2.0), np.finfo(float).eps)
    agree(gr.softmax_cross_entropy_gradient(logits, [1]), np.array([[0.5, -0.5, 0.0]]))
