"""The report: rendered the same everywhere, and put in place whole or not at all."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from gradproof_experiments import manifest
from gradproof_experiments import report as report_module
from gradproof_experiments._markdown import plain, table_markdown
from gradproof_experiments._style import new_figure, png_bytes, style, svg_bytes
from gradproof_experiments._tables import parquet_bytes
from gradproof_experiments.claim import Claim, Within
from gradproof_experiments.item import Item, Picture, Table
from gradproof_experiments.page import index_markdown, item_markdown, tally
from gradproof_experiments.report import render, staging, write_report, write_run


def small_item(name: str = "thing", text: str = "It is so.") -> Item:
    """An item with one table, one figure and one claim."""
    with style():
        figure = new_figure(3, 2)
        figure.subplots().plot([0, 1], [0, 1])
    return Item(
        name=name,
        title="Thing",
        question="Is it so?",
        method=("It was looked at.",),
        answer=text,
        claims=(Claim.exact("It is so.", "faults", 0, Within(0, 0)),),
        pictures=(Picture("line", figure, "A line from the lower left to the upper right.", "A line."),),
        tables=(Table("numbers", pd.DataFrame({"a": [1, 2], "b": [0.5, 0.25]}), "Two numbers."),),
        means=("It is so.",),
        limits=("It need not be so elsewhere.",),
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


# --- rendering -----------------------------------------------------------------------------------------------------


def test_figures_come_out_the_same_whatever_the_settings() -> None:
    """Neither a personal matplotlibrc nor what was drawn before changes a byte."""
    first = [(svg_bytes(f), png_bytes(f)) for f in [small_item().pictures[0].figure]]
    with mpl.rc_context({"font.size": 20, "savefig.dpi": 30, "axes.grid": False, "svg.hashsalt": None}):
        second = [(svg_bytes(f), png_bytes(f)) for f in [small_item().pictures[0].figure]]
    assert first == second


def test_style_leaves_the_readers_settings_alone() -> None:
    """After drawing, matplotlib's parameters are as before, also when drawing fails."""
    with mpl.rc_context({"font.size": 20}):
        with pytest.raises(ZeroDivisionError), style():
            1 / 0  # noqa: B018
        assert mpl.rcParams["font.size"] == 20


def test_figures_carry_no_date_and_no_version() -> None:
    """Nothing in SVG or PNG says when, or with which version, it was drawn."""
    figure = small_item().pictures[0].figure
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


def test_every_file_has_its_digest_in_the_manifest(report_files: dict[str, bytes]) -> None:
    """Those of the items beside the item, the two pages of all items beside each other."""
    content = json.loads(report_files["manifest.json"])
    listed = [made["files"] for made in content["items"].values()]
    digests = {name: digest for files in [*listed, content["pages"]] for name, digest in files.items()}
    assert digests == {name: manifest.sha256(report_files[name]) for name in content["files"]}
    assert {"README.md", "index.html", "momentum/numbers.parquet", "momentum/grid.png"} <= set(digests)


def test_manifest_sees_the_templates() -> None:
    """A change of a template, style or script changes the page, so their digests are there."""
    rendering = json.loads(render([])["manifest.json"])["rendering"]
    for name in (
        "site/templates/index.html.j2",
        "site/templates/style.css",
        "site/templates/sort.js",
        "page.py",
    ):
        path = Path(report_module.__file__).parent / name
        assert rendering[f"gradproof_experiments/{name}"] == manifest.tree_sha256(path)


def test_parquet_holds_what_the_table_holds_and_nothing_of_pandas() -> None:
    """Values and types come back; neither index nor metadata does."""
    frame = pd.DataFrame(
        {"n": [3, 1], "x": [0.1, float("nan")], "word": ["a", "b"], "so": [True, False]}, index=[7, 9]
    )
    file = pq.ParquetFile(io.BytesIO(parquet_bytes(frame)))
    assert [str(field.type) for field in file.schema_arrow] == ["int64", "double", "string", "bool"]
    assert file.schema_arrow.metadata is None
    assert file.read().column("n").to_pylist() == [3, 1]
    assert file.read().column("word").to_pylist() == ["a", "b"]


def test_column_of_several_types_is_refused_by_name() -> None:
    """Parquet knows one type per column; the message says which column and types, and what to do."""
    with pytest.raises(ValueError, match=r"\{'end': \['float', 'str'\]\}.*Give mixed columns as text"):
        parquet_bytes(pd.DataFrame({"end": [1.0, "diverged"]}, dtype=object))


def test_another_hash_seed_writes_the_same_bytes(report_files: dict[str, bytes]) -> None:
    """No set or dict of strings decides an order: a fresh interpreter agrees with this one."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import conftest; from pathlib import Path\n"
        "from gradproof_experiments import manifest, report\n"
        "items = [conftest.ledger_item(), *map(conftest.experiment_item, ('momentum', 'depth'))]\n"
        "files = report.render(items, Path(sys.argv[2]))\n"
        "print(*(f'{name} {manifest.sha256(content)}' for name, content in files.items()), sep='\\n')"
    )
    here = Path(__file__).parent
    command = [sys.executable, "-W", "error", "-c", code, str(here), str(here.parent)]
    expected = [f"{name} {manifest.sha256(content)}" for name, content in report_files.items()]
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == expected


# --- Markdown ------------------------------------------------------------------------------------------------------


def test_page_of_an_item_holds_all_its_words_in_order(report_items: list[Item]) -> None:
    """Question, method, answer, the first figure, claims with their numbers, tables, meaning and limits."""
    page = item_markdown(report_items[1])
    parts = (
        "# Momentum & \\<friends> (momentum)",
        "Does τ = 0.9 help on a \\*narrow\\* valley",
        "**Method.** Ten seeds, paired. A quadratic",
        "10 times fewer",
        '![Loss "falls" & rises: a parabola with its band.](curves.svg)',
        "| ✓ holds | Momentum is faster. | ratio of steps: 9.8 \\[9.1, 10.4]; All seeds agree | at least 1 |",
        "| ✗ fails | It is always faster. | worst ratio",
        "| ? undecided | The rate is",
        "(grid.svg)",
        "Some numbers. ([CSV](numbers.csv), [Parquet](numbers.parquet))",
        "All paths. ([CSV](all.csv), [Parquet](all.parquet))",
        "A parabola has one minimum.",
        "A quadratic is no network.",
    )
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "| step |" in page
    assert page.index("| step |") < page.index("All paths.")


def test_index_lists_every_claim_with_its_verdict(report_items: list[Item]) -> None:
    """The claims of all items, how many hold, and a link to each item."""
    index = index_markdown(report_items)
    assert "12 claims: 8 hold, 2 fail, 2 undecided." in index
    assert index.count("Momentum is faster.") == 2
    assert all(f"]({item.name}/README.md)" in index for item in report_items)


def test_links_of_the_pages_lead_to_files(report_files: dict[str, bytes]) -> None:
    """Every file that a Markdown page names is one of the report's."""
    for name in (name for name in report_files if name.endswith(".md")):
        folder = name.rpartition("/")[0]
        for link in (part.partition(")")[0] for part in report_files[name].decode().split("](")[1:]):
            assert f"{folder}/{link}".lstrip("/") in report_files, link


def test_markdown_table_survives_bars_gaps_line_breaks_and_backticks() -> None:
    """Each row has as many bars as the head; booleans are words, and what is missing is nothing."""
    frame = pd.DataFrame({"a": ["x|y\nz", None], "b": [1.0, np.nan], "c": [True, False], "d": ["p|q`r", ""]})
    table = table_markdown(Table("t", frame, "", code=("d",)))
    assert table.splitlines()[2:] == ["| x\\|y z | 1 | yes | `` p\\|q`r `` |", "|  |  | no |  |"]


def test_heading_of_no_column_is_refused() -> None:
    """A name that was mistyped would show the raw column name without a word."""
    table = Table("t", pd.DataFrame({"rms": [1.0]}), "", {"rsm": "RMS"})
    with pytest.raises(ValueError, match=r"must name columns of table t; got \['rsm'\].*\['rms'\]"):
        table_markdown(table)


@pytest.mark.parametrize("text", ["a*b*c", "_x_", "[a](b)", "<p>", "`x`", "$x$", "a\\b"])
def test_plain_text_holds_no_markup(text: str) -> None:
    """Every sign that could open markup is escaped, and without the escapes the text is as it was."""
    escaped = plain(text)
    assert escaped != text
    bare = escaped.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\")
    assert bare == text


def test_tally_speaks_of_one_and_of_none() -> None:
    """One holds, none are counted."""
    assert tally([]) == "No claims."
    assert tally([Claim.exact("It is so.", "faults", 0, Within(0, 0))]) == "1 claim: 1 holds."


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
    assert (output / "thing" / "README.md").read_text(encoding="utf-8").startswith("# Thing")


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
