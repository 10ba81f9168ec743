"""The sweeps of the experiment: which point is computed by what, and for how many seeds."""

from gradproof_experiments.experiment import Part

from .bias import LAYER_SHAPES, LinePoint, ShapePoint, line, shapes
from .bishop import BISHOP_TABLE, TablePoint, match
from .classifier import ClassifierPoint, classify
from .config import L2Config
from .minibatches import MinibatchPoint, run
from .sweep import PUBLISHED, REDRAWN, SweepPoint, sweep
from .updates import UPDATES, UpdatePoint, follow

__all__ = ["parts"]


def parts(config: L2Config) -> tuple[Part, ...]:
    """All sweeps.

    Examples
    --------
    >>> [part.name for part in parts(L2Config())]
    ['polynomial', 'digits', 'updates', 'line', 'shapes', 'minibatches', 'bishop']
    """
    strengths, steps = config.update_strength, config.update_steps
    images = ClassifierPoint(config.seed, config.n_training, config.digits_ln_strengths, config.block)
    batches = tuple(
        MinibatchPoint(
            config.seed,
            size,
            config.minibatch_strength,
            config.minibatch_rate,
            config.minibatch_epochs,
            config.noise,
        )
        for size in config.batch_sizes
    )
    follows = tuple(UpdatePoint(name, config.update_degree, strengths, steps) for name in UPDATES)
    lines = tuple(LinePoint(name, strengths, steps // 4) for name in UPDATES)
    return (
        Part("polynomial", _sweeps(config), config.seeds, sweep),
        Part("digits", (images,), config.seeds, classify),
        Part("updates", follows, 1, follow),
        Part("line", lines, 1, line),
        Part("shapes", tuple(ShapePoint(*shape) for shape in LAYER_SHAPES), 1, shapes),
        Part("minibatches", batches, config.seeds, run),
        Part("bishop", tuple(TablePoint(ln_lambda) for ln_lambda in BISHOP_TABLE), 1, match),
    )


def _sweeps(config: L2Config) -> tuple[SweepPoint, ...]:
    settings = (
        (PUBLISHED, 0.0, "free"),
        (REDRAWN, 0.0, "free"),
        (REDRAWN, 0.0, "penalised"),
        (REDRAWN, config.offset, "free"),
        (REDRAWN, config.offset, "penalised"),
    )
    return tuple(
        SweepPoint(
            config.seed,
            training,
            config.degree,
            config.n_test,
            config.noise,
            offset,
            bias,
            config.polynomial_ln_strengths,
        )
        # An offset of 0 would make the same points twice.
        for training, offset, bias in dict.fromkeys(settings)
    )
