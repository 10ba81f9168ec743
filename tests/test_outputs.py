"""What each format says of a run, valid in the schemas that others publish, whatever the names and numbers are."""

import dataclasses
import html.parser
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import hypothesis
import jsonschema
import numpy as np
import pytest
import xmlschema
from hypothesis import strategies as st

import gradproof as gp
from gradproof._outputs import FORMATS, _markdown, _text, format_of, render
from gradproof._results import Place, Result, Run

ROOT = Path(__file__).parents[1]
SCHEMAS = Path(__file__).parent / "schemas"
NASTY = "a|b`c`\n::error::x,y:z%0A <b>&amp;\"'[l](u) {0} ]]> \x1b[31m\x00\ufffe\uffff\ud800 \u00e9\U0001d465\u2028##[error]"
WRITTEN_OUT = {
    "\x1b": r"\x1b",
    "\x00": r"\x00",
    "\ufffe": r"\ufffe",
    "\uffff": r"\uffff",
    "\ud800": r"\ud800",
    "\u2028": r"\u2028",
}
WORST = {
    "path": "w",
    "index": (1,),
    "analytic": 4.0,
    "numeric": 8.0,
    "error": 4.0,
    "bound": 0.5,
    "status": "fail",
    "name": "w[1]",
    "excess": 8.0,
}
RIGHT = Result(
    "cube",
    "shapes",
    "right",
    verdict="pass",
    worst={**WORST, "analytic": 8.0, "error": 0.0, "status": "pass", "excess": 0.25},
    resolution=1e-9,
    evaluations={"f": 35, "grad": 3},
    method="complex step",
    mode="entries",
    seed=7,
    seconds=0.25,
)
WRONG = dataclasses.replace(
    RIGHT,
    name="a.b",
    outcome="wrong",
    message="fail: the gradient of b\n  diagnosis: factor 0.5",
    place=Place("src/my model.py", 12),
    verdict="fail",
    reason="the gradient differs from the numerical derivative at every step that can see it.",
    diagnosis="factor 0.5: analytic = 0.5 x numeric in every entry of w",
    worst=WORST,
)
BROKEN = Result(
    "c",
    "package.module",
    "unchecked",
    message="Traceback (most recent call last):\n  File x\nZeroDivisionError: division by zero",
)
EXPECTED = dataclasses.replace(WRONG, name="known", outcome="expected")
RUN = Run((RIGHT, WRONG, BROKEN), {"numpy": "2.4.6", "python": "3.11.9"}, 1.5)


def odd(**changes: Any) -> Result:
    """A wrong gradient that is unusual in some way."""
    return dataclasses.replace(WRONG, **changes)


RUNS = {
    "usual": RUN,
    "empty": Run(()),
    "nasty": Run(
        (odd(name=NASTY, where=NASTY, message=NASTY, reason=NASTY, diagnosis=NASTY, evidence=NASTY),)
    ),
    "nasty place": Run((odd(place=Place("/a b/\u00e9%:,\n\ud800.py", 1), worst={**WORST, "name": NASTY}),)),
    "no worst": Run((odd(worst=None, resolution=math.inf, evaluations={}),)),
    "infinite": Run((odd(worst={**WORST, "excess": math.inf, "numeric": -math.inf, "analytic": math.nan}),)),
    "no number": Run((odd(worst={**WORST, "excess": math.nan, "error": math.nan}),)),
    "many": Run(tuple(dataclasses.replace(WRONG, name=f"g{i}") for i in range(1000))),
    "right": Run((RIGHT,)),
    "expected": Run((RIGHT, EXPECTED)),
}


@pytest.fixture(scope="module")
def junit_schema() -> xmlschema.XMLSchema:
    """The strict schema of JUnit reports, as published."""
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


@pytest.fixture(scope="module")
def sarif_schema() -> Any:
    """A validator for SARIF as published."""
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema)


@pytest.fixture(scope="module")
def json_schema() -> Any:
    """A validator for this project's own JSON."""
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def strictly(text: str) -> Any:
    """Return what JSON says, where it is JSON: no NaN, no Infinity."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


# All formats --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_takes_every_run(format_: str, run: Run) -> None:
    """Text that can be written as UTF-8, ends in one newline and is the same again; the machines' are ASCII."""
    text = render(run, format_)
    text.encode()
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert text == render(run, format_)
    assert text.isascii() or format_ in {"github", "markdown"}
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", text)


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_names_what_is_wrong(format_: str) -> None:
    """The gradient, its cause, and what explains it; nothing of the sort where all is right."""
    text = render(RUN, format_)
    for word in ("a.b", "factor 0.5"):
        assert word in text.replace("\\", "")
    assert ("explain factor" in text) or format_ == "json"
    assert "explain" not in render(RUNS["right"], format_)


@pytest.mark.parametrize("format_", ["github", "sarif", "junit"])
def test_entries_that_are_right_are_not_blamed(format_: str) -> None:
    """A gradient that is wrong in its behaviour alone is not said to be wrong at its worst entry."""
    kept = odd(
        worst=RIGHT.worst, diagnosis=None, message="", reason="grad returns memory of its argument w: ..."
    )
    text = render(Run((kept,)), format_)
    assert "the numerical derivative" not in text
    assert "shared memory" in text


@hypothesis.given(name=st.text(max_size=12), text=st.text(max_size=12), path=st.text(min_size=1, max_size=8))
def test_no_text_breaks_out_of_a_format(name: str, text: str, path: str) -> None:
    """Whatever Unicode has: XML and HTML stay well-formed, a table a table, and only our commands are commands."""
    run = Run(
        (odd(name=name, where=text, message=text, diagnosis=text, place=Place(path, 1), evidence=path),)
    )
    assert [element.tag for element in ET.fromstring(render(run, "junit")).iter()] == [  # noqa: S314
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "system-out",
    ]
    assert Page(render(run, "html")).open == []
    rows = [line for line in render(run, "markdown").split("\n") if line.startswith("| ")]
    assert [len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows[:3]] == [7, 7, 7]
    assert len(commands(render(run, "github"))) == 4
    assert len(render(run, "text").splitlines()) <= 6 + text.count("\n")
    assert strictly(render(run, "json"))["results"][0]["name"] == name
    strictly(render(run, "sarif"))


def test_an_unknown_format_is_refused() -> None:
    """With what there is."""
    with pytest.raises(ValueError, match=r"format must be one of text, json, .*; got format='xls'"):
        render(RUN, "xls")


@pytest.mark.parametrize(
    ("name", "format_"),
    [("a.json", "json"), ("A.XML", "junit"), ("x.sarif", "sarif"), ("s.md", "markdown"), ("p.html", "html")],
)
def test_a_suffix_stands_for_a_format(name: str, format_: str) -> None:
    """In upper case too."""
    assert format_of(name) == format_


def test_a_suffix_that_stands_for_none_is_refused() -> None:
    """With those that do."""
    with pytest.raises(ValueError, match=r"must end in one of \.json, .*; got 'a\.pdf'"):
        format_of("a.pdf")


# Text ---------------------------------------------------------------------------------------------------------------------


def test_text_is_a_line_for_each_then_what_is_not_right_and_a_summary() -> None:
    """Verdict, name, margin, resolution, evaluations, seconds; place, message and hint; the counts with names."""
    assert render(RUN, "text").splitlines() == [
        "pass              cube: worst error 0.25 of its bound, resolution 1e-09, 35 + 3 evaluations, 0.250 s",
        "fail              a.b: worst error 8 of its bound, resolution 1e-09, 35 + 3 evaluations, 0.250 s",
        "  src/my model.py:12",
        "  fail: the gradient of b",
        "    diagnosis: factor 0.5",
        "  See: gradproof explain factor",
        "error             c: 0.000 s",
        "  Traceback (most recent call last):",
        "    File x",
        "  ZeroDivisionError: division by zero",
        "  See: gradproof explain error",
        "1 of 3 gradients are right, 1 wrong: a.b, 1 unchecked: c",
    ]


def test_text_can_be_printed_one_by_one() -> None:
    """Blocks and the closing line make up the whole."""
    parts = [*map(_text.block, RUN.results), _text.closing(RUN)]
    assert "\n".join(parts) + "\n" == render(RUN, "text")


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_line_is_one_line(run: Run) -> None:
    """Whatever the name is."""
    assert all("\n" not in _text.line(result) for result in run.results)
    assert "\n" not in _text.closing(run)


def test_the_summary_names_a_few() -> None:
    """Of a thousand five, and how many more."""
    assert _text.closing(RUNS["many"]) == (
        "0 of 1000 gradients are right, 1000 wrong: g0, g1, g2, g3, g4 and 995 more"
    )
    assert _text.closing(Run(())) == "no gradients were found: nothing is proven"


# JSON ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_json_is_strict_and_as_its_schema_says(run: Run, json_schema: Any) -> None:
    """No NaN and no Infinity, every key described."""
    json_schema.validate(strictly(render(run, "json")))


def test_json_holds_the_run() -> None:
    """Every field of every result, and what makes up the exit status."""
    values = strictly(render(RUN, "json"))
    assert (values["schema"], values["status"], values["seconds"]) == (1, 1, 1.5)
    assert values["gradproof"] == gp.__version__
    assert values["counts"] == {"right": 1, "wrong": 1, "unchecked": 1, "expected": 0}
    assert values["versions"] == {"numpy": "2.4.6", "python": "3.11.9"}
    assert values["results"] == json.loads(json.dumps([result.to_dict() for result in RUN.results]))
    assert [Result.from_dict(result).name for result in values["results"]] == ["cube", "a.b", "c"]


def test_json_writes_what_is_not_finite_as_words() -> None:
    """With the names of JavaScript."""
    worst = strictly(render(RUNS["infinite"], "json"))["results"][0]["worst"]
    assert (worst["excess"], worst["numeric"], worst["analytic"]) == ("Infinity", "-Infinity", "NaN")


FAULTS: dict[str, Callable[[Any], Any]] = {
    "key": lambda values: values["results"][0].update(colour="red"),
    "missing": lambda values: values["results"][0].pop("outcome"),
    "status": lambda values: values.update(status=3),
    "number": lambda values: values["results"][0].update(resolution="inf"),
    "line": lambda values: values["results"][1]["place"].update(line=0),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_json_schema_rejects_a_planted_fault(fault: Callable[[Any], Any], json_schema: Any) -> None:
    """Another key, none, a value out of range."""
    values = strictly(render(RUN, "json"))
    fault(values)
    assert not json_schema.is_valid(values)


# JUnit --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_junit_is_valid(run: Run, junit_schema: xmlschema.XMLSchema) -> None:
    """In the strict schema that Jenkins publishes."""
    junit_schema.validate(render(run, "junit"))


def test_junit_tells_wrong_from_unchecked() -> None:
    """A failure, an error, and neither; the counts; place and report as text."""
    suites = ET.fromstring(render(RUN, "junit"))  # noqa: S314  written by the code under test
    (suite,) = suites
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped", "time")} == {
        "tests": "3",
        "failures": "1",
        "errors": "1",
        "skipped": "0",
        "time": "1.500",
    }
    right, wrong, broken = suite.findall("testcase")
    assert (right.get("classname"), right.get("name"), right.get("time")) == ("shapes", "cube", "0.250")
    assert [child.tag for child in right] == ["system-out"]
    failure = wrong.find("failure")
    assert failure is not None
    assert failure.get("type") == "fail"
    assert (failure.get("message") or "").startswith("The gradient of a.b is wrong. the gradient differs")
    assert (failure.text or "").splitlines()[:2] == ["src/my model.py:12", "fail: the gradient of b"]
    error = broken.find("error")
    assert error is not None
    assert (
        error.get("message") == "The gradient of c could not be checked. ZeroDivisionError: division by zero"
    )


def test_junit_keeps_what_a_name_says() -> None:
    """Through markup, the end of CDATA and newlines; what XML cannot hold is written out."""
    name = ET.fromstring(render(RUNS["nasty"], "junit")).find("*/testcase").get("name")  # type: ignore[union-attr]  # noqa: S314
    expected = NASTY
    for character, written in WRITTEN_OUT.items():
        expected = expected.replace(character, written)
    assert name == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' tests="3"', ""),
        ("<testcase ", '<testcase file="x.py" '),
        ("<failure ", '<failure line="3" '),
        ("failure", "failed"),
        ('time="1.500"', 'time="soon"'),
    ],
    ids=["count", "file", "line", "tag", "time"],
)
def test_the_junit_schema_rejects_a_planted_fault(
    old: str, new: str, junit_schema: xmlschema.XMLSchema
) -> None:
    """A missing or a foreign attribute, a foreign tag."""
    text = render(RUN, "junit")
    assert old in text
    assert not junit_schema.is_valid(text.replace(old, new))


# SARIF --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_sarif_is_valid(run: Run, sarif_schema: Any) -> None:
    """In the schema of the standard, and strict JSON."""
    sarif_schema.validate(strictly(render(run, "sarif")))


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_sarif_is_what_code_scanning_asks_for(run: Run) -> None:
    """A known rule with help, one location with a valid URI and a line, a fingerprint, within the limits."""
    (log,) = strictly(render(run, "sarif"))["runs"]
    rules = log["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert re.fullmatch(r"[\w/-]+", rule["id"])
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["markdown"]
        assert rule["properties"]["precision"] in {"very-high", "high", "medium", "low"}
        assert rule["properties"]["problem.severity"] == rule["defaultConfiguration"]["level"]
        assert len(rule["properties"]["tags"]) <= 20
    for result in log["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert "kind" not in result
        (location,) = result["locations"]
        artifact = location["physicalLocation"]["artifactLocation"]
        assert re.fullmatch(r"(?:[\w\-.~!$&'()*+,;=:@/]|%[0-9A-F]{2})+", artifact["uri"], re.ASCII)
        assert artifact["uri"].startswith("file:///") != ("uriBaseId" in artifact)
        assert location["physicalLocation"]["region"]["startLine"] >= 1
        assert re.fullmatch("[0-9a-f]{64}", result["partialFingerprints"]["gradproofGradient/v1"])


def test_sarif_holds_what_is_not_right() -> None:
    """Rules, levels, places and the invocation of a run in which one is wrong and one could not be checked."""
    (log,) = strictly(render(RUN, "sarif"))["runs"]
    assert [rule["id"] for rule in log["tool"]["driver"]["rules"]] == ["unchecked/error", "wrong/factor"]
    wrong, broken = log["results"]
    assert (wrong["ruleId"], wrong["level"]) == ("wrong/factor", "error")
    assert (broken["ruleId"], broken["level"]) == ("unchecked/error", "warning")
    assert wrong["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "src/my%20model.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12},
    }
    assert broken["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "package/module.py"
    (invocation,) = log["invocations"]
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (1, False)
    assert "ZeroDivisionError" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    assert log["columnKind"] == "unicodeCodePoints"


@pytest.mark.parametrize(
    ("run", "exit_code", "successful"),
    [(Run((RIGHT,)), 0, True), (Run((WRONG,)), 1, True), (Run(()), 2, False), (Run((BROKEN,)), 2, False)],
    ids=["right", "wrong", "empty", "broken"],
)
def test_a_wrong_gradient_is_no_failed_execution(run: Run, exit_code: int, *, successful: bool) -> None:
    """An error is one, and so is a run that found nothing."""
    (invocation,) = strictly(render(run, "sarif"))["runs"][0]["invocations"]
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (exit_code, successful)


def fingerprint(result: Result) -> str:
    """The fingerprint of a gradient."""
    print_: str = strictly(render(Run((result,)), "sarif"))["runs"][0]["results"][0]["partialFingerprints"][
        "gradproofGradient/v1"
    ]
    return print_


def test_a_fingerprint_outlives_a_move_and_tells_gradients_apart() -> None:
    """The line, the numbers and the factor may change; the name, the module and the cause may not."""
    moved = odd(place=Place("src/my model.py", 99), diagnosis="factor 3: x", seed=8, worst=None)
    assert fingerprint(moved) == fingerprint(WRONG)
    others = [odd(name="a.c"), odd(where="forms"), odd(diagnosis="sign: x"), odd(name="shapes.a", where="b")]
    assert len({fingerprint(WRONG), *map(fingerprint, others)}) == 5


@pytest.mark.parametrize(
    ("where", "uri"),
    [
        ("package.module", "package/module.py"),
        ("package.module:name", "package/module.py"),
        ("folder/file.py:name", "folder/file.py"),
        ("tests/test_x.py::TestA::test_b[1.py]", "tests/test_x.py"),
        ("/abs/my file.py", "file:///abs/my%20file.py"),
    ],
)
def test_a_gradient_of_unknown_place_is_put_where_it_is_declared(where: str, uri: str) -> None:
    """Code scanning refuses a result without a file."""
    result = strictly(render(Run((odd(where=where, place=None),)), "sarif"))["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_gradient_written_in_a_package_is_put_where_it_is_declared() -> None:
    """An alert is of use in the repository only; where the function stands is said beside it."""
    result = strictly(render(Run((odd(place=Place("/lib/site packages/x.py", 7)),)), "sarif"))["runs"][0][
        "results"
    ][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "shapes.py"
    (related,) = result["relatedLocations"]
    assert related["physicalLocation"] == {
        "artifactLocation": {"uri": "file:///lib/site%20packages/x.py"},
        "region": {"startLine": 7},
    }


SARIF_FAULTS: dict[str, Callable[[Any], Any]] = {
    "key": lambda run: run["results"][0].update(colour="red"),
    "message": lambda run: run["results"][0].pop("message"),
    "level": lambda run: run["results"][0].update(level="fatal"),
    "line": lambda run: run["results"][0]["locations"][0]["physicalLocation"]["region"].update(startLine=0),
    "success": lambda run: run["invocations"][0].pop("executionSuccessful"),
    "driver": lambda run: run["tool"]["driver"].pop("name"),
    "columns": lambda run: run.update(columnKind="bytes"),
}


@pytest.mark.parametrize("fault", SARIF_FAULTS.values(), ids=SARIF_FAULTS)
def test_the_sarif_schema_rejects_a_planted_fault(fault: Callable[[Any], Any], sarif_schema: Any) -> None:
    """A foreign key, a missing one, a value out of range."""
    log = strictly(render(RUN, "sarif"))
    fault(log["runs"][0])
    assert not sarif_schema.is_valid(log)


def test_a_sarif_message_holds_no_placeholder_and_no_link() -> None:
    """Braces are doubled, and a bracket before a parenthesis is escaped."""
    text = strictly(render(RUNS["nasty"], "sarif"))["runs"][0]["results"][0]["message"]["text"]
    assert "[l\\](u) {{0}}" in text
    assert not re.search(r"(?<!\{)\{\d", text)


# GitHub -------------------------------------------------------------------------------------------------------------------


def commands(text: str) -> list[str]:
    """The lines that GitHub's runner takes for commands, as it reads them: blanks before it, old and new form."""
    found, stopped = [], ""
    for line in text.splitlines():
        bare = line.strip()
        if stopped:
            stopped = "" if bare == f"::{stopped}::" else stopped
        elif bare.startswith("::stop-commands::"):
            stopped = bare.removeprefix("::stop-commands::")
        elif bare.startswith("::") or "##[" in bare:
            found.append(bare)
    assert not stopped
    return found


def test_github_annotates_the_lines_where_gradients_are_written() -> None:
    """An error for what is wrong, a warning for what could not be checked, one notice."""
    group, end, wrong, unchecked, notice = commands(render(RUN, "github"))
    assert (group, end) == ("::group::gradproof", "::endgroup::")
    assert wrong == (
        "::error file=src/my model.py,line=12,title=gradproof%3A a.b is wrong::the gradient differs from the numerical "
        "derivative at every step that can see it.%0AAt w[1] it is 4.0, the numerical derivative 8.0 +- 0.5.%0ADiagnosis: "
        "factor 0.5: analytic = 0.5 x numeric in every entry of w.%0ASee: gradproof explain factor"
    )
    assert unchecked == (
        "::warning title=gradproof%3A c could not be checked::ZeroDivisionError: division by zero%0A"
        "See: gradproof explain error"
    )
    assert notice == ("::notice title=gradproof::1 of 3 gradients are right, 1 wrong: a.b, 1 unchecked: c")


@pytest.mark.parametrize("name", ["nasty", "nasty place"])
def test_no_name_or_message_makes_a_command(name: str) -> None:
    """The report between the marks may hold any line; properties hold no colon, comma or newline of their own."""
    group, end, error, notice = commands(render(RUNS[name], "github"))
    assert (group, end, notice[:9]) == ("::group::gradproof", "::endgroup::", "::notice ")
    properties = re.fullmatch(r"::error file=([^,:]*),line=(\d+),title=([^,:]*)::.*", error)
    assert properties is not None
    assert re.fullmatch(r"[^%]*(%(25|3A|2C|0A|0D)[^%]*)*", properties[1] + properties[3])


def test_a_planted_command_would_be_seen() -> None:
    """The reader above finds a command where there is one."""
    assert commands(render(RUN, "github") + " ::set-output name=x::y\n")[-1] == "::set-output name=x::y"


# Markdown and HTML --------------------------------------------------------------------------------------------------------


def test_markdown_is_a_table_then_details_worst_first() -> None:
    """What is wrong comes before what could not be checked, and both before what is right."""
    lines = render(RUN, "markdown").splitlines()
    assert lines[0] == "## gradproof: 1 of 3 gradients are right, 1 wrong: a.b, 1 unchecked: c"
    rows = [line for line in lines if line.startswith("|")]
    assert rows[2:] == [
        "| a.b | **fail** | 8 | 1e-09 | 35 + 3 | 0.250 |",
        "| c | **error** | - | - | - | 0.000 |",
        "| cube | pass | 0.25 | 1e-09 | 35 + 3 | 0.250 |",
    ]
    heads = [line for line in lines if line.startswith("### ")]
    assert heads == ["### The gradient of a.b is wrong.", "### The gradient of c could not be checked."]
    assert "Written at `src/my model.py:12`." in lines
    assert "Explained by `gradproof explain factor`." in lines


def test_markdown_rows_have_six_cells_whatever_the_name() -> None:
    """Pipes are escaped, newlines written out, backticks no code."""
    (row,) = [line for line in render(RUNS["nasty"], "markdown").splitlines() if line.startswith("| ")][2:]
    assert len(re.findall(r"(?<!\\)\|", row)) == 7
    assert r"a\|b\`c\`\\n" in row
    assert not re.search(r"(?<!\\)[`<]", row)
    assert "&amp;amp;" in row


def test_a_markdown_fence_is_longer_than_any_in_it() -> None:
    """The report cannot end its own block."""
    text = render(Run((odd(message="x\n````\n# out"),)), "markdown")
    assert "`````text\nx\n````\n# out\n`````" in text


@pytest.mark.parametrize(("count", "size"), [(6000, 10), (100, 30_000)], ids=["many", "long"])
def test_markdown_fits_into_a_job_summary(count: int, size: int) -> None:
    """Many results or long ones: no more than a MiB, the worst in it, and a note of what is left out."""
    many = [odd(name=f"g{i}", message="é" * size, worst={**WORST, "excess": float(i)}) for i in range(count)]
    text = render(Run(tuple(many)), "markdown")
    assert len(text.encode()) <= _markdown.LIMIT <= 2**20
    assert f"### The gradient of g{count - 1} is wrong." in text
    assert re.search(r"\*\d+ more reports are left out", text)


def test_a_long_table_leaves_room_for_what_is_wrong() -> None:
    """Of rows some are left out, of the report of the one that is wrong nothing."""
    many = tuple(dataclasses.replace(RIGHT, name=f"{'n' * 400}{i}") for i in range(5000))
    text = render(Run((*many, WRONG)), "markdown")
    assert len(text.encode()) <= 2**20
    assert re.search(r"\*\d+ more rows are left out", text)
    assert "  diagnosis: factor 0.5" in text


class Page(html.parser.HTMLParser):
    """Reads a page: its tags, attributes and text; every tag must be closed."""

    VOID = frozenset({"meta"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_html_is_one_page_without_script_or_network(run: Run) -> None:
    """Balanced tags of a known set, no source, no event, links within the page only."""
    page = Page(render(run, "html"))
    assert page.open == []
    known = "html head meta title style body main h1 h2 p div table caption thead tbody tr th td a section code pre footer"
    assert page.tags <= set(known.split())
    assert not [name for _, name, _ in page.attributes if name == "src" or name.startswith("on")]
    ids = {value for _, name, value in page.attributes if name == "id"}
    assert {str(value)[1:] for _, name, value in page.attributes if name == "href"} == ids
    assert "url(" not in page.text


def test_html_shows_markup_in_a_name_as_text() -> None:
    """The name arrives as it is, up to control characters."""
    assert "<b>&amp;\"'[l](u)" in Page(render(RUNS["nasty"], "html")).text
    assert "<b>" not in render(RUNS["nasty"], "html")


# Real reports -------------------------------------------------------------------------------------------------------------


def loss(w: Any) -> Any:
    """Sum of cubes, whose gradient is 3 w^2."""
    return np.sum(w**3)


def test_real_reports_are_valid_in_every_format(
    junit_schema: xmlschema.XMLSchema, sarif_schema: Any, json_schema: Any
) -> None:
    """A right gradient, a wrong one, a kink, a jump, a guard's finding, along directions."""
    w = np.array([1.0, -2.0, 3.0])
    many = np.linspace(1, 2, 1500)
    reports = [
        gp.examine_gradient(loss, lambda w: 3 * w**2, w),
        gp.examine_gradient(loss, lambda w: 6 * w**2, w),
        gp.examine_gradient(lambda w: np.sum(np.abs(w)), np.sign, np.array([0.0, 1.0])),
        gp.examine_gradient(lambda x: float(x > 0), lambda _: 0.0, 0.0),
        gp.examine_gradient(loss, lambda _: np.zeros(2), w),
        gp.examine_gradient(loss, lambda w: 6 * w**2, many),
    ]
    run = Run(tuple(Result.of_report(report, name="g", where="m") for report in reports))
    assert [result.outcome for result in run.results] == [
        "right",
        "wrong",
        "right",
        "unchecked",
        "wrong",
        "wrong",
    ]
    junit_schema.validate(render(run, "junit"))
    sarif_schema.validate(strictly(render(run, "sarif")))
    json_schema.validate(strictly(render(run, "json")))
    rules = strictly(render(run, "sarif"))["runs"][0]["results"]
    assert [result["ruleId"] for result in rules] == [
        "wrong/factor",
        "unchecked/jump",
        "wrong/wrong-shape",
        "wrong/factor",
    ]


# The page -----------------------------------------------------------------------------------------------------------------


def test_the_page_names_every_format_and_suffix() -> None:
    """And every string that stands for a number."""
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    for format_ in FORMATS:
        assert f"\n## {format_}\n" in page or format_ == "html"
        assert f"\n| `{format_}` | " in page
    for suffix in (".txt", ".json", ".xml", ".sarif", ".md", ".html"):
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{format_of('x' + suffix)}` |")]
        assert f"`{suffix}`" in row
    assert "`gradproofGradient/v1`" in page


def test_what_a_test_expects_to_fail_is_no_trouble_and_not_called_right() -> None:
    """It is told in the text, skipped in JUnit, and no annotation, alert or detail."""
    run = RUNS["expected"]
    assert run.status == 0
    text = render(run, "text")
    assert text.endswith("1 of 2 gradients are right, 1 not, as expected: known\n")
    assert "diagnosis" not in text
    cases = ET.fromstring(render(run, "junit")).iter("testcase")  # noqa: S314  written by the code under test
    assert [[part.tag for part in case] for case in cases] == [["system-out"], ["skipped", "system-out"]]
    assert json.loads(render(run, "sarif"))["runs"][0]["results"] == []
    assert "::error" not in render(run, "github")
