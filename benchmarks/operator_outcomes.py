"""What came of examining an operator that others wrote, what was expected, and tables of both."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# From harmless to worst: what an operator is called that has several samples. "jump" is a report "nondifferentiable" that
# did not pass: no value of the gradient is right there. "refused": no examination took place.
VERDICTS = ("pass", "nondifferentiable", "inconclusive", "jump", "fail", "refused")


# chosen(corpus, number, name) tells whether the operator of that number in a corpus is to be examined.
Chosen = Callable[[str, int, str], bool]


@dataclass(frozen=True)
class Known:
    """A verdict other than "pass" that is right, and why: what was found by hand, without the checker."""

    verdict: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What came of one operator on its samples.

    `margin` is the largest error of an entry in units of its bound, over entries that were compared by differences or
    the complex step; above 1 the gradient is wrong. Entries and evaluations are summed over samples.
    """

    corpus: str
    name: str
    samples: int
    entries: int
    verdict: str
    margin: float
    evaluations: int
    remark: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The name under which a deviation is known."""
        return self.corpus, self.name


def of_report(corpus: str, name: str, entries: int, report: Any) -> Outcome:
    """Return the outcome of one sample."""
    verdict = "jump" if report.verdict == "nondifferentiable" and not report.passed else report.verdict
    worst = report.worst
    margin = math.nan if worst is None or worst.status in {"unresolved", "jump"} else worst.excess
    return Outcome(corpus, name, 1, entries, verdict, margin, sum(report.evaluations), report.reason)


def refused(corpus: str, name: str, entries: int, error: Exception) -> Outcome:
    """Return the outcome of a sample that was not examined."""
    return Outcome(
        corpus,
        name,
        1,
        entries,
        "refused",
        math.nan,
        0,
        f"{type(error).__name__}: {error}".partition("\n")[0],
    )


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the samples of an operator as one outcome, with the worst verdict."""
    parts = list(outcomes)
    worst = max(parts, key=lambda part: VERDICTS.index(part.verdict))
    margins = [part.margin for part in parts if not math.isnan(part.margin)]
    return Outcome(
        worst.corpus,
        worst.name,
        len(parts),
        sum(part.entries for part in parts),
        worst.verdict,
        max(margins, default=math.nan),
        sum(part.evaluations for part in parts),
        worst.remark,
    )


def unexpected(outcomes: Iterable[Outcome], known: Mapping[tuple[str, str], Known]) -> Iterator[str]:
    """Tell each verdict that is not the expected one: "pass", or what is known of the operator.

    Strict both ways: a known fault that is no longer found is told as well as a gradient that is right and failed. Only
    what is known to stay open may be seen to pass: another processor rounds in its own way.
    """
    for outcome in outcomes:
        expected = known[outcome.key].verdict if outcome.key in known else "pass"
        if outcome.verdict != expected and (expected, outcome.verdict) != ("inconclusive", "pass"):
            yield (
                f"{outcome.corpus} {outcome.name} must be {expected}; got {outcome.verdict}: {outcome.remark or 'no reason'}"
            )


def summary(outcomes: list[Outcome]) -> str:
    """Return how often each verdict came."""
    counts = Counter(outcome.verdict for outcome in outcomes)
    return ", ".join(f"{verdict} {counts[verdict]}" for verdict in VERDICTS if counts[verdict])


def remark_on(outcome: Outcome, known: Mapping[tuple[str, str], Known]) -> str:
    """Return why a verdict is what it is: by hand where that is known, else what the report says."""
    if outcome.key in known:
        return known[outcome.key].reason
    return "" if outcome.verdict == "pass" else outcome.remark


def row(outcome: Outcome, known: Mapping[tuple[str, str], Known]) -> str:
    """Return a line of the table on a terminal."""
    cells = (
        f"{outcome.name:44} {outcome.samples:3} {outcome.entries:5} {outcome.verdict:17}",
        f"{_margin(outcome):>8} {outcome.evaluations:6}  {remark_on(outcome, known)}",
    )
    return " ".join(cells).rstrip()


HEADER = f"{'operator':44} {'n':>3} {'entries':>5} {'verdict':15} {'margin':>8} {'calls':>6}"


def markdown_rows(outcomes: Iterable[Outcome], known: Mapping[tuple[str, str], Known]) -> Iterator[str]:
    """Return the lines of a table in Markdown."""
    yield "| operator | samples | entries | verdict | margin | evaluations | remark |"
    yield "|---|--:|--:|---|--:|--:|---|"
    for outcome in outcomes:
        remark = remark_on(outcome, known).replace("|", "\\|")
        cells = (
            outcome.samples,
            outcome.entries,
            outcome.verdict,
            _margin(outcome),
            outcome.evaluations,
            remark,
        )
        yield f"| `{outcome.name}` | {' | '.join(map(str, cells))} |"


def _margin(outcome: Outcome) -> str:
    return "" if math.isnan(outcome.margin) else f"{outcome.margin:.2g}"
