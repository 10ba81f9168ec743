"""A verdict that needs no derivative, on its way from wherever it was found to the report."""

from __future__ import annotations

from gradproof._report import Verdict


class Finding(Exception):  # noqa: N818  a verdict on its way to the report, not an error
    """A verdict that needs no derivative."""

    def __init__(self, verdict: Verdict, reason: str, grad_calls: int = 0) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason
        self.grad_calls = grad_calls
