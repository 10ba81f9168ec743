"""Points with exact derivatives, computed beforehand by mpmath: benchmarks/exact_derivatives.py writes the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources

import numpy as np

from gradproof._nesting import Vector
from gradproof._self_check._calibration import Exact
from gradproof._self_check._kinds import Points

FILE = "exact.txt"

Known = Mapping[str, tuple[Points, Exact]]


def known() -> dict[str, tuple[Points, Exact]]:
    """Return for each kind of function the points and the derivatives there."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return dict(_sections(text))


def written(known: Known) -> str:
    """Return the text that `known` reads: after the name of a kind, a line for each point.

    On it the point and the parameters, then the derivative as a float64 and what rounding to it has left; where there
    is a kink, those from the left and those from the right.
    """
    lines = []
    for name, (points, exact) in known.items():
        lines.append(f"# {name}")
        for i in range(len(points[0])):
            numbers = [part[i] for part in points]
            left, right = (exact.left[i], exact.left_rest[i]), (exact.right[i], exact.right_rest[i])
            sides = left if left == right else (*left, *right)
            lines.append(f"{' '.join(map(_hex, numbers))} = {' '.join(map(_hex, sides))}")
    return "\n".join(lines) + "\n"


def _sections(text: str) -> Iterator[tuple[str, tuple[Points, Exact]]]:
    for section in text.removeprefix("# ").split("\n# "):
        name, *lines = section.splitlines()
        points, sides = zip(*(line.split(" = ") for line in lines), strict=True)
        slopes = [_floats(side) for side in sides]
        both = [side if len(side) == 4 else side * 2 for side in slopes]
        left, left_rest, right, right_rest = np.array(both).T
        yield name, (_columns(points), Exact(left, right, left_rest, right_rest))


def _columns(lines: tuple[str, ...]) -> Points:
    columns: list[Vector] = list(np.array([_floats(line) for line in lines]).T)
    return tuple(np.ascontiguousarray(column) for column in columns)


def _floats(line: str) -> list[float]:
    return [float.fromhex(number) for number in line.split()]


def _hex(number: float) -> str:
    """Return a float in hexadecimal, without the zeros at the end of its digits."""
    digits, _, exponent = float(number).hex().partition("p")
    return f"{digits.rstrip('0').rstrip('.')}p{exponent}" if "." in digits else f"{digits}p{exponent}"
