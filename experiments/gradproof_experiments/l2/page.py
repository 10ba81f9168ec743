"""The experiment on the L2 strength as an item of the report: tables, pictures, claims and words."""

from dataclasses import asdict
from pathlib import Path

import pandas as pd

from gradproof_experiments.claim import Claim
from gradproof_experiments.data import BISHOP_TARGETS
from gradproof_experiments.experiment import Results, sources_of
from gradproof_experiments.item import Item, Picture, Table

from .claims_sweep import monotone_claims, u_claim
from .claims_update import bias_claims, descent_claims, minibatch_claims
from .config import L2Config
from .facts import facts_of
from .figures import plot_digits, plot_polynomial
from .small_tables import bias_table, bishop_table, descent_table, factor_summary, factor_table, shape_table
from .tables import Sweep, mean_table, seed_table, summary_table, sweeps
from .update_figure import plot_updates
from .words import ANSWER, LIMITS, MEANS, METHOD, PICTURES, QUESTION, TABLES, TITLE

__all__ = ["item"]

_POLYNOMIAL = ("train_rms", "test_rms", "norm")
_DIGITS = ("train_loss", "test_loss", "train_wrong", "test_wrong", "norm")


def item(config: L2Config, results: Results) -> Item:
    """Make the item from what the parts returned."""
    every = sweeps(results)
    claims = _claims(config, results, every)
    frames = _frames(config, results, every)
    facts = facts_of(config, results, every, frames)
    return Item(
        name="l2",
        title=TITLE,
        question=QUESTION,
        method=tuple(sentence.format(**facts) for sentence in METHOD),
        answer=ANSWER.format(**facts, holding=_holding(claims), claims=len(claims)),
        claims=claims,
        pictures=_pictures(config, frames, facts),
        tables=_tables(frames),
        means=tuple(paragraph.format(**facts) for paragraph in MEANS),
        limits=tuple(paragraph.format(**facts) for paragraph in LIMITS),
        configuration=asdict(config),
        sources=sources_of(Path(__file__).parent),
        data={"bishop_targets": "\n".join(BISHOP_TARGETS)},
    )


def _claims(config: L2Config, results: Results, every: tuple[Sweep, Sweep, Sweep]) -> tuple[Claim, ...]:
    return (
        *monotone_claims(every),
        *(u_claim(sweep, config) for sweep in every),
        *descent_claims(config, results),
        *minibatch_claims(config, results),
        *bias_claims(config, results),
    )


def _frames(config: L2Config, results: Results, every: tuple[Sweep, Sweep, Sweep]) -> dict[str, pd.DataFrame]:
    """All tables, rounded, by name."""
    factors = factor_table(results)
    frames = {
        "strengths": summary_table(every, config),
        "minibatches": factor_summary(factors, config),
        "bias_cost": bias_table(results, every[1], config),
        "bias_shapes": shape_table(results),
        "bishop": bishop_table(results),
        "descents": descent_table(results),
        "minibatches_seeds": factors,
    }
    for sweep in every:
        columns = _DIGITS if sweep.name == "digits" else _POLYNOMIAL
        tested = [column for column in columns if column.startswith("test_")]
        frames[f"{sweep.name}_seeds"] = seed_table(sweep, columns)
        frames[f"{sweep.name}_means"] = mean_table(sweep, config, columns, tested)
    return frames


def _tables(frames: dict[str, pd.DataFrame]) -> tuple[Table, ...]:
    shown = TABLES.keys() - {name for name in frames if name.endswith(("_seeds", "_means"))} - {"descents"}
    return tuple(Table(name, frames[name], caption, shown=name in shown) for name, caption in TABLES.items())


def _pictures(
    config: L2Config, frames: dict[str, pd.DataFrame], facts: dict[str, object]
) -> tuple[Picture, ...]:
    kinds = ("published", "redrawn")
    seeds, means = ({kind: frames[f"{kind}_{what}"] for kind in kinds} for what in ("seeds", "means"))
    figures = {
        "polynomial": plot_polynomial(seeds, means, config.noise),
        "digits": plot_digits(frames["digits_seeds"], frames["digits_means"]),
        "updates": plot_updates(frames["descents"], frames["minibatches_seeds"]),
    }
    return tuple(
        Picture(name, figure, *(words.format(**facts) for words in PICTURES[name]))
        for name, figure in figures.items()
    )


def _holding(claims: tuple[Claim, ...]) -> int:
    return sum(claim.verdict == "holds" for claim in claims)
