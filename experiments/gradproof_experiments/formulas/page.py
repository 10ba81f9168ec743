"""The ledger's verification as an item of the report."""

import json
import tomllib
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
_SHARED = ("_pytest_stream.py", "_style.py", "claim.py", "item.py")

_PAGE = """\
# The lecture's formulas

**Question.** Which of the lecture's {rows} formulas are right, which are wrong as printed, and on what input?

**Method.** Each is implemented forward and gradient, in the form that must hold. Its gradient is examined by `gradproof`
on inputs that Hypothesis draws, and its identities are checked against a derivation of their own. A form that is
printed wrongly is implemented as well, and has to fail on an input that shows it.

## Result

{summary}

![Inputs tried or values compared for each formula, with its verdict.](formulas.svg)

{problems}{table}

{legend}

## Errata

{errata}

## What it means

A row that passes held on every input that was tried, each entry of its gradient within the error bound of the
numerical derivative; how near the worst came to its bound depends on the machine and is written to `../.run/`.

## What it does not mean

No number of inputs is a proof. An erratum says that the formula *as printed* gives another value than the lecture's own
objective; it does not say that training with it cannot work.
"""
_LEGEND = f"""\
*{RIGHT}*: no erratum. *{MISPRINT}*: only names or indices are printed wrongly; read as meant, it holds.
*{WRONG_AS_PRINTED}*: the printed form gives other values, and a counter-example below shows it; the derived form holds.
*examples*: inputs tried, or values compared where a check draws none; a check of several rows counts in each."""


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
        The checks themselves, for their number of examples and their times.
    folder : Path
        Where the checks are, for its digest.
    """
    sources = (
        Path(gradproof_reference.__file__).parent,
        Path(gradproof.__file__).parent,
        folder,
        _HERE,
        *(_HERE.parent / name for name in _SHARED),
        *(path for path in [folder.parent.parent / "conftest.py"] if path.is_file()),  # Hypothesis's profiles
    )
    return Item(
        name="formulas",
        title="The lecture's formulas",
        answer=_summary(verdicts, problems, verification),
        page=_page(verdicts, problems, verification),
        tables={"formulas": rows_table(verdicts), "errata": errata_table(verdicts)},
        figures={"formulas": plot_examples(verdicts)},
        claims=_claims(verdicts, problems),
        configuration={"hypothesis_profile": "ci"},
        sources=sources,
        data=_pytest_settings(folder.parent.parent),
        measured={"checks": checks_table(verification.checks), "margins": margins_table(verdicts)},
    )


def _pytest_settings(root: Path) -> dict[str, str]:
    """The settings in pyproject.toml under which the checks ran; nothing where there is no such file."""
    file = root / "pyproject.toml"
    if not file.is_file():
        return {}
    tools = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
    return {"pytest_settings": json.dumps(tools.get("pytest", {}), sort_keys=True)}


def _claims(verdicts: Sequence[RowVerdict], problems: Sequence[str]) -> tuple[Claim, ...]:
    failed = [v.row.id for v in verdicts if not v.passed]
    passed = f"{len(verdicts) - len(failed)} of {len(verdicts)} rows pass"
    return (
        Claim("Every formula of the ledger holds.", ", ".join([passed, *failed]), holds=not failed),
        Claim("The checks ran to their end.", f"{len(problems)} problems", holds=not problems),
    )


def _summary(verdicts: Sequence[RowVerdict], problems: Sequence[str], verification: Verification) -> str:
    counts = {
        kind: sum(v.verdict == kind for v in verdicts)
        for kind in (RIGHT, MISPRINT, WRONG_AS_PRINTED, FAILS, NO_CHECK)
    }
    parts = [f"{count} {kind}" for kind, count in counts.items() if count]
    # Not summed over the rows: a check of two rows would count twice.
    examples = sum(check.examples for check in verification.checks if check.formulas)
    trouble = f"; {len(problems)} problems outside a row" if problems else ""
    return (
        f"{len(verdicts)} formulas: {', '.join(parts)}; {examples} inputs tried or values compared{trouble}."
    )


def _page(verdicts: Sequence[RowVerdict], problems: Sequence[str], verification: Verification) -> str:
    failures = [f"{v.row.id}: {reason}" for v in verdicts if not v.passed for reason in v.reasons]
    listed = "\n\n".join(f"```\n{text}\n```" for text in [*problems, *failures])
    return _PAGE.format(
        rows=len(verdicts),
        summary=_summary(verdicts, problems, verification),
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
