"""Softmax cross-entropy and its gradient ŷ − y: F15, F18."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import slide_forms as slide
from gradproof_reference import (
    one_hot,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_gradient,
    softmax_cross_entropy_of_targets,
    softmax_cross_entropy_of_targets_gradient,
)
from harness import (
    Array,
    agree,
    arrays,
    broadcastable_axes,
    expensive,
    formula,
    identical,
    labels,
    scales,
    sizes,
    verify,
)
from slide_forms import TINY, UNIT
from stacks import pull_back, weighted_total

ANY_FINITE = st.floats(allow_nan=False, allow_infinity=False)
SATURATING = st.sampled_from([1.0, 1e-8, 1e-3, 10.0, 350.0])


@st.composite
def batches(draw: st.DrawFn) -> tuple[Array, Array]:
    """Scores (n, k) up to 700 with their labels."""
    n, k = draw(sizes(3)), draw(sizes(5))
    return draw(arrays((n, k), SATURATING)), draw(labels((n,), k))


@st.composite
def targets(draw: st.DrawFn, shape: tuple[int, ...]) -> Array:
    """Rows of eighths that sum to 1, one-hot rows among them."""
    k = shape[-1]
    rows = []
    for _ in range(math.prod(shape[:-1])):
        cuts = sorted(draw(st.lists(st.integers(0, 8), min_size=k - 1, max_size=k - 1)))
        rows.append(np.diff([0, *cuts, 8]) / 8)
    return np.reshape(rows, shape)


@formula("F15")
@expensive
@given(batches())
def test_loss_is_the_sum_of_minus_log_probabilities_of_the_labels(batch: tuple[Array, Array]) -> None:
    """L = Σ_i −log f_{i,label} at 50 digits, also where the probability is 0 in float64."""
    logits, classes = batch
    terms = [
        slide.cross_entropy(slide.exact(a), int(label)) for a, label in zip(logits, classes, strict=True)
    ]
    loss = slide.mp.fsum(term.value for term in terms)
    bound = sum(term.error for term in terms) + float(len(terms) * UNIT * loss)
    agree(softmax_cross_entropy(logits, classes), np.asarray(loss), bound)


@formula("F15")
@given(batches())
def test_both_printed_forms_agree_for_one_hot_targets(batch: tuple[Array, Array]) -> None:
    """Σ_i Σ_j −y_ij log ŷ_ij = Σ_i −log ŷ_{i,label}: the other terms are exactly 0; n·k are summed."""
    logits, classes = batch
    by_label = softmax_cross_entropy(logits, classes)
    over_classes = softmax_cross_entropy_of_targets(logits, one_hot(classes, logits.shape[-1]))
    agree(over_classes, by_label, 2 * logits.size * UNIT * by_label)


@formula("F15")
@expensive
@given(st.data())
def test_loss_of_targets_is_the_double_sum(data: st.DataObject) -> None:
    """L = Σ_i Σ_j −y_ij log ŷ_ij at 50 digits for any distribution y, with explicit indices."""
    n, k = data.draw(sizes(3)), data.draw(sizes(4))
    logits, y = data.draw(arrays((n, k), SATURATING)), data.draw(targets((n, k)))
    loss, bound = slide.mp.mpf(0), 0.0
    for i, j in np.ndindex(n, k):
        term = slide.cross_entropy(slide.exact(logits[i]), j)
        loss += float(y[i, j]) * term.value
        bound += float(y[i, j]) * term.error
    agree(
        softmax_cross_entropy_of_targets(logits, y),
        np.asarray(loss),
        bound + float((n * k + 1) * UNIT * loss),
    )


@formula("F15")
@given(st.data())
def test_loss_is_finite_for_every_finite_score(data: st.DataObject) -> None:
    """No finite float64 gives an infinite loss, a NaN or a warning, in either form."""
    logits = data.draw(hnp.arrays(np.float64, st.tuples(st.just(1), sizes(5)), elements=ANY_FINITE))
    classes = data.draw(labels((1,), logits.shape[-1]))
    y = one_hot(classes, logits.shape[-1])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        losses = softmax_cross_entropy(logits, classes), softmax_cross_entropy_of_targets(logits, y)
        gradients = softmax_cross_entropy_gradient(logits, classes)
    assert np.all(np.isfinite(losses))
    assert np.all(np.isfinite(gradients))


@formula("F15", "F18")
@expensive
@given(batches(), st.sampled_from([0.0, 1e8]))
def test_gradient_of_the_label_form(batch: tuple[Array, Array], shift: float) -> None:
    """ŷ − y is the derivative of the loss by the scores, saturated up to 700 and shifted by 1e8."""
    verify(
        lambda logits, classes: softmax_cross_entropy(logits, classes) + shift,
        lambda logits, classes: (softmax_cross_entropy_gradient(logits, classes), None),
        *batch,
    )


@formula("F15", "F18")
@expensive
@given(st.data())
def test_gradient_of_the_form_over_classes(data: st.DataObject) -> None:
    """ŷ − y is the derivative of Σ_i Σ_j −y_ij log ŷ_ij for any distribution y."""
    n, k = data.draw(sizes(3)), data.draw(sizes(4))
    logits, y = data.draw(arrays((n, k), SATURATING)), data.draw(targets((n, k)))
    shift = data.draw(st.sampled_from([0.0, 1e8]))
    verify(
        lambda logits: softmax_cross_entropy_of_targets(logits, y) + shift,
        lambda logits: softmax_cross_entropy_of_targets_gradient(logits, y),
        logits,
    )


@formula("F18")
@expensive
@given(st.data())
def test_gradient_of_a_stack(data: st.DataObject) -> None:
    """The losses of a stack, scores and labels broadcast, each with its own gradient, at any scale."""
    n, k = data.draw(sizes(2)), data.draw(sizes(3))
    axes = data.draw(broadcastable_axes(2))
    logits, classes = data.draw(arrays((*axes[0], n, k), scales())), data.draw(labels((*axes[1], n), k))
    coefficients = data.draw(arrays(np.broadcast_shapes(*axes)))
    verify(
        lambda logits: weighted_total(softmax_cross_entropy(logits, classes), coefficients),
        lambda logits: pull_back(softmax_cross_entropy_gradient(logits, classes), coefficients, logits.shape),
        logits,
    )


@formula("F18")
@expensive
@given(batches())
def test_gradient_is_prediction_minus_target(batch: tuple[Array, Array]) -> None:
    """∂ℓ/∂a_j = ŷ_j − [j = label] at 700 digits, each entry to relative rounding where the loss saturates."""
    logits, classes = batch
    gradient = softmax_cross_entropy_gradient(logits, classes)
    with slide.mp.workdps(700):
        for i, label in enumerate(classes):
            a = slide.exact(logits[i])
            expected = slide.values_of(slide.softmax(a)) - (np.arange(len(a)) == label)
            agree(gradient[i], expected, slide.errors_of(slide.score_gradient(a, int(label))))


@formula("F18")
@given(batches())
def test_gradient_entries_sum_to_0(batch: tuple[Array, Array]) -> None:
    """Σ_j (ŷ_j − y_j) = 0 for a one-hot row, within the rounding of its k entries."""
    logits, classes = batch
    k = logits.shape[-1]
    for row in softmax_cross_entropy_gradient(logits, classes):
        agree(math.fsum(row), 0.0, (2 * k + 4) * UNIT * math.fsum(np.abs(row)) + 4 * k * TINY)


@formula("F18")
@given(arrays((1, 3), st.sampled_from([1.0, 10.0])))
def test_gradient_for_label_2_of_3_is_as_on_the_slide(logits: Array) -> None:
    """For label 2, counted from 1, it is [ŷ₁, ŷ₂ − 1, ŷ₃]."""
    y1, y2, y3 = slide.values_of(slide.softmax(slide.exact(logits[0])))
    bound = slide.errors_of(slide.score_gradient(slide.exact(logits[0]), 1))
    gradient = softmax_cross_entropy_gradient(logits, np.array([1]))[0]
    agree(gradient, np.array([y1, y2 - 1, y3]), bound)


@formula("F18")
@given(batches())
def test_gradient_of_both_forms_agrees_for_one_hot_targets(batch: tuple[Array, Array]) -> None:
    """The label's gradient is that of its one-hot row, to the bit."""
    logits, classes = batch
    y = one_hot(classes, logits.shape[-1])
    by_targets = softmax_cross_entropy_of_targets_gradient(logits, y)
    identical(by_targets + 0.0, softmax_cross_entropy_gradient(logits, classes) + 0.0)


@formula("F18")
def test_gradient_at_the_lecture_s_uniform_scores() -> None:
    """At equal scores every class has ŷ = 1/3, so that label 2 gives [1/3, −2/3, 1/3]."""
    gradient = softmax_cross_entropy_gradient(np.zeros((1, 3)), np.array([1]))
    agree(gradient, np.array([[1 / 3, -2 / 3, 1 / 3]]), 2 * UNIT)
    agree(softmax(np.zeros(3)), np.full(3, 1 / 3), UNIT)
