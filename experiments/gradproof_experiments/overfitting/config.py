"""Configuration of the overfitting experiment, checked on entry."""

import math
from dataclasses import dataclass

from ._checks import DescentSetting, ascends, check_descent

__all__ = ["OverfittingConfig"]

_LARGEST_DEGREE = 9  # ten points determine no more than ten coefficients
_ON_THE_SLIDE = frozenset({1, 3, 9})
_LEAST = {
    "n_test": 2,
    "n_bishop_test": 2,
    "seed": 0,
    "seeds": 2,
    "redraws": 2,
    "solver_orders": 1,
    "minibatch_epochs": 20,
}


@dataclass(frozen=True)
class OverfittingConfig:
    """What is fitted, on how many data sets, and how SGD is run beside the closed form.

    Parameters
    ----------
    seed : int
        Root of all randomness.
    seeds : int
        Paired seeds, at least 2: an interval needs them.
    degrees : tuple of int
        Degrees M that are fitted, ascending, within 0 to 9, with those of the slide: 1, 3 and 9.
    shown_degrees : tuple of int
        Degrees drawn as on the slide; among `degrees`.
    noise : float
        Standard deviation of the noise on the targets, in units of t; Bishop's was 0.3.
    redraws : int
        Training sets drawn per seed.
    n_test : int
        New points drawn for each training set, uniform on [0, 1].
    n_bishop_test : int
        New points drawn per seed for the fits to Bishop's own ten.
    sizes : tuple of int
        Numbers of training points at which degree 9 is fitted, ascending from at least 10.
    noises : tuple of float
        Noise at which degrees 3 and 9 are fitted, ascending from 0.
    solver_degrees : tuple of int
        Degrees at which QR and the normal equations are compared; among `degrees`.
    solver_orders : int
        In how many orders each seed fits the ten points, to see the typical rounding error.
    full_batch : tuple of (degree, learning rate, momentum, epochs)
        Descents that must arrive at the closed form. Degree at most 3: beyond, the smallest curvature asks for more
        than 100 000 epochs.
    minibatch_degree : int
        In [0, 3].
    minibatch_rate : float
        SGD runs at this constant λ, its half and its quarter; the last half of the epochs is averaged.
    minibatch_size, minibatch_epochs : int

    Raises
    ------
    ValueError
        If a value lies outside its range.

    Examples
    --------
    >>> OverfittingConfig(degrees=(1, 3, 9, 12))
    Traceback (most recent call last):
    ValueError: degrees must ascend within 0 to 9 and hold 1, 3 and 9, as the slide does; got degrees=(1, 3, 9, 12). \
Ten points determine degree 9 at most.
    """

    seed: int = 2006
    seeds: int = 10
    degrees: tuple[int, ...] = tuple(range(_LARGEST_DEGREE + 1))
    shown_degrees: tuple[int, ...] = (1, 3, 9)
    noise: float = 0.3
    redraws: int = 1000
    n_test: int = 50
    n_bishop_test: int = 1000
    sizes: tuple[int, ...] = (10, 12, 15, 20, 30, 50, 100)
    noises: tuple[float, ...] = (0.0, 0.02, 0.04, 0.06, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    solver_degrees: tuple[int, ...] = (3, 5, 7, 9)
    solver_orders: int = 20
    full_batch: tuple[DescentSetting, ...] = (
        (0, 0.01, 0.0, 400),
        (1, 0.1, 0.0, 500),
        (2, 0.1, 0.9, 800),
        (3, 0.1, 0.975, 3000),
    )
    minibatch_degree: int = 1
    minibatch_rate: float = 0.12
    minibatch_size: int = 2
    minibatch_epochs: int = 500

    def __post_init__(self) -> None:
        """Check every value; the message names the one that is wrong."""
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value < least:
                raise ValueError(f"{name} must be at least {least}; got {name}={value}. Use more.")
        if not 0 < self.noise < math.inf:
            raise ValueError(f"noise must be positive; got noise={self.noise}. Bishop's was 0.3.")
        self._check_degrees()
        self._check_sweeps()
        if not self.full_batch:
            raise ValueError(
                f"full_batch must hold a descent; got full_batch={self.full_batch}. Give one or more."
            )
        for setting in self.full_batch:
            check_descent(setting)
        check_descent((self.minibatch_degree, self.minibatch_rate, 0.0, self.minibatch_epochs))
        if not 1 <= self.minibatch_size < 10:
            raise ValueError(
                f"minibatch_size must be 1 to 9; got minibatch_size={self.minibatch_size}. Ten are the full batch."
            )

    def _check_degrees(self) -> None:
        degrees = self.degrees
        right = bool(degrees) and ascends(degrees) and degrees[0] >= 0 and degrees[-1] <= _LARGEST_DEGREE
        if not right or not set(degrees) >= _ON_THE_SLIDE:
            raise ValueError(
                f"degrees must ascend within 0 to 9 and hold 1, 3 and 9, as the slide does; got {degrees=}. "
                "Ten points determine degree 9 at most."
            )
        for name in ("shown_degrees", "solver_degrees"):
            few = getattr(self, name)
            if not few or not set(few) <= set(degrees):
                raise ValueError(f"{name} must be among {degrees=}; got {name}={few}. Add them there.")

    def _check_sweeps(self) -> None:
        sizes, noises = self.sizes, self.noises
        if len(sizes) < 2 or not ascends(sizes) or sizes[0] < 10:
            raise ValueError(
                f"sizes must be two or more and ascend from at least 10; got {sizes=}. Degree 9 needs ten."
            )
        if len(noises) < 2 or not ascends(noises) or noises[0] != 0 or math.isinf(noises[-1]):
            raise ValueError(f"noises must be two or more and ascend from 0; got {noises=}. Put 0.0 first.")
