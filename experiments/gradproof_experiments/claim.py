"""A claim of the lecture with what was measured: the report's sentences and exit status are made from these."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Claim", "Verdict", "Within"]

Verdict: TypeAlias = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True)
class Within:
    """The values for which a statement is true: low ≤ value ≤ high.

    Examples
    --------
    >>> str(Within(0.99, 1.01)), str(Within(low=0.0)), str(Within(3, 3))
    ('0.99 to 1.01', 'at least 0', '3')
    """

    low: float = -math.inf
    high: float = math.inf

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:.4g}"
        if self.low == -math.inf:
            return f"at most {self.high:.4g}"
        if self.high == math.inf:
            return f"at least {self.low:.4g}"
        return f"{self.low:.4g} to {self.high:.4g}"


@dataclass(frozen=True)
class Claim:
    """One statement, the number that decides it with its interval, and what the number must be.

    Parameters
    ----------
    statement : str
        What ought to be so, in one sentence that a reader of the lecture understands.
    quantity : str
        What the measured number is, with its unit: "test RMS of degree 9 less that of degree 3".
    measured : float
    interval : tuple of two floats
        BCa bootstrap interval at 95 % over paired seeds (`uncertainty.bca`); twice the number itself where nothing
        is random.
    expected : Within
        Where the number must lie for the statement to hold.
    evidence : str, optional
        More numbers, in words.

    Examples
    --------
    >>> claim = Claim("Zero loss is no good fit.", "test RMS over noise", 3.1, (2.4, 4.0), Within(low=1.0))
    >>> claim.verdict
    'holds'
    >>> str(claim)
    'holds: Zero loss is no good fit. (test RMS over noise: 3.1 [2.4, 4], expected at least 1)'
    """

    statement: str
    quantity: str
    measured: float
    interval: tuple[float, float]
    expected: Within
    evidence: str = ""

    def __post_init__(self) -> None:
        """Check that the interval is one."""
        low, high = self.interval
        if not low <= high:
            raise ValueError(
                f"an interval must be (low, high) with low <= high; got interval={self.interval}."
            )

    @classmethod
    def exact(
        cls, statement: str, quantity: str, measured: float, expected: Within, evidence: str = ""
    ) -> "Claim":
        """Make a claim that nothing random decides."""
        return cls(
            statement, quantity, float(measured), (float(measured), float(measured)), expected, evidence
        )

    @property
    def verdict(self) -> Verdict:
        """Whether the statement holds: the whole interval is as expected; fails: none of it is; else undecided."""
        low, high = self.interval
        if self.expected.low <= low and high <= self.expected.high:
            return "holds"
        return "fails" if high < self.expected.low or low > self.expected.high else "undecided"

    @property
    def value(self) -> str:
        """The number with its interval, as text."""
        low, high = self.interval
        number = f"{self.measured:.4g}"
        return number if low == high == self.measured else f"{number} [{low:.4g}, {high:.4g}]"

    def __str__(self) -> str:
        more = f"; {self.evidence}" if self.evidence else ""
        return f"{self.verdict}: {self.statement} ({self.quantity}: {self.value}, expected {self.expected}{more})"
