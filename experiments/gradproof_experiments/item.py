"""One item of the report: its tables, figures and page, and what made it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from .claim import Claim

__all__ = ["Item", "markdown_table"]


@dataclass(frozen=True)
class Item:
    """What the report writes for one experiment, all of it reproducible.

    Parameters
    ----------
    name : str
        Folder of the item inside the report.
    title : str
    answer : str
        The result in one line, for the index.
    page : str
        Markdown page; it may show the figures and link the tables by their file names.
    tables : mapping of str to DataFrame
        File name without suffix to table; written as CSV.
    figures : mapping of str to Figure
        File name without suffix to figure; written as SVG and PNG.
    claims : tuple of Claim
        The report fails where one does not hold.
    configuration : mapping
        What the experiment was told, seeds included.
    sources : tuple of Path
        Files and folders whose contents made the item.
    data : mapping of str to str
        Name to text of the data the item stands on.
    measured : mapping of str to DataFrame
        What differs from machine to machine; written to ``.run`` only.
    """

    name: str
    title: str
    answer: str
    page: str
    tables: Mapping[str, pd.DataFrame]
    figures: Mapping[str, Figure]
    claims: tuple[Claim, ...]
    configuration: Mapping[str, Any]
    sources: tuple[Path, ...]
    data: Mapping[str, str] = field(default_factory=dict)
    measured: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def markdown_table(frame: pd.DataFrame, headings: Mapping[str, str] | None = None) -> str:
    r"""Table for a Markdown page; numbers stand to the right.

    Examples
    --------
    >>> print(markdown_table(pd.DataFrame({"degree": [1], "name": ["a|b"]}), {"degree": "M"}))
    | M | name |
    | ---: | :--- |
    | 1 | a\|b |
    """
    names = [(headings or {}).get(name, name) for name in frame.columns]
    rules = [":---" if frame[name].dtype.kind not in "fiu" else "---:" for name in frame.columns]
    lines = [names, rules, *([_cell(value) for value in row] for row in frame.itertuples(index=False))]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")
