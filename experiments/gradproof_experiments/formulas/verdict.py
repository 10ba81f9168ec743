"""From checks to verdicts: one line per row of the ledger, and one per erratum."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradproof_reference.ledger import Erratum, Row

from .check import Check, Counterexample
from .verification import Verification

__all__ = [
    "FAILS",
    "MISPRINT",
    "NO_CHECK",
    "RIGHT",
    "WRONG_AS_PRINTED",
    "RowVerdict",
    "judge",
    "stray_failures",
]

RIGHT = "right"
MISPRINT = "misprinted"
WRONG_AS_PRINTED = "wrong as printed"
FAILS = "FAILS"
NO_CHECK = "NO CHECK"
"""The verdicts. The first three pass: the formula that must hold does. "misprinted": only its names are printed
wrongly; "wrong as printed": the printed form gives another value, and a counter-example shows it."""


@dataclass(frozen=True)
class RowVerdict:
    """What the checks say of one row.

    Parameters
    ----------
    row : Row
    checks : tuple of Check
    verdict : str
        One of the five verdicts.
    reasons : tuple of str
        Why it fails; empty for a row that passes.
    counterexamples : tuple of (Erratum, Counterexample or None)
        Every erratum of the row, with the input that shows it where there is one.
    """

    row: Row
    checks: tuple[Check, ...]
    verdict: str
    reasons: tuple[str, ...]
    counterexamples: tuple[tuple[Erratum, Counterexample | None], ...]

    @property
    def passed(self) -> bool:
        """Whether what must hold does."""
        return self.verdict not in {FAILS, NO_CHECK}

    @property
    def examples(self) -> int:
        """Inputs tried or values compared by all checks of the row; a check of several rows counts in each."""
        return sum(check.examples for check in self.checks)

    @property
    def worst(self) -> Check | None:
        """The check whose error came nearest to its bound; None where none measured an error."""
        measured = [check for check in self.checks if not math.isnan(check.ratio)]
        return max(measured, key=lambda check: check.ratio, default=None)


def judge(rows: Sequence[Row], verification: Verification) -> list[RowVerdict]:
    """Verdict of every row.

    A row passes when it has at least one check, every one of them passed (a skipped check did not), and each erratum
    that has a printed form has its counter-example.
    """
    return [_judge(row, [c for c in verification.checks if row.id in c.formulas]) for row in rows]


def _judge(row: Row, checks: list[Check]) -> RowVerdict:
    found = [example for check in checks for example in check.counterexamples if example.row == row.id]
    shown = tuple((erratum, _example_of(erratum, found)) for erratum in row.errata)
    reasons = [
        f"{check.nodeid} {check.outcome}: {check.failure}" for check in checks if check.outcome != "passed"
    ]
    reasons += [
        f"no counter-example shows the printed form {erratum.printed_form}"
        for erratum, example in shown
        if erratum.printed_form and example is None and checks
    ]
    if not checks:
        return RowVerdict(row, (), NO_CHECK, ("no check names this row",), shown)
    if reasons:
        verdict = FAILS
    elif any(example for _, example in shown):
        verdict = WRONG_AS_PRINTED
    else:
        verdict = MISPRINT if shown else RIGHT
    return RowVerdict(row, tuple(checks), verdict, tuple(reasons), shown)


def _example_of(erratum: Erratum, found: Iterable[Counterexample]) -> Counterexample | None:
    """The counter-example that names the erratum's printed form, by its function or its text."""
    names = {erratum.printed, erratum.printed_form, (erratum.printed_form or "").rpartition(".")[2]} - {
        "",
        None,
    }
    return next(
        (example for example in found if {example.printed, example.printed.rpartition(".")[2]} & names), None
    )


def stray_failures(rows: Sequence[Row], verification: Verification) -> list[str]:
    """Problems of the run, and checks that did not pass and belong to no row: they fail the report as well."""
    known = {row.id for row in rows}
    return [
        *verification.problems,
        *(
            f"{check.nodeid} {check.outcome}: {check.failure}"
            for check in verification.checks
            if check.outcome != "passed" and not known & set(check.formulas)
        ),
        *(
            f"{check.nodeid} names {identifier}, which is no row of the ledger"
            for check in verification.checks
            for identifier in check.formulas
            if identifier not in known
        ),
    ]
