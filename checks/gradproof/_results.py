"""What became of each gradient in a run of many: plain values, which cross processes and every format can be made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:  # which formats there are is asked for by --help, and must not wait for NumPy
    from gradproof._report import Entry, GradientReport, Verdict

Outcome = Literal["right", "wrong", "unchecked", "expected"]
"""A gradient passed, was refuted, or nothing could be said of it: no verdict, no derivative, or an error on the way.

"expected": it did not pass, in a test that expects just that.
"""


CANNOT_LOAD = "the module cannot be imported"
"""How the reason begins where a module, and with it all that it declares, is unchecked."""


@dataclass(frozen=True)
class Place:
    """Where a gradient function is written: a path, relative to the current folder where inside of it, and a line from 1."""

    path: str
    line: int


@dataclass(frozen=True)
class Result:
    """What became of one gradient.

    Attributes
    ----------
    name : str
        As declared.
    where : str
        The module that declares it, as it was asked for; under pytest the node id of the test.
    outcome : {"right", "wrong", "unchecked", "expected"}
    message : str
        What to read where the outcome is not "right": the report with its notes, or the error; empty otherwise.
    place : Place or None
        Of the gradient function, or of f where a framework differentiates it.
    verdict : str or None
        Of the report; None where there is none because an error was raised.
    reason, diagnosis, resolution, method, mode, seed
        Of the report.
    worst : mapping or None
        `Entry` as a dict, with its `name` and `excess`: the error in units of its bound, the *margin* of every table.
    evaluations : mapping
        {"f": calls, "grad": calls}.
    seconds : float
        Wall-clock time of the examination.
    evidence : str or None
        Path of the evidence file, where one was kept.
    """

    name: str
    where: str
    outcome: Outcome
    message: str = ""
    place: Place | None = None
    verdict: Verdict | None = None
    reason: str = ""
    diagnosis: str | None = None
    worst: Mapping[str, Any] | None = None
    resolution: float | None = None
    evaluations: Mapping[str, int] = field(default_factory=dict)
    method: str | None = None
    mode: str | None = None
    seed: int | None = None
    seconds: float = 0.0
    evidence: str | None = None

    @classmethod
    def of_report(
        cls,
        report: GradientReport,
        *,
        name: str,
        where: str,
        place: Place | None = None,
        notes: Sequence[str] = (),
        seconds: float = 0.0,
        evidence: str | None = None,
    ) -> Result:
        """Return the result of an examination that came to an end."""
        return cls(
            name=name,
            where=where,
            outcome=outcome_of(report),
            message="" if report.passed else "\n".join([str(report), *notes]),
            place=place,
            verdict=report.verdict,
            reason=report.reason,
            diagnosis=report.diagnosis,
            worst=_plain(report.worst),
            resolution=float(report.resolution),
            evaluations=report.evaluations._asdict(),
            method=report.method,
            mode=report.mode,
            seed=report.seed,
            seconds=seconds,
            evidence=evidence,
        )

    @property
    def trouble(self) -> bool:
        """Whether somebody has to look at this gradient."""
        return self.outcome in {"wrong", "unchecked"}

    @property
    def is_module(self) -> bool:
        """Whether it stands for a module that cannot be imported, so that nobody knows which gradients it has."""
        return self.name == self.where and self.reason.startswith(CANNOT_LOAD)

    @property
    def margin(self) -> float | None:
        """The worst error in units of its bound; None where no derivative was compared."""
        return None if self.worst is None else float(self.worst["excess"])

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; infinities stay floats, so that who writes them decides how."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Result:
        """Return the result that `to_dict` made values of."""
        place = values["place"]
        return cls(**{**values, "place": None if place is None else Place(**place)})


def outcome_of(report: GradientReport) -> Outcome:
    """Say whether a gradient passed, was refuted, or could not be judged: at a jump of f no value is right or wrong."""
    if report.passed:
        return "right"
    return "wrong" if report.verdict == "fail" else "unchecked"


def _plain(entry: Entry | None) -> dict[str, Any] | None:
    return None if entry is None else {**asdict(entry), "name": entry.name, "excess": entry.excess}


@dataclass(frozen=True)
class Run:
    """All results of one run, in the order of the declarations."""

    results: tuple[Result, ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many gradients came to each outcome."""
        seen = Counter(result.outcome for result in self.results)
        return {outcome: seen[outcome] for outcome in get_args(Outcome)}

    @property
    def status(self) -> int:
        """The exit status: 1 where one is wrong, else 2 where one could not be checked or there is none, else 0."""
        counts = self.counts
        if counts["wrong"]:
            return 1
        return 2 if counts["unchecked"] or not self.results else 0
