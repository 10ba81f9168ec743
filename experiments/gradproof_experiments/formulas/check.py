"""One finished check, as its properties tell it."""

import json
import math
from dataclasses import dataclass
from typing import Any

__all__ = ["Check", "Counterexample"]


@dataclass(frozen=True)
class Counterexample:
    """An input on which a printed formula gives another value than the derived one.

    Parameters
    ----------
    row : str
        Ledger ID.
    printed : str
        Which printed form: the name of its function in ``gradproof_reference.as_printed``, or its text.
    input, printed_value, derived_value : str
    """

    row: str
    printed: str
    input: str
    printed_value: str
    derived_value: str

    @classmethod
    def from_json(cls, text: str) -> "Counterexample":
        """Read what a check left: a JSON object with these five keys; values of any kind become short text."""
        content = json.loads(text)
        return cls(**{key: _text(content.get(key, "")) for key in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Check:
    """One finished check.

    Parameters
    ----------
    nodeid : str
    outcome : str
        "passed", "failed" or "skipped".
    failure : str
        What went wrong, a few lines; empty where nothing did.
    formulas : tuple of str
        Ledger IDs of the rows it holds.
    examples : int
        Inputs tried, or values compared where the check draws none.
    worst_error, worst_bound : float
        The error that came nearest to its bound, and that bound; NaN where nothing was measured.
    counterexamples : tuple of Counterexample
    seconds : float
        Wall time of the check with its fixtures.
    """

    nodeid: str
    outcome: str
    failure: str = ""
    formulas: tuple[str, ...] = ()
    examples: int = 1
    worst_error: float = math.nan
    worst_bound: float = math.nan
    counterexamples: tuple[Counterexample, ...] = ()
    seconds: float = math.nan

    @property
    def ratio(self) -> float:
        """Worst error as a part of its bound; 0 for what is exactly equal, NaN where nothing was measured."""
        if self.worst_bound > 0:
            return self.worst_error / self.worst_bound
        if math.isnan(self.worst_error) or math.isnan(self.worst_bound):
            return math.nan
        return 0.0 if self.worst_error == 0 else math.inf

    @classmethod
    def from_event(cls, event: dict[str, Any]) -> "Check":
        """Read one line of the stream.

        Examples
        --------
        >>> line = {"nodeid": "a", "outcome": "passed", "properties": [["formula", "F01"], ["examples", 7]]}
        >>> Check.from_event(line).formulas
        ('F01',)
        """
        found: dict[str, list[Any]] = {}
        for name, value in event["properties"]:
            found.setdefault(name, []).append(value)
        return cls(
            nodeid=event["nodeid"],
            outcome=event["outcome"],
            failure=event.get("failure", ""),
            formulas=tuple(dict.fromkeys(found.get("formula", []))),
            examples=sum(int(value) for value in found.get("examples", [1])),
            worst_error=float(found.get("worst_error", ["nan"])[-1]),
            worst_bound=float(found.get("worst_bound", ["nan"])[-1]),
            counterexamples=tuple(Counterexample.from_json(text) for text in found.get("counterexample", [])),
            seconds=float(event.get("seconds", math.nan)),
        )


def _text(value: Any) -> str:
    """Short text of a JSON value; floats to 6 digits, as no more of them reproduces."""
    return value if isinstance(value, str) else json.dumps(_shortened(value), ensure_ascii=False)


def _shortened(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, list):
        return [_shortened(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _shortened(entry) for key, entry in value.items()}
    return value
