"""One item of the report: what was asked, what was found, and what made it. `page` and `site` put it into words and HTML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from .claim import Claim

__all__ = ["Item", "Picture", "Table"]


@dataclass(frozen=True)
class Picture:
    """A figure and its words.

    Parameters
    ----------
    name : str
        File name without suffix; written as SVG and PNG.
    figure : Figure
    alt : str
        What a reader who does not see it must know: axes, curves, and what they show.
    caption : str
        One or two sentences, plain text.
    """

    name: str
    figure: Figure
    alt: str
    caption: str


@dataclass(frozen=True)
class Table:
    """A table and its words.

    Parameters
    ----------
    name : str
        File name without suffix; written as CSV and Parquet.
    frame : DataFrame
        Rounded to what another CPU and BLAS reproduce.
    caption : str
        One sentence, plain text.
    headings : mapping of str to str
        Column name to heading, where they differ.
    shown : bool
        Whether the page shows it; else the page links to it.
    code : tuple of str
        Columns that hold formulas or code, in which * and _ and | are signs like any other.
    """

    name: str
    frame: pd.DataFrame
    caption: str
    headings: Mapping[str, str] = field(default_factory=dict)
    shown: bool = True
    code: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """What the report writes for one experiment, all of it reproducible. All words are plain text.

    Parameters
    ----------
    name : str
        Folder of the item inside the report.
    title : str
    question : str
        What is asked, in one or two sentences.
    method : tuple of str
        About three sentences: what was done, on what, how often.
    answer : str
        The result in one line, for the index.
    claims : tuple of Claim
        The report fails where one does.
    pictures : tuple of Picture
        The one that answers the question comes first.
    tables : tuple of Table
    means, limits : tuple of str
        Paragraphs: what the result means, and what it does not mean.
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
    question: str
    method: tuple[str, ...]
    answer: str
    claims: tuple[Claim, ...]
    pictures: tuple[Picture, ...]
    tables: tuple[Table, ...]
    means: tuple[str, ...]
    limits: tuple[str, ...]
    configuration: Mapping[str, Any]
    sources: tuple[Path, ...]
    data: Mapping[str, str] = field(default_factory=dict)
    measured: Mapping[str, pd.DataFrame] = field(default_factory=dict)
