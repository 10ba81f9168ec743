"""What the commands say: lines that a log keeps whole, and how many claims hold."""

from collections.abc import Sequence

from rich.console import Console

from .claim import Claim

__all__ = ["console_for_all", "say", "verdict_line"]

_PLAIN_WIDTH = 150  # a log has no width of its own; 80 columns would fold every formula


def console_for_all() -> Console:
    """A console whose lines are as long as they need to be where there is no terminal."""
    console = Console()
    return console if console.is_terminal else Console(width=_PLAIN_WIDTH)


def verdict_line(claims: Sequence[Claim]) -> str:
    """How many claims hold, and which of them do not.

    Examples
    --------
    >>> from gradproof_experiments.claim import Within
    >>> verdict_line(
    ...     [
    ...         Claim.exact("It is so.", "number", 1, Within(low=2)),
    ...         Claim.exact("So is this.", "number", 3, Within()),
    ...     ]
    ... )
    '1 of 2 claims hold; fails: It is so.'
    """
    parts = [f"{sum(claim.verdict == 'holds' for claim in claims)} of {len(claims)} claims hold"]
    for verdict in ("fails", "undecided"):
        found = [claim.statement for claim in claims if claim.verdict == verdict]
        if found:
            parts.append(f"{verdict}: {' '.join(found)}")
    return "; ".join(parts)


def say(console: Console, text: str) -> None:
    """Print a text as it is; a long line stays one line, so that it can be copied and searched."""
    console.print(text, highlight=False, markup=False, soft_wrap=True)
