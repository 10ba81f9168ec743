"""Gradients that others wrote, examined where they stand: scipy's and scikit-learn's.

Read by tests/test_foreign_*.py and benchmarks/foreign.py; no part of the wheel. A module per subject yields `Case`s, and
`deviations.py` lists every verdict other than a pass, with the reason.
"""

from foreign_corpus.case import Case, Deviation, Outcome, outcome_of, surprises
from foreign_corpus.deviations import DEVIATIONS

__all__ = ["DEVIATIONS", "Case", "Deviation", "Outcome", "outcome_of", "surprises"]
