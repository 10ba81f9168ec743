"""asv's committed results as a tidy frame: one row for each commit, benchmark and point of its parameters.

Version 2 of asv's format is read here, and not by asv itself: asv is no dependency of the report, its reader wants the
configuration and a repository, and the format is a table. ``result_columns`` names the columns of each benchmark's row;
``result`` holds one number for each point of the product of ``params``, in order, and null where it failed.
"""

import datetime as dt
import itertools
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["COLUMNS", "files_of", "read_results"]

COLUMNS = [
    "machine",
    "commit",
    "date",
    "title",
    "benchmark",
    "kind",
    "unit",
    "version",
    "parameter",
    "point",
    "value",
]
"""`parameter` names the parameters, `point` their values, each joined by commas; `value` is in `unit`."""
_NOT_RESULTS = {"machine.json"}


def files_of(folder: Path) -> dict[str, str]:
    """Text of every JSON file below `folder`, by its path inside it, in order."""
    found = sorted(folder.rglob("*.json"), key=lambda path: path.relative_to(folder).as_posix())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}


def read_results(files: dict[str, str]) -> pd.DataFrame:
    """Frame of `COLUMNS`, ordered by commit date; a benchmark that failed or no longer exists has no row.

    Parameters
    ----------
    files : dict of str to str
        What `files_of` returns. ``benchmarks.json`` tells kinds and units, ``commits.json`` the commits' titles.

    Raises
    ------
    ValueError
        If a file holds another version of asv's format.
    """
    known = json.loads(files.get("benchmarks.json", "{}"))
    titles = json.loads(files.get("commits.json", "{}"))
    rows: list[list[Any]] = []
    for name, text in files.items():
        machine, _, file = name.rpartition("/")
        if machine and file not in _NOT_RESULTS:
            content = json.loads(text)
            if content.get("version") != 2:
                raise ValueError(
                    f"results must be in version 2 of asv's format; got {name} with "
                    f"version={content.get('version')}. Measure it again: make bench-history."
                )
            rows += _rows(content, machine, known, titles)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.sort_values(["machine", "date", "commit"], kind="stable", ignore_index=True)


def _rows(
    content: dict[str, Any], machine: str, known: dict[str, Any], titles: dict[str, str]
) -> Iterator[list[Any]]:
    commit, columns = content["commit_hash"], content["result_columns"]
    date = dt.datetime.fromtimestamp(content["date"] / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M")
    for benchmark, values in sorted(content["results"].items()):
        about, row = known.get(benchmark), dict(zip(columns, values, strict=False))
        # What the latest suite no longer has, or measures otherwise, cannot be compared.
        if about is None or row.get("version") != about["version"] or not row.get("result"):
            continue
        points = itertools.product(*row["params"])
        for point, value in zip(points, row["result"], strict=True):
            if isinstance(value, int | float) and math.isfinite(value):
                where = [",".join(about["param_names"]), ",".join(point)]
                told = [benchmark, about["type"], about["unit"], about["version"]]
                yield [machine, commit, date, titles.get(commit, ""), *told, *where, float(value)]
