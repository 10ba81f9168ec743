"""Networks of one depth that differ in their initialisation, as one array."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gradproof_experiments.digits import N_CLASSES, N_INPUTS
from gradproof_experiments.experiment import generator
from gradproof_experiments.networks import Scheme, initial_layers

from .flat import pack

__all__ = ["initial_stack", "layer_sizes"]


def layer_sizes(depth: int, width: int) -> tuple[int, ...]:
    """Inputs, hidden units of each layer and classes of a network of `depth` layers (F24).

    Examples
    --------
    >>> layer_sizes(3, 32), layer_sizes(1, 32)
    ((64, 32, 32, 10), (64, 10))
    """
    return (N_INPUTS, *[width] * (depth - 1), N_CLASSES)


def initial_stack(
    sizes: Sequence[int], schemes: Sequence[Scheme], fixed: float, root: int, seed: int
) -> npt.NDArray[np.float64]:
    """Initial parameters, one model per scheme: float64 array of shape (n_schemes, p), see `flat`.

    The draws are the same for all schemes, and for all depths as far as they go.
    """
    rngs = [generator(root, "initial weights", seed) for _ in schemes]
    return np.stack(
        [pack(initial_layers(sizes, scheme, rng, fixed)) for scheme, rng in zip(schemes, rngs, strict=True)]
    )
