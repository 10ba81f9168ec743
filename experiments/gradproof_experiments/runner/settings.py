"""From what stands on a command line to a configuration: ``--set key=value``, checked by the configuration itself."""

import dataclasses
import difflib
import json
from collections.abc import Sequence
from typing import Any

from gradproof_experiments._errors import CannotRunError
from gradproof_experiments.experiment import Experiment

__all__ = ["configured"]


def configured(
    experiments: Sequence[Experiment],
    settings: Sequence[str] = (),
    *,
    seeds: int | None = None,
    quick: bool = False,
) -> list[Any]:
    """Return the configuration of each experiment.

    Parameters
    ----------
    experiments : sequence of Experiment
    settings : sequence of str
        ``key=value``, or ``experiment.key=value``; the value is JSON, or else a string. A key without an experiment
        belongs to all that have it, and at least one must.
    seeds : int, optional
        Number of paired seeds.
    quick : bool, optional

    Raises
    ------
    CannotRunError
        If a key is unknown, or a configuration refuses a value.
    """
    found = [experiment.quick() if quick else experiment.configuration() for experiment in experiments]
    changes: list[dict[str, Any]] = [{} if seeds is None else {"seeds": seeds} for _ in experiments]
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals:
            raise CannotRunError(f"--set must be key=value; got --set {setting}. Write --set seeds=20.")
        _put(experiments, changes, key, _value(text))
    return [_replaced(*each) for each in zip(experiments, found, changes, strict=True)]


def _put(experiments: Sequence[Experiment], changes: list[dict[str, Any]], key: str, value: Any) -> None:
    name, dot, field = key.rpartition(".")
    named = [experiment.name for experiment in experiments]
    if dot and name not in named:
        raise CannotRunError(
            f"--set {key} must name an experiment that runs, {', '.join(named)}; got {name!r}."
        )
    known: list[str] = []
    put = False
    for experiment, change in zip(experiments, changes, strict=True):
        if dot and experiment.name != name:
            continue
        fields = [each.name for each in dataclasses.fields(experiment.configuration)]
        known += [each for each in fields if each not in known]
        if field in fields:
            if field in change:
                raise CannotRunError(
                    f"{field} must be set once; got it twice, last as --set {key}. Leave one out."
                )
            change[field] = _of_kind(field, value, getattr(experiment.configuration(), field))
            put = True
    if not put:
        near = difflib.get_close_matches(field, known, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise CannotRunError(f"--set must name one of {', '.join(known)}; got {field!r}.{meant}")


def _of_kind(field: str, value: Any, default: Any) -> Any:
    """Return the value, refused where it is not of the kind of the default: 1 for a float is 1.0, which has another key."""
    given: Any = value
    kinds: dict[type, tuple[type, ...]] = {
        bool: (bool,),
        int: (int,),
        float: (int, float),
        str: (str,),
        tuple: (tuple,),
    }
    wanted = kinds.get(type(default), (object,))
    # Python takes true for the whole number 1; whoever writes it means something else.
    if not isinstance(value, wanted) or (
        isinstance(value, bool) and not isinstance(default, bool) and isinstance(default, int | float)
    ):
        raise CannotRunError(
            f"--set {field} must be of the same kind as its default, {json.dumps(default)}; got {json.dumps(value)}. "
            "Write it as JSON."
        )
    if isinstance(default, tuple) and default:
        return tuple(_of_kind(field, element, default[0]) for element in given)
    return float(given) if isinstance(default, float) else given


def _value(text: str) -> Any:
    try:
        return _frozen(json.loads(text))
    except ValueError:
        return text


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value


def _replaced(experiment: Experiment, configuration: Any, change: dict[str, Any]) -> Any:
    try:
        return dataclasses.replace(configuration, **change)
    except (TypeError, ValueError) as error:
        wanted = ", ".join(f"{key}={value!r}" for key, value in change.items())
        raise CannotRunError(f"{experiment.name} cannot run with {wanted}: {error}") from error
