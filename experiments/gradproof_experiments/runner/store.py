"""The run store: one SQLite file in WAL mode, one transaction for each finished run, written by the driver alone.

A driver that dies at any moment leaves every finished run behind; two drivers on one file take turns.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gradproof_experiments._errors import CannotRunError

from .plan import Run, described

__all__ = ["Kept", "Store", "opened"]

_VERSION = 1
_PATIENCE = 60.0  # seconds to wait for another driver's transaction, which takes milliseconds
_PAUSE = 0.02  # seconds between two tries
_SCHEMA = """
CREATE TABLE IF NOT EXISTS provenance (id INTEGER PRIMARY KEY, content TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS runs (
    key TEXT PRIMARY KEY,
    experiment TEXT NOT NULL,
    part TEXT NOT NULL,
    point TEXT NOT NULL,
    seed INTEGER NOT NULL,
    columns TEXT NOT NULL,
    provenance INTEGER NOT NULL REFERENCES provenance (id),
    seconds REAL NOT NULL,
    finished TEXT NOT NULL
) WITHOUT ROWID;
"""
_FIELDS = "runs.key, experiment, part, point, seed, columns, provenance.content, seconds, finished"
_FROM = "FROM runs JOIN provenance ON provenance.id = runs.provenance"


@dataclass(frozen=True)
class Kept:
    """One run as it is kept: its result, and apart from that what made it.

    Parameters
    ----------
    key, experiment, part : str
    point : dict
        The fields of the point of the sweep.
    seed : int
    columns : dict of str to list
        What the run returned.
    provenance : dict
        Commit, versions, BLAS, CPU, seed entropy: what may differ where the result does not.
    seconds : float
        Wall time.
    finished : str
        When, in UTC.
    """

    key: str
    experiment: str
    part: str
    point: dict[str, Any]
    seed: int
    columns: dict[str, list[Any]]
    provenance: dict[str, Any]
    seconds: float
    finished: str


class Store:
    """An open store; made by `opened`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def keys(self) -> set[str]:
        """Return the keys of all runs that are kept."""
        with _explained(self.path):
            return {key for (key,) in self._connection.execute("SELECT key FROM runs")}

    def keep(
        self,
        run: Run,
        columns: Mapping[str, Any],
        seconds: float,
        provenance: Mapping[str, Any],
        *,
        replace: bool = False,
    ) -> None:
        """Keep a finished run, in a transaction of its own; one that is there stays unless it is to be replaced."""
        content = json.dumps(dict(provenance), sort_keys=True)
        row = (
            run.key,
            run.experiment,
            run.part,
            json.dumps(described(run.point)),
            run.seed,
            json.dumps({name: list(values) for name, values in columns.items()}),
            content,
            seconds,
            datetime.now(UTC).isoformat(timespec="seconds"),
        )
        verb = "REPLACE" if replace else "IGNORE"
        with _explained(self.path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("INSERT OR IGNORE INTO provenance (content) VALUES (?)", (content,))
            self._connection.execute(
                f"INSERT OR {verb} INTO runs VALUES "  # noqa: S608 - one of two words
                "(?, ?, ?, ?, ?, ?, (SELECT id FROM provenance WHERE content = ?), ?, ?)",
                row,
            )

    def columns(self, keys: Iterable[str]) -> dict[str, dict[str, list[Any]]]:
        """Return what each of some runs returned, by its key; runs that are not kept are left out."""
        wanted = set(keys)
        with _explained(self.path):
            rows = self._connection.execute("SELECT key, columns FROM runs")
            return {key: json.loads(columns) for key, columns in rows if key in wanted}

    def beginning_with(self, prefix: str) -> list[Kept]:
        """Return the runs whose key begins so."""
        with _explained(self.path):
            rows = self._connection.execute(
                f"SELECT {_FIELDS} {_FROM} WHERE substr(runs.key, 1, ?) = ? ORDER BY runs.key",
                (len(prefix), prefix),
            ).fetchall()
        return [_kept(row) for row in rows]


@contextmanager
def opened(path: Path, *, create: bool = True) -> Iterator[Store]:
    """Open the store at `path`, and make it where there is none.

    Raises
    ------
    CannotRunError
        If the file cannot be read or written, or is no run store of this version.
    """
    if not create and not path.is_file():
        raise CannotRunError(
            f"the run store must exist; got --store={path}, where nothing is. Run `gradproof run` first."
        )
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Autocommit: every transaction is begun in so many words.
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    # What goes wrong while the store is open, but not in it, is not explained as if it were the store's.
    try:
        with _explained(path):
            _patiently(lambda: _prepare(connection, path))
        yield Store(path, connection)
    finally:
        connection.close()


def _patiently(prepare: Callable[[], None]) -> None:
    """Try again while another process opens or closes the same file: for these locks SQLite itself does not wait."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return prepare()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    # One statement, hence one state of the file: between two, another driver may have made its tables.
    version, named = connection.execute(
        "SELECT user_version, (SELECT group_concat(name) FROM sqlite_master WHERE type = 'table') FROM pragma_user_version"
    ).fetchone()
    tables = set((named or "").split(",")) - {""}
    ours = {"provenance", "runs"} <= tables
    if ours != (version != 0) or (tables and not ours):
        raise sqlite3.DatabaseError("file is not a database of runs")
    if version not in {0, _VERSION}:
        raise CannotRunError(
            f"the run store must have version {_VERSION}; got {path} of version {version}. "
            "Name another with --store, or use the gradproof that wrote it."
        )
    connection.execute("PRAGMA journal_mode = WAL")
    # In WAL mode this loses nothing when a process dies, and corrupts nothing when the power goes.
    connection.execute("PRAGMA synchronous = NORMAL")
    if version == 0:
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")


def _kept(row: tuple[Any, ...]) -> Kept:
    key, experiment, part, point, seed, columns, provenance, seconds, finished = row
    return Kept(
        key,
        experiment,
        part,
        json.loads(point),
        seed,
        json.loads(columns),
        json.loads(provenance),
        seconds,
        finished,
    )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into what the user can do about it."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        text = str(error)
        if "not a database" in text or "malformed" in text:
            remedy = "It is no run store: name another with --store, or move it away."
        elif "full" in text or "disk I/O" in text:
            remedy = "Free some space, then run the same command again: every finished run is kept."
        elif "locked" in text:
            remedy = "Another program holds it: wait for that, or name another with --store."
        else:
            remedy = "Make it writable, or name another with --store."
        raise CannotRunError(
            f"the run store must be usable; got --store={path} ({text}). {remedy}"
        ) from error
