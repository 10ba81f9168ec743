"""What more points, other noise and a smaller learning rate do: claims about the sweeps (F01, F03)."""

import math

import pandas as pd

from gradproof_experiments._rounding import round_significant
from gradproof_experiments.claim import Claim, Within

from .config import OverfittingConfig
from .descent import SHARES
from .intervals import claim, farthest, mean_interval, root, summary
from .theory import expected

__all__ = ["minibatch_table", "sweep_claims"]


def sweep_claims(
    config: OverfittingConfig, sizes: pd.DataFrame, noises: pd.DataFrame, minibatch: pd.DataFrame
) -> tuple[Claim, ...]:
    """The claims that the sweeps decide."""
    return (
        _size_theory_claim(config, sizes),
        _gap_claim(config, sizes),
        _cure_claim(config, sizes),
        _noise_claim(config, noises, config.noises[0]),
        _noise_claim(config, noises, config.noises[-1]),
        _noise_theory_claim(config, noises),
        _minibatch_claim(config, minibatch),
    )


def _size_theory_claim(config: OverfittingConfig, sizes: pd.DataFrame) -> Claim:
    draws = math.sqrt(config.redraws * config.seeds)
    errors = {n: expected(9, n, config.noise, config.n_test) for n in config.sizes}
    theory = {float(n): (e.test, e.deviation / draws) for n, e in errors.items()}
    n, ratio, allowed = farthest(summary(sizes, "n", "test", config.seed), theory)
    return claim(
        "The test error of degree 9 falls with the number of training points as linear algebra expects.",
        f"squared test error over theory, at the number of points farthest from it, {n:.0f}",
        ratio,
        allowed,
    )


def _gap_claim(config: OverfittingConfig, sizes: pd.DataFrame) -> Claim:
    """The gap is a difference of sums of squares of normals: its standard deviation is σ² 2√(n + M + 1)/n."""
    draws = math.sqrt(config.redraws * config.seeds)
    gaps = sizes.assign(gap=sizes["same_inputs"] - sizes["training"])
    theory = {
        float(n): (20 * config.noise**2 / n, config.noise**2 * 2 * math.sqrt(n + 10) / n / draws)
        for n in config.sizes
    }
    n, ratio, allowed = farthest(summary(gaps, "n", "gap", config.seed), theory)
    return claim(
        "On new targets at the same inputs the squared error exceeds the training error by 2σ²(M + 1)/n.",
        f"that gap over 2σ²(M + 1)/n, at the number of points farthest from it, {n:.0f}",
        ratio,
        allowed,
    )


def _cure_claim(config: OverfittingConfig, sizes: pd.DataFrame) -> Claim:
    most = config.sizes[-1]
    error = mean_interval(sizes["test"][sizes["n"] == most], config.seed)
    return claim(
        f"More data cure degree 9: with {most} points its error is within a tenth of the noise.",
        "test RMS over the noise",
        error.map(lambda squared: root(squared) / config.noise),
        Within(1.0, 1.1),
    )


def _noise_claim(config: OverfittingConfig, noises: pd.DataFrame, noise: float) -> Claim:
    errors = noises[noises["noise"] == noise].pivot_table(index="seed", columns="degree", values="test")
    gap = mean_interval(errors[9] - errors[3], config.seed)
    statement = (
        "What degree 9 fits wrongly is noise: without any, it is better than the cubic."
        if noise == 0
        else "With the strongest noise degree 9 is worse than the cubic."
    )
    allowed = Within(high=0.0) if noise == 0 else Within(low=0.0)
    return claim(
        statement, f"squared test error of degree 9 less that of degree 3, at noise {noise:g}", gap, allowed
    )


def _noise_theory_claim(config: OverfittingConfig, noises: pd.DataFrame) -> Claim:
    draws = math.sqrt(config.redraws * config.seeds)
    worst = []
    for degree in (3, 9):
        rows = noises[(noises["degree"] == degree) & (noises["noise"] > 0)]
        errors = {noise: expected(degree, 10, noise, config.n_test) for noise in config.noises if noise > 0}
        theory = {noise: (e.test, e.deviation / draws) for noise, e in errors.items()}
        noise, ratio, allowed = farthest(summary(rows, "noise", "test", config.seed), theory)
        worst.append((abs(ratio.mean - 1) / (allowed.high - 1), degree, noise, ratio, allowed))
    _, degree, noise, ratio, allowed = max(worst, key=lambda found: found[0])
    return claim(
        "The squared test error grows with the square of the noise as linear algebra expects, at degrees 3 and 9.",
        f"squared test error over theory, where it is farthest: degree {degree}, noise {noise:g}",
        ratio,
        allowed,
    )


def _distances(config: OverfittingConfig, minibatch: pd.DataFrame) -> pd.DataFrame:
    """Root mean square of the distance over the last half of the epochs: a row per seed, a column per rate."""
    late = minibatch[minibatch["epoch"] > config.minibatch_epochs / 2]
    columns = [f"distance_{share}" for share in SHARES]
    return (late[columns] ** 2).groupby(late["seed"]).mean().map(root)


def _minibatch_claim(config: OverfittingConfig, minibatch: pd.DataFrame) -> Claim:
    far = _distances(config, minibatch)
    ratios = pd.DataFrame(
        {"first": far["distance_1"] / far["distance_2"], "second": far["distance_2"] / far["distance_4"]}
    )
    least = ratios.mean().idxmin()
    return claim(
        "At a constant learning rate minibatches never arrive, but half the rate stays nearer by more than √2, which is "
        "what batches drawn afresh would give: an epoch that visits each point once is better than that.",
        "distance from the solution over that at half the rate, the lesser of two halvings",
        mean_interval(ratios[least], config.seed),
        Within(low=math.sqrt(2)),
    )


def minibatch_table(config: OverfittingConfig, minibatch: pd.DataFrame) -> pd.DataFrame:
    """Distance from the solution over the last half of the epochs, by learning rate, with its interval."""
    far = _distances(config, minibatch)
    rows = [
        {
            "learning_rate": config.minibatch_rate / share,
            **{
                name: round_significant(value, 3)
                for name, value in zip(
                    ("distance", "low", "high"),
                    mean_interval(far[f"distance_{share}"], config.seed),
                    strict=True,
                )
            },
        }
        for share in SHARES
    ]
    return pd.DataFrame(rows)
