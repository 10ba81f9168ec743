"""What the diagnosis names of a corpus of planted errors, by cause.

    python benchmarks/diagnosis.py

The exit status is 1 where fewer than 80 % are named, one is named wrongly, or a near miss or an error without
structure is taken for a cause.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "checks"))

from diagnosis_corpus import cause_in, near_misses_by_cause, tally, unstructured

UNSTRUCTURED = 200
NAMED = 0.8


def main() -> int:
    """Print the table; return the exit status."""
    found, near = tally(cause_in), near_misses_by_cause(cause_in)
    print(f"{'cause':24}{'planted':>9}{'named':>7}{'wrongly':>9}{'near misses':>13}{'rejected':>10}")
    for cause, row in sorted(found.items()):
        missed, rejected = near.get(cause, (0, 0))
        print(f"{cause:24}{row.planted:9}{row.named:7}{row.wrongly:9}{missed:13}{rejected:10}")
    planted, named, wrongly = (sum(column) for column in zip(*found.values(), strict=True))
    missed, rejected = (sum(column) for column in zip(*near.values(), strict=True))
    print(f"{'all':24}{planted:9}{named:7}{wrongly:9}{missed:13}{rejected:10}")
    named_none = sum(cause_in(case) is None for case in unstructured(UNSTRUCTURED))
    print(f"{named_none} of {UNSTRUCTURED} errors without structure were left unnamed")
    met = named >= NAMED * planted and not wrongly and rejected == missed and named_none == UNSTRUCTURED
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
