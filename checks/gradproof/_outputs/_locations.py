"""Where a result stands, in the words of SARIF."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from gradproof._outputs._words import one_line, visible
from gradproof._results import Result

ROOT = "%SRCROOT%"
"""What relative paths start from: the folder in which gradproof was run."""


def locations(result: Result) -> dict[str, Any]:
    """Return where the gradient is written.

    Where that is unknown, or in a package outside of the folder, it is the first line of the module that declares the
    gradient: a result must be somewhere, and an alert is of use only in the repository.
    """
    declared = _module_path(result.where)
    place = result.place
    foreign = (
        place is not None and PurePath(place.path).is_absolute() and not PurePath(declared).is_absolute()
    )
    path, line = (declared, 1) if place is None or foreign else (place.path, place.line)
    logical = [{"fullyQualifiedName": f"{one_line(result.where)}:{one_line(result.name)}"}]
    found: dict[str, Any] = {
        "locations": [{"physicalLocation": _physical(path, line), "logicalLocations": logical}]
    }
    if place is not None and foreign:
        written = {"id": 0, "physicalLocation": _physical(place.path, place.line)}
        found["relatedLocations"] = [{**written, "message": {"text": "The gradient is written here."}}]
    return found


def _physical(path: str, line: int) -> dict[str, Any]:
    return {"artifactLocation": _artifact(path), "region": {"startLine": max(1, line)}}


def _module_path(where: str) -> str:
    """Return the file that a target or a node id names; code scanning refuses results that are nowhere."""
    path = re.split(r"(?<=\.py):", where, maxsplit=1)[0]
    return path if path.endswith(".py") else f"{path.partition(':')[0].replace('.', '/')}.py"


def _artifact(path: str) -> dict[str, str]:
    """Return a URI: relative to the root where the path is, else a file URI; percent-encoded either way."""
    posix = visible(PurePath(path).as_posix())
    if PurePath(path).is_absolute():
        return {"uri": "file:///" + quote(posix.lstrip("/"), safe="/:")}
    return {"uri": quote(posix, safe="/"), "uriBaseId": ROOT}
