"""The overfitting experiment as an item of the report."""

from dataclasses import asdict
from pathlib import Path

import pandas as pd

from gradproof_experiments._rounding import round_frame
from gradproof_experiments.claim import Claim
from gradproof_experiments.data import BISHOP_TARGETS
from gradproof_experiments.experiment import Results, sources_of
from gradproof_experiments.item import Item

from .bishop import comparison_table
from .bishop_claims import bishop_claims
from .config import OverfittingConfig
from .descent import full_batch_table
from .fits import coefficient_table, coefficients, curve_table
from .intervals import prepare
from .pictures import pictures
from .redraw_claims import redraw_claims
from .shown import shown
from .solvers import solver_table
from .sweep_claims import minibatch_table, sweep_claims
from .tables import bishop_errors, by_seed, noise_table, redraw_table, size_table, split_table
from .words import LIMITS, QUESTION, TITLE, means, method

__all__ = ["judge", "make_item"]

_DRAWN = ("new_points", "degrees", "sizes", "noises")
_DRAWN_ABOVE = 1e-7  # distances below are closer to rounding than three digits allow


def make_item(config: OverfittingConfig, results: Results) -> Item:
    """Make the item of the report from the results of all parts."""
    tables, measured, claims = judge(config, results)
    return Item(
        name="overfitting",
        title=TITLE,
        question=QUESTION,
        method=method(config),
        answer=_answer(claims, tables),
        claims=claims,
        pictures=pictures(config, tables),
        tables=shown(config, tables),
        means=means(config),
        limits=LIMITS,
        configuration=asdict(config),
        sources=sources_of(Path(__file__).parent),
        data={"bishop_targets": "\n".join(BISHOP_TARGETS)},
        measured=measured,
    )


def judge(
    config: OverfittingConfig, results: Results
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame], tuple[Claim, ...]]:
    """All rounded tables, what differs from machine to machine, and the claims."""
    drawn = {name: prepare(results[name]) for name in _DRAWN}
    minibatch = prepare(results["minibatch"])
    tables, measured = _tables(config, results, drawn)
    tables["minibatch"] = minibatch_table(config, minibatch)
    claims = (
        *bishop_claims(config, tables),
        *redraw_claims(config, drawn["new_points"], drawn["degrees"]),
        *sweep_claims(config, drawn["sizes"], drawn["noises"], minibatch),
    )
    return tables, measured, claims


def _tables(
    config: OverfittingConfig, results: Results, drawn: dict[str, pd.DataFrame]
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """All rounded tables, and what differs from machine to machine."""
    fits = coefficients(results["fits"])
    solvers, solvers_measured = solver_table(results["orders"])
    full_batch, full_batch_measured = full_batch_table(results["full_batch"])
    tables = {
        "bishop": comparison_table(BISHOP_TARGETS, fits),
        "coefficients": coefficient_table(fits),
        "curves": curve_table(fits, config.shown_degrees),
        "errors": bishop_errors(results["fits"], drawn["new_points"], config),
        "full_batch": full_batch,
        "noises": noise_table(drawn["noises"], config),
        "redraws": redraw_table(drawn["degrees"], config),
        "seeds": by_seed(drawn),
        "sizes": size_table(drawn["sizes"], config),
        "solvers": solvers,
        "split": split_table(drawn["degrees"], config),
        "trace": _trace(results["minibatch"]),
        "trace_full_batch": _trace(results["beside_minibatch"]),
    }
    return tables, {"solvers": solvers_measured, "full_batch": full_batch_measured}


def _trace(found: pd.DataFrame) -> pd.DataFrame:
    columns = [name for name in found if name in {"seed", "epoch"} or str(name).startswith("distance")]
    return round_frame(found[columns], digits=3, zero_below=_DRAWN_ABOVE)


def _answer(claims: tuple[Claim, ...], tables: dict[str, pd.DataFrame]) -> str:
    last = tables["redraws"].iloc[-1]
    held = sum(claim.verdict == "holds" for claim in claims)
    return (
        f"{held} of {len(claims)} claims hold; degree 9 has training RMS {last['training']:.3g}, and test RMS "
        f"{last['test']:.3g} [{last['test_low']:.3g}, {last['test_high']:.3g}] over redraws of the noise."
    )
