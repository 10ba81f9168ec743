"""What new points say of the fits: to Bishop's own ten points, and over redraws of their noise (F01)."""

import math

import pandas as pd

from gradproof_experiments.claim import Claim, Within

from .config import OverfittingConfig
from .intervals import STANDARD_ERRORS, Interval, claim, farthest, mean_interval, summary
from .new_points import bishop_excess
from .rank import bishop_rank
from .theory import bishop_error_deviation, expected

__all__ = ["redraw_claims"]


def redraw_claims(
    config: OverfittingConfig, new_points: pd.DataFrame, degrees: pd.DataFrame
) -> tuple[Claim, ...]:
    """The claims about errors on new points, for the ten inputs of Bishop."""
    return (
        _worst_claim(
            "Zero loss is no good fit: on new points Bishop's degree 9 is worse than every other degree.",
            new_points,
            config,
        ),
        _bishop_theory_claim(config, new_points),
        _worst_claim(
            "It is no accident of his noise: averaged over redraws, degree 9 is worst as well.",
            degrees,
            config,
        ),
        _cubic_claim(config, degrees),
        _theory_claim(config, degrees),
        _rank_claim(config, degrees),
        _split_claim(config, degrees),
        _variance_claim(config, degrees),
    )


def _pivot(found: pd.DataFrame) -> pd.DataFrame:
    """Squared test errors, a row per seed and a column per degree."""
    return found.pivot_table(index="seed", columns="degree", values="test")


def _worst_claim(statement: str, found: pd.DataFrame, config: OverfittingConfig) -> Claim:
    errors = _pivot(found)
    next_worst = errors.drop(columns=9).mean().idxmax()
    gap = mean_interval(errors[9] - errors[next_worst], config.seed)
    return claim(
        statement,
        f"squared test error of degree 9 less that of the next worst, degree {next_worst}",
        gap,
        Within(low=0.0),
    )


def _cubic_claim(config: OverfittingConfig, degrees: pd.DataFrame) -> Claim:
    errors = _pivot(degrees)
    next_best = errors.drop(columns=3).mean().idxmin()
    gap = mean_interval(errors[next_best] - errors[3], config.seed)
    return claim(
        "The cubic is the best of all degrees, averaged over redraws.",
        f"squared test error of the next best, degree {next_best}, less that of degree 3",
        gap,
        Within(low=0.0),
    )


def _bishop_theory_claim(config: OverfittingConfig, new_points: pd.DataFrame) -> Claim:
    n = config.n_bishop_test
    theory = {
        float(degree): (
            config.noise**2 + bishop_excess(degree),
            bishop_error_deviation(degree, config.noise, n) / math.sqrt(config.seeds),
        )
        for degree in config.degrees
    }
    degree, ratio, allowed = farthest(summary(new_points, "degree", "test", config.seed), theory)
    return claim(
        "What Bishop's fits do on new points is the noise and the mean squared distance of their curve from the sine.",
        f"squared test error over theory, at the degree farthest from it, {degree:.0f}",
        ratio,
        allowed,
    )


def _theory_claim(config: OverfittingConfig, degrees: pd.DataFrame) -> Claim:
    draws = math.sqrt(config.redraws * config.seeds)
    errors = {degree: expected(degree, 10, config.noise, config.n_test) for degree in config.degrees}
    theory = {float(degree): (e.test, e.deviation / draws) for degree, e in errors.items()}
    degree, ratio, allowed = farthest(summary(degrees, "degree", "test", config.seed), theory)
    return claim(
        "The test error over redraws is what linear algebra expects at every degree.",
        f"squared test error over theory, at the degree farthest from it, {degree:.0f}",
        ratio,
        allowed,
    )


def _rank_claim(config: OverfittingConfig, degrees: pd.DataFrame) -> Claim:
    worse = mean_interval(degrees["worse"][degrees["degree"] == 9], config.seed)
    chance = bishop_rank(9, config.noise)
    reach = STANDARD_ERRORS * math.sqrt(chance * (1 - chance) / (config.redraws * config.seeds))
    return claim(
        "Bishop's ten points are an unlucky draw for degree 9: most others leave it nearer to the sine.",
        "share of redraws on which degree 9 does worse than on his",
        worse,
        Within(max(0.0, chance - reach), chance + reach),
    )


def _split_claim(config: OverfittingConfig, degrees: pd.DataFrame) -> Claim:
    draws = math.sqrt(config.redraws * config.seeds)
    rows = degrees.assign(sum=config.noise**2 + degrees["bias"] + degrees["variance"])
    sums = rows.groupby("degree")["sum"].mean()
    deviation = {d: expected(d, 10, config.noise, config.n_test).deviation / draws for d in config.degrees}
    theory = {float(degree): (sums[degree], deviation[degree]) for degree in config.degrees}
    found = {
        degree: Interval(*(theory[degree][0] + gap for gap in mean_interval(gaps, config.seed)))
        for degree in theory
        for gaps in [(rows["test"] - rows["sum"])[rows["degree"] == degree]]
    }
    degree, ratio, allowed = farthest(found, theory)
    return claim(
        "Noise, squared bias and variance add up to the squared test error, at every degree.",
        f"squared test error over their sum, at the degree farthest from it, {degree:.0f}",
        ratio,
        allowed,
    )


def _variance_claim(config: OverfittingConfig, degrees: pd.DataFrame) -> Claim:
    variances = degrees.pivot_table(index="seed", columns="degree", values="variance")
    rises = variances.diff(axis=1).iloc[:, 1:]
    least = rises.mean().idxmin()
    return claim(
        "Each degree adds variance, whatever it does to the bias.",
        f"rise of the variance over the degree below, where it is least, degree {least}",
        mean_interval(rises[least], config.seed),
        Within(low=0.0),
        f"theory: squared bias {expected(1, 10, config.noise, 2).bias:.3g} at degree 1 and "
        f"{expected(3, 10, config.noise, 2).bias:.2g} at degree 3",
    )
