"""Softmax, its logarithm and its Jacobian: F14, F17."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import slide_forms as slide
from gradproof_reference import log_softmax, softmax, softmax_jacobian
from harness import (
    Array,
    agree,
    arrays,
    expensive,
    formula,
    identical,
    leading_axes,
    sizes,
    verify,
)
from slide_forms import ELEMENTARY, TINY, UNIT

ANY_FINITE = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def scores(draw: st.DrawFn, largest_size: int = 5, largest: float = 700.0) -> Array:
    """Scores of a few examples for a few classes, at scales up to the largest, some of them saturated."""
    shape = (*draw(leading_axes()), draw(sizes(2)), draw(sizes(largest_size)))
    return draw(arrays(shape, st.sampled_from([1.0, 1e-8, 1e-3, 10.0, largest / 2])))


def rows(logits: Array) -> list[tuple[tuple[int, ...], list[slide.Computed]]]:
    """Every example's scores as exact numbers, with its index."""
    return [(at, slide.exact(logits[at])) for at in np.ndindex(*logits.shape[:-1])]


@formula("F14")
@expensive
@given(scores())
def test_probabilities_are_the_slide_s_quotient(logits: Array) -> None:
    """f_j = e^{a_j} / Σ_k e^{a_k} at 50 digits, to relative rounding down to the smallest float."""
    probabilities = softmax(logits)
    for at, a in rows(logits):
        expected = slide.softmax(a)
        agree(probabilities[at], slide.values_of(expected), slide.errors_of(expected))


@formula("F14", "F15")
@expensive
@given(scores())
def test_log_probabilities_are_the_logarithm_of_the_slide_s_quotient(logits: Array) -> None:
    """Log f_j at 50 digits, also where f_j is 0 in float64."""
    log_probs = log_softmax(logits)
    for at, a in rows(logits):
        expected = [slide.cross_entropy(a, j) for j in range(len(a))]
        agree(-log_probs[at], slide.values_of(expected), slide.errors_of(expected))


@formula("F14")
@expensive
@given(hnp.arrays(np.float64, st.tuples(sizes(3), sizes(6)), elements=ANY_FINITE))
def test_no_finite_score_overflows(logits: Array) -> None:
    """Of any finite float64: no warning, every probability in [0, 1], the largest at the largest score."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        probabilities, log_probs = softmax(logits), log_softmax(logits)
    assert np.all((probabilities >= 0) & (probabilities <= 1))
    assert np.all(np.isfinite(log_probs) & (log_probs <= 0))
    for at, a in rows(logits):
        largest = np.flatnonzero(logits[at] == logits[at].max())
        assert np.all(probabilities[at][largest] == probabilities[at].max())
        expected = slide.softmax(a)
        agree(probabilities[at], slide.values_of(expected), slide.errors_of(expected))


@formula("F14")
@given(hnp.arrays(np.float64, st.tuples(sizes(3), sizes(6)), elements=ANY_FINITE))
def test_probabilities_sum_to_1(logits: Array) -> None:
    """Σ_j f_j = 1 within one rounding per quotient and k in their denominator; summed without rounding."""
    k = logits.shape[-1]
    for row in softmax(logits):
        agree(math.fsum(row), 1.0, (k + 2) * UNIT + k * TINY)


@formula("F14")
@expensive
@given(scores())
def test_probabilities_are_positive_where_they_can_be(logits: Array) -> None:
    """f_j > 0 unless it lies below the smallest float."""
    probabilities = softmax(logits)
    for at, a in rows(logits):
        representable = np.array([f.value > 2 * f.error for f in slide.softmax(a)])
        assert np.all(probabilities[at][representable] > 0)


@formula("F14")
@given(
    hnp.arrays(np.float64, st.tuples(sizes(3), sizes(6)), elements=st.integers(-700, 700)),
    st.integers(-(2**40), 2**40),
)
def test_probabilities_do_not_see_a_common_shift(logits: Array, shift: int) -> None:
    """softmax(a + c) = softmax(a), to the bit where a + c is exact (integers here)."""
    identical(softmax(logits + shift), softmax(logits))


@formula("F14")
@expensive
@given(scores(), st.randoms(use_true_random=False))
def test_probabilities_follow_a_permutation_of_the_classes(logits: Array, random: object) -> None:
    """softmax(a[π]) = softmax(a)[π], up to the order in which the k exponentials are summed."""
    k = logits.shape[-1]
    order = list(range(k))
    random.shuffle(order)  # type: ignore[attr-defined]  # Hypothesis's Random
    probabilities = softmax(logits)
    bound = (2 * k + 2 * ELEMENTARY) * UNIT * probabilities[..., order] + k * TINY
    agree(softmax(logits[..., order]), probabilities[..., order], bound)


@formula("F17")
@expensive
@given(scores(largest_size=4, largest=300.0))
def test_jacobian_is_the_numerical_derivative_of_every_probability(logits: Array) -> None:
    """Row i of the Jacobian is the gradient of f_i as a scalar function of the scores, saturated or not.

    Up to 300: beyond it, the derivative of a probability of 1 comes near the smallest float, where no step shows it.
    """
    a = logits.reshape(-1, logits.shape[-1])[0]
    for i in range(len(a)):
        verify(lambda a, i=i: softmax(a)[i], lambda a, i=i: softmax_jacobian(a)[i], a)


@formula("F17")
@expensive
@given(arrays((3,)), st.sampled_from([1e8, -1e8]))
def test_jacobian_passes_with_the_function_shifted(a: Array, shift: float) -> None:
    """A constant of 1e8 beside f_i hides nothing from the checker."""
    for i in range(len(a)):
        verify(lambda a, i=i: softmax(a)[i] + shift, lambda a, i=i: softmax_jacobian(a)[i], a)


@formula("F17")
@expensive
@given(scores())
def test_jacobian_is_diag_minus_outer_product(logits: Array) -> None:
    """∂f_i/∂a_j = f_i (δ_ij − f_j) at 700 digits, each entry to relative rounding, saturated ones too."""
    jacobian = softmax_jacobian(logits)
    with slide.mp.workdps(700):
        for at, a in rows(logits):
            f = slide.softmax(a)
            errors = slide.shifted_errors(a)
            for i, j in np.ndindex(len(a), len(a)):
                expected = f[i].value * ((i == j) - f[j].value)
                # 1 − f_i is the sum of the others, each with its own relative error.
                relative = 2 * errors[i] + 2 * max(_weighted(f, errors, i), errors[j])
                size = abs(expected)
                bound = float(size * (relative + 8 * UNIT)) + 8 * len(a) * TINY
                agree(jacobian[(*at, i, j)], np.asarray(expected), bound)


def _weighted(f: list[slide.Computed], errors: list[slide.Number], i: int) -> slide.Number:
    """Relative error of Σ_{k≠i} f_k: the mean of its terms' errors."""
    others = slide.mp.fsum(f[k].value for k in range(len(f)) if k != i)
    if not others:
        return slide.mp.mpf(0)
    return slide.mp.fsum(f[k].value * errors[k] for k in range(len(f)) if k != i) / others


@formula("F17")
@expensive
@given(scores())
def test_jacobian_is_symmetric(logits: Array) -> None:
    """∂f_i/∂a_j = ∂f_j/∂a_i, to the bit."""
    jacobian = softmax_jacobian(logits)
    identical(jacobian, np.ascontiguousarray(np.swapaxes(jacobian, -1, -2)))


@formula("F17")
@expensive
@given(scores())
def test_jacobian_rows_sum_to_0(logits: Array) -> None:
    """Σ_j ∂f_i/∂a_j = 0, within the rounding of f_i (1 − f_i) and of the products f_i f_j."""
    jacobian = softmax_jacobian(logits)
    k = logits.shape[-1]
    for at in np.ndindex(*jacobian.shape[:-1]):
        row = jacobian[at]
        bound = (2 * k + 8) * UNIT * math.fsum(np.abs(row)) + 4 * k * TINY
        agree(math.fsum(row), 0.0, bound)


@formula("F17")
@expensive
@given(scores(), st.data())
def test_jacobian_is_positive_semidefinite(logits: Array, data: st.DataObject) -> None:
    """vᵀJv ≥ 0 for any v, in exact fractions, up to the relative rounding of the entries."""
    k = logits.shape[-1]
    v = [Fraction(entry) for entry in data.draw(arrays((k,)))]
    for at in np.ndindex(*logits.shape[:-1]):
        jacobian = softmax_jacobian(logits[at])
        terms = [v[i] * Fraction(float(jacobian[i, j].real)) * v[j] for i, j in np.ndindex(k, k)]
        bound = float(Fraction((2 * k + 8) * UNIT) * sum(map(abs, terms))) + 16 * k * k * TINY
        agree(max(0.0, -float(sum(terms))), 0.0, bound)
