"""What became of the planted errors: which were caught, which survived, which were none."""

from __future__ import annotations

import html
import math
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Outcome = Literal["caught", "survived", "equivalent", "faint"]

_MEANINGS = {
    "caught": "",
    "survived": "",
    "equivalent": "the gradient is the same at every point used; not counted",
    "faint": "smaller than what must be seen; not counted",
}


@dataclass(frozen=True)
class PlantedError:
    """One planted error.

    Attributes
    ----------
    operation, error : str
        The gradient, and what was done to it.
    size : float
        The largest relative error that it made anywhere, in units of the gradient's scale.
    outcome : {"caught", "survived", "equivalent", "faint"}
        "equivalent": the gradient was right, within rounding, at every point at which it was called. "faint": its size
        is below what must be seen.
    how : str
        What the check said.
    """

    operation: str
    error: str
    size: float
    outcome: Outcome
    how: str


@dataclass(frozen=True)
class MutationReport:
    """The outcome of planting errors in one gradient or more.

    Attributes
    ----------
    checked_by : str
        What had to catch the errors.
    errors : tuple of PlantedError
        All that were planted.
    """

    checked_by: str
    errors: tuple[PlantedError, ...]

    def of(self, outcome: Outcome) -> tuple[PlantedError, ...]:
        """Return the errors with one outcome."""
        return tuple(error for error in self.errors if error.outcome == outcome)

    @property
    def survivors(self) -> tuple[PlantedError, ...]:
        """Errors that went unnoticed: the check lacks a point or an assertion that would show them."""
        return self.of("survived")

    @property
    def counted(self) -> int:
        """How many errors there were to catch."""
        return len(self.of("caught")) + len(self.survivors)

    @property
    def score(self) -> float:
        """The share of the errors that were caught, of those that can be; NaN where there were none."""
        return len(self.of("caught")) / self.counted if self.counted else float("nan")

    @property
    def passed(self) -> bool:
        """Whether there were errors to catch, and every one was."""
        return self.counted > 0 and not self.survivors

    def __str__(self) -> str:
        operations = list(dict.fromkeys(error.operation for error in self.errors))
        width = max((len(name) for name in operations), default=0)
        lines = [f"{len(self.errors)} planted errors, checked by {self.checked_by}"]
        lines.append(f"  {'':{width}}  caught  survived  equivalent  faint")
        for name in operations:
            own = MutationReport(self.checked_by, tuple(e for e in self.errors if e.operation == name))
            counts = [len(own.of(outcome)) for outcome in ("caught", "survived", "equivalent", "faint")]
            columns = "  ".join(f"{count:{size}}" for count, size in zip(counts, (6, 8, 10, 5), strict=True))
            lines.append(f"  {name:{width}}  {columns}")
        lines += [
            f"  survived: {error.error} of {error.operation}, {error.how or f'relative size {error.size:.2g}'}"
            for error in self.survivors
        ]
        for outcome in ("equivalent", "faint"):
            lines += [f"  {outcome}: {_MEANINGS[outcome]}"] if self.of(outcome) else []
        lines.append(f"score {len(self.of('caught'))}/{self.counted} = {100 * self.score:.1f} %")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain Python values, ready for JSON."""
        return {
            "checked_by": self.checked_by,
            "score": self.score if self.counted else None,
            "counted": self.counted,
            # JSON has no infinity and no NaN.
            "errors": [
                asdict(error) | {"size": error.size if math.isfinite(error.size) else None}
                for error in self.errors
            ],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per planted error as a pandas DataFrame; needs pandas (`pip install gradproof[experiments]`)."""
        import pandas as pd

        columns = [field.name for field in fields(PlantedError)]
        return pd.DataFrame([asdict(error) for error in self.errors], columns=columns)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"
