"""What scrolls sideways can be reached with the keyboard: code, tables and formulas that are wider than the page."""

import re
from typing import Any

from sphinx.application import Sphinx

_SCROLLS = re.compile(r'<(pre|div class="(?:table-wrapper[^"]*|math)")>')


def setup(app: Sphinx) -> dict[str, Any]:
    """Look at each page before it is written."""
    app.connect("html-page-context", _reachable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _reachable(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    if "body" in context:
        context["body"] = _SCROLLS.sub(r'<\1 tabindex="0">', context["body"])
