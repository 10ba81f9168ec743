"""A run as SARIF 2.1.0, as GitHub code scanning takes it: one alert for each gradient that is not right."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from gradproof._catalogue import Explanation, explain, topic_of
from gradproof._outputs._json import strict
from gradproof._outputs._locations import ROOT, locations
from gradproof._outputs._words import ascii_only, brief, summary, visible
from gradproof._results import Result, Run
from gradproof._version import __version__

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"wrong": "error", "unchecked": "warning"}
_EXIT = {
    0: "every gradient is right",
    1: "at least one gradient is wrong",
    2: "something could not be checked, or there was nothing to check",
}


def render(run: Run) -> str:
    """Return a log of one run, with rules for what was found in it."""
    found = [result for result in run.results if result.trouble]
    ids = sorted({_rule_id(result): result for result in found}.items())
    index = {rule: number for number, (rule, _) in enumerate(ids)}
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver([_rule(rule, result) for rule, result in ids])},
                "invocations": [_invocation(run)],
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {
                    ROOT: {"description": {"text": "The folder in which gradproof was run."}}
                },
                "results": [_result(result, index[_rule_id(result)]) for result in found],
                "properties": {"counts": run.counts, "versions": dict(run.versions), "seconds": run.seconds},
            }
        ],
    }
    return json.dumps(strict(log), indent=2, allow_nan=False) + "\n"


def _driver(rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "gradproof",
        "version": __version__,
        "semanticVersion": __version__,
        "shortDescription": {"text": "Proves gradients right, or shows the input on which they are wrong."},
        "rules": rules,
    }


def _invocation(run: Run) -> dict[str, Any]:
    """Return how the run went: unsuccessful where it could not do its work, which is not the same as a wrong gradient."""
    errors = [result for result in run.results if result.outcome == "unchecked" and result.verdict is None]
    notices = [
        {"level": "error", "message": {"text": _message(" ".join(brief(result)[:2]))}} for result in errors
    ]
    if not run.results:
        notices = [{"level": "error", "message": {"text": _message(summary(run))}}]
    return {
        "executionSuccessful": not notices,
        "exitCode": run.status,
        "exitCodeDescription": _EXIT[run.status],
        "toolExecutionNotifications": notices,
    }


def _topic(result: Result) -> Explanation:
    return explain(topic_of(result) or "unchecked")


def _rule_id(result: Result) -> str:
    """Return an id that outlives versions: the outcome and what explains it."""
    return f"{result.outcome}/{_topic(result).name.replace(' ', '-')}"


def _rule(rule: str, result: Result) -> dict[str, Any]:
    topic = _topic(result)
    level = _LEVELS[result.outcome]
    what = "Wrong gradient" if result.outcome == "wrong" else "Unchecked gradient"
    return {
        "id": rule,
        "name": "".join(word.capitalize() for word in re.split(r"\W+", rule)),
        "shortDescription": {"text": f"{what}: {topic.name}"},
        "fullDescription": {"text": topic.summary},
        "help": {
            "text": f"{topic.text}\n\n{topic.remedy}",
            "markdown": f"{topic.text}\n\n**What to do.** {topic.remedy}",
        },
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": ["gradient", "correctness", topic.kind],
            "precision": "very-high" if result.outcome == "wrong" else "medium",
            "problem.severity": level,
        },
    }


def _result(result: Result, rule: int) -> dict[str, Any]:
    rule_id = _rule_id(result)
    # Of the names, not of the line: it holds when code above moves.
    identity = hashlib.sha256(ascii_only(f"{result.where}\0{result.name}\0{rule_id}").encode()).hexdigest()
    return {
        "ruleId": rule_id,
        "ruleIndex": rule,
        # The standard lets only the kind "fail", the default, have a level.
        "level": _LEVELS[result.outcome],
        "message": {"text": _message("\n".join(brief(result)))},
        **locations(result),
        "partialFingerprints": {"gradproofGradient/v1": identity},
        "properties": {
            "name": visible(result.name),
            "verdict": result.verdict,
            "diagnosis": result.diagnosis,
            "margin": result.margin,
            "resolution": result.resolution,
            "seed": result.seed,
            "evidence": result.evidence,
            "report": visible(result.message),
        },
    }


def _message(text: str) -> str:
    """Return text that holds no placeholder and no link: in SARIF {0} is the one and [a](b) is the other."""
    return re.sub(r"\](?=\()", r"\\]", visible(text).replace("{", "{{").replace("}", "}}"))
