"""Speed and memory of the training loops: one epoch on 1,024 examples in batches of 32."""

from typing import ClassVar

import numpy as np

import gradproof_reference as ref

from .networks import SEED, images, layers, require_loop


class Sweep:
    """A stack of 64-32-10 networks."""

    version = "1"
    timeout = 120
    param_names = ("stack",)
    params: ClassVar = [(1, 8, 48, 256)]

    def setup(self, stack: int) -> None:
        """Draw networks and images."""
        require_loop(ref, "train_mlp")
        self.layers = layers((64, 32, 10), (stack,))
        self.x, self.labels = images(1024)

    def time_train_mlp(self, _: int) -> None:
        self._train()

    def peakmem_train_mlp(self, _: int) -> None:
        self._train()

    def _train(self) -> None:
        ref.train_mlp(self.layers, self.x, self.labels, learning_rate=1e-3, n_epochs=1, batch_size=32)


class GeneralLoop:
    """`train`, which keeps each step, with the gradient of a stack of 64-32-10 networks: the loop that `train_mlp` replaces."""

    version = "1"
    timeout = 120
    param_names = ("stack",)
    params: ClassVar = [(1, 8, 48)]

    def setup(self, stack: int) -> None:
        """Draw networks and images."""
        self.layers = layers((64, 32, 10), (stack,))
        self.x, self.labels = images(1024)

    def time_train(self, _: int) -> None:
        for _step in ref.train(
            self._loss_and_gradient, self.layers, 1024, learning_rate=1e-3, n_epochs=1, batch_size=32
        ):
            pass

    def _loss_and_gradient(self, layers: list, batch: np.ndarray) -> tuple:
        return ref.mlp_loss_and_gradient(layers, self.x[batch], self.labels[batch])


class Polynomials:
    """`train_polynomial` of a stack of degree 9, with momentum: 20 epochs, since one takes no longer than its set-up."""

    version = "1"
    timeout = 120
    param_names = ("stack",)
    params: ClassVar = [(1, 8, 48, 256)]

    def setup(self, stack: int) -> None:
        """Draw coefficients and points."""
        require_loop(ref, "train_polynomial")
        rng = np.random.default_rng(SEED)
        self.coefficients = rng.normal(size=(stack, 10))
        self.x, self.t = rng.uniform(size=1024), rng.normal(size=1024)

    def time_train_polynomial(self, _: int) -> None:
        self._train()

    def peakmem_train_polynomial(self, _: int) -> None:
        self._train()

    def _train(self) -> None:
        ref.train_polynomial(
            self.coefficients,
            self.x,
            self.t,
            learning_rate=1e-3,
            n_epochs=20,
            batch_size=32,
            momentum=0.9,
        )


class Imports:
    """A fresh interpreter that imports a package."""

    version = "1"

    def timeraw_import_gradproof(self) -> str:
        return "import gradproof"

    def timeraw_import_reference(self) -> str:
        return "import gradproof_reference"
