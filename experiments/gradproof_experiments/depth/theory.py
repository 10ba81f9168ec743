"""What mean-field theory says of the gradient's size at every layer, for infinitely wide networks.

With independent weights of mean 0 and variance s², a layer of many units has normal pre-activations whatever it gets,
of variance q_k = d_{k-1} s² E[a_{k-1}²], and back-propagation multiplies the mean square of ∂l/∂z by
d_{k+1} s² E[φ′(z_k)²] from layer k + 1 to layer k. Both are integrals over one normal variable.

References
----------
B. Poole et al., "Exponential expressivity in deep neural networks through transient chaos", NeurIPS 2016, eqs. 3 and 4.
S. S. Schoenholz et al., "Deep information propagation", ICLR 2017, eq. 9.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gradproof_experiments.networks import Scheme
from gradproof_reference import Activation

__all__ = ["MeanField", "gaussian_mean", "mean_field", "weight_variance"]

Floats = npt.NDArray[np.float64]

# The midpoint rule converges faster than any power of its step for what is analytic near the axis, where Gauss-Hermite
# suffers from the poles of tanh and sigmoid. No node is 0 and each has its mirror image, so a kink at 0 costs nothing.
_NODES = (np.arange(-192, 192) + 0.5) / 16
_WEIGHTS = np.exp(-(_NODES**2) / 2)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class MeanField:
    """Theory of one network.

    Parameters
    ----------
    factors : tuple of n − 1 floats
        RMS of ∂l/∂z_k over that of ∂l/∂z_{k+1}, k = 1 to n − 1.
    spreads : tuple of n − 1 floats
        Relative variance of each squared factor of one example, times the number of units d_{k+1} that it sums over.
    """

    factors: tuple[float, ...]
    spreads: tuple[float, ...]

    def profile(self) -> tuple[float, ...]:
        """RMS of ∂l/∂z_k over that of ∂l/∂z_n, k = 1 to n."""
        return (*np.cumprod(self.factors[::-1])[::-1].tolist(), 1.0)

    def factor_per_layer(self) -> float:
        """Geometric mean of the factors between hidden layers, which is all but the last."""
        return math.prod(self.factors[:-1]) ** (1 / len(self.factors[:-1]))

    def tolerance(self, width: int, seeds: int) -> float:
        """Relative distance from `factor_per_layer` that a finite width and few seeds allow.

        A squared factor is a sum over `width` units, so its relative variance is c/width with c in `spreads`. The
        logarithm of the factor is then c/(4 width) too small, and a mean over layers and seeds deviates by
        √(mean c/(4 width · layers · seeds)). The mean must be allowed 3 such deviations, its interval reaches 2 further.
        That many images share the weights can only lower the deviation.
        """
        spreads = self.spreads[:-1]
        variance = sum(spreads) / len(spreads) / (4 * width)
        return variance + 5 * math.sqrt(variance / (len(spreads) * seeds))


def gaussian_mean(function: Callable[[Floats], npt.NDArray[Any]], variance: float) -> float:
    """Mean of ``function(z)`` over normal z of mean 0, by the midpoint rule.

    Examples
    --------
    >>> round(gaussian_mean(np.square, 3.0), 12)
    3.0
    """
    return float(_WEIGHTS @ function(math.sqrt(variance) * _NODES))


def weight_variance(scheme: Scheme, d_in: int, d_out: int, fixed: float) -> float:
    """Variance of the weights of `networks.initial_layers`.

    Examples
    --------
    >>> weight_variance("glorot", 64, 256, 0.01), weight_variance("he", 64, 256, 0.01)
    (0.00625, 0.03125)
    """
    return {"glorot": 2 / (d_in + d_out), "he": 2 / d_in, "fixed": fixed**2}[scheme]


def mean_field(sizes: Sequence[int], activation: Activation, scheme: Scheme, fixed: float) -> MeanField:
    """Theory of a network of these layer sizes, for inputs of mean square 1 and biases 0.

    Parameters
    ----------
    sizes : sequence of n + 1 ints
        Inputs, hidden units, classes.
    activation : Activation
    scheme : {"glorot", "he", "fixed"}
    fixed : float
        Standard deviation of the scheme "fixed".
    """
    factors, spreads, mean_square = [], [], 1.0
    for d_in, d_here, d_above in zip(sizes[:-2], sizes[1:-1], sizes[2:], strict=True):
        q = d_in * weight_variance(scheme, d_in, d_here, fixed) * mean_square
        mean_square = gaussian_mean(lambda z: activation.function(z) ** 2, q)
        second = gaussian_mean(lambda z: activation.derivative(z) ** 2, q)
        fourth = gaussian_mean(lambda z: activation.derivative(z) ** 4, q)
        factors.append(math.sqrt(d_above * weight_variance(scheme, d_here, d_above, fixed) * second))
        spreads.append(3 * fourth / second**2 - 1)  # of φ′² times the square of a normal weight
    return MeanField(tuple(factors), tuple(spreads))
