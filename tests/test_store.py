"""The run store: what is kept comes back bit by bit, and what cannot be used is told with its remedy."""

import math
import os
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gradproof_experiments._errors import CannotRunError
from gradproof_experiments.runner.plan import Run
from gradproof_experiments.runner.store import opened


@dataclass(frozen=True)
class Point:
    """A point of a sweep."""

    number: int


def run(key: str = "aa", number: int = 1) -> Run:
    """A run that is never computed."""
    return Run(key, "toy", "part", Point(number), 0, lambda _point, _seed: {})


def keep(path: Path, columns: dict[str, Any], key: str = "aa", *, replace: bool = False) -> None:
    """Keep one run."""
    with opened(path) as store:
        store.keep(run(key), columns, 0.5, {"commit": "c0ffee"}, replace=replace)


def test_numbers_come_back_bit_by_bit(tmp_path: Path) -> None:
    """Subnormal, infinite, negative zero, and what no short decimal names."""
    numbers = [0.1 + 0.2, 5e-324, -0.0, math.inf, -math.inf, 1 / 3, 2.0**60 + 1, 7, True, "α"]
    keep(tmp_path / "runs.sqlite", {"values": numbers})
    with opened(tmp_path / "runs.sqlite") as store:
        found = store.columns(["aa"])["aa"]["values"]
    assert [repr(value) for value in found] == [repr(value) for value in numbers]


def test_what_is_kept_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    """A second driver that computed the same run changes nothing; --fresh does."""
    path = tmp_path / "runs.sqlite"
    keep(path, {"a": [1]})
    keep(path, {"a": [2]})
    with opened(path) as store:
        assert store.columns(["aa", "bb"]) == {"aa": {"a": [1]}}
    keep(path, {"a": [3]}, replace=True)
    with opened(path) as store:
        assert store.columns(["aa"]) == {"aa": {"a": [3]}}


def test_provenance_is_kept_apart_from_the_result_and_once(tmp_path: Path) -> None:
    """Two runs of one driver share what made them."""
    path = tmp_path / "runs.sqlite"
    keep(path, {"a": [1]})
    keep(path, {"a": [1]}, key="ab")
    with opened(path) as store:
        (kept,) = store.beginning_with("ab")
    assert (kept.columns, kept.provenance, kept.seconds) == ({"a": [1]}, {"commit": "c0ffee"}, 0.5)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM provenance").fetchone() == (1,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_a_reader_sees_the_last_finished_run_while_another_writes(tmp_path: Path) -> None:
    """WAL: a transaction that is open elsewhere hides nothing that was finished, and no reader waits for it."""
    path = tmp_path / "runs.sqlite"
    keep(path, {"a": [1]})
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM runs")
    with opened(path) as store:
        assert store.keys() == {"aa"}
    writer.execute("ROLLBACK")
    writer.close()


def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    """The message names the file and the remedy."""
    path = tmp_path / "runs.sqlite"
    path.write_text("my thesis, all of it, and longer than a header of SQLite would be", encoding="utf-8")
    with pytest.raises(CannotRunError, match=r"got --store=.*runs.sqlite .*no run store: name another"):
        keep(path, {"a": [1]})
    assert path.read_text(encoding="utf-8").startswith("my thesis")


def test_a_store_of_another_version_is_left_alone(tmp_path: Path) -> None:
    """A newer gradproof may keep more than this one knows of."""
    path = tmp_path / "runs.sqlite"
    keep(path, {"a": [1]})
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CannotRunError, match=r"must have version 1; got .* of version 99"), opened(path):
        pass


def test_a_store_that_must_be_there_is_not_made(tmp_path: Path) -> None:
    """To show a run of no store is an error, not an empty file."""
    with (
        pytest.raises(CannotRunError, match="where nothing is"),
        opened(tmp_path / "no.sqlite", create=False),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "taken").touch()
    with pytest.raises(CannotRunError, match=r"must be usable; got --store=.*taken.runs.sqlite"):
        keep(tmp_path / "taken" / "runs.sqlite", {"a": [1]})


# Drops to a user without rights once everything is imported, since permissions do not hold for root.
_AS_NOBODY = """
import os, sys
from pathlib import Path
from gradproof_experiments._errors import CannotRunError
from gradproof_experiments.runner.store import opened
import test_store
if os.geteuid() == 0:
    os.seteuid(65534)
try:
    test_store.keep(Path(sys.argv[1]), {"a": [2]}, key="zz")
except CannotRunError as error:
    sys.exit(str(error))
"""


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_read_only_store_is_told_and_keeps_what_it_has() -> None:
    """Done for real, by a process that may not write there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.sqlite"
        keep(path, {"a": [1]})
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, str(path)],
            cwd=Path(__file__).parent,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
            capture_output=True,
            text=True,
            check=False,
        )
        Path(folder).chmod(0o755)
        path.chmod(0o644)
        assert done.returncode == 1, done.stderr
        assert "must be usable; got --store=" in done.stderr
        assert "Make it writable" in done.stderr
        with opened(path) as store:
            assert store.columns(["aa"]) == {"aa": {"a": [1]}}


_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from gradproof_experiments._errors import CannotRunError
import test_store
path = Path(sys.argv[1])
test_store.keep(path, {"a": [1.0]})
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    for i in range(1000):
        test_store.keep(path, {"a": [0.1] * 1000}, key=f"run {i}")
except CannotRunError as error:
    sys.exit(str(error))
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """Done for real, by a process that may write no file beyond 200 kB: what was kept before is there and whole."""
    path = tmp_path / "runs.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", _ON_A_FULL_DISK, str(path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Free some space, then run the same command again" in done.stderr
    with opened(path) as store:
        kept = store.keys()
        assert {"aa", "run 0"} <= kept
        assert all(len(found["a"]) in {1, 1000} for found in store.columns(kept).values())
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
