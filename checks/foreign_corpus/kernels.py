"""scikit-learn's kernels of Gaussian processes: the matrix by the logarithms of its parameters, and the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process import kernels as library

import gradproof as gp
from foreign_corpus.case import SEED, Case

SAMPLES, FEATURES = 4, 2
_Constant, _RBF, _White = library.ConstantKernel, library.RBF, library.WhiteKernel
ONE = (
    _Constant(0.3),
    _Constant(1e6),
    _White(0.7),
    _RBF(0.8),
    _RBF(1e2),
    _RBF([0.5, 2.0]),
    *(library.Matern(0.9, nu=nu) for nu in (0.5, 1.5, 2.5, np.inf)),
    library.Matern([0.5, 2.0], nu=1.5),
    library.Matern(0.9, nu=0.7),
    library.RationalQuadratic(0.7, alpha=1.4),
    library.RationalQuadratic(0.7, alpha=1e4),
    library.ExpSineSquared(1.2, periodicity=0.9),
    library.DotProduct(0.6),
    *(library.PairwiseKernel(0.8, metric=metric) for metric in ("rbf", "polynomial", "laplacian", "linear")),
)
COMPOSED = (
    _Constant(2.0) * _RBF(0.8) + _White(0.1),
    _RBF(0.8) * library.Matern(1.1, nu=2.5),
    library.DotProduct(0.6) ** 3,
    (_RBF(0.8) + _Constant(0.5)) ** 0.5,
    library.Exponentiation(library.RationalQuadratic(0.7), 2.5) * library.ExpSineSquared(1.2) + _White(1e-3),
    library.Sum(_RBF(0.8, length_scale_bounds="fixed"), _RBF(2.0)),
    library.CompoundKernel([_RBF(0.8), library.Matern(2.0, nu=2.5)]),
)


def data(samples: int = SAMPLES) -> Any:
    """Return points of the plane."""
    return np.random.default_rng(SEED).normal(size=(samples, FEATURES))


def label(kernel: Any) -> str:
    """Return how a kernel writes itself; a compound one has no readable way to."""
    if isinstance(kernel, library.CompoundKernel):
        return f"CompoundKernel([{', '.join(map(label, kernel.kernels))}])"
    return str(kernel)


def with_theta(kernel: Any, theta: Any) -> Any:
    """Return the kernel with other parameters; a compound one, whose own setter raises AttributeError, part by part."""
    if not isinstance(kernel, library.CompoundKernel):
        return kernel.clone_with_theta(theta)
    ends = np.cumsum([part.n_dims for part in kernel.kernels])[:-1]
    pairs = zip(kernel.kernels, np.split(theta, ends), strict=True)
    return library.CompoundKernel([part.clone_with_theta(own) for part, own in pairs])


def apart(slopes: Any) -> Any:
    """Return the Jacobian of a compound kernel, of shape (n, n, kernels, parameters), where each kernel has one.

    scikit-learn returns what differs from 0 alone: shape (n, n, 1, kernels).
    """
    return np.eye(slopes.shape[-1]) * slopes.transpose(0, 1, 3, 2)


def matrix(kernel: Any) -> Case:
    """Make the case of dK/dθ, shape (n, n, parameters), beside K(X; θ): of its products with random matrices."""
    x = data()

    def value(theta: Any) -> Any:
        return with_theta(kernel, theta)(x)

    def product(v: Any, theta: Any) -> Any:
        slopes = with_theta(kernel, theta)(x, eval_gradient=True)[1]
        slopes = apart(slopes) if isinstance(kernel, library.CompoundKernel) else slopes
        return np.tensordot(v, slopes, np.ndim(v))

    return Case(f"{label(kernel)}: dK/dθ", value, product, (kernel.theta,), {}, "", SAMPLES, gp.examine_vjp)


def evidence(name: str, model: Any, **options: Any) -> Case:
    """Make the case of a fitted model's log marginal likelihood."""

    def value(theta: Any) -> float:
        return float(model.log_marginal_likelihood(theta))

    def gradient(theta: Any) -> Any:
        return model.log_marginal_likelihood(theta, eval_gradient=True)[1]

    theta = model.kernel_.theta + 0.1
    return Case(
        f"log_marginal_likelihood: {name}", value, gradient, (theta,), options, "", len(model.X_train_)
    )


def models() -> Iterator[tuple[str, Any]]:
    """Yield fitted models by name; their parameters are not optimised, so that the point is no optimum."""
    x, kernel = data(12), _Constant(1.5) * _RBF([0.8, 1.3]) + _White(0.2)
    y = np.sin(x[:, 0]) + x[:, 1] ** 2
    targets = np.column_stack([y, np.cos(x[:, 1])])
    for name, wanted in (("regression", y), ("regression, two targets", targets)):
        model = GaussianProcessRegressor(kernel, optimizer=None, normalize_y=True)
        yield name, model.fit(x, wanted)
    labels = (y > np.median(y)).astype(int)
    binary = GaussianProcessClassifier(_Constant(1.5) * _RBF(0.8), optimizer=None).fit(x, labels)
    yield "classification", binary.base_estimator_


def cases() -> Iterator[Case]:
    """Yield every kernel, some composed, and the evidence."""
    for kernel in (*ONE, *COMPOSED):
        if kernel.n_dims:
            yield matrix(kernel)
    for name, model in models():
        model.X_train_ = np.asarray(model.X_train_)
        yield evidence(name, model)
