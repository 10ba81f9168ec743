"""When and how fast momentum converges on a quadratic, and its best hyperparameters (F10).

On ``½ h w²`` the step ``v ← τv + hw``, ``w ← w − λv`` is linear in (v, w); its 2 × 2 matrix has trace 1 + τ −
λh and determinant τ. Convergence and its rate are those of the matrix's eigenvalues.

References
----------
.. [1] G. Goh, "Why Momentum Really Works", Distill, 2017, https://doi.org/10.23915/distill.00006.
.. [2] B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", USSR Computational
   Mathematics and Mathematical Physics 4(5), 1964, https://doi.org/10.1016/0041-5553(64)90137-5.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ._per_model import per_model
from ._validation import BoolArray, FloatArray, broadcast_leading, real_in

__all__ = [
    "convergence_rate",
    "momentum_converges",
    "optimal_gradient_descent_rate",
    "optimal_learning_rate",
    "optimal_momentum",
    "optimal_momentum_rate",
]


def momentum_converges(
    learning_rate: npt.ArrayLike, curvature: npt.ArrayLike, momentum: npt.ArrayLike = 0.0
) -> BoolArray:
    """Whether momentum converges to the minimum of a quadratic from every start (F10).

    It does iff ``0 < λh < 2 + 2τ`` for every eigenvalue h of the Hessian.

    Parameters
    ----------
    learning_rate, momentum : float or float array, shape (...)
        λ, finite and not negative, and τ in [0, 1); 0 is plain gradient descent.
    curvature : float or float array, shape (..., k)
        The eigenvalues h of the Hessian, any sign; one number stands for k = 1.

    Returns
    -------
    bool array, shape (...)

    Raises
    ------
    TypeError
        If an argument is not real.
    ValueError
        If an argument lies outside its range, there is no eigenvalue, or the leading axes do not broadcast.

    Examples
    --------
    >>> bool(momentum_converges(0.3, [1.0, 10.0])), bool(momentum_converges(0.3, [1.0, 10.0], momentum=0.9))
    (False, True)
    """
    rate, h, tau = _quadratic(learning_rate, curvature, momentum)
    with np.errstate(over="ignore"):  # an infinite λh is out of range, as it should be
        inside = (rate > 0) & (h > 0) & (rate * h < 2 + 2 * tau)
    converges: BoolArray = np.logical_and.reduce(inside, axis=-1)
    return converges


def convergence_rate(
    learning_rate: npt.ArrayLike, curvature: npt.ArrayLike, momentum: npt.ArrayLike = 0.0
) -> FloatArray:
    """Factor by which the error shrinks per step in the long run; from 1 up there is no convergence (F10).

    The largest modulus of ``(s ± √(s² − 4τ))/2`` with ``s = 1 + τ − λh``, over the eigenvalues h: √τ where
    the two are complex, ``|1 − λh|`` without momentum.

    Parameters
    ----------
    learning_rate, momentum : float or float array, shape (...)
        λ, finite and not negative, and τ in [0, 1); 0 is plain gradient descent.
    curvature : float or float array, shape (..., k)
        The eigenvalues h of the Hessian, any sign; one number stands for k = 1.

    Returns
    -------
    float array, shape (...)
        The largest rate over the last axis of `curvature`, in the dtype of `curvature`.

    Raises
    ------
    TypeError, ValueError
        As `momentum_converges`.

    Notes
    -----
    It is the spectral radius, hence a limit: where the two eigenvalues coincide the error falls like t·√τᵗ.

    Examples
    --------
    >>> convergence_rate(0.5, [1.0, 3.0])
    np.float64(0.5)
    """
    rate, h, tau = _quadratic(learning_rate, curvature, momentum)
    with np.errstate(over="ignore"):  # an infinite λh has an infinite rate
        step = rate * h
    root = np.sqrt(tau)
    # s² − 4τ in factors: the difference of squares would cancel where the eigenvalues nearly coincide.
    lower, upper = (1 - root) * (1 - root) - step, (1 + root) * (1 + root) - step
    complex_pair = (lower <= 0) & (upper >= 0)
    discriminant_root = np.sqrt(np.abs(lower)) * np.sqrt(np.abs(upper))
    radius = np.where(complex_pair, root, np.abs(1 + tau - step) / 2 + discriminant_root / 2)
    slowest: FloatArray = radius.max(axis=-1)
    return slowest


def optimal_momentum(condition_number: npt.ArrayLike) -> FloatArray:
    """Momentum that converges fastest, with its best learning rate, on a quadratic (F10).

    ``τ* = ((√κ − 1)/(√κ + 1))²``

    Parameters
    ----------
    condition_number : float or float array
        κ, the largest over the smallest eigenvalue of the Hessian, at least 1.

    Returns
    -------
    float array
        Of the shape of `condition_number`.

    Raises
    ------
    TypeError
        If `condition_number` is not real.
    ValueError
        If it is below 1, NaN or infinite.

    Examples
    --------
    >>> optimal_momentum(9.0)
    np.float64(0.25)
    """
    rate = optimal_momentum_rate(condition_number)
    return rate * rate


def optimal_learning_rate(
    smallest: npt.ArrayLike, largest: npt.ArrayLike, momentum: npt.ArrayLike | None = None
) -> FloatArray:
    """Learning rate that converges fastest on a quadratic (F10).

    With the optimal momentum (the default) ``λ* = (2/(√h₁ + √hₙ))²``; for a given τ ``λ = 2(1 + τ)/(h₁ +
    hₙ)``, which for τ = 0 is plain gradient descent's 2/(h₁ + hₙ). The second at τ* is the first.

    Parameters
    ----------
    smallest, largest : float or float array
        The extreme eigenvalues h₁ and hₙ of the Hessian, 0 < h₁ ≤ hₙ.
    momentum : float or float array, optional
        A fixed τ in [0, 1); left out, the optimal one.

    Returns
    -------
    float array
        Of the common shape of the arguments.

    Raises
    ------
    TypeError
        If an argument is not real.
    ValueError
        If `smallest` is not positive, `largest` is below it, or `momentum` lies outside [0, 1).

    Notes
    -----
    For a given τ the rate grows with ``|1 + τ − λh|``; λ makes the two ends equal. It need not be the only
    best one.

    Examples
    --------
    >>> optimal_learning_rate(1.0, 9.0), optimal_learning_rate(1.0, 9.0, momentum=0.0)
    (np.float64(0.25), np.float64(0.2))
    """
    h1, hn = (
        _floating(real_in("smallest", smallest, 0, open_low=True)),
        _floating(real_in("largest", largest, 0)),
    )
    if not (h1 <= hn).all():
        raise ValueError(f"largest must be at least smallest; got smallest={h1}, largest={hn}. Swap them.")
    if momentum is None:
        root = 2 / (np.sqrt(h1) + np.sqrt(hn))
        return root * root
    tau = per_model(real_in("momentum", momentum, 0, 1), np.result_type(h1, hn), 0)
    # Halved before they are added: h₁ + hₙ may overflow.
    return (1 + tau) / (h1 / 2 + hn / 2)


def optimal_momentum_rate(condition_number: npt.ArrayLike) -> FloatArray:
    """Best rate of momentum on a quadratic: the factor per step with the optimal λ and τ (F10).

    ``(√κ − 1)/(√κ + 1)``

    Parameters
    ----------
    condition_number : float or float array
        κ, the largest over the smallest eigenvalue of the Hessian, at least 1.

    Returns
    -------
    float array
        Of the shape of `condition_number`.

    Raises
    ------
    TypeError, ValueError
        As `optimal_momentum`.

    Examples
    --------
    >>> optimal_momentum_rate(9.0), optimal_gradient_descent_rate(9.0)
    (np.float64(0.5), np.float64(0.8))
    """
    kappa = _floating(real_in("condition_number", condition_number, 1))
    divisor = np.sqrt(kappa) + 1
    # (√κ − 1)(√κ + 1) = κ − 1, without the cancellation of √κ − 1 near κ = 1.
    rate: FloatArray = (kappa - 1) / divisor / divisor
    return rate


def optimal_gradient_descent_rate(condition_number: npt.ArrayLike) -> FloatArray:
    """Best rate of plain gradient descent on a quadratic: the factor per step with the optimal λ (F10).

    ``(κ − 1)/(κ + 1)``

    Parameters
    ----------
    condition_number : float or float array
        κ, the largest over the smallest eigenvalue of the Hessian, at least 1.

    Returns
    -------
    float array
        Of the shape of `condition_number`.

    Raises
    ------
    TypeError, ValueError
        As `optimal_momentum`.

    Examples
    --------
    >>> optimal_gradient_descent_rate(9.0)
    np.float64(0.8)
    """
    kappa = _floating(real_in("condition_number", condition_number, 1))
    return (kappa - 1) / (kappa + 1)


def _quadratic(
    learning_rate: npt.ArrayLike, curvature: npt.ArrayLike, momentum: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return λ, h and τ in the dtype of h, with the eigenvalues on the last axis."""
    h = np.atleast_1d(_floating(real_in("curvature", curvature, -np.inf, open_low=True)))
    rate, tau = real_in("learning_rate", learning_rate, 0), real_in("momentum", momentum, 0, 1)
    if h.shape[-1] == 0:
        raise ValueError(
            f"curvature must hold at least one eigenvalue; got curvature.shape={h.shape}. Pass one."
        )
    broadcast_leading(("learning_rate", rate.shape), ("curvature", h.shape[:-1]), ("momentum", tau.shape))
    return per_model(rate, h.dtype, 1), h, per_model(tau, h.dtype, 1)


def _floating(array: npt.NDArray[Any]) -> FloatArray:
    floats: FloatArray = array if array.dtype.kind == "f" else array.astype(np.float64)
    return floats
