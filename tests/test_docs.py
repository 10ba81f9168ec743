"""The documentation says what is so: its examples run, every page is found, and its parts follow the code."""

import itertools
import re
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

import gradproof
import page_examples
from gradproof._catalogue import Explanation
from gradproof_reference.ledger import LEDGER

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if not page.relative_to(DOCS).parts[0].startswith("_"))
TOCTREE = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)")
SHELL = re.compile(r"^```(?:sh|bash)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FRAMEWORKS = ("torch", "jax", "autograd")


def name(page: Path) -> str:
    """The page as Sphinx calls it: howto/torch."""
    return page.relative_to(DOCS).with_suffix("").as_posix()


def text(page: Path) -> str:
    """What stands on a page."""
    return page.read_text(encoding="utf-8")


def needed(page: str) -> set[str]:
    """Frameworks that the examples of a page import."""
    code = "\n".join(one.text for one in page_examples.examples(page))
    return set(re.findall(rf"^(?:import|from) ({'|'.join(FRAMEWORKS)})\b", code, re.MULTILINE))


@pytest.mark.parametrize("page", [page for page in PAGES if page_examples.examples(text(page))], ids=name)
def test_the_examples_print_what_the_page_says(page: Path) -> None:
    """All examples of a page run in a fresh interpreter, with warnings as errors, and print what the page shows."""
    missing = sorted(framework for framework in needed(text(page)) if find_spec(framework) is None)
    if missing:
        pytest.skip(f"{name(page)} needs {', '.join(missing)}")
    command = [sys.executable, "-W", "error", page_examples.__file__, str(page)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def reached(page: str, read: dict[str, str]) -> set[str]:
    """Pages that the trees of contents lead to from `page`."""
    folder = page.rpartition("/")[0]
    entries = [line for tree in TOCTREE.findall(read[page]) for line in tree.splitlines()]
    below = {f"{folder}/{entry}".lstrip("/") for entry in entries if entry and not entry.startswith(":")}
    return {page}.union(*(reached(one, read) for one in below))


def test_every_page_is_in_a_tree_of_contents() -> None:
    """From the first page, the trees of contents lead to all others."""
    assert reached("index", {name(page): text(page) for page in PAGES}) == set(map(name, PAGES))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files(page: Path) -> None:
    """Each link to another page is to one that exists; anchors are checked by the build."""
    assert [link for link in LINK.findall(text(page)) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_exist(page: Path) -> None:
    """Each `make` and each `gradproof` of a shell block names a target or a subcommand that exists."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    subcommands = {point.name for point in entry_points(group="gradproof.commands")}
    assert unknown(text(page), targets, subcommands) == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_tables_have_rows_of_one_length(page: Path) -> None:
    """No row of a table has more or fewer cells than its head: a bar inside of a cell would make it two."""
    assert ragged(text(page)) == []


def ragged(page: str) -> list[str]:
    """Rows of the tables of a page that have another number of cells than the row above."""
    prose = re.sub(r"^```.*?^```$", "", page, flags=re.DOTALL | re.MULTILINE)
    lines = re.sub(r"\\\|", "", prose).splitlines()
    pairs = itertools.pairwise(lines)
    return [row for above, row in pairs if above[:1] == row[:1] == "|" and above.count("|") != row.count("|")]


def unknown(page: str, targets: set[str], subcommands: set[str]) -> list[str]:
    """Targets and subcommands in the shell blocks of a page that do not exist."""
    shell = "\n".join(SHELL.findall(page))
    made = [one for one in re.findall(r"^make ([a-z]+)", shell, re.MULTILINE) if one not in targets]
    asked = re.findall(r"^(?:\$ )?gradproof ([a-z][a-z-]*)", shell, re.MULTILINE)
    return made + [one for one in asked if one not in subcommands]


@pytest.mark.parametrize("module", ["gradproof", "gradproof.strategies"])
def test_the_reference_describes_every_public_name(module: str) -> None:
    """The pages of the reference describe what is public, and nothing else."""
    page = text(DOCS / "reference" / ("strategies.md" if module.endswith("strategies") else "api.md"))
    described = re.findall(rf"^\.\. auto\w+:: {re.escape(module)}\.(\w+)$", page, re.MULTILINE)
    public = gradproof.strategies.__all__ if module.endswith("strategies") else gradproof.__all__
    assert sorted(described) == sorted(set(public) - {"strategies"})


@pytest.fixture
def generated(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The extension that makes parts of pages from the code."""
    pytest.importorskip("sphinx")
    monkeypatch.syspath_prepend(DOCS / "_ext")
    import generated  # noqa: PLC0415  it needs Sphinx

    return generated


def test_the_ledger_page_holds_every_row_and_erratum(generated: ModuleType) -> None:
    """Each formula of the lecture has a section, each erratum a row of the table and its own words."""
    page, table = generated.ledger(), generated.errata()
    assert [row.id for row in LEDGER] == re.findall(r"^### (F\d\d):", page, re.MULTILINE)
    errata = [erratum for row in LEDGER for erratum in row.errata]
    assert all(erratum.printed in page and erratum.why in page for erratum in errata)
    assert len(table.splitlines()) == 2 + len(errata)


def test_the_page_of_causes_follows_the_catalogue(
    generated: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the catalogue explains stands on the page, verdicts before causes."""
    known = (
        Explanation("sign", "cause", "It has the wrong sign.", "Every entry does.", "Turn it round."),
        Explanation("fail", "verdict", "It is wrong.", "It is wrong.", ""),
    )
    monkeypatch.setattr(generated, "explanations", lambda: known)
    page = generated.catalogue()
    assert re.findall(r"^#+ (.*)$", page, re.MULTILINE) == [
        "Verdicts",
        "fail",
        "Causes that a diagnosis names",
        "sign",
    ]
    assert "Turn it round." in page


def build(folder: Path, page: str) -> "subprocess.CompletedProcess[str]":
    """Build a single page with the settings of the documentation."""
    shutil.copytree(DOCS / "_ext", folder / "_ext")
    shutil.copytree(DOCS / "_static", folder / "_static")
    for name in ("conf.py", "report.schema.json"):
        shutil.copy(DOCS / name, folder)
    (folder / "index.md").write_text(page, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "."]
    return subprocess.run([*command, "html"], cwd=folder, capture_output=True, text=True, check=False)


def test_a_built_page_needs_no_server(tmp_path: Path) -> None:
    """A page is complete: its formulas are MathML, and nothing is loaded from elsewhere."""
    pytest.importorskip("furo")
    run = build(tmp_path, "# Page\n\n$x^2$\n\n$$\n\\frac{1}{n}\n$$\n")
    assert run.returncode == 0, run.stderr
    html = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    assert "<msup>" in html
    assert "<mfrac>" in html
    assert re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="(?:https?:)?//[^"]*"', html) == []


def test_planted_faults_fail_the_build(tmp_path: Path) -> None:
    """A link to no page, a reference to no function and a page without a heading above are each a warning, and an error."""
    pytest.importorskip("furo")
    run = build(tmp_path, "# Page\n\n[there](nowhere.md), {py:func}`gradproof.nothing`, [here](#nowhere)\n")
    assert run.returncode == 1
    for fault in ("nowhere.md", "gradproof.nothing", "nowhere"):
        assert fault in run.stderr


def test_planted_faults_on_a_page_are_seen(tmp_path: Path) -> None:
    """Wrong output, wrong doctests, commands that fail or do not exist: each is told."""
    page = (
        "```python\nprint(1 + 1)\n```\n\nprints\n\n```text\n3\n```\n\n"
        "```python\n>>> 1 + 1\n3\n```\n\n"
        "```console\n$ python -c 'print(1)'\n2\n$ python -c '1 / 0'\n$ rm page\n```\n\n"
        "```console fails\n$ python -c ''\n```\n\n"
        "```sh\nmake coffee\ngradproof brew\n```\n"
    )
    assert len(page_examples.mistakes(page, tmp_path)) == 6
    assert unknown(page, {"report"}, {"check"}) == ["coffee", "brew"]
    assert ragged("| x | y |\n| --- | --- |\n| |a| | b |\n") == ["| |a| | b |"]
    assert ragged("| x | y |\n| --- | --- |\n| \\|a\\| | b |\n") == []


def test_true_examples_are_no_mistakes(tmp_path: Path) -> None:
    """One session for all blocks, files for those that are named, and `...` for lines that are left out."""
    page = (
        "```python\n# two.py\ntwo = 2\n```\n\n```python\nprint(two)\n```\n\n```text\n2\n```\n\n"
        "```python\n>>> two + 1\n3\n```\n\n"
        "```console\n$ python -c 'import two; print(1, 2, 3, sep=chr(10))'\n...\n3\n```\n"
    )
    assert page_examples.mistakes(page, tmp_path) == []


def test_blocks_are_left_out_for_a_reason_only(tmp_path: Path) -> None:
    """A block that is not run says why; a text below another heading is no output."""
    block = "```python\n1 / 0\n```\n"
    assert page_examples.mistakes(f"<!-- not run: it never ends -->\n{block}", tmp_path) == []
    assert page_examples.examples(f"<!-- not run: -->\n{block}")
    assert page_examples.examples(f"<!-- not run: it never ends -->\n\n{block}")
    assert page_examples.mistakes("```python\n1\n```\n\n## Next\n\n```text\n1\n```\n", tmp_path) == []


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("8.0 of 3", "8.0 of 3", True),
        ("+- 7.8e-14,", "+- 7.9e-14,", True),
        ("+- 7.8e-14,", "+- 8.4e-14,", False),
        ("-1.2472769485599073", "-1.2472769485599082", True),
        ("-1.2472769485599073", "-1.2472769585599073", False),
        ("376 evaluations", "377 evaluations", False),
        ("8.0", "-8.0", False),
        ("pass 1.5", "fail 1.5", False),
        ("1.5 2.5", "1.5", False),
    ],
)
def test_outputs_are_alike_but_for_rounding(shown: str, printed: str, same: bool) -> None:  # noqa: FBT001  a case
    """Another processor may round the last place otherwise; anything more is a difference."""
    assert page_examples.alike(shown, printed) is same
