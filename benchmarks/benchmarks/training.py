"""Speed and memory of the training loops: one epoch on 1,024 images in batches of 32."""

from typing import ClassVar

import gradproof_reference as ref

from .networks import images, layers


class Sweep:
    """A stack of 64-32-10 networks."""

    version = "1"
    timeout = 120
    param_names = ("stack",)
    params: ClassVar = [(1, 8, 48, 256)]

    def setup(self, stack: int) -> None:
        """Draw networks and images."""
        self.layers = layers((64, 32, 10), (stack,))
        self.x, self.labels = images(1024)

    def time_train_mlp(self, _: int) -> None:
        self._train()

    def peakmem_train_mlp(self, _: int) -> None:
        self._train()

    def _train(self) -> None:
        ref.train_mlp(self.layers, self.x, self.labels, learning_rate=1e-3, n_epochs=1, batch_size=32)


class Imports:
    """A fresh interpreter that imports a package."""

    version = "1"

    def timeraw_import_gradproof(self) -> str:
        return "import gradproof"

    def timeraw_import_reference(self) -> str:
        return "import gradproof_reference"
