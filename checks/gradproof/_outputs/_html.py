"""A run as one HTML page that needs nothing beside it: no script, no font, no network; light or dark as its reader."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from gradproof._outputs._words import (
    at,
    evaluations,
    headline,
    hint,
    label,
    number,
    one_line,
    summary,
    visible,
    worst_first,
)
from gradproof._results import Result, Run
from gradproof._version import __version__

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --rule: #c9d1d9; --block: #f3f5f7;
  --right: #12692f; --wrong: #b3151c; --unchecked: #8a5300; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #12161b; --rule: #3d454e; --block: #1d232a;
    --right: #5fd07f; --wrong: #ff8a80; --unchecked: #f0b45c; }
}
body { margin: 2rem auto; padding: 0 1rem; max-width: 72rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .5rem; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; }
th[scope=row] { font-weight: normal; white-space: normal; overflow-wrap: anywhere; }
pre { padding: .8rem; background: var(--block); overflow-x: auto; }
code { overflow-wrap: anywhere; }
.right { color: var(--right); } .wrong { color: var(--wrong); font-weight: 600; }
.unchecked { color: var(--unchecked); font-weight: 600; }
""".strip()

_HEADS = ("Gradient", "Verdict", "Worst margin", "Resolution", "Evaluations (f + grad)", "Seconds")


def render(run: Run) -> str:
    """Return the page: the summary, the table, and the report of each gradient that is not right, worst first."""
    results = worst_first(run.results)
    bad = [(number, result) for number, result in enumerate(results) if result.trouble]
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>gradproof: {_text(summary(run))}</title>",
        f"<style>\n{_STYLE}\n</style>",
        "</head>",
        "<body>",
        "<main>",
        "<h1>gradproof</h1>",
        f"<p>{_text(summary(run))}.</p>",
        *(_table(results) if results else ()),
        *(part for number, result in bad for part in _details(number, result)),
        "</main>",
        f"<footer><p>{_text(_versions(run))}</p></footer>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines).encode("ascii", "xmlcharrefreplace").decode() + "\n"


def _versions(run: Run) -> str:
    versions = {"gradproof": __version__, **run.versions}
    return ", ".join(f"{name} {version}" for name, version in versions.items()) + f"; {run.seconds:.3f} s"


def _table(results: list[Result]) -> Iterator[str]:
    yield '<div class="wide" role="region" aria-label="All gradients" tabindex="0">'
    yield "<table>"
    yield "<caption>The margin is the error in units of its bound: above 1 a gradient is wrong.</caption>"
    heads = "".join(f'<th scope="col">{_text(head)}</th>' for head in _HEADS)
    yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    for place, result in enumerate(results):
        name = _text(one_line(result.name))
        linked = name if not result.trouble else f'<a href="#gradient-{place}">{name}</a>'
        cells = (
            number(result.margin),
            number(result.resolution),
            evaluations(result),
            f"{result.seconds:.3f}",
        )
        yield (
            f'<tr><th scope="row">{linked}</th><td class="{result.outcome}">{_text(label(result))}</td>'
            + "".join(f"<td>{_text(cell)}</td>" for cell in cells)
            + "</tr>"
        )
    yield "</tbody>"
    yield "</table>"
    yield "</div>"


def _details(place: int, result: Result) -> Iterator[str]:
    yield f'<section id="gradient-{place}">'
    yield f"<h2>{_text(headline(result))}</h2>"
    facts = [("Declared in", result.where), ("Written at", at(result)), ("Diagnosis", result.diagnosis)]
    facts += [("Explained by", part.removeprefix("See: ")) for part in hint(result)]
    facts += [("Evidence", result.evidence)]
    for title, value in facts:
        if value:
            yield f"<p>{title}: <code>{_text(one_line(value))}</code></p>"
    yield f'<pre tabindex="0">{_text(result.message)}</pre>'
    yield "</section>"


def _text(text: str) -> str:
    """Return text in which HTML sees nothing but text."""
    return escape(visible(text))
