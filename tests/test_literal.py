"""Replay programs: their literals evaluate to the same bits, and what they name can be imported."""

import collections
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

import gradproof as gp
from gradproof._literal import Source
from gradproof._replay import replay
from gradproof_reference import Layer, softmax_cross_entropy, softmax_cross_entropy_gradient


class Pair(NamedTuple):
    """A namedtuple."""

    a: Any
    b: Any


@dataclass
class Model:
    """A dataclass."""

    layers: list[Any]


def evaluated(value: Any) -> Any:
    """Evaluate the literal of a value."""
    names = {"np": np, "Pair": Pair, "Model": Model, "OrderedDict": collections.OrderedDict}
    return eval(Source().literal(value), names)  # noqa: S307  the text under test


def bits(array: Any) -> tuple[Any, ...]:
    """What two arrays must share to be the same."""
    return array.dtype, array.shape, array.tobytes()


@given(
    hnp.arrays(
        hnp.floating_dtypes(endianness="=", sizes=(16, 32, 64)), hnp.array_shapes(min_dims=0, min_side=0)
    )
)
def test_the_literal_of_a_float_array_has_its_bits(array: Any) -> None:
    """Every float, shape and dtype: zeros of either sign, infinities, no entries at all (a NaN by its kind)."""
    again = evaluated(array)
    assert np.array_equal(np.isnan(array), np.isnan(again))
    assert bits(np.where(np.isnan(array), array.dtype.type(0), array)) == bits(
        np.where(np.isnan(again), again.dtype.type(0), again)
    )


@pytest.mark.parametrize(
    "array",
    [
        np.array([1, 2]),
        np.array([[True], [False]]),
        np.array([1, 2], np.int8),
        np.zeros((0, 2), np.int64),
        np.array([1 + 2j, complex(0.1, np.inf)]),
        np.float32(0.1),
    ],
)
def test_the_literal_of_other_arrays_has_their_bits(array: Any) -> None:
    """Integers, booleans, complex numbers, NumPy's scalars."""
    assert bits(evaluated(array)) == bits(array)


def test_the_literal_of_a_structure_is_of_the_same_kind() -> None:
    """Containers of every kind, a tuple of one among them."""
    value = {
        "pair": Pair(a=(1.0,), b=[None, "text", -0.0]),
        2: collections.OrderedDict(x=Model([np.inf, True, ()])),
    }
    again = evaluated(value)
    assert again == value
    assert repr(again) == repr(value)


def test_a_replay_program_runs_and_finds_the_same() -> None:
    """The functions are imported by their names, the arguments made of literals."""
    args = ({"scores": [Layer(np.array([[0.1, -2.5]]), np.array([1e-300]))]}, 3, 2.0)
    program = replay(_loss, _wrong_gradient, args, {"seed": 7, "resolution": 1e-5})
    assert f"from {__name__} import _loss, _wrong_gradient" in program
    assert "from gradproof_reference.layer import Layer" in program
    with pytest.raises(gp.GradientMismatch) as found:
        exec(program, {})  # noqa: S102  the text under test
    assert found.value.report.seed == 7
    assert found.value.report.worst is not None
    assert found.value.report.worst.name.endswith("weight[0, 1]")


def test_a_function_without_a_name_goes_by_its_role() -> None:
    """A lambda cannot be imported; the program says so."""
    program = replay(softmax_cross_entropy, lambda scores, _: scores, (np.zeros((1, 2)), np.array([1])), {})
    assert program.splitlines()[2:] == [
        "from gradproof_reference.cross_entropy import softmax_cross_entropy",
        "",
        "gp.check_gradient(softmax_cross_entropy, grad, np.array([[0.0, 0.0]]), np.array([1]))  # grad as in the test",
    ]
    assert softmax_cross_entropy_gradient.__name__ not in program


def _loss(model: Any, exponent: int, scale: Any) -> Any:
    layer = model["scores"][0]
    return np.sum(layer.weight**exponent) * scale + np.sum(layer.bias)


def _wrong_gradient(model: Any, exponent: int, scale: Any) -> Any:
    layer = model["scores"][0]
    wrong = exponent * layer.weight ** (exponent - 1) * scale * np.array([1.0, 1.5])
    powers = np.sum(layer.weight**exponent)
    return {"scores": [Layer(wrong, np.ones(1))]}, None, powers
