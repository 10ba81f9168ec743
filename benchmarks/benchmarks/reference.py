"""Speed of the reference's formulas: one large model, and many small ones stacked along a leading axis."""

from itertools import pairwise
from typing import ClassVar

import numpy as np

import gradproof_reference as ref

SEED = 20_240


class SoftmaxCrossEntropy:
    """F15 and F18: the fused loss and its gradient, by stack, examples and classes."""

    version = "1"
    param_names = ("stack", "n_examples", "n_classes")
    params: ClassVar = [(1, 48), (100, 1000), (10,)]

    def setup(self, stack: int, n_examples: int, n_classes: int) -> None:
        """Draw logits of a size at which no class saturates, and labels."""
        rng = np.random.default_rng(SEED)
        self.logits = rng.normal(size=(stack, n_examples, n_classes))
        self.labels = rng.integers(n_classes, size=(stack, n_examples))

    def time_loss(self, *_: int) -> None:
        ref.softmax_cross_entropy(self.logits, self.labels)

    def time_gradient(self, *_: int) -> None:
        ref.softmax_cross_entropy_gradient(self.logits, self.labels)


class MultilayerPerceptron:
    """F24 and F26: loss and gradient of a 64-32-10 network on batches the size of the digits' images."""

    version = "1"
    param_names = ("stack", "batch_size")
    params: ClassVar = [(1, 48), (32, 256)]

    def setup(self, stack: int, batch_size: int) -> None:
        """Draw a stack of networks, one batch of 8x8 images for all of them, and labels."""
        rng = np.random.default_rng(SEED)
        widths = (64, 32, 10)
        self.layers = [
            ref.Layer(rng.normal(size=(stack, d_out, d_in)) / np.sqrt(d_in), np.zeros((stack, d_out)))
            for d_in, d_out in pairwise(widths)
        ]
        self.x = rng.uniform(size=(batch_size, widths[0]))
        self.labels = rng.integers(widths[-1], size=batch_size)

    def time_loss_and_gradient(self, *_: int) -> None:
        ref.mlp_loss_and_gradient(self.layers, self.x, self.labels)
