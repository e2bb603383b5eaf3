"""What a database server is told before the first read: to refuse writing, and not to wait forever.

The account's rights are the operator's; these settings hold even where it may do everything.
"""

import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPICursor

from transforms.errors import ConfigurationError

Statements: TypeAlias = Callable[[DBAPICursor, timedelta], Iterator[str]]

# A server that does not answer at all is given up after this, an answer on the way after longer
# than the server itself would take to end the statement.
_CONNECT_SECONDS: Final = 10
_GRACE: Final = timedelta(seconds=30)


@dataclass(frozen=True)
class Server:
    """One kind of server: the settings of a session, and what each transaction begins with.

    Said as statements and not as SQLAlchemy's options: those are taken back at the end, which on a
    lost connection ends in an error that nobody expects there.
    """

    settings: Statements
    begin: str


def _postgresql(_cursor: DBAPICursor, timeout: timedelta) -> Iterator[str]:
    yield "SET SESSION default_transaction_read_only = on"
    # As times are read; a role or a database may have another.
    yield "SET SESSION datestyle = ISO"
    # A guest takes one core; and several workers are slower here than one.
    yield "SET SESSION max_parallel_workers_per_gather = 0"
    yield f"SET SESSION statement_timeout = {timeout // timedelta(milliseconds=1)}"
    # Between two questions the answers are compared, which may take longer than a server waits.
    yield "SET SESSION idle_in_transaction_session_timeout = 0"


def _mysql(cursor: DBAPICursor, timeout: timedelta) -> Iterator[str]:
    cursor.execute("SELECT VERSION()")
    (version,) = cursor.fetchone() or ("",)
    if "mariadb" in str(version).lower():
        yield f"SET SESSION max_statement_time = {timeout.total_seconds():.3f}"
        yield "SET SESSION idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0"
    else:
        yield f"SET SESSION max_execution_time = {timeout // timedelta(milliseconds=1)}"
    # A TIMESTAMP is a moment, which the server writes in the session's zone.
    yield "SET SESSION time_zone = '+00:00'"
    yield "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


# Without CONSISTENT SNAPSHOT, the moment would be that of the first read.
_SNAPSHOT: Final = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"

SERVERS: Final[Mapping[str, Server]] = {
    "postgresql": Server(_postgresql, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"),
    "mysql": Server(_mysql, _SNAPSHOT),
    "mariadb": Server(_mysql, _SNAPSHOT),
}


def with_driver(url: sa.URL) -> sa.URL:
    """The URL with the driver that comes with the program, where it names none."""
    if url.drivername in {"mysql", "mariadb"}:
        return url.set(drivername=f"{url.drivername}+pymysql")
    return url


def connection_arguments(url: sa.URL, timeout: timedelta) -> tuple[sa.URL, dict[str, Any]]:
    """The URL, and what the driver is given beside it; what the URL says itself wins."""
    driver = url.get_driver_name()
    arguments: dict[str, Any] = {}
    if driver == "psycopg":
        # A connection that died without a word is noticed after a minute, not after two hours.
        arguments = {
            "connect_timeout": _CONNECT_SECONDS,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            # The server plans a prepared statement for any number of keys, as if they were ten.
            "prepare_threshold": None,
        }
    if driver == "pymysql":
        arguments = {
            "connect_timeout": _CONNECT_SECONDS,
            "read_timeout": int((timeout + _GRACE).total_seconds()),
        }
        if context := _tls(url):
            arguments["ssl"] = context
            url = url.difference_update_query(_TLS_KEYS)
    return url, {name: value for name, value in arguments.items() if name not in url.query}


_TLS_KEYS: Final = (
    "ssl_ca",
    "ssl_capath",
    "ssl_cert",
    "ssl_key",
    "ssl_verify_cert",
    "ssl_verify_identity",
    "ssl_check_hostname",
)


def _tls(url: sa.URL) -> ssl.SSLContext | None:
    """What the URL asks of TLS, for PyMySQL; None where it asks nothing.

    Made here, because PyMySQL forgets `ssl_ca` beside `ssl_verify_cert`, and takes the text
    "false" for true. Whoever asks for anything gets all of it, unless it is switched off.
    """
    given = {key: str(url.query[key]) for key in _TLS_KEYS if key in url.query}
    if not given:
        return None
    try:
        context = ssl.create_default_context(
            cafile=given.get("ssl_ca"), capath=given.get("ssl_capath")
        )
        if "ssl_cert" in given:
            context.load_cert_chain(given["ssl_cert"], given.get("ssl_key"))
    except OSError as error:
        raise ConfigurationError(
            "The certificates that database.url names "
            f"({', '.join(key for key in _TLS_KEYS[:4] if key in given)}) can't be read: "
            f"{error.strerror or type(error).__name__}. Name files in PEM format that are there."
        ) from None
    # MySQL makes itself certificates that the strict reading refuses.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    verifies = _switch(given, "ssl_verify_cert")
    context.check_hostname = (
        verifies and _switch(given, "ssl_verify_identity") and _switch(given, "ssl_check_hostname")
    )
    context.verify_mode = ssl.CERT_REQUIRED if verifies else ssl.CERT_NONE
    return context


def _switch(given: Mapping[str, str], key: str) -> bool:
    value = given.get(key, "true")
    if value not in {"true", "false"}:
        raise ConfigurationError(
            f"database.url says {key}={value[:20]}, which is neither true nor false."
        )
    return value == "true"
