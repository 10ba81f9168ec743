"""Speed over commits: an item of the report from the committed results of the asv suite, which measures nothing itself."""

from .page import item

__all__ = ["item"]
