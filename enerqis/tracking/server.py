"""The ledger of a team: the same rows in a PostgreSQL database, behind SQLAlchemy, imported only where an address asks for it.

An advisory lock lets one writer append at a time, whatever machine it is on; a trigger refuses to change or remove a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from enerqis.core.errors import StageError
from enerqis.io.secrets import redact
from enerqis.tracking.embedded import INSERT, TABLE, Select, selection

if TYPE_CHECKING:
    from sqlalchemy import Connection

WRITER = 4_815_162_342_001
"""Number of the advisory lock that a writer of a ledger holds."""

RULES = (
    "CREATE INDEX trials_by_content ON trials (content, trial)",
    "CREATE INDEX trials_by_run ON trials (run_id, trial, part)",
    "CREATE FUNCTION trials_only_grow() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the trial ledger only grows'; END $$",
    "CREATE TRIGGER trials_stay BEFORE DELETE OR UPDATE OR TRUNCATE ON trials EXECUTE FUNCTION trials_only_grow()",
)
DRIVERS = {"postgresql://": "postgresql+psycopg://"}
"""What SQLAlchemy is told where an address names no driver."""


class Server:
    """A ledger's rows in a PostgreSQL database; the table is made with the first row.

    Parameters
    ----------
    address : str
        ``postgresql://USER:PASSWORD@HOST/DATABASE``; it is never shown.
    """

    def __init__(self, address: str) -> None:
        for plain, driver in DRIVERS.items():
            address = driver + address.removeprefix(plain) if address.startswith(plain) else address
        self._address = address

    def append(self, make: Callable[[Select], Iterable[tuple[Any, ...]]]) -> None:
        """Append the rows that `make` returns, all or none; nobody else appends between its reading and the end."""
        with self._transaction() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER})")
            if not _has_table(connection):
                for statement in (TABLE, *RULES):
                    connection.exec_driver_sql(statement)
            rows = list(make(lambda where, words: _read(connection, where, words)))
            if rows:
                connection.exec_driver_sql(_for_driver(INSERT), rows)

    def select(self, where: str, words: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows that meet `where` (SQL, ``?`` for each word), in the order in which they were appended."""
        with self._transaction() as connection:
            return _read(connection, where, words) if _has_table(connection) else []

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """Yield a connection in a transaction.

        Raises
        ------
        StageError
            If the server does not answer or refuses.
        """
        try:
            from sqlalchemy import create_engine
            from sqlalchemy.exc import SQLAlchemyError
            from sqlalchemy.pool import NullPool

            engine = create_engine(self._address, poolclass=NullPool)
        except ImportError as exc:
            raise StageError(
                "tracking.ledger_uri: a server needs the extra 'server': pip install 'enerqis[server]'."
            ) from exc
        except (ValueError, SQLAlchemyError):
            raise StageError(
                "tracking.ledger_uri: no server address. Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, PORT a number, "
                "signs other than letters and digits as %XX, or sqlite:///.enerqis/ledger.db."
            ) from None
        try:
            with engine.begin() as connection:
                yield connection
        except SQLAlchemyError as exc:
            cause = redact(str(exc)).partition("\n")[0]
            raise StageError(
                f"tracking.ledger_uri: the ledger's server cannot be used: {cause} Every run is counted, so none starts "
                "without it. Mend the address or the server, or choose sqlite:///.enerqis/ledger.db."
            ) from None


def _has_table(connection: Connection) -> bool:
    return connection.exec_driver_sql("SELECT to_regclass('trials')").scalar() is not None


def _read(connection: Connection, where: str, words: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(_for_driver(selection(where)), tuple(words))]


def _for_driver(statement: str) -> str:
    """Return a statement with the marks of this driver."""
    return statement.replace("?", "%s")
