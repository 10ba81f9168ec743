"""What an examination found, and the error that a wrong gradient raises."""

from __future__ import annotations

import html
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["pass", "fail", "nondifferentiable", "inconclusive"]
Status = Literal["pass", "fail", "kink", "outside kink", "jump", "unresolved"]
_SHOWN = 5


class Evaluations(NamedTuple):
    """Calls of f (complex ones included), and of grad."""

    f: int
    grad: int


@dataclass(frozen=True)
class Entry:
    """One entry of the gradient beside its numerical derivative.

    `bound` bounds the error of `numeric` plus the rounding of `analytic`; `error` is |analytic - numeric|. At a kink
    `numeric` is the middle of the interval of one-sided derivatives, and `error` the distance to that interval.
    """

    path: str
    index: tuple[int, ...]
    analytic: float
    numeric: float
    error: float
    bound: float
    status: Status

    @property
    def name(self) -> str:
        """The entry as one would write it: weight[2, 0]."""
        return f"{self.path}[{', '.join(map(str, self.index))}]" if self.index else self.path

    @property
    def excess(self) -> float:
        """The error in bounds; above 1 the gradient is wrong here."""
        if self.bound > 0:
            return self.error / self.bound
        return 0.0 if self.error == 0 else float("inf")


class GradientMismatch(AssertionError):  # noqa: N818  the name is part of the public API and says what it found
    """A gradient that is wrong, or could not be seen to be right. `report` holds the examination."""

    def __init__(self, report: GradientReport) -> None:
        super().__init__(str(report))
        self.report = report


@dataclass(frozen=True)
class GradientReport:
    """The outcome of one examination.

    Attributes
    ----------
    verdict : {"pass", "fail", "nondifferentiable", "inconclusive"}
        "pass": every entry agrees within a bound small enough to mean something. "fail": at least one entry is
        wrong. "nondifferentiable": f has a kink or a jump at the point. "inconclusive": what could not be seen is in
        `reason`.
    reason : str
        Why the verdict is what it is, and what would help; empty for "pass".
    worst : Entry or None
        The entry with the largest error in units of its bound; None where no derivative was compared.
    resolution : float
        The smallest relative error that this examination could have seen in every entry; inf where it saw none.
    evaluations : Evaluations
    method : {"complex step", "differences", "none"}
        Where the numerical derivative came from.
    seed : int
        Entropy of the random directions; pass it as `seed=` to repeat the examination.
    diagnosis : str or None
        The cause of a failure, with its evidence, where it is unambiguous.
    entries : tuple of Entry
        Every entry that was compared.
    """

    function: str
    verdict: Verdict
    reason: str
    resolution: float
    evaluations: Evaluations
    method: Literal["complex step", "differences", "none"]
    seed: int
    diagnosis: str | None = None
    entries: tuple[Entry, ...] = ()

    @property
    def passed(self) -> bool:
        """True for "pass", and for "nondifferentiable" where the gradient is a valid subgradient."""
        if self.verdict == "nondifferentiable":
            return all(entry.status in {"pass", "kink"} for entry in self.entries)
        return self.verdict == "pass"

    @property
    def worst(self) -> Entry | None:
        """The entry with the largest error in units of its bound."""
        rank = {"fail": 3, "outside kink": 3, "jump": 2, "unresolved": 1}
        return max(self.entries, key=lambda e: (rank.get(e.status, 0), e.excess), default=None)

    def __str__(self) -> str:
        lines = [f"{self.verdict}: the gradient of {self.function} by {self.method}"]
        if self.reason:
            lines.append(f"  {self.reason}")
        wrong = [entry for entry in self.entries if entry.status not in {"pass", "kink"}]
        worst = self.worst
        if worst is not None:
            lines += [
                f"  worst entry {worst.name}:",
                f"    analytic {worst.analytic!r}",
                f"    numeric  {worst.numeric!r} +- {worst.bound:.2g}",
                f"    error    {worst.error:.3g}, {worst.excess:.3g} times the bound",
            ]
        if self.diagnosis:
            lines.append(f"  diagnosis: {self.diagnosis}")
        if wrong:
            names = ", ".join(entry.name for entry in wrong[:_SHOWN])
            more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
            lines.append(f"  {len(wrong)} of {len(self.entries)} entries not right: {names}{more}")
        lines.append(
            f"  resolution {self.resolution:.2g}, {self.evaluations.f} evaluations of f, "
            f"{self.evaluations.grad} of grad, seed={self.seed}"
        )
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain Python values, ready for JSON."""
        return {
            "function": self.function,
            "verdict": self.verdict,
            "passed": self.passed,
            "reason": self.reason,
            "diagnosis": self.diagnosis,
            "resolution": self.resolution,
            "evaluations": self.evaluations._asdict(),
            "method": self.method,
            "seed": self.seed,
            "worst": None if self.worst is None else asdict(self.worst),
            "entries": [asdict(entry) for entry in self.entries],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per entry as a pandas DataFrame; needs pandas (`pip install gradproof[experiments]`)."""
        import pandas as pd

        columns = [field.name for field in fields(Entry)]
        return pd.DataFrame([asdict(entry) for entry in self.entries], columns=columns)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"
