"""What is wrong before any derivative is compared: each fault has its own words."""

from typing import Any

import numpy as np
import pytest

import gradproof as gp

W = np.array([1.0, -2.0, 3.0])


def loss(w: Any) -> Any:
    """A sum of cubes."""
    return np.sum(w**3)


def gradient(w: Any) -> Any:
    """Its gradient."""
    return 3 * w**2


def changing_gradient(w: Any) -> Any:
    """The right gradient, that overwrites what it was given."""
    w *= 2
    return 0.75 * w**2


def changing_loss(w: Any) -> Any:
    """The right loss, that overwrites what it was given."""
    w += 1
    return np.sum((w - 1) ** 3)


class Drifting:
    """A function whose value moves with every call."""

    def __init__(self, f: Any) -> None:
        self.f, self.calls = f, 0

    def __call__(self, w: Any) -> Any:
        """Return the value, and a bit more each time."""
        self.calls += 1
        return self.f(w) + 1e-12 * self.calls


@pytest.mark.parametrize(
    ("f", "grad", "verdict", "words"),
    [
        (loss, changing_gradient, "fail", "grad changed its argument w"),
        (changing_loss, gradient, "fail", "f changed its argument w"),
        (Drifting(loss), gradient, "inconclusive", "f is not deterministic"),
        (loss, Drifting(gradient), "fail", "grad is not deterministic"),
        (lambda w: np.sum(w) * np.nan, gradient, "inconclusive", "f is nan at the point"),
        (loss, lambda w: np.where(w < 0, np.nan, 3 * w**2), "fail", r"the gradient is nan at w\[1\]"),
        (loss, lambda w: gradient(w)[:2], "fail", r"its shape \(3,\); got shape \(2,\)"),
        (loss, lambda w: gradient(w)[np.newaxis], "fail", r"its shape \(3,\); got shape \(1, 3\)"),
        (loss, lambda w: gradient(w).astype(int), "fail", "must be a float array; got int64 array"),
        (
            loss,
            lambda w: gradient(w).astype(np.float32),
            "fail",
            r"as precise as the argument \(float64\); got float32",
        ),
        (loss, lambda w: {"w": gradient(w)}, "fail", "must be a float array; got dict"),
        (loss, lambda _: None, "fail", "must be a float array; got NoneType"),
    ],
)
def test_each_fault_has_its_own_words(f: Any, grad: Any, verdict: str, words: str) -> None:
    """The verdict comes with a reason that names the fault, and check_gradient raises it."""
    report = gp.examine_gradient(f, grad, W)
    assert report.verdict == verdict
    with pytest.raises(gp.GradientMismatch, match=words):
        gp.check_gradient(f, grad, W)


def test_the_callers_arrays_are_never_touched() -> None:
    """Functions that overwrite their arguments work on copies, of integer arrays too."""
    w, labels = W.copy(), np.array([0, 1])

    def grad(w: Any, labels: Any) -> Any:
        labels[:] = 9
        w[:] = 0
        return gradient(w)

    report = gp.examine_gradient(lambda w, _: loss(w), grad, w, labels)
    assert "grad changed its argument w" in report.reason
    np.testing.assert_array_equal(w, W)
    np.testing.assert_array_equal(labels, [0, 1])


def test_a_changed_integer_argument_is_noticed() -> None:
    """Held-fixed arguments must stay as they are, too."""

    def grad(w: Any, labels: Any) -> Any:
        labels[0] = 1
        return gradient(w)

    assert "labels" in gp.examine_gradient(lambda w, labels: loss(w), grad, W, np.array([0, 1])).reason  # noqa: ARG005


@pytest.mark.parametrize(
    ("args", "error", "words"),
    [
        (
            (np.array([1, 2]),),
            TypeError,
            r"at least one argument must hold floats; got .*int64 array of shape \(2,\)",
        ),
        ((np.array([1.0 + 1j]),), TypeError, r"arguments must be real; got w of complex128 array"),
        ((np.array([1.0, None]),), TypeError, r"arguments must be real; got w of object array"),
        (
            (np.array([1.0, np.inf]),),
            ValueError,
            r"arguments must be finite; got a NaN or infinity at w\[1\]",
        ),
    ],
)
def test_arguments_that_cannot_be_examined_are_refused(args: Any, error: Any, words: str) -> None:
    """Integers only, complex, objects, infinities: an error that shows the value."""
    with pytest.raises(error, match=words):
        gp.examine_gradient(loss, gradient, *args)


@pytest.mark.parametrize("value", [np.ones(3), np.ones((1,)), 1 + 1j, "one"])
def test_a_function_that_returns_no_real_scalar_is_refused(value: Any) -> None:
    """The message shows what came back."""
    with pytest.raises(TypeError, match="f must return a real scalar; got a"):
        gp.examine_gradient(lambda _: value, gradient, W)


def test_an_error_of_the_function_itself_passes_through() -> None:
    """At the point f and grad are the user's code: their exceptions are not swallowed."""
    with pytest.raises(ZeroDivisionError):
        gp.examine_gradient(lambda _: 1 / 0, gradient, W)
    with pytest.raises(KeyError):
        gp.examine_gradient(loss, lambda _: {}["missing"], W)
