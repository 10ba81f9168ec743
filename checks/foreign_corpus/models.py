"""scikit-learn's objectives: linear models, networks, neighbourhood components, and t-SNE."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.spatial.distance import squareform
from sklearn._loss import loss as losses
from sklearn.linear_model._huber import _huber_loss_and_gradient
from sklearn.linear_model._linear_loss import LinearModelLoss
from sklearn.manifold._t_sne import _kl_divergence
from sklearn.neighbors import NeighborhoodComponentsAnalysis

import gradproof as gp
from foreign_corpus.case import SEED, Case

SAMPLES, FEATURES, CLASSES = 8, 3, 3


def both(name: str, value_and_gradient: Callable[..., Any], *args: Any, points: int = SAMPLES) -> Case:
    """Make the case of a function that returns its value and its gradient."""
    return Case(
        name,
        lambda *at: float(value_and_gradient(*at)[0]),
        lambda *at: value_and_gradient(*at)[1],
        args,
        points=points,
    )


def linear() -> Iterator[Case]:
    """Yield linear models of several losses: gradient, and product with the Hessian, with weights and a penalty."""
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(SAMPLES, FEATURES))
    weights = rng.uniform(0.5, 2.0, size=SAMPLES)
    for base, y in (
        (losses.HalfSquaredError(), rng.normal(size=SAMPLES)),
        (losses.HalfBinomialLoss(), rng.integers(2, size=SAMPLES).astype(float)),
        (losses.HalfPoissonLoss(), rng.poisson(2.0, size=SAMPLES).astype(float)),
        (losses.HalfGammaLoss(), rng.gamma(2.0, size=SAMPLES)),
        (losses.HalfTweedieLoss(power=1.5), rng.gamma(2.0, size=SAMPLES)),
        (losses.HalfMultinomialLoss(n_classes=CLASSES), np.arange(SAMPLES) % float(CLASSES)),
    ):
        for intercept in (True, False):
            model = LinearModelLoss(base_loss=base, fit_intercept=intercept)
            shape = np.shape(model.init_zero_coef(x))
            coef = np.asfortranarray(rng.normal(size=shape))
            label = f"{type(base).__name__}, {'with' if intercept else 'without'} intercept"
            yield from _linear(label, model, coef, (x, y, weights, 0.3))


def _linear(label: str, model: Any, coef: Any, rest: tuple[Any, ...]) -> Iterator[Case]:
    def value(coef: Any) -> float:
        return float(model.loss(np.asfortranarray(coef), *rest))

    def gradient(coef: Any) -> Any:
        return model.gradient(np.asfortranarray(coef), *rest)

    def together(coef: Any) -> Any:
        return model.loss_gradient(np.asfortranarray(coef), *rest)

    def product(v: Any, coef: Any) -> Any:
        _, times = model.gradient_hessian_product(np.asfortranarray(coef), *rest)
        return np.reshape(times(np.asfortranarray(v)), np.shape(coef))

    yield Case(f"LinearModelLoss.gradient: {label}", value, gradient, (coef,), points=SAMPLES)
    yield both(f"LinearModelLoss.loss_gradient: {label}", together, coef)
    yield Case(
        f"LinearModelLoss.gradient_hessian_product: {label}",
        value,
        product,
        (coef,),
        {"grad": gradient},
        "",
        SAMPLES,
        gp.examine_hvp,
    )


def huber() -> Iterator[Case]:
    """Yield the objective of HuberRegressor: coefficients, intercept and scale in one vector."""
    rng = np.random.default_rng(SEED)
    x, y = rng.normal(size=(SAMPLES, FEATURES)), rng.normal(size=SAMPLES)
    weights = rng.uniform(0.5, 2.0, size=SAMPLES)
    for sigma in (0.05, 0.4, 3.0):
        w = np.array([0.5, -1.0, 2.0, 0.3, sigma])
        yield both(
            f"HuberRegressor: sigma = {sigma}",
            lambda w: _huber_loss_and_gradient(w, x, y, 1.35, 0.1, weights),
            w,
        )


def neighbourhood() -> Case:
    """Make the case of neighbourhood components analysis."""
    rng = np.random.default_rng(SEED)
    x, y = rng.normal(size=(SAMPLES, FEATURES)), np.arange(SAMPLES) % CLASSES
    model = NeighborhoodComponentsAnalysis()
    model.n_iter_ = 1  # it prints a heading at 0
    same = y[:, None] == y[None, :]
    return both(
        "NeighborhoodComponentsAnalysis: 2 components",
        lambda w: model._loss_grad_lbfgs(w, x, same),  # noqa: SLF001  the objective has no public name
        rng.normal(size=2 * FEATURES),
    )


def tsne() -> Iterator[Case]:
    """Yield the divergence of t-SNE, with the degrees of freedom that TSNE takes: components − 1, and at least 1."""
    rng = np.random.default_rng(SEED)
    joint = rng.uniform(size=(SAMPLES, SAMPLES))
    joint += joint.T
    np.fill_diagonal(joint, 0)
    p = squareform(joint / joint.sum())
    for components in (1, 2, 3, 4):
        freedom = max(components - 1, 1)
        yield both(
            f"TSNE: {components} components",
            lambda params, k=components, freedom=freedom: _kl_divergence(params, p, freedom, SAMPLES, k),
            rng.normal(size=SAMPLES * components),
        )


def cases() -> Iterator[Case]:
    """Yield every objective."""
    yield from linear()
    yield from huber()
    yield neighbourhood()
    yield from tsne()
