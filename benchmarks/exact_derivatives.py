"""Write the points with exact derivatives on which `gradproof self-test` stands.

    python benchmarks/exact_derivatives.py

draws 100 points for each kind of function and differentiates there with mpmath. tests/test_self_test_command.py
computes the file again.
"""

from pathlib import Path

import numpy as np
from calibration_corpus import KINDS, exact

from gradproof import _self_check
from gradproof._self_check._exact import FILE, written

POINTS = 100
SEED = 2
PATH = Path(str(_self_check.__file__)).parent / FILE


def computed() -> str:
    """Return the content of the file."""
    known = {}
    for number, kind in enumerate(KINDS):
        random = np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(number,)))
        points = kind.draw(random, POINTS)
        known[kind.name] = (points, exact(kind, points))
    return written(known)


if __name__ == "__main__":
    PATH.write_text(computed(), encoding="utf-8", newline="\n")
    print(f"wrote {PATH}")
