"""What gradproof.strategies draws: every awkward feature can be reached, and switched off."""

import collections
import dataclasses
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from gradproof import strategies

Array = npt.NDArray[Any]
TINY = float(np.finfo(np.float64).tiny)
BARE: dict[str, Any] = {
    "scales": (0, 0),
    "zeros": False,
    "ties": False,
    "rows": False,
    "kinks": (),
    "subnormals": False,
}


def rows_of(array: Array) -> list[list[float]]:
    """Rows along the last axis."""
    return array.reshape(-1, array.shape[-1]).tolist() if array.ndim else []


def reached(strategy: st.SearchStrategy[Any], has_it: Callable[[Any], bool]) -> Any:
    """Return the smallest example, which the profile must not decide whether it is found."""
    return find(strategy, has_it, settings=settings(max_examples=2000, database=None, derandomize=True))


def is_one_hot(row: list[float]) -> bool:
    """One 1 among zeros."""
    return len(row) > 1 and sorted(row) == [0.0] * (len(row) - 1) + [1.0]


def has_near_tie(array: Array) -> bool:
    """Two entries that differ in their last digits."""
    return any(0 < b - a <= 4e-16 * b for a, b in pairwise(np.sort(array, axis=None)))


FEATURES: dict[str, tuple[dict[str, Any], Callable[[Array], bool]]] = {
    "large": ({"scales": (-8, 8)}, lambda a: np.max(np.abs(a)) >= 1e8),
    "small": ({"scales": (-8, 8)}, lambda a: 0 < np.max(np.abs(a)) <= 1e-7),
    "a zero": ({"zeros": True}, lambda a: bool(np.any(a == 0))),
    "all zeros": ({"zeros": True}, lambda a: a.size > 2 and not np.any(a)),
    "a near tie": ({"ties": True}, has_near_tie),
    "a constant row": (
        {"rows": True},
        lambda a: any(len(row) > 2 and row[0] == row[-1] != 1 and len(set(row)) == 1 for row in rows_of(a)),
    ),
    "a one-hot row": ({"rows": True, "zeros": True}, lambda a: any(map(is_one_hot, rows_of(a)))),
    "at a kink": ({"kinks": (0.3,)}, lambda a: bool(np.any(a == 0.3))),
    "beside a kink": ({"kinks": (0.3,)}, lambda a: bool(np.any(np.abs(np.abs(a - 0.3) - 1e-9) < 1e-12))),
    "a subnormal": ({"subnormals": True}, lambda a: bool(np.any((a != 0) & (np.abs(a) < TINY)))),
}


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_is_reached_where_it_is_on(name: str) -> None:
    """Hypothesis finds an array with the feature, among 2,000."""
    options, has_it = FEATURES[name]
    drawn = strategies.arrays((2, 3), **{**BARE, **options})
    found = reached(drawn, has_it)
    assert has_it(found)


@given(strategies.arrays((2, 3), **BARE))
def test_features_are_absent_where_they_are_off(array: Array) -> None:
    """Numbers of few bits have none of them by chance either, but for equal entries."""
    assert [name for name, (_, has_it) in FEATURES.items() if has_it(array)] in ([], ["a constant row"])


@given(strategies.arrays((2, 3), kinks=(0.0,), zeros=False))
def test_no_entry_is_zero_where_zeros_are_off(array: Array) -> None:
    """Not by a kink at 0, a tie, or a one-hot row either."""
    assert np.all(array != 0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_arrays_have_their_dtype_and_are_finite(dtype: type[np.floating[Any]]) -> None:
    """At the ends of its range too: scales beyond it are narrowed."""

    @given(strategies.arrays(dtype=dtype, scales=(-300, 300)))
    def finite(array: Array) -> None:
        assert array.dtype == dtype
        assert np.all(np.isfinite(array))

    finite()


@pytest.mark.parametrize(
    ("strategy", "smallest"),
    [
        (strategies.arrays(strategies.batches(3)), np.zeros((1, 3))),
        (strategies.arrays(strategies.shapes(min_dims=2)), np.zeros((1, 1))),
        (strategies.arrays(2, zeros=False), np.ones(2)),
        (strategies.labels(2, 5), np.zeros(2, np.int64)),
    ],
    ids=["batch", "shape", "without zeros", "labels"],
)
def test_arrays_shrink_to_short_ones(strategy: st.SearchStrategy[Array], smallest: Array) -> None:
    """The smallest example has short axes, the scale 1, and 0 or 1 in every place."""
    assert np.array_equal(reached(strategy, lambda _: True), smallest)


def test_a_failing_entry_shrinks_to_a_short_number() -> None:
    """The least array with an entry above 1000 has two digits to read, not sixteen."""
    found = reached(strategies.arrays((2, 2), ties=False), lambda array: array.max() > 1000)
    assert sorted(found.ravel())[:3] == [0.0, 0.0, 0.0]
    assert len(f"{found.max():g}") <= 5


def test_empty_axes_are_drawn_only_where_asked_for() -> None:
    """No examples at all is legal for a sum, and not for a mean."""
    assert reached(strategies.batches(2, empty=True), lambda shape: shape[0] == 0) == (0, 2)
    assert reached(strategies.shapes(min_dims=2, empty=True), lambda shape: 0 in shape)[0] == 0
    assert reached(
        strategies.arrays(strategies.batches(2, empty=True)), lambda array: array.size == 0
    ).shape == (0, 2)

    @given(strategies.shapes(), strategies.batches(2))
    def never(shape: tuple[int, ...], batch: tuple[int, ...]) -> None:
        assert 0 not in shape + batch

    never()


@given(strategies.probabilities(strategies.batches(3)))
def test_probabilities_sum_to_exactly_one(rows: Array) -> None:
    """As Python's own exact sum says: they are multiples of 1/64."""
    assert np.all(rows >= 0)
    assert [float(row.sum()) for row in rows] == [1.0] * len(rows)


def test_probabilities_reach_one_hot_and_uniform_and_can_stay_inside() -> None:
    """With zeros off, no class is certain or impossible."""
    assert is_one_hot(reached(strategies.probabilities(3), lambda row: row[1] == 1).tolist())
    assert reached(strategies.probabilities(4), lambda row: bool(np.all(row == 0.25))).tolist() == [0.25] * 4

    @given(strategies.probabilities((2, 3), zeros=False))
    def inside(rows: Array) -> None:
        assert np.all((rows >= 1 / 64) & (rows <= 62 / 64))

    inside()


@given(strategies.labels(strategies.batches(largest=3), 3))
def test_labels_are_zero_based_classes(classes: Array) -> None:
    """Integers in [0, 3), never float."""
    assert classes.dtype == np.int64
    assert np.all((classes >= 0) & (classes < 3))


class Pair(NamedTuple):
    """Two arrays."""

    weight: Any
    bias: Any


@dataclasses.dataclass
class Model:
    """A dataclass of arrays and of something that is held fixed."""

    layers: list[Pair]
    name: str


TEMPLATE = (
    Model([Pair(np.zeros((2, 1)), strategies.arrays(2, kinks=()))], "model"),
    {"x": np.zeros(3, np.float32), "rate": 0.5},
    collections.OrderedDict(a=(np.zeros(1), [np.arange(3)])),
    strategies.labels(3, 2),
)


@given(strategies.arguments(TEMPLATE))
def test_arguments_follow_their_template(args: tuple[Any, ...]) -> None:
    """Containers, shapes and dtypes are those of the template; integers, strings and None are held fixed."""
    model, data, ordered, classes = args
    assert type(model) is Model
    assert model.name == "model"
    assert type(model.layers[0]) is Pair
    assert [model.layers[0].weight.shape, model.layers[0].bias.shape] == [(2, 1), (2,)]
    assert (data["x"].dtype, data["x"].shape, type(data["rate"])) == (np.float32, (3,), float)
    assert type(ordered) is collections.OrderedDict
    assert ordered["a"][1][0].tolist() == [0, 1, 2]
    assert ordered["a"][1][0] is not TEMPLATE[2]["a"][1][0]
    assert set(classes.tolist()) <= {0, 1}


@given(
    strategies.arguments(
        lambda n, d, k: ([strategies.arrays((n, d))], strategies.arrays((k, d)), strategies.labels(n, k)),
        n=4,
        d=st.integers(1, 3),
        k=(2, 3),
    )
)
def test_arguments_share_the_lengths_of_their_axes(args: tuple[Any, ...]) -> None:
    """The batch of the data is that of the labels, their features those of the weights."""
    (x,), weight, classes = args
    assert x.shape[0] == len(classes) <= 4
    assert x.shape[1] == weight.shape[1] <= 3
    assert 2 <= len(weight) <= 3


@pytest.mark.parametrize(
    ("draw", "kind", "message"),
    [
        (lambda: strategies.arrays(dtype=int), ValueError, "dtype must be a float; got dtype=int64"),
        (lambda: strategies.arrays(scales=(1, 0)), ValueError, r"got scales=\(1, 0\)"),
        (lambda: strategies.batches(largest=0), ValueError, "got largest=0"),
        (lambda: strategies.labels(2, 0), ValueError, "got n_classes=0"),
        (lambda: reached(strategies.probabilities(()), bool), ValueError, r"got shape=\(\)"),
        (lambda: strategies.arguments((1.0,), n=2), TypeError, "got n beside a tuple"),
        (lambda: strategies.arguments(lambda n: (n,), n=(2, 1)), ValueError, r"got n=\(2, 1\)"),
        (lambda: reached(strategies.arguments(lambda: [1.0]), bool), TypeError, "must be a tuple"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_value(
    draw: Callable[[], object], kind: type[Exception], message: str
) -> None:
    """Each message names the argument, what it got, and a remedy."""
    with pytest.raises(kind, match=message):
        draw()
