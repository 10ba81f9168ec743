"""What a stored number hangs on beside its configuration: the code that computed it, and the versions that matter."""

import importlib.util
import json
import platform
from collections.abc import Sequence
from pathlib import Path

from gradproof_experiments.manifest import sha256, tree_sha256, versions

__all__ = ["fingerprint"]

PACKAGES = ("numpy", "scipy", "scikit-learn")
"""Packages whose version can change a digit of a run."""

_PACKAGE = __name__.partition(".")[0]
_ALWAYS = (
    "gradproof_reference",
    *(f"{_PACKAGE}.{name}" for name in ("_rounding", "data", "digits", "experiment", "networks")),
)


def fingerprint(modules: Sequence[str]) -> str:
    """Return the digest of the sources of some modules, of the reference, and of the versions of what they stand on.

    Examples
    --------
    >>> fingerprint(()) == fingerprint(()), len(fingerprint(()))
    (True, 64)
    """
    sources = {name: tree_sha256(_source(name)) for name in sorted({*modules, *_ALWAYS})}
    python = ".".join(platform.python_version_tuple()[:2])
    content = {"sources": sources, "versions": versions(PACKAGES), "python": python}
    return sha256(json.dumps(content, sort_keys=True).encode())


def _source(module: str) -> Path:
    """Return the file of a module, or the folder of a package."""
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(
            f"an experiment must name its modules; got {module!r}, which is none. Mend its `modules`."
        )
    path = Path(found.origin)
    return path.parent if path.name == "__init__.py" else path
