"""What made a run and may differ where its result does not: kept beside the result, never among its columns."""

import os
import sys
from pathlib import Path
from typing import Any

from gradproof_experiments.manifest import describe_machine, versions

from .fingerprint import PACKAGES

__all__ = ["provenance"]


def provenance(root: Path, entropy: int, backend: str) -> dict[str, Any]:
    """Describe the commit, versions and machine of this driver, and the root of all randomness.

    Parameters
    ----------
    root : Path
        The checkout, for its commit.
    entropy : int
        Of the SeedSequence from which every generator of the experiment is spawned.
    backend : str
        Where the runs are computed.
    """
    return {
        **describe_machine(root),
        "versions": versions(PACKAGES),
        "seed_entropy": entropy,
        "backend": backend,
        "threads_per_run": 1,
        "executable": Path(sys.executable).name,
        "pinned": {name: os.environ.get(name) for name in ("OPENBLAS_CORETYPE", "OMP_NUM_THREADS")},
    }
