"""Time against one size each, over nearly geometric sizes: the exponents in the report are fitted to these, so many that their intervals are narrow.

The other sizes are held, and the smallest one is large enough that the calls themselves do not hide the law.
"""

from typing import ClassVar

import numpy as np

import gradproof as gp
import gradproof_reference as ref

from .networks import SEED, images, layers, require_loop


class _Training:
    """One epoch of `train_mlp` on 256 images in batches of 32."""

    version = "1"
    timeout = 120

    def _draw(self, widths: tuple[int, ...], stack: tuple[int, ...] = (), batch: int = 32) -> None:
        require_loop(ref, "train_mlp")
        self.layers, self.batch = layers(widths, stack), batch
        self.x, self.labels = images(256, widths[0])

    def time_epoch(self, _: int) -> None:
        ref.train_mlp(self.layers, self.x, self.labels, learning_rate=1e-3, n_epochs=1, batch_size=self.batch)


class Models(_Training):
    """Against the number of stacked 64-32-10 networks."""

    param_names = ("models",)
    params: ClassVar = [(16, 24, 32, 48, 64, 96, 128, 192, 256)]

    def setup(self, models: int) -> None:
        """Draw the stack."""
        self._draw((64, 32, 10), (models,))


class Depth(_Training):
    """Against the number of hidden layers of width 32, in a stack of 24."""

    param_names = ("depth",)
    params: ClassVar = [(2, 3, 4, 6, 8, 12, 16, 24, 32)]

    def setup(self, depth: int) -> None:
        """Draw the stack."""
        self._draw((64, *(32,) * depth, 10), (24,))


class Batch:
    """Loss and gradient of a stack of 8 64-32-10 networks against the examples in the batch."""

    version = "1"
    param_names = ("batch",)
    params: ClassVar = [(128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096)]

    def setup(self, batch: int) -> None:
        """Draw networks and examples."""
        self.layers = layers((64, 32, 10), (8,))
        self.x, self.labels = images(batch)

    def time_loss_and_gradient(self, _: int) -> None:
        ref.mlp_loss_and_gradient(self.layers, self.x, self.labels)


class Parameters:
    """One examination by directions of a smooth function against its parameters."""

    version = "1"
    timeout = 120
    param_names = ("parameters",)
    params: ClassVar = [(16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576)]

    def setup(self, parameters: int) -> None:
        """Draw the point."""
        self.point = np.random.default_rng(SEED).uniform(-1, 1, size=parameters)

    def time_check(self, _: int) -> None:
        gp.check_gradient(lambda w: np.sum(np.sin(w)), np.cos, self.point, mode="directions", seed=SEED)


class Directions:
    """One examination, entry by entry, of a loss whose cost is held: each entry is a direction along which it is asked."""

    version = "2"
    timeout = 120
    param_names = ("directions",)
    params: ClassVar = [(128, 192, 256, 384, 512, 768, 1024, 1536, 2048)]

    def setup(self, directions: int) -> None:
        """Draw the logits of 256 examples; the entries are factors of the first ones."""
        rng = np.random.default_rng(SEED)
        self.logits, self.labels = rng.normal(size=(256, 10)), rng.integers(10, size=256)
        self.entries = np.ones(directions)

    def time_check(self, directions: int) -> None:
        moved = self.logits.reshape(-1)[:directions]

        def loss(w: np.ndarray) -> np.ndarray:
            logits = self.logits.astype(w.dtype)
            logits.reshape(-1)[:directions] *= w
            return ref.softmax_cross_entropy(logits, self.labels)

        def gradient(w: np.ndarray) -> np.ndarray:
            logits = self.logits.copy()
            logits.reshape(-1)[:directions] *= w
            return moved * ref.softmax_cross_entropy_gradient(logits, self.labels).reshape(-1)[:directions]

        gp.check_gradient(loss, gradient, self.entries, mode="entries", seed=SEED)
