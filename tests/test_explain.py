"""Every word of a report is explained, no word that none prints is, and the command finds them."""

import argparse
import ast
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import strategies as st

import gradproof as gp
from diagnosis_corpus import PLANTED, diagnosis_of
from gradproof import _catalogue
from gradproof._catalogue import Explanation, Kind, cause_of, explain, explanations, guard_of, topic_of
from gradproof._commands.explain import command
from gradproof._report import STATUSES, Verdict
from gradproof._results import Outcome, Result

PACKAGE = Path(_catalogue.__file__).parents[1]
W = np.array([1.0, -2.0, 3.0])


def of_kind(*kinds: Kind) -> set[str]:
    """The names that are explained."""
    return {entry.name for entry in explanations() if entry.kind in kinds}


def literal(node: ast.expr | None) -> str | None:
    """The text of a string in the source, with "2" for whatever is formatted into it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) or "2" for part in node.values)
    return None


def causes_in(source: str) -> set[str]:
    """The causes that a module of the diagnosis can name: what it hands over, or lists beside what is seen of it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = {"Candidate": 0, "Diagnosis": 0, "_multiple": 1}.get(node.func.id)
            if place is not None:
                found.add(literal(node.args[place]))
        elif isinstance(node, ast.Tuple) and len(node.elts) >= 3 and literal(node.elts[1]) is not None:
            found.add(literal(node.elts[0]))
    return {cause for cause in found if cause is not None}


# What is explained --------------------------------------------------------------------------------------------------------


def test_every_verdict_outcome_and_status_is_explained() -> None:
    """And none that does not exist; "pass" and "fail" are said of gradients and entries alike."""
    assert of_kind("verdict") == {*get_args(Verdict), "error"}
    assert of_kind("outcome") == set(get_args(Outcome))
    assert of_kind("verdict", "status") == {*get_args(Verdict), *STATUSES, "error"}


def test_every_cause_in_the_source_of_the_diagnosis_is_explained_and_no_other() -> None:
    """Factors, types and masks of any kind are one cause each."""
    sources = [path.read_text(encoding="utf-8") for path in (PACKAGE / "_diagnosis").glob("*.py")]
    causes = set().union(*map(causes_in, sources))
    assert len(causes) >= 30
    assert {cause_of(f"{cause}: what is seen") for cause in causes} == of_kind("cause")


def test_a_planted_cause_is_found_in_the_source() -> None:
    """Handed over, formatted, or listed: the search above would see a new one."""
    source = 'Candidate("one", text)\nDiagnosis(f"two {x}", y)\nfor c in [("three", f"see {x}", f)]: ...\n'
    assert causes_in(source) == {"one", "two 2", "three"}
    assert [cause_of(cause) for cause in ("one", "two 2", "three")] == [None] * 3


@pytest.mark.parametrize("cause", sorted({str(case.cause) for case in PLANTED}))
def test_every_cause_of_the_corpus_is_explained_as_it_is_named(cause: str) -> None:
    """By the diagnosis itself, as in a report."""
    named = {diagnosis_of(case) for case in PLANTED if case.cause == cause} - {None}
    assert named
    for found in named:
        assert explain(str(found)).kind == "cause"
        assert cause_of(f"{found}: evidence") in of_kind("cause")


@pytest.mark.parametrize(
    ("diagnosis", "cause"),
    [
        ("factor 4: analytic = 4 x numeric", "factor"),
        ("factor -0.125: x", "factor"),
        ("factor 1e+06: x", "factor"),
        ("factor per slice: x", "factor per slice"),
        ("precision of float16: x", "precision"),
        ("mask x < 0: x", "mask"),
        ("mask |x| large: x", "mask"),
        ("above the diagonal: x", "diagonal"),
        ("sign: x", "sign"),
        ("sign only: x", "sign only"),
        ("L2 penalty: x", "L2 penalty"),
        ("l2  PENALTY", "L2 penalty"),
        ("fail: x", None),
        ("factors: x", None),
        ("", None),
        (None, None),
    ],
)
def test_a_diagnosis_leads_to_its_cause(diagnosis: str | None, cause: str | None) -> None:
    """Whatever number or type is in it; a verdict is no cause."""
    assert cause_of(diagnosis) == cause


@pytest.mark.parametrize("entry", explanations(), ids=lambda entry: entry.name)
def test_an_explanation_is_short_plain_and_complete(entry: Explanation) -> None:
    """One line, a few paragraphs with code set apart, what to do; in ASCII, no wider than a terminal may be."""
    assert entry.summary
    assert "\n" not in entry.summary
    assert entry.text
    assert entry.remedy.endswith((".", ")"))
    lines = f"{entry.summary}\n{entry.text}\n{entry.remedy}".splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 120
    assert "\n".join(lines).isascii()
    for before, line in itertools.pairwise(lines):
        assert not (line.startswith("    ") and before and not before.startswith("    "))


def test_names_are_unique_in_any_case() -> None:
    """One word, one explanation."""
    assert len({entry.name.casefold() for entry in explanations()}) == len(explanations())


# Guards -------------------------------------------------------------------------------------------------------------------


def loss(w: Any) -> Any:
    """Sum of cubes, whose gradient is 3 w^2."""
    return np.sum(w**3)


def gradient(w: Any) -> Any:
    """Of the loss."""
    return 3 * w**2


def changing(w: Any) -> Any:
    """A gradient that writes into its argument."""
    found = gradient(w)
    w[0] = 0
    return found


class Keeping:
    """Gradients and losses that keep something between calls."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.buffer = np.empty(3)

    def counted(self, w: Any) -> Any:
        """Another value in every call."""
        self.calls.append(w)
        return loss(w) * (1 + 0.01 * len(self.calls))

    def overwritten(self, w: Any) -> Any:
        """One buffer for all calls."""
        np.multiply(3, w**2, out=self.buffer)
        return self.buffer

    def first(self, w: Any) -> Any:
        """That of the first call."""
        self.calls.append(gradient(w))
        return self.calls[0].copy()

    def previous(self, w: Any) -> Any:
        """That of the call before."""
        self.calls.append(gradient(w))
        return self.calls[-2 if len(self.calls) > 1 else -1].copy()

    def forward(self, w: Any) -> Any:
        """The loss, which leaves something behind."""
        self.buffer = np.real(w) ** 2
        return loss(w)

    def backward(self, _: Any) -> Any:
        """The gradient of what was left behind."""
        return 3 * self.buffer


def squares(w: Any) -> Any:
    """Half of the squared norm, whose gradient is w."""
    return 0.5 * np.sum(w**2)


def of(f: Any, grad: Any, *args: Any, **options: Any) -> str:
    """The reason of a report, or the error."""
    try:
        return gp.examine_gradient(f, grad, *(args or (W,)), **options).reason
    except (TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def of_layers(kept: Keeping) -> str:
    """The reason of a backward pass that uses what the last forward pass left."""
    return of(kept.forward, kept.backward)


def searched() -> str:
    """The reason of a search that saw nothing."""
    args = (st.just(np.array([1e300])),)
    with np.errstate(over="ignore"):
        report = gp.Differentiable(lambda w: np.sum(w * w), lambda w: 2 * w, args).examine(examples=3)
    return report.reason


def asymmetric() -> str:
    """The reason of a Hessian of what is no gradient."""
    rotation = np.array([[0.0, 1e-3], [-1e-3, 0.0]])
    report = gp.examine_hessian(
        lambda x: x @ x,
        lambda _: 2 * np.eye(2) + rotation,
        np.zeros(2),
        grad=lambda x: 2 * x + rotation @ x,
    )
    return report.reason


MATRIX = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
PLANTED_GUARDS: dict[str, Callable[[], str]] = {
    "argument changed": lambda: of(loss, changing),
    "not deterministic": lambda: of(Keeping().counted, gradient),
    "state between calls": lambda: of(loss, Keeping().previous),
    "left behind": lambda: of_layers(Keeping()),
    "result overwritten": lambda: of(loss, Keeping().overwritten),
    "shared memory": lambda: of(squares, lambda w: w),
    "kept gradient": lambda: of(loss, Keeping().first),
    "wrong shape": lambda: of(loss, lambda _: np.zeros(2)),
    "wrong dtype": lambda: of(loss, lambda w: w.astype(int)),
    "wrong structure": lambda: of(lambda p: loss(p["w"]), lambda p: {"v": p["w"]}, {"w": W}),
    "gradient not finite": lambda: of(loss, lambda w: np.where(w > 2, -np.inf, gradient(w))),
    "f not finite": lambda: of(lambda w: np.sum(w) * np.nan, gradient),
    "not a scalar": lambda: of(lambda w: w, gradient),
    "evaluations used up": lambda: of(loss, gradient, max_evaluations=2),
    "too little seen": searched,
    "nothing varies": lambda: of(loss, gradient, np.array([1, 2])),
    "argument not finite": lambda: of(loss, gradient, np.array([np.nan])),
    "unusable array": lambda: of(loss, gradient, np.array([1.0, None])),
    "not adjoint": lambda: (
        gp.examine_adjoint(lambda u, x: MATRIX @ (x * u), lambda v, x: 2 * x * (MATRIX.T @ v), W[:2]).reason
    ),
    "not linear": lambda: (
        gp.examine_adjoint(lambda u, x: x * u, lambda v, x: x * np.clip(v, -1, 1) ** 3, W[:2]).reason
    ),
    "asymmetric Hessian": asymmetric,
}


def test_every_guard_is_planted() -> None:
    """And none that does not exist."""
    assert PLANTED_GUARDS.keys() == of_kind("guard")


@pytest.mark.parametrize("guard", PLANTED_GUARDS)
def test_a_guard_is_known_by_its_words(guard: str) -> None:
    """In the reason of a report as in an error with a traceback."""
    reason = PLANTED_GUARDS[guard]()
    assert guard_of(reason) == guard
    assert guard_of(f"Traceback (most recent call last):\n  File x, line 1\n{reason}") == guard


def findings() -> dict[str, str]:
    """The reasons that need no derivative, with the file that gives them, from the source of the checker."""
    found = {}
    for path in [*PACKAGE.glob("*.py"), *PACKAGE.glob("_products/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            texts: list[ast.expr] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in {"Finding", "StructureError"}:
                    texts = node.args
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"reason", "message"}:
                texts = [node.value]
            found.update({text: path.name for text in map(literal, texts) if text and " " in text})
    return found


def test_every_finding_in_the_source_has_a_guard() -> None:
    """Whatever is formatted into it."""
    assert len(findings()) >= 15
    unknown = {
        text: name
        for text, name in findings().items()
        if not any(guard_of(text.replace("2", word)) for word in ("nan", "float"))
    }
    assert unknown == {}


def test_other_words_are_of_no_guard() -> None:
    """Reasons that come from the comparison, and errors of the user's own."""
    wrong = gp.examine_gradient(loss, lambda w: gradient(w) + w**2, W)
    assert guard_of(wrong.reason) is None
    assert guard_of("ZeroDivisionError: division by zero") is None


# Topics of results --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "grad", "point", "topic"),
    [
        (loss, gradient, W, None),
        (loss, lambda w: 4 * gradient(w), W, "factor"),
        (loss, lambda w: gradient(w) + np.cos(w), W, "fail"),
        (loss, lambda _: np.zeros(2), W, "wrong shape"),
        (lambda w: np.sum(np.abs(w)), lambda w: np.sign(w) + 2 * (w == 0), np.zeros(2), "outside kink"),
        (lambda w: float(w > 0), lambda _: 0.0, 0.0, "jump"),
        (lambda w: np.sum(w.astype(float) ** 2) + 1e14, lambda w: 2 * w, W, "unresolved"),
    ],
    ids=["right", "factor", "fail", "guard", "kink", "jump", "unresolved"],
)
def test_a_result_leads_to_what_explains_it_best(f: Any, grad: Any, point: Any, topic: str | None) -> None:
    """The cause, else the guard, else the status of the worst entry, else the verdict; nothing where it is right."""
    report = gp.examine_gradient(f, grad, point)
    result = Result.of_report(report, name="g", where="m")
    assert topic_of(result) == topic
    assert topic is None or explain(topic)


def test_an_error_leads_to_what_an_error_means_or_to_its_guard() -> None:
    """By the message, where there is no report."""
    assert topic_of(Result("g", "m", "unchecked", message="KeyError: 'w'")) == "error"
    message = "TypeError: at least one argument must hold floats; got tuple(int)."
    assert topic_of(Result("g", "m", "unchecked", message=message)) == "nothing varies"


# The command --------------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> int:
    """Run the command in this process."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["factor 4"], "factor"),
        (["factor", "4"], "factor"),
        (["FACTOR"], "factor"),
        (["fail"], "fail"),
        (["slice", "missing"], "slice missing"),
        (["l2", "Penalty"], "L2 penalty"),
        (["mask x < 0"], "mask"),
        (["factor 4: analytic = 4 x numeric"], "factor"),
    ],
    ids=repr,
)
def test_a_word_is_explained(words: list[str], name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In one argument or several, in any case, as the report prints it."""
    assert run(*words) == 0
    out = capsys.readouterr().out
    entry = explain(name)
    assert out.startswith(f"{entry.name} ({entry.kind}): {entry.summary}\n")
    assert entry.text in out
    assert entry.remedy in out


def test_several_words_are_explained_one_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    """Where they are no word together."""
    assert run("pass", "fail") == 0
    out = capsys.readouterr().out
    assert out.startswith("pass (verdict): ")
    assert "\nfail (verdict): " in out


def test_without_a_word_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """A line each, under the titles of their kinds."""
    assert run() == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line[2:].split("  ")[0] for line in lines if line.startswith("  ")} == {
        entry.name for entry in explanations()
    }
    assert "Causes of a wrong gradient" in lines


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["facto"], "Did you mean 'factor'?"),
        (["transpose"], "Did you mean 'transposed'?"),
        (["xyzzy"], "`gradproof explain` lists all."),
    ],
)
def test_an_unknown_word_exits_with_2(
    words: list[str], near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And names the nearest."""
    assert run(*words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        f"gradproof explain: a word to explain must be one that a report prints; got {words[0]!r}. {near}\n"
    )


def test_an_explanation_can_be_had_as_json_and_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    """All of them, or one."""
    assert run("--format", "json") == 0
    entries = json.loads(capsys.readouterr().out)
    assert [Explanation(**entry) for entry in entries] == list(explanations())
    assert run("sign", "--format", "markdown") == 0
    assert capsys.readouterr().out.startswith("### sign\n\n*cause*: every entry has the opposite sign\n\n")
