"""Rounded tables of what was measured, each number beside what linear algebra expects."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from gradproof_experiments._rounding import round_decimals, round_frame, round_significant

from .config import OverfittingConfig
from .intervals import Interval, root, summary
from .new_points import bishop_excess
from .theory import expected

__all__ = ["bishop_errors", "by_seed", "noise_table", "redraw_table", "size_table", "split_table"]

_DIGITS = 4
_ZERO_BELOW = 1e-7  # rounding leaves a residual of at most 3e-8 at degree 9; nothing real here is that small
_DECIMALS = 5  # of squared errors: a bias estimated without bias may be as small as anything, or below 0


def bishop_errors(fits: pd.DataFrame, drawn: pd.DataFrame, config: OverfittingConfig) -> pd.DataFrame:
    """RMS errors of the fits to Bishop's own ten points: on these, expected on new ones, and measured there."""
    training = fits.groupby("degree")["training_rms"].first()
    table = pd.DataFrame(
        {
            "degree": config.degrees,
            "training": training.to_numpy(),
            "test_theory": [root(config.noise**2 + bishop_excess(degree)) for degree in config.degrees],
            **_intervals("test", summary(drawn, "degree", "test", config.seed), root),
        }
    )
    return _rounded(table)


def redraw_table(found: pd.DataFrame, config: OverfittingConfig) -> pd.DataFrame:
    """RMS errors over redraws of the noise at Bishop's ten inputs, by degree, with the spread of single fits."""
    means = found.groupby("degree")
    theory = [expected(degree, 10, config.noise, config.n_test) for degree in config.degrees]
    table = pd.DataFrame(
        {
            "degree": config.degrees,
            "training": np.sqrt(means["training"].mean().to_numpy()),
            "training_theory": [root(e.training) for e in theory],
            **_intervals("test", summary(found, "degree", "test", config.seed), root),
            "test_theory": [root(e.test) for e in theory],
            **{f"spread_{name}": means[name].mean().to_numpy() for name in ("low", "median", "high")},
        }
    )
    return _rounded(table)


def split_table(found: pd.DataFrame, config: OverfittingConfig) -> pd.DataFrame:
    """Squared test error in its three parts, by degree: measured, and expected."""
    means = found.groupby("degree")
    theory = [expected(degree, 10, config.noise, config.n_test) for degree in config.degrees]
    bias, variance = means["bias"].mean().to_numpy(), means["variance"].mean().to_numpy()
    columns = {
        "bias": bias,
        "bias_theory": [e.bias for e in theory],
        "variance": variance,
        "variance_theory": [e.variance for e in theory],
        "sum": config.noise**2 + bias + variance,
        "test": means["test"].mean().to_numpy(),
        "test_theory": [e.test for e in theory],
    }
    decimal = {name: round_decimals(values, _DECIMALS) for name, values in columns.items()}
    return pd.DataFrame({"degree": config.degrees, "noise": round_significant(config.noise**2), **decimal})


def size_table(found: pd.DataFrame, config: OverfittingConfig) -> pd.DataFrame:
    """RMS errors of degree 9 by the number of training points."""
    means = found.groupby("n")
    theory = [expected(9, n, config.noise, config.n_test) for n in config.sizes]
    table = pd.DataFrame(
        {
            "n": config.sizes,
            "training": np.sqrt(means["training"].mean().to_numpy()),
            "training_theory": [root(e.training) for e in theory],
            "same_inputs": np.sqrt(means["same_inputs"].mean().to_numpy()),
            "same_inputs_theory": [root(e.same_inputs) for e in theory],
            **_intervals("test", summary(found, "n", "test", config.seed), root),
            "test_theory": [root(e.test) for e in theory],
        }
    )
    return _rounded(table)


def noise_table(found: pd.DataFrame, config: OverfittingConfig) -> pd.DataFrame:
    """Test RMS of degrees 3 and 9 by the noise."""
    columns: dict[str, Sequence[float]] = {}
    for degree in (3, 9):
        rows = found[found["degree"] == degree]
        name = f"degree_{degree}"
        columns |= _intervals(name, summary(rows, "noise", "test", config.seed), root)
        columns[f"{name}_theory"] = [
            root(expected(degree, 10, noise, config.n_test).test) for noise in config.noises
        ]
    return _rounded(pd.DataFrame({"noise": config.noises, **columns}))


def by_seed(parts: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Every seed's errors in every part: RMS in units of t, bias and variance squared."""
    tables: list[pd.DataFrame] = []
    for name, found in parts.items():
        errors = [column for column in ("training", "same_inputs", "test") if column in found]
        rest = [column for column in ("n", "noise", "degree", "seed") if column in found]
        split = [column for column in ("bias", "variance") if column in found]
        table = _rounded(found[rest].assign(**{column: np.sqrt(found[column]) for column in errors}))
        for column in split:
            table[column] = round_decimals(found[column], _DECIMALS)
        if "n" not in table:
            table.insert(0, "n", 10)
        table.insert(0, "part", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _intervals(
    name: str, found: dict[float, Interval], unit: Callable[[float], float]
) -> dict[str, Sequence[float]]:
    mapped = [interval.map(unit) for interval in found.values()]
    return {
        name: [interval.mean for interval in mapped],
        f"{name}_low": [interval.low for interval in mapped],
        f"{name}_high": [interval.high for interval in mapped],
    }


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    return round_frame(table, _DIGITS, _ZERO_BELOW)
