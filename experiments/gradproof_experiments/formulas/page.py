"""The ledger's verification as an item of the report."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import gradproof
import gradproof_reference
from gradproof_experiments.claim import Claim, Within
from gradproof_experiments.item import Item, Picture, Table

from .figures import plot_examples
from .tables import checks_table, errata_table, failures_table, margins_table, rows_table
from .verdict import FAILS, MISPRINT, NO_CHECK, RIGHT, WRONG_AS_PRINTED, RowVerdict
from .verification import Verification
from .words import LEGEND, LIMITS, MEANS, METHOD

__all__ = ["item"]

_HERE = Path(__file__).parent
_SHARED = ("_pytest_stream.py", "_style.py", "claim.py", "item.py")


def item(
    verdicts: Sequence[RowVerdict],
    problems: Sequence[str],
    verification: Verification,
    folder: Path,
    profile: str = "ci",
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
    profile : str
        Hypothesis's profile, under which they ran.
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
        question=f"Which of the lecture's {len(verdicts)} formulas are right, which are wrong as printed, and on what "
        "input?",
        method=METHOD,
        answer=_summary(verdicts, problems, verification),
        claims=_claims(verdicts, problems),
        pictures=(_picture(verdicts),),
        tables=_tables(verdicts, problems),
        means=MEANS,
        limits=LIMITS,
        configuration={"hypothesis_profile": profile},
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
    none = Within(0, 0)
    return (
        Claim.exact(
            "Every formula of the ledger holds, in the form that the lecture prints or derived from it.",
            "rows that fail",
            len(failed),
            none,
            ", ".join([passed, *failed]),
        ),
        Claim.exact(
            "The checks ran to their end, and none outside the ledger failed.",
            "problems outside a row",
            len(problems),
            none,
        ),
    )


def _picture(verdicts: Sequence[RowVerdict]) -> Picture:
    counts = [v.examples for v in verdicts] or [0]
    return Picture(
        "formulas",
        plot_examples(verdicts),
        alt=f"One line for each of {len(verdicts)} formulas in the order of the slides, as long as its number of inputs "
        f"tried, {min(counts)} to {max(counts)} on a logarithmic scale, ending in a mark for its verdict: "
        f"{', '.join(_counts(verdicts)) or 'none'}.",
        caption="How many inputs were tried or values compared for each formula, and with which verdict: a disc for "
        "what is right, a diamond for a misprint, a square for what is wrong as printed.",
    )


def _tables(verdicts: Sequence[RowVerdict], problems: Sequence[str]) -> tuple[Table, ...]:
    failures = failures_table(verdicts, problems)
    printed = ("printed", "derived", "input", "printed_value", "derived_value")
    tables = (
        Table("formulas", rows_table(verdicts), f"The ledger. {LEGEND}", {"id": "ID"}, code=("formula",)),
        Table(
            "errata",
            errata_table(verdicts),
            "The errata, each with the input on which the printed form goes wrong, where it has a value.",
            {"id": "ID", "printed_value": "as printed", "derived_value": "as derived"},
            code=printed,
        ),
    )
    what = "What fails, with the words of the check that says so."
    return tables if failures.empty else (Table("failures", failures, what, code=("what",)), *tables)


def _counts(verdicts: Sequence[RowVerdict]) -> list[str]:
    found = [v.verdict for v in verdicts]
    kinds = (RIGHT, MISPRINT, WRONG_AS_PRINTED, FAILS, NO_CHECK)
    return [f"{found.count(kind)} {kind}" for kind in kinds if kind in found]


def _summary(verdicts: Sequence[RowVerdict], problems: Sequence[str], verification: Verification) -> str:
    # Not summed over the rows: a check of two rows would count twice.
    examples = sum(check.examples for check in verification.checks if check.formulas)
    trouble = f"; {len(problems)} problems outside a row" if problems else ""
    counts = ", ".join(_counts(verdicts))
    return f"{len(verdicts)} formulas: {counts}; {examples} inputs tried or values compared{trouble}."
