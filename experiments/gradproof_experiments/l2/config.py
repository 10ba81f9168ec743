"""Configuration of the experiment on the L2 strength, checked on entry."""

import math
from dataclasses import dataclass

__all__ = ["L2Config"]

_POLYNOMIAL = tuple(float(exponent) for exponent in range(-36, 7))
_DIGITS = tuple(round(-5.6 + 0.4 * step, 1) for step in range(27))


@dataclass(frozen=True)
class L2Config:
    """Which strengths are swept, on which data, and how the two updates are followed.

    Strengths are the slide's α, of α Σ w² beside the *summed* loss, and given by their natural logarithm.

    Parameters
    ----------
    seed : int
        Root of all randomness.
    seeds : int
        Paired seeds: training noise, test noise, split of the digits and order of the minibatches belong to one.
    degree : int
        Degree of the polynomial through ten points, 1 to 9.
    noise : float
        Standard deviation of the noise on the targets, in units of t.
    n_test : int
        New points of the polynomial, at equal distances on [0, 1].
    offset : float
        What is added to all targets to see whether the bias may be penalised.
    polynomial_ln_strengths : tuple of float
        ln α of the polynomial's sweep, ascending, at least 3 of them and 0 among them, from -40 at the weakest.
    n_training : int
        Digits to train on, in [10, 1796].
    digits_ln_strengths : tuple of float
        ln α of the digits' sweep, ascending, at least 3 of them, from -8 at the weakest.
    block : int
        How many neighbouring strengths are trained as one stack; each stack as long as its weakest needs.
    update_degree : int
        Degree of the polynomial that the derived and the printed update descend to, 1 to 3.
    update_strength : float
        α of the full-batch descents, in (0, 0.2].
    update_steps : int
        Steps of the full-batch descents.
    batch_sizes : tuple of int
        Sizes m of minibatches of the ten points, each a divisor of 10 and below it, without repetition.
    minibatch_strength, minibatch_rate : float
        α and λ of the minibatch runs; λ at most 0.05, where what a step moves is still a small share.
    minibatch_epochs : int
        Epochs of a minibatch run, the last half of which is averaged.

    Raises
    ------
    ValueError
        If a value lies outside its range.

    Examples
    --------
    >>> L2Config(update_degree=9)
    Traceback (most recent call last):
    ValueError: update_degree must lie in 1 to 3; got update_degree=9. Descent does not arrive beyond.
    """

    seed: int = 1970
    seeds: int = 10
    degree: int = 9
    noise: float = 0.3
    n_test: int = 100
    offset: float = 2.0
    polynomial_ln_strengths: tuple[float, ...] = _POLYNOMIAL
    n_training: int = 200
    digits_ln_strengths: tuple[float, ...] = _DIGITS
    block: int = 5
    update_degree: int = 3
    update_strength: float = 0.1
    update_steps: int = 1600
    batch_sizes: tuple[int, ...] = (5, 2, 1)
    minibatch_strength: float = 0.5
    minibatch_rate: float = 0.02
    minibatch_epochs: int = 100

    def __post_init__(self) -> None:
        """Check every value; the message names the one that is wrong."""
        self._check_counts()
        self._check_strengths()
        if not (math.isfinite(self.noise) and self.noise >= 0):
            raise ValueError(f"noise must be finite and not negative; got noise={self.noise}. Try 0.3.")
        if not math.isfinite(self.offset):
            raise ValueError(f"offset must be finite; got offset={self.offset}. Try 2.0.")
        for name, high in (("update_strength", 0.2), ("minibatch_strength", 1.0), ("minibatch_rate", 0.05)):
            value = getattr(self, name)
            if not 0 < value <= high:
                raise ValueError(f"{name} must lie in (0, {high}]; got {name}={value}. Keep to the range.")
        sizes = self.batch_sizes
        if not sizes or len(set(sizes)) < len(sizes) or not set(sizes) <= {1, 2, 5}:
            raise ValueError(
                f"batch_sizes must be some of 1, 2 and 5, each once; got batch_sizes={sizes}. They divide ten points."
            )

    def _check_counts(self) -> None:
        least = {"seed": 0, "seeds": 3, "n_test": 2, "block": 1, "update_steps": 100, "minibatch_epochs": 50}
        for name, low in least.items():
            value = getattr(self, name)
            if value < low:
                raise ValueError(f"{name} must be at least {low}; got {name}={value}. Raise it.")
        for name, high, remedy in (
            ("degree", 9, "Ten points determine degree 9 at most."),
            ("update_degree", 3, "Descent does not arrive beyond."),
        ):
            value = getattr(self, name)
            if not 1 <= value <= high:
                raise ValueError(f"{name} must lie in 1 to {high}; got {name}={value}. {remedy}")
        if not 10 <= self.n_training <= 1796:
            raise ValueError(
                f"n_training must lie in 10 to 1796; got n_training={self.n_training}. The rest is the test."
            )

    def _check_strengths(self) -> None:
        for name, lowest, remedy in (
            ("polynomial_ln_strengths", -40.0, "Rounding takes over below."),
            ("digits_ln_strengths", -8.0, "Descent takes too many steps below."),
        ):
            values = getattr(self, name)
            if (
                len(values) < 3
                or list(values) != sorted(set(values))
                or not lowest <= values[0] <= values[-1] <= 10
            ):
                raise ValueError(
                    f"{name} must be 3 or more that ascend within {lowest:g} to 10; got {name}={values}. {remedy}"
                )
        if 0.0 not in self.polynomial_ln_strengths:
            raise ValueError(
                f"polynomial_ln_strengths must hold 0, where the bias is penalised; got "
                f"polynomial_ln_strengths={self.polynomial_ln_strengths}. Add 0.0."
            )
