"""Whether a document keeps the published schema, by as much of JSON Schema as that uses: nothing has to be installed."""

from __future__ import annotations

import math
import re
import reprlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def fault(document: Any, schema: Schema) -> str | None:
    """Say what of a document is not as a schema wants it; None where all is.

    Stricter than JSON Schema in two things that a computation would stumble over: 1.0 is no integer, and a number must
    fit into a float64.

    Examples
    --------
    >>> wanted = {"type": "object", "properties": {"seed": {"type": "integer", "minimum": 0}}}
    >>> fault({"seed": 3}, wanted)
    >>> fault({"seed": "a"}, wanted)
    "seed must be of type integer; got 'a'."
    """
    try:
        return next(_faults(document, schema, "", schema.get("$defs", {})), None)
    except RecursionError:
        return "the file must not be nested deeper than Python can follow; got more levels."


def _faults(value: Any, wanted: Schema, where: str, known: Mapping[str, Schema]) -> Iterator[str]:
    """Yield what is wrong, first what the rest stands on."""
    place = where or "the file"
    if "$ref" in wanted:
        yield from _faults(value, known[wanted["$ref"].removeprefix("#/$defs/")], where, known)
    names = wanted.get("properties") or wanted.get("required")
    if names and not _holds(value, wanted):
        got = ", ".join(value) or "nothing" if isinstance(value, dict) else type(value).__name__
        yield f"{place} must hold {', '.join(names)}; got {got}."
        return
    for keyword, (keeps, told) in _RULES.items():
        if keyword in wanted and not keeps(value, wanted[keyword]):
            yield f"{place} must {told} {_listed(wanted[keyword])}; got {reprlib.repr(value)}."
    for name, part, schema in _parts(value, wanted):
        inner = name if name.startswith("[") or not where else f".{name}"
        yield from _faults(part, schema, f"{where}{inner}", known)
    forms = wanted.get("anyOf") or wanted.get("oneOf") or ()
    if forms and all(any(True for _ in _faults(value, form, where, known)) for form in forms):
        yield f"{place} must have one of the {len(forms)} forms of the schema; got {reprlib.repr(value)}."


def _holds(value: Any, wanted: Schema) -> bool:
    """Tell whether an object has every part that it must, and none that it must not."""
    if not isinstance(value, dict):
        return False
    unknown = value.keys() - wanted.get("properties", {}).keys()
    closed = wanted.get("additionalProperties") is False
    return value.keys() >= set(wanted.get("required", ())) and not (closed and unknown)


def _parts(value: Any, wanted: Schema) -> Iterator[tuple[str, Any, Schema]]:
    """Yield the parts of an object or an array that a schema says something of: name, value, schema."""
    if isinstance(value, dict):
        more = wanted.get("additionalProperties")
        named = wanted.get("properties", {})
        for name, part in value.items():
            schema = named.get(name, more)
            if isinstance(schema, Mapping):
                yield name, part, schema
    elif isinstance(value, list) and "items" in wanted:
        for i, part in enumerate(value):
            yield f"[{i}]", part, wanted["items"]


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer that no float64 holds
        return False


_TYPES: dict[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": _is_number,
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def _is_one_of(value: Any, allowed: list[Any]) -> bool:
    """Tell whether a value is among some, True being none of 1."""
    return any(type(value) is type(one) and value == one for one in allowed)


def _compares(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Return a rule for numbers, which lets all else pass: its type says whether it may be none."""
    return lambda value, limit: (
        isinstance(value, bool) or not isinstance(value, int | float) or holds(value, limit)
    )


_RULES: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "type": (
        lambda value, types: any(
            _TYPES[one](value) for one in ([types] if isinstance(types, str) else types)
        ),
        "be of type",
    ),
    "const": (lambda value, only: _is_one_of(value, [only]), "be"),
    "enum": (_is_one_of, "be one of"),
    "pattern": (
        lambda value, pattern: not isinstance(value, str) or bool(re.fullmatch(pattern, value)),
        "match",
    ),
    "minimum": (_compares(lambda value, limit: value >= limit), "be at least"),
    "exclusiveMinimum": (_compares(lambda value, limit: value > limit), "be more than"),
    "exclusiveMaximum": (_compares(lambda value, limit: value < limit), "be less than"),
    "minItems": (
        lambda value, least: not isinstance(value, list) or len(value) >= least,
        "have so many parts at least:",
    ),
    "maxItems": (
        lambda value, most: not isinstance(value, list) or len(value) <= most,
        "have so many parts at most:",
    ),
}


def _listed(limit: Any) -> str:
    return ", ".join(map(str, limit)) if isinstance(limit, list) else str(limit)
