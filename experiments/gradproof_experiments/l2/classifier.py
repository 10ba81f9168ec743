"""The softmax classifier of the digits over the L2 strength: every strength descends to its optimum (F04, F19, F22).

Loss plus penalty is convex, and strictly so in the weights: what is measured is the optimum and not the training time.
Momentum with the rate and τ that are best for each strength (F10) comes near it in some √κ steps. Strengths are
trained in stacks, the strongest first, and the next stack starts where the weakest model of the last one ended.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradproof_experiments.digits import N_CLASSES, N_INPUTS, Digits, Images, digits
from gradproof_experiments.experiment import Columns
from gradproof_experiments.networks import accuracy, repeat
from gradproof_reference import (
    SIGMOID,
    Layer,
    l2_penalty,
    mlp_gradient,
    mlp_loss,
    momentum_step,
    optimal_learning_rate,
    optimal_momentum,
    zero_velocity,
)

__all__ = ["ClassifierPoint", "centred", "classify", "descend"]

Floats = npt.NDArray[np.float64]

# The best momentum keeps a factor e^(-2/√κ) of the distance at each step: so many √κ leave e^-6 of it at the worst
# curvature. The Hessian at the optimum bends far less than its bound, and what is left is measured.
_STEPS_PER_ROOT = 3
_FEWEST_STEPS = 60
# Weakest curvature of the biases, n p (1 − p), at p = 1/20: they are not penalised.
_BIAS_CURVATURE = 1 / 20


@dataclass(frozen=True)
class ClassifierPoint:
    """Images to train on, and the strengths.

    Parameters
    ----------
    root : int
        Root of all randomness.
    n_training : int
    ln_strengths : tuple of float
        ln α, ascending.
    block : int
        Neighbouring strengths in one stack.
    """

    root: int
    n_training: int
    ln_strengths: tuple[float, ...]
    block: int


def classify(point: ClassifierPoint, seed: int) -> Columns:
    """Loss in nats per image, share of wrong classes, ‖w‖, and what is left to the optimum, at every strength.

    ``left`` is ‖∂/∂w‖²/(4α) over the loss with its penalty: no optimum can be lower by more, as far as the weights go,
    since the penalty alone bends the loss by 2α. ``bias_left`` is the largest ∂/∂b, per image.
    """
    data = centred(digits(point.n_training, point.root, seed))
    blocks = [_block(data, np.exp(strengths), layer) for strengths, layer in _stacks(data, point)]
    columns = {name: np.concatenate([block[name] for block in blocks[::-1]]) for name in blocks[0]}
    return {
        "ln_alpha": list(point.ln_strengths),
        **{name: values.tolist() for name, values in columns.items()},
    }


def centred(data: Digits) -> Digits:
    """Images less the mean training image.

    It changes the biases alone, which are free, and neither the optimal weights nor any prediction; descent has five
    times less curvature to cope with.
    """
    mean = data.training.x.mean(axis=0)
    return Digits(*(Images(part.x - mean, part.labels) for part in data))


def descend(images: Images, strengths: Floats, start: Layer, steps: int | None = None) -> Layer:
    """Full-batch momentum on a stack of models, one per strength, from one common start (F09, F10).

    The Hessian of the summed cross-entropy is at most ½ xᵀx per class [1]_, and 2α is added to it. Without `steps` there
    are as many as the weakest strength needs.

    References
    ----------
    .. [1] D. Böhning, "Multinomial logistic regression algorithm", Annals of the Institute of Statistical Mathematics
       44 (1992) 197-200.
    """
    x, labels = images
    n = len(labels)
    largest = max(float(np.linalg.eigvalsh(x.T @ x)[-1]), n) / 2 + 2 * strengths
    smallest = np.minimum(2 * strengths, n * _BIAS_CURVATURE)
    rate, momentum = optimal_learning_rate(smallest, largest), optimal_momentum(largest / smallest)
    needed = _FEWEST_STEPS + int(_STEPS_PER_ROOT * np.sqrt(np.max(largest / smallest)))
    layers = repeat([start], len(strengths))
    velocity = zero_velocity(layers)
    for _ in range(needed if steps is None else steps):
        gradient = list(mlp_gradient(layers, x, labels, SIGMOID, strengths))
        layers, velocity = momentum_step(layers, velocity, gradient, rate, momentum)
    return layers[0]


def _stacks(data: Digits, point: ClassifierPoint) -> "list[tuple[Floats, Layer]]":
    """Trained stacks with their ln α, the strongest first."""
    start = Layer(np.zeros((N_CLASSES, N_INPUTS)), np.zeros(N_CLASSES))
    found = []
    for first in range(0, len(point.ln_strengths), point.block)[::-1]:
        strengths = np.array(point.ln_strengths[first : first + point.block])
        layer = descend(data.training, np.exp(strengths), start)
        start = Layer(layer.weight[0], layer.bias[0])
        found.append((strengths, layer))
    return found


def _block(data: Digits, strengths: Floats, layer: Layer) -> dict[str, Floats]:
    """Measure a stack."""
    training, test = data
    (gradient,) = mlp_gradient([layer], training.x, training.labels, SIGMOID, strengths)
    loss = mlp_loss([layer], training.x, training.labels)
    objective = loss + l2_penalty(layer.weight, strengths)
    return {
        "train_loss": loss / len(training.labels),
        "test_loss": mlp_loss([layer], test.x, test.labels) / len(test.labels),
        "train_wrong": 1 - accuracy([layer], training.x, training.labels, SIGMOID),
        "test_wrong": 1 - accuracy([layer], test.x, test.labels, SIGMOID),
        "norm": np.sqrt(np.sum(layer.weight**2, axis=(-2, -1))),
        "left": np.sum(gradient.weight**2, axis=(-2, -1)) / (4 * strengths * objective),
        "bias_left": np.max(np.abs(gradient.bias), axis=-1) / len(training.labels),
    }
