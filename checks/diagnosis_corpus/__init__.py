"""Planted errors with the cause that a diagnosis must name, and others for which it must name none.

Read by tests/test_diagnosis.py and benchmarks/diagnosis.py; no part of the wheel.
"""

from diagnosis_corpus.cases import NEAR_MISSES, PLANTED, Case
from diagnosis_corpus.tally import (
    CORPUS_SEED,
    Tally,
    cause_in,
    diagnosis_of,
    evidence_of,
    examined,
    near_misses_by_cause,
    tally,
    unstructured,
)

__all__ = [
    "CORPUS_SEED",
    "NEAR_MISSES",
    "PLANTED",
    "Case",
    "Tally",
    "cause_in",
    "diagnosis_of",
    "evidence_of",
    "examined",
    "near_misses_by_cause",
    "tally",
    "unstructured",
]
