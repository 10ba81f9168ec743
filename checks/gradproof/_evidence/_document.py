"""What an evidence file says, and the file itself: strict JSON that is there whole, and refused where it is damaged."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

from gradproof._evidence._arrays import DamagedError, digest_of
from gradproof._evidence._schema import fault
from gradproof._files import write_whole
from gradproof._results import Outcome

FORMAT = "gradproof evidence"
SCHEMA = 1

Document = dict[str, Any]
_OUTCOMES: tuple[Outcome, ...] = ("right", "wrong", "unchecked")
_LONGEST = 100


def write(folder: Path, document: Document, outcome: Outcome) -> Path:
    """Write a document into a folder, in the place of what is there of the same gradient, and return its path."""
    stem = file_stem(document["module"], document["name"])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}.{outcome}.json"
    whole = {**document, "digest": content_digest(document)}
    text = json.dumps(whole, indent=1, ensure_ascii=True, allow_nan=False) + "\n"
    write_whole(path, text)
    _remove(folder / f"{stem}.{other}.json" for other in _OUTCOMES if other != outcome)
    return path


def remove(folder: Path, module: str, name: str | None) -> None:
    """Remove what is there of a gradient, or, without a name, of every gradient of a module."""
    if name is not None:
        stem = file_stem(module, name)
        _remove(folder / f"{stem}.{outcome}.json" for outcome in _OUTCOMES)
        return
    _remove(path for path in folder.glob("*.json") if _module_in(path) == module)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _module_in(path: Path) -> str | None:
    """Return the module that a file is evidence of; None where it is none."""
    try:
        return str(read(path)["module"])
    except DamagedError:
        return None


def file_stem(module: str, name: str) -> str:
    """Return a name that can be read, is a file's on every system, and no other gradient's.

    No dot: a name that begins with one is hidden, and `nul.` is a device. The digest tells apart what differs in case
    or in signs that are replaced.
    """
    readable = re.sub(r"[^A-Za-z0-9=-]+", "_", f"{module}-{name}").strip("_")[:_LONGEST]
    both = f"{module}\0{name}".encode("utf-8", "backslashreplace")
    return f"{readable}-{hashlib.sha256(both).hexdigest()[:8]}"


def read(path: Path) -> Document:
    """Return the document of a file.

    Raises
    ------
    DamagedError
        Where it is no evidence, of a schema that is not known, or not what was written.
    """
    try:
        document = json.loads(
            path.read_text(encoding="utf-8"), parse_constant=_no_constant, object_pairs_hook=_without_twins
        )
    except OSError as error:
        raise DamagedError(f"the file must be readable; got {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise DamagedError(
            f"the file must be strict JSON; got {error}. It is damaged: write it anew."
        ) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise DamagedError(f'the file must say "format": "{FORMAT}"; got none. It is no evidence.')
    if document.get("schema") != SCHEMA:
        raise DamagedError(
            f"the schema must be {SCHEMA}, which this gradproof knows; got {document.get('schema')!r}. "
            "Replay it with the gradproof that wrote it, or write it anew."
        )
    if document.get("digest") != _digest_found(document):
        raise DamagedError(
            "the content must have the digest that it names; got another. It was changed: write it anew."
        )
    wrong = fault(document, json.loads(schema()))
    if wrong:
        raise DamagedError(f"{wrong} It is damaged: write it anew.")
    return document


def schema() -> str:
    """Return the JSON Schema of evidence files."""
    return resources.files(__package__).joinpath("schema.json").read_text(encoding="utf-8")


def content_digest(document: Mapping[str, Any]) -> str:
    """Return the digest of all of a document but the digest: of its values, however they are laid out."""
    content = {key: value for key, value in document.items() if key != "digest"}
    return digest_of(
        json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
    )


def _digest_found(document: Mapping[str, Any]) -> str | None:
    """Return the digest of a document that was read; None where it has none, as with the infinity that 1e999 is."""
    try:
        return content_digest(document)
    except (ValueError, RecursionError):
        return None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"numbers must be finite; got {name}")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("keys must differ; got one twice")
    return found
