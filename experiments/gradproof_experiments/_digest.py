"""Digests of what makes a report, from its files and the installed versions: nothing heavy loads for them."""

import hashlib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

__all__ = ["PACKAGES", "lock_sha256", "sha256", "tree_sha256", "versions"]

PACKAGES = (
    "hypothesis",
    "jinja2",
    "matplotlib",
    "mpmath",
    "numpy",
    "pandas",
    "pillow",
    "pyarrow",
    "pytest",
    "scikit-learn",
    "scipy",
)
"""The packages whose version can change a digit, a pixel or a byte of a report."""


def sha256(content: bytes) -> str:
    """SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def tree_sha256(path: Path, suffixes: tuple[str, ...] = (".py",)) -> str:
    """SHA-256 of a source file, or of the files below a folder with their names; line ends do not count."""
    found = [file for suffix in suffixes for file in path.rglob(f"*{suffix}")]
    files = [path] if path.is_file() else sorted(found, key=lambda file: file.as_posix())
    digests = [(file.relative_to(path), sha256(file.read_bytes().replace(b"\r\n", b"\n"))) for file in files]
    return sha256("".join(f"{name.as_posix()} {digest}\n" for name, digest in digests).encode())


def lock_sha256(root: Path) -> str | None:
    """SHA-256 of the locked versions, requirements/lock.txt; line ends do not count. None where there is no lock."""
    lock = root / "requirements" / "lock.txt"
    return sha256(lock.read_bytes().replace(b"\r\n", b"\n")) if lock.is_file() else None


def versions(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Installed versions of the packages that matter."""
    return {name: metadata.version(name) for name in packages}
