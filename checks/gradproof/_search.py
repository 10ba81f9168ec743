"""The search for the input on which a gradient is worst: what each drawn input adds, and what all of them show."""

from __future__ import annotations

import copy
import dataclasses
import math
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import hypothesis
from hypothesis import strategies as st

from gradproof._examine import examine_gradient
from gradproof._observe import Watch, spent, watch
from gradproof._options import defaults
from gradproof._replay import replay
from gradproof._report import GradientMismatch, GradientReport
from gradproof._trees import map_leaves

CONCLUSIVE = 0.5
"""The share of drawn inputs on which something must be seen, by default."""

# How Hypothesis begins what it says of the input, and of the climb.
_SAID_BY_THE_REPLAY = re.compile(
    r"Failing (test case|explicit example)|Falsifying (explicit )?example|Highest target|.*\(label='.*error / bound"
)

# The widest range that hypothesis.target takes: an excess may be infinite or 0.
_LARGEST = 1e300


class Drawn(tuple[Any, ...]):
    """Arguments that were drawn, as against those of an @example: these are never passed over."""

    __slots__ = ()


@st.composite
def drawn(draw: st.DrawFn, args: Any) -> Drawn:
    """Draw arguments from a strategy of tuples, or from a tuple whose leaves are strategies and values."""
    if isinstance(args, st.SearchStrategy):
        point = draw(args)
        if not isinstance(point, tuple):
            raise TypeError(
                f"args must draw tuples, one part per argument; got {type(point).__name__}. Wrap it: args=(strategy,)."
            )
        return Drawn(point)

    def part(leaf: Any) -> Any:
        return draw(leaf) if isinstance(leaf, st.SearchStrategy) else copy.deepcopy(leaf)

    return Drawn(map_leaves(part, arg) for arg in args)


class Found(NamedTuple):
    """The outcome of a search: the report that tells most, and the arguments it is about."""

    report: GradientReport
    args: tuple[Any, ...]


class Search:
    """One search for the worst input.

    Parameters
    ----------
    f, grad : callable
    options : mapping
        Keyword arguments of `examine_gradient`.
    conclusive : float
        The share of the drawn inputs on which something must be seen.
    name : str, optional
        What to call what is checked; the name of f by default.

    Attributes
    ----------
    seen, unseen : int
        Inputs with a verdict, and without.
    worst : Found or None
        The input with the largest error in units of its bound.
    failing : tuple
        The last input on which the gradient was wrong.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        grad: Callable[..., Any] | None,
        options: Mapping[str, Any],
        conclusive: float = CONCLUSIVE,
        name: str = "",
    ) -> None:
        if not 0 < conclusive <= 1:
            raise ValueError(
                f"conclusive must lie in (0, 1]; got conclusive={conclusive}. It is the share of inputs that count."
            )
        self._f, self._grad, self._options, self._conclusive = f, grad, dict(options), conclusive
        self._name = name
        self.seen = self.unseen = 0
        self.worst: Found | None = None
        self.failing: tuple[Any, ...] = ()
        self._unseen: Found | None = None
        self._refuting: GradientReport | None = None
        self._broken = False  # whether the last examination raised an error, as f may

    def look(self, args: tuple[Any, ...]) -> GradientReport:
        """Examine one input, inside a Hypothesis test.

        Returns
        -------
        GradientReport
            Of a gradient that is right there.

        Raises
        ------
        GradientMismatch
            Where it is wrong, or where nothing can be seen of an input that was asked for by an @example.
        TypeError
            Where such an input is no tuple.
        """
        __tracebackhide__ = True
        if not isinstance(args, tuple):
            raise TypeError(
                f"args must be a tuple, one part per argument; got {type(args).__name__}. Wrap it: args=(argument,)."
            )
        # One seed for all inputs: an examination that is repeated must come out the same.
        if self._options.get("seed") is None:
            self._options["seed"] = _common_seed()
        self._broken = True
        report = examine_gradient(self._f, self._grad, *args, **self._options)
        self._broken = False
        spent(report.evaluations)
        if isinstance(args, Drawn) and not _says_something(report):
            self.unseen += 1
            self._unseen = Found(report, args)
            hypothesis.reject()
        self.seen += 1
        _climb(report)
        if self.worst is None or _excess(report) > _excess(self.worst.report):
            self.worst = Found(report, tuple(args))
        if not report.passed:
            self.failing, self._refuting = tuple(args), report
            raise GradientMismatch(report)
        return report

    def note(self, error: BaseException) -> None:
        """Append the program that replays the last failure to an error that came out of the search.

        What Hypothesis notes of the same input goes: the program holds it in exact literals. How to reproduce what was
        drawn beside it stays.
        """
        for part in (error, *getattr(error, "exceptions", ())):
            if isinstance(part, GradientMismatch):
                notes = getattr(part, "__notes__", [])
                notes[:] = [note for note in notes if not _SAID_BY_THE_REPLAY.match(note)]
                part.add_note(
                    f"Replay it without Hypothesis:\n\n{replay(self._f, self._grad, self.failing, self._options)}\n"
                )

    def require_conclusive(self) -> None:
        """Refuse a search that saw too little.

        Raises
        ------
        AssertionError
            Where the share of conclusive inputs is too small, with what kept the others from being seen.
        """
        __tracebackhide__ = True
        if not self.saw_enough:
            raise AssertionError(self.complaint)

    @property
    def saw_enough(self) -> bool:
        """Whether enough inputs were conclusive, those of examples among them; none at all is never enough."""
        return self.seen > 0 and self.seen >= self._conclusive * (self.seen + self.unseen)

    @property
    def complaint(self) -> str:
        """What to say of a search that saw too little."""
        if self._unseen is None:
            return "a search must examine at least one input; got none. Let Hypothesis generate some (its phases)."
        return (
            f"at least {self._conclusive:.0%} of the drawn inputs must be conclusive; got {self.seen} of "
            f"{self.seen + self.unseen}. The last one that was not: {self._unseen.report.reason} "
            "Draw args from where f can be seen, or pass a smaller conclusive."
        )

    def watch(self) -> Watch:
        """Return the watch of this search as one check."""
        return watch(self._f, self._grad, self._name)

    @property
    def outcome(self) -> GradientReport | None:
        """The report that tells most of the gradient, whatever the body of a test says; None where there is none."""
        if self._refuting is not None:
            return self._refuting
        if self._broken:
            return None
        found = self.worst if self.saw_enough else self.unresolved
        return None if found is None else found.report

    @property
    def unresolved(self) -> Found | None:
        """The outcome of a search that saw too little."""
        if self._unseen is None:
            return None
        report, args = self._unseen
        return Found(dataclasses.replace(report, verdict="inconclusive", reason=self.complaint), tuple(args))


def search(
    f: Callable[..., Any],
    grad: Callable[..., Any] | None,
    args: Any,
    *,
    conclusive: float = CONCLUSIVE,
    examples: int | None = None,
    shrink: bool = True,
    **options: Any,
) -> Found:
    """Search outside of a test, with the settings of the current Hypothesis profile.

    Parameters
    ----------
    f, grad, args, conclusive, **options
        As for `gradient_test`; a `seed` repeats what is drawn, too.
    examples : int, optional
        How many inputs to draw; what the profile says by default.
    shrink : bool
        Whether a failure is worth a search for the smallest one.

    Returns
    -------
    Found
        The smallest input on which the gradient is wrong; where there is none, the one that comes nearest. Where too
        few inputs were conclusive, the report is "inconclusive".
    """
    if options.get("seed") is None and defaults().seed is not None:
        options["seed"] = defaults().seed
    looking = Search(f, grad, options, conclusive)

    def look(args: tuple[Any, ...]) -> None:
        looking.look(args)

    test = hypothesis.given(args=drawn(args))(look)
    if options.get("seed") is not None:
        # Without it the directions would repeat and the drawn inputs would not.
        test = hypothesis.seed(options["seed"])(test)
    phases = [hypothesis.Phase.generate, hypothesis.Phase.target]
    run = hypothesis.settings(
        max_examples=examples or defaults().examples or hypothesis.settings().max_examples,
        deadline=None,
        print_blob=False,
        database=None,  # all searches share the function `look`, by whose name failures would be kept
        phases=[*phases, hypothesis.Phase.shrink] if shrink else phases,
        suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.nested_given],
    )(test)
    try:
        run()
    except GradientMismatch as mismatch:
        return Found(mismatch.report, looking.failing)
    except hypothesis.errors.Flaky:
        raise
    except ExceptionGroup as several:
        # Wrong on one input and an error on another: wrong is what was found out.
        wrong = [part.report for part in several.exceptions if isinstance(part, GradientMismatch)]
        if not wrong:
            raise
        return Found(wrong[0], looking.failing)
    except (hypothesis.errors.Unsatisfiable, hypothesis.errors.FailedHealthCheck):
        if looking.saw_enough or not looking.unseen:
            raise
    found = looking.worst if looking.saw_enough else looking.unresolved
    assert found is not None  # noqa: S101  a search that ends without an error has drawn something
    return found


def _common_seed() -> int:
    seed = defaults().seed
    if seed is not None:
        return seed
    return 0 if hypothesis.settings().derandomize else secrets.randbits(32)


def _says_something(report: GradientReport) -> bool:
    """Tell whether a report refutes or confirms: at a jump no value is right, as where nothing can be seen."""
    return report.verdict in {"pass", "fail"} or report.passed


def _climb(report: GradientReport) -> None:
    """Let Hypothesis climb towards large errors in units of their bound, which reach over many magnitudes."""
    excess = min(_excess(report), _LARGEST)
    hypothesis.target(excess, label="error / bound")
    if excess > 0:
        hypothesis.target(math.log10(excess), label="log10(error / bound)")


def _excess(report: GradientReport) -> float:
    return report.worst.excess if report.worst else 0.0
