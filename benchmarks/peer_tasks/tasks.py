"""Tasks T1 to T4: models, data, schedule, and the operations that they cost."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["Curve", "Data", "Sweep", "digits", "tasks"]

Array = npt.NDArray[np.float64]
Parameters = list[Array]

# Bishop's ten points, as the slide plots them.
BISHOP_T = (
    0.349486,
    0.830839,
    1.007332,
    0.971507,
    0.133066,
    0.166823,
    -0.848307,
    -0.445686,
    -0.563567,
    0.261502,
)
L2_STRENGTHS = (0.0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
SEEDS = range(8)
ACTIVATIONS = ("sigmoid", "tanh", "relu")


@dataclass(frozen=True)
class Data:
    """Training examples: x (n, d), labels (n,) for classes, or targets t for a curve."""

    x: Array
    y: npt.NDArray[np.generic]


def digits() -> Data:
    """Return the 1,797 digits of scikit-learn, pixels in [0, 1]."""
    from sklearn.datasets import load_digits  # noqa: PLC0415  slow, and not what a fresh process is timed for

    x, y = load_digits(return_X_y=True)
    return Data(np.ascontiguousarray(x / 16.0), y.astype(np.int64))


def orders(n: int, n_epochs: int, seed: int) -> npt.NDArray[np.int64]:
    """Return the order of the examples in each epoch: what `minibatches` draws from the same generator."""
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(n) for _ in range(n_epochs)]).reshape(n_epochs, n)


@dataclass(frozen=True)
class Sweep:
    """A stack of MLPs that train together on the same batches: plain SGD on the summed loss plus α Σ w²."""

    data: Data
    depth: int
    activation: str
    l2: tuple[float, ...]
    seeds: tuple[int, ...]
    learning_rate: float
    n_epochs: int
    width: int = 32
    batch_size: int = 32
    schedule_seed: int = 1

    @property
    def widths(self) -> list[int]:
        """Units of the input, of each hidden layer, and classes."""
        return [self.data.x.shape[1], *[self.width] * self.depth, 10]

    @property
    def n_models(self) -> int:
        """Models of the stack."""
        return len(self.seeds)

    @property
    def flops(self) -> float:
        """Multiplications and additions of the matrix products; the first layer passes no gradient on."""
        sizes = [before * after for before, after in pairwise(self.widths)]
        per_example = 2 * (3 * sum(sizes) - sizes[0])
        return float(per_example * len(self.data.x) * self.n_epochs * self.n_models)

    def initial(self) -> Parameters:
        """Return W1, b1, W2, b2 …, each with the models first: (s, d_out, d_in) and (s, d_out)."""
        models = [self._model(seed) for seed in self.seeds]
        return [np.stack(arrays) for arrays in zip(*models, strict=True)]

    def _model(self, seed: int) -> Parameters:
        rng, arrays = np.random.default_rng(seed), []
        for before, after in pairwise(self.widths):
            arrays += [rng.normal(size=(after, before)) / np.sqrt(before), np.zeros(after)]
        return arrays

    def orders(self) -> npt.NDArray[np.int64]:
        """Return the order of the examples in each epoch, shape (epochs, n)."""
        return orders(len(self.data.x), self.n_epochs, self.schedule_seed)

    def batches(self) -> Iterator[npt.NDArray[np.int64]]:
        """Return the index sets of all minibatches in order; the last of an epoch is short."""
        size = self.batch_size
        return (order[i : i + size] for order in self.orders() for i in range(0, len(order), size))


@dataclass(frozen=True)
class Curve:
    """A stack of polynomials of degree 9 on Bishop's points: momentum SGD on ½ Σ (y − t)²."""

    data: Data
    n_models: int
    n_epochs: int
    learning_rate: float = 0.01
    momentum: float = 0.9
    degree: int = 9
    batch_size: int = 5
    schedule_seed: int = 1

    @property
    def flops(self) -> float:
        """Multiplications and additions of the products with the design matrix and its transpose."""
        return 4.0 * len(self.data.x) * (self.degree + 1) * self.n_epochs * self.n_models

    def initial(self) -> Parameters:
        """Return the coefficients, lowest power first, shape (s, 10)."""
        return [np.random.default_rng(0).normal(size=(self.n_models, self.degree + 1))]

    orders = Sweep.orders
    batches = Sweep.batches


def tasks(data: Data, *, quick: bool = False) -> dict[str, tuple[Sweep, ...] | tuple[Curve]]:
    """Return the tasks by name; each is trained part by part. `quick` takes a tenth of the epochs."""
    epochs = 2 if quick else 20
    one = Sweep(data, 1, "sigmoid", (0.0,), (0,), 0.01, epochs)
    grid = [(alpha, seed) for alpha in L2_STRENGTHS for seed in SEEDS]
    many = replace(one, l2=tuple(a for a, _ in grid), seeds=tuple(s for _, s in grid))
    # At a rate of 0.002 even eight ReLU layers train; 0.01 on summed losses throws some of them off.
    base = replace(one, l2=(0.0,) * len(SEEDS), seeds=tuple(SEEDS), learning_rate=0.002)
    base = replace(base, n_epochs=1 if quick else 5)
    deep = tuple(replace(base, depth=depth, activation=name) for name in ACTIVATIONS for depth in range(1, 9))
    points = Data(np.arange(10) / 9, np.array(BISHOP_T))
    return {"T1": (one,), "T2": (many,), "T3": deep, "T4": (Curve(points, 64, 1_000 if quick else 10_000),)}
