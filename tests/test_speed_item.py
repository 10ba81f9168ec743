"""The report's page of speed over commits, from results written here with known laws."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commit_titles import titles

from gradproof_experiments import speed
from gradproof_experiments.claim import Claim
from gradproof_experiments.report import render
from gradproof_experiments.runner.state import digest_of_everything
from gradproof_experiments.speed import tables
from gradproof_experiments.speed.exponents import fit_power_law, power_laws
from gradproof_experiments.speed.figures import plot_subjects
from gradproof_experiments.speed.results import files_of, read_results

SIZES = (16, 32, 64, 128, 256)
EPOCH, TIME, COST = "scaling.Models.time_epoch", "reference.Loss.time_loss", "costs.Check.track_evaluations"


def write(path: Path, content: Any) -> None:
    """Write JSON, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def about(kind: str, unit: str, name: str, points: tuple[int, ...]) -> dict[str, Any]:
    """What asv's benchmarks.json says of a benchmark."""
    params = [[str(point) for point in points]]
    return {"type": kind, "unit": unit, "version": "1", "param_names": [name], "params": params}


def history(
    folder: Path, exponent: float = 1.05, slower: float = 2.0, evaluations: tuple[int, int] = (40, 42)
) -> Path:
    """Results of two commits: the second takes `slower` times as long, and more evaluations."""
    suite = {
        EPOCH: about("time", "seconds", "models", SIZES),
        TIME: about("time", "seconds", "n", (1, 8)),
        COST: about("track", "evaluations", "n", (10,)),
    }
    write(folder / "benchmarks.json", {**suite, "version": 2})
    write(folder / "commits.json", {"a" * 40: "Begin", "b" * 40: "Be slower"})
    write(folder / "vm" / "machine.json", {"machine": "vm", "version": 1})
    for place, commit in enumerate("ab"):
        factor = slower**place
        measured = {
            EPOCH: [1e-3 * factor * size**exponent for size in SIZES],
            TIME: [1e-4 * factor, 3e-4 * factor],
            COST: [evaluations[place]],
        }
        content = {
            "version": 2,
            "commit_hash": commit * 40,
            "date": 1_700_000_000_000 + 60_000 * place,
            "result_columns": ["result", "params", "version"],
            "results": {name: [values, suite[name]["params"], "1"] for name, values in measured.items()},
        }
        write(folder / "vm" / f"{commit * 8}-env.json", content)
    return folder


def claim_of(folder: Path, word: str) -> Claim:
    """The claim whose statement holds a word."""
    made = speed.item(folder)
    assert made is not None
    return next(claim for claim in made.claims if word in claim.statement)


def test_an_exact_power_law_is_recovered(tmp_path: Path) -> None:
    """The law c n^1.05 gives 1.05, with an interval of no width."""
    (law,) = power_laws(read_results(files_of(history(tmp_path))))
    assert law.exponent == pytest.approx(1.05, abs=1e-12)
    assert law.factor == pytest.approx(2e-3, rel=1e-12)
    assert law.interval == pytest.approx((1.05, 1.05), abs=1e-9)


def test_the_interval_of_an_exponent_is_that_of_students_distribution() -> None:
    """Three points off a line by known residuals: the slope's error in closed form, t(0.975, 1) = 12.706."""
    residual = np.array([0.01, -0.02, 0.01])  # orthogonal to constant and slope
    _, _, (low, high) = fit_power_law(np.exp([0, 1, 2]), np.exp(np.array([0, 1, 2]) + residual))
    half = 12.7062047 * np.sqrt(6e-4 / 1 / 2)
    assert (low, high) == pytest.approx((1 - half, 1 + half), rel=1e-7)


def test_two_sizes_make_no_fit() -> None:
    """A line through two points says nothing of a law."""
    with pytest.raises(ValueError, match="at least 3 sizes; got 2"):
        fit_power_law([1, 2], [1, 2])


def test_a_steep_law_fails_its_claim(tmp_path: Path) -> None:
    """Exponent 1.05 holds, and 1.5 fails."""
    assert claim_of(history(tmp_path / "good"), "models").verdict == "holds"
    assert claim_of(history(tmp_path / "bad", exponent=1.5), "models").verdict == "fails"


def test_ratios_are_to_the_first_commit(tmp_path: Path) -> None:
    """A commit that takes twice as long has the ratio 2 in every subject."""
    over = tables.subjects(tables.ratios(read_results(files_of(history(tmp_path)))))
    assert over["reference"].tolist() == [1.0, 2.0]
    assert over["scaling"].tolist() == [1.0, 2.0]
    assert over["title"].tolist() == ["Begin", "Be slower"]


def test_a_new_benchmark_moves_no_ratio(tmp_path: Path) -> None:
    """Where only the second commit has another benchmark of the subject, the ratio is still that of the old one."""
    folder = history(tmp_path)
    new = "reference.Loss.time_gradient"
    described = json.loads((folder / "benchmarks.json").read_text())
    write(folder / "benchmarks.json", described | {new: described[TIME]})
    file = folder / "vm" / f"{'b' * 8}-env.json"
    content = json.loads(file.read_text())
    content["results"][new] = content["results"][TIME]
    write(file, content)
    over = tables.subjects(tables.ratios(read_results(files_of(folder))))
    assert over["reference"].tolist() == [1.0, 2.0]


def test_times_of_two_machines_are_never_compared(tmp_path: Path) -> None:
    """The same commits on a machine ten times as slow: each has its own ratios, and its own line."""
    folder = history(tmp_path)
    for file in sorted((folder / "vm").glob("*-env.json")):
        content = json.loads(file.read_text())
        content["results"][TIME][0] = [10 * value for value in content["results"][TIME][0]]
        write(folder / "slow" / file.name, content)
    write(folder / "slow" / "machine.json", {"machine": "slow", "version": 1})
    over = tables.subjects(tables.ratios(read_results(files_of(folder))))
    assert over["machine"].tolist() == ["slow", "slow", "vm", "vm"]
    assert over["reference"].tolist() == [1.0, 2.0, 1.0, 2.0]
    (axes,) = plot_subjects(over).axes
    lines = [list(np.asarray(line.get_xdata())) for line in axes.lines if line.get_marker() != "None"]
    assert lines == [[0, 1], [2, 3]] * 2
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["reference", "scaling"]


def test_costs_are_shown_where_they_change(tmp_path: Path) -> None:
    """The first value is shown, then changes only."""
    changed = tables.costs(read_results(files_of(history(tmp_path / "changed"))))
    assert changed["value"].tolist() == [40.0, 42.0]
    same = tables.costs(read_results(files_of(history(tmp_path / "same", evaluations=(40, 40)))))
    assert same["value"].tolist() == [40.0]


def test_a_missed_fault_or_a_false_alarm_fails_the_report(tmp_path: Path) -> None:
    """The gate's two rates are claims."""
    rate = {"runs": 20, "alarms": 0, "caught": 0}
    planted = {"runs": 5, "alarms": 5, "caught": 4}
    folder = history(tmp_path)
    write(folder / "gate.json", {"rates": {"head_against_head": rate, "slowdown_1.6": planted}})
    assert claim_of(folder, "itself").verdict == "holds"
    assert claim_of(folder, "slowdown").verdict == "fails"


def test_the_peers_table_says_met_and_missed(tmp_path: Path) -> None:
    """A row without a target says neither."""
    row = {"task": "T2", "contestant": "jax", "seconds": 1.0, "ratio": 0.8, "target": 0.85, "met": True}
    row |= {"ratio_range": [0.7, 0.9], "measure": "ours over theirs"}
    rows = [row, {**row, "ratio": 0.9, "met": False}, {**row, "target": None, "met": None}]
    folder = history(tmp_path)
    write(folder / "peers.json", {"rows": rows})
    made = speed.item(folder)
    assert made is not None
    (peers,) = (table for table in made.tables if table.name == "peers")
    assert peers.frame["verdict"].tolist() == ["met", "missed", ""]


def test_a_benchmark_of_another_version_is_not_compared(tmp_path: Path) -> None:
    """What is measured otherwise is no time of the same thing."""
    folder = history(tmp_path)
    suite = json.loads((folder / "benchmarks.json").read_text())
    suite[TIME]["version"] = "2"
    write(folder / "benchmarks.json", suite)
    assert TIME not in set(read_results(files_of(folder))["benchmark"])


def test_another_format_is_refused(tmp_path: Path) -> None:
    """A file of a later asv is named, not misread."""
    write(history(tmp_path) / "vm" / "c.json", {"version": 3})
    with pytest.raises(ValueError, match=r"vm/c\.json with version=3"):
        read_results(files_of(tmp_path))


def test_without_results_there_is_no_item(tmp_path: Path) -> None:
    """Neither in an empty folder nor where there is none."""
    assert speed.item(tmp_path) is None
    assert speed.item(tmp_path / "nowhere") is None


def test_the_item_renders_and_its_manifest_covers_the_results(tmp_path: Path) -> None:
    """Every results file has its digest, and two renderings are the same bytes."""
    folder = history(tmp_path)
    made, again = speed.item(folder), speed.item(folder)
    assert made is not None
    assert again is not None
    first = render([made])
    assert first == render([again])
    digests = json.loads(first["manifest.json"])["items"]["speed"]["data"]
    assert set(digests) == set(files_of(folder))
    assert sum(map(len, first.values())) < 1_000_000


def test_new_results_make_the_report_out_of_date(tmp_path: Path) -> None:
    """The digest that tells whether a report is up to date hangs on them."""
    before = digest_of_everything(tmp_path, quick=True)
    history(tmp_path / "benchmarks" / "results")
    assert digest_of_everything(tmp_path, quick=True) != before


def test_titles_are_those_that_git_tells(tmp_path: Path) -> None:
    """Each measured commit has the first line of its message."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for asked in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "Begin: “so”\n\nMore."]):
        subprocess.run(["git", "-C", str(tmp_path), *identity, *asked], check=True)  # noqa: S607 - whichever git
    asked = ["git", "-C", str(tmp_path), "rev-parse", "HEAD"]
    commit = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    write(tmp_path / "results" / "vm" / "machine.json", {"machine": "vm"})
    write(tmp_path / "results" / "vm" / "one.json", {"commit_hash": commit})
    assert titles(tmp_path / "results", tmp_path) == {commit: "Begin: “so”"}
