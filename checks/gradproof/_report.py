"""What an examination found, and the error that a wrong gradient raises."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from gradproof._message import render
from gradproof._nesting import Vector

if TYPE_CHECKING:
    import pandas as pd

    from gradproof._structure import Arguments

Verdict = Literal["pass", "fail", "nondifferentiable", "inconclusive"]
Status = Literal["pass", "fail", "kink", "outside kink", "jump", "unresolved"]
STATUSES: tuple[Status, ...] = get_args(Status)
# From harmless to worst, as the entries of a report are ranked.
_RANK = {"pass": 0, "kink": 0, "unresolved": 1, "jump": 2, "fail": 3, "outside kink": 3}


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


class Comparison(NamedTuple):
    """Entries of the gradient beside their numerical derivatives, column by column, all of shape (m,).

    Columns are `positions` in the vector of all entries, `analytic`, `numeric`, `error` and `bound` as in `Entry`,
    and `status` as an index into STATUSES.
    """

    positions: NDArray[np.intp]
    analytic: Vector
    numeric: Vector
    error: Vector
    bound: Vector
    status: NDArray[np.int8]

    @property
    def excess(self) -> Vector:
        """The errors in bounds."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            excess: Vector = np.where(
                self.bound > 0, self.error / self.bound, np.where(self.error == 0, 0.0, np.inf)
            )
        return excess

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """True where an entry is not right, or was not seen to be."""
        return np.isin(self.status, [i for i, status in enumerate(STATUSES) if _RANK[status]])

    def ranked(self) -> NDArray[np.intp]:
        """Return the order of the entries from worst to best, the first of equals first."""
        rank = np.array([_RANK[status] for status in STATUSES])[self.status]
        return np.lexsort((-np.nan_to_num(self.excess, nan=np.inf), -rank))


NOTHING_COMPARED = Comparison(
    np.empty(0, np.intp), np.empty(0), np.empty(0), np.empty(0), np.empty(0), np.empty(0, np.int8)
)


class GradientMismatch(AssertionError):  # noqa: N818  the name is part of the public API and says what it found
    """A gradient that is wrong, or could not be seen to be right. `report` holds the examination."""

    def __init__(self, report: GradientReport) -> None:
        super().__init__(str(report))
        self.report = report


# As its users know it: every failure begins with this.
GradientMismatch.__module__ = "gradproof"


@dataclass(frozen=True, eq=False)
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
        The entry with the largest error in units of its bound, or the direction where no entry was looked at by
        itself; None where no derivative was compared.
    resolution : float
        The smallest relative error that this examination could have seen in every entry; inf where it saw none.
    evaluations : Evaluations
    method : {"complex step", "differences", "none"}
        Where the numerical derivative came from.
    seed : int
        Entropy of the random directions; pass it as `seed=` to repeat the examination.
    diagnosis : str or None
        The cause of a failure, with its evidence, where it is unambiguous.
    mode : {"entries", "directions"}
        Whether every entry was compared by itself, or all of them at once along random directions.
    along : tuple of Entry
        In mode "directions" each direction as if it were an entry: ⟨gradient, direction⟩ beside the derivative along
        it. Leaves that need directions of their own come after those that are compared together.
    framework : bool
        Whether f took arrays of torch, JAX or autograd; `entries` speak of their NumPy counterparts.
    entries : tuple of Entry
        Every entry that was compared by itself: all in mode "entries", those that are wrong in mode "directions".
    """

    function: str
    verdict: Verdict
    reason: str
    resolution: float
    evaluations: Evaluations
    method: Literal["complex step", "differences", "none"]
    seed: int
    diagnosis: str | None = None
    mode: Literal["entries", "directions"] = "entries"
    along: tuple[Entry, ...] = ()
    compared: Comparison = field(default=NOTHING_COMPARED, repr=False)
    arguments: Arguments | None = field(default=None, repr=False)
    framework: bool = False

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry that was compared by itself."""
        return tuple(self._entry(i) for i in range(len(self.compared.positions)))

    def _entry(self, i: int) -> Entry:
        assert self.arguments is not None  # noqa: S101  what was compared has a place
        seen = self.compared
        path, index = self.arguments.locate(int(seen.positions[i]))
        analytic, numeric = float(seen.analytic[i]), float(seen.numeric[i])
        status = STATUSES[seen.status[i]]
        return Entry(path, index, analytic, numeric, float(seen.error[i]), float(seen.bound[i]), status)

    def __bool__(self) -> bool:
        """Return `passed`: ``assert examine_gradient(...)`` holds for a right gradient only."""
        return self.passed

    @property
    def passed(self) -> bool:
        """True for "pass", and for "nondifferentiable" where the gradient is a valid subgradient."""
        if self.verdict == "nondifferentiable":
            return not (self.compared.wrong.any() or any(_RANK[entry.status] for entry in self.along))
        return self.verdict == "pass"

    @property
    def worst(self) -> Entry | None:
        """The entry with the largest error in units of its bound; a direction where no entry was looked at."""
        if len(self.compared.positions):
            return self._entry(int(self.compared.ranked()[0]))
        return max(self.along, key=lambda entry: (_RANK[entry.status], entry.excess), default=None)

    def __str__(self) -> str:
        return render(self)

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
            "mode": self.mode,
            "along": [asdict(entry) for entry in self.along],
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
        import html  # noqa: PLC0415  only notebooks ask for it

        return f"<pre>{html.escape(str(self))}</pre>"
