"""Real images to train on: scikit-learn's handwritten digits, 1,797 of 8 x 8 pixels, split and scaled."""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.datasets import load_digits

from .experiment import generator

__all__ = ["N_CLASSES", "N_INPUTS", "Digits", "Images", "digits"]

N_INPUTS = 64
N_CLASSES = 10


class Images(NamedTuple):
    """Images with their labels.

    Attributes
    ----------
    x : float64 array, shape (n, 64)
        Grey values less the mean grey value of the training images, over their standard deviation: one number each
        for the whole set, so that the images remain images.
    labels : int64 array, shape (n,)
        0 to 9.
    """

    x: npt.NDArray[np.float64]
    labels: npt.NDArray[np.int64]


class Digits(NamedTuple):
    """Training and test images of one split."""

    training: Images
    test: Images


@cache
def digits(n_training: int, root: int, seed: int = 0) -> Digits:
    """Split the digits at random: `n_training` images to train on, and the rest to test.

    Parameters
    ----------
    n_training : int
        In [10, 1796].
    root, seed : int
        As for `generator`: the split belongs to the seed.

    Raises
    ------
    ValueError
        If `n_training` leaves nothing to train on or to test.

    Examples
    --------
    >>> training, test = digits(1000, root=1)
    >>> training.x.shape, test.x.shape, round(float(training.x.std()), 12)
    ((1000, 64), (797, 64), 1.0)
    """
    images = load_digits()
    x, labels = np.asarray(images.data, np.float64), np.asarray(images.target, np.int64)
    if not 10 <= n_training < len(x):
        raise ValueError(f"n_training must lie in 10 to {len(x) - 1}; got n_training={n_training}.")
    order = generator(root, "split of the digits", seed).permutation(len(x))
    chosen, left = order[:n_training], order[n_training:]
    centre, spread = x[chosen].mean(), x[chosen].std()
    return Digits(*(Images((x[part] - centre) / spread, labels[part]) for part in (chosen, left)))
