"""scipy.special's functions of several arguments, and of whole arrays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import special as sc

import gradproof as gp
from foreign_corpus.case import SEED, Case

# (x, y) pairs; the second and third have arguments of very different size.
PAIRS = ((0.7, 1.3), (1e-6, 50.0), (400.0, 0.02))
SCALES = (1e-3, 1.0, 30.0)
TWO = {
    "xlogy": (sc.xlogy, lambda x, y: (np.log(y), x / y)),
    "xlog1py": (sc.xlog1py, lambda x, y: (np.log1p(y), x / (1 + y))),
    "rel_entr": (sc.rel_entr, lambda x, y: (np.log(x / y) + 1, -x / y)),
    "kl_div": (sc.kl_div, lambda x, y: (np.log(x / y), 1 - x / y)),
    "betaln": (
        sc.betaln,
        lambda a, b: (sc.digamma(a) - sc.digamma(a + b), sc.digamma(b) - sc.digamma(a + b)),
    ),
    "logaddexp": (np.logaddexp, lambda x, y: (sc.expit(x - y), sc.expit(y - x))),
}


def of_two() -> Iterator[Case]:
    """Yield functions of two numbers."""
    for name, (f, gradient) in TWO.items():
        for x, y in PAIRS:
            yield Case(f"{name}: at ({x:g}, {y:g})", lambda x, y, f=f: float(f(x, y)), gradient, (x, y))


def reductions() -> Iterator[Case]:
    """Yield what takes a whole array: the logarithm of a sum, and the products with the Jacobian of softmax."""
    rng = np.random.default_rng(SEED)
    for scale in SCALES:
        x = scale * rng.normal(size=6)
        signs = rng.uniform(0.5, 2.0, size=6)
        yield Case(f"logsumexp: scale {scale:g}", lambda x: float(sc.logsumexp(x)), sc.softmax, (x,))
        yield Case(
            f"logsumexp: weighted, scale {scale:g}",
            lambda x, b=signs: float(sc.logsumexp(x, b=b)),
            lambda x, b=signs: b * np.exp(x - sc.logsumexp(x, b=b)),
            (x,),
        )
        yield Case(
            f"softmax: scale {scale:g}",
            sc.softmax,
            lambda x: np.diag(sc.softmax(x)) - np.outer(sc.softmax(x), sc.softmax(x)),
            (x,),
            examine=gp.examine_jacobian,
        )
        yield Case(
            f"log_softmax: scale {scale:g}",
            sc.log_softmax,
            lambda x: np.eye(6) - sc.softmax(x)[np.newaxis, :],
            (x,),
            examine=gp.examine_jacobian,
        )


def cases() -> Iterator[Case]:
    """Yield all of them."""
    yield from of_two()
    yield from reductions()
