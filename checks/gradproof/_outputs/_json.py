"""A run as JSON, as `docs/report.schema.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gradproof._outputs._words import finite
from gradproof._results import Run
from gradproof._version import __version__

SCHEMA = 1
"""Counts up where a reader of the last version would misread the next."""


def render(run: Run) -> str:
    """Return the run as one strict JSON object: what is not finite is the string "Infinity", "-Infinity" or "NaN"."""
    values = {
        "schema": SCHEMA,
        "gradproof": __version__,
        "status": run.status,
        "counts": run.counts,
        "versions": dict(run.versions),
        "seconds": run.seconds,
        "results": [result.to_dict() for result in run.results],
    }
    return json.dumps(strict(values), indent=2, allow_nan=False) + "\n"


def strict(value: Any) -> Any:
    """Return nested values with every number that JSON lacks as a string."""
    if isinstance(value, Mapping):
        return {str(key): strict(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [strict(part) for part in value]
    if isinstance(value, str | int | None):
        return value
    return finite(float(value))
