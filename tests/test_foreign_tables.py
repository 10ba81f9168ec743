"""The command that prints the tables of foreign gradients: it counts, it fails on a surprise, and the page is its own."""

import re
from pathlib import Path

import pytest

pytest.importorskip("scipy", reason="scipy is not installed")
pytest.importorskip("sklearn", reason="scikit-learn is not installed")

import foreign
import numpy as np

from foreign_corpus import DEVIATIONS, several
from foreign_corpus.pointwise import pointwise

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "foreign.md"


def test_the_command_prints_a_line_for_each_operator(capsys: pytest.CaptureFixture[str]) -> None:
    """With the versions above, the counts beside, and 0 as exit status where all is as it is known to be."""
    assert foreign.main(["--all", "several"]) == 0
    printed = capsys.readouterr().out
    operators = {case.operator for case in several.cases()}
    assert {
        line.split(" | ")[0].removeprefix("| ") for line in printed.splitlines() if "pass" in line
    } >= operators
    assert f"{len(operators)} operators" in printed
    assert "0 verdicts are not as they are known to be" in printed


def test_a_surprise_ends_with_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Planted: a sine with a derivative off by a thousandth; the command names it and exits with 1."""
    wrong = pointwise("sine: planted", np.sin, lambda x: 1.001 * np.cos(x), [0.5, 1.0])
    monkeypatch.setattr(several, "cases", lambda: iter([wrong]))
    assert foreign.main(["several"]) == 1
    assert "sine: planted must be pass; got fail" in capsys.readouterr().out


def test_an_unknown_subject_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the subjects that there are."""
    with pytest.raises(SystemExit) as stopped:
        foreign.main(["nothing"])
    assert stopped.value.code == 2
    assert "SUBJECT must be one of optimize" in capsys.readouterr().err


def test_the_page_gets_what_is_printed(tmp_path: Path) -> None:
    """Between its marks, and nowhere else; a page without marks is refused."""
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- all -->\nold\n<!-- end -->\n<!-- several -->\n<!-- end -->\nafter\n")
    assert foreign.main(["--write", str(page), "several"]) == 0
    text = page.read_text()
    assert text.startswith("before\n<!-- all -->\n\ngradproof ")
    assert text.endswith("<!-- end -->\nafter\n")
    assert "old" not in text
    with pytest.raises(ValueError, match="must have <!-- several -->"):
        foreign.put("nothing", "several", "table")


def test_the_page_speaks_of_the_locked_versions() -> None:
    """A lock with another scipy or scikit-learn asks for new tables."""
    lock = (ROOT / "requirements" / "lock.txt").read_text()
    page = PAGE.read_text()
    for name, written in (("scipy", "scipy"), ("scikit-learn", "scikit-learn")):
        (version,) = set(re.findall(rf"^{name}==(\S+)", lock, re.MULTILINE))
        assert f"{written} {version}" in page


def test_the_page_lists_every_deviation() -> None:
    """Every place with a verdict other than a pass stands in the page, beside its reason."""
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    for name, known in DEVIATIONS.items():
        operator, _, place = name.partition(": ")
        reason = known.reason.replace("|", "\\|")
        assert any(
            line.startswith(f"| {operator} |") and place in line and reason in line for line in rows
        ), name


def test_the_page_of_the_frameworks_was_made_with_the_locked_ones() -> None:
    """A new torch or JAX asks for `python benchmarks/frameworks.py --markdown docs/foreign_frameworks.md`."""
    locked = dict(
        re.findall(
            r"^(torch|jax)==([\d.]+)", (ROOT / "requirements" / "frameworks.txt").read_text(), re.MULTILINE
        )
    )
    page = (ROOT / "docs" / "foreign_frameworks.md").read_text(encoding="utf-8")
    assert f"torch {locked['torch']}+cpu, JAX {locked['jax']}," in page
