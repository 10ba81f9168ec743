"""The pytest plugin, in runs of other people's tests: quiet, marked, counted, reported, and failing in their own lines."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

# Loaded here, so that a run inside of this process does not load NumPy a second time.
import gradproof._gradient_test
import gradproof._mutate
import gradproof._outputs
import gradproof._parametrize
import gradproof._products
import gradproof.strategies  # noqa: F401  same

pytest_plugins = ["pytester"]

STRICT_JUNIT = Path(__file__).parent / "schemas" / "junit-10.xsd"
HEAD = """
import numpy as np
import pytest
import gradproof as gp
from hypothesis import settings

POINT = np.array([0.5, -1.0, 2.0])

def loss(w):
    return np.sum(w**3)

def right(w):
    return 3 * w**2

def wrong(w):
    return 6 * w**2

def coarse(w):  # so coarse that errors below about 1e-4 of the scale hide
    return float(np.float32(np.sum(np.float32(w) ** 3)))

PLAIN = (gp.strategies.arrays(2, scales=(0, 0), kinks=(), subnormals=False),)
"""
MANY = """
def test_right():
    gp.check_gradient(loss, right, POINT)

def test_wrong():
    gp.check_gradient(loss, wrong, POINT)

@settings(max_examples=5, derandomize=True)
@gp.gradient_test(loss, right, args=PLAIN)
def test_search():
    pass

def test_two():
    gp.check_gradient(loss, right, POINT)
    gp.check_jvp(lambda w: w**2, lambda u, w: 2 * w * u, POINT)

def test_none():
    assert True

def test_unseen():
    gp.check_gradient(coarse, right, POINT)

def test_error():
    gp.check_gradient(loss, right, np.array([np.nan]))

test_declared = gp.gradient_tests([
    gp.Differentiable(loss, right, args=(POINT,), name="cube"),
    gp.Differentiable(loss, wrong, args=(POINT,), name="known to be wrong"),
], expected_failures={"known to be wrong": "a planted error"})
"""


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that is as wide, and as plain, wherever these tests run."""
    for name in ("CI", "BUILD_NUMBER", "FORCE_COLOR", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")


def run(pytester: pytest.Pytester, body: str, *options: str, head: str = HEAD) -> pytest.RunResult:
    """Run one test module inside of this process."""
    pytester.makepyfile(test_it=head + body)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)


def lines_of(result: pytest.RunResult, title: str) -> list[str]:
    """Lines of one section of the terminal."""
    starts = [i for i, line in enumerate(result.outlines) if re.fullmatch(rf"=+ {title} =+", line)]
    if not starts:
        return []
    rest = [line for line in result.outlines[starts[-1] + 1 :] if line]
    ends = [i for i, line in enumerate(rest) if line.startswith("===")]
    return rest[: ends[0]] if ends else rest


def reported(pytester: pytest.Pytester, name: str = "out.json") -> list[dict[str, Any]]:
    """Results that a JSON report holds, however it wraps them."""
    found = json.loads((pytester.path / name).read_text(encoding="utf-8"))
    results: list[dict[str, Any]] = found if isinstance(found, list) else found["results"]
    return results


# --- quiet where it is not used ------------------------------------------------------------------------------------

LOADED = """
import sys
import pytest

@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}))
"""
HEAVY = {"numpy", "hypothesis", "torch", "jax", "pandas", "scipy"}


def loaded_by(pytester: pytest.Pytester, body: str) -> tuple[set[str], str]:
    """What a run of its own has loaded at its end, and all that it printed."""
    pytester.makeconftest(LOADED)
    pytester.makepyfile(test_it=body)
    # Hypothesis's own plugin imports Hypothesis at the end of every run, with gradproof or without.
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-s", "-q")
    assert result.ret == 0
    (line,) = [line for line in result.outlines if line.startswith("LOADED")]
    return set(line.split()), result.stdout.str().replace(line, "")


def test_a_run_without_gradients_loads_nothing_and_says_nothing(pytester: pytest.Pytester) -> None:
    """Neither NumPy nor Hypothesis is imported, and no line speaks of gradproof."""
    loaded, printed = loaded_by(pytester, "def test_plain():\n    assert True\n")
    assert loaded & HEAVY == set()
    assert "gradproof" in loaded
    assert "gradproof" not in printed


def test_what_a_run_loads_is_seen(pytester: pytest.Pytester) -> None:
    """The planted fault of the test above: a run that checks a gradient loads NumPy, and says so."""
    body = "import gradproof as gp\n\ndef test_it():\n    gp.check_gradient(lambda w: w * w, lambda w: 2 * w, 1.5)\n"
    loaded, printed = loaded_by(pytester, body)
    assert "numpy" in loaded
    assert "hypothesis" not in loaded
    assert "gradproof: 1 check of a gradient: 1 pass" in printed


def test_it_can_be_left_out(pytester: pytest.Pytester) -> None:
    """`-p no:gradproof` leaves tests as they are, and says nothing of them."""
    result = run(pytester, MANY, "-p", "no:gradproof")
    result.assert_outcomes(passed=5, failed=3, xfailed=1)
    assert not lines_of(result, "gradproof")


# --- marker and options --------------------------------------------------------------------------------------------


def test_the_marker_is_registered_and_given(pytester: pytest.Pytester) -> None:
    """Tests that gradproof makes carry it, also where markers are strict; others where they are marked."""
    body = MANY + "\n@pytest.mark.gradproof\ndef test_marked():\n    pass\n"
    result = run(pytester, body, "-m", "gradproof", "--strict-markers", "--collect-only", "-q")
    assert result.outlines[:4] == [
        "test_it.py::test_search",
        "test_it.py::test_declared[cube]",
        "test_it.py::test_declared[known to be wrong]",
        "test_it.py::test_marked",
    ]
    assert (
        "@pytest.mark.gradproof(resolution=R, examples=N, seed=S):"
        in run(pytester, "", "--markers").stdout.str()
    )


PRECEDENCE = """
from gradproof._options import defaults

@pytest.mark.gradproof(resolution=1e-2)
class TestMarked:
    def test_marker(self):
        gp.check_gradient(coarse, right, POINT)

    @pytest.mark.gradproof(resolution=1e-3, seed=5)
    def test_the_closest_marker(self):
        assert defaults().resolution == 1e-3
        assert gp.check_gradient(coarse, right, POINT).seed == 5

    def test_an_argument(self):
        assert gp.examine_gradient(coarse, right, POINT, resolution=1e-6).verdict == "inconclusive"
        assert gp.examine_gradient(coarse, right, POINT, resolution=1e-6, seed=3).seed == 3

def test_the_run():
    assert defaults().resolution == RUN
    assert gp.examine_gradient(coarse, right, POINT).passed == (RUN > 1e-4)
    assert gp.check_vjp(lambda w: w**2, lambda v, w: 2 * w * v, POINT).passed
"""


@pytest.mark.parametrize(
    ("ini", "options", "holds"),
    [
        ("", [], 1e-6),
        ("gradproof_resolution = 1e-3", [], 1e-3),
        ("gradproof_resolution = 1e-9", ["--gradproof-resolution", "0.01"], 1e-2),
    ],
    ids=["default", "ini", "command line"],
)
def test_code_goes_before_marker_command_line_and_ini(
    pytester: pytest.Pytester, ini: str, options: list[str], holds: float
) -> None:
    """For the resolution, which a coarse function makes seen."""
    pytester.makeini(f"[pytest]\n{ini}\n")
    run(pytester, f"RUN = {holds}\n{PRECEDENCE}", *options).assert_outcomes(passed=4)


EXAMPLES = """
from hypothesis import settings

counts = {}

def count(name):
    counts[name] = counts.get(name, 0) + 1

@gp.gradient_test(loss, right, args=PLAIN)
def test_open():
    count("open")

@settings(max_examples=7)
@gp.gradient_test(loss, right, args=PLAIN)
def test_pinned():
    count("pinned")

@pytest.mark.gradproof(examples=9)
@gp.gradient_test(loss, right, args=PLAIN)
def test_marked():
    count("marked")

def drawn(w):
    count("drawn")
    return right(w)

def test_declared():
    gp.Differentiable(loss, drawn, args=PLAIN).check()

def test_counts():
    assert counts["open"] == 12
    assert counts["pinned"] == 7
    assert counts["marked"] == 9
    assert counts["drawn"] < 12 * 60
"""


@pytest.mark.parametrize("by", ["command line", "ini"])
def test_a_run_says_how_many_inputs_are_drawn_where_the_code_does_not(
    pytester: pytest.Pytester, by: str
) -> None:
    """What @settings pins stays pinned, as under Hypothesis's profiles; a marker goes before the run."""
    if by == "ini":
        pytester.makeini("[pytest]\ngradproof_examples = 12\n")
    options = ["--gradproof-examples=12"] if by == "command line" else []
    run(pytester, EXAMPLES, *options).assert_outcomes(passed=5)


def test_a_seed_repeats_a_run(pytester: pytest.Pytester) -> None:
    """The same inputs are drawn and the same directions taken; another seed takes others."""
    body = """
seen = []

@settings(database=None)
@gp.gradient_test(loss, right, args=PLAIN)
def test_search(report, args):
    seen.append((report.seed, *args[0].tolist()))

def test_print():
    assert {seed for seed, *_ in seen} == {SEED}
    with open("seen.txt", "a") as file:
        print(seen, file=file)
"""
    for seed in ("4", "4", "5"):
        run(
            pytester, f"SEED = {seed}\n{body}", "--gradproof-seed", seed, "--gradproof-examples=5"
        ).assert_outcomes(passed=2)
    first, second, third = (pytester.path / "seen.txt").read_text().splitlines()
    assert first == second
    assert first.replace("(4,", "(5,") != third


@pytest.mark.parametrize(
    ("options", "marker", "words"),
    [
        (["--gradproof-examples=0"], "", "--gradproof-examples must be a whole number from 1; got '0'."),
        (["--gradproof-examples=2.5"], "", "--gradproof-examples must be a whole number from 1; got '2.5'."),
        (
            ["--gradproof-resolution=2"],
            "",
            r"--gradproof-resolution must be a number in (0, 1), as 1e-6; got '2'.",
        ),
        (
            ["--gradproof-resolution=nan"],
            "",
            "--gradproof-resolution must be a number in (0, 1), as 1e-6; got 'nan'.",
        ),
        (["--gradproof-seed=-1"], "", "--gradproof-seed must be a whole number from 0; got '-1'."),
        (
            ["-o", "gradproof_examples=many"],
            "",
            "gradproof_examples must be a whole number from 1; got 'many'.",
        ),
        ([], "resolutoin=1e-3", "got resolutoin=0.001. Did you mean resolution=?"),
        ([], "examples=True", "must be a whole number from 1; got examples=True."),
        ([], "seed=2.5", "must be a whole number from 0; got seed=2.5."),
        ([], "1e-3", "takes resolution, seed, examples by name only; got 0.001."),
        (["--gradproof-report=out.doc"], "", "must end in one of .json"),
        (
            ["--gradproof-report=folder.md"],
            "",
            "--gradproof-report must be a file; got the folder 'folder.md'.",
        ),
        (["--gradproof-report=test_it.py/out.md"], "", "must stand in a folder that can be written to"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_bad_usage_is_refused_before_anything_runs(
    pytester: pytest.Pytester, options: list[str], marker: str, words: str
) -> None:
    """With pytest's status 4, the value, and what to do."""
    pytester.mkdir("folder.md")
    body = f"@pytest.mark.gradproof({marker})\ndef test_it():\n    print('it ran')\n"
    result = run(pytester, body, "-s", *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = result.stdout.str() + result.stderr.str()
    assert words in " ".join(text.split())
    assert "it ran" not in text


# --- what is counted -----------------------------------------------------------------------------------------------


def test_the_summary_counts_each_check(pytester: pytest.Pytester) -> None:
    """A search is one check whatever it draws, a test may hold several; what nobody checked is not mentioned."""
    result = run(pytester, MANY)
    counts, cost, *rest = lines_of(result, "gradproof")
    assert counts == "9 checks of gradients: 5 pass, 1 inconclusive, 1 fail, 1 fail (expected), 1 error"
    assert re.fullmatch(r"\d+ evaluations of f, \d+ of grad, \d+\.\d\d s", cost)
    assert rest[0] == "largest errors of those that passed, in units of their bounds:"
    assert not any("test_wrong" in line for line in rest[: rest.index("slowest:")])
    assert len(rest[rest.index("slowest:") + 1 :]) == 3


def test_a_search_counts_all_of_its_evaluations(pytester: pytest.Pytester) -> None:
    """As many as f and grad were called, by their own count: those of f are calls with one point each."""
    body = """
from hypothesis import settings
calls = [0, 0]

def counted(w):
    calls[0] += 1
    return loss(w)

def counted_gradient(w):
    calls[1] += 1
    return right(w)

@settings(max_examples=5)
@gp.gradient_test(counted, counted_gradient, args=PLAIN)
def test_search():
    pass

def test_print():
    open("calls.txt", "w").write(f"{calls[0]} evaluations of f, {calls[1]} of grad")
"""
    result = run(pytester, body)
    calls = (pytester.path / "calls.txt").read_text()
    assert lines_of(result, "gradproof")[1].startswith(calls)
    assert int(calls.split()[0]) > 5 * 20


def test_the_summary_is_shorter_with_q_and_longer_with_v(pytester: pytest.Pytester) -> None:
    """One line with -q, one for every check with -v."""
    short = run(pytester, MANY, "-q")
    assert not lines_of(short, "gradproof")
    assert [line for line in short.outlines if line.startswith("gradproof: ")] == [
        "gradproof: 9 checks of gradients: 5 pass, 1 inconclusive, 1 fail, 1 fail (expected), 1 error"
    ]
    long = lines_of(run(pytester, MANY, "-v"), "gradproof")[2:]
    assert len(long) == 9
    assert re.match(
        r"  pass +loss  test_it.py::test_right: error \S+ of its bound, resolution \S+, \d+ of f", long[0]
    )
    assert re.match(r"  fail +known to be wrong  test_it.py::test_declared\[known .*, expected$", long[-1])


def test_where_nothing_is_checked_there_is_no_section(pytester: pytest.Pytester) -> None:
    """Not even where gradproof is imported."""
    assert "gradproof:" not in run(pytester, "def test_none():\n    pass\n").stdout.str()


def test_what_hypothesis_draws_for_one_call_is_one_check(pytester: pytest.Pytester) -> None:
    """In a test of the user's own with @given; the smallest input that fails tells of it, and assume() is no check."""
    body = """
from hypothesis import assume, given, settings, strategies as st

@settings(max_examples=20, database=None)
@given(st.sampled_from([-1.0, 0.5, 1.0, 2.0]))
def test_given(x):
    def f(w):
        assume(x != 1)
        return loss(w)
    gp.check_gradient(f, right, np.array([x]))
    gp.check_gradient(loss, lambda w: right(w) * (1.5 if w > 1 else 1), np.array([x]))
"""
    result = run(pytester, body, "--gradproof-report=out.json")
    result.assert_outcomes(failed=1)
    found = reported(pytester)
    assert [entry["outcome"] for entry in found] == ["right", "wrong"]
    assert found[1]["worst"]["analytic"] == 1.5 * 3 * 2.0**2
    assert found[0]["evaluations"]["f"] > 3 * 20  # one check that passes takes about 20


# --- xdist ---------------------------------------------------------------------------------------------------------


def test_workers_report_what_one_process_does(pytester: pytest.Pytester) -> None:
    """With -n 2 the report holds the same in the same order, and the summary counts the same; times differ."""
    body = MANY.replace("def test_right():\n", "def test_right():\n    import time; time.sleep(0.3)\n")
    found, sections = [], []
    for workers in ((), ("-n", "2")):
        options = ("--gradproof-seed=1", "--gradproof-report=out.json", "-v", *workers)
        result = run(pytester, body, *options)
        found.append([{**entry, "seconds": 0} for entry in reported(pytester)])
        sections.append(
            [re.sub(r"\d+\.\d\d s(?=$|, expected$)", "", line) for line in lines_of(result, "gradproof")]
        )
    assert len(found[0]) == 9
    assert found[0][0]["where"] == "test_it.py::test_right"
    assert found[0] == found[1]
    assert sections[0] == sections[1]


def test_a_worker_that_meets_bad_usage_ends_the_run(pytester: pytest.Pytester) -> None:
    """A bad marker is no quiet pass under xdist either."""
    body = "import pytest\n\n@pytest.mark.gradproof(sede=1)\ndef test_it():\n    pass\n"
    result = run(pytester, body, "-n", "1", head="")
    assert result.ret != pytest.ExitCode.OK
    result.assert_outcomes(errors=1)
    assert "Did you mean seed=?" in result.stdout.str() + result.stderr.str()


# --- failures ------------------------------------------------------------------------------------------------------

FAILING = """
import unittest

TINY = (gp.strategies.arrays(1, scales=(0, 0), kinks=(), subnormals=False),)

def test_direct():
    gp.check_gradient(loss, wrong, POINT)  # this line

@gp.gradient_test(loss, wrong, args=TINY)
@pytest.mark.parametrize("n", [1])
def test_search(n, tmp_path_factory):  # this line
    pass

test_declared = gp.gradient_tests([gp.Differentiable(loss, wrong, args=(POINT,), name="one")])  # this line

def test_drawn():
    gp.Differentiable(loss, wrong, args=TINY).check()  # this line

def test_product():
    gp.check_vjp(lambda w: w**2, lambda v, w: w * v, POINT)  # this line

def test_usage():
    gp.check_gradient(loss, right, np.array([np.nan]))  # this line

class TestOld(unittest.TestCase):
    def test_method(self):
        gp.check_gradient(loss, wrong, POINT)  # this line
"""
COUNT = FAILING.count("# this line")
INSIDES = re.compile(r"[\\/](_?hypothesis\w*|gradproof)[\\/]\w")


@pytest.mark.parametrize("style", ["auto", "short", "line", "native"])
def test_failures_show_the_users_line_and_no_insides(pytester: pytest.Pytester, style: str) -> None:
    """No path of gradproof or Hypothesis in any style; the lines of the message, and the replay, in all that show it."""
    result = run(pytester, FAILING, f"--tb={style}", "--gradproof-examples=10")
    result.assert_outcomes(failed=COUNT)
    text = "\n".join(lines_of(result, "FAILURES"))
    assert not INSIDES.search(text), text
    if style == "line":
        numbers = [
            i
            for i, line in enumerate((HEAD + FAILING).strip().splitlines(), 1)
            if line.endswith("# this line")
        ]
        assert [
            int(n) for n in re.findall(r"test_it\.py:(\d+): (?:gradproof: fail|ValueError)", text)
        ] == numbers
        return
    assert text.count("# this line") >= COUNT
    assert len(re.findall(r"^(?:E|) +analytic \S+$", text, re.MULTILINE)) == COUNT - 1
    assert text.count("Replay it without Hypothesis:") == 2
    assert "Failing test case" not in text
    assert "Highest target" not in text
    assert "arguments must be finite; got a NaN or infinity at w[0]." in text


def test_full_trace_shows_the_insides(pytester: pytest.Pytester) -> None:
    """Of gradproof and of Hypothesis: what is hidden is there for who asks."""
    text = run(pytester, FAILING, "--full-trace", "-k", "search").stdout.str()
    assert re.search(r"gradproof[\\/]_search\.py:\d+", text)
    assert re.search(r"hypothesis[\\/]core\.py:\d+", text)


def test_the_long_form_begins_with_the_users_line(pytester: pytest.Pytester) -> None:
    """Line by line: the source, then the message, then where it is."""
    result = run(pytester, FAILING, "-k", "direct or search")
    result.stdout.fnmatch_lines(
        [
            ">       gp.check_gradient(loss, wrong, POINT)  # this line",
            "E       gradproof.GradientMismatch: fail: the gradient of loss by *",
            "E         diagnosis: factor 2*",
            "test_it.py:*: GradientMismatch",
            "n = 1",
            "    @gp.gradient_test(loss, wrong, args=TINY)",
            ">   def test_search(n, tmp_path_factory):  # this line",
            "E   gradproof.GradientMismatch: fail: the gradient of loss by *",
            "E   Replay it without Hypothesis:",
            "test_it.py:*: GradientMismatch",
        ],
    )
    lines = result.outlines
    assert lines[lines.index(">   def test_search(n, tmp_path_factory):  # this line") + 1].startswith("E   ")


def test_a_failing_body_shows_itself_and_not_its_stand_in(pytester: pytest.Pytester) -> None:
    """The assertion of the user, rewritten by pytest; the gradient is right."""
    body = "@gp.gradient_test(loss, right, args=PLAIN)\ndef test_it(report):\n    assert report.verdict == 'fail'\n"
    result = run(pytester, body)
    failures = "\n".join(lines_of(result, "FAILURES"))
    assert ">       assert report.verdict == 'fail'" in failures
    assert ">   def test_it" not in failures
    assert not INSIDES.search(failures)
    assert lines_of(result, "gradproof")[0] == "1 check of a gradient: 1 pass"


def test_a_fault_of_gradproof_itself_is_shown_where_it_is(pytester: pytest.Pytester) -> None:
    """What it does not raise on purpose is not hidden: the report of such a bug needs its lines."""
    body = """
def test_it(monkeypatch):
    monkeypatch.setattr("gradproof._examine.value_and_gradient", lambda *_: (1.0, object()))
    gp.check_gradient(loss, right, POINT)
"""
    failures = "\n".join(lines_of(run(pytester, body), "FAILURES"))
    assert "AttributeError: 'object' object has no attribute" in failures
    assert INSIDES.search(failures)


def test_an_error_in_the_users_function_shows_that_function(pytester: pytest.Pytester) -> None:
    """Between the test and the function that raised, nothing of gradproof."""
    body = (
        "def bad(w):\n    return w / undefined\n\ndef test_it():\n    gp.check_gradient(bad, right, POINT)\n"
    )
    result = run(pytester, body, "--tb=short")
    text = "\n".join(lines_of(result, "FAILURES"))
    assert [line.partition(": in ")[2] for line in text.splitlines() if ": in " in line] == ["test_it", "bad"]
    assert lines_of(result, "gradproof")[0] == "1 check of a gradient: 1 error"


def test_other_peoples_failures_stay_as_they_are(pytester: pytest.Pytester) -> None:
    """Hypothesis's own failures keep their example, and their traceback."""
    body = """
from hypothesis import given, strategies as st

@given(st.integers())
def test_theirs(n):
    assert n < 100
"""
    ours, theirs = (run(pytester, body, *more).stdout.str() for more in ((), ("-p", "no:gradproof")))
    cut = re.compile(r"^(plugins|=+ .* in ).*$", re.MULTILINE)
    assert re.search(r"n=100", ours)
    assert cut.sub("", ours) == cut.sub("", theirs)


def test_the_short_summary_says_what_is_wrong(pytester: pytest.Pytester) -> None:
    """Verdict, function and cause in one line."""
    result = run(pytester, FAILING, "-k", "direct")
    (line,) = [line for line in result.outlines if line.startswith("FAILED")]
    assert line.startswith("FAILED test_it.py::test_direct - gradproof: fail: loss: factor 2")


def test_tests_stand_where_they_were_asked_for(pytester: pytest.Pytester) -> None:
    """With -v, pytest adds no arrow to a file of gradproof, and JUnit names the user's module."""
    result = run(pytester, MANY, "-v", "--junitxml=junit.xml")
    assert "<-" not in result.stdout.str()
    junit = (pytester.path / "junit.xml").read_text(encoding="utf-8")
    assert 'classname="test_it" name="test_declared[cube]"' in junit


def test_junit_stays_valid_under_the_strict_schema(pytester: pytest.Pytester) -> None:
    """With failures, errors and expected failures in it; a property on a test case would break it."""
    import xmlschema  # noqa: PLC0415  a second of its own

    schema = xmlschema.XMLSchema(STRICT_JUNIT)
    run(pytester, MANY, "--junitxml=junit.xml")
    schema.validate(pytester.path / "junit.xml")
    text = (pytester.path / "junit.xml").read_text(encoding="utf-8")
    assert 'message="gradproof: fail: loss: factor 2' in text
    broken = text.replace("<testcase ", "<testcase unknown='1' ", 1)
    (pytester.path / "broken.xml").write_text(broken, encoding="utf-8")
    assert not schema.is_valid(pytester.path / "broken.xml")


# --- report files --------------------------------------------------------------------------------------------------


def test_a_report_lists_each_check_with_its_test(pytester: pytest.Pytester) -> None:
    """In the order of the tests; what is expected to fail keeps its verdict and does not count as wrong."""
    body = (
        MANY
        + """
def test_raises():
    with pytest.raises(gp.GradientMismatch):
        gp.check_gradient(loss, wrong, POINT)

@pytest.fixture
def checked():
    gp.check_gradient(loss, right, POINT)

def test_fixture(checked):
    assert not gp.examine_gradient(loss, wrong, POINT).passed
"""
    )
    result = run(pytester, body, "--gradproof-report=deep/er/out.json", "--gradproof-report=out.md")
    found = [
        (entry["where"].partition("::")[2], entry["outcome"], entry["verdict"])
        for entry in reported(pytester, "deep/er/out.json")
    ]
    assert found == [
        ("test_right", "right", "pass"),
        ("test_wrong", "wrong", "fail"),
        ("test_search", "right", "pass"),
        ("test_two", "right", "pass"),
        ("test_two", "right", "pass"),
        ("test_unseen", "unchecked", "inconclusive"),
        ("test_error", "unchecked", None),
        ("test_declared[cube]", "right", "pass"),
        ("test_declared[known to be wrong]", "expected", "fail"),
        ("test_raises", "expected", "fail"),
        ("test_fixture", "right", "pass"),
        ("test_fixture", "expected", "fail"),
    ]
    assert (pytester.path / "out.md").exists()
    result.stdout.fnmatch_lines(["gradproof: wrote deep*out.json", "gradproof: wrote out.md"])


def test_messages_of_a_report_hold_the_replay(pytester: pytest.Pytester) -> None:
    """What is read where a gradient is wrong, or could not be checked."""
    run(pytester, FAILING + "\n", "--gradproof-report=out.json")
    messages = {entry["where"].partition("::")[2]: entry["message"] for entry in reported(pytester)}
    assert "Replay it without Hypothesis:" in messages["test_search[1]"]
    assert "factor 2" in messages["test_direct"]
    assert messages["test_usage"].startswith("ValueError: arguments must be finite")


def test_a_report_is_written_where_the_run_is_stopped(pytester: pytest.Pytester) -> None:
    """After Ctrl-C it holds what was checked until then."""
    body = "def test_right():\n    gp.check_gradient(loss, right, POINT)\n\ndef test_stop():\n    raise KeyboardInterrupt\n"
    pytester.makepyfile(test_it=HEAD + body + MANY)
    result = pytester.runpytest_inprocess("--gradproof-report=out.json", no_reraise_ctrlc=True)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert [entry["where"] for entry in reported(pytester)] == ["test_it.py::test_right"]


def test_a_check_that_is_stopped_is_no_result(pytester: pytest.Pytester) -> None:
    """Neither where f skips the test, nor on Ctrl-C."""
    body = (
        "def f(w):\n    pytest.skip('not here')\n\ndef test_it():\n    gp.check_gradient(f, right, POINT)\n"
    )
    result = run(pytester, body, "--gradproof-report=out.json")
    result.assert_outcomes(skipped=1)
    assert reported(pytester) == []


def test_a_report_is_written_where_nothing_was_checked(pytester: pytest.Pytester) -> None:
    """An empty one: who reads it finds a file of this run, and not that of the last."""
    (pytester.path / "out.json").write_text("of the last run")
    result = run(pytester, "def test_none():\n    pass\n", "--gradproof-report=out.json")
    assert result.ret == 0
    assert reported(pytester) == []


def test_collecting_alone_writes_nothing(pytester: pytest.Pytester) -> None:
    """--collect-only is no run."""
    run(pytester, MANY, "--collect-only", "--gradproof-report=out.json")
    assert not (pytester.path / "out.json").exists()


def test_a_report_that_cannot_be_written_fails_the_run_and_leaves_no_part(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there before is still there, whole."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (pytester.path / "out.json").write_text("of the last run")
    monkeypatch.setattr(Path, "replace", full)
    result = run(pytester, "def test_none():\n    pass\n", "--gradproof-report=out.json")
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    assert "a report could not be written to out.json: No space left on device" in result.stdout.str()
    assert (pytester.path / "out.json").read_text() == "of the last run"
    assert sorted(path.name for path in pytester.path.iterdir() if "out" in path.name) == ["out.json"]


# --- beside others -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [("-p", "no:hypothesispytest"), ("--import-mode=importlib",), ("--assert=plain",), ("-p", "no:xdist")],
)
def test_it_gets_on_with_other_settings(pytester: pytest.Pytester, options: tuple[str, ...]) -> None:
    """Without Hypothesis's plugin, with another way to import, without rewritten assertions, without xdist."""
    result = run(pytester, MANY, *options)
    result.assert_outcomes(passed=5, failed=3, xfailed=1)
    assert lines_of(result, "gradproof")[0].startswith("9 checks of gradients: 5 pass")


def test_the_documented_failure_is_what_pytest_prints(pytester: pytest.Pytester) -> None:
    """Line by line, in order; but for numbers, which hang on what was drawn and how long it took."""
    text = (Path(__file__).parents[1] / "docs" / "pytest.md").read_text(encoding="utf-8")
    program, printed = (re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL) for kind in ("python", "text"))
    assert program
    assert printed
    result = run(pytester, program[1], "--gradproof-seed=0", "--gradproof-examples=10", head="")

    def plain(line: str) -> str:
        line = (
            re.sub(r"=+( .* )=+", r"===\1===", line)
            .partition("a sum where")[0]
            .partition("every entry of")[0]
        )
        return re.sub(r"\d[\d.]*(e[-+]\d+)?", "0", line).strip()

    lines = iter(plain(line) for line in result.outlines)
    for line in printed[1].splitlines():
        assert plain(line) in lines, line  # which takes lines up to it


@pytest.mark.parametrize(
    "check",
    [
        "test_it = gp.gradient_test(coarse, slope, args=DRAWN)(lambda: None)",
        "def test_it():\n    gp.Differentiable(coarse, slope, args=DRAWN).check()",
    ],
    ids=["gradient_test", "Differentiable"],
)
def test_a_replay_names_the_resolution_of_the_run(pytester: pytest.Pytester, check: str) -> None:
    """By itself the program would ask for another, and might not fail."""
    body = (
        "DRAWN = (gp.strategies.arrays(1, scales=(0, 0)),)\n\ndef slope(w):\n    return 4.5 * w**2\n\n"
        + check
    )
    text = run(pytester, body, "--gradproof-resolution=0.01", "--gradproof-examples=10").stdout.str()
    assert re.search(r"gp.check_gradient\(coarse, slope, .*resolution=0.01\)", text), text
