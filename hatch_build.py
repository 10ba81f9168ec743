"""What hatchling does beside packing: it writes the long description that a package index shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

# [text](target) where the target is neither an address nor an anchor of the page itself.
_RELATIVE_LINK = re.compile(r"\[([^\]]+)\]\((?![a-z][a-z0-9+.-]*:|#)[^)\s]*\)")


def description(readme: str) -> str:
    """Return README without its links into the repository: an index has no files that they could lead to."""
    return _RELATIVE_LINK.sub(r"\1", readme)


class LongDescription(MetadataHookInterface):
    """Fills the field `readme`. A hook of our own, since the plugin for this would be one more build dependency."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the long description."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": description(text)}
