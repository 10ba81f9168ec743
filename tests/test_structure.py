"""Arguments of any nesting: every entry has a path, and gradients are matched to it part by part."""

from collections import OrderedDict
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import numpy as np
import pytest

import gradproof as gp
from gradproof._structure import Arguments


class Layer(NamedTuple):
    """A namedtuple of arrays."""

    weight: Any
    bias: Any


@dataclass(frozen=True)
class Model:
    """A dataclass of a list of layers, a scale, and what is no parameter."""

    layers: list[Layer]
    scale: float
    name: str = "model"


MODEL = Model([Layer(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, -0.5]))], 2.0)
TABLE = {"w": np.array([1.0, 2.0]), "parts": (np.array(3.0), [np.array([4.0])]), "steps": 3}


def model_loss(model: Any, labels: Any) -> Any:
    """Touch every float of the model."""
    (layer,) = model.layers
    return model.scale**2 * np.sum(layer.weight**3) + np.sum(layer.bias[labels] ** 2)


def model_gradient(model: Any, labels: Any) -> Any:
    """Its gradient in the same structure."""
    (layer,) = model.layers
    bias = np.zeros(2)
    np.add.at(bias, labels, 2 * layer.bias[labels])
    weight = 3 * model.scale**2 * layer.weight**2
    return Model([Layer(weight, bias)], 2 * model.scale * np.sum(layer.weight**3))


LABELS = np.array([0, 0, 1])


@pytest.mark.parametrize(
    "wrap", [lambda g: g, lambda g: (g,), lambda g: (g, None)], ids=["bare", "one part", "None"]
)
def test_one_float_argument_may_be_answered_in_three_ways(wrap: Any) -> None:
    """Bare, as a tuple of float arguments, or as a tuple of all arguments with None for the labels."""
    report = gp.check_gradient(model_loss, lambda *args: wrap(model_gradient(*args)), MODEL, LABELS)
    assert [entry.name for entry in report.entries] == [
        *(f"model.layers[0].weight[{i}, {j}]" for i in (0, 1) for j in (0, 1)),
        *(f"model.layers[0].bias[{i}]" for i in (0, 1)),
        "model.scale",
    ]


def test_dicts_tuples_and_lists_nest() -> None:
    """Paths lead through keys and positions; integers inside are held fixed."""

    def loss(table: Any) -> Any:
        return np.sum(table["w"] ** table["steps"]) + table["parts"][0] * table["parts"][1][0][0]

    def grad(table: Any) -> Any:
        first, (second,) = table["parts"]
        return {"w": 3 * table["w"] ** 2, "parts": (second[0], [np.array([first])]), "steps": None}

    report = gp.check_gradient(loss, grad, TABLE)
    assert [entry.name for entry in report.entries] == [
        "table['w'][0]",
        "table['w'][1]",
        "table['parts'][0]",
        "table['parts'][1][0][0]",
    ]


def test_a_wrong_entry_is_named_by_its_path() -> None:
    """The worst entry of a nested model carries the path that its user would write."""

    def grad(model: Any, labels: Any) -> Any:
        right = model_gradient(model, labels)
        right.layers[0].weight[1, 0] *= 1.001
        return right

    report = gp.examine_gradient(model_loss, grad, MODEL, LABELS)
    assert (report.worst.path, report.worst.index) == ("model.layers[0].weight", (1, 0))


def test_several_arguments_are_answered_by_a_tuple() -> None:
    """A gradient in another order than the arguments is a shape error, not a wrong number."""

    def loss(weight: Any, bias: Any) -> Any:
        return np.sum(weight**2) + np.sum(bias**3)

    args = np.ones((2, 3)), np.ones(2)
    assert gp.check_gradient(loss, lambda w, b: (2 * w, 3 * b**2), *args).passed
    swapped = gp.examine_gradient(loss, lambda w, b: (3 * b**2, 2 * w), *args)
    assert "the gradient of weight must have its shape (2, 3); got shape (2,)" in swapped.reason
    missing = gp.examine_gradient(loss, lambda w, _: 2 * w, *args)
    assert "one part for each of weight, bias; got float64 array of shape (2, 3)" in missing.reason


def test_missing_parts_of_a_structure_are_named() -> None:
    """A gradient without one of the argument's keys says which were expected."""
    report = gp.examine_gradient(lambda p: np.sum(p["a"]), lambda p: {"b": p["a"]}, {"a": np.ones(2)})
    assert "structured like p (parts ['a']); got dict" in report.reason


def test_scalars_and_empty_arrays_are_arguments() -> None:
    """A plain float is one entry; an empty array has none to compare."""
    assert gp.check_gradient(lambda x: x**2, lambda x: 2 * x, 3.0).worst.name == "x"
    report = gp.check_gradient(lambda x, e: x**2 + np.sum(e), lambda x, e: (2 * x, e), 3.0, np.zeros((0, 2)))
    assert len(report.entries) == 1


def test_float32_arguments_are_differentiated_in_float64() -> None:
    """The numerical derivative is as sharp as ever; the gradient's own float32 rounding limits what can be said."""
    w = np.array([1.0, -2.0], dtype=np.float32)
    report = gp.check_gradient(lambda w: np.sum(w**3), lambda w: 3 * w**2, w)
    assert 1e-7 < report.resolution < 1e-5
    assert gp.check_gradient(lambda w: np.sum(w**3), lambda w: 3 * w**2, w, resolution=1e-4).verdict == "pass"
    assert (
        gp.examine_gradient(lambda w: np.sum(w**3), lambda w: 3.01 * w**2, w, resolution=1e-4).verdict
        == "fail"
    )


def test_functions_without_a_signature_get_numbered_arguments() -> None:
    """Where names cannot be had, args[0] serves."""
    report = gp.examine_gradient(lambda *args: np.sum(args[0] ** 2), lambda *args: args[0], np.ones(2))
    assert report.worst.name.startswith("args[0][")


def test_a_dict_of_gradients_may_come_in_any_order_and_leave_out_what_is_fixed() -> None:
    """Back-propagation fills its dict from the last layer to the first."""
    args = {"a": 2.0, "b": 3.0, "n": 4}
    report = gp.check_gradient(
        lambda p: p["a"] ** 2 * p["b"], lambda p: {"b": p["a"] ** 2, "a": 2 * p["a"] * p["b"]}, args
    )
    assert [(entry.name, entry.analytic) for entry in report.entries] == [("p['a']", 12.0), ("p['b']", 4.0)]


def test_containers_come_back_as_what_they_are() -> None:
    """An OrderedDict, a dataclass that derives a field, a namedtuple with a constructor of its own."""

    @dataclass
    class Derived:
        weight: Any
        double: Any = field(init=False)

        def __post_init__(self) -> None:
            self.double = 2 * self.weight

    class Named(NamedTuple):
        weight: Any

    class Own(Named):
        def __new__(cls) -> Self:
            return super().__new__(cls, np.ones(2))

    def loss(table: Any) -> Any:
        assert type(table) is OrderedDict
        return np.sum(table["w"] ** 2)

    assert gp.check_gradient(loss, lambda t: {"w": 2 * t["w"]}, OrderedDict(w=np.ones(2))).passed
    derived = Derived(np.ones(2))
    report = gp.examine_gradient(
        lambda d: np.sum(d.weight * d.double), lambda d: {"weight": d.double}, derived
    )
    assert "structured like d (parts .weight, .double)" in report.reason
    assert gp.check_gradient(lambda o: np.sum(o.weight**2), lambda o: Named(2 * o.weight), Own()).passed


def test_paths_lead_through_every_kind_of_container() -> None:
    """Dict in list in dataclass in namedtuple, None and empty containers beside them, and mappings of other kinds."""

    class Outer(NamedTuple):
        params: Any
        extra: Any

    weight = np.array([[1.0, 2.0], [3.0, 4.0]])
    params = MappingProxyType({"layers": [None, (), Layer(weight, None)], 7: [{}, {"scale": 2.0}]})
    point = Outer(params, [None, [], np.array([], dtype=float)])

    def loss(outer: Any) -> Any:
        assert outer.extra[:2] == [None, []]
        return outer.params[7][1]["scale"] * np.sum(outer.params["layers"][2].weight ** 2)

    def grad(outer: Any, factor: float = 1.0) -> Any:
        weight, scale = outer.params["layers"][2].weight, outer.params[7][1]["scale"]
        right = 2 * scale * weight
        right[1, 0] *= factor
        layers = [None, (), Layer(right, None)]
        return Outer({"layers": layers, 7: [{}, {"scale": np.sum(weight**2)}]}, [None, [], np.empty(0)])

    assert [entry.name for entry in gp.check_gradient(loss, grad, point).entries] == [
        *(f"outer.params['layers'][2].weight[{i}, {j}]" for i in (0, 1) for j in (0, 1)),
        "outer.params[7][1]['scale']",
    ]
    with pytest.raises(gp.GradientMismatch, match=r"outer\.params\['layers'\]\[2\]\.weight\[1, 0\]"):
        gp.check_gradient(loss, lambda outer: grad(outer, 1.01), point)


def test_entries_beside_empty_arrays_are_located() -> None:
    """Empty arrays hold no entry, wherever they stand: before, between and after."""
    empty = np.zeros((2, 0))
    arguments = Arguments((empty, np.arange(3.0), empty, 4.0, empty), tuple("abcde"))
    assert [arguments.name(i) for i in range(4)] == ["b[0]", "b[1]", "b[2]", "d"]
    np.testing.assert_array_equal(arguments.leafwise_max(np.array([1.0, 5.0, 2.0, 3.0])), [5, 5, 5, 3])


def test_points_with_several_leading_axes_come_first_in_every_leaf() -> None:
    """Scalars too: a Python float and a complex one."""
    arguments = Arguments((np.zeros((2, 2)), 1.0, 2j), tuple("abc"))
    points = np.arange(3 * 5 * 7.0).reshape(3, 5, 7)
    matrix, number, pair = arguments.view(points)
    np.testing.assert_array_equal(matrix, points[..., :4].reshape(3, 5, 2, 2))
    np.testing.assert_array_equal(number, points[..., 4])
    np.testing.assert_array_equal(pair, points[..., 5] + 1j * points[..., 6])
