"""Tables of the sweeps: every seed, the mean with its interval, and where the test error is lowest."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gradproof_experiments._rounding import round_frame, round_significant
from gradproof_experiments.experiment import Results

from .config import L2Config
from .intervals import interval, with_interval

__all__ = ["Sweep", "by_seed", "mean_table", "seed_table", "summary_table", "sweeps"]

_DIGITS = 3


class Sweep:
    """One sweep over the strength, of one data set, with the names of its columns.

    Parameters
    ----------
    name, label : str
        Of the data set; the label is for readers.
    frame : DataFrame
        One row per seed and strength.
    training, test : str
        Columns of the error that is minimised and of the one that matters.
    """

    def __init__(self, name: str, label: str, frame: pd.DataFrame, training: str, test: str) -> None:
        self.name, self.label, self.frame, self.training, self.test = name, label, frame, training, test
        self.ln_alpha = np.sort(frame["ln_alpha"].unique())

    def best(self) -> int:
        """Index of the strength with the lowest mean test error, to the digits that the tables show."""
        means = by_seed(self.frame, self.test).mean(axis=0)
        return int(np.argmin([round_significant(float(mean), _DIGITS) for mean in means]))


def sweeps(results: Results) -> tuple[Sweep, Sweep, Sweep]:
    """The polynomial on the published and on redrawn points, and the digits, all with a free bias."""
    every = results["polynomial"]
    plain = every[(every["offset"] == 0) & (every["bias"] == "free")]
    published, redrawn = (plain[plain["training"] == kind] for kind in ("published", "redrawn"))
    return (
        Sweep("published", "Bishop's ten points", published, "train_rms", "test_rms"),
        Sweep("redrawn", "ten new points for each seed", redrawn, "train_rms", "test_rms"),
        Sweep("digits", "the digits", results["digits"], "train_loss", "test_loss"),
    )


def by_seed(frame: pd.DataFrame, column: str) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """One row per seed, one column per strength, ascending."""
    return frame.pivot_table(index="seed", columns="ln_alpha", values=column).to_numpy(np.float64)


def seed_table(sweep: Sweep, columns: Sequence[str]) -> pd.DataFrame:
    """Every seed at every strength, rounded: what the thin lines are drawn from."""
    return round_frame(sweep.frame[["seed", "ln_alpha", *columns]].reset_index(drop=True), digits=_DIGITS)


def mean_table(sweep: Sweep, config: L2Config, columns: Sequence[str], banded: Sequence[str]) -> pd.DataFrame:
    """Means over the seeds at every strength, and the BCa interval of those that are banded."""
    table = pd.DataFrame({"ln_alpha": sweep.ln_alpha})
    for column in columns:
        values = by_seed(sweep.frame, column)
        table[column] = values.mean(axis=0)
        if column in banded:
            ends = [interval(v, config.seed, f"{sweep.name} {column}") for v in values.T]
            table[f"{column}_low"], table[f"{column}_high"] = np.array(ends).T
    return round_frame(table, digits=_DIGITS)


def summary_table(every: Sequence[Sweep], config: L2Config) -> pd.DataFrame:
    """Test error at the weakest, the best and the strongest strength of each sweep."""
    rows = []
    for sweep in every:
        test, best = by_seed(sweep.frame, sweep.test), sweep.best()
        row = {"data": sweep.label, "error": "RMS" if sweep.test == "test_rms" else "nats per image"}
        row["ln α of the minimum"] = f"{sweep.ln_alpha[best]:g}"
        for name, index in (("weakest", 0), ("best", best), ("strongest", -1)):
            ln_alpha = sweep.ln_alpha[index]
            text = with_interval(test[:, index], config.seed, f"{sweep.name} {name}")
            row[f"test error at the {name} α"] = (
                f"{text}" if name == "best" else f"{text} (ln α = {ln_alpha:g})"
            )
        rows.append(row)
    return pd.DataFrame(rows)
