"""The sweeps of the experiment."""

from typing import TypeVar

from gradproof_experiments.experiment import Part

from .config import ACTIVATION_NAMES, DepthConfig
from .fit import TrainingPoint
from .profile import ProfilePoint, profile
from .step import StepPoint, step_trained
from .training import trained

__all__ = ["parts", "quick"]

P = TypeVar("P", bound=TrainingPoint)


def quick() -> DepthConfig:
    """A configuration of a few seconds: fewer seeds and depths, narrower networks."""
    return DepthConfig(seeds=3, profile_width=128, depths=(1, 2, 10), step_depths=(2, 10))


def parts(config: DepthConfig) -> tuple[Part, ...]:
    """Gradients before training, training, and training with the step.

    Examples
    --------
    >>> [(part.name, len(part.points), part.seeds) for part in parts(DepthConfig())]
    [('gradients', 3, 10), ('training', 30, 10), ('step', 3, 10)]
    """
    profiles = tuple(
        ProfilePoint(
            activation=name,
            n_layers=config.profile_depth,
            width=config.profile_width,
            n_images=config.profile_images,
            n_training=config.n_training,
            fixed=config.fixed,
            root=config.seed,
        )
        for name in ACTIVATION_NAMES
    )
    training = tuple(
        _training_point(TrainingPoint, config, name, depth)
        for name in ACTIVATION_NAMES
        for depth in config.depths
    )
    steps = tuple(_training_point(StepPoint, config, "step", depth) for depth in config.step_depths)
    return (
        Part("gradients", profiles, config.seeds, profile),
        Part("training", training, config.seeds, trained),
        Part("step", steps, config.seeds, step_trained),
    )


def _training_point(kind: type[P], config: DepthConfig, name: str, depth: int) -> P:
    return kind(
        activation=name,
        depth=depth,
        width=config.width,
        n_training=config.n_training,
        n_test=config.n_test,
        batch_size=config.batch_size,
        epochs=config.epochs,
        learning_rates=config.learning_rates,
        momentum=config.momentum,
        fixed=config.fixed,
        root=config.seed,
    )
