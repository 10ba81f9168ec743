"""A run as JUnit XML, valid in the strict reading of the Jenkins xUnit plugin, which pytest's own reports keep to."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from gradproof._outputs._text import line
from gradproof._outputs._words import at, brief, headline, hint, label, visible
from gradproof._results import Result, Run


def render(run: Run) -> str:
    """Return one test suite with a test case per gradient: failures are wrong, errors could not be checked, skipped ones fail as expected."""
    counts = run.counts
    totals = (
        f'tests="{len(run.results)}" failures="{counts["wrong"]}" errors="{counts["unchecked"]}" '
        f'time="{run.seconds:.3f}"'
    )
    skipped = counts["expected"]
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites name="gradproof" {totals}>',
        f'  <testsuite name="gradproof" skipped="{skipped}" {totals}>',
        *_properties(run),
        *(part for result in run.results for part in _case(result)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines).encode("ascii", "xmlcharrefreplace").decode() + "\n"


def _properties(run: Run) -> Iterator[str]:
    if run.versions:
        yield "    <properties>"
        for name, version in run.versions.items():
            yield f"      <property name={_quoted(name)} value={_quoted(version)}/>"
        yield "    </properties>"


def _case(result: Result) -> Iterator[str]:
    """Yield one test case; the strict schema has no file and line, so that the text begins with them."""
    yield (
        f"    <testcase classname={_quoted(result.where)} name={_quoted(result.name)} "
        f'time="{result.seconds:.3f}">'
    )
    if result.outcome == "expected":
        yield f"      <skipped message={_quoted(headline(result))}/>"
    elif result.trouble:
        tag = "failure" if result.outcome == "wrong" else "error"
        about = " ".join(brief(result)[:2]) or headline(result)
        text = "\n".join([*filter(None, [at(result), result.message]), *hint(result)])
        yield f"      <{tag} type={_quoted(label(result))} message={_quoted(about)}>{_text(text)}</{tag}>"
    yield f"      <system-out>{_text(line(result))}</system-out>"
    yield "    </testcase>"


def _text(text: str) -> str:
    """Return character data; ">" is escaped, so that no "]]>" can stand in it."""
    return escape(visible(text))


def _quoted(text: str) -> str:
    """Return an attribute in quotes; newlines and tabs as references, since a parser makes blanks of bare ones."""
    return quoteattr(visible(text), {"\n": "&#10;", "\t": "&#9;"})
