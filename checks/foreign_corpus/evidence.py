"""What shows, without any derivative by gradproof, why a verdict is what it is: scatter, and exact values in mpmath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np

_POINTS = 65
# Narrow, and wide enough to see more than one stair of a function that moves in them.
_WIDTHS = (2.0**-16, 2.0**-10)
_DEGREE = 9
DIGITS = 40


def scatter(f: Callable[[Any], Any], x: float, room: float = np.inf) -> float:
    """Return the largest distance of f(x) at 65 points around x from a polynomial of degree 9, relative to f.

    The points lie within 2^-16, then within 2^-10 of x relative to itself, and within a quarter of `room`.
    """
    t = np.linspace(-1, 1, _POINTS)
    return max(_scatter(f(x + t * min(width * abs(x), room / 4)), t) for width in _WIDTHS)


def _scatter(values: Any, t: Any) -> float:
    scaled = np.asarray(values, dtype=float) / np.abs(values).max()
    fitted = np.polynomial.Polynomial.fit(t, scaled, _DEGREE)
    return float(np.abs(scaled - fitted(t)).max())


def kolmogorov_sf(x: float) -> Any:
    """Return 2 Σ (−1)^(k−1) exp(−2k²x²), the limit of the two-sided Kolmogorov–Smirnov statistic, to 40 digits."""
    with mp.workdps(DIGITS):
        at = mp.mpf(x)
        return 2 * mp.fsum((-1) ** (k - 1) * mp.exp(-2 * k * k * at * at) for k in range(1, 80))


def kolmogorov_pdf(x: float) -> Any:
    """Return the density of the same: minus the derivative of each term."""
    with mp.workdps(DIGITS):
        at = mp.mpf(x)
        return 8 * at * mp.fsum((-1) ** (k - 1) * k * k * mp.exp(-2 * k * k * at * at) for k in range(1, 80))


def two_sided_cdf(n: int, d: Any) -> Any:
    """Return P(Dₙ < d), by the power of a matrix of Marsaglia, Tsang and Wang (2003), to 40 digits.

    References
    ----------
    Marsaglia, Tsang, Wang, "Evaluating Kolmogorov's distribution", J. Statistical Software 8(18), 2003.
    """
    with mp.workdps(DIGITS):
        d = mp.mpf(d)
        k = int(mp.floor(n * d)) + 1
        m, h = 2 * k - 1, k - n * d
        matrix = mp.matrix(m, m)
        for i in range(m):
            for j in range(min(m, i + 2)):
                matrix[i, j] = 1
        for i in range(m):
            matrix[i, 0] -= h ** (i + 1)
            matrix[m - 1, i] -= h ** (m - i)
        matrix[m - 1, 0] += max(2 * h - 1, 0) ** m
        for i in range(m):
            for j in range(min(m, i + 1)):
                matrix[i, j] /= mp.factorial(i - j + 1)
        return (matrix**n)[k - 1, k - 1] * mp.factorial(n) / mp.mpf(n) ** n


def two_sided_pdf(n: int, d: float) -> Any:
    """Return the derivative of the same, by central differences of 10⁻¹⁵ in 40 digits."""
    with mp.workdps(DIGITS):
        return mp.diff(lambda at: two_sided_cdf(n, at), mp.mpf(d), h=mp.mpf(10) ** -15)


def skewnorm_cdf(x: float, shape: float) -> Any:
    """Return the distribution function of the skew normal, by quadrature in 40 digits."""
    with mp.workdps(DIGITS):
        at = mp.mpf(x)
        return mp.quad(lambda t: 2 * mp.npdf(t) * mp.ncdf(shape * t), [-mp.inf, -8, at - 1, at])


def skewnorm_pdf(x: float, shape: float) -> Any:
    """Return the density of the same: 2 φ(x) Φ(a x)."""
    with mp.workdps(DIGITS):
        return 2 * mp.npdf(x) * mp.ncdf(mp.mpf(shape) * x)


def geninvgauss_pdf(x: Any, p: float, b: float) -> Any:
    """Return the density of the generalised inverse Gaussian, with its Bessel function in 40 digits."""
    with mp.workdps(DIGITS):
        at, p, b = mp.mpf(x), mp.mpf(p), mp.mpf(b)
        return at ** (p - 1) * mp.exp(-b * (at + 1 / at) / 2) / (2 * mp.besselk(p, b))


def geninvgauss_cdf(x: float, p: float, b: float) -> Any:
    """Return the distribution function of the same, by quadrature in 40 digits."""
    with mp.workdps(DIGITS):
        return mp.quad(lambda t: geninvgauss_pdf(t, p, b), [0, 0.5, 1, 2, mp.mpf(x)])


def relative_error(computed: float, exact: Any) -> float:
    """Return the relative error of a float beside an exact value."""
    with mp.workdps(DIGITS):
        return float(abs((mp.mpf(computed) - exact) / exact))
