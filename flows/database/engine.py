"""Connections that can't write, and that see one moment from the first read to the last."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import NullPool

from flows.database_urls import shown
from flows.mistakes import without_credentials
from transforms.errors import ConfigurationError, DatabaseError
from transforms.printable import printable


@contextmanager
def reading(url: sa.URL) -> Iterator[sa.Connection]:
    """One read-only transaction over the whole time; every failure within is a DatabaseError."""
    name = shown(url)
    try:
        with _engine(url).connect() as connection, connection.begin():
            yield connection
    except sa.exc.SQLAlchemyError as error:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig else error
        problem = printable(without_credentials(str(cause).strip().partition("\n")[0]))
        raise DatabaseError(f"The new database {name} can't be read: {problem}.") from error


def _engine(url: sa.URL) -> sa.Engine:
    try:
        backend = url.get_backend_name()
        if backend == "sqlite":
            return _sqlite(url)
        engine = sa.create_engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    except sa.exc.NoSuchModuleError:
        raise ConfigurationError(
            f"database.url is for {url.drivername}, which is no database that is known; "
            "known are sqlite, postgresql, mysql and mariadb."
        ) from None
    except ImportError as error:
        raise ConfigurationError(
            f"The new database {shown(url)} needs the driver {error.name}, which is not "
            "installed; install it beside this program."
        ) from None
    statement = _READ_ONLY.get(backend)
    if statement is None or engine.dialect.is_async:
        raise ConfigurationError(
            f"database.url is for {url.drivername}, which can't be used here; "
            f"known are sqlite, {', '.join(_READ_ONLY)}, with drivers that are not asynchronous."
        )
    sa.event.listen(engine, "connect", _executes(statement))
    return engine


# Said once for the session, so that it holds for its only transaction, too.
_READ_ONLY = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}


def _executes(statement: str) -> Callable[[DBAPIConnection, object], None]:
    def on_connect(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        # Otherwise psycopg would undo it together with its implicit transaction.
        connection.commit()

    return on_connect


def _sqlite(url: sa.URL) -> sa.Engine:
    path = Path(url.database or "")
    if not url.database or url.database == ":memory:":
        raise ConfigurationError(
            "database.url names no file; write it such as sqlite:///new.db (relative to the "
            "migration file)."
        )
    if not path.is_file():
        raise DatabaseError(f"The new database {path} does not exist, or is no file.")

    def connect() -> sqlite3.Connection:
        # No transaction of the driver's own: it would begin one only for writing.
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        connection.isolation_level = None
        # A text that is no UTF-8 must not end the run.
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        return connection

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)
    # All reads see the same moment only within a transaction that has begun before them.
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine
