"""The verification of the ledger, kept in the store like a run: it takes longer than all else, and changes with the code alone."""

import json
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gradproof
import gradproof_reference
from gradproof_experiments._digest import sha256, tree_sha256, versions
from gradproof_experiments.formulas import Check, Counterexample, Verification

from .plan import Run
from .store import Store

__all__ = ["kept_verification"]

_FULL = "ci"
_PACKAGES = ("hypothesis", "mpmath", "numpy", "pytest")


@dataclass(frozen=True)
class _Profile:
    """The one setting of a verification."""

    profile: str


def kept_verification(
    folder: Path,
    profile: str,
    store: Store,
    made: Callable[[], tuple[Verification, float]],
    provenance: dict[str, Any],
    *,
    fresh: bool,
) -> tuple[Verification, str]:
    """Return the verification that is kept for this code and these versions, or make and keep it; and its profile.

    Parameters
    ----------
    folder : Path
        The checks.
    profile : str
        Hypothesis's profile. One that is kept under the full profile, "ci", does for any.
    store : Store
    made : callable
        Returns a new verification, and how many seconds it took. It is kept only where everything passed: what failed is
        tried again.
    provenance : dict
    fresh : bool
        Whether to make it in any case.
    """
    keys = {_key(folder, name): name for name in dict.fromkeys((_FULL, profile))}
    found = {} if fresh else store.columns(keys)
    for key, name in keys.items():
        if key in found:
            return _from_json(found[key]["verification"][0]), name
    run = Run(_key(folder, profile), "formulas", "verification", _Profile(profile), 0, _nothing)
    verification, seconds = made()
    if not verification.problems and all(check.outcome != "failed" for check in verification.checks):
        store.keep(
            run, {"verification": [json.dumps(asdict(verification))]}, seconds, provenance, replace=fresh
        )
    return verification, profile


def _nothing(_point: Any, _seed: int) -> dict[str, list[Any]]:
    raise NotImplementedError  # a verification runs in processes of its own


def _key(folder: Path, profile: str) -> str:
    root = folder.parent.parent
    sources = {
        "reference": tree_sha256(Path(gradproof_reference.__file__).parent),
        "checker": tree_sha256(Path(gradproof.__file__).parent),
        "checks": tree_sha256(folder),
        "settings": [
            sha256(path.read_bytes())
            for path in (root / "conftest.py", root / "pyproject.toml")
            if path.is_file()
        ],
    }
    python = ".".join(platform.python_version_tuple()[:2])
    content = {"sources": sources, "versions": versions(_PACKAGES), "python": python, "profile": profile}
    return sha256(json.dumps(content, sort_keys=True).encode())


def _from_json(text: str) -> Verification:
    content = json.loads(text)
    checks = [
        Check(
            **{
                **each,
                "formulas": tuple(each["formulas"]),
                "counterexamples": tuple(Counterexample(**shown) for shown in each["counterexamples"]),
            }
        )
        for each in content["checks"]
    ]
    return Verification(tuple(checks), tuple(content["problems"]))
