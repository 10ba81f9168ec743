"""Configuration of the experiment on depth, activation and initialisation, checked on entry."""

import math
from dataclasses import dataclass

from gradproof_experiments.networks import Scheme

__all__ = ["ACTIVATION_NAMES", "SCHEMES", "DepthConfig"]

ACTIVATION_NAMES = ("sigmoid", "tanh", "relu")
"""Activations that SGD can train through; the step has a part of its own."""

SCHEMES: tuple[Scheme, ...] = ("glorot", "he", "fixed")
"""Initialisations; their models are stacked in this order."""

_N_DIGITS = 1797


@dataclass(frozen=True)
class DepthConfig:
    """How deep, how wide, on how many images, and how the networks are trained.

    A depth is the number n of layers in the slide's sense (F24), the last one included: 1 is linear softmax.

    Parameters
    ----------
    seed : int
        Root of all randomness.
    seeds : int
        Paired seeds: a split, initial weights and an order of the minibatches each.
    profile_depth, profile_width : int
        Layers and hidden units of the networks whose gradients are measured before training.
    profile_images : int
        Images over which they are measured.
    fixed : float
        Standard deviation of the weights of the fixed initialisation.
    depths : tuple of int
        Depths that are trained, ascending from 1 and 2.
    step_depths : tuple of int
        Depths that are trained with the step as activation, among `depths`, from 2.
    width : int
        Hidden units of each layer of the networks that are trained.
    n_training, n_test : int
        Images to train on and to test on.
    batch_size, epochs : int
    learning_rates : tuple of float
        For the mean over the minibatch; SGD on the slides' sum takes them over `batch_size`.
    momentum : float
        The slide's τ, in [0, 1).

    Raises
    ------
    ValueError
        If a value lies outside its range.

    Examples
    --------
    >>> DepthConfig(depths=(1, 10))
    Traceback (most recent call last):
    ValueError: depths must ascend as 1, 2 and deeper; got depths=(1, 10). The claims compare with 1 and 2.
    """

    seed: int = 2010
    seeds: int = 10
    profile_depth: int = 10
    profile_width: int = 256
    profile_images: int = 32
    fixed: float = 0.01
    depths: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    step_depths: tuple[int, ...] = (2, 4, 10)
    width: int = 32
    n_training: int = 325
    n_test: int = 300
    batch_size: int = 25
    epochs: int = 5
    learning_rates: tuple[float, ...] = (0.02, 0.1)
    momentum: float = 0.9

    def __post_init__(self) -> None:
        """Check every value; the message names the one that is wrong."""
        self._check_counts()
        self._check_depths()
        if not 0 < self.fixed < math.inf:
            raise ValueError(f"fixed must be a positive deviation; got fixed={self.fixed}. Try 0.01.")
        rates = self.learning_rates
        if not rates or list(rates) != sorted({rate for rate in rates if 0 < rate < math.inf}):
            raise ValueError(
                f"learning_rates must ascend above 0; got learning_rates={rates}. Try (0.02, 0.1)."
            )
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must lie in [0, 1); got momentum={self.momentum}. Try 0.9.")
        if self.n_training + self.n_test > _N_DIGITS:
            raise ValueError(
                f"n_training + n_test must be at most {_N_DIGITS}; got n_training={self.n_training}, "
                f"n_test={self.n_test}. There are no more digits."
            )

    def _check_counts(self) -> None:
        # Step units that are all 0 make the next pre-activations exactly 0, where the step has no derivative; of 16
        # units this happens to one image in 65 536.
        least = {"seed": 0, "seeds": 2, "profile_depth": 4, "profile_width": 16, "profile_images": 1}
        least |= {"width": 16, "n_training": 10, "n_test": 1, "batch_size": 1, "epochs": 1}
        for name, low in least.items():
            value = getattr(self, name)
            if value < low:
                raise ValueError(f"{name} must be at least {low}; got {name}={value}. Raise it.")
        if max(self.profile_images, self.batch_size) > self.n_training:
            raise ValueError(
                f"profile_images and batch_size must be at most n_training={self.n_training}; got "
                f"profile_images={self.profile_images}, batch_size={self.batch_size}. Lower them."
            )

    def _check_depths(self) -> None:
        depths, few = self.depths, self.step_depths
        if list(depths) != sorted(set(depths)) or depths[:2] != (1, 2) or len(depths) == 2:
            raise ValueError(
                f"depths must ascend as 1, 2 and deeper; got {depths=}. The claims compare with 1 and 2."
            )
        if list(few) != sorted(set(few)) or few[:1] != (2,) or not set(few) <= set(depths):
            raise ValueError(
                f"step_depths must ascend from 2 among depths={depths}; got step_depths={few}. Drop the others."
            )
