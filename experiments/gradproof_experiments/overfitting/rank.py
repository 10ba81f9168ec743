"""How unlucky Bishop's ten points are for a fit: the chance that other noise does worse (F01)."""

import numpy as np
import numpy.typing as npt

from gradproof_experiments.data import equal_distances
from gradproof_reference import fit_polynomial, polynomial

from .new_points import NODES, WEIGHTS, bishop_excess

__all__ = ["bishop_rank", "upper_tail"]

Floats = npt.NDArray[np.float64]

_TERMS = 50_000  # of the sum of `upper_tail`: for two equal weights, the slowest, it leaves 1e-8


def bishop_rank(degree: int, noise: float) -> float:
    """Probability that degree M does worse on redrawn targets than on Bishop's ten; for a fit without bias.

    The error over_x((σ sᵀε)²) is then a sum of χ² with the eigenvalues of σ²K as weights.

    Examples
    --------
    >>> 0.07 < bishop_rank(9, 0.3) < 0.08
    True
    """
    unit_fits = fit_polynomial(equal_distances(10), np.eye(10), degree)
    influence = np.asarray(polynomial(unit_fits, NODES), np.float64)
    weights = np.asarray(np.linalg.eigvalsh((influence * WEIGHTS) @ influence.T), np.float64)
    return upper_tail(noise**2 * weights, bishop_excess(degree))


def upper_tail(weights: Floats, bound: float) -> float:
    """Probability that Σⱼ weightⱼ zⱼ² exceeds the bound, z normal: Davies's sum over the characteristic function φ.

    ½ + Σₖ Im(φ(uₖ) e^(−i uₖ bound)) / (π (k + ½)), uₖ = (k + ½) 2π/P, is out by the chance of a period P more than the
    bound, far below any rounding here, and by the terms left out, which fall as u to the power of half the weights.

    References
    ----------
    R. B. Davies, "The distribution of a linear combination of χ² random variables", Applied Statistics 29 (1980) 323-333.

    Examples
    --------
    >>> round(upper_tail(np.array([1.0, 1.0]), 2.0), 6)  # e⁻¹
    0.367879
    """
    scaled, limit = weights / weights.max(), bound / weights.max()
    k = np.arange(_TERMS) + 0.5
    u = k * 2 * np.pi / (limit + 60 * scaled.sum())
    values = np.exp(-1j * u * limit)
    for weight in scaled:
        values /= np.sqrt(1 - 2j * weight * u)
    return float(0.5 + np.sum(values.imag / k) / np.pi)
