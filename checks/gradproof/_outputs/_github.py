"""A run as workflow commands of GitHub Actions: annotations on the lines where gradients are written, and the report."""

from __future__ import annotations

import hashlib

from gradproof._outputs import _text
from gradproof._outputs._words import brief, one_line, summary, visible, worst_first
from gradproof._results import Result, Run


def render(run: Run) -> str:
    """Return the report in a group, then an annotation for each gradient that is not right, and one notice on all.

    The worst come first: GitHub shows ten errors and ten warnings of a step.
    """
    lines = [*_group(run), *map(_annotation, worst_first(r for r in run.results if r.trouble))]
    lines.append(f"::notice title=gradproof::{_data(summary(run))}")
    return "\n".join(lines) + "\n"


def _group(run: Run) -> list[str]:
    """Return the text report, in which no line is taken for a command, whatever a name or a message says."""
    text = _text.render(run).rstrip("\n")
    # What the text contains cannot contain its own digest, and the same run gives the same token.
    token = hashlib.sha256(text.encode()).hexdigest()
    return ["::group::gradproof", f"::stop-commands::{token}", text, f"::{token}::", "::endgroup::"]


def _annotation(result: Result) -> str:
    kind = "error" if result.outcome == "wrong" else "warning"
    what = "is wrong" if result.outcome == "wrong" else "could not be checked"
    properties = {"title": f"gradproof: {one_line(result.name)} {what}"}
    if result.place is not None:
        properties = {
            "file": visible(result.place.path),
            "line": str(result.place.line),
            **properties,
        }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {listed}::{_data(chr(10).join(brief(result)[1:]) or brief(result)[0])}"


def _data(text: str) -> str:
    """Return a message as a command takes it."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Return the value of a property as a command takes it."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
