"""gradproof beside its peers, in one run on one machine: how long a check takes, and what it sees.

    python benchmarks/checker_peers.py [--largest 1e7] [--repeat 5]

The function is the summed softmax cross-entropy of a tanh MLP with two hidden layers on a batch of 16: the reference's
for NumPy, the same one written in torch and jax for those. Needs scipy, torch and jax (requirements/frameworks.txt).
The exit status is 1 where a target is missed.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy
import torch
from jax.test_util import check_grads
from scipy.optimize import check_grad

import gradproof as gp
import gradproof_reference as ref

BATCH = 16
# inputs, two layers of hidden units, classes
SIZES = {
    100: (24, 3, 3, 3),
    1_000: (64, 12, 11, 10),
    10_000: (64, 80, 53, 10),
    100_000: (784, 120, 45, 10),
    1_000_000: (784, 1000, 212, 10),
    10_000_000: (784, 8000, 465, 10),
}


class Network:
    """One network with the arguments of all peers."""

    def __init__(self, parameters: int) -> None:
        sizes = SIZES[parameters]
        rng = np.random.default_rng(parameters)
        self.features = rng.normal(size=(BATCH, sizes[0]))
        self.labels = rng.integers(sizes[-1], size=BATCH)
        self.layers = [
            ref.Layer(rng.normal(size=(after, before)) / np.sqrt(before), 0.1 * rng.normal(size=after))
            for before, after in pairwise(sizes)
        ]
        self.arrays = [array for layer in self.layers for array in layer]
        self.size = sum(array.size for array in self.arrays)

    def loss(self, layers: Any) -> Any:
        """The loss, of a stack of networks too."""
        return ref.mlp_loss(layers, self.features, self.labels, ref.TANH)

    def gradient(self, layers: Any) -> Any:
        """Its gradient by all layers."""
        return list(ref.mlp_gradient(layers, self.features, self.labels, ref.TANH))

    def calls(self) -> None:
        """Call f and its gradient once."""
        self.loss(self.layers)
        self.gradient(self.layers)

    def gradproof(self, **options: Any) -> Callable[[], Any]:
        """Return the check with gradproof."""
        return lambda: gp.check_gradient(self.loss, self.gradient, self.layers, **options)

    def scipy(self) -> Callable[[], Any]:
        """Return the check of every entry with scipy: the norm of the difference, which no bound comes with."""
        ends = np.cumsum([array.size for array in self.arrays])[:-1]

        def layers(vector: Any) -> list[ref.Layer]:
            parts = [
                part.reshape(array.shape)
                for part, array in zip(np.split(vector, ends), self.arrays, strict=True)
            ]
            return [ref.Layer(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]

        point = np.concatenate([array.ravel() for array in self.arrays])
        return lambda: check_grad(
            lambda vector: self.loss(layers(vector)),
            lambda vector: np.concatenate(
                [array.ravel() for layer in self.gradient(layers(vector)) for array in layer]
            ),
            point,
        )

    def torch(self, *, fast: bool) -> Callable[[], Any]:
        """Return the check with torch: of every entry, or of one random projection."""
        features, labels = torch.tensor(self.features), torch.tensor(self.labels)

        def loss(*arrays: Any) -> Any:
            hidden = torch.tanh(features @ arrays[0].T + arrays[1])
            hidden = torch.tanh(hidden @ arrays[2].T + arrays[3])
            return torch.nn.functional.cross_entropy(
                hidden @ arrays[4].T + arrays[5], labels, reduction="sum"
            )

        arrays = [torch.tensor(array, requires_grad=True) for array in self.arrays]
        return lambda: torch.autograd.gradcheck(loss, arrays, fast_mode=fast)

    def jax(self) -> Callable[[], Any]:
        """Return the check with jax along a random direction, compiled."""

        def loss(*arrays: Any) -> Any:
            hidden = jnp.tanh(self.features @ arrays[0].T + arrays[1])
            hidden = jnp.tanh(hidden @ arrays[2].T + arrays[3])
            scores = jax.nn.log_softmax(hidden @ arrays[4].T + arrays[5])
            return -scores[jnp.arange(BATCH), self.labels].sum()

        compiled = jax.jit(loss)

        def check() -> None:
            # Its fixed tolerance rejects some of these gradients, which are right.
            with contextlib.suppress(AssertionError):
                check_grads(compiled, tuple(self.arrays), order=1, modes=["rev"])

        return check


@dataclass
class Row:
    """A measured ratio and the target that it must not exceed."""

    what: str
    ours: float
    peer: str
    theirs: float
    target: float

    @property
    def ratio(self) -> float:
        """Ours in units of theirs."""
        return self.ours / self.theirs

    def __str__(self) -> str:
        held = "ok" if self.ratio <= self.target else "MISSED"
        return (
            f"{self.what:<44} {self.ours:>10.4g}  {self.peer:<28} {self.theirs:>10.4g} {self.ratio:>9.4f}"
            f"  <= {self.target:<8.4g} {held}"
        )


def fastest(check: Callable[[], Any], repeat: int) -> float:
    """Return the shortest of some runs after a first one, in ms: noise only ever adds."""
    check()
    return min(once(check) for _ in range(repeat))


def fastest_of_each(checks: Mapping[str, Callable[[], Any]], repeat: int) -> dict[str, float]:
    """Return the same of several checks that take turns of five, so that all of them see the same machine."""
    turns = [{name: fastest(check, 5) for name, check in checks.items()} for _ in range(-(-repeat // 5))]
    return {name: min(times[name] for times in turns) for name in checks}


def entry_by_entry(repeat: int) -> Iterator[Row]:
    """Compare full checks; the best peer is the faster one of scipy's and torch's."""
    for parameters, target in ((100, 0.2), (1_000, 0.3)):
        network = Network(parameters)
        checks = {
            "gradproof": network.gradproof(vectorized=True, mode="entries"),
            "scipy check_grad": network.scipy(),
            "torch gradcheck": network.torch(fast=False),
        }
        peers = fastest_of_each(checks, repeat)
        ours = peers.pop("gradproof")
        best = min(peers, key=lambda name: peers[name])
        yield Row(
            f"n = {network.size}, entry by entry, vectorized", ours, f"{best} (best)", peers[best], target
        )
        for name, theirs in peers.items():
            if name != best:
                yield Row("", ours, name, theirs, np.inf)


def automatic(repeat: int) -> Iterator[Row]:
    """Compare mode="auto" with torch's slow and fast mode, and with jax."""
    for parameters, target in ((10_000, 1 / 50), (100_000, 1 / 300)):
        network = Network(parameters)
        ours = fastest(network.gradproof(), repeat)
        slow = once(network.torch(fast=False))  # takes half a minute at 10⁵
        yield Row(f"n = {network.size}, mode='auto'", ours, "torch gradcheck", slow, target)
        fast = fastest(network.torch(fast=True), repeat)
        yield Row("", ours, "torch gradcheck, fast mode", fast, 12.0)
        yield Row("", ours, "jax check_grads", fastest(network.jax(), repeat), np.inf)


def once(check: Callable[[], Any]) -> float:
    """Return how long a single run takes, in ms."""
    start = time.perf_counter()
    check()
    return 1e3 * (time.perf_counter() - start)


def growth(largest: float, repeat: int) -> Iterator[Row]:
    """Compare the time per parameter with that at 10⁵, in units of what one call of f and one of grad do."""
    reference = None
    for parameters in (100_000, 1_000_000, 10_000_000):
        if parameters > largest:
            return
        network = Network(parameters)
        ours = fastest(network.gradproof(), min(repeat, 3)) / network.size
        calls = fastest(network.calls, 3)
        if reference is None:
            reference = ours, calls / network.size
            continue
        yield Row(
            f"n = {network.size}, ms per parameter",
            ours,
            "at 10⁵, as f and grad grow",
            reference[0] * max(1.0, calls / network.size / reference[1]),
            2.0,
        )


def sight(trials: int = 20) -> Iterator[str]:
    """Zero one entry among 1,000 and count who notices."""
    weights = np.random.default_rng(3).normal(size=1_000)
    noticed = {
        "gradproof, mode='directions'": 0,
        "gradproof, mode='entries'": 0,
        "torch gradcheck, fast mode": 0,
    }
    for trial in range(trials):
        entry = int(np.random.default_rng(trial).integers(1_000))

        def zeroed(w: Any, entry: int = entry) -> Any:
            gradient = 3 * w * w
            gradient[entry] = 0
            return gradient

        class Cube(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, w: Any) -> Any:
                ctx.save_for_backward(w)
                return (w**3).sum()

            @staticmethod
            def backward(ctx: Any, out: Any, entry: int = entry) -> Any:
                (w,) = ctx.saved_tensors
                gradient = 3 * w * w
                gradient[entry] = 0
                return out * gradient

        for mode in ("directions", "entries"):
            report = gp.examine_gradient(lambda w: (w * w * w).sum(), zeroed, weights, mode=mode)
            noticed[f"gradproof, mode={mode!r}"] += report.verdict == "fail"
        argument = torch.tensor(weights, requires_grad=True)
        noticed["torch gradcheck, fast mode"] += not torch.autograd.gradcheck(
            Cube.apply, argument, fast_mode=True, raise_exception=False
        )
    for name, count in noticed.items():
        yield f"one entry of 1,000 zeroed, noticed by {name:<30} {count:>3} of {trials}"


def location() -> Row:
    """Count the evaluations of f that it takes to name one wrong entry of 10⁵."""
    network = Network(100_000)

    def wrong(layers: Any) -> Any:
        gradient = network.gradient(layers)
        gradient[0].weight[3, 7] += 1e-3
        return gradient

    right = gp.examine_gradient(network.loss, network.gradient, network.layers, seed=0).evaluations.f
    report = gp.examine_gradient(network.loss, wrong, network.layers, seed=0)
    found = [entry.name for entry in report.entries if entry.status == "fail"] == ["layers[0].weight[3, 7]"]
    further = report.evaluations.f - right if found else np.inf
    return Row("one wrong entry of 10⁵ named, evaluations", further, "", 1.0, 120.0)


def memory() -> Row:
    """Measure the peak of what an examination allocates, f's own arrays included, in units of the parameters."""
    network, budget = Network(1_000_000), 2**28
    tracemalloc.start()
    network.gradproof(memory_budget=budget)()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Row("peak memory at 10⁶, MB", peak / 1e6, "parameters, MB", 8e-6 * network.size, 10 + budget / 8e6)


def importing(repeat: int = 15) -> Row:
    """Time what a first check has to wait for, in fresh interpreters beside `import numpy`, both compiled before."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def fresh(statement: str) -> float:
            code = (
                f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
            )
            runs = [
                subprocess.run(  # noqa: S603  the code stands above
                    [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
                ).stdout
                for _ in range(repeat)
            ]
            return 1e3 * min(map(float, runs))

        ours = "from gradproof import check_gradient"  # `import gradproof` alone loads nothing
        fresh(ours)
        return Row("import check_gradient, ms", fresh(ours), "import numpy", fresh("import numpy"), 1.5)


def main() -> int:
    """Print the table and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=float, default=1e7, help="the most parameters to go up to")
    parser.add_argument("--repeat", type=int, default=15, help="runs of which the fastest counts")
    options = parser.parse_args()
    jax.config.update("jax_enable_x64", True)  # noqa: FBT003  jax's own signature
    print(
        f"gradproof {gp.__version__}, numpy {np.__version__}, scipy {scipy.__version__}, torch {torch.__version__}, "
        f"jax {jax.__version__}, {torch.get_num_threads()} threads; times in ms, the fastest of {options.repeat}"
    )
    print(f"{'check':<44} {'ours':>10}  {'peer':<28} {'theirs':>10} {'ratio':>9}  target")
    rows = []

    def show(row: Row) -> None:
        rows.append(row)
        print(row, flush=True)

    for row in entry_by_entry(options.repeat):
        show(row)
    for row in automatic(options.repeat):
        show(row)
    for row in growth(options.largest, options.repeat):
        show(row)
    show(location())
    show(memory())
    show(importing())
    for line in sight():
        print(line)
    missed = [row for row in rows if row.ratio > row.target]
    print(f"{len(rows) - len(missed)} of {len(rows)} targets met")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
