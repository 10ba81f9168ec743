"""How large the gradient is at every layer of a network before training (F24, F26)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gradproof_experiments.digits import digits
from gradproof_experiments.experiment import Columns
from gradproof_reference import ACTIVATIONS, mlp_backward, mlp_forward

from .config import SCHEMES
from .flat import unpack
from .stack import initial_stack, layer_sizes

__all__ = ["ProfilePoint", "profile"]


@dataclass(frozen=True)
class ProfilePoint:
    """One activation; the initialisations are stacked. Fields as in `DepthConfig`."""

    activation: str
    n_layers: int
    width: int
    n_images: int
    n_training: int
    fixed: float
    root: int


def profile(point: ProfilePoint, seed: int) -> Columns:
    """Root mean squares of ∂l/∂z_k, of a_{k-1} and of ∂l/∂w[k] at every layer k, for every scheme.

    That of ∂l/∂z_k is over examples and units, l being the loss of the one example; that of ∂l/∂w[k] is over the
    weights, l being summed over the examples.

    Returns
    -------
    Columns
        ``scheme``, ``layer`` (1 to n) and the three, in nats per unit of z, without unit, and in nats per unit of w.
    """
    images = digits(point.n_training, point.root, seed).training
    x, labels = images.x[: point.n_images], images.labels[: point.n_images]
    sizes = layer_sizes(point.n_layers, point.width)
    models = initial_stack(sizes, SCHEMES, point.fixed, point.root, seed)
    rows: list[tuple[str, int, float, float, float]] = []
    # One model is larger than the cache already, so that more at a time would only wait for memory.
    for scheme, model in zip(SCHEMES, models, strict=True):
        rows += [(scheme, *row) for row in _layer_rows(model[np.newaxis], sizes, x, labels, point.activation)]
    names = ("scheme", "layer", "dz_rms", "input_rms", "dw_rms")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def _layer_rows(
    models: npt.NDArray[np.float64],
    sizes: tuple[int, ...],
    x: npt.NDArray[np.float64],
    labels: npt.NDArray[np.int64],
    name: str,
) -> list[tuple[int, float, float, float]]:
    layers = unpack(models, sizes)
    back = mlp_backward(layers, x, labels, ACTIVATIONS[name])
    inputs = mlp_forward(layers, x, ACTIVATIONS[name]).activations
    triples = zip(back.pre_activations, inputs, back.layers, strict=True)
    return [(k, _rms(dz), _rms(a), _rms(by.weight)) for k, (dz, a, by) in enumerate(triples, 1)]


def _rms(values: npt.NDArray[Any]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
