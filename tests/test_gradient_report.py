"""The report: readable, complete, ready for JSON and pandas, and the declared function that produces it."""

import json
from typing import Any

import numpy as np
import pytest

import gradproof as gp

W = np.array([[1.0, -2.0], [3.0, 4.0]])
M = np.array([[1.0, 2.0], [-1.0, 0.5]])


def quadratic(w: Any) -> Any:
    """A function whose gradient is no symmetric matrix."""
    return np.sum(M * w) + 0.5 * np.sum(w**2)


def test_a_mismatch_is_an_assertion_that_reads_in_a_log() -> None:
    """The message names the function, the entry, both numbers and the bound, in under 25 lines."""
    with pytest.raises(AssertionError) as caught:
        gp.check_gradient(quadratic, lambda w: M + w + 0.1 * (w == 3), W)
    text = str(caught.value)
    assert len(text.splitlines()) < 25
    for part in (
        "fail: the gradient of quadratic",
        "worst entry w[1, 0]",
        "analytic 2.1",
        "numeric  2.0",
        "1 of 4 entries",
    ):
        assert part in text


def test_an_error_of_more_bounds_than_a_float_counts_is_told_without_a_warning() -> None:
    """Beside a bound near 1e-300 any error is an infinite number of bounds, and the report still reads."""
    report = gp.examine_gradient(lambda w: 1e-290 * np.sum(w), lambda w: np.full_like(w, 1e30), np.ones(2))
    assert report.verdict == "fail"
    assert report.worst is not None
    assert report.worst.excess == np.inf
    assert "analytic 1e+30" in str(report)


@pytest.mark.parametrize(
    ("grad", "diagnosis"),
    [
        (lambda w: -(M + w), "sign: analytic = -1 x numeric in every entry of w"),
        (lambda w: 2 * (M + w), "factor 2: analytic = 2 x numeric in every entry of w"),
        (
            lambda w: (M + w) / 4,
            "factor 0.25: analytic = 0.25 x numeric in every entry of w, and w has 4 entries: a mean where a sum is meant?",
        ),
        (lambda w: (M + w).T, "transposed: analytic equals the transpose of numeric in w"),
        (lambda w: (M + w) * [[2, 2], [2, 1]], None),
        (lambda w: M + w + np.tanh(w), None),
    ],
    ids=["sign", "factor 2", "factor 1/4", "transposed", "one entry spared", "shifted"],
)
def test_a_cause_is_named_only_where_it_is_the_only_reading(grad: Any, diagnosis: str | None) -> None:
    """Sign, common factors and transposes are named; near misses of them are not."""
    assert gp.examine_gradient(quadratic, grad, W).diagnosis == diagnosis


def test_a_report_goes_to_json_and_back() -> None:
    """to_dict holds plain values only."""
    report = gp.examine_gradient(quadratic, lambda w: M + w, W)
    back = json.loads(json.dumps(report.to_dict()))
    assert (back["verdict"], back["passed"], len(back["entries"])) == ("pass", True, 4)
    assert back["evaluations"] == {"f": report.evaluations.f, "grad": report.evaluations.grad}


def test_a_report_becomes_a_frame_of_entries() -> None:
    """One row per entry, in the order of the arguments."""
    frame = gp.examine_gradient(quadratic, lambda w: M + w, W).to_frame()
    assert list(frame.columns) == ["path", "index", "analytic", "numeric", "error", "bound", "status"]
    assert frame["index"].tolist() == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_html_escapes_what_comes_from_names() -> None:
    """A lambda's name carries angle brackets."""
    assert "&lt;lambda&gt;" in gp.examine_gradient(lambda w: np.sum(2 * w), np.ones_like, W)._repr_html_()


def test_a_differentiable_holds_function_gradient_and_point() -> None:
    """It examines its declared point, or another one."""
    declared = gp.Differentiable(quadratic, lambda w: M + w, args=(W,))
    assert declared.name == "quadratic"
    assert declared.check().passed
    assert declared.examine(2 * W).passed
    assert not gp.Differentiable(quadratic, lambda w: w, args=(W,)).examine().passed


def test_a_differentiable_needs_a_tuple_or_a_strategy() -> None:
    """Anything else is refused; the message says how one argument is written."""
    declared = gp.Differentiable(quadratic, lambda w: M + w, args=object(), name="declared")
    with pytest.raises(
        TypeError, match=r"args must be a tuple or a strategy of tuples; got args=.*\(argument,\)"
    ):
        declared.check()
