"""Configuration of the momentum experiment, checked on entry."""

import math
from dataclasses import dataclass

__all__ = ["MomentumConfig"]


@dataclass(frozen=True)
class MomentumConfig:
    """Which quadratics and networks are run, how long and how often.

    Parameters
    ----------
    seed, seeds : int
        Root of all randomness, and the number of paired seeds (at least 2, for an interval).
    per_decade : int
        Condition numbers κ per decade, from 10 to 10⁴.
    steps : int
        Steps on a quadratic; the rate is read between the middle and the last.
    n_momenta, n_step_sizes : int
        Grid of the phase diagram: τ on [0, 0.99] and λh on (0, 4.4].
    momentum : float
        The slide's τ of the networks, in (0, 1).
    n_training, n_validation : int
        Images to train on, and to choose λ by; the rest of the 1,797 test.
    batch_size, epochs : int
    equal_power : int
        "Equal λ" is 10^(equal_power/4) over the batch size.
    powers_plain, powers_momentum : tuple of int
        Grids of λ: 10^(power/4) over the batch size, ascending; both hold `equal_power`.
    unlearning_batches : tuple of int
        Batch sizes of the count of un-learning steps, ascending; none above `unlearning_images`.
    unlearning_images, unlearning_steps, late_epoch : int
        Images, steps counted in each phase, and the epoch with which the late phase begins.
    unlearning_step : float
        Effective step λm/(1 − τ) of the count, the same for every batch size m.

    Raises
    ------
    ValueError
        If a value lies outside its range.

    Examples
    --------
    >>> MomentumConfig(momentum=1.0)
    Traceback (most recent call last):
    ValueError: momentum must lie in (0, 1); got momentum=1.0. The slide's is 0.9.
    """

    seed: int = 2013
    seeds: int = 10
    per_decade: int = 4
    steps: int = 2000
    n_momenta: int = 34
    n_step_sizes: int = 44
    momentum: float = 0.9
    n_training: int = 800
    n_validation: int = 400
    batch_size: int = 40
    epochs: int = 12
    equal_power: int = -4
    powers_plain: tuple[int, ...] = (-4, -3, -2, -1, 0, 1, 2, 3, 4)
    powers_momentum: tuple[int, ...] = (-5, -4, -3, -2, -1, 0, 1)
    unlearning_batches: tuple[int, ...] = (5, 20, 80, 400)
    unlearning_images: int = 400
    unlearning_steps: int = 30
    late_epoch: int = 12
    unlearning_step: float = 0.5

    def __post_init__(self) -> None:
        """Check every value; the message names the one that is wrong."""
        least = {
            "seed": 0,
            "seeds": 2,
            "per_decade": 1,
            "steps": 200,
            "n_momenta": 2,
            "n_step_sizes": 2,
            "n_training": 10,
            "n_validation": 10,
            "batch_size": 1,
            "epochs": 2,
            "unlearning_images": 10,
            "unlearning_steps": 1,
            "late_epoch": 1,
        }
        for name, minimum in least.items():
            value = getattr(self, name)
            if value < minimum:
                raise ValueError(f"{name} must be at least {minimum}; got {name}={value}. Raise it.")
        if not 0 < self.momentum < 1:
            raise ValueError(
                f"momentum must lie in (0, 1); got momentum={self.momentum}. The slide's is 0.9."
            )
        if not 0 < self.unlearning_step < math.inf:
            raise ValueError(
                f"unlearning_step must be positive; got unlearning_step={self.unlearning_step}. Try 0.5."
            )
        self._check_images()
        self._check_grids()

    @property
    def effective_power(self) -> int:
        """The power of plain SGD's λ that is the momentum's effective step, λ/(1 − τ)."""
        return round(self.equal_power - 4 * math.log10(1 - self.momentum))

    def _check_images(self) -> None:
        if self.n_training + self.n_validation > 1697:
            raise ValueError(
                "n_training + n_validation must leave 100 of 1797 images to test; got "
                f"n_training={self.n_training}, n_validation={self.n_validation}. Take fewer."
            )
        if self.batch_size > self.n_training:
            raise ValueError(
                f"batch_size must be at most n_training={self.n_training}; got batch_size={self.batch_size}. Lower it."
            )
        if self.unlearning_images > 1697:
            raise ValueError(
                f"unlearning_images must be at most 1697; got unlearning_images={self.unlearning_images}. Take fewer."
            )

    def _check_grids(self) -> None:
        for name in ("powers_plain", "powers_momentum"):
            grid = getattr(self, name)
            if list(grid) != sorted(set(grid)) or self.equal_power not in grid:
                raise ValueError(
                    f"{name} must ascend and hold equal_power={self.equal_power}; got {name}={grid}. Add it."
                )
        exact = self.equal_power - 4 * math.log10(1 - self.momentum)
        if abs(exact - self.effective_power) > 0.01 or self.effective_power not in self.powers_plain:
            raise ValueError(
                f"powers_plain must hold equal_power - 4 log10(1 - momentum) = {exact:.4g}; got "
                f"powers_plain={self.powers_plain}, momentum={self.momentum}. Add it, or take momentum=0.9."
            )
        batches = self.unlearning_batches
        if len(batches) < 3 or list(batches) != sorted(
            {m for m in batches if 1 <= m <= self.unlearning_images}
        ):
            raise ValueError(
                "unlearning_batches must be three or more ascending within 1 to "
                f"unlearning_images={self.unlearning_images}; got unlearning_batches={batches}. Mend it."
            )
