"""Networks that are drawn: smooth ones of any scale, and kinked ones that keep off their kinks."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradproof_reference import ACTIVATIONS, Activation, Layer
from harness import Array, arrays, labels, scales, sizes


class Problem(NamedTuple):
    """A network with data: what `mlp_loss` takes."""

    layers: tuple[Layer, ...]
    x: Array
    labels: Array
    activation: Activation


@st.composite
def problems(
    draw: st.DrawFn, name: str = "sigmoid", *, depth: int | None = None, scaled: bool = True, largest: int = 3
) -> Problem:
    """Networks of 1 to 4 layers with n examples; scaled, the inputs are of any size from 1e-8 to 1e8."""
    depth = draw(sizes(4)) if depth is None else depth
    dims = [draw(sizes(largest)) for _ in range(depth + 1)]
    n = draw(sizes(largest))
    scale = draw(scales()) if scaled else 1.0
    kinked = name in {"step", "relu"}
    layers, x = _kinked(draw, dims, n) if kinked else _smooth(draw, dims, n)
    x = x * scale
    classes = draw(labels((n,), dims[-1]))
    activation = ACTIVATIONS[name]
    if name == "relu":
        # ReLU is homogeneous: hidden units scale with inputs and biases, and the last weights take it back.
        hidden = [Layer(layer.weight, layer.bias * scale) for layer in layers[:-1]]
        last = Layer(layers[-1].weight / scale, layers[-1].bias)
        return Problem((*hidden, last), x, classes, activation)
    if name == "step" and depth > 1:
        first = Layer(layers[0].weight, layers[0].bias * scale)
        return Problem((first, *layers[1:]), x, classes, activation)
    if draw(st.booleans()):  # else large inputs saturate the first layer
        first = Layer(layers[0].weight / scale, layers[0].bias)
        return Problem((first, *layers[1:]), x, classes, activation)
    return Problem(layers, x, classes, activation)


def _smooth(draw: st.DrawFn, dims: list[int], n: int) -> tuple[tuple[Layer, ...], Array]:
    layers = tuple(
        Layer(draw(arrays((d_out, d_in))), draw(arrays((d_out,)))) for d_in, d_out in pairwise(dims)
    )
    return layers, draw(arrays((n, dims[0])))


def _kinked(draw: st.DrawFn, dims: list[int], n: int) -> tuple[tuple[Layer, ...], Array]:
    """Draw integers, and biases that lie halfway: layer k has pre-activations in odd multiples of 2^−k, never 0."""
    integers = st.integers(-2, 2)
    layers = tuple(
        Layer(
            draw(hnp.arrays(np.float64, (d_out, d_in), elements=integers)),
            draw(hnp.arrays(np.float64, (d_out,), elements=integers)) + 2.0**-k,
        )
        for k, (d_in, d_out) in enumerate(pairwise(dims), start=1)
    )
    return layers, draw(hnp.arrays(np.float64, (n, dims[0]), elements=integers))
