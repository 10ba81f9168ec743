"""Items as Markdown, for code hosts: one page each, and the index that lists their claims."""

from collections.abc import Iterable, Sequence

from ._markdown import markdown_row, plain, table_markdown
from .claim import Claim, Verdict
from .item import Item, Picture, Table

__all__ = ["MARKS", "claims_markdown", "index_markdown", "item_markdown", "tally"]

MARKS: dict[Verdict, str] = {"holds": "✓", "fails": "✗", "undecided": "?"}
"""A sign of its own for each verdict, so that none is told by its colour alone."""

_INDEX = """\
# Reports

What the lecture's formulas and claims come to when they are checked and measured. `gradproof report` writes all of
it anew; on the locked versions the files come out the same, byte for byte. [index.html](index.html) is the same report
as one page for a browser, with every figure and table.

{tally}

{sections}
`manifest.json` holds what made each item: configuration, seeds, versions, and digests of the lock file, of sources and
of data. What differs from machine to machine or commit to commit is written to `.run/`, which is not committed.
"""


def index_markdown(items: Sequence[Item]) -> str:
    """Page that lists every item with its answer and its claims."""
    sections = [
        f"## [{plain(item.title)}]({item.name}/README.md)\n\n{plain(item.answer)}\n\n{claims_markdown(item.claims)}"
        for item in items
    ]
    found = tally(claim for item in items for claim in item.claims)
    return _INDEX.format(tally=found, sections="\n".join(sections))


def item_markdown(item: Item) -> str:
    """Page of one item; it shows the figures and links the tables by their file names."""
    first, *others = [_picture(picture) for picture in item.pictures] or [""]
    parts = [
        f"# {plain(item.title)}",
        f"**Question.** {plain(item.question)}",
        f"**Method.** {plain(' '.join(item.method))}",
        f"**In short.** {plain(item.answer)}",
        first,
        "## Claims",
        claims_markdown(item.claims, evidence=True).rstrip(),
        *(["## Figures", *others] if others else []),
        *(["## Tables", *map(_table, item.tables)] if item.tables else []),
        "## What it means",
        *map(plain, item.means),
        "## What it does not mean",
        *map(plain, item.limits),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def tally(claims: Iterable[Claim]) -> str:
    """How many claims there are, and how many of each verdict.

    Examples
    --------
    >>> from .claim import Within
    >>> tally(
    ...     [
    ...         Claim.exact("It is so.", "faults", 0, Within(0, 0)),
    ...         Claim.exact("No.", "faults", 1, Within(0, 0)),
    ...     ]
    ... )
    '2 claims: 1 holds, 1 fails.'
    """
    verdicts = [claim.verdict for claim in claims]
    # One holds, two hold.
    words = {"holds": ("holds", "hold"), "fails": ("fails", "fail"), "undecided": ("undecided", "undecided")}
    counts = {verdict: verdicts.count(verdict) for verdict in MARKS}
    parts = [f"{count} {words[verdict][count != 1]}" for verdict, count in counts.items() if count]
    noun = "claim" if len(verdicts) == 1 else "claims"
    return f"{len(verdicts)} {noun}: {', '.join(parts)}." if parts else "No claims."


def claims_markdown(claims: Sequence[Claim], *, evidence: bool = False) -> str:
    """Table of claims with verdict, measured value, interval, and what was expected."""
    if not claims:
        return ""
    lines = ["| verdict | claim | measured | expected |", "| :--- | :--- | :--- | :--- |"]
    for claim in claims:
        more = f"; {claim.evidence.rstrip('.')}" if evidence and claim.evidence else ""
        cells = (
            f"{MARKS[claim.verdict]} {claim.verdict}",
            plain(claim.statement),
            plain(f"{claim.quantity}: {claim.value}{more}"),
            str(claim.expected),
        )
        lines.append(markdown_row(cells))
    return "\n".join(lines) + "\n"


def _picture(picture: Picture) -> str:
    alt = " ".join(picture.alt.split()).replace("[", "\\[").replace("]", "\\]")
    return f"![{alt}]({picture.name}.svg)\n\n*{plain(picture.caption)}*"


def _table(table: Table) -> str:
    files = f"([CSV]({table.name}.csv), [Parquet]({table.name}.parquet))"
    caption = f"{plain(table.caption)} {files}"
    return f"{caption}\n\n{table_markdown(table)}" if table.shown else caption
