"""Fixed kernels for an instruction counter: each runs k times, then 2k times, with a mark before, between and after.

The mark is a call of getppid(2), which nothing else here makes: valgrind writes out its counts whenever it is entered
(`--dump-before=getppid`). Run by `benchmarks/instructions.py`, which knows the order of KERNELS.
"""

import gc
import os
from collections.abc import Callable

import numpy as np

import gradproof as gp
import gradproof_reference as ref

SEED = 20_240


def softmax_cross_entropy_gradient() -> Callable[[], object]:
    """1000 examples of ten classes."""
    rng = np.random.default_rng(SEED)
    logits, labels = rng.normal(size=(1000, 10)), rng.integers(10, size=1000)
    return lambda: ref.softmax_cross_entropy_gradient(logits, labels)


def mlp_loss_and_gradient() -> Callable[[], object]:
    """Eight 64-32-10 networks on a batch of 32."""
    layers, x, labels = networks_and_images(32)
    return lambda: ref.mlp_loss_and_gradient(layers, x, labels)


def train_mlp_epoch() -> Callable[[], object]:
    """Eight 64-32-10 networks on 256 examples, batches of 32."""
    layers, x, labels = networks_and_images(256)
    return lambda: ref.train_mlp(
        layers, x, labels, learning_rate=1e-3, n_epochs=1, batch_size=32, momentum=0.9
    )


def check_gradient() -> Callable[[], object]:
    """The softmax cross-entropy by its 100 logits, entry by entry."""
    rng = np.random.default_rng(SEED)
    logits, labels = rng.normal(size=(10, 10)), rng.integers(10, size=10)
    return lambda: gp.check_gradient(
        lambda logits: ref.softmax_cross_entropy(logits, labels),
        lambda logits: ref.softmax_cross_entropy_gradient(logits, labels),
        logits,
        seed=SEED,
    )


def networks_and_images(n: int) -> tuple[list[ref.Layer], np.ndarray, np.ndarray]:
    """Draw eight stacked networks, images and labels."""
    rng = np.random.default_rng(SEED)
    layers = [
        ref.Layer(rng.normal(size=(8, d_out, d_in)) / np.sqrt(d_in), np.zeros((8, d_out)))
        for d_in, d_out in ((64, 32), (32, 10))
    ]
    return layers, rng.uniform(size=(n, 64)), rng.integers(10, size=n)


KERNELS = {
    "softmax_cross_entropy_gradient": (softmax_cross_entropy_gradient, 8),
    "mlp_loss_and_gradient": (mlp_loss_and_gradient, 4),
    "train_mlp_epoch": (train_mlp_epoch, 1),
    "check_gradient": (check_gradient, 1),
}
"""Name: what makes the kernel, and the k of its k and 2k repetitions."""


def main() -> None:
    """Run all kernels, and print the name and k of each one as it ends, in the order of their marks."""
    for name, (make, k) in KERNELS.items():
        if name == "train_mlp_epoch" and not hasattr(ref, "train_mlp"):
            continue  # an older commit
        kernel = make()
        kernel()
        kernel()
        gc.collect()
        gc.disable()  # it would run after so many objects, wherever the first repetition found it
        os.getppid()
        for repetitions in (k, 2 * k):
            for _ in range(repetitions):
                kernel()
            os.getppid()
        gc.enable()
        print(name, k)


if __name__ == "__main__":
    main()
