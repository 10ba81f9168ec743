"""Tables of the gradient's size before training, beside mean-field theory."""

import pandas as pd

from gradproof_experiments._rounding import round_frame
from gradproof_reference import ACTIVATIONS

from .config import ACTIVATION_NAMES, SCHEMES, DepthConfig
from .intervals import mean_over_seeds
from .stack import layer_sizes
from .theory import MeanField, mean_field

__all__ = ["factor_table", "profile_table", "theory_of", "theory_table"]

_DIGITS = 4


def theory_of(config: DepthConfig, activation: str, scheme: str) -> MeanField:
    """Mean-field theory of the networks that the configuration measures."""
    sizes = layer_sizes(config.profile_depth, config.profile_width)
    (known,) = (name for name in SCHEMES if name == scheme)
    return mean_field(sizes, ACTIVATIONS[activation], known, config.fixed)


def factor_table(config: DepthConfig, gradients: pd.DataFrame) -> pd.DataFrame:
    """Factor per hidden layer of the RMS of ∂l/∂z, measured and by theory: one row per activation and scheme.

    Not rounded: the claims are made from it.
    """
    n, rows = config.profile_depth, []
    for activation in ACTIVATION_NAMES:
        for scheme in SCHEMES:
            chosen = gradients[(gradients["activation"] == activation) & (gradients["scheme"] == scheme)]
            rms = chosen.pivot_table(index="seed", columns="layer", values="dz_rms")
            factors = (rms[1] / rms[n - 1]) ** (1 / (n - 2))
            measured = mean_over_seeds(factors, config, f"factor: {activation}, {scheme}")
            theory = theory_of(config, activation, scheme)
            expected, tolerance = (
                theory.factor_per_layer(),
                theory.tolerance(config.profile_width, config.seeds),
            )
            rows.append(
                {
                    "activation": activation,
                    "scheme": scheme,
                    "measured": measured.value,
                    "low": measured.low,
                    "high": measured.high,
                    "theory": expected,
                    "theory_low": expected * (1 - tolerance),
                    "theory_high": expected * (1 + tolerance),
                    "first_over_last": float((rms[1] / rms[n]).median()),
                    "first_over_last_theory": theory.profile()[0],
                }
            )
    return pd.DataFrame(rows)


def profile_table(config: DepthConfig, gradients: pd.DataFrame) -> pd.DataFrame:
    """RMS of ∂l/∂z_k over that of ∂l/∂z_n, and the other two RMS of every layer, for every seed, rounded."""
    keys = ["activation", "scheme", "seed"]
    last = gradients[gradients["layer"] == config.profile_depth].set_index(keys)["dz_rms"]
    table = gradients[[*keys, "layer", "input_rms", "dw_rms"]].copy()
    outputs = last.loc[pd.MultiIndex.from_frame(table[keys])].to_numpy()
    table.insert(4, "dz_over_last", gradients["dz_rms"].to_numpy() / outputs)
    return round_frame(table, _DIGITS)


def theory_table(config: DepthConfig) -> pd.DataFrame:
    """Mean-field RMS of ∂l/∂z_k over that of ∂l/∂z_n at every layer, rounded."""
    rows = [
        {"activation": activation, "scheme": scheme, "layer": layer, "dz_over_last": value}
        for activation in ACTIVATION_NAMES
        for scheme in SCHEMES
        for layer, value in enumerate(theory_of(config, activation, scheme).profile(), 1)
    ]
    return round_frame(pd.DataFrame(rows), _DIGITS)
