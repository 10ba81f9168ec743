"""Tables of the verification: what reproduces, and what differs from machine to machine."""

from collections.abc import Sequence

import pandas as pd

from .check import Check
from .verdict import RowVerdict

__all__ = ["checks_table", "errata_table", "failures_table", "margins_table", "rows_table"]


def rows_table(verdicts: Sequence[RowVerdict]) -> pd.DataFrame:
    """Committed table of the rows: what reproduces on any machine."""
    return pd.DataFrame(
        {
            "id": [v.row.id for v in verdicts],
            "slide": [v.row.slide for v in verdicts],
            "formula": [v.row.formula for v in verdicts],
            "verdict": [v.verdict for v in verdicts],
            "checks": [len(v.checks) for v in verdicts],
            "examples": [v.examples for v in verdicts],
            "errata": [len(v.row.errata) for v in verdicts],
        }
    )


def errata_table(verdicts: Sequence[RowVerdict]) -> pd.DataFrame:
    """Committed table of the errata, each with its counter-example where the printed form has a value."""
    columns = ["id", "printed", "derived", "why", "input", "printed_value", "derived_value"]
    rows = [
        (v.row.id, erratum.printed, erratum.derived, erratum.why)
        + ((example.input, example.printed_value, example.derived_value) if example else ("", "", ""))
        for v in verdicts
        for erratum, example in v.counterexamples
    ]
    return pd.DataFrame(rows, columns=columns)


def failures_table(verdicts: Sequence[RowVerdict], problems: Sequence[str]) -> pd.DataFrame:
    """What fails, row by row of the ledger, after what fails outside of it; empty where all is well."""
    outside = [("outside a row", problem) for problem in problems]
    inside = [(v.row.id, reason) for v in verdicts if not v.passed for reason in v.reasons]
    return pd.DataFrame([*outside, *inside], columns=["where", "what"])


def margins_table(verdicts: Sequence[RowVerdict]) -> pd.DataFrame:
    """Worst error of every row against its bound: rounding, so it differs between machines."""
    worst = [v.worst for v in verdicts]
    return pd.DataFrame(
        {
            "id": [v.row.id for v in verdicts],
            "worst_error": [check.worst_error if check else float("nan") for check in worst],
            "worst_bound": [check.worst_bound if check else float("nan") for check in worst],
            "ratio": [check.ratio if check else float("nan") for check in worst],
            "check": [check.nodeid if check else "" for check in worst],
        }
    )


def checks_table(checks: Sequence[Check]) -> pd.DataFrame:
    """Every check with its worst error, its bound and its time, the longest first: all of it of this machine."""
    columns = ["nodeid", "outcome", "examples", "seconds", "worst_error", "worst_bound"]
    frame = pd.DataFrame([[getattr(check, name) for name in columns] for check in checks], columns=columns)
    return frame.sort_values("seconds", ascending=False, kind="stable")
