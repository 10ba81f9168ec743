"""The polynomial model of the overfitting slide: values, squared error and its gradient, best fit (F01)."""

import numpy as np
import numpy.typing as npt

from ._validation import (
    FloatArray,
    broadcast_leading,
    count,
    float_array,
    require_examples,
    require_same_size,
)

__all__ = [
    "design_matrix",
    "fit_polynomial",
    "polynomial",
    "rms_error",
    "sum_of_squares",
    "sum_of_squares_gradient",
]


def design_matrix(x: npt.ArrayLike, degree: int) -> FloatArray:
    """Powers of each input, one row per input (F01).

    ``Φᵢⱼ = xᵢʲ`` for j = 0 … M, so that the polynomial is linear in its coefficients: y = Φ w.

    Parameters
    ----------
    x : float or complex array, shape (..., n)
        The inputs.
    degree : int
        The degree M, at least 0.

    Returns
    -------
    float array, shape (..., n, degree + 1)
        In the dtype of `x`. The column of j = 0 is 1 everywhere, at x = 0 as well.

    Raises
    ------
    TypeError
        If `x` does not hold floats or `degree` is no integer.
    ValueError
        If `degree` is negative or `x` has no axis.

    Notes
    -----
    Column j is column j - 1 times x: at most j - 1 roundings, real or complex. The condition number grows
    exponentially with the degree; see `fit_polynomial`.

    Examples
    --------
    >>> design_matrix([2.0, -1.0], 3)
    array([[ 1.,  2.,  4.,  8.],
           [ 1., -1.,  1., -1.]])
    """
    inputs = float_array("x", x, axes="n")
    powers = np.ones((*inputs.shape, count("degree", degree, minimum=0) + 1), inputs.dtype)
    for j in range(1, powers.shape[-1]):
        np.multiply(powers[..., j - 1], inputs, out=powers[..., j])
    return powers


def polynomial(coefficients: npt.ArrayLike, x: npt.ArrayLike) -> FloatArray:
    """Values of a polynomial at the inputs, in the unit of its targets (F01).

    ``y(x, w) = w₀ + w₁ x + … + w_M xᴹ``

    Parameters
    ----------
    coefficients : float or complex array, shape (..., M + 1)
        The coefficients w, lowest power first.
    x : float or complex array, shape (..., n)
        The inputs.

    Returns
    -------
    float array, shape (..., n)

    Raises
    ------
    TypeError
        If an argument does not hold floats.
    ValueError
        If there is no coefficient, or the leading axes do not broadcast.

    Notes
    -----
    By Horner's rule, whose rounding error is at most 2M u Σⱼ |wⱼ| |x|ʲ to first order in the unit roundoff u
    [1]_.

    References
    ----------
    .. [1] N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., SIAM, 2002, section 5.1.

    Examples
    --------
    >>> polynomial([1.0, 0.0, 2.0], [0.0, 1.0, 3.0])
    array([ 1.,  3., 19.])
    """
    w, inputs = _model(coefficients, x)
    values: FloatArray = w[..., -1, None] + np.zeros_like(inputs)
    for j in range(w.shape[-1] - 2, -1, -1):
        values = values * inputs + w[..., j, None]
    return values


def sum_of_squares(coefficients: npt.ArrayLike, x: npt.ArrayLike, t: npt.ArrayLike) -> FloatArray:
    """Half the sum of squared errors of a polynomial, in squared units of the targets (F01).

    ``E(w) = ½ Σᵢ (y(xᵢ, w) − tᵢ)²``

    Parameters
    ----------
    coefficients : float or complex array, shape (..., M + 1)
        The coefficients w, lowest power first.
    x, t : float or complex arrays, shape (..., n)
        The inputs and their targets.

    Returns
    -------
    float array, shape (...)

    Raises
    ------
    TypeError
        If an argument does not hold floats.
    ValueError
        If `x` and `t` differ in n, are empty, or the leading axes do not broadcast.

    Notes
    -----
    The factor ½ is Bishop's ([1]_, equation 1.2); it is a sum over the examples, not a mean. The residuals
    are squared by multiplication, so that complex arguments give the analytic continuation.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006, section 1.1.

    Examples
    --------
    >>> sum_of_squares([0.0, 1.0], [1.0, 2.0], [0.0, 5.0])
    np.float64(5.0)
    """
    residuals = _residuals(coefficients, x, t)
    total: FloatArray = np.sum(residuals * residuals, axis=-1)
    return 0.5 * total


def sum_of_squares_gradient(coefficients: npt.ArrayLike, x: npt.ArrayLike, t: npt.ArrayLike) -> FloatArray:
    """Gradient of half the sum of squared errors by the coefficients (F01).

    ``∂E/∂wⱼ = Σᵢ (y(xᵢ, w) − tᵢ) xᵢʲ``

    Parameters
    ----------
    coefficients : float or complex array, shape (..., M + 1)
        The coefficients w, lowest power first.
    x, t : float or complex arrays, shape (..., n)
        The inputs and their targets.

    Returns
    -------
    float array, shape (..., M + 1)

    Raises
    ------
    TypeError, ValueError
        As `sum_of_squares`.

    Examples
    --------
    >>> sum_of_squares_gradient([0.0, 1.0], [1.0, 2.0], [0.0, 5.0])
    array([-2., -5.])
    """
    residuals = _residuals(coefficients, x, t)
    powers = design_matrix(x, np.shape(coefficients)[-1] - 1)
    gradient: FloatArray = np.matmul(residuals[..., None, :], powers)[..., 0, :]
    return gradient


def rms_error(coefficients: npt.ArrayLike, x: npt.ArrayLike, t: npt.ArrayLike) -> FloatArray:
    """Root-mean-square error of a polynomial, in the unit of the targets (F01).

    ``E_RMS = √(2 E(w) / n)``: comparable between data sets of different size ([1]_, equation 1.3).

    Parameters
    ----------
    coefficients : float array, shape (..., M + 1)
        The coefficients w, lowest power first.
    x, t : float arrays, shape (..., n)
        The inputs and their targets.

    Returns
    -------
    float array, shape (...)

    Raises
    ------
    TypeError, ValueError
        As `sum_of_squares`.

    Notes
    -----
    Not differentiable where the error is 0.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006, section 1.1.

    Examples
    --------
    >>> rms_error([0.0], [1.0, 2.0], [3.0, -3.0])
    np.float64(3.0)
    """
    error = sum_of_squares(coefficients, x, t)
    rms: FloatArray = np.sqrt(2 * error / np.shape(x)[-1])
    return rms


def fit_polynomial(x: npt.ArrayLike, t: npt.ArrayLike, degree: int) -> FloatArray:
    """Coefficients of the polynomial of least squared error (F01).

    ``w* = argmin_w ½ ‖Φ w − t‖²``, from ``R w* = Qᵀ t`` with Φ = Q R.

    Parameters
    ----------
    x, t : float arrays, shape (..., n)
        The inputs, at least `degree` + 1 of them distinct, and their targets; all finite.
    degree : int
        The degree M, at least 0. At M + 1 = n distinct inputs the polynomial interpolates.

    Returns
    -------
    float array, shape (..., degree + 1)
        Lowest power first, in the common dtype of `x` and `t`.

    Raises
    ------
    TypeError
        If `x` or `t` is not a float32 or float64 array, or `degree` is no integer.
    ValueError
        If `degree` is negative, `x` has too few distinct values, `x` or `t` is not finite, or the shapes do not
        conform.
    numpy.linalg.LinAlgError
        If powers of distinct `x` underflow to the same column; a ValueError as well. Rescale `x`.

    Notes
    -----
    QR works with the condition number κ of Φ; the normal equations would square it and lose twice the digits.
    At degree 9 on ten points of [0, 1], κ is about 1e7. LAPACK has no extended precision, hence no
    longdouble; complex data would need a conjugate, which is not analytic.

    Examples
    --------
    >>> fit_polynomial([0.0, 1.0, 2.0], [1.0, 3.0, 7.0], 2).round(12)
    array([1., 1., 1.])
    """
    inputs, targets = _data(x, t)
    dtype = np.result_type(inputs, targets)
    if dtype not in (np.float32, np.float64):
        raise TypeError(
            f"x and t must be float32 or float64 to be fitted; got {dtype}. Convert with .astype(float)."
        )
    _require_distinct(inputs, count("degree", degree, minimum=0) + 1)
    if not np.isfinite(targets).all():
        raise ValueError(
            f"t must be finite to be fitted; got t with {np.sum(~np.isfinite(targets))} NaN or inf. Drop them."
        )
    q, r = np.linalg.qr(design_matrix(inputs, degree))
    projected = np.matmul(q.swapaxes(-1, -2), targets[..., None])
    coefficients: FloatArray = np.linalg.solve(r, projected)[..., 0]
    return coefficients.astype(dtype, copy=False)


def _model(coefficients: npt.ArrayLike, x: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    w = float_array("coefficients", coefficients, axes="M + 1")
    inputs = float_array("x", x, axes="n")
    if w.shape[-1] == 0:
        raise ValueError(
            f"coefficients must hold at least w₀; got coefficients.shape={w.shape}. Use [0.0] for y = 0."
        )
    broadcast_leading(("coefficients", w.shape[:-1]), ("x", inputs.shape[:-1]))
    return w, inputs


def _data(x: npt.ArrayLike, t: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    inputs, targets = float_array("x", x, axes="n"), float_array("t", t, axes="n")
    require_same_size("n", ("x", inputs.shape, -1), ("t", targets.shape, -1))
    require_examples("x", inputs.shape, -1)
    broadcast_leading(("x", inputs.shape[:-1]), ("t", targets.shape[:-1]))
    return inputs, targets


def _residuals(coefficients: npt.ArrayLike, x: npt.ArrayLike, t: npt.ArrayLike) -> FloatArray:
    inputs, targets = _data(x, t)
    values = polynomial(coefficients, inputs)
    broadcast_leading(("coefficients and x", values.shape[:-1]), ("t", targets.shape[:-1]))
    return values - targets


def _require_distinct(x: FloatArray, needed: int) -> None:
    """Require `needed` distinct values in each row: with fewer the best polynomial is not unique."""
    if not np.isfinite(x).all():
        raise ValueError(
            f"x must be finite to be fitted; got x with {np.sum(~np.isfinite(x))} NaN or inf. Drop them."
        )
    distinct = 1 + np.count_nonzero(np.diff(np.sort(x, axis=-1), axis=-1), axis=-1)
    if np.min(distinct) < needed:
        raise ValueError(
            f"x must hold at least degree + 1 = {needed} distinct values; got {np.min(distinct)} distinct of "
            f"x.shape[-1]={x.shape[-1]}. Lower the degree to {np.min(distinct) - 1} or add points."
        )
