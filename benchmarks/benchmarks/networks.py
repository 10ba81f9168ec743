"""Stacks of networks, images and labels, drawn from one seed, for the benchmarks."""

from itertools import pairwise
from types import ModuleType

import numpy as np

import gradproof_reference as ref

SEED = 20_240


def layers(widths: tuple[int, ...], stack: tuple[int, ...] = ()) -> list:
    """Draw the layers of networks of these widths, scaled so that no unit saturates."""
    rng = np.random.default_rng(SEED)
    return [
        ref.Layer(rng.normal(size=(*stack, d_out, d_in)) / np.sqrt(d_in), np.zeros((*stack, d_out)))
        for d_in, d_out in pairwise(widths)
    ]


def images(n: int, width: int = 64, n_classes: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Draw n images as wide as the digits', and labels."""
    rng = np.random.default_rng(SEED + 1)
    return rng.uniform(size=(n, width)), rng.integers(n_classes, size=n)


def require_loop(package: ModuleType, loop: str) -> None:
    """Let asv skip a loop that the commit lacks."""
    if not hasattr(package, loop):
        raise NotImplementedError(f"gradproof_reference has no {loop}")
