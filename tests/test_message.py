"""The message of a mismatch: what, where, why and how to see it again, in under 25 lines of ASCII."""

import re
from typing import Any

import numpy as np
import pytest
from diagnosis_corpus import PLANTED, Case, examined
from diagnosis_corpus.functions import network

import gradproof as gp

LIMIT = 25


def cubes(w: Any) -> Any:
    """The sum of cubes of all entries, a third of it."""
    return np.sum(w**3) / 3


def spoiled(w: Any) -> Any:
    """Its gradient, but for a corner."""
    gradient = np.array(w**2)
    gradient[:2, -1] += 1
    return gradient


def message(grad: Any, *args: Any, f: Any = cubes, **options: Any) -> str:
    """The message of the mismatch that a check raises."""
    with pytest.raises(gp.GradientMismatch) as caught:
        gp.check_gradient(f, grad, *args, seed=3, **options)
    return str(caught.value)


@pytest.mark.parametrize("case", PLANTED[::12], ids=lambda case: f"{case.function.name} {case.fault}")
def test_a_message_has_under_25_lines_of_ascii(case: Case) -> None:
    """Whatever was planted, where ever."""
    text = str(examined(case))
    assert text.isascii()
    assert len(text.splitlines()) < LIMIT


def test_a_message_about_many_arrays_with_long_paths_stays_short() -> None:
    """Hundred arrays behind names of hundreds of characters, all wrong."""
    weights = {f"{'a' * 300}ü{i}": np.full(30, 0.5 + i / 100) for i in range(50)}
    text = message(
        lambda w: {key: 2 * value**2 for key, value in w.items()},
        weights,
        f=lambda w: sum(cubes(value) for value in w.values()),
        mode="directions",
    )
    assert text.isascii()
    assert len(text.splitlines()) < LIMIT
    assert max(map(len, text.splitlines())) < 500


def test_a_map_shows_where_a_matrix_is_wrong() -> None:
    """One character for each entry, and x where it is wrong."""
    text = message(spoiled, np.arange(1.0, 13.0).reshape(3, 4))
    assert re.findall(r"^ +([.x?]+)$", text, re.MULTILINE) == ["...x", "...x", "...."]


def test_a_map_of_a_large_matrix_is_drawn_in_blocks() -> None:
    """20 x 40 entries in 8 x 32 places; the two wrong ones are in the first block of the last column."""
    text = message(spoiled, np.linspace(1, 2, 800).reshape(20, 40))
    assert re.findall(r"^ +([.x?]+)$", text, re.MULTILINE) == ["." * 31 + "x", *["." * 32] * 7]


def test_wrong_entries_are_counted_by_array() -> None:
    """Each array at fault with its count; the others in one line."""
    case = Case("", "", network((3, 4, 2)), lambda g, _: [g[0] + 1, 3 * g[1], g[2], g[3]])
    text = str(examined(case))
    assert "    layers[0].weight: 12 of 12\n    layers[0].bias: 4 of 4\n    none in the other 2\n" in text


def test_the_replay_finds_the_same_again() -> None:
    """The printed lines, run with the function and gradient that they name, raise the same message."""
    w = {"a": np.array([[0.1, -1e-3], [2.0, 1 / 3]]), "b": (np.float32([0.5, 0.7]), 2)}

    def f(w: Any) -> Any:
        return cubes(w["a"]) + np.sum(w["b"][0]) * w["b"][1]

    def grad(w: Any) -> Any:
        return {"a": 2 * w["a"] ** 2, "b": (np.full(2, 2, np.float32), None)}

    text = message(grad, w, f=f)
    again = text[text.index("  again:\n") + len("  again:\n") :]
    with pytest.raises(gp.GradientMismatch) as caught:
        exec("\n".join(line.strip() for line in again.splitlines()), {"f": f, "grad": grad})  # noqa: S102  it is what was printed
    assert str(caught.value) == text


def test_arguments_that_are_too_large_to_print_are_asked_for() -> None:
    """The seed is what repeats the examination."""
    text = message(lambda w: w, np.linspace(1, 2, 1200))
    assert text.endswith('again: pass the same arguments and seed=3, mode="directions"')


def test_a_pass_is_short() -> None:
    """No map, no counts, no replay."""
    assert len(str(gp.examine_gradient(cubes, lambda w: w**2, np.eye(3) + 0.5)).splitlines()) <= 6
