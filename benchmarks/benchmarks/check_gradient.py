"""Speed of one examination, and the calls of f that it takes, by the number of parameters."""

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
