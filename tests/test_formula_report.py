"""Verification of the ledger in the report: verdicts from checks, and no failure that passes silently.

The checks run here are small ones written into a temporary folder, with the properties that real checks leave.
"""

import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from rich.console import Console

from gradproof_experiments.formulas import (
    Check,
    Counterexample,
    item,
    judge,
    plot_examples,
    stray_failures,
    verify,
)
from gradproof_experiments.formulas.tables import errata_table, margins_table, rows_table
from gradproof_experiments.formulas.terminal import progress, show_errata, show_problems, show_rows
from gradproof_experiments.formulas.verdict import (
    FAILS,
    MISPRINT,
    NO_CHECK,
    RIGHT,
    WRONG_AS_PRINTED,
    RowVerdict,
)
from gradproof_experiments.formulas.verification import Verification
from gradproof_experiments.manifest import describe_item
from gradproof_experiments.page import item_markdown
from gradproof_reference.ledger import Erratum, Row


def row(identifier: str, *errata: Erratum) -> Row:
    """A row of a ledger, with as little in it as can be."""
    return Row(identifier, "Slide", "It holds.", "y = [x]", ("f",), ("g",), ("test_f.py",), errata)


NAMING = Erratum("F02", "b_c", "b_1", "A name.")
FACTOR = Erratum("F03", "αw", "2αw", "Factor 2.", "as_printed.half", "whole")
ROWS = (row("F01"), row("F02", NAMING), row("F03", FACTOR))
SHOWN = Counterexample("F03", "as_printed.half", "w = 1", "1", "2")


def checks_folder(root: Path, **files: str) -> Path:
    """Folder checks/formulas below `root` with the given files of checks."""
    folder = root / "checks" / "formulas"
    folder.mkdir(parents=True)
    (root / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


def passing(identifier: str = "F01", **more: object) -> Check:
    """A check of one row that passed."""
    return Check("test_f.py::test", "passed", formulas=(identifier,), **more)  # type: ignore[arg-type]


PASSES = """
    def test_right(record_property):
        record_property("formula", "F01")
        record_property("formula", "F02")
        record_property("examples", 40)
        record_property("worst_error", 1e-9)
        record_property("worst_bound", 4e-9)
"""


# --- running -------------------------------------------------------------------------------------------------------


def test_properties_of_a_check_arrive(tmp_path: Path) -> None:
    """Rows, examples, error, bound and counter-example come through the stream as the check left them."""
    shown = json.dumps(
        {"row": "F03", "printed": "half", "input": [1.0], "printed_value": 1 / 3, "derived_value": 2}
    )
    text = PASSES + f"        record_property('counterexample', {shown!r})\n"
    found = verify(checks_folder(tmp_path, test_f=text))
    assert found.problems == ()
    (check,) = found.checks
    assert (check.outcome, check.formulas, check.examples) == ("passed", ("F01", "F02"), 40)
    assert check.ratio == pytest.approx(0.25, rel=1e-15)
    assert check.counterexamples == (Counterexample("F03", "half", "[1.0]", "0.333333", "2"),)
    assert 0 <= check.seconds < 60


def test_listener_hears_of_each_check_as_it_finishes(tmp_path: Path) -> None:
    """The first word is how many there are; then the first check is heard before the second has ended."""
    text = """
        import pathlib, time
        def test_first(): pass
        def test_second():
            for _ in range(200):
                if pathlib.Path("heard").exists(): return
                time.sleep(0.05)
            raise AssertionError("the first check was not heard of")
    """
    heard: list[tuple[str | None, int]] = []

    def listen(check: Check | None, total: int) -> None:
        heard.append((check and check.nodeid.partition("::")[2], total))
        if check is not None:
            (tmp_path / "heard").touch()

    found = verify(checks_folder(tmp_path, test_f=text), listen)
    assert [check.outcome for check in found.checks] == ["passed", "passed"]
    assert heard == [(None, 2), ("test_first", 2), ("test_second", 2)]


def test_failing_check_carries_its_message(tmp_path: Path) -> None:
    """What the assertion said is there; the source around it is not."""
    text = """
        def test_wrong(record_property):
            record_property("formula", "F01")
            assert 2 == 3, "gradient is off by a factor"
    """
    (check,) = verify(checks_folder(tmp_path, test_f=text)).checks
    assert check.outcome == "failed"
    assert "gradient is off by a factor" in check.failure
    assert "record_property" not in check.failure


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("pytest.skip('no')", "skipped"),
        ("pytest.xfail('known')", "skipped"),
        ("raise KeyboardInterrupt", None),
    ],
)
def test_skipped_and_interrupted_checks_do_not_pass(tmp_path: Path, body: str, outcome: str | None) -> None:
    """Neither a skip nor an expected failure nor an interrupt counts as a pass."""
    text = f"""
        import pytest
        def test_f(record_property):
            record_property("formula", "F01")
            {body}
    """
    found = verify(checks_folder(tmp_path, test_f=text))
    assert [check.outcome for check in found.checks] == ([outcome] if outcome else [])
    assert bool(found.problems) == (outcome is None)
    assert not judge(ROWS[:1], found)[0].passed


def test_failure_in_teardown_fails_the_check(tmp_path: Path) -> None:
    """A fixture that fails after the check has passed is a failure of that check, not a second one."""
    text = """
        import pytest
        @pytest.fixture
        def thing():
            yield
            raise RuntimeError("left a mess")
        def test_f(thing, record_property):
            record_property("formula", "F01")
    """
    (check,) = verify(checks_folder(tmp_path, test_f=text)).checks
    assert check.outcome == "failed"
    assert "left a mess" in check.failure


def test_file_that_cannot_be_collected_is_a_problem_and_the_others_still_run(tmp_path: Path) -> None:
    """An import error is shown with its text; it does not hide what the other files say."""
    found = verify(checks_folder(tmp_path, test_broken="import no_such_module", test_f=PASSES))
    assert len(found.checks) == 1
    assert any("test_broken.py" in problem and "no_such_module" in problem for problem in found.problems)
    assert stray_failures(ROWS, found)


def test_process_that_dies_is_a_problem_with_its_last_words(tmp_path: Path) -> None:
    """A segmentation fault halfway: the checks before it are kept, and the report cannot pass."""
    text = (
        PASSES
        + "\n    def test_zz_dies():\n        import os\n        os.write(2, b'last words')\n        os._exit(0)\n"
    )
    found = verify(checks_folder(tmp_path, test_f=text))
    assert len(found.checks) == 1
    assert any("ended before its checks did" in problem for problem in found.problems)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_killed_process_is_a_problem(tmp_path: Path) -> None:
    """The status of a process killed by a signal is shown."""
    text = "import os, signal\ndef test_f():\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    found = verify(checks_folder(tmp_path, test_f=text))
    assert any(f"status {-signal.SIGKILL}" in problem for problem in found.problems)


def test_no_checks_at_all_is_a_problem(tmp_path: Path) -> None:
    """An empty folder does not pass."""
    found = verify(checks_folder(tmp_path))
    assert found.checks == ()
    assert any("no checks" in problem for problem in found.problems)


@pytest.mark.parametrize("jobs", [2, 3, 9])
def test_processes_share_the_checks_and_find_the_same(tmp_path: Path, jobs: int) -> None:
    """Each check runs once, whatever the number of processes, and the result is in the same order."""
    text = """
        import pytest
        @pytest.mark.parametrize("k", range(5))
        def test_f(k, record_property):
            record_property("formula", "F01")
            record_property("examples", 10 * k + 1)
            assert k != 3
    """
    folder = checks_folder(tmp_path, test_f=text, test_broken="import no_such_module")
    heard: list[int] = []
    found = verify(folder, lambda _check, total: heard.append(total), jobs)
    alone = verify(folder)
    assert [(c.nodeid, c.outcome, c.examples) for c in found.checks] == [
        (c.nodeid, c.outcome, c.examples) for c in alone.checks
    ]
    assert len(alone.checks) == 5
    assert len(found.problems) == len(alone.problems) == 1
    assert heard == [5] * 6


def test_death_of_one_process_keeps_what_the_others_found(tmp_path: Path) -> None:
    """The second of two shares dies; the first one's checks stand, and the run is no success."""
    text = "import os\ndef test_a(): pass\ndef test_b(): os._exit(0)\ndef test_c(): pass\n"
    found = verify(checks_folder(tmp_path, test_f=text), jobs=2)
    assert [check.nodeid.partition("::")[2] for check in found.checks] == ["test_a", "test_c"]
    assert any("ended before its checks did" in problem for problem in found.problems)


def test_checks_that_were_never_run_are_a_problem(tmp_path: Path) -> None:
    """A check that stops the session early, with all that ran right, does not let the rest pass."""
    text = "def test_a(request): request.session.shouldstop = False\ndef test_b(): pass\n"
    folder = checks_folder(tmp_path, test_f=text, conftest="def pytest_runtestloop(session): return True\n")
    found = verify(folder)
    assert found.checks == ()
    assert found.problems == ("only 0 of 2 checks finished",)


def test_no_process_is_refused(tmp_path: Path) -> None:
    """There is no such thing as zero jobs."""
    with pytest.raises(ValueError, match="jobs must be at least 1; got jobs=0"):
        verify(tmp_path, jobs=0)


def test_options_of_the_reader_do_not_reach_the_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PYTEST_ADDOPTS, addopts and CI of the surroundings change nothing; the profile is ci."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    monkeypatch.setenv("HYPOTHESIS_PROFILE", "nightly")
    text = "import os\ndef test_f():\n    assert os.environ['HYPOTHESIS_PROFILE'] == 'ci'\n"
    folder = checks_folder(tmp_path, test_f=text)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    assert [check.outcome for check in verify(folder).checks] == ["passed"]


def test_listener_that_raises_stops_the_process(tmp_path: Path) -> None:
    """As Ctrl-C does: the exception comes through at once, and the checks are not left running."""
    text = """
        import os, pathlib, time
        def test_a(): pathlib.Path("pid").write_text(str(os.getpid()))
        def test_b(): time.sleep(60)
    """

    def listen(check: Check | None, _total: int) -> None:
        if check is not None:
            raise KeyboardInterrupt

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        verify(checks_folder(tmp_path, test_f=text), listen)
    assert time.monotonic() - start < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


# --- verdicts ------------------------------------------------------------------------------------------------------


def verdicts(*checks: Check, problems: tuple[str, ...] = ()) -> dict[str, RowVerdict]:
    """Verdicts of `ROWS` by ID."""
    return {verdict.row.id: verdict for verdict in judge(ROWS, Verification(checks, problems))}


def test_each_kind_of_row_has_its_verdict() -> None:
    """Right, misprinted and wrong as printed pass; their reasons are empty."""
    found = verdicts(passing(), passing("F02"), passing("F03", counterexamples=(SHOWN,)))
    assert [v.verdict for v in found.values()] == [RIGHT, MISPRINT, WRONG_AS_PRINTED]
    assert all(v.passed and v.reasons == () for v in found.values())


def test_row_without_a_check_does_not_pass() -> None:
    """No check is a verdict of its own."""
    found = verdicts(passing())
    assert found["F02"].verdict == NO_CHECK
    assert not found["F02"].passed


def test_one_failing_check_fails_its_row_and_no_other() -> None:
    """A row passes only if all of its checks do."""
    found = verdicts(passing(), passing("F02"), Check("t", "failed", "off by 2", ("F02",)))
    assert found["F01"].verdict == RIGHT
    assert found["F02"].verdict == FAILS
    assert "off by 2" in found["F02"].reasons[0]


def test_erratum_without_its_counterexample_fails_the_row() -> None:
    """A printed form that nothing shows to be wrong is no erratum; neither is one shown for another form or row."""
    for wrong in (
        (),
        (Counterexample("F03", "other", "", "", ""),),
        (Counterexample("F01", "half", "", "", ""),),
    ):
        found = verdicts(passing("F03", counterexamples=wrong))
        assert found["F03"].verdict == FAILS
        assert "as_printed.half" in found["F03"].reasons[0]


@pytest.mark.parametrize("name", ["as_printed.half", "half", "αw"])
def test_counterexample_may_name_the_printed_form_by_function_or_text(name: str) -> None:
    """Dotted name, bare name and printed text all find the erratum."""
    found = verdicts(passing("F03", counterexamples=(Counterexample("F03", name, "w", "1", "2"),)))
    assert found["F03"].verdict == WRONG_AS_PRINTED


def test_failures_outside_the_rows_are_kept() -> None:
    """A failing check of no row, a row that does not exist, and a problem of the run all count."""
    checks = (Check("helper", "failed", "broken"), passing("F99"), passing())
    found = stray_failures(ROWS, Verification(checks, ("crashed",)))
    assert [text.split()[0] for text in found] == ["crashed", "helper", "test_f.py::test"]
    assert stray_failures(ROWS, Verification((passing(),), ())) == []


def test_worst_error_is_the_one_nearest_to_its_bound() -> None:
    """A small error with a smaller bound beats a large one with a large bound; checks without errors do not count."""
    near, far = passing(worst_error=9e-16, worst_bound=1e-15), passing(worst_error=1.0, worst_bound=10.0)
    assert verdicts(far, near, passing())["F01"].worst == near
    assert verdicts(passing())["F01"].worst is None
    exact = passing(worst_error=0.0, worst_bound=0.0)
    assert exact.ratio == 0.0


def test_infinite_ratio_of_a_zero_bound_is_not_hidden() -> None:
    """An error against a bound of zero is infinitely far over it."""
    assert passing(worst_error=1e-300, worst_bound=0.0).ratio == float("inf")


# --- tables, page, terminal ----------------------------------------------------------------------------------------


@pytest.fixture
def mixed() -> list[RowVerdict]:
    """A passing row, a failing one, and an erratum with its counter-example."""
    failed = Check("test_f.py::test_b", "failed", "off by 2", ("F02",))
    checks = (
        passing(examples=50, worst_error=1e-9, worst_bound=3e-9),
        failed,
        passing("F03", counterexamples=(SHOWN,)),
    )
    return judge(ROWS, Verification(checks, ()))


def test_committed_tables_hold_nothing_of_this_machine(mixed: list[RowVerdict]) -> None:
    """Errors and bounds are in the margins alone; counts, verdicts and counter-examples in the others."""
    committed = rows_table(mixed).to_csv() + errata_table(mixed).to_csv()
    assert "1e-09" not in committed
    assert margins_table(mixed)["ratio"][0] == pytest.approx(1 / 3, rel=1e-15)
    assert rows_table(mixed)["examples"].tolist() == [50, 1, 1]
    assert errata_table(mixed)[["id", "input", "derived_value"]].to_numpy().tolist() == [
        ["F02", "", ""],
        ["F03", "w = 1", "2"],
    ]


def test_item_tells_verdicts_errata_and_failures(mixed: list[RowVerdict], tmp_path: Path) -> None:
    """The failing row's text, the counter-example and the question it answers; no table of failures where all is right."""
    made = item(mixed, ["helper failed: broken"], Verification((), ()), tmp_path)
    page = item_markdown(made)
    for text in (
        "off by 2",
        "helper failed: broken",
        "w = 1",
        "**Question.**",
        "1 wrong as printed",
        "1 FAILS",
    ):
        assert text in page
    assert [(claim.measured, claim.verdict) for claim in made.claims] == [(1, "fails"), (1, "fails")]
    assert made.claims[0].evidence == "2 of 3 rows pass, F02"
    assert made.tables[0].frame["where"].tolist() == ["outside a row", "F02"]
    assert "1 right, 1 wrong as printed, 1 FAILS" in made.pictures[0].alt
    one = Verification((passing(seconds=2.0),), ())
    right = item(judge(ROWS[:1], one), [], one, tmp_path)
    assert right.measured["checks"]["seconds"].tolist() == [2.0]
    assert [table.name for table in right.tables] == ["formulas", "errata"]
    assert [claim.verdict for claim in right.claims] == ["holds", "holds"]


def test_summary_counts_a_check_of_two_rows_once(tmp_path: Path) -> None:
    """Each row shows all of its examples; their sum over the rows would be 9 too many."""
    checks = (Check("a", "passed", "", ("F01", "F02"), 9), passing(examples=4), Check("helper", "passed"))
    found = Verification(checks, ())
    rows = judge(ROWS[:2], found)
    assert [verdict.examples for verdict in rows] == [13, 9]
    made = item(rows, [], found, tmp_path)
    assert made.answer == "2 formulas: 1 right, 1 misprinted; 13 inputs tried or values compared."


def test_manifest_sources_hold_what_steers_the_checks(tmp_path: Path) -> None:
    """The root's conftest.py by its digest, and pytest's settings alone of pyproject.toml."""
    folder = checks_folder(tmp_path)
    assert item([], [], Verification((), ()), folder).data == {}
    (tmp_path / "conftest.py").touch()
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\nstrict = true\n", encoding="utf-8")
    made = item([], [], Verification((), ()), folder)
    assert made.data == {"pytest_settings": '{"ini_options": {"strict": true}}'}
    named = describe_item(made, {})["sources"]
    assert {"conftest.py", "checks/formulas", "gradproof_experiments/claim.py"} <= set(named)


def test_terminal_shows_verdict_margin_counterexample_and_failure_of_a_row(mixed: list[RowVerdict]) -> None:
    """ID, formula with its brackets, verdict, error against bound, examples, counter-example, failure."""
    console = Console(file=io.StringIO(), width=150)
    show_rows(console, mixed)
    show_errata(console, mixed)
    show_problems(console, mixed, ["crashed [badly]"])
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    for expected in (
        "F01",
        "y = [x]",
        "right",
        "1.0e-09 / 3.0e-09",
        "50",
        "w = 1",
        "off by 2",
        "crashed [badly]",
    ):
        assert expected in text


def test_progress_writes_plain_lines_where_there_is_no_terminal() -> None:
    """One line per finished file, and the last one when all is done; no control characters."""
    console = Console(file=io.StringIO(), force_terminal=False)
    with progress(console) as listen:
        listen(None, 3)
        for name in ("a.py::x", "a.py::y", "b.py::z"):
            listen(Check(name, "passed"), 3)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert text.splitlines() == [
        "verifying: 3 checks",
        "verifying: 2 of 3 checks, a.py",
        "verifying: 3 of 3 checks, b.py",
    ]


def test_progress_draws_a_bar_on_a_terminal() -> None:
    """The bar counts to the total."""
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with progress(console) as listen:
        listen(None, 2)
        listen(passing(), 2)
        listen(passing(), 2)
    assert isinstance(console.file, io.StringIO)
    assert "2/2" in console.file.getvalue()


def test_figure_marks_each_verdict_by_colour_and_shape(mixed: list[RowVerdict]) -> None:
    """No two verdicts that pass share either; what fails has a shape of its own."""
    markers = [line for line in plot_examples(mixed).axes[0].lines if line.get_marker() not in {"None", None}]
    assert len({line.get_marker() for line in markers}) == 3
    assert len({line.get_color() for line in markers}) == 3


def test_plugin_is_silent_in_an_ordinary_run(tmp_path: Path) -> None:
    """Without GRADPROOF_STREAM the plugin does nothing, so loading it never hurts."""
    folder = checks_folder(tmp_path, test_f="def test_f(): pass\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "gradproof_experiments._pytest_stream",
        str(folder),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "1 passed" in done.stdout
