"""Connections to the ledger: SQLite in a file of its owner's, or PostgreSQL."""

import os
import sqlite3
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection

from flows.database_urls import shown
from flows.folders import make_private
from flows.ledger.errors import LedgerError
from transforms.errors import ConfigurationError

# How long a writer waits for another one.
BUSY_SECONDS: Final = 30
# An option of a connection: its transactions only read, so on SQLite they wait for nobody.
READS_ONLY: Final = "ledger_reads_only"


def engine_for(url: sa.URL, *, checks_references: bool = True) -> sa.Engine:
    """An engine for the ledger; on SQLite the file is made where there is none.

    `checks_references` is False only while the tables themselves are changed, which on SQLite
    makes them anew. Raises ConfigurationError where the URL is for no ledger.
    """
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        return _sqlite(url, checks_references=checks_references)
    if url.drivername in {"postgresql", "postgresql+psycopg"}:
        return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
    raise ConfigurationError(
        f"ledger.url is for {url.drivername}, which can't hold a ledger; write it such as "
        "sqlite:///ledger.db or postgresql://user@host/name."
    )


def _sqlite(url: sa.URL, *, checks_references: bool) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise ConfigurationError(
            "ledger.url names no file; write it such as sqlite:///ledger.db (relative to the "
            "migration file)."
        )
    path = Path(url.database)
    _make_file(path, shown(url))

    def connect() -> sqlite3.Connection:
        # No transaction of the driver's own: it would begin one only for writing.
        return sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )

    engine = sa.create_engine(
        "sqlite://", creator=connect, poolclass=sa.pool.QueuePool, hide_parameters=True
    )

    def on_connect(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        # Readers don't wait for a writer, and a commit is on the disk before anybody acts on it.
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if checks_references else 'OFF'}")
        # What is deleted is overwritten: it is personal data.
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    sa.event.listen(engine, "connect", on_connect)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: sa.Connection) -> None:
    reads_only = connection.get_execution_options().get(READS_ONLY, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads_only else 'OFF'}")
    # A writer that begins as a reader could fail half-way, because another one has written since.
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _make_file(path: Path, name: str) -> None:
    """Make the file readable by its owner only; SQLite gives the files beside it the same mode."""
    if path.is_file():
        return
    try:
        make_private(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise LedgerError(
            f"The ledger {name} can't be made: {error.strerror}. Make its folder writable, or name "
            "another file in [ledger] url."
        ) from error
