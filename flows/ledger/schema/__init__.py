"""Brings a ledger's tables to this program's version, by itself, however many start at once.

The versions are Alembic's (`versions/`). Alembic is only loaded where there is something to do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from flows.database_urls import shown
from flows.ledger.engine import READS_ONLY, engine_for
from flows.ledger.errors import LedgerError

# The newest of `versions/`; a test holds them together.
CURRENT: Final = "0002"
# Not Alembic's own name: another program's may stand in the same database.
VERSION_TABLE: Final = "ledger_version"
ALEMBIC_INI: Final = Path(__file__).with_name("alembic.ini")

# Any number that nobody else takes: "ledger" in ASCII.
_ADVISORY_LOCK: Final = 0x6C6564676572


def bring_up_to_date(url: sa.URL, engine: sa.Engine) -> None:
    """Make the tables, or bring those of an older version to this one; rows stay.

    Raises LedgerError where the ledger is newer than the program, and where the database holds
    another program's tables and no ledger: it may be the new database, which is never written to.
    """
    with engine.connect().execution_options(**{READS_ONLY: True}) as connection:
        if _check(connection, url) == CURRENT:
            return
    with changing(url) as connection:
        # Another process may have done it in the meantime.
        if _check(connection, url) != CURRENT:
            _upgrade(connection)


@contextmanager
def changing(url: sa.URL) -> Iterator[sa.Connection]:
    """A transaction in which the tables may be changed: one process at a time, all or nothing."""
    engine = engine_for(url, checks_references=False)
    try:
        # On SQLite the transaction begins with the lock for writing.
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
            yield connection
            _check_references(connection)
    finally:
        engine.dispose()


def _check(connection: sa.Connection, url: sa.URL) -> str | None:
    """The version of the ledger; None where there is none yet."""
    tables = sa.inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if tables:
            raise LedgerError(
                f"The database {shown(url)} holds no ledger but other tables "
                f"({', '.join(sorted(tables)[:3])}); is it the new database, which is never "
                "written to? Name a database of the ledger's own in [ledger] url."
            )
        return None
    version = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()
    if version is not None and version > CURRENT:
        raise LedgerError(
            f"The ledger {shown(url)} was written by a newer version of this program (its tables "
            f"have version {version}, this program knows {CURRENT}). Install the newer program."
        )
    return version


def _upgrade(connection: sa.Connection) -> None:
    # Takes most of a second, and is needed once in a version's life.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(ALEMBIC_INI)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _check_references(connection: sa.Connection) -> None:
    """SQLite does not check them while tables are made anew, so they are checked at the end."""
    if connection.dialect.name != "sqlite":
        return
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        raise LedgerError(
            f"The ledger can't be brought to version {CURRENT}: {len(broken)} rows of "
            f"{broken[0][0]} refer to what is not there. Nothing was changed."
        )
