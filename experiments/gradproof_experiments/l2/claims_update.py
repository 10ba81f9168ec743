"""Where the slide's updates end, and what they do to the bias, held against the closed form (F05, F06)."""

import numpy as np

from gradproof_experiments.claim import Claim, Within
from gradproof_experiments.experiment import Results

from .config import L2Config
from .intervals import interval
from .small_tables import DRAWN_ABOVE, bias_differences
from .tables import by_seed

__all__ = ["bias_claims", "descent_claims", "minibatch_claims"]

_ARRIVED = Within(high=1e-6)
_UNCHANGED = 1e-6  # rounding leaves 1e-9; an offset that mattered would change the second digit


def descent_claims(config: L2Config, results: Results) -> tuple[Claim, Claim]:
    """The derived update ends at ridge(α), the printed one at ridge(α/2): its fixed point solves Φᵀ(Φw − t) + αw = 0."""
    frame = results["updates"]
    last = frame[frame["step"] == config.update_steps].set_index("update").to_dict("index")
    unit = "distance at the end, over that of ridge(α) from ridge(α/2), as a power of ten, 1e-9 or less"
    derived, printed = last["derived"], last["printed"]
    return (
        Claim.exact(
            "SGD with the derived update, w − λ (dl/dw + 2αw), ends at the minimum of the slide's L + α Σ w².",
            unit,
            _power(derived["to_alpha"]),
            _ARRIVED,
            f"degree {config.update_degree}, full batches, α = {config.update_strength:g}",
        ),
        Claim.exact(
            "With the update as printed, w − λ dl/dw − λαw, it ends at the minimum for half that strength, α/2.",
            unit,
            _power(printed["to_half"]),
            _ARRIVED,
            f"from the minimum that the slide asks for it stays {printed['to_alpha']:.3f} of that distance away",
        ),
    )


def minibatch_claims(config: L2Config, results: Results) -> tuple[Claim, Claim]:
    """B steps an epoch apply the penalty B times, while the batches' sums add up to the loss once (F02).

    To first order in λ an epoch moves w by −λ (∇L + 2Bαw). The next order is (λ/2) Σ Aᵢ(Aᵢw − cᵢ) over the batches, a
    share of some λh/2, h the largest curvature Aᵢ of a batch: at most 2m, the trace of m terms (1, x)(1, x)ᵀ with |x| ≤
    1, plus 2α.
    """
    frame = results["minibatches"]
    batches = 10 // frame["batch_size"]
    ratio = frame["factor"] / batches.where(frame["treatment"] != "times m/n", 1)
    share = config.minibatch_rate * (max(config.batch_sizes) + config.minibatch_strength)
    said = f"the batches an epoch are {', '.join(f'{10 // size}' for size in config.batch_sizes)}"
    found = []
    for treatment, statement, quantity in (
        (
            "as it stands",
            (
                "With minibatches and the slide's penalty at every step, SGD ends near the minimum for the strength Bα, "
                "B the batches of an epoch."
            ),
            "strength found over Bα",
        ),
        (
            "times m/n",
            "With α m/n at every step, m of n examples in the batch, it ends near the minimum for α.",
            "strength found over α",
        ),
    ):
        values = ratio[frame["treatment"] == treatment].groupby(frame["seed"]).mean().to_numpy()
        found_interval = interval(values, config.seed, f"minibatches {treatment}")
        expected = Within(1 - share, 1 + share)
        found.append(Claim(statement, quantity, float(values.mean()), found_interval, expected, said))
    return found[0], found[1]


def bias_claims(config: L2Config, results: Results) -> tuple[Claim, ...]:
    """What the printed bias update does, and what a penalty on the bias would cost."""
    shapes = results["shapes"]
    kept = int((shapes["result"] == shapes["bias"]).sum())
    refused = int((shapes["result"] == "error").sum())
    line = results["line"].set_index("update").to_dict("index")
    ratio = float(line["printed"]["residuals"])
    claims = (
        Claim.exact(
            "The bias update as printed, b − λ dl/db − λαw, has the shape of a bias for no layer: w has an axis more.",
            "layers of which it returns a bias",
            kept,
            Within(0, 0),
            f"of {len(shapes)}; {refused} is refused, the rest become matrices",
        ),
        Claim.exact(
            "For a line, where w and b are one number each, it leaves the fit off the data by −αw in all, "
            "where the minimum has residuals that add up to 0.",
            "departure of the sum of the residuals from −αw, over αw, as a power of ten, 1e-9 or less",
            _power(abs(ratio - 1)),
            _ARRIVED,
            f"it stands still at b = {line['printed']['b']:.4g}, w = {line['printed']['w']:.4g}; the minimum "
            f"is b = {line['derived']['b']:.4g}, w = {line['derived']['w']:.4g}",
        ),
    )
    return (*claims, *_penalised_bias_claims(config, results))


def _penalised_bias_claims(config: L2Config, results: Results) -> tuple[Claim, Claim]:
    frame = results["polynomial"]
    free = frame[(frame["training"] == "redrawn") & (frame["bias"] == "free")]
    moved, plain = (by_seed(free[free["offset"] == offset], "test_rms") for offset in (config.offset, 0.0))
    ln_alpha = sorted(frame["ln_alpha"].unique())
    cost = bias_differences(results, config.offset)[:, ln_alpha.index(0.0)]
    return (
        Claim.exact(
            f"With the bias free, adding {config.offset:g} to every target changes no test error.",
            f"fits, over seeds and strengths, whose test RMS changes by more than {_UNCHANGED:g}",
            int(np.sum(np.abs(moved - plain) > _UNCHANGED)),
            Within(0, 0),
            f"of {plain.size}",
        ),
        Claim(
            f"With the bias penalised as well, the same targets, {config.offset:g} higher, are fitted worse.",
            "test RMS with the bias penalised less with it free, at α = 1, in units of t",
            float(cost.mean()),
            interval(cost, config.seed, "cost of a penalised bias"),
            Within(low=0.0),
        ),
    )


def _power(distance: float) -> float:
    """The power of ten nearest to a distance, and no less than what rounding leaves reproducible."""
    return float(10.0 ** round(np.log10(max(distance, DRAWN_ABOVE))))
