"""What the slide and Bishop's table say of his ten points, held against the fits: nothing here is random (F01)."""

from fractions import Fraction

import pandas as pd

from gradproof_experiments._rounding import power_of_ten, round_significant
from gradproof_experiments.claim import Claim, Within
from gradproof_experiments.data import BISHOP_TARGETS

from ._exact import exact_bishop_fit
from .bishop import BISHOP_TABLE, FINER_TARGETS, printed_digits
from .config import OverfittingConfig
from .descent import AGREEMENT, describe_sgd

__all__ = ["bishop_claims"]

# Half a unit of the sixth digit is 5e-6 of a number that begins with 1, and 5e-7 of one that begins with 9…9.
_SIX_DIGITS = 5e-7


def bishop_claims(config: OverfittingConfig, tables: dict[str, pd.DataFrame]) -> tuple[Claim, ...]:
    """The claims that the tables of Bishop's ten points decide."""
    return (
        *_slide_claims(config, tables["errors"]),
        *_table_claims(tables["bishop"]),
        _qr_claim(tables["bishop"]),
        _normal_equations_claim(tables["solvers"]),
        _descent_claim(config, tables["full_batch"]),
    )


def _slide_claims(config: OverfittingConfig, errors: pd.DataFrame) -> tuple[Claim, ...]:
    rms = errors.set_index("degree")["training"]
    cases = (
        (1, "A line fits badly: its training loss is high, above the noise.", Within(low=config.noise)),
        (
            3,
            "A cubic fits well: its training loss is low, below the noise.",
            Within(low=0.0, high=config.noise),
        ),
        (9, "Degree 9 fits perfectly: its training loss is zero.", Within(0.0, 0.0)),
    )
    quantity = "training RMS of degree {} on Bishop's ten points, in units of t"
    return tuple(
        Claim.exact(statement, quantity.format(degree), rms[degree], expected)
        for degree, statement, expected in cases
    )


def _table_claims(bishop: pd.DataFrame) -> tuple[Claim, ...]:
    low, high = bishop[bishop["degree"] < 9], bishop[bishop["degree"] == 9]
    gaps = [abs(Fraction(a) / Fraction(b) - 1) for a, b in zip(high["bishop"], high["exact"], strict=True)]
    finer = printed_digits(FINER_TARGETS, 9)
    rounded = all(f"{float(a):.6f}" == b for a, b in zip(FINER_TARGETS, BISHOP_TARGETS, strict=True))
    explained = sum(a == b for a, b in zip(finer, BISHOP_TABLE[9], strict=True)) if rounded else 0
    return (
        Claim.exact(
            "Bishop's printed coefficients of degrees 0, 1 and 3 come out digit for digit.",
            "coefficients that differ from the print",
            int((~low["same_digits"]).sum()),
            Within(0, 0),
            f"{len(low)} compared",
        ),
        Claim.exact(
            "Those of degree 9 come out to 6 significant digits.",
            "largest difference from the print, over the coefficient",
            round_significant(float(max(gaps)), 2),
            Within(0.0, _SIX_DIGITS),
            f"{int(high['same_digits'].sum())} of {len(high)} digit for digit",
        ),
        Claim.exact(
            "Their last digits need more of the targets than was published: targets that round to the published ones "
            "give all of them.",
            "coefficients that come out digit for digit from such targets",
            explained,
            Within(10, 10),
        ),
    )


def _qr_claim(bishop: pd.DataFrame) -> Claim:
    wrong = sum(
        round_significant(float(exact)) != qr
        for degree, rows in bishop.groupby("degree")
        for qr, exact in zip(rows["qr"], exact_bishop_fit(int(str(degree))), strict=True)
    )
    return Claim.exact(
        "QR keeps every coefficient right to 6 significant digits.",
        "coefficients that differ from exact arithmetic in the first 6 digits",
        wrong,
        Within(0, 0),
        f"{len(bishop)} compared",
    )


def _normal_equations_claim(solvers: pd.DataFrame) -> Claim:
    worst = solvers.iloc[-1]
    return Claim.exact(
        "The normal equations do not: they square the condition number.",
        f"relative error of the coefficients of degree {worst['degree']}, to the nearest power of ten",
        float(worst["normal_equations_error"]),
        Within(low=5e-6),
        f"{worst['qr_error']} by QR",
    )


def _descent_claim(config: OverfittingConfig, full_batch: pd.DataFrame) -> Claim:
    wrong = full_batch["degree"][full_batch["agrees_to"] == "no"]
    return Claim.exact(
        f"{describe_sgd(config.full_batch)} on full batches arrives at the closed form.",
        f"degrees at which a coefficient is more than {power_of_ten(AGREEMENT)} away",
        len(wrong),
        Within(0, 0),
        f"degrees {', '.join(map(str, full_batch['degree']))} compared",
    )
