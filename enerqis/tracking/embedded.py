"""The ledger's own database: SQLite in a file of the project, safe under several writers and under `kill -9`.

Write-ahead logging lets readers read while one writes; a writer takes the lock when its transaction begins and waits for
another one's. Triggers refuse to change or remove a row; who drops them is found by the chain of hashes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from enerqis.core.errors import StageError
from enerqis.tracking.trial import COLUMNS, NAMES

WAIT_SECONDS = 60.0
"""How long a writer waits for another; an append takes milliseconds."""

TABLE = f"CREATE TABLE trials ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})"
RULES = (
    "CREATE INDEX trials_by_content ON trials (content, trial)",
    "CREATE INDEX trials_by_run ON trials (run_id, trial, part)",
    "CREATE TRIGGER trials_stay BEFORE DELETE ON trials BEGIN SELECT RAISE(ABORT, 'the trial ledger only grows'); END",
    "CREATE TRIGGER trials_stand BEFORE UPDATE ON trials BEGIN SELECT RAISE(ABORT, 'the trial ledger only grows'); END",
)
INSERT = f"INSERT INTO trials ({', '.join(NAMES)}) VALUES ({', '.join('?' for _ in NAMES)})"


class Embedded:
    """A ledger's rows in one SQLite file, made with the first row.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, make: Callable[[Select], Iterable[tuple[Any, ...]]]) -> None:
        """Append the rows that `make` returns, all or none; nobody else appends between its reading and the end."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as connection:
            _make_table(connection)
            connection.execute("BEGIN IMMEDIATE")
            try:
                rows = make(lambda where, words: connection.execute(selection(where), tuple(words)))
                connection.executemany(INSERT, rows)
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise

    def select(self, where: str, words: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows that meet `where` (SQL, ``?`` for each word), in the order in which they were appended."""
        if not self.path.is_file():
            return []
        with self._open() as connection:
            if not _has_table(connection):
                return []
            return list(connection.execute(selection(where), tuple(words)))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection whose transactions begin where they are said to.

        Raises
        ------
        StageError
            If the file cannot be written or is no database.
        """
        try:
            with closing(sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
        except sqlite3.Error as exc:
            raise StageError(
                f"{self.path}: the trial ledger cannot be used: {exc}. Every run is counted, so none starts without it. "
                "Mend permissions or the disk; move a damaged file away, and 'enerqis trials record' makes the ledger anew "
                "from .cbr/trials and finished results."
            ) from exc


Select = Callable[[str, Sequence[Any]], Iterable[tuple[Any, ...]]]
"""Reads rows inside a transaction: SQL condition, its words."""


def selection(where: str) -> str:
    """Return the statement that reads whole rows in order."""
    return f"SELECT {', '.join(NAMES)} FROM trials WHERE {where} ORDER BY seq"


def _has_table(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'trials'").fetchone())


def _make_table(connection: sqlite3.Connection) -> None:
    """Make the table and its rules where they are missing; of several processes at once, one does."""
    if _has_table(connection):
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    if not _has_table(connection):
        for statement in (TABLE, *RULES):
            connection.execute(statement)
    connection.execute("COMMIT")
