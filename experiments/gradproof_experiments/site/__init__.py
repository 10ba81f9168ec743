"""The report as one page for a browser: no request beyond itself, no script needed to read it."""

from .render import render_page

__all__ = ["render_page"]
