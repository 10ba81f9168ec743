"""scikit-learn's multi-layer perceptrons: the backward pass of every activation, loss and kind of target."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.neural_network._multilayer_perceptron import _pack

from foreign_corpus.case import SEED, Case

SAMPLES, FEATURES, HIDDEN = 7, 3, (4, 3)
ACTIVATIONS = ("identity", "logistic", "tanh", "relu")


def targets() -> Iterator[tuple[str, Any, Any]]:
    """Yield kinds of targets by name, with the model that takes them."""
    rng = np.random.default_rng(SEED)
    yield "two classes", MLPClassifier, np.arange(SAMPLES) % 2
    yield "three classes", MLPClassifier, np.arange(SAMPLES) % 3
    yield "two labels at once", MLPClassifier, rng.integers(2, size=(SAMPLES, 2))
    yield "one output", MLPRegressor, rng.normal(size=SAMPLES)
    yield "two outputs", MLPRegressor, rng.normal(size=(SAMPLES, 2))


def perceptron(name: str, model: Any, x: Any, y: Any, weights: Any) -> Case:
    """Make the case of a model's objective, by all coefficients and intercepts in one vector."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a point is wanted, no minimum
        model.fit(x, y)
    if hasattr(model, "_label_binarizer"):
        y = model._label_binarizer.transform(y)  # noqa: SLF001  as fit does it
    y = np.asarray(y, float).reshape(SAMPLES, -1)
    units = [FEATURES, *HIDDEN, y.shape[1]]
    shapes = list(itertools.pairwise(units))

    def value_and_gradient(packed: Any) -> tuple[float, Any]:
        activations = [x, *(np.empty((SAMPLES, width)) for width in units[1:])]
        deltas = [np.empty_like(activation) for activation in activations[1:]]
        slopes = [np.empty(shape) for shape in shapes]
        offsets = [np.empty(width) for width in units[1:]]
        return model._loss_grad_lbfgs(  # noqa: SLF001  the objective has no public name
            packed, x, y, weights, activations, deltas, slopes, offsets
        )

    at = _pack(model.coefs_, model.intercepts_)
    return Case(
        name,
        lambda packed: float(value_and_gradient(packed)[0]),
        lambda packed: value_and_gradient(packed)[1],
        (at,),
        points=SAMPLES,
    )


def cases() -> Iterator[Case]:
    """Yield every activation and kind of target, with sample weights and without."""
    rng = np.random.default_rng(SEED)
    x, drawn = rng.normal(size=(SAMPLES, FEATURES)), rng.uniform(0.5, 2.0, size=SAMPLES)
    for kind, build, y in targets():
        for activation in ACTIVATIONS:
            for weights in (None, drawn):
                model = build(
                    hidden_layer_sizes=HIDDEN,
                    activation=activation,
                    alpha=0.3,
                    solver="lbfgs",
                    max_iter=3,
                    random_state=SEED,
                )
                name = f"{build.__name__}: {kind}, {activation}, {'no ' if weights is None else ''}weights"
                yield perceptron(name, model, x, y, weights)
