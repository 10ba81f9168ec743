"""The ledger's verification as an item of the report."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

import gradproof
import gradproof_reference
from gradproof_experiments.claim import Claim
from gradproof_experiments.item import Item, markdown_table

from .figures import plot_examples
from .tables import checks_table, errata_table, margins_table, rows_table
from .verdict import FAILS, MISPRINT, NO_CHECK, RIGHT, WRONG_AS_PRINTED, RowVerdict
from .verification import Verification

__all__ = ["item"]

_HERE = Path(__file__).parent

_PAGE = """\
# The lecture's formulas

**Question.** Which of the lecture's {rows} formulas are right, which are wrong as printed, and on what input?

**Method.** Each is implemented forward and gradient, in the form that must hold. Its gradient is examined by `gradproof`
on inputs that Hypothesis draws, and its identities are checked against a derivation of their own. A form that is
printed wrongly is implemented as well, and has to fail on an input that shows it.

## Result

{summary}

![Inputs tried for each formula, with its verdict.](formulas.svg)

{problems}{table}

{legend}

## Errata

{errata}

## What it means

A row that passes held on every input that was tried, each entry of its gradient within the error bound of the
numerical derivative; how near the worst came to its bound depends on the machine and is written to `.run/`.

## What it does not mean

No number of inputs is a proof. An erratum says that the formula *as printed* gives another value than the lecture's own
objective; it does not say that training with it cannot work.
"""
_LEGEND = f"""\
*{RIGHT}*: what is printed holds. *{MISPRINT}*: only names or indices are printed wrongly; read as meant, it holds.
*{WRONG_AS_PRINTED}*: the printed form gives other values, and a counter-example below shows it; the derived form holds."""


def item(
    verdicts: Sequence[RowVerdict], problems: Sequence[str], verification: Verification, folder: Path
) -> Item:
    """Make the item of the report from the verdicts.

    Parameters
    ----------
    verdicts : sequence of RowVerdict
    problems : sequence of str
        What `stray_failures` found.
    verification : Verification
        The checks themselves, for their times.
    folder : Path
        Where the checks are, for its digest.
    """
    sources = (
        Path(gradproof_reference.__file__).parent,
        Path(gradproof.__file__).parent,
        folder,
        _HERE,
        *(_HERE.parent / name for name in ("_pytest_stream.py", "_style.py")),
    )
    return Item(
        name="formulas",
        title="The lecture's formulas",
        answer=_summary(verdicts, problems),
        page=_page(verdicts, problems),
        tables={"formulas": rows_table(verdicts), "errata": errata_table(verdicts)},
        figures={"formulas": plot_examples(verdicts)},
        claims=_claims(verdicts, problems),
        configuration={"hypothesis_profile": "ci"},
        sources=sources,
        measured={"checks": checks_table(verification.checks), "margins": margins_table(verdicts)},
    )


def _claims(verdicts: Sequence[RowVerdict], problems: Sequence[str]) -> tuple[Claim, ...]:
    failed = [v.row.id for v in verdicts if not v.passed]
    passed = f"{len(verdicts) - len(failed)} of {len(verdicts)} rows pass"
    return (
        Claim("Every formula of the ledger holds.", ", ".join([passed, *failed]), holds=not failed),
        Claim("The checks ran to their end.", f"{len(problems)} problems", holds=not problems),
    )


def _summary(verdicts: Sequence[RowVerdict], problems: Sequence[str]) -> str:
    counts = {
        kind: sum(v.verdict == kind for v in verdicts)
        for kind in (RIGHT, MISPRINT, WRONG_AS_PRINTED, FAILS, NO_CHECK)
    }
    parts = [f"{count} {kind}" for kind, count in counts.items() if count]
    examples = sum(v.examples for v in verdicts)
    trouble = f"; {len(problems)} problems outside a row" if problems else ""
    return f"{len(verdicts)} formulas: {', '.join(parts)}; {examples} inputs tried{trouble}."


def _page(verdicts: Sequence[RowVerdict], problems: Sequence[str]) -> str:
    failures = [f"{v.row.id}: {reason}" for v in verdicts if not v.passed for reason in v.reasons]
    listed = "\n\n".join(f"```\n{text}\n```" for text in [*problems, *failures])
    return _PAGE.format(
        rows=len(verdicts),
        summary=_summary(verdicts, problems),
        problems=f"### What fails\n\n{listed}\n\n" if listed else "",
        table=markdown_table(_as_code(rows_table(verdicts), "formula")),
        legend=_LEGEND,
        errata=markdown_table(
            _as_code(errata_table(verdicts), "printed", "derived", "input", "printed_value", "derived_value"),
            {"printed_value": "as printed", "derived_value": "as derived"},
        ),
    )


def _as_code(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Frame with the named columns in backticks: in a formula, * and _ are no Markdown."""
    return frame.assign(
        **{name: frame[name].map(lambda text: f"`{text}`" if text else "") for name in columns}
    )
