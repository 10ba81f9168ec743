"""The momentum experiment as an item of the report."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from gradproof_experiments.claim import Claim
from gradproof_experiments.experiment import Results, sources_of
from gradproof_experiments.item import Item, Picture, Table

from .claims import find_claims
from .config import MomentumConfig
from .figures import plot_curves, plot_phases, plot_rates, plot_unlearning
from .tables import Frames, frames
from .words import LIMITS, MEANS, TITLE, method

__all__ = ["item"]


def item(config: MomentumConfig, results: Results) -> Item:
    """Make the item from what the runs returned."""
    tables = frames(config, results)
    claims = find_claims(config, tables)
    return Item(
        name="momentum",
        title=TITLE,
        question="The slides add a velocity to SGD because a minibatch step can un-learn what earlier ones learned. "
        "How much faster is it, where does it diverge, and does it un-learn less?",
        method=method(config),
        answer=_answer(claims),
        claims=claims,
        pictures=_pictures(config, tables),
        tables=_tables(tables),
        means=MEANS,
        limits=LIMITS,
        configuration=asdict(config),
        sources=sources_of(Path(__file__).parent),
    )


def _answer(claims: Sequence[Claim]) -> str:
    holding = sum(claim.verdict == "holds" for claim in claims)
    return (
        f"{holding} of {len(claims)} claims hold: √κ times faster on quadratics, while on the digits it is mostly "
        "a larger step."
    )


def _pictures(config: MomentumConfig, tables: Frames) -> tuple[Picture, ...]:
    return (
        Picture(
            "curves",
            plot_curves(tables.curves, config),
            "Training loss against epoch on a logarithmic axis. Left: at equal λ momentum falls far below plain SGD and "
            "lies on plain SGD with the step λ/(1 − τ). Right: with λ tuned momentum still reaches the lower loss.",
            "Training loss on the digits; thin lines are seeds, thick ones their geometric mean.",
        ),
        Picture(
            "rates",
            plot_rates(tables.rates),
            "Minus the log of the factor per step against κ, both axes logarithmic. The measured dots lie on the two "
            "theoretical lines; momentum falls like one over √κ, plain descent like one over κ.",
            "Measured rates of convergence; the dots of the seeds lie on each other.",
        ),
        Picture(
            "phases",
            plot_phases(tables.phases, tables.edges),
            "Map of the factor per step over momentum and λh. Below the line 2 + 2τ runs shrink, above it they grow; the "
            "measured edge lies on the line. Between the curves (1 ± √τ)² the factor is √τ.",
            "Where momentum converges, and how fast: colour is measured, black dots are the measured edge.",
        ),
        Picture(
            "unlearning",
            plot_unlearning(tables.counts, tables.frequencies),
            "Share of steps that un-learn against batch size, early and late. It falls with the batch size to 0 at full "
            "batches, is higher late than early, and lower with momentum.",
            "How often a step un-learns; dots are seeds, lines their mean, bands its 95 % interval.",
        ),
    )


def _tables(tables: Frames) -> tuple[Table, ...]:
    last = tables.curves[tables.curves["epoch"] == tables.curves["epoch"].max()]
    tuned = last[last["curve"].str.endswith("tuned")].drop(columns="epoch")
    power = {"power": "λm = 10^(power/4)", "training_loss": "training loss", "test_accuracy": "test accuracy"}
    means = {"training_loss": "training loss", "test_accuracy": "test accuracy"}
    ends = {f"{name}_{end}": end for name in means for end in ("low", "high")}
    return (
        Table(
            "differences",
            tables.differences,
            "Paired differences after the last epoch, 95 % BCa.",
            means | ends,
        ),
        Table("frequencies", tables.frequencies, "Share of the steps that un-learn, 95 % BCa."),
        Table("tuned", tuned, "The λ that each seed's validation images choose.", power, shown=False),
        Table("curves", tables.curves, "All curves that are drawn.", power, shown=False),
        Table("counts", tables.counts, "Share of un-learning steps, seed by seed.", shown=False),
        Table("rates", tables.rates, "Measured −ln(rate) and theory.", shown=False),
        Table("edges", tables.edges, "Measured edges of convergence in λh, and 2 + 2τ.", shown=False),
        Table("phases", tables.phases, "Measured factor per step over τ and λh.", shown=False),
    )
