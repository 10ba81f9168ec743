"""The examination of evidence computed again, and what that says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from gradproof._differentiable import Differentiable, named
from gradproof._evidence._arrays import DamagedError, digest_of
from gradproof._evidence._compare import differences, wording
from gradproof._evidence._document import Document, read
from gradproof._evidence._find import declared
from gradproof._evidence._inputs import decode
from gradproof._evidence._leaves import UNKNOWN, arguments_digest
from gradproof._evidence._record import plain_report
from gradproof._evidence._source import source_of
from gradproof._examine import examine_gradient
from gradproof._machine import FRAMEWORKS, machine, versions
from gradproof._report import GradientReport

State = Literal["holds", "holds within bounds", "no longer holds", "could not be replayed"]


@dataclass(frozen=True)
class Replayed:
    """What an examination that was computed again says of the evidence.

    Attributes
    ----------
    path : str
        The evidence file.
    module, name : str
        The gradient; empty where the file does not tell.
    state : {"holds", "holds within bounds", "no longer holds", "could not be replayed"}
        "holds": the same bits of every number. "holds within bounds": the same verdict, and numbers that differ by no
        more than both of their bounds; a cause that hangs on them may then be named on one machine only.
    recorded, found : str
        The verdict then and now; empty where there is none.
    file : str
        Of the module, from where it was loaded; empty where it was not.
    differences : tuple of str
        What is no longer as recorded, or why it could not be replayed.
    notes : tuple of str
        Versions, machine and sources that are no longer the same.
    """

    path: str
    module: str
    name: str
    state: State
    recorded: str = ""
    found: str = ""
    file: str = ""
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the evidence still holds."""
        return self.state.startswith("holds")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**asdict(self), "holds": self.holds}


def replay(path: Path, module: str | None = None) -> Replayed:
    """Compute the examination of an evidence file again.

    Parameters
    ----------
    path : Path
    module : str, optional
        Where the gradient is declared now, if elsewhere than the file says.

    Notes
    -----
    The module that the file names is imported, and so run. Nothing else in the file is.
    """
    try:
        document = read(path)
    except DamagedError as error:
        return Replayed(str(path), "", "", "could not be replayed", differences=(str(error),))
    known: dict[str, Any] = {
        "path": str(path),
        "module": module or document["module"],
        "name": document["name"],
    }
    recorded = document["report"]
    try:
        operation, known["file"] = declared(known["module"], known["name"], path)
        args = _inputs(document, operation)
    except (DamagedError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        said = str(error) if isinstance(error, DamagedError) else f"the file must be whole; got {error!r}."
        return Replayed(
            **known, state="could not be replayed", recorded=recorded["verdict"], differences=(said,)
        )
    return _examined(document, operation, args, known)


def _inputs(document: Document, operation: Differentiable) -> tuple[Any, ...]:
    told = document["inputs"]
    stands = operation.args if isinstance(operation.args, tuple) else UNKNOWN
    args = decode(told["args"], stands, "args")
    if not isinstance(args, tuple):
        raise DamagedError(f"the arguments must be a tuple; got {type(args).__name__}.")
    if arguments_digest(args) != told["digest"]:
        raise DamagedError(
            "the arguments must be those that were examined; got others: what the file takes from the declaration "
            "has changed."
        )
    return args


def _examined(
    document: Document, operation: Differentiable, args: tuple[Any, ...], known: dict[str, Any]
) -> Replayed:
    verdict = document["report"]["verdict"]
    options = {**document["options"], "seed": document["report"]["seed"]}
    notes = _notes(document, operation)
    try:
        report = named(operation, examine_gradient(operation.f, operation.grad, *args, **options))
    except KeyboardInterrupt:
        raise
    except Exception as error:  # noqa: BLE001  the functions are the user's: they may raise anything
        said = f"verdict: {verdict} then, {type(error).__name__} now: {error}"
        return Replayed(
            **known, state="no longer holds", recorded=verdict, differences=(said,), notes=tuple(notes)
        )
    except BaseException as error:  # noqa: BLE001  or exit, which must end no replay
        said = f"f and the gradient must return; got {error!r}. Remove the call that exits."
        return Replayed(
            **known, state="could not be replayed", recorded=verdict, differences=(said,), notes=tuple(notes)
        )
    if not _at_the_point(document, report):
        said = (
            "what varies inside of f must be as it was; got other values. Give its parameters a fixed seed."
        )
        return Replayed(**known, state="could not be replayed", recorded=verdict, differences=(said,))
    return _beside(document, report, known, notes)


def _beside(document: Document, report: GradientReport, known: dict[str, Any], notes: list[str]) -> Replayed:
    """Hold a report against that of the document."""
    recorded = document["report"]
    different = differences(recorded, report, searched=document["inputs"]["drawn"])
    same = _canonical(recorded) == _canonical(plain_report(report))
    if not different and not same:
        notes = ["numbers differ within their bounds", *wording(recorded, report), *notes]
    return Replayed(
        **known,
        state="no longer holds" if different else "holds" if same else "holds within bounds",
        recorded=recorded["verdict"],
        found=report.verdict,
        differences=tuple(different),
        notes=tuple(notes),
    )


def _at_the_point(document: Document, report: GradientReport) -> bool:
    """Tell whether what varied is what varied then: the parameters of a module are no arguments."""
    point = document["inputs"]["point"]
    if point is None or report.arguments is None:
        return True
    return bool(digest_of(report.arguments.vector.tobytes()) == point)


def _canonical(report: Mapping[str, Any]) -> str:
    return json.dumps(report, sort_keys=True)


def _notes(document: Document, operation: Differentiable) -> list[str]:
    notes = []
    for role, function in (("f", operation.f), ("grad", operation.grad)):
        then, now = document["sources"][role], source_of(function)
        if (then or {}).get("digest") != (now or {}).get("digest"):
            notes.append(f"the source of {role} has changed since")
    here = versions()
    used = {
        name: version
        for name, version in document["versions"].items()
        if name in here or name not in FRAMEWORKS
    }
    notes += [
        f"{name} {version} then, {here.get(name, 'none')} now"
        for name, version in used.items()
        if here.get(name) != version
    ]
    before, after = document["machine"], machine()
    return notes + [
        f"{what.replace('_', ' ')}: {_shown(before[what])} then, {_shown(after.get(what))} now"
        for what in before
        if before[what] != after.get(what)
    ]


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={part}" for name, part in value.items()) or "none"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
