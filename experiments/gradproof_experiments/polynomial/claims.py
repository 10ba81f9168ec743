"""What the overfitting slide and Bishop's table claim, held against the tables (F01)."""

from fractions import Fraction

from gradproof_experiments._rounding import power_of_ten, round_significant
from gradproof_experiments.claim import Claim
from gradproof_experiments.data import BISHOP_TARGETS

from ._exact import exact_bishop_fit
from .bishop import BISHOP_TABLE, FINER_TARGETS, printed_digits
from .config import PolynomialConfig
from .descent import AGREEMENT, describe_sgd
from .results import PolynomialResults

__all__ = ["claims"]


def claims(config: PolynomialConfig, results: PolynomialResults) -> tuple[Claim, ...]:
    """The claims that the configured degrees can decide."""
    found = [_table_claim(results), _accuracy_claim(results)]
    if 9 in config.degrees:
        found.insert(1, _rounded_targets_claim(results))
    if {1, 3, 9} <= set(config.degrees):
        found = [_slide_claim(config, results), _overfitting_claim(results), *found]
    return (*found, _descent_claim(config, results))


def _slide_claim(config: PolynomialConfig, results: PolynomialResults) -> Claim:
    rms = results.errors.set_index("degree")["train_rms"]
    return Claim(
        "On the training points the loss is high for a line, low for a cubic and zero for degree 9.",
        f"training RMS {rms[1]:.3g}, {rms[3]:.3g} and {rms[9]:.3g}; the noise is {config.noise:g}",
        holds=bool(rms[1] > config.noise > rms[3] > rms[9] == 0),
    )


def _overfitting_claim(results: PolynomialResults) -> Claim:
    rms = results.errors.set_index("degree")["test_rms"]
    return Claim(
        "Zero training loss is not a good fit: on new points degree 9 is worse than every other degree.",
        f"test RMS {rms[9]:.3g}, against {rms.drop(9).min():.3g} at best and {rms.drop(9).max():.3g} at worst",
        holds=bool(rms[9] > rms.drop(9).max()),
    )


def _table_claim(results: PolynomialResults) -> Claim:
    low = results.bishop[results.bishop["degree"] < 9]
    return Claim(
        "Bishop's printed coefficients of degree 0, 1 and 3 come out digit for digit.",
        f"{int(low['same_digits'].sum())} of {len(low)} coefficients",
        holds=bool(low["same_digits"].all()),
    )


def _rounded_targets_claim(results: PolynomialResults) -> Claim:
    high = results.bishop[results.bishop["degree"] == 9]
    gaps = [abs(Fraction(a) / Fraction(b) - 1) for a, b in zip(high["bishop"], high["exact"], strict=True)]
    explained = printed_digits(FINER_TARGETS, 9) == BISHOP_TABLE[9]
    rounded = all(f"{float(a):.6f}" == b for a, b in zip(FINER_TARGETS, BISHOP_TARGETS, strict=True))
    return Claim(
        "Those of degree 9 come out to 6 significant digits; the last digits need more of the targets than were "
        "published, and targets that round to the published ones give all of them.",
        f"{int(high['same_digits'].sum())} of {len(high)} digit for digit, the others off by at most "
        f"{float(max(gaps)):.1e} of their value",
        holds=bool(max(gaps) < 2e-7 and explained and rounded),
    )


def _accuracy_claim(results: PolynomialResults) -> Claim:
    table = results.bishop
    wrong = [
        f"w{power} of degree {degree}"
        for degree, rows in table.groupby("degree")
        for power, (qr, exact) in enumerate(zip(rows["qr"], exact_bishop_fit(int(str(degree))), strict=True))
        if round_significant(float(exact)) != qr
    ]
    worst = results.solvers.iloc[-1]
    return Claim(
        "QR keeps every coefficient right to 6 significant digits; the normal equations do not.",
        f"{len(table) - len(wrong)} of {len(table)} coefficients by QR; at degree {worst['degree']} the typical "
        f"relative error is {worst['qr_error']} by QR and {worst['normal_equations_error']} by normal equations",
        holds=not wrong and float(worst["normal_equations_error"]) > 1e-6,
    )


def _descent_claim(config: PolynomialConfig, results: PolynomialResults) -> Claim:
    table = results.full_batch
    agreed = table["agrees_to"] != "no"
    return Claim(
        f"{describe_sgd(config.full_batch)} on full batches arrives at the closed form.",
        f"degrees {', '.join(map(str, table['degree'][agreed])) or 'none'}: every coefficient at most "
        f"{power_of_ten(AGREEMENT)} away",
        holds=bool(agreed.all()),
    )
