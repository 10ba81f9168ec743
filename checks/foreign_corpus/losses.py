"""scikit-learn's losses: gradients, second derivatives, in float64 and float32, with sample weights, and at the kinks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn._loss import loss as library

from foreign_corpus.case import SEED, Case
from foreign_corpus.pointwise import pointwise

Floats = NDArray[np.float64]

RAW = (-30.0, -10.0, -3.0, -1.0, -0.1, 0.01, 0.7, 2.0, 8.0, 30.0)
MODERATE, CONFIDENT = RAW[:-2], (20.0, 25.0, 30.0)
# What differences show of a loss that computes in float32.
FLOAT32 = 2e-3
POSITIVE = (1e-6, 1e-3, 0.1, 0.5, 1.0, 2.5, 10.0, 1e3, 1e6)
# Targets on either side of what is predicted, none of them at a kink.
SIGNED, COUNTS, PROBABILITIES = (-2.2, 0.3, 5.7), (0.0, 1.0, 7.0), (0.0, 1.0, 0.3)


def losses() -> Iterator[tuple[str, Any, tuple[float, ...], tuple[float, ...]]]:
    """Yield each loss by name with targets, and predictions, as it is declared to accept them."""
    yield "HalfSquaredError", library.HalfSquaredError(), SIGNED, RAW
    yield "AbsoluteError", library.AbsoluteError(), SIGNED, RAW
    for quantile in (0.1, 0.5, 0.8):
        yield f"PinballLoss({quantile})", library.PinballLoss(quantile=quantile), SIGNED, RAW
    for delta in (0.5, 2.0):
        yield f"HuberLoss({delta})", library.HuberLoss(delta=delta), SIGNED, RAW
    yield "HalfPoissonLoss", library.HalfPoissonLoss(), COUNTS, RAW
    yield "HalfGammaLoss", library.HalfGammaLoss(), (0.1, 1.0, 7.0), RAW
    for power in (-0.5, 0.0, 1.0, 1.5, 2.0, 3.0):
        targets = (0.1, 1.0, 7.0) if power >= 2 else COUNTS
        yield f"HalfTweedieLoss({power:g})", library.HalfTweedieLoss(power=power), targets, RAW
        identity = library.HalfTweedieLossIdentity(power=power)
        yield f"HalfTweedieLossIdentity({power:g})", identity, targets, POSITIVE if power else RAW
    yield "HalfBinomialLoss", library.HalfBinomialLoss(), PROBABILITIES, RAW
    yield "ExponentialLoss", library.ExponentialLoss(), PROBABILITIES, RAW


def each_way(name: str, loss: Any, target: float, raw: tuple[float, ...]) -> Iterator[Case]:
    """Yield the gradient as each method returns it, and the second derivative, for one target at predictions."""

    def y(at: Any) -> Floats:
        return np.full(len(at), target)

    def value(at: Any) -> Floats:
        return loss.loss(y(at), at)

    def slope(at: Any) -> Floats:
        return loss.gradient(y(at), at)

    where = f"{name}: y = {target:g}"
    yield pointwise(f"{where}, gradient", value, slope, raw)
    together = pointwise(f"{where}, loss_gradient", value, lambda at: loss.loss_gradient(y(at), at)[1], raw)
    yield together
    yield pointwise(f"{where}, gradient_hessian", value, lambda at: loss.gradient_hessian(y(at), at)[0], raw)
    if not loss.approx_hessian:
        yield pointwise(f"{where}, hessian", slope, lambda at: loss.gradient_hessian(y(at), at)[1], raw)


def confident(loss: Any) -> Iterator[Case]:
    """Yield the binomial loss where log(1 + eˣ) − x is small: it loses its digits, the derivatives do not."""
    for raw in CONFIDENT:
        yield weighted(f"HalfBinomialLoss: y = 1, raw = {raw:g}", loss, np.array([1.0]), np.array([raw]))


def in_float32(name: str, loss: Any, targets: tuple[float, ...]) -> Case:
    """Make the case of float32 predictions, with sample weights."""
    raw = np.array([-1.5, 0.2, 1.0] if _takes(loss, -1.0) else [0.3, 1.1, 2.0], np.float32)
    y = np.array(targets, np.float32)
    return weighted(f"{name}: float32, weights", loss, y, raw, resolution=FLOAT32)


def weighted(name: str, loss: Any, y: Any, raw: Any, **options: Any) -> Case:
    """Make the case of the weighted sum over samples, all of them one array, in the precision of `raw`."""
    weights = np.random.default_rng(SEED).uniform(0.5, 2.0, size=len(y)).astype(raw.dtype)

    def total(raw_prediction: Any) -> float:
        return float(np.sum(loss.loss(y, raw_prediction.astype(raw.dtype), weights), dtype=float))

    def gradient(raw_prediction: Any) -> Any:
        return loss.gradient(y, raw_prediction.astype(raw.dtype), weights)

    return Case(name, total, gradient, (raw,), options, "", len(y))


def _takes(loss: Any, raw: float) -> bool:
    """Tell whether the mean that belongs to a raw prediction lies where the loss is defined."""
    return bool(loss.interval_y_pred.includes(loss.link.inverse(np.array([raw]))))


def kinks() -> Iterator[Case]:
    """Yield predictions at a kink and right beside it: the absolute error's, the quantile's, and Huber's corner."""
    for name, loss, targets, _ in losses():
        if not name.startswith(("AbsoluteError", "PinballLoss", "HuberLoss")):
            continue
        corner = loss.closs.delta if name.startswith("HuberLoss") else 0.0
        for where, off in (("at", 0.0), ("beside", 1e-3), ("close beside", -1e-9)):
            y = np.array(targets[:2])
            yield weighted(f"{name}: {where} the kink", loss, y, y + corner + off)


def multinomial() -> Iterator[Case]:
    """Yield the multinomial loss, whose raw predictions are a table: moderate, far apart, and in float32."""
    rng = np.random.default_rng(SEED)
    for classes in (2, 3, 10):
        loss = library.HalfMultinomialLoss(n_classes=classes)
        y = rng.integers(classes, size=5).astype(float)
        for dtype, scale in ((np.float64, 1.0), (np.float64, 30.0), (np.float32, 1.0)):
            raw = (scale * rng.normal(size=(5, classes))).astype(dtype)
            name = f"HalfMultinomialLoss({classes}): {dtype.__name__}, scale {scale:g}"
            options = {"resolution": FLOAT32} if dtype is np.float32 else {}
            yield weighted(name, loss, y.astype(dtype), raw, **options)


def cases() -> Iterator[Case]:
    """Yield every loss at every target."""
    for name, loss, targets, raw in losses():
        for target in targets:
            if name == "HalfBinomialLoss" and target == 1.0:
                yield from each_way(name, loss, target, MODERATE)
                yield from confident(loss)
            else:
                yield from each_way(name, loss, target, raw)
        yield in_float32(name, loss, targets)
    yield from kinks()
    yield from multinomial()
