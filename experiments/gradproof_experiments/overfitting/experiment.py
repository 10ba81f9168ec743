"""The sweeps of the overfitting experiment, declared."""

import dataclasses

from gradproof_experiments.experiment import Part

from .config import OverfittingConfig
from .descent import Descent, Minibatch, descend, wander
from .fits import BishopFit, NewPoints, fit_bishop, measure_bishop
from .redraws import Redraws, redraw
from .solvers import Orders, fit_in_orders

__all__ = ["parts", "quick"]


def parts(config: OverfittingConfig) -> tuple[Part, ...]:
    """Bishop's ten points as published, the same with other noise, and the two sweeps."""
    seed, seeds = config.seed, config.seeds

    def at(degree: int, n: int = 10, noise: float = config.noise) -> Redraws:
        return Redraws(seed, degree, n, noise, config.redraws, config.n_test)

    fits = tuple(BishopFit(degree) for degree in config.degrees)
    new_points = NewPoints(seed, config.degrees, config.n_bishop_test, config.noise)
    orders = tuple(Orders(seed, degree, config.solver_orders) for degree in config.solver_degrees)
    noises = tuple(at(degree, noise=noise) for degree in (3, 9) for noise in config.noises)
    rate, epochs = config.minibatch_rate, config.minibatch_epochs
    minibatch = Minibatch(seed, config.minibatch_degree, rate, config.minibatch_size, epochs)
    return (
        Part("fits", fits, 1, fit_bishop),
        Part("new_points", (new_points,), seeds, measure_bishop),
        Part("degrees", tuple(at(degree) for degree in config.degrees), seeds, redraw),
        Part("sizes", tuple(at(9, n=n) for n in config.sizes), seeds, redraw),
        Part("noises", noises, seeds, redraw),
        Part("orders", orders, seeds, fit_in_orders),
        Part("full_batch", tuple(Descent(*setting) for setting in config.full_batch), 1, descend),
        Part("beside_minibatch", (Descent(config.minibatch_degree, rate, 0.0, epochs),), 1, descend),
        Part("minibatch", (minibatch,), seeds, wander),
    )


def quick() -> OverfittingConfig:
    """A fifth of the redraws on fewer seeds, and shorter sweeps."""
    return dataclasses.replace(
        OverfittingConfig(),
        seeds=5,
        redraws=200,
        sizes=(10, 20, 100),
        noises=(0.0, 0.04, 0.1, 0.3, 0.6),
        full_batch=((0, 0.01, 0.0, 400), (1, 0.1, 0.0, 500)),
        minibatch_epochs=400,
    )
