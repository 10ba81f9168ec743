"""A claim of the lecture with what was measured: the report's sentences and exit status are made from these."""

from dataclasses import dataclass

__all__ = ["Claim"]


@dataclass(frozen=True)
class Claim:
    """One statement, what was measured, and whether it holds.

    Parameters
    ----------
    statement : str
        What ought to be so, in one sentence.
    measured : str
        The evidence, with numbers that reproduce.
    holds : bool

    Examples
    --------
    >>> str(Claim("The loss is zero.", "train RMS 0", holds=True))
    'holds: The loss is zero. (train RMS 0)'
    """

    statement: str
    measured: str
    holds: bool

    def __str__(self) -> str:
        return f"{'holds' if self.holds else 'FAILS'}: {self.statement} ({self.measured})"
