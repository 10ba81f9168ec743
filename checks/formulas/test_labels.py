"""F12: a one-hot row and the class it stands for; the prediction is the largest score."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradproof_reference as gr
from harness import agree, arrays, formula, identical, labels, leading_axes, scales, sizes

Array = np.ndarray[Any, Any]

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def labelled(draw: st.DrawFn) -> tuple[Array, int]:
    """Draw labels with leading axes, and the number of classes."""
    n_classes = draw(sizes())
    return draw(labels((*draw(leading_axes()), draw(sizes())), n_classes)), n_classes


SCORES = st.tuples(leading_axes(), sizes(), sizes()).flatmap(
    lambda shape: hnp.arrays(np.float64, (*shape[0], *shape[1:]), elements=FINITE)
)


@formula("F12")
@given(labelled())
def test_decoding_the_one_hot_rows_gives_the_labels(drawn: tuple[Array, int]) -> None:
    """Encode, then decode: the identity on labels."""
    classes, n_classes = drawn
    identical(gr.decode(gr.one_hot(classes, n_classes)), classes)


@formula("F12")
@given(labelled())
def test_encoding_the_decoded_rows_gives_the_rows(drawn: tuple[Array, int]) -> None:
    """Decode, then encode: the identity on one-hot rows, here rows of the identity matrix picked by hand."""
    classes, n_classes = drawn
    rows = np.eye(n_classes)[classes]
    identical(gr.one_hot(gr.decode(rows), n_classes), rows)


@formula("F12")
@given(labelled())
def test_a_row_is_one_at_its_label_and_zero_elsewhere(drawn: tuple[Array, int]) -> None:
    """y_ij = 1 if j = label_i else 0, entry by entry."""
    classes, n_classes = drawn
    rows = gr.one_hot(classes, n_classes)
    assert rows.shape == (*classes.shape, n_classes)
    for index in np.ndindex(rows.shape):
        agree(rows[index], 1.0 if index[-1] == classes[index[:-1]] else 0.0)


@formula("F12")
@given(SCORES)
def test_the_prediction_is_the_largest_score_and_the_lowest_class_of_a_tie(scores: Array) -> None:
    """A scan by hand: a later class wins only with a larger score. Any finite scores."""
    predictions = gr.decode(scores)
    assert predictions.dtype == np.int64
    for index in np.ndindex(scores.shape[:-1]):
        best = 0
        for j, score in enumerate(scores[index]):
            if score > scores[index][best]:
                best = j
        agree(predictions[index], best)


@formula("F12")
@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=5, unique=True), scales(), st.data())
def test_the_prediction_follows_permutations_and_ignores_scale_and_shift(
    distinct: list[int], scale: float, data: st.DataObject
) -> None:
    """Reordering the classes reorders the prediction; an increasing map of the scores leaves it."""
    scores = np.array(distinct, dtype=float)
    order = data.draw(st.permutations(range(len(distinct))))
    agree(order[int(gr.decode(scores[list(order)]))], gr.decode(scores))
    agree(gr.decode((scores + 0.5) * scale), gr.decode(scores))
    agree(gr.decode(gr.softmax(scores / 1000)), gr.decode(scores))


@formula("F12")
def test_the_table_of_the_slide_decodes_to_its_labels() -> None:
    """Rows by content: classes 1, 2, 2, 1, counted from 1 as on the slide."""
    table = {(0.85, 0.10, 0.05): 1, (0.20, 0.70, 0.10): 2, (0.40, 0.45, 0.15): 2, (0.40, 0.25, 0.35): 1}
    for order in (list(table), list(table)[::-1]):
        agree(gr.decode(np.array(order)) + 1, np.array([table[row] for row in order]))


@formula("F12")
@given(labelled(), arrays((2,)))
def test_a_one_hot_row_picks_the_score_of_its_label(drawn: tuple[Array, int], ends: Array) -> None:
    """Σ_j y_ij s_j = s_label: what makes the two forms of the loss agree (F15). One term is not zero: exactly."""
    classes, n_classes = drawn
    scores = np.linspace(ends[0], ends[1], n_classes)
    agree(gr.one_hot(classes, n_classes) @ scores, scores[classes])


@formula("F12")
def test_planted_codes_are_rejected() -> None:
    """Labels counted from 1, the last class of a tie, and rows and columns exchanged."""
    classes = np.array([0, 2, 1])
    with pytest.raises(ValueError, match=r"got labels\[1\]=3"):
        gr.one_hot(classes + 1, 3)
    ties = np.array([[1.0, 1.0, 0.0]])
    last = 2 - np.argmax(ties[:, ::-1], axis=-1)
    with pytest.raises(AssertionError, match="must lie within"):
        agree(last, gr.decode(ties))
    with pytest.raises(AssertionError, match="must lie within"):
        agree(gr.decode(gr.one_hot(classes, 3)[:, [1, 2, 0]]), classes)
    skewed = np.array([1, 2, 0])
    with pytest.raises(AssertionError, match="must lie within"):
        agree(gr.decode(gr.one_hot(skewed, 3).T), skewed)
