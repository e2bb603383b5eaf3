"""Connections that can't write, and that see one moment from the first read to the last."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import NullPool

from flows.database.problems import problem_of
from flows.database.servers import SERVERS, Server, connection_arguments, with_driver
from flows.database_urls import shown
from transforms.errors import ConfigurationError, DatabaseError
from transforms.printable import printable

Before = Callable[[sa.Connection], None]


@contextmanager
def reading(url: sa.URL, *, timeout: timedelta, before: Before) -> Iterator[sa.Connection]:
    """One read-only transaction over the whole time; every failure within is a DatabaseError.

    `before` looks at the server in a transaction of its own that ends before this one begins: what
    it has seen is not newer than what is read. No statement takes longer than `timeout`.
    """
    name = shown(url)
    try:
        with _connected(url, timeout) as connection:
            with connection.begin():
                before(connection)
            with connection.begin():
                yield connection
    except sa.exc.SQLAlchemyError as error:
        raise DatabaseError(
            f"The new database {name} can't be read: {problem_of(error)}"
        ) from error


def _connected(url: sa.URL, timeout: timedelta) -> sa.Connection:
    try:
        return _engine(url, timeout).connect()
    except (TypeError, ValueError):
        # PyMySQL takes what stands behind the `?` as its own arguments.
        raise ConfigurationError(
            "database.url has an option that its driver does not know, or with a value that it "
            f"can't take, among {printable(', '.join(url.query))}. Correct what stands behind "
            "the ?, or leave it out."
        ) from None


def _engine(url: sa.URL, timeout: timedelta) -> sa.Engine:
    url = with_driver(url)
    server = SERVERS.get(url.get_backend_name())
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        url, arguments = connection_arguments(url, timeout) if server else (url, {})
        engine = sa.create_engine(url, poolclass=NullPool, connect_args=arguments)
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
    if server is None or engine.dialect.is_async:
        raise ConfigurationError(
            f"database.url is for {url.drivername}, which can't be used here; "
            f"known are sqlite, {', '.join(SERVERS)}, with drivers that are not asynchronous."
        )
    sa.event.listen(engine, "connect", _settled(server, timeout))
    begin = server.begin
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _settled(server: Server, timeout: timedelta) -> Callable[[DBAPIConnection, object], None]:
    def on_connect(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        for statement in server.settings(cursor, timeout):
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
