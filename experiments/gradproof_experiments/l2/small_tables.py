"""Tables of the updates, the minibatches, the bias and Bishop's columns."""

import numpy as np
import pandas as pd

from gradproof_experiments._rounding import round_frame
from gradproof_experiments.experiment import Results

from .config import L2Config
from .intervals import with_interval
from .tables import Sweep, by_seed

__all__ = [
    "DRAWN_ABOVE",
    "ENDS",
    "bias_differences",
    "bias_table",
    "bishop_table",
    "descent_table",
    "factor_summary",
    "factor_table",
    "shape_table",
]

ENDS = {"to_alpha": "ridge(α)", "to_half": "ridge(α/2)"}
DRAWN_ABOVE = 1e-9  # what is nearer to the solution is near rounding too
_EVERY = 10
_FACTOR_DIGITS = 4


def descent_table(results: Results) -> pd.DataFrame:
    """Distance of both updates from both solutions, every tenth step, down to 1e-9 of what lies between the two."""
    frame = results["updates"]
    long = frame[frame["step"] % _EVERY == 0].melt(
        id_vars=["update", "step"], value_vars=list(ENDS), var_name="end", value_name="distance"
    )
    long["end"] = long["end"].map(ENDS)
    return round_frame(long[long["distance"] >= DRAWN_ABOVE].reset_index(drop=True), digits=3)


def factor_table(results: Results) -> pd.DataFrame:
    """Strength that minibatch SGD ends at, over α, for every seed, batch size and treatment."""
    frame = results["minibatches"].assign(batches=lambda f: 10 // f["batch_size"])
    return round_frame(frame[["treatment", "batches", "batch_size", "seed", "factor"]], digits=_FACTOR_DIGITS)


def factor_summary(factors: pd.DataFrame, config: L2Config) -> pd.DataFrame:
    """Mean factor with its interval, beside what is expected: B, and 1."""
    rows = [
        {
            "penalty of a step": f"α {treatment}" if treatment == "times m/n" else "α as it stands",
            "batches an epoch": batches,
            "found over α": with_interval(
                group["factor"].to_numpy(), config.seed, f"factor {treatment} {batches}", _FACTOR_DIGITS
            ),
            "expected": 1 if treatment == "times m/n" else batches,
        }
        for (treatment, batches), group in factors.groupby(["treatment", "batches"])
    ]
    return pd.DataFrame(rows)


def shape_table(results: Results) -> pd.DataFrame:
    """What the printed bias step returns for layers of different shapes."""
    frame = results["shapes"][["weight", "bias", "result"]]
    says = {"error": "nothing: the shapes do not conform"}
    return frame.assign(result=frame["result"].map(lambda shape: says.get(shape, f"an array {shape}")))


def bias_differences(results: Results, offset: float) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Test RMS with the bias penalised less with the bias free, one row per seed and one column per strength."""
    frame = results["polynomial"]
    chosen = frame[(frame["training"] == "redrawn") & (frame["offset"] == offset)]
    penalised, free = (chosen[chosen["bias"] == bias] for bias in ("penalised", "free"))
    return by_seed(penalised, "test_rms") - by_seed(free, "test_rms")


def bias_table(results: Results, redrawn: Sweep, config: L2Config) -> pd.DataFrame:
    """What penalising the bias costs on new points, with and without the offset, at three strengths."""
    columns = {"best": redrawn.best(), "1": list(redrawn.ln_alpha).index(0.0), "strongest": -1}
    rows = []
    for offset in dict.fromkeys((0.0, config.offset)):
        differences = bias_differences(results, offset)
        row = {"added to the targets": f"{offset:g}"}
        for name, index in columns.items():
            values = differences[:, index].round(4) + 0.0
            heading = "α = 1" if name == "1" else f"{name} α (ln α = {redrawn.ln_alpha[index]:g})"
            words = with_interval(values, config.seed, f"bias {offset} {name}")
            row[heading] = words if values.any() else "below 0.0001"
        rows.append(row)
    return pd.DataFrame(rows)


def bishop_table(results: Results) -> pd.DataFrame:
    """Bishop's two columns, the exact ones at his ln λ, and the exact ones where they match."""
    frame = results["bishop"]
    table = pd.DataFrame({"coefficient": [f"w{power}" for power in frame["power"].unique()]})
    for printed, column in frame.groupby("printed_ln_lambda"):
        table[f"Bishop, ln λ = {printed:g}"] = column["bishop"].to_numpy()
        table[f"exact, ln λ = {printed:g}"] = column["at_printed"].to_numpy()
        table[f"exact, ln λ = {column['best_ln_lambda'].iloc[0]:.7g}"] = column["at_best"].to_numpy()
    return table
