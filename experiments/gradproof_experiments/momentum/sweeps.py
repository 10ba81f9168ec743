"""The sweeps of the momentum experiment: what is computed for which points and seeds."""

from gradproof_experiments.experiment import Part

from .config import MomentumConfig
from .quadratic import RatesPoint, rates
from .region import EdgePoint, PhasePoint, edges, phases
from .training import TrainingPoint, train_networks
from .unlearning import UnlearningPoint, count_unlearning

__all__ = ["parts", "quick"]

_EDGE_STEPS = 1200
_PHASE_STEPS = 600


def quick() -> MomentumConfig:
    """Return a configuration of a few seconds: fewer seeds, images and grid points."""
    return MomentumConfig(
        seeds=4,
        per_decade=1,
        n_momenta=12,
        n_step_sizes=16,
        powers_plain=(-4, 0, 1, 2),
        powers_momentum=(-4, -3, -2),
        unlearning_batches=(20, 80, 400),
        unlearning_steps=20,
        late_epoch=10,
    )


def parts(config: MomentumConfig) -> tuple[Part, ...]:
    """Return the sweeps of a configuration."""
    training = TrainingPoint(
        config.seed,
        config.momentum,
        config.n_training,
        config.n_validation,
        config.batch_size,
        config.epochs,
        config.powers_plain,
        config.powers_momentum,
    )
    counts = tuple(
        UnlearningPoint(
            config.seed,
            batch,
            config.momentum,
            config.unlearning_images,
            config.unlearning_steps,
            config.late_epoch,
            config.unlearning_step,
        )
        for batch in config.unlearning_batches
    )
    return (
        Part("rates", (RatesPoint(config.seed, config.per_decade, config.steps),), config.seeds, rates),
        Part("edges", (EdgePoint(config.n_momenta, _EDGE_STEPS),), 1, edges),
        Part("phases", (PhasePoint(config.n_momenta, config.n_step_sizes, _PHASE_STEPS),), 1, phases),
        Part("training", (training,), config.seeds, train_networks),
        Part("unlearning", counts, config.seeds, count_unlearning),
    )
