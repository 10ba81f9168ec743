"""From kept runs to the tables that an experiment makes its item from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gradproof_experiments.experiment import Results

from .plan import Run, described

__all__ = ["tables"]


def tables(runs: Sequence[Run], columns: Mapping[str, Mapping[str, Sequence[Any]]]) -> Results:
    """Return the table of each part: all its runs, one below the other in the order of `runs`.

    Parameters
    ----------
    runs : sequence of Run
    columns : mapping of str to columns
        By key of the run; each of them has to be there.

    Returns
    -------
    mapping of str to DataFrame
        ``seed``, every field of the point that is a number or a string, then what the run returned.
    """
    parts: dict[str, list[pd.DataFrame]] = defaultdict(list)
    for run in runs:
        frame = pd.DataFrame({name: list(values) for name, values in columns[run.key].items()})
        known = {"seed": run.seed} | {
            name: value
            for name, value in described(run.point).items()
            if isinstance(value, int | float | str) and name != "seed"
        }
        frame = frame.drop(columns=[name for name in known if name in frame])
        parts[run.part].append(pd.concat([pd.DataFrame(known, index=frame.index), frame], axis=1))
    return {part: pd.concat(frames, ignore_index=True) for part, frames in parts.items()}
