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
        ((np.array([True, False]),), TypeError, r"must hold floats; got .*bool array of shape \(2,\)"),
        (("weights", None, 3), TypeError, r"must hold floats; got tuple\(str, NoneType, int\)"),
        ((np.zeros((0, 3)),), ValueError, r"only empty arrays: .*float64 array of shape \(0, 3\)"),
        (
            (np.array([1.0, None]),),
            TypeError,
            r"arrays of numbers; got w of object array of shape \(2,\). Convert it with .astype",
        ),
        (
            (np.ma.masked_array([1.0, 2.0], [True, False]),),
            TypeError,
            r"got w of float64 MaskedArray of shape \(2,\). Pass a plain array",
        ),
        ((np.ones((2, 2)).view(np.matrix),), TypeError, "got w of float64 matrix of shape"),
        (
            (np.array([1.0, np.inf]),),
            ValueError,
            r"arguments must be finite; got a NaN or infinity at w\[1\]",
        ),
        (
            (np.array([1.0, complex(0, np.nan)]),),
            ValueError,
            r"arguments must be finite; got a NaN or infinity at w.imag\[1\]",
        ),
    ],
)
def test_arguments_that_cannot_be_examined_are_refused(args: Any, error: Any, words: str) -> None:
    """Nothing that varies, nothing at all, objects, masks, matrices, infinities: an error that shows the value."""
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


@pytest.mark.parametrize("culprit", ["f", "grad"])
def test_a_change_is_named_also_where_the_function_raises(culprit: str) -> None:
    """The exception stays what it is, with a note on the argument that it left changed."""

    def raising(w: Any) -> Any:
        w[1] = 0
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        gp.examine_gradient(*((raising, gradient) if culprit == "f" else (loss, raising)), W)
    assert caught.value.__notes__ == [
        f"{culprit} also changed its argument w before it raised. Let it work on a copy."
    ]

    def innocent(_: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        gp.examine_gradient(*((innocent, gradient) if culprit == "f" else (loss, innocent)), W)
    assert not hasattr(caught.value, "__notes__")


def test_a_function_that_changes_what_is_held_fixed_is_named() -> None:
    """Labels inside of a structure count as well."""

    def shuffling(batch: Any) -> Any:
        batch["labels"].sort()
        return loss(batch["w"])

    batch = {"w": W, "labels": np.array([2, 1])}
    report = gp.examine_gradient(shuffling, lambda batch: {"w": gradient(batch["w"])}, batch)
    assert (report.verdict, report.reason) == (
        "fail",
        "f changed its argument batch['labels']. Let it work on a copy.",
    )


# State and memory ---------------------------------------------------------------------------------------------------------


def squares(w: Any) -> Any:
    """Half of the squared norm, whose gradient is w."""
    return 0.5 * np.sum(w**2)


@pytest.mark.parametrize(
    "grad", [lambda w: w, lambda w: w.reshape(-1), lambda w: w[::-1][::-1]], ids=["itself", "shape", "view"]
)
def test_a_gradient_in_its_arguments_memory_fails(grad: Any) -> None:
    """It is right until somebody updates the argument in place; a copy passes."""
    report = gp.examine_gradient(squares, grad, W)
    assert report.verdict == "fail"
    assert "grad returns memory of its argument w:" in report.reason
    assert gp.check_gradient(squares, lambda w: grad(w).copy(), W).passed


def test_the_argument_is_named_whose_memory_is_shared() -> None:
    """Parts that are swapped share as well, and parts held fixed may come back as they are."""

    def product(p: Any) -> Any:
        return np.sum(p["a"] * p["b"])

    point = {"a": W, "b": 2 * W, "n": np.arange(3)}
    report = gp.examine_gradient(product, lambda p: {"a": p["b"], "b": p["a"].copy(), "n": p["n"]}, point)
    assert "grad returns memory of its argument p['b']:" in report.reason
    assert gp.check_gradient(
        product, lambda p: {"a": p["b"].copy(), "b": p["a"].copy(), "n": p["n"]}, point
    ).passed


def test_a_wrong_gradient_in_its_arguments_memory_is_compared_all_the_same() -> None:
    """The numbers come first."""
    report = gp.examine_gradient(loss, lambda w: w, W)
    assert (report.verdict, report.worst.path) == ("fail", "w")
    assert "differs from the numerical derivative" in report.reason


def test_a_gradient_that_overwrites_its_last_result_fails() -> None:
    """One buffer for all calls: what the caller kept is gone."""
    buffer = np.empty(3)

    def grad(w: Any) -> Any:
        np.multiply(3, w**2, out=buffer)
        return buffer

    report = gp.examine_gradient(loss, grad, W)
    assert (report.verdict, report.evaluations.grad) == ("fail", 2)
    assert "grad overwrites what it returned before: 3.0 at w[0] became" in report.reason


def test_a_gradient_kept_from_its_first_call_fails() -> None:
    """Right at the point, wrong everywhere else."""
    kept: list[Any] = []

    def grad(w: Any) -> Any:
        kept.append(gradient(w))
        return kept[0].copy()

    report = gp.examine_gradient(loss, grad, W)
    assert report.verdict == "fail"
    assert "grad returned the same at another point" in report.reason


@pytest.mark.parametrize("quanta", [1, 2, 3, 1000])
def test_a_gradient_is_not_called_kept_where_its_dtype_has_no_other_point_nearby(quanta: int) -> None:
    """Among the smallest float32 numbers the second point rounds to the first, and grad is called with the same twice."""
    w = np.array([quanta, 0, 0], dtype=np.float32) * np.finfo(np.float32).smallest_subnormal
    assert gp.examine_gradient(lambda w: np.sum(w**2), lambda w: 2 * w, w, seed=0).verdict == "pass"


@pytest.mark.parametrize("part", ["all", "some"])
def test_a_gradient_of_what_the_last_call_of_f_left_behind_fails(part: str) -> None:
    """Layers that keep activations in the forward pass: right at the point if f was called there just before."""

    class Layer:
        def __init__(self) -> None:
            self.seen: Any = None

        def forward(self, w: Any) -> Any:
            self.seen = np.real(w) ** 2
            return loss(w)

        def backward(self, w: Any) -> Any:
            return 3 * self.seen if part == "all" else 3 * w * np.sign(w) * np.sqrt(self.seen)

    layer = Layer()
    report = gp.examine_gradient(layer.forward, layer.backward, W)
    assert report.verdict == "fail"
    assert report.reason.startswith("grad keeps what f left behind: 3.0, then")


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_a_constant_gradient_of_a_straight_function_is_not_taken_for_kept(offset: float) -> None:
    """Linear functions, those with corners elsewhere, and those that compute in float32."""
    slopes = np.array([0.5, -1.0, 2.0])

    def linear(w: Any) -> Any:
        return w @ slopes + offset

    assert gp.check_gradient(linear, lambda _: slopes, W).passed
    assert gp.check_gradient(lambda w: np.sum(np.abs(w)), np.sign, W).passed
    single = gp.examine_gradient(
        lambda w: np.float32(w.astype(np.float32) @ slopes.astype(np.float32) + np.float32(offset)),
        lambda _: slopes,
        W,
    )
    assert "another point" not in single.reason


def test_the_gradient_of_the_previous_call_fails() -> None:
    """What is returned belongs to the arguments of the call before."""
    last: list[Any] = []

    def grad(w: Any) -> Any:
        last.append(gradient(w))
        return last[-2 if len(last) > 1 else -1].copy()

    report = gp.examine_gradient(loss, grad, W)
    assert report.verdict == "fail"
    assert report.reason.startswith("grad keeps state between calls: 3.0, then")
    assert report.evaluations.grad == 6


def test_a_function_of_the_previous_call_is_inconclusive() -> None:
    """A loss that averages with the last one has no gradient of its own."""
    last: list[Any] = []

    def averaging(w: Any) -> Any:
        last.append(loss(w))
        return (last[-1] + last[-2 if len(last) > 1 else -1]) / 2

    report = gp.examine_gradient(averaging, gradient, W)
    assert report.verdict == "inconclusive"
    assert report.reason.startswith("f keeps state between calls: 20.0, then")


def test_a_right_gradient_is_guarded_by_three_calls() -> None:
    """At the point, at another, at the point again."""
    assert gp.check_gradient(loss, gradient, W).evaluations.grad == 3


def test_a_gradient_that_is_refused_at_the_other_point_is_judged_at_this_one() -> None:
    """Validation that only the given point passes is no fault."""

    def grad(w: Any) -> Any:
        if not np.array_equal(w, W):
            raise ValueError("not on the simplex")
        return gradient(w)

    assert gp.check_gradient(loss, grad, W).passed
    wrong = gp.examine_gradient(loss, lambda w: 1.001 * grad(w), W)
    assert (wrong.verdict, wrong.worst.path) == ("fail", "w")


# Arrays of all kinds ------------------------------------------------------------------------------------------------------


def frozen(array: Any) -> Any:
    """Return an array that may not be written to."""
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    "w",
    [
        frozen(np.ones((2, 3))),
        np.ones((3, 2)).T,
        np.ones((4, 6))[::2, ::-2],
        np.broadcast_to(np.array([1.0, 2.0, 3.0]), (2, 3)),
        np.asfortranarray(np.ones((2, 3))),
        np.ones((2, 3), dtype=">f8"),
        np.ones((2, 3), dtype=np.longdouble),
    ],
    ids=["read-only", "transposed", "strided", "broadcast", "Fortran", "big-endian", "longdouble"],
)
def test_arrays_of_any_layout_reach_f_as_plain_copies(w: Any) -> None:
    """F may write into a contiguous array of its own; entries that share memory outside vary one by one."""

    def f(w: Any) -> Any:
        assert w.flags.writeable
        assert w.flags.c_contiguous
        return np.sum(w**3)

    report = gp.check_gradient(f, lambda w: 3 * w**2, w)
    assert len(report.entries) == 6


def test_arguments_that_share_memory_vary_independently() -> None:
    """f(w, w) has two partial derivatives; neither is their sum."""

    def f(a: Any, b: Any) -> Any:
        return np.sum(a**2 * b)

    assert gp.check_gradient(f, lambda a, b: (2 * a * b, a**2), W, W).passed
    assert gp.check_gradient(f, lambda a, b: (2 * a * b, a**2), W[:2], W[1:]).passed


def test_a_value_that_overflows_is_inconclusive() -> None:
    """Infinity at the point is no value to differentiate."""
    with np.errstate(over="ignore"):
        report = gp.examine_gradient(lambda x: x * x, lambda x: 2 * x, 1e200)
    assert (report.verdict, report.reason.split(".")[0]) == ("inconclusive", "f is inf at the point")


def test_a_gradient_that_overflows_fails() -> None:
    """Infinity where f is finite."""
    report = gp.examine_gradient(loss, lambda w: np.where(w > 2, np.inf, gradient(w)), W)
    assert "the gradient is inf at w[2], where f is finite" in report.reason


@pytest.mark.parametrize("value", [np.float64, np.array, float], ids=["scalar", "0-d array", "float"])
def test_a_scalar_is_a_scalar_in_every_form(value: Any) -> None:
    """0-d arrays and Python floats are what f may return."""
    assert gp.check_gradient(lambda w: value(loss(w)), gradient, W).passed


@pytest.mark.parametrize("value", [np.float64, np.array, float], ids=["scalar", "0-d array", "float"])
def test_a_scalar_argument_is_one_in_every_form(value: Any) -> None:
    """A gradient may answer a float by a 0-d array, and the other way round."""
    report = gp.check_gradient(lambda x: x**3, lambda x: np.array(3 * x**2), value(2.0))
    assert [entry.name for entry in report.entries] == ["x"]


class Weights(dict[str, Any]):
    """A dict with a list of biases in it."""


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda p: p.update(more=1.0), "p['more']"),
        (lambda p: p.pop("w"), "p['w']"),
        (lambda p: p.update(w=p["w"] + 1), "p['w']"),
        (lambda p: p["biases"].append(1.0), "p['biases'][2]"),
        (lambda p: p["biases"].reverse(), "p['biases'][0]"),
        (lambda p: p["biases"].__setitem__(1, 7.0), "p['biases'][1]"),
        (lambda p: p["biases"].clear(), "p['biases'][0]"),
        (lambda p: setattr(p["w"], "shape", (3, 1)), "p['w']"),
        (lambda p: p.update(text="b"), "p['text']"),
        (lambda p: p["single"].fill(0), "p['single']"),
        (lambda p: p["waves"].fill(0), "p['waves']"),
        (lambda p: p["labels"].fill(0), "p['labels']"),
    ],
    ids=str.split("add remove replace append reverse set clear reshape text float32 complex integers"),
)
@pytest.mark.parametrize("kind", [dict, Weights])
@pytest.mark.filterwarnings("ignore:Setting the shape:DeprecationWarning")
def test_containers_that_are_changed_are_noticed(kind: Any, change: Any, where: str) -> None:
    """Items added, removed, replaced or moved, in f as in grad; and arrays that are no views of one vector."""
    point = kind(
        w=W,
        biases=[1.0, 2.0],
        text="a",
        single=np.ones(2, np.float32),
        waves=np.ones(1, complex),
        labels=np.array([2, 1]),
    )

    def changing(p: Any) -> Any:
        change(p)
        return 1.0

    report = gp.examine_gradient(changing, changing, point)
    assert report.reason == f"f changed its argument {where}. Let it work on a copy."
    report = gp.examine_gradient(lambda p: 1.0, changing, point)  # noqa: ARG005  its name is part of the path
    assert report.reason == f"grad changed its argument {where}. Let it work on a copy."


def test_an_argument_put_in_place_of_an_equal_one_is_not_changed() -> None:
    """Only what a caller could notice counts: keys in another order and equal numbers are none of it."""

    def grad(p: Any) -> Any:
        p["a"], p["n"] = p.pop("a").copy(), float(p["n"])
        return {"a": gradient(p["a"]), "n": 0.0}

    assert gp.check_gradient(lambda p: loss(p["a"]), grad, {"a": W, "n": 2.0}).passed


@pytest.mark.parametrize("dtype", [np.float32, complex])
def test_memory_of_arrays_in_other_dtypes_is_recognised(dtype: Any) -> None:
    """These are copies of what the vector holds."""

    def f(w: Any) -> Any:
        return 0.5 * np.sum(w.real**2 + w.imag**2)

    report = gp.examine_gradient(f, lambda w: w[:], W.astype(dtype), resolution=1e-3)
    assert "grad returns memory of its argument w:" in report.reason


def test_a_slope_between_wraps_is_no_kept_gradient() -> None:
    """The phase has slope 1 wherever it is looked at closely; far points lie whole turns apart."""
    report = gp.examine_gradient(lambda x: np.angle(np.exp(1j * x)), np.ones_like, np.array(1283.1), seed=0)
    assert report.verdict == "pass"
