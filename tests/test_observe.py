"""Who listens hears of each check once, as its caller made it, and of nothing that a check does on its way."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

import gradproof as gp
from gradproof._observe import Check, listening, watch

POINT = np.array([0.5, -1.0, 2.0])
DRAWN = (gp.strategies.arrays(2, scales=(0, 0), kinks=(), subnormals=False),)


def loss(w: Any) -> Any:
    """Σ w³."""
    return np.sum(w**3)


def slope(w: Any) -> Any:
    """Its gradient."""
    return 3 * w**2


def squares(w: Any) -> Any:
    """An output of several numbers."""
    return w**2


def squares_vjp(v: Any, w: Any) -> Any:
    """Its Jacobian is diagonal, so that both products are the same."""
    return 2 * w * v


def hvp(v: Any, w: Any) -> Any:
    """The product with the Hessian of loss."""
    return 6 * w * v


def jacobian(w: Any) -> Any:
    """Of squares."""
    return np.diag(2 * w)


def hessian(w: Any) -> Any:
    """Of loss."""
    return np.diag(6 * w)


def value_and_grad(w: Any) -> Any:
    """Both of loss."""
    return loss(w), slope(w)


@pytest.fixture
def heard() -> Iterator[list[Check]]:
    """What is told while a test runs."""
    found: list[Check] = []
    with listening(found.append):
        yield found


CHECKS: dict[str, tuple[Callable[[], Any], str, Callable[..., Any]]] = {
    "gradient": (lambda: gp.check_gradient(loss, slope, POINT), "loss", slope),
    "vjp": (lambda: gp.check_vjp(squares, squares_vjp, POINT), "squares", squares_vjp),
    "jvp": (lambda: gp.check_jvp(squares, squares_vjp, POINT), "squares", squares_vjp),
    "jacobian": (lambda: gp.check_jacobian(squares, jacobian, POINT), "squares", jacobian),
    "hessian": (lambda: gp.check_hessian(loss, hessian, POINT, grad=slope), "loss", hessian),
    "hvp": (lambda: gp.check_hvp(loss, hvp, POINT, grad=slope), "loss", hvp),
    "value and grad": (
        lambda: gp.check_value_and_grad(value_and_grad, POINT),
        "value_and_grad",
        value_and_grad,
    ),
    "adjoint": (
        lambda: gp.check_adjoint(squares_vjp, squares_vjp, POINT),
        "squares_vjp beside squares_vjp",
        squares_vjp,
    ),
    "declared": (
        lambda: gp.Differentiable(loss, slope, (POINT,), "cube").check(),
        "cube",
        slope,
    ),
    "examined": (lambda: gp.Differentiable(loss, slope, (POINT,)).examine(), "loss", slope),
}


@pytest.mark.parametrize("kind", CHECKS)
def test_each_check_is_told_once(heard: list[Check], kind: str) -> None:
    """However many gradients of scalars it is made of; with the report that its caller got, and its calls."""
    run, name, function = CHECKS[kind]
    report = run()
    (check,) = heard
    assert check.report is report
    assert (check.name, check.function, check.error) == (name, function, None)
    assert check.evaluations == tuple(report.evaluations)
    assert check.seconds > 0


def test_a_search_is_one_check_with_all_its_calls(heard: list[Check]) -> None:
    """And the margin of its worst input."""
    calls = [0, 0]
    worst: list[float] = []

    def counted(w: Any) -> Any:
        calls[0] += 1
        return loss(w)

    def counted_slope(w: Any) -> Any:
        calls[1] += 1
        return slope(w)

    def body(report: gp.GradientReport) -> None:
        assert report.worst is not None
        worst.append(report.worst.excess)
        gp.check_gradient(loss, slope, POINT)  # part of the search

    settings(max_examples=5, database=None)(gp.gradient_test(counted, counted_slope, args=DRAWN)(body))()
    (check,) = heard
    assert check.report is not None
    assert check.report.worst is not None
    assert len(worst) == 5
    assert check.report.worst.excess == max(worst)
    inside = gp.examine_gradient(loss, slope, POINT)
    assert check.evaluations[1] == calls[1]
    assert check.evaluations[0] == calls[0]
    assert inside.passed


def test_a_wrong_gradient_is_told_with_its_error(heard: list[Check]) -> None:
    """Of a search it is the smallest input, and the notes that replay it."""
    operation = gp.Differentiable(loss, lambda w: 2 * slope(w), DRAWN, "double")
    with pytest.raises(gp.GradientMismatch) as caught:
        operation.check(examples=10)
    (check,) = heard
    assert check.name == "double"
    assert check.report is caught.value.report
    assert check.error is caught.value


def test_an_error_is_told_without_a_report(heard: list[Check]) -> None:
    """As where f cannot be called."""
    with pytest.raises(ZeroDivisionError):
        gp.check_gradient(lambda w: 1 / 0 * w, slope, POINT)
    (check,) = heard
    assert check.report is None
    assert isinstance(check.error, ZeroDivisionError)


def test_a_failing_body_does_not_make_the_gradient_wrong(heard: list[Check]) -> None:
    """What a test says of a report is its own affair."""

    def body(report: gp.GradientReport) -> None:
        assert report.verdict == "fail"

    with pytest.raises(AssertionError):
        settings(max_examples=5, database=None)(gp.gradient_test(loss, slope, args=DRAWN)(body))()
    (check,) = heard
    assert check.report is not None
    assert check.report.passed


def test_a_search_that_sees_too_little_is_told_as_inconclusive(heard: list[Check]) -> None:
    """With the words of its complaint."""
    test = gp.gradient_test(lambda w: float("nan") * np.sum(w), slope, args=DRAWN)(lambda: None)
    with pytest.raises(AssertionError):
        settings(max_examples=5, database=None)(test)()
    (check,) = heard
    assert check.report is not None
    assert check.report.verdict == "inconclusive"
    assert "must be conclusive" in check.report.reason


def test_planted_errors_are_no_checks(heard: list[Check]) -> None:
    """Nor is what a check of the user's own calls for them."""
    operation = gp.Differentiable(loss, slope, (POINT,))
    gp.mutate(operation, errors=["sign", "factor 2"])
    gp.mutate(operation, caught_by=lambda wrong: wrong.check(), errors=["sign"])
    assert heard == []


def test_what_is_stopped_is_not_told(heard: list[Check]) -> None:
    """As by Ctrl-C."""

    def stop(_: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gp.check_gradient(stop, slope, POINT)
    assert heard == []
    gp.check_gradient(loss, slope, POINT)
    assert len(heard) == 1


def test_checks_of_other_threads_are_told(heard: list[Check]) -> None:
    """Each of them once, also while another is being made."""

    def nested(w: Any) -> Any:
        if not heard:
            thread = threading.Thread(target=gp.check_gradient, args=(loss, slope, POINT))
            thread.start()
            thread.join()
        return loss(w)

    gp.check_gradient(nested, slope, POINT)
    assert [check.name.rpartition(".")[2] for check in heard] == ["loss", "nested"]


def test_nobody_is_told_after_the_listening(heard: list[Check]) -> None:
    """A listener hears what ends while it listens."""
    found: list[Check] = []
    with listening(found.append):
        gp.check_gradient(loss, slope, POINT)
    gp.check_gradient(loss, slope, POINT)
    assert (len(found), len(heard)) == (1, 2)


def test_where_nobody_listens_a_watch_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made for it: that is what keeps it cheap."""
    monkeypatch.setattr("gradproof._observe._listeners", [])  # the plugin of this run listens
    assert watch(loss, slope) is watch(squares)
