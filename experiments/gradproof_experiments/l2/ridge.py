"""The minimum of half the squared error plus the L2 penalty in closed form: where every descent here should end (F04)."""

import numpy as np
import numpy.typing as npt

from gradproof_reference import design_matrix

__all__ = ["polynomial_ridge", "ridge"]

Floats = npt.NDArray[np.float64]


def ridge(
    design: npt.ArrayLike, targets: npt.ArrayLike, strengths: npt.ArrayLike, penalised: npt.ArrayLike
) -> Floats:
    """Coefficients that minimise ½ ‖Φw − t‖² + α Σⱼ wⱼ² over the penalised j, one row per strength (F04).

    Parameters
    ----------
    design : float array, shape (n, m)
        Φ, of full column rank where a strength is 0.
    targets : float array, shape (n,)
    strengths : float array, shape (k,)
        The slide's α. Bishop's λ, for (λ/2) ‖w‖², is 2α.
    penalised : bool array, shape (m,)
        Which coefficients the penalty sees: on the slide the weights, not the bias.

    Returns
    -------
    float array, shape (k, m)

    Notes
    -----
    By QR of the system with the rows √(2α) wⱼ = 0 below it, so that the condition number is not squared: it is at most
    ‖Φ‖/√(2α), 1.5e8 at the weakest strength that is used here.

    Examples
    --------
    >>> ridge([[1.0]], [3.0], [0.0, 0.5, 1.0], [True]).ravel()
    array([3. , 1.5, 1. ])
    """
    phi, t = np.asarray(design, np.float64), np.asarray(targets, np.float64)
    alphas = np.asarray(strengths, np.float64)
    n, m = phi.shape
    system = np.zeros((len(alphas), n + m, m))
    system[:, :n] = phi
    system[:, n:] = np.sqrt(2 * alphas)[:, None, None] * np.diag(np.asarray(penalised, np.float64))
    q, r = np.linalg.qr(system)
    projected = np.matmul(t, q[:, :n])
    return np.asarray(np.linalg.solve(r, projected[..., None])[..., 0], np.float64)


def polynomial_ridge(
    x: npt.ArrayLike,
    t: npt.ArrayLike,
    degree: int,
    strengths: npt.ArrayLike,
    *,
    penalise_bias: bool = False,
) -> Floats:
    """Coefficients of the polynomial of least penalised squared error, shape (k, degree + 1) (F01, F04).

    The bias is w₀; the slide leaves it out of the penalty, Bishop's table 1.2 does not.

    Examples
    --------
    >>> polynomial_ridge([0.0, 1.0], [2.0, 4.0], 1, [0.0, 1e9]).round(6).tolist()
    [[2.0, 2.0], [3.0, 0.0]]
    """
    penalised = np.arange(degree + 1) >= (0 if penalise_bias else 1)
    return ridge(design_matrix(x, degree), t, strengths, penalised)
