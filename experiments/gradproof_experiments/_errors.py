"""The one error that ends a command with exit status 2."""

__all__ = ["CannotRunError"]


class CannotRunError(Exception):
    """The command cannot run as it was called."""
