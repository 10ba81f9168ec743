"""Classes as integers and as one-hot rows (F12)."""

import numpy as np
import numpy.typing as npt

from ._validation import FloatArray, IntArray, count, first_index, label_array, subscript

__all__ = ["decode", "one_hot"]


def one_hot(labels: npt.ArrayLike, n_classes: int, dtype: npt.DTypeLike = np.float64) -> FloatArray:
    """Rows of zeros with a single one at the label: y_ij = 1 if j = label_i else 0 (F12).

    Parameters
    ----------
    labels : integer array, shape (..., n)
        0-based classes; the slide counts from 1.
    n_classes : int
        Number of classes k, at least 1.
    dtype : dtype, default: float64
        Of the result.

    Returns
    -------
    array of `dtype`, shape (..., n, k)
        The targets y.

    Raises
    ------
    TypeError
        If the labels or `n_classes` are not integers.
    ValueError
        If a label lies outside [0, n_classes).

    Examples
    --------
    >>> one_hot([0, 2], 3)
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    n_classes = count("n_classes", n_classes)
    labels = label_array("labels", labels, n_classes)
    return (labels[..., None] == np.arange(n_classes)).astype(dtype)


def decode(scores: npt.ArrayLike) -> IntArray:
    """The 0-based class of the largest score, argmax_j scores_ij (F12).

    Parameters
    ----------
    scores : real or complex array, shape (..., n, k)
        Scores, probabilities or one-hot rows. Of complex scores the real part counts.

    Returns
    -------
    int64 array, shape (..., n)
        The predicted classes.

    Raises
    ------
    TypeError
        If the scores are not numbers.
    ValueError
        If there is no class to choose from, or a score is NaN, which is neither larger nor smaller than
        another.

    Notes
    -----
    Ties go to the lowest class: the slides do not say, and NumPy's argmax does the same.

    Examples
    --------
    The table of the slide, classes counted from 0:

    >>> decode([[0.85, 0.10, 0.05], [0.20, 0.70, 0.10], [0.40, 0.45, 0.15], [0.40, 0.25, 0.35]])
    array([0, 1, 1, 0])
    """
    array = np.asarray(scores)
    if array.dtype.kind not in "biufc":
        raise TypeError(
            f"scores must be numbers; got scores.dtype={array.dtype}. Convert with scores.astype(float)."
        )
    if array.ndim < 1 or array.shape[-1] == 0:
        raise ValueError(
            f"scores must have the shape (..., k) with k >= 1; got scores.shape={array.shape}. Give one score per class."
        )
    missing = np.isnan(array)
    if missing.any():
        raise ValueError(
            f"scores must be comparable; got scores{subscript(first_index(missing))}=nan. Remove or replace NaN."
        )
    return np.argmax(array.real, axis=-1).astype(np.int64, copy=False)
