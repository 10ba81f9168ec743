"""Numbers that the words of the item and of its figures are filled in with."""

from dataclasses import asdict

import pandas as pd

from gradproof_experiments._rounding import power_of_ten
from gradproof_experiments.experiment import Results

from .config import L2Config
from .intervals import with_interval
from .tables import Sweep, by_seed

__all__ = ["facts_of"]


def facts_of(
    config: L2Config, results: Results, every: tuple[Sweep, Sweep, Sweep], frames: dict[str, pd.DataFrame]
) -> dict[str, object]:
    """What the sentences say in numbers, by the names that stand in braces there."""
    images = every[2]
    columns = results["bishop"].groupby("printed_ln_lambda").first().to_dict("index")
    wrong = 100 * by_seed(images.frame, "test_wrong")
    gain = wrong[:, 0] - wrong[:, images.best()]
    middle, last = columns[-18.0], columns[0.0]
    return {
        **asdict(config),
        **_ends(frames),
        "n_strengths": len(config.polynomial_ln_strengths),
        "n_digits_strengths": len(config.digits_ln_strengths),
        "left": power_of_ten(float(images.frame["left"].max())),
        "wrong_gain": with_interval(gain, config.seed, "gain in wrong classes"),
        "best_redrawn": _signed(every[1].ln_alpha[every[1].best()]),
        "best_digits": _signed(images.ln_alpha[images.best()]),
        "middle_best": _signed(middle["best_ln_lambda"]),
        "middle_range": f"{_signed(middle['lowest'])} to {_signed(middle['highest'])}",
        "last_range": f"{last['lowest']:.2f} to {last['highest']:.2f}",
    }


def _ends(frames: dict[str, pd.DataFrame]) -> dict[str, str]:
    """What a curve starts from, its lowest and its end, for readers who do not see the figures."""
    named = {
        "pub_train": ("published", "train_rms"),
        "pub_test": ("published", "test_rms"),
        "norm": ("published", "norm"),
        "img_train": ("digits", "train_loss"),
        "img_test": ("digits", "test_loss"),
        "img_wrong": ("digits", "test_wrong"),
        "img_norm": ("digits", "norm"),
    }
    found = {}
    for name, (data, column) in named.items():
        values = frames[f"{data}_means"][column]
        for place, value in (("first", values.iloc[0]), ("low", values.min()), ("last", values.iloc[-1])):
            found[f"{name}_{place}"] = f"{value:,.0f}" if value > 100 else f"{value:.2g}"
    return {
        **found,
        "batches": ", ".join(f"{b}" for b in sorted(frames["minibatches_seeds"]["batches"].unique())),
    }


def _signed(value: float) -> str:
    return f"{value:.7g}".replace("-", "\N{MINUS SIGN}")
