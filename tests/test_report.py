"""The report: rendered the same everywhere, put in place whole or not at all, and honest in its exit status."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from gradproof._command_line import main
from gradproof_experiments import _run, manifest
from gradproof_experiments import report as report_module
from gradproof_experiments._style import new_figure, png_bytes, style, svg_bytes
from gradproof_experiments.claim import Claim
from gradproof_experiments.command_line import report
from gradproof_experiments.item import Item, markdown_table
from gradproof_experiments.report import render, staging, write_report, write_run

ALL_ROWS = """
import json
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
    assert row.id != FAILING
"""


def small_item(name: str = "thing", text: str = "page") -> Item:
    """An item with one table, one figure and one claim."""
    with style():
        figure = new_figure(3, 2)
        figure.subplots().plot([0, 1], [0, 1])
    return Item(
        name=name,
        title="Thing",
        answer="it is so.",
        page=text,
        tables={"numbers": pd.DataFrame({"a": [1, 2], "b": [0.5, 0.25]})},
        figures={"line": figure},
        claims=(Claim("It is so.", "1", holds=True),),
        configuration={"seed": 1},
        sources=(Path(report_module.__file__),),
        data={"points": "1 2"},
        measured={"noise": pd.DataFrame({"error": [1e-17]})},
    )


def write(output: Path, *items: Item) -> None:
    """Write a report as the command does."""
    with staging(output) as stage:
        write_report(items, output, stage)


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


# --- rendering -----------------------------------------------------------------------------------------------------


def test_figures_come_out_the_same_whatever_the_settings() -> None:
    """Neither a personal matplotlibrc nor what was drawn before changes a byte."""
    first = [(svg_bytes(f), png_bytes(f)) for f in small_item().figures.values()]
    with mpl.rc_context({"font.size": 20, "savefig.dpi": 30, "axes.grid": False, "svg.hashsalt": None}):
        second = [(svg_bytes(f), png_bytes(f)) for f in small_item().figures.values()]
    assert first == second


def test_style_leaves_the_readers_settings_alone() -> None:
    """After drawing, matplotlib's parameters are as before, also when drawing fails."""
    with mpl.rc_context({"font.size": 20}):
        with pytest.raises(ZeroDivisionError), style():
            1 / 0  # noqa: B018
        assert mpl.rcParams["font.size"] == 20


def test_figures_carry_no_date_and_no_version() -> None:
    """Nothing in SVG or PNG says when, or with which version, it was drawn."""
    figure = small_item().figures["line"]
    svg, png = svg_bytes(figure), png_bytes(figure)
    assert b"dc:date" not in svg
    assert mpl.__version__.encode() not in svg
    assert not any(kind in png for kind in (b"tEXt", b"iTXt", b"zTXt", b"tIME"))


def test_manifest_holds_what_made_each_item() -> None:
    """Configuration, digests of sources, data and files, and versions; no path of this machine."""
    rendered = render([small_item()])
    content = json.loads(rendered["manifest.json"])
    made = content["items"]["thing"]
    assert made["configuration"] == {"seed": 1}
    assert made["data"] == {"points": manifest.sha256(b"1 2")}
    assert list(made["sources"]) == ["gradproof_experiments/report.py"]
    assert made["files"]["thing/numbers.csv"] == manifest.sha256(b"a,b\n1,0.5\n2,0.25\n")
    assert set(content["files"]) == set(rendered) - {"manifest.json"}
    assert content["packages"]["matplotlib"] == mpl.__version__
    assert str(Path.cwd()).encode() not in rendered["manifest.json"]


def test_manifest_knows_the_locked_versions(tmp_path: Path) -> None:
    """The digest of requirements/lock.txt below the root; null where there is none."""
    assert json.loads(render([], tmp_path)["manifest.json"])["lock"] is None
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "lock.txt").write_bytes(b"a==1\r\n")
    assert json.loads(render([], tmp_path)["manifest.json"])["lock"] == manifest.sha256(b"a==1\n")


def test_source_digest_sees_content_and_names_but_not_line_ends(tmp_path: Path) -> None:
    """A changed byte or a renamed file is seen, a checkout with other line ends is not."""
    (tmp_path / "a.py").write_bytes(b"x = 1\n")
    first = manifest.tree_sha256(tmp_path)
    (tmp_path / "a.py").write_bytes(b"x = 1\r\n")
    assert manifest.tree_sha256(tmp_path) == first
    (tmp_path / "a.py").write_bytes(b"x = 2\n")
    assert manifest.tree_sha256(tmp_path) != first
    (tmp_path / "a.py").write_bytes(b"x = 1\n")
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert manifest.tree_sha256(tmp_path) != first


def test_markdown_table_survives_bars_and_missing_values() -> None:
    """A bar or a line break inside a cell does not break the row."""
    table = markdown_table(pd.DataFrame({"a": ["x|y\nz", None], "b": [1.0, float("nan")]}))
    assert table.splitlines()[2:] == ["| x\\|y z | 1 |", "|  |  |"]


# --- putting in place ----------------------------------------------------------------------------------------------


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """And every file of the manifest is there with its digest."""
    write(tmp_path, small_item())
    first = files(tmp_path)
    write(tmp_path, small_item())
    assert files(tmp_path) == first
    made = json.loads(first["manifest.json"])["items"]["thing"]["files"]
    assert made == {name: manifest.sha256(first[name]) for name in made}


def test_files_of_a_removed_item_go_and_other_files_stay(tmp_path: Path) -> None:
    """Only what the old manifest lists is removed."""
    write(tmp_path, small_item("old"), small_item("kept"))
    (tmp_path / "old" / "notes.txt").write_text("mine", encoding="utf-8")
    write(tmp_path, small_item("kept"))
    assert {name for name in files(tmp_path) if name.startswith("old")} == {"old/notes.txt"}
    (tmp_path / "old" / "notes.txt").unlink()
    assert (tmp_path / "kept" / "line.svg").exists()


def test_emptied_folder_of_a_removed_item_goes(tmp_path: Path) -> None:
    """A folder in which nothing is left is removed with its files."""
    write(tmp_path, small_item("old"), small_item("kept"))
    write(tmp_path, small_item("kept"))
    assert not (tmp_path / "old").exists()


@pytest.mark.parametrize(
    "content", ["not json", "[]", '{"files": 3}', '{"files": ["../outside.txt", "/etc/no"]}']
)
def test_damaged_or_hostile_manifest_removes_nothing_outside(tmp_path: Path, content: str) -> None:
    """A manifest that cannot be read lists nothing, and one that lists files elsewhere is not believed."""
    output, outside = tmp_path / "reports", tmp_path / "outside.txt"
    outside.write_text("mine", encoding="utf-8")
    output.mkdir()
    (output / "manifest.json").write_text(content, encoding="utf-8")
    write(output, small_item())
    assert outside.read_text(encoding="utf-8") == "mine"
    assert (output / "thing" / "README.md").read_text(encoding="utf-8") == "page"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, OSError])
def test_failure_while_rendering_leaves_the_old_report_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    """Nothing is put in place before all of it is rendered, and the temporary folder goes."""
    write(tmp_path, small_item(text="old"))
    before = files(tmp_path)

    def fails(_figure: object) -> bytes:
        raise error

    monkeypatch.setattr(report_module, "png_bytes", fails)
    with pytest.raises(error):
        write(tmp_path, small_item(text="new"))
    assert files(tmp_path) == before
    assert [path.name for path in (tmp_path / ".run").iterdir()] == [".gitignore"]


def test_full_disk_leaves_the_old_report_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails midway happens in the temporary folder, never in the report."""
    write(tmp_path, small_item(text="old"))
    before = files(tmp_path)
    right = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.suffix == ".svg":
            raise OSError(28, "No space left on device")
        return right(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path, small_item(text="new"))
    monkeypatch.undo()
    assert files(tmp_path) == before


def test_what_differs_per_machine_goes_beside_and_is_ignored_by_git(tmp_path: Path) -> None:
    """Measured tables and the description of the run lie in .run, with a .gitignore of their own."""
    write(tmp_path, small_item())
    write_run([small_item()], tmp_path, manifest.describe_run(tmp_path, {"all": 1.0}))
    run = json.loads((tmp_path / ".run" / "run.json").read_text(encoding="utf-8"))
    assert {"python", "cpu", "blas", "commit", "dirty", "seconds"} <= set(run)
    assert (tmp_path / ".run" / "thing-noise.csv").read_text(encoding="utf-8") == "error\n1e-17\n"
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)  # noqa: S607
    command = ["git", "-C", str(tmp_path), "status", "--porcelain", "--untracked-files=all"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ".run" not in listed.stdout
    assert "thing/README.md" in listed.stdout


def test_run_description_knows_commit_and_dirty_flag(tmp_path: Path) -> None:
    """None outside git; inside, the commit, and whether anything is not committed."""
    assert manifest.describe_run(tmp_path, {})["commit"] is None
    assert manifest.describe_run(tmp_path, {})["dirty"] is None
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    assert len(manifest.describe_run(tmp_path, {})["commit"]) == 40
    assert manifest.describe_run(tmp_path, {})["dirty"] is False
    (tmp_path / "new").touch()
    assert manifest.describe_run(tmp_path, {})["dirty"] is True


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an item that is made at once in place of the experiment."""
    monkeypatch.setattr(_run, "EXPERIMENTS", {"thing": small_item})


# --- the command ---------------------------------------------------------------------------------------------------


def test_command_writes_a_report_that_reproduces(tmp_path: Path) -> None:
    """All rows right: status 0 twice, the same bytes, and every link of every page leads to a file."""
    root = checkout(tmp_path)
    assert main(["report", "--root", str(root), "--jobs=1"]) == 0
    first = files(root / "reports")
    assert main(["report", "--root", str(root), "--jobs=3"]) == 0
    assert files(root / "reports") == first
    for name in (name for name in first if name.endswith(".md")):
        page = first[name].decode()
        assert str(tmp_path) not in page
        for link in (part.partition(")")[0] for part in page.split("](")[1:]):
            assert (root / "reports" / name).parent.joinpath(link).is_file(), link


@pytest.mark.usefixtures("quick")
def test_failing_row_makes_the_status_1_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Planted: the check of F14 fails. The page says so too."""
    root = checkout(tmp_path, failing="F14")
    assert main(["report", "--root", str(root), "--output", str(tmp_path / "out")]) == 1
    shown = capsys.readouterr().out
    assert "FAILS" in shown
    assert "27 of 28 rows pass, F14" in shown
    assert "F14: " in (tmp_path / "out" / "formulas" / "README.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("planted", ["", "import os\nos._exit(0)\n", "raise RuntimeError('broken')\n"])
def test_run_without_checks_is_status_1(tmp_path: Path, planted: str) -> None:
    """Planted: no test at all, a process that ends with status 0 while it collects, a file that cannot be read."""
    root = checkout(tmp_path)
    (root / "checks" / "formulas" / "test_rows.py").write_text(planted, encoding="utf-8")
    assert main(["report", "--root", str(root)]) == 1


def test_failing_claim_makes_the_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: an experiment whose claim does not hold."""
    wrong = Item("thing", "Thing", "no.", "page", {}, {}, (Claim("It is so.", "0", holds=False),), {}, ())
    monkeypatch.setattr(_run, "EXPERIMENTS", {"thing": lambda: wrong})
    assert main(["report", "--root", str(checkout(tmp_path))]) == 1


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
    shown = capsys.readouterr()
    assert f"must be writable; got --output={taken}" in shown.err
    assert "verifying" not in shown.out
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
    """An interrupt during the experiment leaves the report as it was."""
    root = checkout(tmp_path)
    output = root / "reports"
    write(output, small_item(text="old"))
    before = files(output)

    def interrupted() -> Item:
        raise KeyboardInterrupt

    monkeypatch.setattr(_run, "EXPERIMENTS", {"thing": interrupted})
    assert main(["report", "--root", str(root)]) == 130
    assert files(output) == before
    assert "the old reports are as they were" in capsys.readouterr().err


def test_terminal_without_greek_letters_is_no_obstacle(tmp_path: Path) -> None:
    """Under an ASCII encoding the table shows question marks, and the report comes out whole."""
    command = [sys.executable, "-m", "gradproof", "report", "--root", str(checkout(tmp_path))]
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "?" in done.stdout
    assert "α" in (tmp_path / "reports" / "formulas" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [[], ["report", "--no-such-option"], ["reports"]])
def test_bad_usage_is_status_2(arguments: list[str]) -> None:
    """As argparse has it."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


@pytest.mark.parametrize("missing", ["pandas", "mpmath"])
def test_missing_package_is_status_2_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    """Without the extra installed the message says what to install."""
    import importlib.util  # noqa: PLC0415 - patched for this test alone

    right: Callable[[str], object] = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else right(name))
    assert main(["report", "--root", str(checkout(tmp_path))]) == 2
    assert f"needs {missing}" in capsys.readouterr().err


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


def test_another_cpu_writes_the_same_polynomial_item(tmp_path: Path) -> None:
    """OpenBLAS's oldest kernel and NumPy without its vector instructions: the same bytes.

    With another BLAS library the setting means nothing to it, and the test holds the rest.
    """
    code = (
        "import sys; from pathlib import Path; from gradproof_experiments import polynomial, report\n"
        "for name, content in report.render([polynomial.item()]).items():\n"
        "    path = Path(sys.argv[1], name); path.parent.mkdir(parents=True, exist_ok=True); path.write_bytes(content)\n"
    )
    build: Any = np.show_config(mode="dicts")
    found = " ".join(build["SIMD Extensions"].get("found", []))
    other = {"OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": found}
    for name, settings in (("this", {}), ("other", other)):
        command = [sys.executable, "-W", "error", "-c", code, str(tmp_path / name)]
        subprocess.run(command, env=os.environ | settings, check=True)
    assert files(tmp_path / "this") == files(tmp_path / "other")
