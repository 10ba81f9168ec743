"""Tables of the item: ratios of time over commits, costs over commits, exponents, the gate's rates, the peers."""

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd

from gradproof_experiments._rounding import round_frame

from .exponents import PowerLaw

__all__ = ["costs", "exponents_table", "gate_table", "headlines", "peers_table", "ratios", "subjects"]

_COMMIT = ["machine", "date", "commit", "title"]
_HEADLINES = 12
_FAULTS = ("head_against_head", "slowdown_1.6", "evaluations_5_percent")


def ratios(frame: pd.DataFrame) -> pd.DataFrame:
    """Time of each benchmark and commit over that of the first commit that measured it, averaged over its parameters.

    The mean is geometric, over the points that the first commit and this one both measured.
    """
    times = frame[frame["kind"] == "time"]
    first = times.groupby(["machine", "benchmark", "point"], sort=False)["value"].transform("first")
    logs = times.assign(ratio=np.log(times["value"] / first))
    means = logs.groupby([*_COMMIT, "benchmark"], sort=True, as_index=False).agg(
        ratio=("ratio", "mean"), seconds=("value", "max")
    )
    subject = means["benchmark"].str.partition(".")[0]
    return means.assign(ratio=np.exp(means["ratio"]), subject=subject)


def subjects(measured: pd.DataFrame) -> pd.DataFrame:
    """Time of each subject at each commit over that at its first: one column for each subject.

    A chain: each step is the geometric mean over the benchmarks that this commit and an earlier one measured, against
    the last that did. A benchmark that is new moves nothing, as it would in a mean of ratios that all begin at 1.
    """
    logs = measured.assign(ratio=np.log(measured["ratio"])).pivot_table(
        "ratio", index=_COMMIT, columns=["subject", "benchmark"]
    )
    before = logs.groupby(level="machine").ffill().groupby(level="machine").shift()
    steps = (logs - before).T.groupby(level="subject").mean().T
    there = logs.notna().T.groupby(level="subject").any().T
    table = steps.fillna(0.0).groupby(level="machine").cumsum().transform("exp").where(there)
    return _shortened(round_frame(table.reset_index(), 3).rename_axis(columns=None))


def headlines(measured: pd.DataFrame) -> pd.DataFrame:
    """The dozen benchmarks that took longest at the last commit, with their ratio at each commit."""
    last = measured.drop_duplicates("benchmark", keep="last")
    chosen = last.sort_values(["seconds", "benchmark"], ascending=[False, True])["benchmark"][:_HEADLINES]
    rows = measured[measured["benchmark"].isin(chosen)]
    return _shortened(round_frame(rows[[*_COMMIT, "benchmark", "seconds", "ratio"]], 3))


def costs(frame: pd.DataFrame) -> pd.DataFrame:
    """Every deterministic cost where it was first measured and wherever it changed."""
    tracked = frame[frame["kind"] == "track"]
    keys = ["machine", "benchmark", "point"]
    before = tracked.groupby(keys, sort=False)["value"].shift()
    rows = tracked.assign(before=before)[tracked["value"] != before]
    columns = [*_COMMIT, "benchmark", "parameter", "point", "unit", "before", "value"]
    return _shortened(rows[columns].reset_index(drop=True))


def exponents_table(laws: Sequence[PowerLaw]) -> pd.DataFrame:
    """Exponent of each scaling benchmark, with its interval."""
    rows = [[law.size, law.benchmark, len(law.sizes), law.exponent, *law.interval] for law in laws]
    columns = ["size", "benchmark", "sizes", "exponent", "low", "high"]
    return round_frame(pd.DataFrame(rows, columns=columns), 3)


def gate_table(text: str) -> pd.DataFrame:
    """The gate's runs against what it ought to see, from gate.json."""
    content = json.loads(text)
    rates = content.get("rates", content)
    rows = [
        [name, int(rates[name]["runs"]), int(rates[name]["alarms"]), int(rates[name]["caught"])]
        for name in _FAULTS
        if name in rates
    ]
    return pd.DataFrame(rows, columns=["what", "runs", "alarms", "caught"])


def peers_table(text: str) -> pd.DataFrame:
    """The training loops against their peers, from peers.json, with targets and whether they are met."""
    rows = [
        [
            row["task"],
            row["contestant"],
            row["seconds"],
            row["ratio"],
            *row["ratio_range"],
            row["measure"],
            row["target"],
            {None: "", True: "met", False: "missed"}[row["met"]],
        ]
        for row in json.loads(text)["rows"]
    ]
    columns = ["task", "contestant", "seconds", "ratio", "low", "high", "measure", "target", "verdict"]
    frame = pd.DataFrame(rows, columns=columns)
    numbers = ["seconds", "ratio", "low", "high", "target"]
    return round_frame(frame.assign(**{name: frame[name].astype(float) for name in numbers}), 3)


def _shortened(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(commit=frame["commit"].str[:8])
