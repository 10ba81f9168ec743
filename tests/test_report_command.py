"""``gradproof report``: reproducible, quick where nothing is to do, honest in its exit status."""

import argparse
import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import toy_experiment
from gradproof._command_line import main
from gradproof_experiments import registry
from gradproof_experiments.command_line import report
from gradproof_experiments.runner import execute

ALL_ROWS = """
import json, os
import pytest
from gradproof_reference.ledger import LEDGER

@pytest.mark.parametrize("row", LEDGER, ids=lambda row: row.id)
def test_row(row, record_property):
    record_property("formula", row.id)
    record_property("examples", 10)
    for erratum in row.errata:
        shown = {"row": row.id, "printed": erratum.printed_form, "input": 1, "printed_value": 1, "derived_value": 2}
        if erratum.printed_form:
            record_property("counterexample", json.dumps(shown))
    with open(os.environ["CHECKED"], "a") as log:
        log.write(row.id + chr(10))
    assert row.id != FAILING
"""


@pytest.fixture(autouse=True)
def toy_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy is the only experiment."""
    monkeypatch.setattr(registry, "EXPERIMENTS", {"toy": "toy_experiment:EXPERIMENT"})
    monkeypatch.setenv("TOY_LOG", str(tmp_path / "log.txt"))
    monkeypatch.setenv("CHECKED", str(tmp_path / "checked.txt"))


def files(folder: Path) -> dict[str, bytes]:
    """Contents of all files below a folder, what is ignored left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".run" not in path.parts
    }


def checkout(root: Path, failing: str = "") -> Path:
    """Folder that looks like a checkout, with one check for each row of the real ledger."""
    folder = root / "checks" / "formulas"
    folder.mkdir(parents=True)
    (root / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "test_rows.py").write_text(f"FAILING = {failing!r}\n{ALL_ROWS}", encoding="utf-8")
    return root


def lines(path: Path) -> int:
    """How many lines a log has."""
    return len(path.read_text(encoding="utf-8").splitlines())


# --- reproducible, and never twice ------------------------------------------------------------------------------------


def test_command_writes_a_report_that_reproduces(tmp_path: Path) -> None:
    """All rows right: status 0 twice, the same bytes whatever the number of processes."""
    root = checkout(tmp_path)
    assert main(["report", "--root", str(root), "--jobs=1"]) == 0
    first = files(root / "reports")
    assert {"README.md", "index.html", "manifest.json", "toy/products.csv", "toy/values.svg"} <= first.keys()
    assert main(["report", "--root", str(root), "--jobs=3", "--fresh"]) == 0
    assert files(root / "reports") == first
    assert not [name for name, content in first.items() if str(tmp_path).encode() in content]


def test_nothing_to_do_is_told_without_loading_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second time the same claims and status are told, in a process that never loads NumPy."""
    root = checkout(tmp_path)
    assert main(["report", "--root", str(root), "--jobs=1"]) == 0
    claims = [line for line in capsys.readouterr().out.splitlines() if "holds: " in line]
    code = (
        "import sys; from gradproof._command_line import main\n"
        f"status = main(['report', '--root', {str(root)!r}])\n"
        "assert not {'pandas', 'matplotlib', 'scipy', 'sklearn'} & set(sys.modules), sys.modules.keys()\n"
        "sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "up to date" in done.stdout
    assert all(claim[:60] in done.stdout for claim in claims)


def test_a_file_that_was_changed_or_removed_is_written_again(tmp_path: Path) -> None:
    """Also where the sources are as they were: from what is kept, without computing or checking anything."""
    root = checkout(tmp_path)
    assert main(["report", "--root", str(root), "--jobs=1"]) == 0
    first = files(root / "reports")
    computed, checked = lines(tmp_path / "log.txt"), lines(tmp_path / "checked.txt")
    (root / "reports" / "toy" / "products.csv").write_text("mine", encoding="utf-8")
    (root / "reports" / "index.html").unlink()
    assert main(["report", "--root", str(root), "--jobs=1"]) == 0
    assert files(root / "reports") == first
    assert (lines(tmp_path / "log.txt"), lines(tmp_path / "checked.txt")) == (computed, checked)


def test_changed_checks_are_run_again_and_nothing_else(tmp_path: Path) -> None:
    """The runs of the experiments do not hang on the checks."""
    root = checkout(tmp_path)
    assert main(["report", "--root", str(root), "--jobs=1"]) == 0
    computed, checked = lines(tmp_path / "log.txt"), lines(tmp_path / "checked.txt")
    file = root / "checks" / "formulas" / "test_rows.py"
    file.write_text(file.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    assert main(["report", "--root", str(root), "--jobs=1"]) == 0
    assert (lines(tmp_path / "log.txt"), lines(tmp_path / "checked.txt")) == (computed, 2 * checked)


def test_quick_goes_where_nothing_is_committed(tmp_path: Path) -> None:
    """And leaves the full report as it is."""
    root = checkout(tmp_path)
    assert main(["report", "--root", str(root), "--jobs=1", "--quick"]) == 0
    assert files(root / "reports") == {}
    assert (root / "reports" / ".run" / "quick" / "index.html").is_file()
    manifest = json.loads((root / "reports" / ".run" / "quick" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["items"]["formulas"]["configuration"] == {"hypothesis_profile": "quick"}


def test_quick_takes_the_full_verification_where_it_is_kept(tmp_path: Path) -> None:
    """Nothing is checked again that was checked more thoroughly."""
    root = checkout(tmp_path)
    assert main(["report", "--root", str(root), "--jobs=1"]) == 0
    checked = lines(tmp_path / "checked.txt")
    assert main(["report", "--root", str(root), "--jobs=1", "--quick"]) == 0
    assert lines(tmp_path / "checked.txt") == checked


# --- status -----------------------------------------------------------------------------------------------------------


def test_failing_row_makes_the_status_1_every_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Planted: the check of F14 fails. The page says so, and so does the second run, which tries it again."""
    root = checkout(tmp_path, failing="F14")
    for _ in range(2):
        assert main(["report", "--root", str(root), "--output", str(tmp_path / "out"), "--jobs=1"]) == 1
        shown = capsys.readouterr().out
        assert "fails: Every formula of the ledger holds, in the form" in shown
        assert "F14" in shown
    assert "F14" in (tmp_path / "out" / "formulas" / "README.md").read_text(encoding="utf-8")


def test_failed_verification_is_not_kept(tmp_path: Path) -> None:
    """What failed is tried again where the report has to be made again: the failure may have been the machine's."""
    root = checkout(tmp_path, failing="F14")
    assert main(["report", "--root", str(root), "--jobs=1"]) == 1
    with sqlite3.connect(root / "reports" / ".run" / "runs.sqlite") as connection:
        (count,) = connection.execute("SELECT count(*) FROM runs WHERE experiment = 'formulas'").fetchone()
    connection.close()
    assert count == 0


@pytest.mark.parametrize("planted", ["", "import os\nos._exit(0)\n", "raise RuntimeError('broken')\n"])
def test_run_without_checks_is_status_1(tmp_path: Path, planted: str) -> None:
    """Planted: no test at all, a process that ends with status 0 while it collects, a file that cannot be read."""
    root = checkout(tmp_path)
    (root / "checks" / "formulas" / "test_rows.py").write_text(planted, encoding="utf-8")
    assert main(["report", "--root", str(root), "--jobs=1"]) == 1


def test_failing_claim_makes_the_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: an experiment whose claim does not hold."""
    monkeypatch.setattr(toy_experiment.ToyConfig.__init__, "__defaults__", (7, 3, 4, 0.0, -1, 99.0, (20, 30)))
    assert main(["report", "--root", str(checkout(tmp_path)), "--jobs=1"]) == 1


def test_failing_run_is_status_2_and_keeps_the_old_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A report of half a sweep would be one of another sweep."""
    root = checkout(tmp_path)
    assert main(["report", "--root", str(root), "--jobs=1"]) == 0
    before = files(root / "reports")

    def fails(_point: object, _seed: int) -> dict[str, list[float]]:
        raise ArithmeticError("planted")

    monkeypatch.setattr(toy_experiment, "compute", fails)
    assert main(["report", "--root", str(root), "--jobs=1", "--fresh"]) == 2
    assert "planted" in capsys.readouterr().err
    assert files(root / "reports") == before


def test_root_without_checks_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the folder that is missing and the root that was given."""
    assert main(["report", "--root", str(tmp_path)]) == 2
    assert f"must hold the folder checks/formulas; got --root={tmp_path}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("jobs", ["0", "-2"])
def test_no_jobs_are_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str], jobs: str) -> None:
    """The message names the value."""
    assert main(["report", "--root", str(checkout(tmp_path)), f"--jobs={jobs}"]) == 2
    assert f"got --jobs={jobs}" in capsys.readouterr().err


def test_output_that_cannot_be_written_is_status_2_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file where the folder should be: an error at once, and the file is left alone."""
    root, taken = checkout(tmp_path), tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    assert main(["report", "--root", str(root), "--output", str(taken)]) == 2
    assert f"must be writable; got --output={taken}" in capsys.readouterr().err
    assert not (tmp_path / "checked.txt").exists()
    assert taken.read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not hold for root")
def test_folder_without_permission_is_status_2(tmp_path: Path) -> None:
    """A read-only folder is told before any work."""
    root, output = checkout(tmp_path), tmp_path / "readonly"
    output.mkdir()
    output.chmod(0o500)
    assert main(["report", "--root", str(root), "--output", str(output)]) == 2


def test_ctrl_c_is_status_130_and_keeps_the_old_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An interrupt during the experiments leaves the report as it was."""
    root = checkout(tmp_path)
    assert main(["report", "--root", str(root), "--jobs=1"]) == 0
    before = files(root / "reports")

    def interrupted(_run: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(execute, "compute", interrupted)
    assert main(["report", "--root", str(root), "--jobs=1", "--fresh"]) == 130
    assert files(root / "reports") == before
    assert "the old reports are as they were" in capsys.readouterr().err


# --- the terminal -----------------------------------------------------------------------------------------------------


def test_terminal_without_greek_letters_is_no_obstacle(tmp_path: Path) -> None:
    """Under an ASCII encoding the table shows question marks, and the report comes out whole."""
    code = (
        "import sys; from gradproof_experiments import registry\n"
        "registry.EXPERIMENTS.clear(); registry.EXPERIMENTS['toy'] = 'toy_experiment:EXPERIMENT'\n"
        "from gradproof._command_line import main; sys.exit(main(sys.argv[1:]))"
    )
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONPATH": path}
    command = [sys.executable, "-c", code, "report", "--root", str(checkout(tmp_path))]
    for _ in range(2):  # the second time from what was told the first time
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "α" in (tmp_path / "reports" / "formulas" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [[], ["report", "--no-such-option"], ["reports"]])
def test_bad_usage_is_status_2(arguments: list[str]) -> None:
    """As argparse has it."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


@pytest.mark.parametrize("missing", ["pandas", "mpmath", "pyarrow"])
def test_missing_package_is_status_2_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    """Without the extra installed the message says what to install."""
    right: Callable[[str], object] = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else right(name))
    assert main(["report", "--root", str(checkout(tmp_path))]) == 2
    assert f"need {missing}" in capsys.readouterr().err


def test_command_object_serves_gradproofs_command_line() -> None:
    """The entry point has help, add_arguments and run; defaults are the folder one is in and its reports."""
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    namespace = parser.parse_args([])
    assert (namespace.root, namespace.output) == (Path(), None)
    assert report.help
    assert "\n" not in report.help


def test_help_loads_neither_pandas_nor_matplotlib() -> None:
    """The command line answers at once."""
    code = (
        "import sys; from gradproof._command_line import main\n"
        "try: main(['report', '--help'])\n"
        "except SystemExit: pass\n"
        "assert not {'pandas', 'matplotlib', 'rich'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--output" in done.stdout


def test_what_is_remembered_is_json_of_its_own(tmp_path: Path) -> None:
    """Beside the report, ignored by git, with the digest of every file that was written."""
    root = checkout(tmp_path)
    assert main(["report", "--root", str(root), "--jobs=1"]) == 0
    state = json.loads((root / "reports" / ".run" / "state.json").read_text(encoding="utf-8"))
    assert set(state["files"]) == set(files(root / "reports"))
