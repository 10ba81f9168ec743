"""Verification of the ledger: every row F01 to F28 through its checks, and the errata with their counter-examples."""

from .check import Check, Counterexample
from .figures import plot_examples
from .page import item
from .verdict import RowVerdict, judge, stray_failures
from .verification import Verification, verify

__all__ = [
    "Check",
    "Counterexample",
    "RowVerdict",
    "Verification",
    "item",
    "judge",
    "plot_examples",
    "stray_failures",
    "verify",
]
