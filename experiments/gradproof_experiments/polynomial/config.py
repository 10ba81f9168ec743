"""Configuration of the polynomial experiment, checked on entry."""

import math
from dataclasses import dataclass

__all__ = ["Descent", "PolynomialConfig"]

_LARGEST_DEGREE = 9  # ten points determine no more than ten coefficients


@dataclass(frozen=True)
class Descent:
    """Full-batch descent at one degree: the slides' λ and τ, and how many epochs.

    Parameters
    ----------
    degree : int
        At most 3: beyond, the smallest curvature asks for more than 100 000 epochs.
    learning_rate : float
    momentum : float
        In [0, 1).
    epochs : int

    Raises
    ------
    ValueError
        If a value lies outside its range.
    """

    degree: int
    learning_rate: float
    momentum: float
    epochs: int

    def __post_init__(self) -> None:
        """Check every value; the message names the one that is wrong."""
        if not 0 <= self.degree <= 3:
            raise ValueError(
                f"degree of a descent must lie in 0 to 3; got degree={self.degree}. Use the closed form beyond."
            )
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate must be positive; got learning_rate={self.learning_rate}.")
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must lie in [0, 1); got momentum={self.momentum}.")
        if self.epochs < 2:
            raise ValueError(f"epochs must be at least 2; got epochs={self.epochs}.")


@dataclass(frozen=True)
class PolynomialConfig:
    """What the polynomial experiment fits, on which test set, and how SGD is run beside the closed form.

    Parameters
    ----------
    degrees : tuple of int
        Degrees M that are fitted, ascending, within 0 to 9.
    shown_degrees : tuple of int
        Degrees drawn as on the slide; among `degrees`.
    n_test : int
        Test points, at equal distances on [0, 1].
    noise : float
        Standard deviation of the noise on the test targets, in units of t.
    seed : int
        From which the test noise, the shuffles and the orders of the points are derived.
    solver_degrees : tuple of int
        Degrees at which QR and the normal equations are compared; among `degrees`.
    solver_orders : int
        In how many orders the ten points are fitted, to see the typical rounding error.
    full_batch : tuple of Descent
        Descents that must arrive at the closed form; their degrees among `degrees`.
    minibatch : Descent
        Minibatch SGD at constant learning rates: this one, its half and its quarter; the last half of the epochs is
        averaged. Its degree among `degrees`.
    minibatch_size : int

    Raises
    ------
    ValueError
        If a value lies outside its range.

    Examples
    --------
    >>> PolynomialConfig(degrees=(0, 12))
    Traceback (most recent call last):
    ValueError: degrees must ascend within 0 to 9; got degrees=(0, 12). Ten points determine degree 9 at most.
    """

    degrees: tuple[int, ...] = tuple(range(_LARGEST_DEGREE + 1))
    shown_degrees: tuple[int, ...] = (1, 3, 9)
    n_test: int = 100
    noise: float = 0.3
    seed: int = 2006
    solver_degrees: tuple[int, ...] = (3, 5, 7, 9)
    solver_orders: int = 199
    full_batch: tuple[Descent, ...] = (
        Descent(degree=0, learning_rate=0.01, momentum=0.0, epochs=400),
        Descent(degree=1, learning_rate=0.1, momentum=0.0, epochs=500),
        Descent(degree=2, learning_rate=0.1, momentum=0.9, epochs=800),
        Descent(degree=3, learning_rate=0.1, momentum=0.975, epochs=3000),
    )
    minibatch: Descent = Descent(degree=1, learning_rate=0.04, momentum=0.0, epochs=2000)
    minibatch_size: int = 2

    def __post_init__(self) -> None:
        """Check every value; the message names the one that is wrong."""
        degrees = self.degrees
        if not degrees or list(degrees) != sorted({m for m in degrees if 0 <= m <= _LARGEST_DEGREE}):
            raise ValueError(
                f"degrees must ascend within 0 to 9; got {degrees=}. Ten points determine degree 9 at most."
            )
        chosen = {
            "shown_degrees": self.shown_degrees,
            "solver_degrees": self.solver_degrees,
            "full_batch": tuple(descent.degree for descent in self.full_batch),
            "minibatch": (self.minibatch.degree,),
        }
        for name, few in chosen.items():
            if not few or not set(few) <= set(degrees):
                raise ValueError(f"degrees of {name} must be among degrees={degrees}; got {few}.")
        for name, least in (("n_test", 2), ("seed", 0), ("solver_orders", 1)):
            value = getattr(self, name)
            if value < least:
                raise ValueError(f"{name} must be at least {least}; got {name}={value}.")
        if not 1 <= self.minibatch_size <= 10:
            raise ValueError(f"minibatch_size must be 1 to 10; got minibatch_size={self.minibatch_size}.")
        if not (math.isfinite(self.noise) and self.noise >= 0):
            raise ValueError(f"noise must be finite and not negative; got noise={self.noise}.")
