"""Speed of one examination, and the evaluations of f that it takes, by the number of parameters."""

from typing import ClassVar

import numpy as np

import gradproof as gp
import gradproof_reference as ref

SEED = 20_240


class CheckGradient:
    """`check_gradient` of the softmax cross-entropy (F15, F18) by its logits, all of them correct."""

    version = "1"
    param_names = ("n_parameters",)
    params: ClassVar = [(10, 100)]
    unit = "calls"

    def setup(self, n_parameters: int) -> None:
        """Draw ten logits for each example, and its label."""
        rng = np.random.default_rng(SEED)
        self.logits = rng.normal(size=(n_parameters // 10, 10))
        self.labels = rng.integers(10, size=n_parameters // 10)

    def time_check_gradient(self, _: int) -> None:
        self._check()

    def track_evaluations(self, _: int) -> int:
        return self._check().evaluations.f

    def _check(self) -> gp.GradientReport:
        return gp.check_gradient(
            lambda logits: ref.softmax_cross_entropy(logits, self.labels),
            lambda logits: ref.softmax_cross_entropy_gradient(logits, self.labels),
            self.logits,
        )


class CheckMLP:
    """`check_gradient` of an MLP (F26) by all of its parameters: entry by entry in batches, then along directions."""

    version = "1"
    param_names = ("n_hidden", "vectorized")
    params: ClassVar = [(13, 133, 1330), (False, True)]
    unit = "evaluations"

    def setup(self, n_hidden: int, _: bool) -> None:
        """Draw a network for 8 by 8 images and ten classes, and a batch of 16."""
        rng = np.random.default_rng(SEED)
        self.features = rng.normal(size=(16, 64))
        self.labels = rng.integers(10, size=16)
        self.layers = [
            ref.Layer(rng.normal(size=(n_hidden, 64)) / 8, rng.normal(size=n_hidden)),
            ref.Layer(rng.normal(size=(10, n_hidden)) / np.sqrt(n_hidden), rng.normal(size=10)),
        ]

    def time_check_gradient(self, _: int, vectorized: bool) -> None:
        self._check(vectorized=vectorized)

    def peakmem_check_gradient(self, _: int, vectorized: bool) -> None:
        self._check(vectorized=vectorized)

    def track_evaluations(self, _: int, vectorized: bool) -> int:
        return self._check(vectorized=vectorized).evaluations.f

    def _check(self, *, vectorized: bool) -> gp.GradientReport:
        return gp.check_gradient(
            lambda layers: ref.mlp_loss(layers, self.features, self.labels, ref.TANH),
            lambda layers: list(ref.mlp_gradient(layers, self.features, self.labels, ref.TANH)),
            self.layers,
            vectorized=vectorized,
            seed=SEED,
        )
