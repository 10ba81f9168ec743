"""What a training step costs, whatever the clock says: calls of NumPy, and bytes of temporaries."""

import gc
import tracemalloc
from types import ModuleType
from typing import Any, ClassVar, Self

import numpy as np

import gradproof_reference as ref

from .networks import SEED, images, layers, require_loop
from .numpy_calls import calls_per_step, counted_reference

LOOPS = ("train", "train_mlp", "train_polynomial")
MODELS, BATCH = 48, 32


class NumpyCalls:
    """Calls of NumPy that the reference's source makes in one step, as `numpy_calls` counts them."""

    version = "1"
    unit = "calls"
    param_names = ("loop",)
    params: ClassVar = [LOOPS]

    def setup(self, loop: str) -> None:
        """Compile the reference with a counter."""
        self.package, self.counter = counted_reference()
        require_loop(self.package, loop)

    def track_calls_per_step(self, loop: str) -> float:
        return calls_per_step(
            self.counter,
            lambda n_steps: train(
                self.package, loop, n_examples=n_steps * BATCH, n_epochs=1, batch_size=BATCH
            ),
        )


class Temporaries:
    """Bytes, to the KiB, that one step of 48 stacked models holds at its peak beyond what was held before it."""

    version = "2"
    unit = "bytes"
    param_names = ("loop",)
    params: ClassVar = [LOOPS]

    def setup(self, loop: str) -> None:
        """Leave out loops that a commit lacks."""
        require_loop(ref, loop)

    def track_temporaries_per_step(self, loop: str) -> int:
        return step_temporaries(ref, loop)


def train(
    package: ModuleType,
    loop: str,
    *,
    n_examples: int,
    n_epochs: int,
    batch_size: int,
    rng: np.random.Generator | None = None,
) -> None:
    """Train 48 models by one of the loops: 64-32-10 networks, or polynomials of degree 9."""
    options: dict[str, Any] = {"n_epochs": n_epochs, "batch_size": batch_size, "rng": rng}
    options |= {"learning_rate": 1e-3, "momentum": 0.9}
    if loop == "train_polynomial":
        random = np.random.default_rng(SEED)
        x, t = random.uniform(-1, 1, size=(2, n_examples))
        package.train_polynomial(random.normal(size=(MODELS, 10)), x, t, **options)
        return
    networks = [package.Layer(*layer) for layer in layers((64, 32, 10), (MODELS,))]
    x, labels = images(n_examples)
    if loop == "train_mlp":
        package.train_mlp(networks, x, labels, **options)
        return
    for _ in package.train(
        lambda parameters, batch: package.mlp_loss_and_gradient(parameters, x[batch], labels[batch]),
        networks,
        n_examples,
        **options,
    ):
        pass


def step_temporaries(package: ModuleType, loop: str) -> int:
    """Bytes that a step needs at its peak: with one batch per epoch, from one drawing of an order to the next.

    A loop may draw the orders of several epochs at once: the steps then lie between two such drawings, and the largest
    of the peaks is theirs.
    """
    n_epochs = 128
    with Tracing() as tracing:
        rng = _Marker(tracing)
        train(package, loop, n_examples=BATCH, n_epochs=n_epochs, batch_size=BATCH, rng=rng)
    if len(rng.peaks) != n_epochs:
        raise AssertionError(
            f"{loop} must draw an order for each of {n_epochs} epochs; got {len(rng.peaks)} orders."
        )
    peak = max(rng.peaks[n_epochs // 2 :])
    if not peak:
        raise AssertionError(f"{loop} must take a step between two drawings; got no memory asked for at all.")
    # The first steps still make what the others use again. Less than half a KiB is no array but Python's own objects,
    # whose sizes differ from one Python to the next.
    return round(peak / 1024) * 1024


class Tracing:
    """Counts bytes while it is entered; the collector of cycles, which runs when it likes, is held still."""

    def __enter__(self) -> Self:
        gc.collect()
        gc.disable()
        tracemalloc.start()
        self.reset()
        return self

    def __exit__(self, *_: object) -> None:
        tracemalloc.stop()
        gc.enable()

    def reset(self) -> None:
        """Count from here."""
        tracemalloc.reset_peak()
        self._before = tracemalloc.get_traced_memory()[0]

    def peak(self) -> int:
        """Return the bytes at the peak, less those held when the count began."""
        return tracemalloc.get_traced_memory()[1] - self._before


class _Marker(np.random.Generator):
    """A generator that notes the peak of the step that lies behind, each time it is asked for an order."""

    def __init__(self, tracing: Tracing) -> None:
        super().__init__(np.random.PCG64(SEED))
        self._tracing = tracing
        self.peaks: list[int] = []

    def permutation(self, x: Any, axis: int = 0) -> Any:
        """Draw an order."""
        self.peaks.append(self._tracing.peak())
        order = super().permutation(x, axis)
        self._tracing.reset()
        return order
